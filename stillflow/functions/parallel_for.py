"""What `tensorflow.python.ops.parallel_for` has: functions of 0, 1, ..., whose results are stacked.

TensorFlow computes all calls at once, by operations of one more axis, where it knows such. Here
they are the steps of a loop, which gives the same numbers and takes any function.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.functions.polymorphic import defun
from stillflow.gradients.walk import gradients
from stillflow.graph import dtypes, nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import shape_of
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.stacking import stack
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.ordering import group, placeholder
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.known_values import constant_value
from stillflow.ops.reduce.reductions import reduce_mean, reduce_sum
from stillflow.ops.sparse.serializing import deserialize_many_sparse, serialize_sparse
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.tensor_array.tensor_array import TensorArray

_CONFIG = "pfor_config"


def for_loop(
    loop_fn: Callable[[Tensor], Any],
    loop_fn_dtypes: Any,
    iters: Any,
    parallel_iterations: int | None = None,
) -> Any:
    """Returns what `loop_fn` gives for the numbers below `iters`, stacked, by a `tf.while_loop`.

    Args:
      loop_fn: takes an i32[], and returns tensors, of the same shapes for each; or None.
      loop_fn_dtypes: the types of what it returns, in its structure.
      iters: i32[], how many numbers.
      parallel_iterations: how many TensorFlow has in work at a time; results do not depend on it.

    Raises:
      TypeError: `parallel_iterations` is no positive integer.
      ValueError: `loop_fn` returns more, or fewer, tensors than there are types.
    """
    flat = nest.flatten(loop_fn_dtypes)
    absent: list[bool] = []

    def body(i: Tensor, *arrays: TensorArray) -> list[Any]:
        results = nest.flatten(loop_fn(i))
        if len(results) != len(flat):
            raise ValueError(
                f"Number of expected outputs, {len(flat)}, does not match the number of actual "
                f"outputs, {len(results)}, from loop_fn"
            )
        absent[:] = [result is None for result in results]
        return [i + 1, *map(_written, arrays, results, [i] * len(flat))]

    arrays = [TensorArray(dtype.base_dtype, iters) for dtype in flat]
    settings: dict[str, Any] = {}
    if parallel_iterations is not None:
        settings["parallel_iterations"] = parallel_iterations
    looped = while_loop(lambda i, *_: i < iters, body, [0, *arrays], **settings)[1:]
    if not absent:  # no step was taken, eagerly
        return None
    stacked = [
        None if lacks else array.concat() for array, lacks in zip(looped, absent, strict=True)
    ]
    return nest.pack_sequence_as(loop_fn_dtypes, stacked)


def _written(array: TensorArray, result: Any, i: Tensor) -> TensorArray:
    return array if result is None else array.write(i, expand_dims(result, 0))


class PForConfig:
    """What a `loop_fn` that takes `pfor_config` may ask: reductions over all of its calls."""

    def __init__(self) -> None:
        self._known: list[Tensor] = []
        self._at = 0

    def reduce_concat(self, x: Any) -> Tensor:
        """Returns the `x` of each call: n[iters, ...]"""
        if self._at == len(self._known):
            raise _Reached(convert_to_tensor(x))
        self._at += 1
        return self._known[self._at - 1]

    def reduce_mean(self, x: Any) -> Tensor:
        """Returns the mean of the `x` of all calls."""
        return reduce_mean(self.reduce_concat(x), axis=0)

    def reduce_sum(self, x: Any) -> Tensor:
        """Returns the sum of the `x` of all calls."""
        return reduce_sum(self.reduce_concat(x), axis=0)

    def begin(self) -> PForConfig:
        """For a call from its start."""
        self._at = 0
        return self

    def learn(self, stacked: Tensor) -> None:
        """What the next reduction is over."""
        self._known.append(stacked)


class _Reached(BaseException):
    """A call needs what is reduced of all calls, which is to be computed first."""

    def __init__(self, part: Tensor):
        self.part = part


def pfor(loop_fn: Callable[..., Any], iters: Any, parallel_iterations: int | None = None) -> Any:
    """Returns what `loop_fn` gives for the numbers below `iters`, stacked.

    Args:
      loop_fn: takes an i32[] and, where it has a parameter `pfor_config`, a PForConfig; returns
        tensors, sparse ones too, or operations. It is called several times.
      iters: i32[], how many numbers.
      parallel_iterations: how many TensorFlow has in work at a time; means nothing here.

    Raises:
      ValueError: `parallel_iterations` is below 2.
    """
    if parallel_iterations is not None and parallel_iterations < 1:
        raise ValueError("parallel_iterations must be None or a positive integer")
    if parallel_iterations == 1:
        raise ValueError("Found parallel_iterations == 1. Use for_loop instead.")
    config = PForConfig() if _takes_config(loop_fn) else None
    if parallel_iterations is not None and config is not None:
        raise ValueError(
            "Setting parallel_iterations currently unsupported if reductions across iterations are "
            "performed."
        )
    if executing_eagerly():
        return defun(lambda: _looped(loop_fn, iters, config))()
    return _looped(loop_fn, iters, config)


def _takes_config(loop_fn: Any) -> bool:
    if isinstance(loop_fn, functools.partial) and _CONFIG in loop_fn.keywords:
        return False
    return _CONFIG in inspect.signature(loop_fn).parameters


def _looped(loop_fn: Callable[..., Any], iters: Any, config: PForConfig | None) -> Any:
    iters = convert_to_tensor(iters, dtype=dtypes.int32)

    def called(i: Tensor) -> Any:
        return loop_fn(i) if config is None else loop_fn(i, pfor_config=config.begin())

    def until_reduced(i: Tensor) -> Tensor:
        try:
            called(i)
        except _Reached as reached:
            return reached.part
        raise ValueError("loop_fn reduces in some of its calls only")

    while True:
        try:
            structure = _results(called)
            break
        except _Reached as reached:
            assert config is not None
            config.learn(for_loop(until_reduced, reached.part.dtype, iters))
    return _stacked(called, structure, iters)


def _results(called: Callable[[Tensor], Any]) -> Any:
    """What a call gives, for its structure and types; no run needs it."""
    with name_scope("loop_body"):
        return called(placeholder(dtypes.int32, shape=[]))


def _stacked(called: Callable[[Tensor], Any], structure: Any, iters: Tensor) -> Any:
    """The results of all calls, in the structure of those of one."""
    made = nest.flatten(structure)
    types = [part.dtype for result in made for part in _parts(result)]

    def parts(i: Tensor) -> list[Tensor]:
        results = nest.flatten(called(i))
        operations = [result for result in results if isinstance(result, Operation)]
        with control_dependencies(operations):
            return [part for result in results for part in _parts(result)] or [i + 0]

    looped = for_loop(parts, types or [dtypes.int32], iters)
    count = None if (value := constant_value(iters)) is None else int(value)
    left = iter(looped)
    stacked = [_joined(result, left, count, looped) for result in made]
    return nest.pack_sequence_as(structure, stacked)


def _parts(result: Any) -> list[Any]:
    """The tensors of which a result is."""
    if result is None or isinstance(result, Operation):
        return []
    if isinstance(result, SparseTensor):
        return [serialize_sparse(result)]
    return [convert_to_tensor(result)]


def _joined(result: Any, parts: Any, count: int | None, looped: list[Tensor]) -> Any:
    if isinstance(result, Operation):
        return group(*looped)
    if result is None:
        return None
    joined = next(parts)
    if isinstance(result, SparseTensor):
        rank = result.indices.shape[1].value
        return deserialize_many_sparse(joined, result.dtype, None if rank is None else rank + 1)
    joined.set_shape(TensorShape([count]).concatenate(convert_to_tensor(result).shape))
    return joined


# Derivatives --------------------------------------------------------------------------------------


def jacobian(
    output: Any, inputs: Any, use_pfor: bool = True, parallel_iterations: int | None = None
) -> Any:
    """Returns the derivative of each element of `output` by each element of `inputs`.

    output: f[t...], each of `inputs`: f[s...] -> f[t..., s...], in the structure of `inputs`; None
    for one on which `output` does not depend.
    """
    flat = nest.flatten(inputs)
    sizes, known = shape_of.shape(output), output.shape
    elements = reshape(output, [-1])

    def derivatives(i: Tensor) -> list[Any]:
        return gradients(gather(elements, i), flat)

    count = _known_or(elements.shape[0], lambda: shape_of.shape(elements)[0])
    rows = _for_each(derivatives, [output.dtype] * len(flat), count, use_pfor, parallel_iterations)
    shaped: list[Any] = [None] * len(flat)
    for at, (row, source) in enumerate(zip(rows, flat, strict=True)):
        if row is not None:
            shaped[at] = reshape(row, concat([sizes, shape_of.shape(row)[1:]], 0))
            shaped[at].set_shape(known.concatenate(source.shape))
    return nest.pack_sequence_as(inputs, shaped)


def batch_jacobian(
    output: Any, inp: Any, use_pfor: bool = True, parallel_iterations: int | None = None
) -> Tensor | None:
    """Returns, for each row of `output`, its derivative by the same row of `inp`.

    output: f[b, t...], inp: f[b, s...] -> f[b, t..., s...]; None where one does not depend on the
    other.

    Raises:
      ValueError: they have not as many rows.
    """
    known = output.shape
    if not known[0].is_compatible_with(inp.shape[0]):
        raise ValueError(
            f"Need first dimension of output shape ({known}) and inp shape ({inp.shape}) to match."
        )
    sizes, sources = shape_of.shape(output), shape_of.shape(inp)
    defined = known.is_fully_defined()
    batch = known[0].value if defined else sizes[0]
    width = known.num_elements() // batch if defined else shape_of.size(output) // batch
    with control_dependencies([assert_equal(batch, sources[0])]):
        matrix = reshape(output, stack([batch, width]))

    def derivatives(i: Tensor) -> Any:
        return gradients(gather(matrix, i, axis=1), inp)[0]

    columns = _for_each(derivatives, output.dtype, width, use_pfor, parallel_iterations)
    if columns is None:
        return None
    ordered = transpose(reshape(columns, stack([width, batch, -1])), [1, 0, 2])
    return reshape(ordered, concat([sizes, sources[1:]], 0))


def _known_or(size: Any, asked: Callable[[], Any]) -> Any:
    return asked() if size.value is None else size.value


def _for_each(
    loop_fn: Callable, types: Any, count: Any, use_pfor: bool, parallel_iterations: int | None
) -> Any:
    """The results for all numbers below `count`; no loop where that is known.

    A loop's body could not ask for gradients that go through loops outside of it.
    """
    if isinstance(count, int) and count:
        with name_scope("loop_body"):
            results = [nest.flatten(loop_fn(constant(i))) for i in range(count)]
        return nest.pack_sequence_as(
            types, [_stack(column) for column in zip(*results, strict=True)]
        )
    if use_pfor:
        return pfor(loop_fn, count, parallel_iterations)
    return for_loop(loop_fn, types, count, parallel_iterations)


def _stack(column: tuple[Any, ...]) -> Tensor | None:
    return None if column[0] is None else stack([convert_to_tensor(row) for row in column])
