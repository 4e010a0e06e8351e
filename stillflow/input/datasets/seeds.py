"""The seeds of datasets: two tensors, of the graph's seed and the program's."""

from __future__ import annotations

from typing import Any

from stillflow.declare import constants
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, random_seed
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.selecting import where
from stillflow.ops.math.comparison import equal, logical_and


def get_seed(seed: Any) -> tuple[Tensor, Tensor]:
    """seed: a number, i64[] or None -> i64[] two seeds; both are 0 where none is set."""
    first, second = random_seed.get_seed(seed)
    if first is None:
        own = constants.constant(0, dtypes.int64, name="seed")
    else:
        own = convert_to_tensor(first, dtypes.int64, "seed")
    if second is None:
        return own, constants.constant(0, dtypes.int64, name="seed2")
    with name_scope("seed2") as scope:
        other = convert_to_tensor(second, dtypes.int64)
        are_zero = logical_and(equal(own, 0), equal(other, 0))
        largest = constants.constant(2**31 - 1, dtypes.int64)
        return own, where(are_zero, largest, other, name=scope)
