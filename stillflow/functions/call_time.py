"""What a function takes at each of its calls from a closure, rather than once when it is traced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from stillflow.declare.convert import to_tensor
from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec


class CallTimeValue:
    """A nest of values that a closure gives at each call.

    Attributes:
      inside: what stands for it in the body.
      arguments: the tensors of that.

    Args:
      closure: takes nothing, and gives a nest that fits `spec`.
      spec: a nest of TypeSpecs.
      argument: makes the argument of a TensorSpec.

    Raises:
      TypeError: there is something else in `spec`.
    """

    def __init__(
        self, closure: Callable[[], Any], spec: Any, argument: Callable[[TensorSpec], Tensor]
    ):
        self._closure = closure
        self._spec = spec
        self.arguments: list[Tensor] = []

        def stand_in(part: Any) -> Any:
            if not isinstance(part, TypeSpec):
                raise TypeError(
                    f"Expected a nest of `TypeSpec` objects, found {part} of type {type(part)}."
                )
            parts = [argument(component) for component in _components(part)]
            self.arguments += parts
            return part._from_components(nest.pack_sequence_as(part._component_specs, parts))

        self.inside = nest.map_structure(stand_in, spec)

    def values(self) -> list[Any]:
        """What the closure gives now, a tensor for each of `arguments`.

        Raises:
          ValueError: it is of another structure, type or shape than the spec says.
        """
        given = self._closure()
        nest.assert_same_structure(self._spec, given)
        pairs = list(zip(nest.flatten(self._spec), nest.flatten(given), strict=True))
        for pair in pairs:
            _check_structure(*pair)
        return [tensor for spec, value in pairs for tensor in _tensors(spec, value)]


class CallTimePart(NamedTuple):
    """One of the tensors of a CallTimeValue."""

    whole: CallTimeValue
    place: int


def at_call_time(captured: Iterable[Any]) -> list[Any]:
    """What is captured, with the values of now for parts of CallTimeValues."""
    values: dict[int, list[Any]] = {}
    found = []
    for item in captured:
        if isinstance(item, CallTimePart):
            key = id(item.whole)
            if key not in values:
                values[key] = item.whole.values()
            item = values[key][item.place]
        found.append(item)
    return found


def _components(spec: TypeSpec) -> list[TensorSpec]:
    return [spec] if isinstance(spec, TensorSpec) else nest.flatten(spec._component_specs)


def _check_structure(spec: Any, value: Any) -> None:
    """ValueError for a value of other parts than a composite tensor of the spec has."""
    if not isinstance(spec, TensorSpec) and not spec.is_compatible_with(value):
        raise ValueError(
            "The two structures don't have the same nested structure.\n"
            f"  Incompatible CompositeTensor TypeSpecs: {value} is none of {spec}."
        )


def _tensors(spec: Any, value: Any) -> list[Any]:
    """The tensors of a value; ValueError where it does not fit the spec."""
    if isinstance(spec, TensorSpec):
        return [_tensor(spec, value)]
    return nest.flatten(spec._to_components(value), expand_composites=True)


def _tensor(spec: TensorSpec, value: Any) -> Tensor:
    try:
        tensor = to_tensor(value, spec.dtype)
    except (TypeError, ValueError):
        tensor = None
    if tensor is None or not spec.shape.is_compatible_with(tensor.shape):
        raise ValueError(
            f"Value {value!r} is not convertible to a tensor with dtype {spec.dtype} and shape "
            f"{spec.shape}."
        )
    return tensor
