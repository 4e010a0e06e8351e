"""What programs take from TensorFlow's builder of Savers; a Saver of Stillflow builds by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import device
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.control.ordering import identity
from stillflow.ops.saving.saveable import SaveableObject, SaveSpec
from stillflow.ops.variables.variable import Variable


class VariableSaveable(SaveableObject):
    """A variable that is saved under a name, for classes that do more when it is restored."""

    def __init__(self, var: Variable, slice_spec: str, name: str):
        def value() -> Tensor:
            with device(var.device):
                read = var.read_value()
            with device("/device:CPU:0"):
                return identity(read)

        spec = SaveSpec(value, slice_spec, name, dtype=var.dtype.base_dtype, device=var.device)
        super().__init__(var, [spec], name)

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Any:
        """Assigns the tensor that a checkpoint has, in the first of `restored_shapes` if any."""
        (value,) = restored_tensors
        if restored_shapes is not None:
            value = reshape(value, restored_shapes[0])
        with device(self.op.device):
            return self.op.assign(identity(value), read_value=False)


class BaseSaverBuilder:
    SaveSpec = SaveSpec
    SaveableObject = SaveableObject
    VariableSaveable = VariableSaveable
    ResourceVariableSaveable = VariableSaveable
