"""Transformations that bring several datasets together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets import nesting, structure
from stillflow.input.datasets.arguments import optional_param_to_tensor
from stillflow.input.datasets.dataset import DatasetSpec, DatasetV2, UnaryDataset
from stillflow.input.datasets.dataset_v1 import DatasetV1, DatasetV1Adapter
from stillflow.input.datasets.experimental.sources import RandomDatasetV2
from stillflow.input.datasets.functions import StructuredFunctionWrapper
from stillflow.input.datasets.mapping import MapDataset
from stillflow.input.datasets.moving import number
from stillflow.ops.array.reshaping import expand_dims, squeeze
from stillflow.ops.datasets.interleaving import parallel_interleave_dataset_op
from stillflow.ops.datasets.mixing import directed_interleave_dataset_op
from stillflow.ops.math.elementwise import log
from stillflow.ops.random.stateless import stateless_multinomial_op
from stillflow.platform.deprecation import deprecated

Transformation = Callable[[DatasetV2], Any]


class DirectedInterleaveDataset(DatasetV1):
    def __init__(self, selector_input: DatasetV2, data_inputs: Sequence[DatasetV2]):
        self._selector_input = selector_input
        self._data_inputs = list(data_inputs)
        specs = [dataset.element_spec for dataset in data_inputs]
        types = [structure.legacy_output_types(spec) for spec in specs]
        classes = [structure.legacy_output_classes(spec) for spec in specs]
        if any(other != types[0] for other in types) or any(c != classes[0] for c in classes):
            raise TypeError("All datasets must have the same type and class.")
        shapes = structure.legacy_output_shapes(specs[0])
        for spec in specs[1:]:
            pairs = zip(
                nesting.flatten(shapes),
                nesting.flatten(structure.legacy_output_shapes(spec)),
                strict=True,
            )
            common = [one.most_specific_compatible_shape(other) for one, other in pairs]
            shapes = nesting.pack_sequence_as(shapes, common)
        self._structure = structure.convert_legacy_structure(types[0], shapes, classes[0])
        super().__init__()

    def _as_variant_tensor(self) -> Tensor:
        return directed_interleave_dataset_op(
            self._selector_input._variant_tensor,
            [dataset._variant_tensor for dataset in self._data_inputs],
            **self._flat_structure,
        )

    def _inputs(self) -> Sequence[DatasetV2]:
        return [self._selector_input, *self._data_inputs]

    @property
    def element_spec(self) -> Any:
        return self._structure


def sample_from_datasets_v2(
    datasets: Sequence[DatasetV2], weights: Any = None, seed: Any = None
) -> DatasetV2:
    """Elements of datasets that are drawn at random.

    Args:
      weights: f32[n] or f64[n], how often each dataset is drawn; a dataset of such; equal by
        default.

    Raises:
      TypeError, ValueError: the weights are of another type or shape.
    """
    if isinstance(weights, DatasetV2):
        logits_ds = weights.map(lambda *p: log(p, name="logits"))

        def select_dataset_varying_logits(logits: Any, seed: Any) -> Tensor:
            return _drawn(logits, seed)

        pairs = DatasetV1.zip((logits_ds, RandomDatasetV2(seed).batch(2)))
        selector = MapDataset(pairs, select_dataset_varying_logits, use_inter_op_parallelism=False)
        return DirectedInterleaveDataset(selector, datasets)
    logits: Any = [[1.0] * len(datasets)]
    if weights is not None:
        weights = convert_to_tensor(weights, name="weights")
        if weights.dtype not in (dtypes.float32, dtypes.float64):
            raise TypeError(
                "`weights` must be convertible to a tensor of `tf.float32` or `tf.float64` "
                "elements."
            )
        if not weights.shape.is_compatible_with([len(datasets)]):
            raise ValueError("`weights` must be a vector of length `len(datasets)`.")
        logits = expand_dims(log(weights, name="logits"), 0)
    if len(datasets) == 1:
        return datasets[0]

    def select_dataset_constant_logits(seed: Any) -> Tensor:
        return _drawn(logits, seed)

    selector = MapDataset(
        RandomDatasetV2(seed).batch(2),
        select_dataset_constant_logits,
        use_inter_op_parallelism=False,
    )
    return DirectedInterleaveDataset(selector, datasets)


def _drawn(logits: Any, seed: Any) -> Tensor:
    return squeeze(stateless_multinomial_op(logits, 1, seed=seed), axis=[0, 1])


def sample_from_datasets(
    datasets: Sequence[DatasetV2], weights: Any = None, seed: Any = None
) -> DatasetV1Adapter:
    """Elements of datasets that are drawn at random: see `sample_from_datasets_v2`."""
    return DatasetV1Adapter(sample_from_datasets_v2(datasets, weights, seed))


def choose_from_datasets_v2(datasets: Sequence[DatasetV2], choice_dataset: DatasetV2) -> DatasetV2:
    """Elements of the datasets that the numbers, i64[], of `choice_dataset` name.

    Raises:
      TypeError: it has other elements; the datasets have elements of different types.
    """
    if not structure.are_compatible(choice_dataset.element_spec, TensorSpec([], dtypes.int64)):
        raise TypeError("`choice_dataset` must be a dataset of scalar `tf.int64` tensors.")
    return DirectedInterleaveDataset(choice_dataset, datasets)


def choose_from_datasets(
    datasets: Sequence[DatasetV2], choice_dataset: DatasetV2
) -> DatasetV1Adapter:
    """Elements of the datasets that numbers name: see `choose_from_datasets_v2`."""
    return DatasetV1Adapter(choose_from_datasets_v2(datasets, choice_dataset))


class ParallelInterleaveDataset(UnaryDataset):
    def __init__(
        self,
        input_dataset: DatasetV2,
        map_func: Callable[..., Any],
        cycle_length: Any,
        block_length: Any,
        sloppy: Any,
        buffer_output_elements: Any,
        prefetch_input_elements: Any,
    ):
        self._map_func = StructuredFunctionWrapper(
            map_func, "tf.data.experimental.parallel_interleave()", input_dataset.element_spec
        )
        given = self._map_func.output_structure
        if not isinstance(given, DatasetSpec):
            raise TypeError("`map_func` must return a `Dataset` object.")
        self._structure = given.element_spec
        numbers = (
            number(cycle_length, "cycle_length"),
            number(block_length, "block_length"),
            convert_to_tensor(sloppy, dtypes.bool, "sloppy"),
            optional_param_to_tensor(
                "buffer_output_elements", buffer_output_elements, 2 * block_length
            ),
            optional_param_to_tensor(
                "prefetch_input_elements", prefetch_input_elements, 2 * cycle_length
            ),
        )
        variant = parallel_interleave_dataset_op(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            *numbers,
            f=self._map_func.function,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._map_func]

    @property
    def element_spec(self) -> Any:
        return self._structure


@deprecated(
    None,
    "Use `tf.data.Dataset.interleave(map_func, cycle_length, block_length, "
    "num_parallel_calls=tf.data.experimental.AUTOTUNE)` instead. If sloppy execution is desired, "
    "use `tf.data.Options.experimental_determinstic`.",
)
def parallel_interleave(
    map_func: Callable[..., Any],
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: Any = False,
    buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Transformation:
    """Gives the elements of the datasets that `map_func` gives, which take turns.

    Args:
      cycle_length: how many of them take part at a time.
      block_length: how many elements each gives in its turn.
      sloppy: another order may be given.
      buffer_output_elements, prefetch_input_elements: how much is made beforehand.
    """
    return lambda dataset: ParallelInterleaveDataset(
        dataset,
        map_func,
        cycle_length,
        block_length,
        sloppy,
        buffer_output_elements,
        prefetch_input_elements,
    )
