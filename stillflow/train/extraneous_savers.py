"""The nodes of Savers that a meta graph is not to have."""

from __future__ import annotations

from typing import Any

_SAVING = frozenset(
    f"{prefix}{op}"
    for prefix in ("", "Legacy")
    for op in ("Save", "SaveSlices", "SaveV2", "Restore", "RestoreSlice", "RestoreV2")
)


def nodes_of_other_savers(graph_def: Any, saver_def: Any) -> set[str]:
    """The names of the nodes in the scopes of Savers, but for that of `saver_def`, if it is given.

    Each Saver is taken to have a scope of its own.
    """
    saving = {node.name for node in graph_def.node if node.op in _SAVING}
    scopes = {f"{scope}/" for scope in map(_scope_of, saving) if scope not in saving}
    if saver_def is not None:
        for name in (saver_def.save_tensor_name, saver_def.restore_op_name):
            scopes.discard(f"{_scope_of(name)}/")
    others = tuple(scopes)
    return {node.name for node in graph_def.node if node.name.startswith(others)}


def _scope_of(name: str) -> str:
    return name.rpartition("/")[0]
