"""`tf.compat.v2.data.Dataset`: the elements of a pipeline, which its transformations change."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec
from stillflow.input.datasets import structure
from stillflow.input.datasets.options import Options

AUTOTUNE = -1


class DatasetV2(CompositeTensor):
    """Elements of one structure: tensors, alone or in tuples, named tuples and dicts.

    A dataset is a node of the graph. A run that gets elements goes through it by an iterator.
    Structures hold no lists: these become tensors.

    `seed`s are numbers or i64[] tensors, counts and sizes i64[]; a function of elements is called
    once, now, with tensors that stand for the components, and a tuple's are several arguments.

    Args:
      variant_tensor: variant[], which stands for it in a run.
    """

    _keeps_cardinality = True

    def __init__(self, variant_tensor: Tensor):
        self._variant_tensor_attr = variant_tensor
        self._graph_attr = get_default_graph()

    @property
    def _variant_tensor(self) -> Tensor:
        return self._variant_tensor_attr

    @property
    def _graph(self) -> Any:
        return self._graph_attr

    def _inputs(self) -> Sequence[DatasetV2]:
        """The datasets that it takes elements from."""
        raise NotImplementedError("Dataset._inputs")

    @property
    def element_spec(self) -> Any:
        """The structure of TypeSpecs of its elements."""
        raise NotImplementedError("Dataset.element_spec")

    def _functions(self) -> list[Any]:
        """The StructuredFunctionWrappers that it calls."""
        return []

    @property
    def _flat_shapes(self) -> list[TensorShape]:
        return structure.get_flat_tensor_shapes(self.element_spec)

    @property
    def _flat_types(self) -> list[dtypes.DType]:
        return structure.get_flat_tensor_types(self.element_spec)

    @property
    def _flat_structure(self) -> dict[str, Any]:
        """The attributes that tell the components of elements."""
        return {"output_shapes": self._flat_shapes, "output_types": self._flat_types}

    @property
    def _type_spec(self) -> DatasetSpec:
        return DatasetSpec(self.element_spec)

    def fetch_parts(self) -> list[Tensor]:
        return [self._variant_tensor]

    def kind_in_traces(self) -> DatasetSpec:
        return self._type_spec

    def with_parts(self, parts: Sequence[Any]) -> DatasetV2:
        return VariantDataset(parts[0], self.element_spec)

    def __repr__(self) -> str:
        from stillflow.input.datasets.nesting import map_structure

        shapes = map_structure(str, structure.legacy_output_shapes(self.element_spec))
        types = map_structure(repr, structure.legacy_output_types(self.element_spec))
        shown = (str(told).replace("'", "") for told in (shapes, types))
        return "<{} shapes: {}, types: {}>".format(type(self).__name__, *shown)

    def __iter__(self) -> Any:
        """Goes through the elements, eagerly or inside of a tf.function; RuntimeError elsewhere."""
        if executing_eagerly() or get_default_graph().building_function:
            from stillflow.input.datasets.iterator_v2 import IteratorV2  # few programs are eager

            return IteratorV2(self)
        raise RuntimeError(
            "__iter__() is only supported inside of tf.function or when eager execution is "
            "enabled.\n  Use tf.compat.v1.data.make_one_shot_iterator(dataset).get_next()."
        )

    # Options --------------------------------------------------------------------------------------

    def options(self) -> Options:
        """The options of this dataset and those that it takes elements from."""
        options = Options()
        for source in self._inputs():
            options = options.merge(source.options())
        return options

    def with_options(self, options: Options) -> Any:
        """The same elements, with options; ValueError where these contradict earlier ones."""
        from stillflow.input.datasets.carrying_out import OptionsDataset

        return self._wrapped(OptionsDataset(self, options))

    def _has_captured_ref(self) -> bool:
        """Whether a function takes a reference variable, or what follows from one, from outside."""
        for function in self._functions():
            if any(map(_comes_from_reference, function.function.captured_inputs)):
                return True
        return any(source._has_captured_ref() for source in self._inputs())

    def _apply_options(self) -> DatasetV2:
        """The dataset that an iterator goes through."""
        from stillflow.input.datasets import carrying_out

        dataset: DatasetV2 = self
        options = self.options()
        threading = options.experimental_threading
        if threading.max_intra_op_parallelism is not None:
            dataset = carrying_out.MaxIntraOpParallelismDataset(
                dataset, threading.max_intra_op_parallelism
            )
        if threading.private_threadpool_size is not None:
            dataset = carrying_out.PrivateThreadPoolDataset(
                dataset, threading.private_threadpool_size
            )
        names = options._static_optimizations()
        if names and self._has_captured_ref():
            warnings.warn(
                "tf.data static optimizations are not compatible with tf.Variable. The following "
                f"optimizations will be disabled: {', '.join(names)}. To enable optimizations, "
                "use resource variables instead by calling `tf.enable_resource_variables()` at "
                "the start of the program.",
                stacklevel=2,
            )
        elif names:
            configs = options._static_optimization_configs()
            dataset = carrying_out.OptimizeDataset(dataset, names, configs)
        optimization = options.experimental_optimization
        if optimization.autotune is not False:
            algorithm = optimization.autotune_algorithm or 0
            budget = optimization.autotune_cpu_budget or 0
            dataset = carrying_out.ModelDataset(dataset, algorithm, budget)
        if options.experimental_stats.aggregator:
            dataset = carrying_out.SetStatsAggregatorDataset(dataset, options.experimental_stats)
        return dataset

    # What makes datasets --------------------------------------------------------------------------

    @classmethod
    def _wrapped(cls, dataset: DatasetV2) -> Any:
        """What a program gets as the result of a transformation."""
        return dataset

    @classmethod
    def from_tensors(cls, tensors: Any) -> Any:
        """One element, `tensors`."""
        from stillflow.input.datasets.sources import TensorDataset

        return cls._wrapped(TensorDataset(tensors))

    @classmethod
    def from_tensor_slices(cls, tensors: Any) -> Any:
        """The rows of `tensors`: n[rows, ...] for each component.

        Raises:
          ValueError: components have different numbers of rows, or one has none.
        """
        from stillflow.input.datasets.sources import TensorSliceDataset

        return cls._wrapped(TensorSliceDataset(tensors))

    @classmethod
    def from_generator(
        cls,
        generator: Callable[..., Any],
        output_types: Any,
        output_shapes: Any = None,
        args: Any = None,
    ) -> Any:
        """What `generator(*args)`, which is called anew for each iteration, yields.

        Args:
          output_types: the structure of types of what it yields.
          output_shapes: that of its shapes; unknown by default.
          args: tensors, of which the generator gets the values.

        Raises:
          TypeError: `generator` cannot be called.
        """
        from stillflow.input.datasets.generating import from_generator

        dataset = from_generator(generator, output_types, output_shapes, args)
        return cls._wrapped(dataset)

    @classmethod
    def range(cls, *args: Any) -> Any:
        """i64[] numbers, as Python's range: (stop), (start, stop) or (start, stop, step)."""
        from stillflow.input.datasets.sources import RangeDataset

        return cls._wrapped(RangeDataset(*args))

    @classmethod
    def zip(cls, datasets: Any) -> Any:
        """Elements side by side: a structure of datasets gives such structures of their elements.

        Raises:
          TypeError: there is something else in the structure, such as a list.
        """
        from stillflow.input.datasets.moving import ZipDataset

        return cls._wrapped(ZipDataset(datasets))

    @classmethod
    def list_files(cls, file_pattern: Any, shuffle: bool | None = None, seed: Any = None) -> Any:
        """The names of the files that match a pattern, or one of several, string[] each.

        They are in random order, or sorted if `shuffle` is False; a run fails where there are none.
        """
        from stillflow.input.datasets.listing import list_files

        return cls._wrapped(list_files(file_pattern, shuffle, seed))

    # Transformations ------------------------------------------------------------------------------

    def concatenate(self, dataset: DatasetV2) -> Any:
        """These elements, then those of `dataset`; TypeError where they are of other types."""
        from stillflow.input.datasets.moving import ConcatenateDataset

        return self._wrapped(ConcatenateDataset(self, dataset))

    def prefetch(self, buffer_size: Any) -> Any:
        """The same elements, of which up to `buffer_size` are made before they are wanted."""
        from stillflow.input.datasets.carrying_out import PrefetchDataset

        return self._wrapped(PrefetchDataset(self, buffer_size))

    def repeat(self, count: Any = None) -> Any:
        """The elements `count` times over, or for ever."""
        from stillflow.input.datasets.moving import RepeatDataset

        return self._wrapped(RepeatDataset(self, count))

    def enumerate(self, start: Any = 0) -> Any:
        """Pairs of a number, from `start` on, and an element."""
        numbers = DatasetV2.range(start, dtypes.int64.max)
        return self._wrapped(DatasetV2.zip((numbers, self)))

    def shuffle(
        self, buffer_size: Any, seed: Any = None, reshuffle_each_iteration: bool | None = None
    ) -> Any:
        """The elements in random order: each is drawn from the next `buffer_size` ones.

        reshuffle_each_iteration: the order is another one each time; True by default.
        """
        from stillflow.input.datasets.moving import ShuffleDataset

        dataset = ShuffleDataset(self, buffer_size, seed, reshuffle_each_iteration)
        return self._wrapped(dataset)

    def cache(self, filename: Any = "") -> Any:
        """The same elements, which are kept in memory, or in files, for further iterations."""
        from stillflow.input.datasets.carrying_out import CacheDataset

        return self._wrapped(CacheDataset(self, filename))

    def take(self, count: Any) -> Any:
        """The first `count` elements; all of them if that is -1."""
        from stillflow.input.datasets.moving import TakeDataset

        return self._wrapped(TakeDataset(self, count))

    def skip(self, count: Any) -> Any:
        """The elements without the first `count`; none if that is -1."""
        from stillflow.input.datasets.moving import SkipDataset

        return self._wrapped(SkipDataset(self, count))

    def shard(self, num_shards: Any, index: Any) -> Any:
        """Every `num_shards`th element, from the one of number `index` on."""
        from stillflow.input.datasets.moving import ShardDataset

        return self._wrapped(ShardDataset(self, num_shards, index))

    def batch(self, batch_size: Any, drop_remainder: Any = False) -> Any:
        """`batch_size` elements at a time, stacked: n[batch_size, ...] for each component."""
        from stillflow.input.datasets.batching import BatchDataset

        return self._wrapped(BatchDataset(self, batch_size, drop_remainder))

    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any,
        padding_values: Any = None,
        drop_remainder: Any = False,
    ) -> Any:
        """As `batch`, of elements that are brought to one shape.

        Args:
          padded_shapes: the structure of shapes; None or -1 is as much as the largest one has.
          padding_values: the structure of scalars that are filled in; zeros by default.
        """
        from stillflow.input.datasets.batching import PaddedBatchDataset

        return self._wrapped(
            PaddedBatchDataset(self, batch_size, padded_shapes, padding_values, drop_remainder)
        )

    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None) -> Any:
        """What `map_func` gives for each element."""
        return self._wrapped(self._mapped(map_func, num_parallel_calls))

    def _mapped(
        self, map_func: Callable[..., Any], num_parallel_calls: Any, legacy: bool = False
    ) -> DatasetV2:
        from stillflow.input.datasets.mapping import MapDataset, ParallelMapDataset

        options = {
            "preserve_cardinality": self._keeps_cardinality,
            "use_legacy_function": legacy,
        }
        if num_parallel_calls is None:
            return MapDataset(self, map_func, **options)
        return ParallelMapDataset(self, map_func, num_parallel_calls, **options)

    def flat_map(self, map_func: Callable[..., Any]) -> Any:
        """The elements of the datasets that `map_func` gives, one dataset after another."""
        from stillflow.input.datasets.mapping import FlatMapDataset

        return self._wrapped(FlatMapDataset(self, map_func))

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = AUTOTUNE,
        block_length: Any = 1,
        num_parallel_calls: Any = None,
    ) -> Any:
        """The elements of the datasets that `map_func` gives, which take turns.

        Args:
          cycle_length: how many of them take part at a time; one for each processor by default.
          block_length: how many elements each gives in its turn.
        """
        from stillflow.input.datasets.mapping import InterleaveDataset, ParallelInterleaveDataset

        lengths = cycle_length, block_length
        if num_parallel_calls is None:
            return self._wrapped(InterleaveDataset(self, map_func, *lengths))
        return self._wrapped(
            ParallelInterleaveDataset(self, map_func, *lengths, num_parallel_calls)
        )

    def filter(self, predicate: Callable[..., Any]) -> Any:
        """The elements for which `predicate` gives a true bool[]."""
        from stillflow.input.datasets.mapping import FilterDataset

        return self._wrapped(FilterDataset(self, predicate))

    def apply(self, transformation_func: Callable[[Any], Any]) -> Any:
        """What a function of datasets gives for this one; TypeError if that is no dataset."""
        dataset = transformation_func(self)
        if not isinstance(dataset, DatasetV2):
            raise TypeError(f"`transformation_func` must return a Dataset. Got {dataset}.")
        return self._wrapped(dataset)

    def window(
        self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: Any = False
    ) -> Any:
        """Datasets of up to `size` elements each, which begin `shift` elements after each other.

        Args:
          shift: `size` by default.
          stride: how far the elements of a window are apart.
          drop_remainder: leaves out windows of fewer elements.
        """
        from stillflow.input.datasets.batching import WindowDataset

        shift = size if shift is None else shift
        return self._wrapped(WindowDataset(self, size, shift, stride, drop_remainder))

    def unbatch(self) -> Any:
        """The rows of the elements; ValueError where a component has none."""
        from stillflow.input.datasets.batching import unbatched

        return self._wrapped(unbatched(self))

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:
        """What `reduce_func(state, element)` makes of all elements, one after another: tensors.

        Raises:
          TypeError: it gives another structure or other types than `initial_state` has.
        """
        from stillflow.input.datasets.reducing import reduced

        return reduced(self, initial_state, reduce_func)

    # In functions that AutoGraph converts ---------------------------------------------------------

    def _autograph_for_loop(self, loop: Any) -> None:
        from stillflow.input.datasets.looping import dataset_loop

        dataset_loop(self, loop)

    def _autograph_enumerate(self, start: Any) -> Any:
        return self.enumerate(start)

    def _autograph_zip(self, datasets: Any) -> Any:
        return DatasetV2.zip(tuple(datasets))


def _comes_from_reference(tensor: Tensor) -> bool:
    if tensor._is_eager:
        return False
    return tensor.dtype._is_ref_dtype or any(map(_comes_from_reference, tensor.op.inputs))


class DatasetSource(DatasetV2):
    """Base of datasets that take elements from no other."""

    def _inputs(self) -> Sequence[DatasetV2]:
        return []


class UnaryDataset(DatasetV2):
    """Base of datasets that take elements from one other."""

    def __init__(self, input_dataset: DatasetV2, variant_tensor: Tensor):
        self._input_dataset = input_dataset
        super().__init__(variant_tensor)

    def _inputs(self) -> Sequence[DatasetV2]:
        return [self._input_dataset]


class UnaryUnchangedStructureDataset(UnaryDataset):
    """Base of datasets whose elements are of the structure of their input's."""

    @property
    def element_spec(self) -> Any:
        return self._input_dataset.element_spec


class VariantDataset(DatasetSource):
    """The dataset that a variant tensor stands for, of elements that are told."""

    def __init__(self, dataset_variant: Tensor, element_spec: Any):
        self._structure = element_spec
        super().__init__(dataset_variant)

    @property
    def element_spec(self) -> Any:
        return self._structure


class _NestedVariant(CompositeTensor):
    """Several datasets: variant[...]."""

    def __init__(self, variant_tensor: Tensor, element_spec: Any, dataset_shape: TensorShape):
        self._variant_tensor = variant_tensor
        self._element_spec = element_spec
        self._dataset_shape = dataset_shape

    @property
    def _type_spec(self) -> DatasetSpec:
        return DatasetSpec(self._element_spec, self._dataset_shape)

    def fetch_parts(self) -> list[Tensor]:
        return [self._variant_tensor]


class DatasetSpec(TypeSpec):
    """Datasets of elements of a structure; `dataset_shape` is that of a tensor of several."""

    __slots__ = ("_dataset_shape", "_element_spec")

    def __init__(self, element_spec: Any, dataset_shape: Any = ()):
        self._element_spec = element_spec
        self._dataset_shape = as_shape(dataset_shape)

    @property
    def value_type(self) -> type:
        return VariantDataset

    @property
    def element_spec(self) -> Any:
        return self._element_spec

    def _serialize(self) -> tuple:
        return self._element_spec, self._dataset_shape

    @property
    def _component_specs(self) -> TensorSpec:
        return TensorSpec(self._dataset_shape, dtypes.variant)

    def _to_components(self, value: Any) -> Tensor:
        return value._variant_tensor

    def _from_components(self, components: Any) -> Any:
        if self._dataset_shape.ndims == 0:
            return VariantDataset(components, self._element_spec)
        return _NestedVariant(components, self._element_spec, self._dataset_shape)

    def _from_compatible_tensor_list(self, tensor_list: list) -> Any:
        (variant,) = tensor_list
        return self._from_components(variant)

    def _to_tensor_list(self, value: Any) -> list:
        if isinstance(value, list):
            return [convert_to_tensor([dataset._variant_tensor for dataset in value])]
        return [value._variant_tensor]

    @staticmethod
    def from_value(value: DatasetV2) -> DatasetSpec:
        """The type of a dataset."""
        return DatasetSpec(value.element_spec)

    def _batch(self, batch_size: int | None) -> DatasetSpec:
        shape = TensorShape([batch_size]).concatenate(self._dataset_shape)
        return DatasetSpec(self._element_spec, shape)

    def _unbatch(self) -> DatasetSpec:
        self._check_has_rows()
        return DatasetSpec(self._element_spec, self._dataset_shape[1:])

    def _to_batched_tensor_list(self, value: Any) -> list:
        self._check_has_rows()
        return self._to_tensor_list(value)

    def _check_has_rows(self) -> None:
        if self._dataset_shape.ndims == 0:
            raise ValueError("Unbatching a dataset is only supported for rank >= 1")

    def _to_legacy_output_types(self) -> DatasetSpec:
        return self

    def _to_legacy_output_shapes(self) -> DatasetSpec:
        return self

    def _to_legacy_output_classes(self) -> DatasetSpec:
        return self


def from_variant(variant: Tensor, structure: Any) -> DatasetV2:
    """The dataset that a variant[] tensor stands for, of elements of a structure of TypeSpecs."""
    return VariantDataset(variant, structure)


def to_variant(dataset: DatasetV2) -> Tensor:
    """variant[], which stands for the dataset in a run."""
    return dataset._variant_tensor
