"""In how many ways counts come about."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.math import special
from stillflow.ops.reduce import reductions


def log_combinations(n: Any, counts: Any, name: str = "log_combinations") -> Tensor:
    """Returns the logarithm of in how many orders n draws give `counts`, f[..., k]: f[...]."""
    with name_scope(name, values=[n, counts]):
        n = convert_to_tensor(n, name="n")
        counts = convert_to_tensor(counts, name="counts")
        orders = special.lgamma(n + 1)
        alike = reductions.reduce_sum(special.lgamma(counts + 1), axis=[-1])
        return orders - alike
