"""`tf.data.experimental.Optional`: an element, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec
from stillflow.input.datasets import structure
from stillflow.input.datasets.iterator import OfElements
from stillflow.ops.datasets.iterators import iterator_get_next_as_optional_op
from stillflow.ops.functions.optionals import (
    optional_from_value,
    optional_get_value,
    optional_has_value,
    optional_none,
)


class Optional(CompositeTensor):
    """A value of a structure, which may be absent in a run."""

    def has_value(self, name: str | None = None) -> Tensor:
        """bool[], whether it is there."""
        raise NotImplementedError("Optional.has_value()")

    def get_value(self, name: str | None = None) -> Any:
        """The value; a run raises tf.errors.InvalidArgumentError where it is absent."""
        raise NotImplementedError("Optional.get_value()")

    @property
    def value_structure(self) -> Any:
        """The structure of TypeSpecs of the value."""
        raise NotImplementedError("Optional.value_structure")

    @staticmethod
    def from_value(value: Any) -> Optional:
        """One that has `value`."""
        with name_scope("optional") as scope:
            with name_scope("value"):
                spec = structure.type_spec_from_value(value)
                tensors = structure.to_tensor_list(spec, value)
            return OptionalOfTensor(optional_from_value(tensors, name=scope), spec)

    @staticmethod
    def none_from_structure(value_structure: Any) -> Optional:
        """One that has no value."""
        return OptionalOfTensor(optional_none(), value_structure)


class OptionalOfTensor(Optional):
    """What a variant[] tensor stands for: a value of `value_structure`, or none."""

    def __init__(self, variant_tensor: Tensor, value_structure: Any):
        self._variant_tensor = variant_tensor
        self._value_structure = value_structure

    def has_value(self, name: str | None = None) -> Tensor:
        return optional_has_value(self._variant_tensor, name=name)

    def get_value(self, name: str | None = None) -> Any:
        spec = self._value_structure
        with name_scope(name, "OptionalGetValue", [self._variant_tensor]) as scope:
            tensors: Any = optional_get_value(
                self._variant_tensor,
                name=scope,
                output_types=structure.get_flat_tensor_types(spec),
                output_shapes=structure.get_flat_tensor_shapes(spec),
            )
            return structure.from_tensor_list(spec, tensors)

    @property
    def value_structure(self) -> Any:
        return self._value_structure

    @property
    def _type_spec(self) -> OptionalSpec:
        return OptionalSpec.from_value(self)

    def fetch_parts(self) -> list[Tensor]:
        return [self._variant_tensor]

    def kind_in_traces(self) -> OptionalSpec:
        return self._type_spec

    def with_parts(self, parts: Sequence[Any]) -> Optional:
        return OptionalOfTensor(parts[0], self._value_structure)


class OptionalSpec(TypeSpec):
    """Optionals of values of a structure."""

    __slots__ = ("_value_structure",)

    def __init__(self, value_structure: Any):
        self._value_structure = value_structure

    @property
    def value_type(self) -> type:
        return OptionalOfTensor

    def _serialize(self) -> tuple:
        return (self._value_structure,)

    @property
    def _component_specs(self) -> list[TensorSpec]:
        return [TensorSpec((), dtypes.variant)]

    def _to_components(self, value: Any) -> list[Tensor]:
        return [value._variant_tensor]

    def _from_components(self, components: Any) -> Optional:
        return OptionalOfTensor(components[0], self._value_structure)

    @staticmethod
    def from_value(value: Optional) -> OptionalSpec:
        """The type of an Optional."""
        return OptionalSpec(value.value_structure)

    def _to_legacy_output_types(self) -> OptionalSpec:
        return self

    def _to_legacy_output_shapes(self) -> OptionalSpec:
        return self

    def _to_legacy_output_classes(self) -> OptionalSpec:
        return self


def get_next_as_optional(iterator: OfElements) -> Optional:
    """The next element of each run, or none behind the last one."""
    spec = iterator.element_spec
    variant = iterator_get_next_as_optional_op(
        iterator._iterator_resource,
        output_types=structure.get_flat_tensor_types(spec),
        output_shapes=structure.get_flat_tensor_shapes(spec),
    )
    return OptionalOfTensor(variant, spec)
