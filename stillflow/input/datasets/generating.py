"""`Dataset.from_generator`: what a program's own generators yield."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.input.datasets import nesting, structure
from stillflow.input.datasets.dataset import DatasetSource, DatasetV2
from stillflow.input.datasets.dataset_v1 import DatasetV1
from stillflow.input.datasets.functions import StructuredFunctionWrapper
from stillflow.ops.datasets.generating import generator_dataset_op
from stillflow.ops.debug.py_func import numpy_function


class _Running:
    """The iterators that are made of a generator, by number: there may be several at a time."""

    def __init__(self, generator: Callable[..., Any]):
        self._generator = generator
        self._lock = threading.Lock()
        self._count = 0
        self._arguments: dict[int, tuple] = {}
        self._iterators: dict[int, Iterator[Any]] = {}

    def new(self, *arguments: Any) -> np.ndarray:
        """i64[], the number of a new one."""
        with self._lock:
            number, self._count = self._count, self._count + 1
        self._arguments[number] = arguments
        return np.array(number, np.int64)

    def get(self, number: Any) -> Iterator[Any]:
        """The iterator of that number; the generator is called when it is first asked for."""
        number = int(number)
        if number not in self._iterators:
            self._iterators[number] = iter(self._generator(*self._arguments.pop(number)))
        return self._iterators[number]

    def forget(self, number: Any) -> np.ndarray:
        """i64[], 0"""
        self._arguments.pop(int(number), None)
        self._iterators.pop(int(number), None)
        return np.array(0, np.int64)


def from_generator(
    generator: Callable[..., Any], output_types: Any, output_shapes: Any, args: Any
) -> DatasetV2:
    """What `generator(*args)`, which is called anew for each iteration, yields."""
    if not callable(generator):
        raise TypeError("`generator` must be callable.")
    if output_shapes is None:
        shapes = nesting.map_structure(lambda _: TensorShape(None), output_types)
    else:
        shapes = nesting.map_structure_up_to(output_types, as_shape, output_shapes)
    arguments = [convert_to_tensor(arg, name=f"args_{n}") for n, arg in enumerate(args or ())]
    types = [dtypes.as_dtype(dtype) for dtype in nesting.flatten(output_types)]
    flat_shapes = nesting.flatten(shapes)
    running = _Running(generator)

    def get_iterator_id_fn(unused_dummy: Any) -> Any:
        return numpy_function(running.new, arguments, dtypes.int64)

    def generator_next_fn(iterator_id_t: Any) -> Any:
        def generator_py_func(iterator_id: Any) -> list[np.ndarray]:
            values = next(running.get(iterator_id))
            return _converted(values, output_types, types, flat_shapes)

        tensors = numpy_function(generator_py_func, [iterator_id_t], types)
        for tensor, shape in zip(tensors, flat_shapes, strict=True):
            tensor.set_shape(shape)
        return nesting.pack_sequence_as(output_types, tensors)

    def finalize_fn(iterator_id_t: Any) -> Any:
        return numpy_function(running.forget, [iterator_id_t], dtypes.int64)

    def flat_map_fn(dummy: Any) -> DatasetV2:
        return GeneratorDataset(dummy, get_iterator_id_fn, generator_next_fn, finalize_fn)

    return DatasetV1.from_tensors(0).flat_map(flat_map_fn)


def _converted(
    values: Any, output_types: Any, types: list[dtypes.DType], shapes: list[TensorShape]
) -> list[np.ndarray]:
    """What a generator yielded as arrays; TypeError or ValueError where it was not declared so."""
    try:
        flat = nesting.flatten_up_to(output_types, values)
    except (TypeError, ValueError):
        raise TypeError(
            "`generator` yielded an element that did not match the expected structure. The "
            f"expected structure was {output_types}, but the yielded element was {values}."
        ) from None
    return [_array(*told) for told in zip(flat, types, shapes, strict=True)]


def _array(value: Any, dtype: dtypes.DType, shape: TensorShape) -> np.ndarray:
    try:
        array = _as_array(value, dtype)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(
            "`generator` yielded an element that could not be converted to the expected type. The "
            f"expected type was {dtype.name}, but the yielded element was {value}."
        ) from None
    wanted = dtype.as_numpy_dtype
    if array.dtype != wanted:
        raise TypeError(
            f"`generator` yielded an element of type {array.dtype} where an element of type "
            f"{wanted} was expected."
        )
    if not shape.is_compatible_with(array.shape):
        raise ValueError(
            f"`generator` yielded an element of shape {array.shape} where an element of shape "
            f"{shape} was expected."
        )
    return array


def _as_array(value: Any, dtype: dtypes.DType) -> np.ndarray:
    if dtype != dtypes.string:
        return np.asarray(value, dtype.as_numpy_dtype, order="C")
    array = np.asarray(value, order="C")
    if array.dtype.kind == "U":
        encoded = [text.encode() for text in array.ravel().tolist()]
        return np.array(encoded, object).reshape(array.shape)
    if array.dtype.kind == "S" or array.dtype == object:
        return array.astype(object)
    return array


class GeneratorDataset(DatasetSource):
    """What `next_func` gives, again and again, for the state that `init_func` makes."""

    def __init__(
        self,
        init_args: Any,
        init_func: Callable[..., Any],
        next_func: Callable[..., Any],
        finalize_func: Callable[..., Any],
    ):
        name = "Dataset.from_generator()"
        init_spec = structure.type_spec_from_value(init_args)
        init = StructuredFunctionWrapper(init_func, name, init_spec)
        self._next_func = StructuredFunctionWrapper(next_func, name, init.output_structure)
        finish = StructuredFunctionWrapper(finalize_func, name, init.output_structure)
        variant = generator_dataset_op(
            structure.to_tensor_list(init_spec, init_args) + init.function.captured_inputs,
            self._next_func.function.captured_inputs,
            finish.function.captured_inputs,
            init_func=init.function,
            next_func=self._next_func.function,
            finalize_func=finish.function,
            **self._flat_structure,
        )
        super().__init__(variant)

    @property
    def element_spec(self) -> Any:
        return self._next_func.output_structure
