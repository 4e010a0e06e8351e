"""Datasets divided among replicas and workers; an iterator that gives each device its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.eager_tensor import EagerTensor
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import device
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets import nesting, structure
from stillflow.input.datasets.dataset import (
    DatasetSource,
    DatasetV2,
    UnaryDataset,
    UnaryUnchangedStructureDataset,
    VariantDataset,
)
from stillflow.input.datasets.dataset_v1 import make_initializable_iterator, variant_ops
from stillflow.input.datasets.experimental.optionals import get_next_as_optional
from stillflow.input.datasets.options import Options
from stillflow.ops.control.ordering import group, identity
from stillflow.ops.datasets.dividing import auto_shard_dataset_op, rebatch_dataset_op
from stillflow.ops.datasets.generating import generator_dataset_op
from stillflow.ops.datasets.several_devices import (
    multi_device_iterator_from_string_handle_op,
    multi_device_iterator_get_next_from_shard_op,
    multi_device_iterator_init_op,
    multi_device_iterator_op,
    multi_device_iterator_to_string_handle_op,
)
from stillflow.ops.functions.tracing import traced


class RebatchDataset(UnaryDataset):
    """Each batch of `input_dataset` as `num_replicas` batches.

    Raises:
      ValueError: an element has a scalar.
    """

    def __init__(self, input_dataset: DatasetV2, num_replicas: int):
        def divided(shape: TensorShape) -> TensorShape:
            if shape.ndims is None:
                return shape
            if shape.ndims < 1:
                raise ValueError(
                    "Input shape should have at least one dimension. Perhaps your input dataset is "
                    "not batched?"
                )
            rows, *others = shape.as_list()
            if rows is not None:
                part, rest = divmod(rows, num_replicas)
                rows = None if rest else part
            return TensorShape([rows, *others])

        spec = input_dataset.element_spec
        self._element_spec = structure.convert_legacy_structure(
            structure.legacy_output_types(spec),
            nesting.map_structure(divided, structure.legacy_output_shapes(spec)),
            structure.legacy_output_classes(spec),
        )
        variant = rebatch_dataset_op(
            input_dataset._variant_tensor, num_replicas, **_flat(self._element_spec)
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        return self._element_spec


class AutoShardDataset(UnaryUnchangedStructureDataset):
    """The elements of `input_dataset` that belong to the worker `index` of `num_workers`."""

    def __init__(self, input_dataset: DatasetV2, num_workers: int, index: int):
        variant = auto_shard_dataset_op(
            input_dataset._variant_tensor, num_workers, index, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


def auto_shard_dataset(dataset: DatasetV2, num_shards: int, index: int) -> DatasetV2:
    """The part of one worker, unless the dataset's options say that all get all of it."""
    if not dataset.options().experimental_distribute.auto_shard:
        return dataset
    return AutoShardDataset(dataset, num_shards, index)


def clone_dataset(dataset: DatasetV2) -> DatasetV2:
    """The same dataset, of nodes of its own; an eager one, which has no nodes, is that itself."""
    if isinstance(dataset._variant_tensor, EagerTensor):
        return dataset
    wanted = set(variant_ops(dataset))
    copies: dict[Operation, Operation] = {}

    def copied(op: Operation) -> Operation:
        if op not in copies:
            inputs = tuple(
                copied(t.op).outputs[t.value_index] if t.op in wanted else t for t in op.inputs
            )
            attrs = {key: value for key, value in op.attrs.items() if key != "_class"}
            outputs = [(tensor.dtype, tensor.shape) for tensor in op.outputs]
            copies[op] = get_default_graph().add_operation(op.defn, inputs, attrs, outputs, op.name)
        return copies[op]

    variant = copied(dataset._variant_tensor.op).outputs[dataset._variant_tensor.value_index]
    return VariantDataset(variant, dataset.element_spec)


class MultiDeviceIterator:
    """An iterator whose elements go to devices in turn.

    Args:
      dataset: what it goes through.
      devices: their names.
      max_buffer_size, prefetch_buffer_size: how many elements may be made ahead for a device.
      source_device: where the dataset is.
    """

    def __init__(
        self,
        dataset: DatasetV2,
        devices: Sequence[str],
        max_buffer_size: int = 1,
        prefetch_buffer_size: int = 1,
        source_device: str = "/cpu:0",
    ):
        options = Options()
        options.experimental_distribute.num_devices = len(devices)
        dataset = dataset.with_options(options)._apply_options()
        self._element_spec = dataset.element_spec
        self._devices = list(devices)
        source = convert_to_tensor(source_device)
        with device(source_device):
            resource = multi_device_iterator_op(
                devices=self._devices,
                shared_name="",
                container="",
                **_flat(self._element_spec),
            )
            self._incarnation_id = multi_device_iterator_init_op(
                dataset._variant_tensor,
                resource,
                max_buffer_size=max(max_buffer_size, prefetch_buffer_size),
            )
        generators = []
        for number, name in enumerate(self._devices):
            with device(name):
                generators.append(
                    _Generator(number, resource, self._incarnation_id, source, self._element_spec)
                )
        self._device_iterators = []
        for generator, name in zip(generators, self._devices, strict=True):
            with device(name):
                elements = _made_ahead(generator, prefetch_buffer_size)
                self._device_iterators.append(make_initializable_iterator(elements))
        self._initializer = group(*(i.initializer for i in self._device_iterators))

    @property
    def initializer(self) -> Operation:
        """The operation that has it begin with the first element."""
        return self._initializer

    @property
    def element_spec(self) -> Any:
        return self._element_spec

    def get_next(self, device: str | None = None) -> Any:
        """The next element of a device, or a list of those of all devices."""
        if device is not None:
            return self._device_iterators[self._devices.index(device)].get_next()
        return self._on_each(lambda iterator: iterator.get_next())

    def get_next_as_optional(self) -> list[Any]:
        """A list of an Optional for each device."""
        return self._on_each(get_next_as_optional)

    def _on_each(self, ask: Any) -> list[Any]:
        found = []
        for iterator, name in zip(self._device_iterators, self._devices, strict=True):
            with device(name):
                found.append(ask(iterator))
        return found


class _Generator(DatasetSource):
    """The elements of one device, by functions that ask the iterator for them."""

    def __init__(
        self, number: int, resource: Tensor, incarnation: Tensor, source: Tensor, spec: Any
    ):
        handle = multi_device_iterator_to_string_handle_op(resource)
        self._element_spec = spec
        flat = _flat(spec)

        def there() -> None:
            get_default_graph().capture(source)

        def begin() -> list[Tensor]:
            there()
            return [identity(handle)]

        def give(string_handle: Tensor) -> list[Tensor]:
            there()
            iterator = multi_device_iterator_from_string_handle_op(string_handle, **flat)
            element: Any = multi_device_iterator_get_next_from_shard_op(
                iterator, shard_num=number, incarnation_id=incarnation, **flat
            )
            return list(element) if isinstance(element, (list, tuple)) else [element]

        def finish(string_handle: Tensor) -> list[Tensor]:
            there()
            return [constant(0, dtypes.int64)]

        handle_spec = [TensorSpec([], dtypes.string)]
        self._functions_of_it = (
            traced(begin, "_remote_init_func", [], {}),
            traced(give, "_remote_next_func", handle_spec, {}),
            traced(finish, "_remote_finalize_func", handle_spec, {}),
        )
        super().__init__(self.variant())

    def variant(self) -> Tensor:
        """A node that stands for it."""
        for function in self._functions_of_it:
            function.add_to_graph(get_default_graph())
        begin, give, finish = self._functions_of_it
        return generator_dataset_op(
            begin.captured_inputs,
            give.captured_inputs,
            finish.captured_inputs,
            init_func=begin,
            next_func=give,
            finalize_func=finish,
            **_flat(self._element_spec),
        )

    @property
    def element_spec(self) -> Any:
        return self._element_spec


def _made_ahead(generator: _Generator, size: int) -> DatasetV2:
    """What an iterator of one device goes through, made ahead up to `size` elements."""
    elements: DatasetV2 = VariantDataset(generator.variant(), generator.element_spec)
    if size > 0:
        elements = elements.prefetch(size)
    options = Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.experimental_optimization.autotune = False
    return elements.with_options(options)


def _flat(element_spec: Any) -> dict[str, Any]:
    return {
        "output_types": structure.get_flat_tensor_types(element_spec),
        "output_shapes": structure.get_flat_tensor_shapes(element_spec),
    }
