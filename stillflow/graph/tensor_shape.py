"""Static shapes: `Dimension` and `TensorShape`, each of which may be unknown. Knows no tensor."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any


class Dimension:
    """A size along one axis; `value` is None when unknown. Arithmetic with unknown is unknown."""

    __slots__ = ("_value",)

    def __init__(self, value: Any):
        if value is None:
            self._value: int | None = None
            return
        if isinstance(value, Dimension):
            self._value = value._value
            return
        try:
            number = int(value)
        except TypeError:
            raise TypeError(f"Dimension value must be integer or None, got {value!r}.") from None
        if number < 0:
            raise ValueError(f"Dimension {number} must be >= 0")
        if not isinstance(value, (str, bytes)) and number != value:
            raise ValueError(f"Ambiguous dimension: {value}")
        self._value = number

    @property
    def value(self) -> int | None:
        return self._value

    def is_compatible_with(self, other: Any) -> bool:
        other = as_dimension(other)
        return self._value is None or other._value is None or self._value == other._value

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {other} are not compatible")

    def merge_with(self, other: Any) -> Dimension:
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return other if self._value is None else self

    def _combine(self, other: Any, combine) -> Dimension:
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return Dimension(None)
        return Dimension(combine(self._value, other._value))

    def _is_equal(self, other: Any) -> bool | None:
        try:
            return self._compare(other, operator.eq)
        except (TypeError, ValueError):
            return NotImplemented

    def _compare(self, other: Any, compare) -> bool | None:
        other = as_dimension(other)
        if self._value is None or other._value is None:
            return None
        return compare(self._value, other._value)

    def __add__(self, other):
        return self._combine(other, operator.add)

    __radd__ = __add__

    def __sub__(self, other):
        return self._combine(other, operator.sub)

    def __rsub__(self, other):
        return as_dimension(other) - self

    def __mul__(self, other):
        return self._combine(other, operator.mul)

    __rmul__ = __mul__

    def __floordiv__(self, other):
        return self._combine(other, operator.floordiv)

    def __rfloordiv__(self, other):
        return as_dimension(other) // self

    __div__ = __floordiv__

    def __truediv__(self, other):
        raise _no_true_division(self, other)

    def __rtruediv__(self, other):
        raise _no_true_division(other, self)

    def __mod__(self, other):
        return self._combine(other, operator.mod)

    def __rmod__(self, other):
        return as_dimension(other) % self

    def __eq__(self, other):
        return self._is_equal(other)

    def __ne__(self, other):
        equal = self._is_equal(other)
        return equal if equal in (None, NotImplemented) else not equal

    def __lt__(self, other):
        return self._compare(other, operator.lt)

    def __le__(self, other):
        return self._compare(other, operator.le)

    def __gt__(self, other):
        return self._compare(other, operator.gt)

    def __ge__(self, other):
        return self._compare(other, operator.ge)

    # As in TensorFlow: two unknown sizes are not known to be equal.
    __hash__ = None  # type: ignore[assignment]

    def __int__(self):
        return self._value

    def __index__(self):
        return self._value

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)

    def __repr__(self) -> str:
        return f"Dimension({self._value})"

    def __reduce__(self):
        return Dimension, (self._value,)


def _no_true_division(left: Any, right: Any) -> TypeError:
    return TypeError(
        f"unsupported operand type(s) for /: '{type(left).__name__}' and "
        f"'{type(right).__name__}', please use // instead"
    )


def as_dimension(value: Any) -> Dimension:
    """Returns `value` as a Dimension; None is the unknown one."""
    return value if isinstance(value, Dimension) else Dimension(value)


def dimension_value(dimension: Any) -> int | None:
    """Returns the int or None behind a Dimension, an int or None."""
    return dimension.value if isinstance(dimension, Dimension) else dimension


def dimension_at_index(shape: TensorShape, index: int) -> Dimension:
    """The dimension of `shape` at `index`; unknown when the rank is."""
    return Dimension(None) if shape.ndims is None else shape[index]


class TensorShape:
    """A static shape: unknown rank, or a list of dimensions each of which may be unknown.

    `sizes` is the plain form that shape functions work with: None, or a tuple of int | None.
    """

    __slots__ = ("_sizes",)

    def __init__(self, dims: Any):
        self._sizes = _sizes_of(dims)

    @classmethod
    def of(cls, sizes: tuple[int | None, ...] | None) -> TensorShape:
        """Wraps a tuple that is already plain, without checks."""
        shape = cls.__new__(cls)
        shape._sizes = sizes
        return shape

    @property
    def sizes(self) -> tuple[int | None, ...] | None:
        return self._sizes

    @property
    def dims(self) -> list[Dimension] | None:
        return None if self._sizes is None else [Dimension(size) for size in self._sizes]

    _dims = dims  # which the keras package asks for

    @property
    def ndims(self) -> int | None:
        return None if self._sizes is None else len(self._sizes)

    rank = ndims

    def num_elements(self) -> int | None:
        if not self.is_fully_defined():
            return None
        total = 1
        for size in self._sizes or ():
            total *= size  # type: ignore[operator]
        return total

    def is_fully_defined(self) -> bool:
        return self._sizes is not None and None not in self._sizes

    def assert_is_fully_defined(self) -> None:
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def is_compatible_with(self, other: Any) -> bool:
        other = as_shape(other)
        if self._sizes is None or other._sizes is None or self._sizes == other._sizes:
            return True
        return len(self._sizes) == len(other._sizes) and all(
            a is None or b is None or a == b for a, b in zip(self._sizes, other._sizes, strict=True)
        )

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def assert_same_rank(self, other: Any) -> None:
        other = as_shape(other)
        if None not in (self.ndims, other.ndims) and self.ndims != other.ndims:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def assert_has_rank(self, rank: int) -> None:
        if self.ndims not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def with_rank(self, rank: int) -> TensorShape:
        try:
            return self.merge_with(unknown_shape(rank))
        except ValueError:
            raise ValueError(f"Shape {self} must have rank {rank}") from None

    def with_rank_at_least(self, rank: int) -> TensorShape:
        if self._sizes is not None and len(self._sizes) < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        if self._sizes is not None and len(self._sizes) > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def merge_with(self, other: Any) -> TensorShape:
        """The shape that holds what both know; ValueError when they contradict each other."""
        other = as_shape(other)
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are not compatible")
        if self._sizes is None:
            return other
        if other._sizes is None:
            return self
        merged = (b if a is None else a for a, b in zip(self._sizes, other._sizes, strict=True))
        return TensorShape.of(tuple(merged))

    def concatenate(self, other: Any) -> TensorShape:
        other = as_shape(other)
        if self._sizes is None or other._sizes is None:
            return unknown_shape()
        return TensorShape.of(self._sizes + other._sizes)

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """The shape that both are instances of."""
        other = as_shape(other)
        if self._sizes is None or other._sizes is None or self.ndims != other.ndims:
            return unknown_shape()
        same = (a if a == b else None for a, b in zip(self._sizes, other._sizes, strict=True))
        return TensorShape.of(tuple(same))

    def as_list(self) -> list[int | None]:
        if self._sizes is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._sizes)

    def as_proto(self):
        """Returns the TensorShapeProto of this shape."""
        from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

        if self._sizes is None:
            return TensorShapeProto(unknown_rank=True)
        sizes = (-1 if size is None else size for size in self._sizes)
        return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])

    def __bool__(self) -> bool:
        return self._sizes is not None

    __nonzero__ = __bool__

    def __len__(self) -> int:
        if self._sizes is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._sizes)

    def __iter__(self) -> Iterator[Dimension]:
        if self._sizes is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter([Dimension(size) for size in self._sizes])

    def __getitem__(self, key: Any):
        if self._sizes is not None:
            found = list(self._sizes)[key]
            return TensorShape.of(tuple(found)) if isinstance(key, slice) else Dimension(found)
        if not isinstance(key, slice):
            return Dimension(None)
        if key.step is not None:
            raise ValueError("Steps are not yet handled")
        start, stop = key.start or 0, key.stop
        if stop is None or start < 0 or stop < 0:
            return unknown_shape()
        return unknown_shape(max(0, stop - start))

    def __eq__(self, other: object) -> bool:
        """Whether both are known to be the same: a shape with an unknown size equals none."""
        try:
            other = as_shape(other)
        except TypeError:
            return NotImplemented
        if self._sizes is None or other._sizes is None:
            return self._sizes is other._sizes
        return self._sizes == other._sizes and None not in self._sizes

    def __ne__(self, other: object) -> bool:
        try:
            other = as_shape(other)
        except TypeError:
            return NotImplemented
        if self._sizes is None or other._sizes is None:
            raise ValueError("The inequality of unknown TensorShapes is undefined.")
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return as_shape(other).concatenate(self)

    def __str__(self) -> str:
        if self._sizes is None:
            return "<unknown>"
        names = ["?" if size is None else str(size) for size in self._sizes]
        return f"({names[0]},)" if len(names) == 1 else f"({', '.join(names)})"

    def __repr__(self) -> str:
        return f"TensorShape({self.dims!r})"

    def __reduce__(self):
        return TensorShape, (self.dims,)


def _sizes_of(dims: Any) -> tuple[int | None, ...] | None:
    if dims is None:
        return None
    if isinstance(dims, TensorShape):
        return dims._sizes
    if hasattr(dims, "unknown_rank"):  # a TensorShapeProto
        if dims.unknown_rank:
            return None
        return tuple(None if dim.size == -1 else dim.size for dim in dims.dim)
    if isinstance(dims, (str, bytes)):
        raise TypeError(
            "A string has ambiguous TensorShape, please wrap in a list or convert to an int: "
            f"{dims!s}"
        )
    if isinstance(dims, Iterable) and getattr(dims, "ndim", None) != 0:
        return tuple(Dimension(dim).value for dim in dims)
    return (Dimension(dims).value,)


def as_shape(shape: Any) -> TensorShape:
    """Returns `shape` (TensorShape, list, int, None or TensorShapeProto) as a TensorShape."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def unknown_shape(rank: int | None = None) -> TensorShape:
    """A shape of unknown rank, or of `rank` unknown sizes."""
    return TensorShape.of(None if rank is None else (None,) * rank)


def scalar() -> TensorShape:
    return TensorShape.of(())


def vector(length: int) -> TensorShape:
    return TensorShape([length])


def matrix(rows: int, cols: int) -> TensorShape:
    return TensorShape([rows, cols])
