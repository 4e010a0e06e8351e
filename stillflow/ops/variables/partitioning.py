"""How a variable is divided into parts: along one axis, the larger parts first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape


class Part(NamedTuple):
    """Where a part starts in the whole, and its sizes, on each axis."""

    offset: list[int]
    sizes: list[int]


class PartitionInfo:
    """What an initializer of a part may know: the whole's sizes, and where the part starts.

    Raises:
      TypeError: one of them is no sequence.
      ValueError: they differ in length, or the part starts outside of the whole.
    """

    def __init__(self, full_shape: Sequence[int], var_offset: Sequence[int]):
        _check_sequence("full_shape", full_shape)
        _check_sequence("var_offset", var_offset)
        if len(var_offset) != len(full_shape):
            raise ValueError(
                f"Expected equal length, but `var_offset` is of length {len(var_offset)} while "
                f"full_shape is of length {len(full_shape)}."
            )
        for offset, size in zip(var_offset, full_shape, strict=True):
            if not 0 <= offset < size:
                raise ValueError(
                    f"Expected 0 <= offset < shape but found offset={offset}, shape={size} for "
                    f"var_offset={var_offset}, full_shape={full_shape}"
                )
        self.full_shape = full_shape
        self.var_offset = var_offset

    def single_offset(self, shape: Sequence[int]) -> int:
        """Where a part of `shape` starts on the axis that is divided; 0 when none is."""
        axis = self.single_slice_dim(shape)
        return 0 if axis is None else self.var_offset[axis]

    def single_slice_dim(self, shape: Sequence[int]) -> int | None:
        """The axis on which a part of `shape` is less than the whole; None when none is.

        Raises:
          TypeError: `shape` is no sequence.
          ValueError: it is of another rank, ends outside of the whole, or there are several axes.
        """
        _check_sequence("shape", shape)
        whole = self.full_shape
        if len(shape) != len(whole):
            raise ValueError(
                f"Expected equal length, but received shape={shape} of length {len(shape)} while "
                f"self.full_shape={whole} is of length {len(whole)}."
            )
        for axis, size in enumerate(shape):
            if self.var_offset[axis] + size > whole[axis]:
                raise ValueError(
                    f"With self.var_offset={self.var_offset}, a partition of shape={shape} would "
                    f"exceed self.full_shape={whole} in dimension {axis}."
                )
        axes = [axis for axis, size in enumerate(shape) if size != whole[axis]]
        if len(axes) > 1:
            raise ValueError(
                f"Cannot use single_slice_dim() with shape={shape} and self.full_shape={whole} "
                f"since slice dim could be either dimension {axes[1]} or {axes[0]}."
            )
        return axes[0] if axes else None


def _check_sequence(name: str, value: Any) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(
            f"`{name}` must be a sequence (like tuple or list) instead of {type(value).__name__}"
        )


def partitions_by(partitioner: Callable, shape: TensorShape, dtype: DType) -> Sequence[int]:
    """How many parts `partitioner` wants on each axis of a variable; ValueError when it cannot be.

    Raises:
      ValueError: the shape is not known, or a scalar's; or what is wanted is no number for each
        axis, or more than one part on several axes.
    """
    if not shape.is_fully_defined():
        raise ValueError(
            f"Shape of a new partitioned variable must be fully defined, but instead was {shape}."
        )
    if not shape.ndims:
        raise ValueError(f"A partitioned Variable must have rank at least 1, shape: {shape}")
    partitions = partitioner(shape=shape, dtype=dtype)
    if not isinstance(partitions, Sequence):
        raise ValueError(f"Partitioner must return a sequence, but saw: {partitions}")
    if len(partitions) != shape.ndims:
        raise ValueError(
            "Partitioner returned a partition list that does not match the Variable's rank: "
            f"{partitions} vs. {shape}"
        )
    if any(count < 1 for count in partitions):
        raise ValueError(f"Partitioner returned zero partitions for some axes: {partitions}")
    if sum(count > 1 for count in partitions) > 1:
        raise ValueError(
            f"Can only slice a variable along one dimension: shape: {shape}, partitioning: "
            f"{partitions}"
        )
    return partitions


def parts_of(sizes: list[int], partitions: Sequence[int]) -> Iterator[Part]:
    """The parts of a whole of `sizes`, along the one axis that has several."""
    axis = next((axis for axis, count in enumerate(partitions) if count > 1), 0)
    least, larger = divmod(sizes[axis], partitions[axis])
    start = 0
    for number in range(partitions[axis]):
        size = least + (number < larger)
        offset = [0] * len(sizes)
        offset[axis] = start
        yield Part(offset, [*sizes[:axis], size, *sizes[axis + 1 :]])
        start += size
