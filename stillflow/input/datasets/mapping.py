"""Datasets that call a function of the graph for each element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets.dataset import (
    DatasetSpec,
    DatasetV2,
    UnaryDataset,
    UnaryUnchangedStructureDataset,
)
from stillflow.input.datasets.functions import StructuredFunctionWrapper
from stillflow.input.datasets.moving import number
from stillflow.ops.datasets.interleaving import (
    interleave_dataset_op,
    parallel_interleave_dataset_v2_op,
)
from stillflow.ops.datasets.mapping import (
    filter_dataset_op,
    flat_map_dataset_op,
    map_dataset_op,
    parallel_map_dataset_op,
)


class _MappedDataset(UnaryDataset):
    """Base of datasets whose elements are what a function gives."""

    _map_func: StructuredFunctionWrapper

    def _functions(self) -> list[Any]:
        return [self._map_func]

    @property
    def element_spec(self) -> Any:
        return self._map_func.output_structure

    @property
    def _told(self) -> dict[str, Any]:
        """What each such op takes besides its inputs."""
        return {"f": self._map_func.function, **self._flat_structure}


class MapDataset(_MappedDataset):
    def __init__(
        self,
        input_dataset: DatasetV2,
        map_func: Callable[..., Any],
        use_inter_op_parallelism: bool = True,
        preserve_cardinality: bool = False,
        use_legacy_function: bool = False,
    ):
        self._map_func = StructuredFunctionWrapper(
            map_func,
            "Dataset.map()",
            input_dataset.element_spec,
            use_legacy_function=use_legacy_function,
        )
        variant = map_dataset_op(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            use_inter_op_parallelism=use_inter_op_parallelism,
            preserve_cardinality=preserve_cardinality,
            **self._told,
        )
        super().__init__(input_dataset, variant)


class ParallelMapDataset(_MappedDataset):
    def __init__(
        self,
        input_dataset: DatasetV2,
        map_func: Callable[..., Any],
        num_parallel_calls: Any,
        use_inter_op_parallelism: bool = True,
        preserve_cardinality: bool = False,
        use_legacy_function: bool = False,
    ):
        self._map_func = StructuredFunctionWrapper(
            map_func,
            "Dataset.map()",
            input_dataset.element_spec,
            use_legacy_function=use_legacy_function,
        )
        calls = convert_to_tensor(num_parallel_calls, dtypes.int32, "num_parallel_calls")
        variant = parallel_map_dataset_op(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            calls,
            use_inter_op_parallelism=use_inter_op_parallelism,
            preserve_cardinality=preserve_cardinality,
            **self._told,
        )
        super().__init__(input_dataset, variant)


class _FlattenedDataset(UnaryDataset):
    """Base of datasets of the elements of datasets that a function gives."""

    def __init__(
        self,
        input_dataset: DatasetV2,
        map_func: Callable[..., Any],
        transformation_name: str,
        build: Callable[[list[Any], dict[str, Any]], Any],
    ):
        self._map_func = StructuredFunctionWrapper(
            map_func, transformation_name, input_dataset.element_spec
        )
        given = self._map_func.output_structure
        if not isinstance(given, DatasetSpec):
            raise TypeError(f"`map_func` must return a `Dataset` object. Got {type(given)}")
        self._structure = given.element_spec
        told = {"f": self._map_func.function, **self._flat_structure}
        super().__init__(input_dataset, build(self._map_func.function.captured_inputs, told))

    def _functions(self) -> list[Any]:
        return [self._map_func]

    @property
    def element_spec(self) -> Any:
        return self._structure


class FlatMapDataset(_FlattenedDataset):
    def __init__(self, input_dataset: DatasetV2, map_func: Callable[..., Any]):
        super().__init__(
            input_dataset,
            map_func,
            "Dataset.flat_map()",
            lambda captured, told: flat_map_dataset_op(
                input_dataset._variant_tensor, captured, **told
            ),
        )


class InterleaveDataset(_FlattenedDataset):
    def __init__(
        self,
        input_dataset: DatasetV2,
        map_func: Callable[..., Any],
        cycle_length: Any,
        block_length: Any,
    ):
        def build(captured: list[Any], told: dict[str, Any]) -> Any:
            lengths = number(cycle_length, "cycle_length"), number(block_length, "block_length")
            return interleave_dataset_op(input_dataset._variant_tensor, captured, *lengths, **told)

        super().__init__(input_dataset, map_func, "Dataset.interleave()", build)


class ParallelInterleaveDataset(_FlattenedDataset):
    def __init__(
        self,
        input_dataset: DatasetV2,
        map_func: Callable[..., Any],
        cycle_length: Any,
        block_length: Any,
        num_parallel_calls: Any,
    ):
        def build(captured: list[Any], told: dict[str, Any]) -> Any:
            numbers = (
                number(cycle_length, "cycle_length"),
                number(block_length, "block_length"),
                number(num_parallel_calls, "num_parallel_calls"),
            )
            variant = input_dataset._variant_tensor
            return parallel_interleave_dataset_v2_op(variant, captured, *numbers, **told)

        super().__init__(input_dataset, map_func, "Dataset.interleave()", build)


class FilterDataset(UnaryUnchangedStructureDataset):
    def __init__(
        self,
        input_dataset: DatasetV2,
        predicate: Callable[..., Any],
        use_legacy_function: bool = False,
    ):
        self._predicate = StructuredFunctionWrapper(
            predicate,
            "Dataset.filter()",
            input_dataset.element_spec,
            use_legacy_function=use_legacy_function,
        )
        given = self._predicate.output_structure
        is_bool = isinstance(given, TensorSpec) and given.is_compatible_with(
            TensorSpec([], dtypes.bool)
        )
        if not is_bool:
            raise ValueError(
                "`predicate` return type must be convertible to a scalar boolean tensor. Was "
                f"{given}."
            )
        variant = filter_dataset_op(
            input_dataset._variant_tensor,
            self._predicate.function.captured_inputs,
            predicate=self._predicate.function,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._predicate]
