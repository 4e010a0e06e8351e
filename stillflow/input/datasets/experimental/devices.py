"""Datasets whose elements go to devices, as far as graphs tell: all have the host's memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, device
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets.dataset import DatasetV2, UnaryUnchangedStructureDataset
from stillflow.input.datasets.options import Options
from stillflow.ops.control.ordering import identity
from stillflow.ops.datasets.devices import (
    anonymous_iterator_op,
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


class CopyToDeviceDataset(UnaryUnchangedStructureDataset):
    """The same elements, by functions that ask an iterator for them."""

    def __init__(self, input_dataset: DatasetV2, target_device: str, source_device: str):
        self._source = convert_to_tensor(source_device)
        wrapped = wrap_dataset_variant_op(input_dataset._variant_tensor)
        told = input_dataset._flat_structure
        iterator = TensorSpec([], dtypes.resource)

        def begin() -> Tensor:
            found = anonymous_iterator_op(**told)
            made: Any = make_iterator_op(unwrap_dataset_variant_op(wrapped), found)
            with control_dependencies([made]):
                return identity(found)

        init = self._function("_remote_init_func", begin)
        give = self._function(
            "_remote_next_func", lambda found: iterator_get_next_op(found, **told), iterator
        )
        finish = self._function(
            "_remote_finalize_func", lambda found: constant(0, dtypes.int64), iterator
        )
        with device(target_device):
            variant = generator_dataset_op(
                *(function.captured_inputs for function in (init, give, finish)),
                init_func=init,
                next_func=give,
                finalize_func=finish,
                **told,
            )
        super().__init__(input_dataset, variant)

    def _function(self, name: str, build: Callable[..., Any], *specs: TensorSpec) -> Any:
        """A function of the graph; the name of the device is taken along, as TensorFlow has it."""

        def body(*taken: Tensor) -> list[Any]:
            get_default_graph().capture(self._source)
            value = build(*taken)
            return list(value) if isinstance(value, (list, tuple)) else [value]

        function = traced(body, name, specs, {})
        function.add_to_graph(get_default_graph())
        return function


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
