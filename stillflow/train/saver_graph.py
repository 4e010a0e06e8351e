"""The nodes of a Saver, as TensorFlow 1.15 builds them. The Saver runs them by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from stillflow.checkpoint import management
from stillflow.declare.constants import constant
from stillflow.declare.handles import is_handle
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, device, name_scope
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import (
    group,
    identity,
    placeholder_with_default,
    with_dependencies,
)
from stillflow.ops.saving import save_restore
from stillflow.ops.saving.saveable import SaveableObject, SaveSpec
from stillflow.ops.strings.joining import string_join
from stillflow.ops.variables.state import assign
from stillflow.platform import processes
from stillflow.train.saveables import Saveable

_CPU = "/device:CPU:0"


class SaverNodes(NamedTuple):
    prefix: Tensor  # string[]: feed it the checkpoint's prefix
    saved: Tensor  # string[]: the prefix, once the checkpoint is written
    restored: Operation


def build(
    saveables: Sequence[Any],
    *,
    name: str | None,
    filename: str | None,
    sharded: bool,
    reshaped: bool,
    version: int,
) -> SaverNodes:
    """Adds the nodes that save and restore `saveables`.

    Args:
      name: the scope of the nodes, "save" when it is None.
      filename: the prefix in runs that feed none.
      sharded: writes one data file for each device that variables are recorded on.
      reshaped: lets a tensor of another shape, but the same size, be restored.
      version: of the files that are written, management.V1 or V2; either is read.
    """
    with name_scope(name, "save", [saveable.op for saveable in saveables]):
        default = placeholder_with_default(filename or "model", shape=(), name="filename")
        prefix = placeholder_with_default(default, shape=(), name="Const")
        saved = save(prefix, saveables, sharded=sharded, version=version)
        restored = restore(prefix, saveables, sharded=sharded, reshaped=reshaped)
        return SaverNodes(prefix, saved, restored)


def save(prefix: Tensor, saveables: Sequence[Any], *, sharded: bool, version: int) -> Tensor:
    """Returns the prefix, or the pattern of several files, once the checkpoint is written."""
    if not sharded:
        return _save(prefix, saveables, version)
    save_shards = _save_files if version == management.V1 else _save_shards
    return save_shards(prefix, _by_device(saveables))


def restore(
    prefix: Tensor, saveables: Sequence[Any], *, sharded: bool, reshaped: bool
) -> Operation:
    """Returns an operation that restores `saveables`: all of them, or none."""
    if not sharded:
        return _restore(prefix, saveables, reshaped, "restore_all")
    return _restore_shards(prefix, _by_device(saveables), reshaped)


def _save(prefix: Tensor, saveables: Sequence[Any], version: int) -> Tensor:
    """Returns `prefix` as it is once the checkpoint is written."""
    names, specs, tensors = [], [], []
    for spec in _specs(saveables):
        names.append(spec.name)
        specs.append(spec.slice_spec)
        tensors.append(spec.tensor)
    if version == management.V1:
        written = save_restore.save_slices(prefix, names, specs, tensors, name="save")
    else:
        written = save_restore.save_v2(prefix, names, specs, tensors)
    return with_dependencies([written], prefix)


def _specs(saveables: Sequence[Any]) -> list[SaveSpec]:
    return [spec for saveable in saveables for spec in saveable.specs]


def _restore(prefix: Tensor, saveables: Sequence[Any], reshaped: bool, name: str) -> Operation:
    """Returns an operation that restores `saveables`: all of them, or none."""
    specs = _specs(saveables)
    with device(_CPU):
        tensors = save_restore.restore_v2(
            prefix,
            [spec.name for spec in specs],
            [spec.slice_spec for spec in specs],
            dtypes=[spec.dtype for spec in specs],
        )
    if executing_eagerly() and not reshaped:
        _check_shapes(saveables, tensors)
    left = iter(tensors)
    assigned = [
        restored_by(saveable, [next(left) for _ in saveable.specs], reshaped)
        for saveable in saveables
    ]
    return group(*assigned, name=name)


def _check_shapes(saveables: Sequence[Any], tensors: Any) -> None:
    """ValueError before the first variable is set, where a value does not fit its variable."""
    left = iter(tensors)
    for saveable in saveables:
        for _, tensor in zip(saveable.specs, left, strict=False):
            if isinstance(saveable, Saveable):
                saveable.element.shape.assert_is_compatible_with(tensor.shape)


def restored_by(saveable: Any, tensors: list[Tensor], reshaped: bool = False) -> Any:
    """Returns what gives a saveable the `tensors` that a checkpoint has of it."""
    if isinstance(saveable, Saveable):
        return restored(saveable, tensors[0], reshaped)
    return saveable.restore(
        tensors, [_wanted(spec) for spec in saveable.specs] if reshaped else None
    )


def _wanted(spec: SaveSpec) -> Any:
    """The shape that a tensor is restored in."""
    tensor = spec.tensor
    return tensor.shape if tensor.shape.is_fully_defined() else shape(tensor)


def restored(saveable: Saveable, tensor: Tensor, reshaped: bool = False) -> Tensor | Operation:
    """Returns what assigns `tensor`, which a checkpoint holds, to a variable.

    Raises:
      ValueError: it cannot be assigned to the variable, by what is known of its shape.
    """
    target, static = saveable.target, saveable.element.shape
    is_known = static.is_fully_defined()
    if reshaped:
        tensor = reshape(tensor, static.as_list() if is_known else shape(saveable.read()))
    if not is_handle(target):
        return assign(target, tensor, validate_shape=is_known and not reshaped)
    from stillflow.ops.variables.resource import assign_variable_op  # few programs have handles

    with device(saveable.element.device):
        tensor = identity(tensor)
        static.assert_is_compatible_with(tensor.shape)
        updated: Any = assign_variable_op(target, tensor)
        return updated


# A checkpoint of several data files ---------------------------------------------------------------

Shards = list[tuple[str, list[Any]]]


def _by_device(saveables: Sequence[Any]) -> Shards:
    """Groups by device, in the order of the devices' names."""
    groups: dict[str, list[Any]] = {}
    for saveable in saveables:
        groups.setdefault(_device_of(saveable), []).append(saveable)
    return sorted(groups.items())


def _device_of(saveable: Any) -> str:
    """Where its tensors are; TensorFlow asks these, and functions build them for that."""
    if not isinstance(saveable, SaveableObject):
        return saveable.device
    places = {spec.tensor.device for spec in saveable.specs}
    if len(places) != 1:
        raise ValueError(
            f"All tensors of a saveable object must be on the same device: {saveable.name}"
        )
    return places.pop()


def _save_shards(prefix: Tensor, shards: Shards) -> Tensor:
    """Writes each shard as a checkpoint beside the prefix, then makes one checkpoint of them."""
    beside = string_join([prefix, f"_temp_{processes.entropy(16).hex()}/part"])
    number = constant(len(shards), name="num_shards")
    parts, written = [], []
    for shard, (place, saveables) in enumerate(shards):
        with device(cpu_of(place)):
            part = save_restore.sharded_filename(beside, shard, number)
            parts.append(part)
            written.append(_save(part, saveables, management.V2))
    with control_dependencies(written), device(cpu_of(shards[-1][0])):
        merged = save_restore.merge_v2_checkpoints(parts, prefix)
        with control_dependencies([merged]):
            return identity(prefix)


def _save_files(prefix: Tensor, shards: Shards) -> Tensor:
    """Writes each shard to a file of the first format; returns the pattern of their names."""
    number = constant(len(shards), name="num_shards")
    written = []
    for shard, (place, saveables) in enumerate(shards):
        with device(place):
            path = save_restore.sharded_filename(prefix, shard, number)
            written.append(_save(path, saveables, management.V1))
    with control_dependencies(written):
        return save_restore.sharded_filespec(prefix, number)


def _restore_shards(prefix: Tensor, shards: Shards, reshaped: bool) -> Operation:
    restored = []
    for place, saveables in shards:
        with device(place):
            restored.append(_restore(prefix, saveables, reshaped, "restore_shard"))
    return group(*restored, name="restore_all")


def cpu_of(place: str) -> str:
    """Returns the CPU of the task that a device belongs to."""
    return re.sub(r"(^|/)(device:)?(cpu|gpu|tpu):(\d+|\*)", "", place, flags=re.IGNORECASE) + _CPU
