"""Variables in parts by number, as cells from before partitioners make them."""

from __future__ import annotations

from typing import Any

from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import add_to_collection, get_collection
from stillflow.ops.array import joining
from stillflow.ops.variables.scope import get_variable, get_variable_scope


def concat_variable(name: str, shape: list[int], dtype: Any, num_shards: int) -> Any:
    """A variable of `shape`, or its parts `name_0`, ... joined along axis 0, once for a scope.

    Raises:
      ValueError: there are more parts than rows.
    """
    parts = _parts(name, shape, dtype, num_shards)
    if len(parts) == 1:
        return parts[0]
    joined_name = f"{name}/concat"
    full_name = f"{get_variable_scope().name}/{joined_name}:0"
    for value in get_collection(GraphKeys.CONCATENATED_VARIABLES):
        if value.name == full_name:
            return value
    joined = joining.concat(parts, 0, name=joined_name)
    add_to_collection(GraphKeys.CONCATENATED_VARIABLES, joined)
    return joined


def _parts(name: str, shape: list[int], dtype: Any, num_shards: int) -> list:
    if num_shards > shape[0]:
        raise ValueError(f"Too many shards: shape={shape}, num_shards={num_shards}")
    rows, more = divmod(shape[0], num_shards)
    return [
        get_variable(f"{name}_{i}", [rows + (i < more), *shape[1:]], dtype=dtype)
        for i in range(num_shards)
    ]
