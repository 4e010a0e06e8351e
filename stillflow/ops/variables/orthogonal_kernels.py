"""Initializers of kernels whose convolution keeps norms (Xiao et al., 2018): orthogonal ones."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, ClassVar

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.ops.array import diagonals, filling, reshaping, scattering, stacking, transposing
from stillflow.ops.linalg.decompositions import qr
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import arithmetic, casts, elementwise
from stillflow.ops.random import drawing
from stillflow.ops.variables.initializers import FloatInitializer

_Blocks = dict[tuple[int, ...], Tensor]  # a kernel: a matrix for each position


def _check_filters(shape: list[int]) -> None:
    if shape[-2] > shape[-1]:
        raise ValueError("In_filters cannot be greater than out_filters.")


@dataclass(eq=False)
class ConvolutionDeltaOrthogonal(FloatInitializer):
    """Zeros but for an orthogonal matrix, `gain` times, in the middle of the kernel.

    ValueError unless the shape has three to five axes, and no more inputs than outputs.
    """

    gain: float = 1.0
    seed: int | None = None
    dtype: Any = dtypes.float32

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        if not 3 <= len(shape) <= 5:
            raise ValueError(
                "The tensor to initialize must be at least three-dimensional and at most"
                " five-dimensional"
            )
        _check_filters(shape)
        inputs, outputs = shape[-2:]
        q, r = qr(drawing.random_normal([outputs, outputs], dtype=dtype, seed=self.seed))
        q *= elementwise.sign(diagonals.diag_part(r))
        q = q[:inputs, :] * casts.cast(self.gain, dtype)
        middle = [[(size - 1) // 2 for size in shape[:-2]]]
        return scattering.scatter_nd(middle, reshaping.expand_dims(q, 0), shape)


@dataclass(eq=False)
class ConvolutionOrthogonal(FloatInitializer):
    """What the orthogonal kernels of one, two and three dimensions share.

    Each is a convolution of small kernels, which are made of random projections. A seed is counted
    up with each matrix that is drawn. ValueError for a shape that is not a kernel's of so many
    dimensions, all as long, or that has fewer outputs than inputs.
    """

    gain: float = 1.0
    seed: int | None = None
    dtype: Any = dtypes.float32
    _dimensions: ClassVar[int] = 0
    _words: ClassVar[str] = ""

    def _value(self, shape: list[int], dtype: DType) -> Tensor:
        if not self._dimensions:
            raise NotImplementedError
        if len(shape) != self._dimensions + 2:
            raise ValueError(f"The tensor to initialize must be {self._words}-dimensional")
        _check_filters(shape)
        if len(set(shape[:-2])) > 1:
            raise ValueError("Kernel sizes must be equal.")
        return self._kernel(*shape[-3:]) * casts.cast(self.gain, dtype)

    def _kernel(self, size: int, inputs: int, outputs: int) -> Tensor:
        first = self._orthogonal(outputs)[0:inputs, :]
        if size == 1:
            for _ in range(self._dimensions):
                first = reshaping.expand_dims(first, 0)
            return first
        blocks = self._corners(outputs)
        for length in range(2, size):
            blocks = self._convolved(blocks, length, self._corners(outputs))
        for at in itertools.product(range(size), repeat=self._dimensions):
            blocks[at] = matmul(first, blocks[at])
        return self._stacked(blocks, size, ())

    def _stacked(self, blocks: _Blocks, size: int, at: tuple[int, ...]) -> Tensor:
        if len(at) == self._dimensions:
            return blocks[at]
        return stacking.stack([self._stacked(blocks, size, (*at, i)) for i in range(size)])

    def _drawn(self, shape: list[int], dtype: DType) -> Tensor:
        drawn = drawing.random_normal(shape, dtype=dtype, seed=self.seed)
        if self.seed:
            self.seed += 1
        return drawn

    def _orthogonal(self, n: int) -> Tensor:
        q, r = qr(self._drawn([n, n], self.dtype))
        return q * elementwise.sign(diagonals.diag_part(r))

    def _projection(self, n: int) -> Tensor:
        q = self._orthogonal(n)
        kept = casts.cast(self._drawn([n], dtypes.float32) > 0, self.dtype)
        columns = arithmetic.multiply(q, kept)
        return matmul(columns, transposing.matrix_transpose(columns))

    def _corners(self, n: int) -> _Blocks:
        """A kernel of two positions along each dimension."""
        projections = [self._projection(n) for _ in range(self._dimensions)]
        return self._block(projections, diagonals.eye(n, dtype=self.dtype))

    def _block(self, projections: list[Tensor], eye: Tensor) -> _Blocks:
        raise NotImplementedError

    def _convolved(self, one: _Blocks, size: int, other: _Blocks) -> _Blocks:
        """The convolution of a kernel of `size` with one of two positions."""
        found = {}
        n = one[(0,) * self._dimensions].shape.as_list()[0]
        for at in itertools.product(range(size + 1), repeat=self._dimensions):
            total = filling.zeros([n, n], self.dtype)
            for left in itertools.product(*(range(min(size, i + 1)) for i in at)):
                right = tuple(i - j for i, j in zip(at, left, strict=True))
                if max(right) < 2:
                    total += matmul(one[left], other[right])
            found[at] = total
        return found


class ConvolutionOrthogonal1D(ConvolutionOrthogonal):
    _dimensions = 1
    _words = "three"

    def _block(self, projections, eye):
        (projection,) = projections
        return {(0,): projection, (1,): eye - projection}


class ConvolutionOrthogonal2D(ConvolutionOrthogonal):
    _dimensions = 2
    _words = "four"

    def _block(self, projections, eye):
        down, across = projections
        return {
            (0, 0): matmul(down, across),
            (0, 1): matmul(down, eye - across),
            (1, 0): matmul(eye - down, across),
            (1, 1): matmul(eye - down, eye - across),
        }


class ConvolutionOrthogonal3D(ConvolutionOrthogonal):
    _dimensions = 3
    _words = "five"

    def _block(self, projections, eye):
        def side(index, projection):
            return index * projection + (1 - index) * (eye - projection)

        found = {}
        for at in itertools.product((0, 1), repeat=3):
            one, two, three = map(side, at, projections)
            found[at] = matmul(matmul(one, two), three)
        return found
