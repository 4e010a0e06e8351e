"""Datasets of the same elements, which say how these are to be made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.input.datasets.dataset import DatasetV2, UnaryUnchangedStructureDataset
from stillflow.input.datasets.moving import number
from stillflow.input.datasets.options import Options
from stillflow.ops.datasets.optimizing import (
    model_dataset_op,
    optimize_dataset_op,
    prefetch_dataset_op,
)


class PrefetchDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, buffer_size: Any, slack_period: int | None = None):
        self._buffer_size = number(-1 if buffer_size is None else buffer_size, "buffer_size")
        variant = prefetch_dataset_op(
            input_dataset._variant_tensor,
            self._buffer_size,
            slack_period=slack_period or 0,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)


class OptionsDataset(UnaryUnchangedStructureDataset):
    """No node of its own."""

    def __init__(self, input_dataset: DatasetV2, options: Options):
        self._options = input_dataset.options().merge(options)
        super().__init__(input_dataset, input_dataset._variant_tensor)

    def options(self) -> Options:
        return self._options


class ModelDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, algorithm: int, cpu_budget: int):
        variant = model_dataset_op(
            input_dataset._variant_tensor,
            algorithm=algorithm,
            cpu_budget=cpu_budget,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)


class OptimizeDataset(UnaryUnchangedStructureDataset):
    def __init__(
        self, input_dataset: DatasetV2, optimizations: Sequence[str], configs: Sequence[str]
    ):
        names = convert_to_tensor(optimizations, dtypes.string, "optimizations")
        variant = optimize_dataset_op(
            input_dataset._variant_tensor,
            names,
            optimization_configs=list(configs),
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)
