"""Datasets that give elements of others, in another order or another number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare import constants
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.version_behavior import is_at_2
from stillflow.input.datasets import nesting, structure
from stillflow.input.datasets.dataset import DatasetV2, UnaryUnchangedStructureDataset
from stillflow.input.datasets.seeds import get_seed
from stillflow.ops.datasets.repeating import (
    concatenate_dataset_op,
    repeat_dataset_op,
    shard_dataset_op,
    skip_dataset_op,
    take_dataset_op,
    zip_dataset_op,
)
from stillflow.ops.datasets.shuffling import (
    anonymous_random_seed_generator,
    shuffle_dataset_op,
    shuffle_dataset_v2_op,
)


def number(value: Any, name: str) -> Tensor:
    """i64[], a count or a size."""
    return convert_to_tensor(value, dtypes.int64, name)


class RepeatDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, count: Any):
        if count is None:
            self._count = constants.constant(-1, dtypes.int64, name="count")
        else:
            self._count = number(count, "count")
        variant = repeat_dataset_op(
            input_dataset._variant_tensor, self._count, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


class TakeDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, count: Any):
        self._count = number(count, "count")
        variant = take_dataset_op(
            input_dataset._variant_tensor, self._count, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


class SkipDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, count: Any):
        self._count = number(count, "count")
        variant = skip_dataset_op(
            input_dataset._variant_tensor, self._count, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


class ShardDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, num_shards: Any, index: Any):
        self._num_shards = number(num_shards, "num_shards")
        self._index = number(index, "index")
        variant = shard_dataset_op(
            input_dataset._variant_tensor,
            self._num_shards,
            self._index,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)


class ShuffleDataset(UnaryUnchangedStructureDataset):
    def __init__(
        self,
        input_dataset: DatasetV2,
        buffer_size: Any,
        seed: Any = None,
        reshuffle_each_iteration: bool | None = None,
    ):
        self._buffer_size = number(buffer_size, "buffer_size")
        self._seed, self._seed2 = get_seed(seed)
        reshuffles = True if reshuffle_each_iteration is None else reshuffle_each_iteration
        self._reshuffle_each_iteration = reshuffles
        super().__init__(input_dataset, self._variant(input_dataset))

    def _variant(self, input_dataset: DatasetV2) -> Tensor:
        at_once = executing_eagerly() or get_default_graph().building_function
        if is_at_2() and self._reshuffle_each_iteration and at_once:
            generator, _ = anonymous_random_seed_generator(self._seed, self._seed2)
            return shuffle_dataset_v2_op(
                input_dataset._variant_tensor,
                self._buffer_size,
                generator,
                **input_dataset._flat_structure,
            )
        return shuffle_dataset_op(
            input_dataset._variant_tensor,
            self._buffer_size,
            self._seed,
            self._seed2,
            reshuffle_each_iteration=self._reshuffle_each_iteration,
            **input_dataset._flat_structure,
        )


class ConcatenateDataset(DatasetV2):
    def __init__(self, input_dataset: DatasetV2, dataset_to_concatenate: DatasetV2):
        specs = input_dataset.element_spec, dataset_to_concatenate.element_spec
        types = [structure.legacy_output_types(spec) for spec in specs]
        if types[0] != types[1]:
            raise TypeError(
                f"Two datasets to concatenate have different types {types[0]} and {types[1]}"
            )
        classes = [structure.legacy_output_classes(spec) for spec in specs]
        if classes[0] != classes[1]:
            raise TypeError(
                f"Two datasets to concatenate have different classes {classes[0]} and {classes[1]}"
            )
        shapes = [structure.legacy_output_shapes(spec) for spec in specs]
        pairs = zip(*map(nesting.flatten, shapes), strict=True)
        common = [one.most_specific_compatible_shape(other) for one, other in pairs]
        shape = nesting.pack_sequence_as(shapes[0], common)
        self._structure = structure.convert_legacy_structure(types[0], shape, classes[0])
        self._input_datasets = [input_dataset, dataset_to_concatenate]
        super().__init__(
            concatenate_dataset_op(
                input_dataset._variant_tensor,
                dataset_to_concatenate._variant_tensor,
                **self._flat_structure,
            )
        )

    def _inputs(self) -> Sequence[DatasetV2]:
        return self._input_datasets

    @property
    def element_spec(self) -> Any:
        return self._structure


class ZipDataset(DatasetV2):
    def __init__(self, datasets: Any):
        for dataset in nesting.flatten(datasets):
            if not isinstance(dataset, DatasetV2):
                hint = ""
                if isinstance(dataset, list):
                    hint = (
                        " Nested structures do not support Python lists; please use a tuple "
                        "instead."
                    )
                raise TypeError(
                    "The argument to `Dataset.zip()` must be a nested structure of `Dataset` "
                    f"objects.{hint}"
                )
        self._datasets = datasets
        sources = nesting.flatten(datasets)
        specs = [dataset.element_spec for dataset in sources]
        self._structure = nesting.pack_sequence_as(datasets, specs)
        variants = [dataset._variant_tensor for dataset in sources]
        super().__init__(zip_dataset_op(variants, **self._flat_structure))

    def _inputs(self) -> Sequence[DatasetV2]:
        return nesting.flatten(self._datasets)

    @property
    def element_spec(self) -> Any:
        return self._structure
