"""`tf.contrib.checkpoint.split_dependency`: one op's state, saved as that of several objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.ops.control.ordering import no_op
from stillflow.ops.saving.saveable import SaveableObject, SaveSpec
from stillflow.tracking.trackable import VARIABLE_VALUE_KEY, Trackable


def split_dependency(
    component_names: Sequence[str],
    component_dtypes: Sequence[Any],
    fill_save_buffer_fn: Callable[[dict[str, Tensor]], Any],
    consume_restore_buffer_fn: Callable[[dict[str, Tensor]], Any],
    device: str,
) -> dict[str, Trackable]:
    """Returns, by name, objects that are saved as variables, and only all together.

    Args:
      component_names, component_dtypes: what each is called, and the type of its tensor.
      fill_save_buffer_fn: puts the tensors that are saved into a dict, by name.
      consume_restore_buffer_fn: returns what restores, given the dict of the restored tensors.
      device: where the tensors are.
    """
    whole = _Whole(len(component_names), fill_save_buffer_fn, consume_restore_buffer_fn)
    pairs = zip(component_names, component_dtypes, strict=True)
    return {name: _Part(whole, name, dtype, device) for name, dtype in pairs}


class _Whole:
    """What the parts have in common: the tensors of a save, and of a restore, that are under way"""

    def __init__(self, size: int, fill: Callable[[dict], Any], consume: Callable[[dict], Any]):
        self._size = size
        self._fill = fill
        self._consume = consume
        self._saved: dict[str, Tensor] = {}
        self._restored: dict[str, Tensor] = {}

    def save(self, part: _Part) -> Tensor:
        if part.name not in self._saved:
            if self._saved:
                _refuse(part, "saved")
            self._fill(self._saved)
        return self._saved.pop(part.name)

    def restore(self, part: _Part, tensor: Tensor) -> Any:
        if part.name in self._restored:
            _refuse(part, "restored")
        self._restored[part.name] = tensor
        if len(self._restored) < self._size:
            return no_op()
        op = self._consume(self._restored)
        self._restored.clear()
        return op


def _refuse(part: _Part, done: str) -> None:
    raise AssertionError(
        f"Split dependency {part.name} ({part}) unsynchronized. Split dependencies must be {done} "
        "together."
    )


class _Part(Trackable):
    def __init__(self, whole: _Whole, name: str, dtype: Any, device: str):
        self.whole = whole
        self.name = name
        self.dtype = dtype
        self.device = device

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        return {VARIABLE_VALUE_KEY: lambda name: _PartSaveable(self, name)}


class _PartSaveable(SaveableObject):
    def __init__(self, part: _Part, name: str):
        spec = SaveSpec(lambda: part.whole.save(part), "", name, part.dtype, part.device)
        super().__init__(part, [spec], name)

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Any:
        (tensor,) = restored_tensors
        return self.op.whole.restore(self.op, tensor)
