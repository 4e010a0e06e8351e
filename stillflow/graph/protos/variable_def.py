"""A variable as a VariableDef proto: the names of its nodes, as MetaGraphs hold them."""

from __future__ import annotations

from typing import Any


def variable_def_of(variable: Any, export_scope: str | None):
    """Returns the VariableDef, its names without `export_scope`; None for one outside of it."""
    from tensorboard.compat.proto.variable_pb2 import VariableDef

    holder = variable.op.outputs[0].name
    if not _is_within(holder, export_scope):
        return None
    initial, part = variable.initial_value, variable._get_save_slice_info()
    return VariableDef(
        variable_name=_within(holder, export_scope),
        initializer_name=_within(variable.initializer.name, export_scope),
        snapshot_name=_within(variable._snapshot_tensor().name, export_scope),
        is_resource=hasattr(variable, "handle"),
        initial_value_name="" if initial is None else _within(initial.name, export_scope),
        trainable=variable.trainable,
        synchronization=variable.synchronization.value,
        aggregation=variable.aggregation.value,
        save_slice_info_def=None if part is None else part.to_proto(export_scope),
    )


def _is_within(name: str, scope: str | None) -> bool:
    return scope is None or name.startswith(scope)


def _within(name: str, scope: str | None) -> str:
    """`name` as it reads within `scope`."""
    return name if scope is None else name.removeprefix(scope).removeprefix("/")
