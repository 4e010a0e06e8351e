"""Datasets whose elements go to devices, as far as graphs tell: all have the host's memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, device
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets.dataset import DatasetV2, UnaryUnchangedStructureDataset
from stillflow.input.datasets.dataset_v1 import make_initializable_iterator
from stillflow.input.datasets.experimental.optionals import get_next_as_optional
from stillflow.input.datasets.options import Options
from stillflow.ops.control.ordering import group, identity
from stillflow.ops.datasets.devices import (
    anonymous_iterator_op,
    multi_device_iterator_from_string_handle_op,
    multi_device_iterator_get_next_from_shard_op,
    multi_device_iterator_init_op,
    multi_device_iterator_op,
    multi_device_iterator_to_string_handle_op,
    unwrap_dataset_variant_op,
    wrap_dataset_variant_op,
)
from stillflow.ops.datasets.generating import generator_dataset_op
from stillflow.ops.datasets.iterators import iterator_get_next_op, make_iterator_op
from stillflow.ops.functions.tracing import traced

Transformation = Callable[[DatasetV2], Any]


def _as_they_are() -> Options:
    """Options by which nothing is optimized."""
    options = Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.experimental_optimization.autotune = False
    return options


class _Generator:
    """The three functions of a generator of elements, and what they take from outside.

    Args:
      state: the type of what `init` gives and the others take.
      source_device: string[], which each of them takes as well, as TensorFlow's do.
    """

    def __init__(
        self,
        state: dtypes.DType,
        source_device: Tensor,
        init: Callable[[], Tensor],
        give: Callable[[Tensor], Any],
    ):
        def function(name: str, build: Callable[..., Any], *specs: TensorSpec) -> Any:
            def body(*taken: Tensor) -> list[Any]:
                identity(source_device)
                value = build(*taken)
                return list(value) if isinstance(value, (list, tuple)) else [value]

            return traced(body, name, specs, {})

        spec = TensorSpec([], state)
        self.init = function("_remote_init_func", init)
        self.give = function("_remote_next_func", give, spec)
        self.finish = function(
            "_remote_finalize_func", lambda taken: constant(0, dtypes.int64), spec
        )
        functions = self.init, self.give, self.finish
        for each in functions:
            each.add_to_graph(get_default_graph())
        self.taken = [each.captured_inputs for each in functions]

    def dataset(self, told: dict[str, Any]) -> Tensor:
        """variant[], of what the functions give."""
        return generator_dataset_op(
            *self.taken,
            init_func=self.init,
            next_func=self.give,
            finalize_func=self.finish,
            **told,
        )


class CopyToDeviceDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, target_device: str, source_device: str):
        source = convert_to_tensor(source_device)
        wrapped = wrap_dataset_variant_op(input_dataset._variant_tensor)
        told = input_dataset._flat_structure

        def init() -> Tensor:
            iterator = anonymous_iterator_op(**told)
            with control_dependencies(
                [make_iterator_op(unwrap_dataset_variant_op(wrapped), iterator)]
            ):
                return identity(iterator)

        generator = _Generator(
            dtypes.resource, source, init, lambda iterator: iterator_get_next_op(iterator, **told)
        )
        with device(target_device):
            variant = generator.dataset(told)
        super().__init__(input_dataset, variant)


def copy_to_device(target_device: str, source_device: str = "/cpu:0") -> Transformation:
    """A transformation that has elements, made on `source_device`, be on `target_device`.

    The runtime places arrays by itself, so that the elements are the same.
    """

    def apply(dataset: DatasetV2) -> Any:
        copied = CopyToDeviceDataset(dataset, target_device, source_device)
        return copied.with_options(_as_they_are())

    return apply


def prefetch_to_device(device: str, buffer_size: Any = None) -> Transformation:
    """A transformation that makes elements for a device before they are wanted.

    buffer_size: how many; by default as many as are thought fit.
    """

    def apply(dataset: DatasetV2) -> Any:
        return dataset.apply(copy_to_device(target_device=device)).prefetch(buffer_size)

    return apply


class _ShardDataset(DatasetV2):
    """The elements that one device gets."""

    def __init__(self, generator: _Generator, element_spec: Any):
        self._element_spec = element_spec
        super().__init__(generator.dataset(self._flat_structure))

    def _inputs(self) -> Sequence[DatasetV2]:
        return []

    @property
    def element_spec(self) -> Any:
        return self._element_spec


class MultiDeviceIterator:
    """Deals out the elements of a dataset: the devices get them in turns.

    Args:
      devices: their names; one may be there several times.
      max_buffer_size: accepted: what other devices have not taken is kept, however much it is.
      prefetch_buffer_size: how many elements of each device are made before they are wanted.
      source_device: on which the elements are made.
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
        self._dataset = dataset.with_options(options)._apply_options()
        self._devices = devices
        self._element_spec = self._dataset.element_spec
        source = convert_to_tensor(source_device)
        with device(source_device):
            resource = multi_device_iterator_op(
                devices=list(devices),
                shared_name="",
                container="",
                **self._dataset._flat_structure,
            )
            size = max(max_buffer_size, prefetch_buffer_size)
            begun = multi_device_iterator_init_op(
                self._dataset._variant_tensor, resource, max_buffer_size=size
            )
        generators = []
        for number, name in enumerate(devices):
            with device(name):
                generators.append(self._generator(number, resource, begun, source))
                _ShardDataset(generators[-1], self._element_spec)  # TensorFlow's model of it
        self._iterators = []
        for generator, name in zip(generators, devices, strict=True):
            with device(name):
                shard: Any = _ShardDataset(generator, self._element_spec)
                if prefetch_buffer_size > 0:
                    shard = shard.prefetch(prefetch_buffer_size)
                shard = shard.with_options(_as_they_are())
                self._iterators.append(make_initializable_iterator(shard))
        self._initializer = group(*[iterator.initializer for iterator in self._iterators])

    def _generator(
        self, number: int, resource: Tensor, begun: Tensor, source: Tensor
    ) -> _Generator:
        handle = multi_device_iterator_to_string_handle_op(resource)
        told = self._dataset._flat_structure

        def give(string_handle: Tensor) -> Any:
            iterator = multi_device_iterator_from_string_handle_op(string_handle, **told)
            return multi_device_iterator_get_next_from_shard_op(iterator, number, begun, **told)

        return _Generator(dtypes.string, source, lambda: identity(handle), give)

    def get_next(self, device: str | None = None) -> Any:
        """The next element of a device; without one a list of those of all devices."""
        if device is not None:
            return self._iterators[list(self._devices).index(device)].get_next()
        return [self._on(name, it.get_next) for name, it in self._each()]

    def get_next_as_optional(self) -> list[Any]:
        """The next element of each device, or nothing where there are no more."""
        return [self._on(name, lambda it=it: get_next_as_optional(it)) for name, it in self._each()]

    def _each(self) -> Any:
        return zip(self._devices, self._iterators, strict=True)

    def _on(self, name: str, build: Callable[[], Any]) -> Any:
        with device(name):
            return build()

    @property
    def initializer(self) -> Operation:
        """The operation that has all devices begin with the first element."""
        return self._initializer

    @property
    def element_spec(self) -> Any:
        """The structure of the TypeSpecs of components."""
        return self._element_spec
