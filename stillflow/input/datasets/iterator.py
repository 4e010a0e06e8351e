"""`tf.data.Iterator`: gives each run that asks for it the next element."""

from __future__ import annotations

import warnings
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, device, name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.input.datasets import nesting, structure
from stillflow.ops.datasets.iterators import (
    iterator_from_string_handle_v2_op,
    iterator_get_next_op,
    iterator_to_string_handle_op,
    iterator_v2_op,
    make_iterator_op,
)
from stillflow.platform.deprecation import deprecated
from stillflow.tracking.trackable import Trackable

GLOBAL_ITERATORS = "iterators"
GET_NEXT_CALL_WARNING_THRESHOLD = 32
GET_NEXT_CALL_WARNING_MESSAGE = (
    "An unusually high number of `Iterator.get_next()` calls was detected. This often indicates "
    "that `Iterator.get_next()` is being called inside a training loop, which will cause gradual "
    "slowdown and eventual resource exhaustion. If this is the case, restructure your code to call "
    "`next_element = iterator.get_next()` once outside the loop, and use `next_element` as the "
    "input to some computation that is invoked inside the loop."
)


class OfElements(Trackable):
    """What is told of an iterator: its state in checkpoints, the structure of its elements."""

    _iterator_resource: Tensor
    _element_spec: Any

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        from stillflow.input.datasets.saveable import IteratorSaveable  # few iterators are saved

        resource = self._iterator_resource
        return {"ITERATOR": lambda name: IteratorSaveable(resource, name, f"{name}_STATE")}

    @property
    @deprecated(None, "Use `tf.compat.v1.data.get_output_classes(iterator)`.")
    def output_classes(self) -> Any:
        """The structure of the classes of components."""
        return structure.legacy_output_classes(self._element_spec)

    @property
    @deprecated(None, "Use `tf.compat.v1.data.get_output_shapes(iterator)`.")
    def output_shapes(self) -> Any:
        """The structure of the shapes of components."""
        return structure.legacy_output_shapes(self._element_spec)

    @property
    @deprecated(None, "Use `tf.compat.v1.data.get_output_types(iterator)`.")
    def output_types(self) -> Any:
        """The structure of the types of components."""
        return structure.legacy_output_types(self._element_spec)

    @property
    def element_spec(self) -> Any:
        """The structure of the TypeSpecs of components."""
        return self._element_spec


class Iterator(OfElements):
    """Goes through the elements of a dataset, one for each run that uses what `get_next` gives.

    Args:
      iterator_resource: resource[], which stands for it in a run.
      initializer: the operation that has it begin with the first element, if there is one.
      output_types, output_shapes, output_classes: structures that tell the components.
    """

    def __init__(
        self,
        iterator_resource: Tensor,
        initializer: Operation | None,
        output_types: Any,
        output_shapes: Any,
        output_classes: Any,
    ):
        if output_types is None or output_shapes is None or output_classes is None:
            raise ValueError(
                "If `structure` is not specified, all of `output_types`, `output_shapes`, and "
                "`output_classes` must be specified."
            )
        spec = structure.convert_legacy_structure(output_types, output_shapes, output_classes)
        self._set_up(iterator_resource, initializer, spec)

    @classmethod
    def _of(cls, resource: Tensor, initializer: Operation | None, element_spec: Any) -> Iterator:
        """One over elements of a structure of TypeSpecs."""
        iterator: Iterator = cls.__new__(cls)
        iterator._set_up(resource, initializer, element_spec)
        return iterator

    def _set_up(self, resource: Tensor, initializer: Operation | None, element_spec: Any) -> None:
        self._iterator_resource = resource
        self._initializer = initializer
        self._element_spec = element_spec
        self._string_handle = iterator_to_string_handle_op(resource)
        self._get_next_call_count = 0
        get_default_graph().add_to_collection(GLOBAL_ITERATORS, resource)

    @staticmethod
    def from_structure(
        output_types: Any,
        output_shapes: Any = None,
        shared_name: str | None = None,
        output_classes: Any = None,
    ) -> Iterator:
        """An iterator over any dataset of a structure, by `make_initializer`.

        Args:
          output_types: the structure of the types of components.
          output_shapes: that of their shapes; unknown by default.
          output_classes: that of their classes; tensors by default.
        """
        element_spec = _element_spec(output_types, output_shapes, output_classes)
        with _on_host():
            resource = iterator_v2_op(
                container="", shared_name=shared_name or "", **_flat(element_spec)
            )
        return Iterator._of(resource, None, element_spec)

    @staticmethod
    def from_string_handle(
        string_handle: Any,
        output_types: Any,
        output_shapes: Any = None,
        output_classes: Any = None,
    ) -> Iterator:
        """The iterator whose `string_handle` has, in a run, the value of the given string[]."""
        element_spec = _element_spec(output_types, output_shapes, output_classes)
        string_handle = convert_to_tensor(string_handle, dtypes.string)
        with _on_host():
            resource = iterator_from_string_handle_v2_op(string_handle, **_flat(element_spec))
        return Iterator._of(resource, None, element_spec)

    @property
    def initializer(self) -> Operation:
        """The operation that has it begin with the first element; ValueError without one."""
        if self._initializer is None:
            raise ValueError(
                "Iterator does not have an initializer.\n"
                "  Make it by make_initializable_iterator, or call make_initializer(dataset)."
            )
        return self._initializer

    def make_initializer(self, dataset: Any, name: str | None = None) -> Operation:
        """The operation that has it begin with the first element of `dataset`.

        Raises:
          ValueError, TypeError: the elements have another structure, other types or shapes.
        """
        with name_scope(name, "make_initializer") as scope:
            self._check_fits(dataset.element_spec)
        with colocate_with(self._iterator_resource):
            made: Any = make_iterator_op(
                dataset._variant_tensor, self._iterator_resource, name=scope
            )
        return made

    def _check_fits(self, spec: Any) -> None:
        own = self._element_spec
        types = structure.legacy_output_types(own), structure.legacy_output_types(spec)
        shapes = structure.legacy_output_shapes(own), structure.legacy_output_shapes(spec)
        classes = structure.legacy_output_classes(own), structure.legacy_output_classes(spec)
        nesting.assert_same_structure(*types)
        nesting.assert_same_structure(*shapes)
        if any(a is not b for a, b in zip(*map(nesting.flatten, classes), strict=True)):
            raise TypeError(
                f"Expected output classes {classes[0]!r} but got dataset with output class "
                f"{classes[1]!r}."
            )
        if any(a != b for a, b in zip(*map(nesting.flatten, types), strict=True)):
            raise TypeError(
                f"Expected output types {types[0]!r} but got dataset with output types "
                f"{types[1]!r}."
            )
        pairs = zip(*map(nesting.flatten, shapes), strict=True)
        if not all(a.is_compatible_with(b) for a, b in pairs):
            raise TypeError(
                f"Expected output shapes compatible with {shapes[0]!r} but got dataset with output "
                f"shapes {shapes[1]!r}."
            )

    def get_next(self, name: str | None = None) -> Any:
        """The next element of each run, in the structure of elements.

        A run behind the last one raises tf.errors.OutOfRangeError. Call it once, not in a loop.
        """
        self._get_next_call_count += 1
        if self._get_next_call_count > GET_NEXT_CALL_WARNING_THRESHOLD:
            warnings.warn(GET_NEXT_CALL_WARNING_MESSAGE, stacklevel=2)
        tensors: Any = iterator_get_next_op(
            self._iterator_resource, name=name, **_flat(self._element_spec)
        )
        return structure.from_tensor_list(self._element_spec, tensors)

    def string_handle(self, name: str | None = None) -> Tensor:
        """string[], by which `from_string_handle` knows the iterator."""
        if name is None:
            return self._string_handle
        return iterator_to_string_handle_op(self._iterator_resource, name=name)


def _element_spec(output_types: Any, output_shapes: Any, output_classes: Any) -> Any:
    types = nesting.map_structure(dtypes.as_dtype, output_types)
    if output_shapes is None:
        shapes = nesting.map_structure(lambda _: TensorShape(None), types)
    else:
        shapes = nesting.map_structure_up_to(types, as_shape, output_shapes)
    if output_classes is None:
        output_classes = nesting.map_structure(lambda _: Tensor, types)
    nesting.assert_same_structure(types, shapes)
    return structure.convert_legacy_structure(types, shapes, output_classes)


def _flat(element_spec: Any) -> dict[str, Any]:
    return {
        "output_types": structure.get_flat_tensor_types(element_spec),
        "output_shapes": structure.get_flat_tensor_shapes(element_spec),
    }


def _on_host() -> AbstractContextManager[Any]:
    """A block on the first processor, unless the program has chosen a device."""
    return nullcontext() if get_default_graph().stacks.devices else device("/cpu:0")


def get_structure(dataset_or_iterator: Any) -> Any:
    """The structure of the TypeSpecs of its components; TypeError where it has none."""
    try:
        return dataset_or_iterator.element_spec
    except AttributeError:
        raise TypeError(
            "`dataset_or_iterator` must be a Dataset or Iterator object, but got "
            f"{type(dataset_or_iterator)}."
        ) from None


def get_output_classes(dataset_or_iterator: Any) -> Any:
    """The structure of the classes of components."""
    return structure.legacy_output_classes(get_structure(dataset_or_iterator))


def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """The structure of the shapes of components."""
    return structure.legacy_output_shapes(get_structure(dataset_or_iterator))


def get_output_types(dataset_or_iterator: Any) -> Any:
    """The structure of the types of components."""
    return structure.legacy_output_types(get_structure(dataset_or_iterator))
