"""What else than variables a Saver may save: objects that say which tensors they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor


class SaveSpec:
    """A tensor of a checkpoint.

    Args:
      tensor: what is saved, or a function that gives it.
      slice_spec: which part of a whole it is; "" for all of it.
      name: its name in the checkpoint.
      dtype, device: those of what a function gives.
    """

    def __init__(
        self,
        tensor: Tensor | Callable[[], Tensor],
        slice_spec: str,
        name: str,
        dtype: DType | None = None,
        device: str | None = None,
    ):
        self._tensor = tensor
        self.slice_spec = slice_spec
        self.name = name
        if callable(tensor):
            if dtype is None or device is None:
                raise AssertionError(
                    "When passing a callable `tensor` to a SaveSpec, an explicit dtype and device "
                    "must be provided."
                )
            self.dtype, self.device = dtype, device
        else:
            self.dtype, self.device = tensor.dtype, tensor.device

    @property
    def tensor(self) -> Tensor:
        return self._tensor() if callable(self._tensor) else self._tensor


class SaveableObject:
    """Base of what saves and restores itself.

    Args:
      op: what it is of; two of one `op` cannot be saved together.
      specs: its tensors.
      name: by which a Saver knows it.
    """

    def __init__(self, op: Any, specs: Sequence[SaveSpec], name: str):
        self.op = op
        self.specs = specs
        self.name = name

    @property
    def device(self) -> str:
        return self.specs[0].device

    @property
    def optional_restore(self) -> bool:
        """Whether a checkpoint that lacks it, or has what nothing takes, is as good as another."""
        return False

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Any:
        """Returns the operation that gives it the values of `specs` that a checkpoint has.

        `restored_shapes` are the shapes that they are wanted in, or None for their own.
        """
        raise NotImplementedError("Calling an abstract method.")
