"""Which part of a whole a variable is: what a checkpoint knows of partitioned variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SaveSliceInfo:
    """Says that a variable is a part of `full_name`, which has `full_shape` in all.

    Args:
      var_offset: where the part starts, on each axis.
      var_shape: the sizes of the part.
      save_slice_info_def: a SaveSliceInfoDef proto, instead of all these.
      import_scope: a scope before the name in it.
    """

    def __init__(
        self,
        full_name: str | None = None,
        full_shape: Sequence[int] = (),
        var_offset: Sequence[int] = (),
        var_shape: Sequence[int] = (),
        save_slice_info_def: Any = None,
        import_scope: str | None = None,
    ):
        if save_slice_info_def is None:
            self.full_name = full_name or ""
            self.full_shape, self.var_offset, self.var_shape = full_shape, var_offset, var_shape
            return
        name = save_slice_info_def.full_name
        self.full_name = f"{import_scope}/{name}" if import_scope else name
        self.full_shape = list(save_slice_info_def.full_shape)
        self.var_offset = list(save_slice_info_def.var_offset)
        self.var_shape = list(save_slice_info_def.var_shape)

    @property
    def spec(self) -> str:
        """The part as nodes that save and restore take it: "4 2 0,2:0,2", the first two rows."""
        sizes = " ".join(map(str, self.full_shape))
        extents = zip(self.var_offset, self.var_shape, strict=True)
        return f"{sizes} {':'.join(f'{start},{size}' for start, size in extents)}"

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Returns a SaveSliceInfoDef, its name relative to a scope; None when it is outside."""
        from tensorboard.compat.proto.variable_pb2 import SaveSliceInfoDef

        name = self.full_name
        if export_scope is not None and not name.startswith(export_scope):
            return None
        return SaveSliceInfoDef(
            full_name=name.removeprefix(f"{export_scope}/") if export_scope else name,
            full_shape=self.full_shape,
            var_offset=self.var_offset,
            var_shape=self.var_shape,
        )
