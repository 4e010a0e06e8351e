"""`tf.while_loop` in eager mode: Python's `while`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import nest
from stillflow.ops.control.carried import as_carried


def looped(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    limit: int | None,
    return_same_structure: bool,
) -> Any:
    """`loop_vars` after `body` as often as `cond` says, but `limit` times at most."""
    is_single = len(loop_vars) == 1 and not return_same_structure
    was_packed = False
    structure = list(loop_vars)
    count = 0
    while (limit is None or count < limit) and cond(*loop_vars):
        loop_vars = body(*loop_vars)
        if is_single and not isinstance(loop_vars, (list, tuple)):
            was_packed = True
            loop_vars = (loop_vars,)
        nest.assert_same_structure(structure, list(loop_vars), expand_composites=True)
        count += 1
    result = nest.map_structure(_as_tensor, loop_vars, expand_composites=True)
    return result[0] if was_packed or (limit is not None and is_single) else result


def _as_tensor(value: Any) -> Any:
    return value if as_carried(value) is not value else convert_to_tensor(value)
