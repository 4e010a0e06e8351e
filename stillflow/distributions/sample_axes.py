"""Draws of batches of vectors as matrices, a column for each draw, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.checking import maybe_get_static_value
from stillflow.distributions.shapes import pick_vector
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining, reshaping, selecting, shape_of, slicing
from stillflow.ops.array.rotating import rotate_transpose
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_non_negative, assert_rank
from stillflow.ops.math import comparison


class SampleAxes:
    """Which axes of a tensor, [*sample, *batch, k], number draws, and which a batch of vectors.

    Args:
      batch_ndims: how many axes the batch has, an int or i32[].
      validate_args: whether a run checks what is not known before.
    """

    def __init__(self, batch_ndims: Any, validate_args: bool = False):
        self._validate_args = validate_args
        with name_scope("DistributionShape"), name_scope("init"):
            self._batch_ndims = self._checked(convert_to_tensor(batch_ndims, name="batch_ndims"))
            known = _are_known(self._batch_ndims)
            self._is_no_batch = None if known else comparison.equal(self._batch_ndims, 0)
            self._event_ndims = convert_to_tensor(1, name="event_ndims")

    def as_matrices(self, x: Any) -> tuple[Tensor, Tensor]:
        """[*sample, *batch, k] -> [*batch, k, draws], and the sample shape, i32[s]."""
        with self._name_scope("make_batch_of_event_sample_matrices", [x]):
            x = convert_to_tensor(x, name="x")
            sample, batch, event = self._parts(x)
            event = pick_vector(False, [1], event)
            x = reshaping.reshape(x, shape=joining.concat([[-1], batch, event], 0))
            return rotate_transpose(x, shift=-1), sample

    def as_samples(self, x: Any, sample: Any) -> Tensor:
        """What `as_matrices` did, undone; `k` may be another now."""
        with self._name_scope("undo_make_batch_of_event_sample_matrices", [x, sample]):
            x = convert_to_tensor(x, name="x")
            sample = convert_to_tensor(sample, name="sample_shape")
            x = rotate_transpose(x, shift=1)
            if _are_known(self._batch_ndims, self._event_ndims):
                _, batch, event = self._parts(x)
            else:
                batch, event = self._parts_of_one_sample_axis(x)
            return reshaping.reshape(x, shape=joining.concat([sample, batch, event], 0))

    def _parts_of_one_sample_axis(self, x: Tensor) -> tuple[Any, Any]:
        known = x.shape.is_fully_defined()
        sizes: Any = x.shape.as_list() if known else shape_of.shape(x)
        batch = sizes[1 : 1 + self._batch_ndims]
        # TensorFlow skips an axis that it has for no batch; there is none here.
        is_skipped = comparison.logical_and(False, self._is_no_batch)
        start = selecting.where_v2(is_skipped, 2, 1 + self._batch_ndims)
        return batch, sizes[start : start + self._event_ndims]

    def _parts(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The sizes of the axes of each kind."""
        with self._name_scope("get_shape", [x]):
            sample_ndims = self._sample_ndims(x)
            batch_ndims, event_ndims = self._batch_ndims, self._event_ndims
            zero = filling.zeros([], dtype=dtypes.int32, name="zero")
            return (
                _sizes(x, [zero], sample_ndims, "sample_shape"),
                _sizes(x, [sample_ndims], batch_ndims, "batch_shape"),
                _sizes(x, [sample_ndims, batch_ndims], event_ndims, "event_shape"),
            )

    def _sample_ndims(self, x: Tensor) -> Tensor:
        name = "get_shape"
        with self._name_scope(name, [x]):
            ndims = self._ndims(x, name)
            known = [maybe_get_static_value(n) for n in (ndims, self._batch_ndims)]
            if None not in known:
                rest = known[0] - known[1] - 1
                if rest < 0:
                    raise ValueError(
                        f"expected batch_ndims({known[1]}) + event_ndims(1) <= ndims({known[0]})"
                    )
                return convert_to_tensor(rest, name="sample_ndims")
            with name_scope("sample_ndims"):
                left = ndims - self._batch_ndims - self._event_ndims
                if self._validate_args:
                    left = with_dependencies([assert_non_negative(left)], left)
            return left

    def _ndims(self, x: Tensor, name: str) -> Tensor:
        with self._name_scope(name, [x]):
            if x.shape.ndims is None:
                return shape_of.rank(x, name="ndims")
            return convert_to_tensor(x.shape.ndims, dtype=dtypes.int32, name="ndims")

    def _checked(self, ndims: Tensor) -> Tensor:
        """A rank, of which what is not known is checked in a run."""
        if _are_known(ndims) or not self._validate_args:
            return ndims
        return with_dependencies([assert_rank(ndims, 0), assert_non_negative(ndims)], ndims)

    @contextmanager
    def _name_scope(self, name: str, values: list[Any]) -> Iterator[str]:
        ndims = [self._batch_ndims, self._event_ndims]
        with name_scope("DistributionShape"), name_scope(name, values=values + ndims) as scope:
            yield scope


def _are_known(*tensors: Tensor) -> bool:
    return all(maybe_get_static_value(tensor) is not None for tensor in tensors)


def _sizes(x: Tensor, starts: Sequence[Tensor], count: Tensor, name: str) -> Tensor:
    """`count` sizes of `x`, from the axis that `starts` add up to."""
    if x.shape.ndims is not None and _are_known(count, *starts):
        start = sum(int(maybe_get_static_value(part)) for part in starts)
        known = x.shape[start : start + int(maybe_get_static_value(count))].as_list()
        if None not in known:
            return convert_to_tensor(known, dtype=dtypes.int32, name=name)
    return slicing.slice_(shape_of.shape(x), [sum(starts)], [count])
