"""`TypeSpec`: what is known of a value beforehand, be it one tensor or several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape


class TypeSpec:
    """A type of values, which are made of tensors.

    A subclass says by `_serialize` what its constructor takes; equality, hashing, pickling and
    merging follow from that.
    """

    __slots__ = ()

    @property
    def value_type(self) -> type:
        """The class of the values."""
        raise NotImplementedError(f"{type(self).__name__}.value_type")

    @property
    def _component_specs(self) -> Any:
        """A nest of the TypeSpecs of what `_to_components` gives."""
        raise NotImplementedError(f"{type(self).__name__}._component_specs")

    def _to_components(self, value: Any) -> Any:
        """A nest of the tensors that a value is made of."""
        raise NotImplementedError(f"{type(self).__name__}._to_components()")

    def _from_components(self, components: Any) -> Any:
        """The value made of such a nest."""
        raise NotImplementedError(f"{type(self).__name__}._from_components()")

    def _serialize(self) -> tuple:
        """The arguments of its constructor."""
        raise NotImplementedError(f"{type(self).__name__}._serialize()")

    @classmethod
    def _deserialize(cls, serialization: tuple) -> TypeSpec:
        return cls(*serialization)

    # As a flat list -------------------------------------------------------------------------------

    @property
    def _flat_tensor_specs(self) -> list:
        return nest.flatten(self._component_specs, expand_composites=True)

    def _to_tensor_list(self, value: Any) -> list:
        return nest.flatten(self._to_components(value), expand_composites=True)

    def _from_tensor_list(self, tensor_list: list) -> Any:
        """The value made of a list; ValueError where a tensor does not fit."""
        specs = self._flat_tensor_specs
        if len(specs) != len(tensor_list):
            raise ValueError("Incompatible input: wrong number of tensors")
        for index, (tensor, spec) in enumerate(zip(tensor_list, specs, strict=True)):
            if not spec.is_compatible_with(type_spec_from_value(tensor)):
                raise ValueError(
                    f"Incompatible input: tensor {index} ({tensor}) is incompatible with {spec}"
                )
        return self._from_compatible_tensor_list(tensor_list)

    def _from_compatible_tensor_list(self, tensor_list: list) -> Any:
        packed = nest.pack_sequence_as(self._component_specs, tensor_list, expand_composites=True)
        return self._from_components(packed)

    # As elements of datasets ----------------------------------------------------------------------

    def _batch(self, batch_size: int | None) -> Any:
        """The type of `batch_size` values stacked."""
        raise NotImplementedError(f"{type(self).__name__}._batch")

    def _unbatch(self) -> Any:
        """The type of what is stacked in a value; ValueError where that is one thing alone."""
        raise NotImplementedError(f"{type(self).__name__}._unbatch")

    def _to_batched_tensor_list(self, value: Any) -> list:
        """A list of tensors whose rows are the lists of what is stacked in `value`."""
        return self._to_tensor_list(value)

    def _to_legacy_output_types(self) -> Any:
        """What `output_types` of a dataset says of it."""
        raise NotImplementedError(f"{type(self).__name__}._to_legacy_output_types()")

    def _to_legacy_output_shapes(self) -> Any:
        """What `output_shapes` of a dataset says of it."""
        raise NotImplementedError(f"{type(self).__name__}._to_legacy_output_shapes()")

    def _to_legacy_output_classes(self) -> Any:
        """What `output_classes` of a dataset says of it."""
        raise NotImplementedError(f"{type(self).__name__}._to_legacy_output_classes()")

    # Comparing ------------------------------------------------------------------------------------

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a value can be of both types, or whether a value is of this one."""
        other = spec_or_value
        if not isinstance(other, TypeSpec):
            other = type_spec_from_value(other)
        return type(self) is type(other) and _fits(self._serialize(), other._serialize())

    def most_specific_compatible_type(self, other: TypeSpec) -> TypeSpec:
        """What this type and another have in common; ValueError where that is nothing."""
        if type(self) is not type(other):
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return self._deserialize(_common(self._serialize(), other._serialize()))

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and _key(self._serialize()) == _key(other._serialize())

    def __hash__(self) -> int:
        return hash((type(self), _key(self._serialize())))

    def __reduce__(self) -> tuple:
        return type(self), self._serialize()

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._serialize()!r}"


def _key(value: Any) -> Any:
    """What stands for an argument where they are compared."""
    if isinstance(value, dict):
        return tuple((key, _key(value[key])) for key in sorted(value))
    if isinstance(value, tuple):
        return tuple(map(_key, value))
    if isinstance(value, TensorShape):
        return TensorShape, value.sizes
    if isinstance(value, np.ndarray):
        return np.ndarray, value.shape, value.tobytes()
    if value is None or isinstance(value, (int, float, str, bytes, DType, TypeSpec)):
        return value
    raise ValueError(f"Unsupported value type {type(value).__name__} returned by _serialize")


def _fits(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_fits, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_fits(a[key], b[key]) for key in a)
    if isinstance(a, (TypeSpec, TensorShape, DType)):
        return a.is_compatible_with(b)
    return _key(a) == _key(b)


def _common(a: Any, b: Any) -> Any:
    """What two arguments have in common; ValueError where that is nothing."""
    if type(a) is type(b):
        if isinstance(a, tuple) and len(a) == len(b):
            return tuple(map(_common, a, b))
        if isinstance(a, dict) and a.keys() == b.keys():
            return {key: _common(a[key], b[key]) for key in a}
        if isinstance(a, TensorShape):
            return a.most_specific_compatible_shape(b)
        if isinstance(a, TypeSpec):
            return a.most_specific_compatible_type(b)
        if _key(a) == _key(b):
            return a
    raise ValueError(f"Types are not compatible: {a!r} vs {b!r}")


# Of values ----------------------------------------------------------------------------------------

_converters: list[tuple[type, Callable[[Any], TypeSpec], bool]] = []


def register_type_spec_from_value_converter(
    type_object: type, converter_fn: Callable[[Any], TypeSpec], allow_subclass: bool = False
) -> None:
    """Has `type_spec_from_value` call `converter_fn` for values of a class."""
    _converters.append((type_object, converter_fn, allow_subclass))


def type_spec_from_value(value: Any) -> TypeSpec:
    """The type of a value; TypeError where there is none."""
    if isinstance(value, CompositeTensor):
        return value._type_spec
    for kind, convert, allows_subclass in reversed(_converters):
        if type(value) is kind or (allows_subclass and isinstance(value, kind)):
            return convert(value)
    raise TypeError(
        f"Could not build a TypeSpec for {value!r} with type {type(value).__name__}\n"
        "  Give a tensor, an array or a composite tensor."
    )
