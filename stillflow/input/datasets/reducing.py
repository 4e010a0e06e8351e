"""What is made of all elements one after another, and functions with a state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.scopes import name_scope
from stillflow.input.datasets import nesting, structure
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.functions import StructuredFunctionWrapper
from stillflow.ops.datasets.reducing import reduce_dataset_op


def reduced(dataset: DatasetV2, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:
    """What `reduce_func(state, element)` makes of all elements of `dataset`.

    Raises:
      TypeError: it gives another structure or other types than `initial_state` has.
    """
    with name_scope("initial_state"):
        state = structure.normalize_element(initial_state)
    function, state_spec = stable_function(
        reduce_func, "reduce()", structure.type_spec_from_value(state), dataset.element_spec
    )
    return structure.from_compatible_tensor_list(
        state_spec,
        _as_list(
            reduce_dataset_op(
                dataset._variant_tensor,
                structure.to_tensor_list(state_spec, state),
                function.function.captured_inputs,
                f=function.function,
                output_shapes=structure.get_flat_tensor_shapes(state_spec),
                output_types=structure.get_flat_tensor_types(state_spec),
            )
        ),
    )


def _as_list(tensors: Any) -> list:
    return list(tensors)


def stable_function(
    func: Callable[..., Any],
    transformation_name: str,
    state_spec: Any,
    element_spec: Any,
    new_state_of: Callable[[Any], Any] = lambda given: given,
) -> tuple[StructuredFunctionWrapper, Any]:
    """The function of a state and an element, which gives the next state, and the state's type.

    It is built again for shapes of which less is known, until it gives what it takes.

    Args:
      new_state_of: gives the new state's part of a structure that tells what the function returns.

    Raises:
      TypeError: the new state has other classes or types than the old one.
    """
    while True:
        function = StructuredFunctionWrapper(
            func, transformation_name, (state_spec, element_spec), add_to_graph=False
        )
        weaker = _common_spec(state_spec, new_state_of(function.output_structure))
        if weaker is None:
            function.function.add_to_graph(get_default_graph())
            return function, state_spec
        state_spec = weaker


def _common_spec(old: Any, new: Any) -> Any:
    """The type of both states where less is known of it than of the old one; else None."""
    classes = structure.legacy_output_classes(old), structure.legacy_output_classes(new)
    for one, other in zip(*map(nesting.flatten, classes), strict=False):
        is_class = isinstance(one, type) and isinstance(other, type)
        if not (issubclass(other, one) if is_class else one == other):
            raise TypeError(
                "The element classes for the new state must match the initial state. Expected "
                f"{classes[0]}; got {classes[1]}."
            )
    types = structure.legacy_output_types(old), structure.legacy_output_types(new)
    for one, other in zip(*map(nesting.flatten, types), strict=False):
        if one != other:
            raise TypeError(
                "The element types for the new state must match the initial state. Expected "
                f"{types[0]}; got {types[1]}."
            )
    shapes = structure.legacy_output_shapes(old), structure.legacy_output_shapes(new)
    pairs = list(zip(*map(nesting.flatten, shapes), strict=False))
    common = [one.most_specific_compatible_shape(other) for one, other in pairs]
    if all(
        one.ndims is None or one.sizes == both.sizes
        for (one, _), both in zip(pairs, common, strict=True)
    ):
        return None
    shape = nesting.pack_sequence_as(shapes[0], common)
    return structure.convert_legacy_structure(types[0], shape, classes[0])
