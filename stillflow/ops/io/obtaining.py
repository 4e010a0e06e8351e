"""`tf.contrib.input_pipeline`: the strings of a list in turns, counted by a variable."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.constants import constant
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies
from stillflow.ops.variables.scope import get_variable, variable_scope


@op(
    "ObtainNext",
    "list: string, counter: ref int64 -> out_element: string",
    shape=shapes.scalar,
    writes=("counter",),
    host=True,
)
def obtain_next_op(xp, list, counter):
    """list: string[n], counter: i64[] -> string[], the one behind the counter, which counts on"""
    if list.ndim != 1 or not list.size:
        refuse("`list` must be a vector of one string or more.")
    following = (counter + 1) % list.size
    return following, np.array(list[int(following)], object)


obtain_next_op.not_differentiable()


def obtain_next(string_list_tensor: Any, counter: Any) -> Tensor:
    """Returns, run by run, the next string of a list, and behind the last one the first.

    Args:
      string_list_tensor: string[n].
      counter: an i64[] variable, the number of the string that was given last.
    """
    return obtain_next_op(string_list_tensor, counter)


def seek_next(
    string_list: list[str],
    shuffle: bool = False,
    seed: int | None = None,
    num_epochs: int | None = None,
) -> Tensor:
    """Returns, run by run, the next string of a list, which is kept in a variable.

    Args:
      shuffle: the list has another order in each epoch, by Python's `random`.
      seed: of that.
      num_epochs: how often the list is gone through; then a run raises OutOfRangeError.
    """
    names = _in_epochs(string_list, shuffle, seed, num_epochs or 1)
    with variable_scope("obtain_next"):
        counter = _kept("obtain_next_counter", constant(-1, dtype=dtypes.int64))
        with colocate_with(counter):
            kept = _kept("obtain_next_expanded_list", constant(names))
        if not num_epochs:
            return obtain_next(kept, counter)
        given = _kept("obtain_next_filename_counter", constant(0, dtype=dtypes.int64))
        with control_dependencies([given.count_up_to(len(names))]):
            return obtain_next(kept, counter)


def _kept(name: str, initializer: Tensor) -> Any:
    return get_variable(
        name=name, initializer=initializer, dtype=initializer.dtype, trainable=False
    )


def _in_epochs(names: list[str], shuffle: bool, seed: int | None, epochs: int) -> list[str]:
    if shuffle and seed:
        random.seed(seed)
    found: list[str] = []
    for _ in range(epochs):
        if shuffle:
            random.shuffle(names)
        found += names
    return found
