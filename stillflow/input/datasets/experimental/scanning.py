"""Transformations that go along the elements: with a state, up to an end, leaving some out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets import structure
from stillflow.input.datasets.dataset import (
    DatasetV2,
    UnaryDataset,
    UnaryUnchangedStructureDataset,
)
from stillflow.input.datasets.functions import StructuredFunctionWrapper
from stillflow.input.datasets.reducing import stable_function
from stillflow.ops.datasets.grouping import scan_dataset_op, take_while_dataset_op
from stillflow.ops.datasets.mixing import ignore_errors_dataset_op, unique_dataset_op
from stillflow.platform.deprecation import deprecated

Transformation = Callable[[DatasetV2], Any]


class ScanDataset(UnaryDataset):
    def __init__(self, input_dataset: DatasetV2, initial_state: Any, scan_func: Callable[..., Any]):
        state = structure.normalize_element(initial_state)
        self._scan_func, state_spec = stable_function(
            scan_func,
            "tf.data.experimental.scan()",
            structure.type_spec_from_value(state),
            input_dataset.element_spec,
            _new_state,
        )
        self._structure = self._scan_func.output_structure[1]
        variant = scan_dataset_op(
            input_dataset._variant_tensor,
            structure.to_tensor_list(state_spec, state),
            self._scan_func.function.captured_inputs,
            f=self._scan_func.function,
            preserve_cardinality=True,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._scan_func]

    @property
    def element_spec(self) -> Any:
        return self._structure


def _new_state(given: Any) -> Any:
    if not isinstance(given, tuple) or len(given) != 2:
        raise TypeError(
            "The scan function must return a pair comprising the new state and the output value."
        )
    return given[0]


def scan(initial_state: Any, scan_func: Callable[..., Any]) -> Transformation:
    """Gives, for each element, what `scan_func(state, element)` returns beside the next state.

    Raises, when it is applied:
      TypeError: `scan_func` returns no pair, or a state of another structure or other types.
    """
    return lambda dataset: ScanDataset(dataset, initial_state, scan_func)


class TakeWhileDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, predicate: Callable[..., Any]):
        self._predicate = StructuredFunctionWrapper(
            predicate, "tf.data.experimental.take_while()", input_dataset.element_spec
        )
        given, wanted = self._predicate.output_structure, TensorSpec([], dtypes.bool)
        if not (isinstance(given, TensorSpec) and given.is_compatible_with(wanted)):
            raise ValueError("`predicate` must return a scalar boolean tensor.")
        variant = take_while_dataset_op(
            input_dataset._variant_tensor,
            self._predicate.function.captured_inputs,
            predicate=self._predicate.function,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._predicate]


def take_while(predicate: Callable[..., Any]) -> Transformation:
    """Gives the elements before the first for which `predicate` gives a false bool[]."""
    return lambda dataset: TakeWhileDataset(dataset, predicate)


class IgnoreErrorsDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2):
        variant = ignore_errors_dataset_op(
            input_dataset._variant_tensor, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


def ignore_errors() -> Transformation:
    """Gives the elements that do not fail."""
    return IgnoreErrorsDataset


class UniqueDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2):
        given = structure.legacy_output_types(input_dataset.element_spec)
        if given not in (dtypes.int32, dtypes.int64, dtypes.string):
            raise TypeError(
                "`tf.data.experimental.unique()` only supports inputs with a single `tf.int32`, "
                "`tf.int64`, or `tf.string` component."
            )
        variant = unique_dataset_op(input_dataset._variant_tensor, **input_dataset._flat_structure)
        super().__init__(input_dataset, variant)


def unique() -> Transformation:
    """Gives each element once: numbers or strings."""
    return UniqueDataset


@deprecated(None, "Use `tf.data.Dataset.enumerate()")
def enumerate_dataset(start: Any = 0) -> Transformation:
    """Gives pairs of a number, from `start` on, and an element."""
    return lambda dataset: dataset.enumerate(start)
