"""`tf.TensorSpec`: what is known of a tensor beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.graph.type_spec import TypeSpec, register_type_spec_from_value_converter


class TensorSpec(TypeSpec):
    """Tensors of a shape, which may be known in part, and a type."""

    __slots__ = ("_dtype", "_name", "_shape")

    value_type = Tensor

    def __init__(self, shape: Any, dtype: Any = dtypes.float32, name: str | None = None):
        self._shape = as_shape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._name = name

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> TensorSpec:
        """The same as another, by another name."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor: Tensor, name: str | None = None) -> TensorSpec:
        """What is known of a tensor; ValueError if it is none."""
        if not isinstance(tensor, Tensor):
            raise ValueError("`tensor` should be a tf.Tensor")
        return TensorSpec(tensor.shape, tensor.dtype, name or tensor.op.name)

    @property
    def shape(self) -> TensorShape:
        return self._shape

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def name(self) -> str | None:
        return self._name

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a tensor, or one of another TensorSpec, may be one of this."""
        other = spec_or_value
        return (
            isinstance(other, (TensorSpec, Tensor))
            and self._dtype.is_compatible_with(other.dtype)
            and self._shape.is_compatible_with(other.shape)
        )

    def most_specific_compatible_type(self, other: TypeSpec) -> TensorSpec:
        """What this and another have in common; ValueError where the types of elements differ."""
        if type(other) is not type(self) or other._dtype != self._dtype:
            raise ValueError(f"Types are not compatible: {self!r} vs {other!r}")
        name = self._name if self._name == other._name else None
        return TensorSpec(
            self._shape.most_specific_compatible_shape(other._shape), self._dtype, name
        )

    # As elements of datasets -----------------------------------------------------------------

    def _batch(self, batch_size: int | None) -> TensorSpec:
        return TensorSpec(TensorShape([batch_size]).concatenate(self._shape), self._dtype)

    def _unbatch(self) -> TensorSpec:
        if self._shape.ndims == 0:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        return TensorSpec(self._shape[1:], self._dtype)

    def _to_batched_tensor_list(self, value: Any) -> list:
        if self._shape.ndims == 0:
            raise ValueError(f"Value {value} has insufficient rank for batching.")
        return [value]

    def _to_legacy_output_types(self) -> DType:
        return self._dtype

    def _to_legacy_output_shapes(self) -> TensorShape:
        return self._shape

    def _to_legacy_output_classes(self) -> type:
        return Tensor

    def _from_compatible_tensor_list(self, tensor_list: list) -> Any:
        (tensor,) = tensor_list
        tensor.set_shape(self._shape)
        return tensor

    # ------------------------------------------------------------------------------------------

    @property
    def _component_specs(self) -> TensorSpec:
        return self

    def _to_components(self, value: Any) -> Any:
        return value

    def _from_components(self, components: Any) -> Any:
        return components

    def _serialize(self) -> tuple:
        return self._shape, self._dtype, self._name

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r})"


class BoundedTensorSpec(TensorSpec):
    """Tensors whose elements lie between `minimum` and `maximum`, both included."""

    __slots__ = ("_maximum", "_minimum")

    def __init__(self, shape: Any, dtype: Any, minimum: Any, maximum: Any, name: str | None = None):
        """Raises ValueError: a bound's shape does not fit."""
        super().__init__(shape, dtype, name)
        self._minimum = self._bound("minimum", minimum)
        self._maximum = self._bound("maximum", maximum)

    def _bound(self, which: str, value: Any) -> np.ndarray:
        if value is None:
            raise ValueError(f"{which} must be not None.")
        bound = np.array(value, self.dtype.as_numpy_dtype)
        if not _broadcasts(bound.shape, self._shape.sizes):
            raise ValueError(
                f"{which} is not compatible with shape. {bound.shape} does not broadcast to "
                f"{self._shape}."
            )
        bound.setflags(write=False)
        return bound

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> BoundedTensorSpec:
        """The same as another; its type's bounds where that has none."""
        kind = dtypes.as_dtype(spec.dtype)
        minimum, maximum = getattr(spec, "minimum", kind.min), getattr(spec, "maximum", kind.max)
        return cls(spec.shape, kind, minimum, maximum, name or spec.name)

    @property
    def minimum(self) -> np.ndarray:
        return self._minimum

    @property
    def maximum(self) -> np.ndarray:
        return self._maximum

    def _serialize(self) -> tuple:
        return self._shape, self._dtype, self._minimum, self._maximum, self._name

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is type(self)
            and (self._shape.sizes, self._dtype, self._name)
            == (other._shape.sizes, other._dtype, other._name)
            and np.allclose(self._minimum, other._minimum)
            and np.allclose(self._maximum, other._maximum)
        )

    def __hash__(self) -> int:
        return hash((self._shape.sizes, self._dtype))

    def __repr__(self) -> str:
        return (
            f"BoundedTensorSpec(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r}, "
            f"minimum={self.minimum!r}, maximum={self.maximum!r})"
        )


def _broadcasts(shape: tuple[int, ...], sizes: Any) -> bool:
    """Whether an array of a shape may be broadcast to sizes that may be unknown."""
    if sizes is None:
        return True
    pairs = zip(reversed(shape), reversed(sizes), strict=False)
    return len(shape) <= len(sizes) and all(a in (1, b) or b is None for a, b in pairs)


register_type_spec_from_value_converter(
    Tensor, lambda tensor: TensorSpec(tensor.shape, tensor.dtype), allow_subclass=True
)
register_type_spec_from_value_converter(
    np.ndarray, lambda array: TensorSpec(array.shape, array.dtype)
)
