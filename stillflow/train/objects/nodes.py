"""The nodes that write a checkpoint of objects, and those that restore from one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, device
from stillflow.ops.saving import save_restore
from stillflow.ops.saving.saveable import SaveableObject
from stillflow.ops.strings.joining import string_join
from stillflow.platform import processes
from stillflow.train import saver_graph
from stillflow.train.saveables import Saveable

_CPU = "cpu:0"


class MultiDeviceSaver:
    """Saves and restores what is fixed once and for all, by nodes alone.

    Raises:
      ValueError: something else than a SaveableObject is given.
    """

    def __init__(self, saveable_objects: Sequence[Any]):
        self._by_device: dict[str, list[Any]] = {}
        for saveable in saveable_objects:
            if not isinstance(saveable, (Saveable, SaveableObject)):
                raise ValueError(f"Expected a dictionary of SaveableObjects, got {saveable}.")
            self._by_device.setdefault(saveable.device, []).append(saveable)

    def save(self, file_prefix: Tensor) -> Operation:
        """Adds the nodes that write a checkpoint; returns the last.

        Each device's is written for itself, then they are made one.
        """
        with device(_CPU):
            beside = string_join([file_prefix, f"_temp_{processes.entropy(16).hex()}/part"])
        number = constant(len(self._by_device), name="num_shards")
        places, parts, written = sorted(self._by_device), [], []
        for shard, place in enumerate(places):
            with device(saver_graph.cpu_of(place)):
                parts.append(save_restore.sharded_filename(beside, shard, number))
            with device(place):
                written.append(_saved(parts[-1], self._by_device[place]))
        with control_dependencies(written), device(saver_graph.cpu_of(places[-1])):
            merged: Any = save_restore.merge_v2_checkpoints(parts, file_prefix)
            return merged

    def restore(self, file_prefix: Tensor) -> dict[str, Any]:
        """Adds the nodes that restore; returns by name what restores each."""
        restored = {}
        for place, saveables in sorted(self._by_device.items()):
            with device(place):
                restored.update(_restored(file_prefix, saveables))
        return restored


def _saved(prefix: Tensor, saveables: Sequence[Any]) -> Operation:
    specs = [(spec, spec.tensor) for saveable in saveables for spec in saveable.specs]
    with device(_CPU):
        saved: Any = save_restore.save_v2(
            prefix,
            [spec.name for spec, _ in specs],
            [spec.slice_spec for spec, _ in specs],
            [tensor for _, tensor in specs],
        )
        return saved


def _restored(prefix: Tensor, saveables: Sequence[Any]) -> dict[str, Any]:
    specs = [spec for saveable in saveables for spec in saveable.specs]
    with device(_CPU):
        tensors = iter(
            save_restore.restore_v2(
                prefix,
                [spec.name for spec in specs],
                [spec.slice_spec for spec in specs],
                dtypes=[spec.dtype for spec in specs],
            )
        )
    return {
        saveable.name: saver_graph.restored_by(saveable, [next(tensors) for _ in saveable.specs])
        for saveable in saveables
    }
