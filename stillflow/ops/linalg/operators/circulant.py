"""Circulant operators, which the Fourier transform makes diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import filling, ranging, reshaping, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.array.rotating import rotate_transpose
from stillflow.ops.debug import checks
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.broadcasting import (
    assert_nowhere_zero,
    assert_real,
    broadcast_matrix_batch_dims,
)
from stillflow.ops.linalg.operators.claims import Claim
from stillflow.ops.math import casts, complex_numbers, conjugate, elementwise
from stillflow.ops.reduce import reductions
from stillflow.ops.signal import fourier

_TRANSFORMS = {1: fourier.fft, 2: fourier.fft2d, 3: fourier.fft3d}
_INVERSES = {1: fourier.ifft, 2: fourier.ifft2d, 3: fourier.ifft3d}


class _Circulant(LinearOperator):
    """A circulant operator of so many levels: F^-1 diag(spectrum) F.

    Args:
      spectrum: its eigenvalues, n[..., sizes], of as many sizes as there are levels.
      block_depth: how many levels there are, 1 to 3.
      input_output_dtype: the type of what it acts on.

    Raises:
      ValueError: `spectrum` has too few axes, it is real and the operator said not to be
        self-adjoint, or the operator is said not to be square.
    """

    def __init__(
        self,
        spectrum: Any,
        block_depth: int,
        input_output_dtype: Any,
        is_non_singular: Claim,
        is_self_adjoint: Claim,
        is_positive_definite: Claim,
        is_square: Claim,
        name: str,
    ):
        self._block_depth = block_depth
        with name_scope(name, values=[spectrum]):
            self._spectrum = convert_to_tensor(spectrum, name="spectrum")
            rank = self._spectrum.shape.ndims
            if rank is not None and rank < block_depth:
                raise ValueError(
                    f"Argument spectrum must have at least {block_depth} dimensions.  "
                    f"Found: {self._spectrum}"
                )
            if not self._spectrum.dtype.is_complex:
                if is_self_adjoint is False:
                    raise ValueError(
                        "A real spectrum always corresponds to a self-adjoint operator."
                    )
                is_self_adjoint = True
            if is_square is False:
                raise ValueError("A [[nested] block] circulant operator is always square.")
            self._block_shape_tensor = shape_of.shape(self._spectrum)[-block_depth:]
            self._spectrum_complex = as_complex(self._spectrum)
            self._abs_spectrum = elementwise.abs_(self._spectrum)
            self._conj_spectrum = conjugate.conj(self._spectrum_complex)
            super().__init__(
                dtypes.as_dtype(input_output_dtype),
                [self._spectrum],
                is_non_singular,
                is_self_adjoint,
                is_positive_definite,
                True,
                name,
            )

    @property
    def block_depth(self) -> int:
        return self._block_depth

    def block_shape_tensor(self) -> Tensor:
        """The sizes of the levels in a run, i32[block_depth]."""
        return self._block_shape_tensor

    @property
    def block_shape(self) -> TensorShape:
        return self._spectrum.shape[-self._block_depth :]

    @property
    def spectrum(self) -> Tensor:
        return self._spectrum

    def convolution_kernel(self, name: str = "convolution_kernel") -> Tensor:
        """Returns what it convolves with: the inverse transform of its spectrum."""
        with self._name_scope(name):
            return casts.cast(self._ifft(self._spectrum_complex), self.dtype)

    def assert_hermitian_spectrum(self, name: str = "assert_hermitian_spectrum") -> Any:
        """Returns an operation that fails a run in which the operator is not real."""
        eps = np.finfo(self.dtype.real_dtype.as_numpy_dtype).eps
        with self._name_scope(name):
            largest = eps * self.domain_dimension_tensor()
            imaginary = complex_numbers.imag(self.convolution_kernel())
            size = elementwise.abs_(imaginary)
            return checks.assert_less(size, largest, message="Spectrum was not Hermitian")

    def _fft(self, x: Tensor) -> Tensor:
        return _TRANSFORMS[self._block_depth](as_complex(x))

    def _ifft(self, x: Tensor) -> Tensor:
        return _INVERSES[self._block_depth](as_complex(x))

    def _shape(self) -> TensorShape:
        batch = self._spectrum.shape[: -self._block_depth]
        known = self.block_shape.is_fully_defined()
        size = self.block_shape.num_elements() if known else None
        return batch.concatenate(as_shape([size, size]))

    def _shape_tensor(self) -> Tensor:
        sizes = shape_of.shape(self._spectrum)
        batch, blocks = sizes[: -self._block_depth], sizes[-self._block_depth :]
        size = reductions.reduce_prod(blocks)
        return concat((batch, [size, size]), 0)

    # Products -------------------------------------------------------------------------------------

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        x = solving.adjoint(x) if adjoint_arg else x
        spectrum = self._conj_spectrum if adjoint else self._spectrum_complex
        x, spectrum = self._alike(casts.cast(x, spectrum.dtype), spectrum)
        changed = self._ifft(spectrum * self._fft(self._as_blocks(x)))
        return casts.cast(self._as_matrix(changed), self.dtype)

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        rhs = solving.adjoint(rhs) if adjoint_arg else rhs
        spectrum = self._conj_spectrum if adjoint else self._spectrum_complex
        rhs, spectrum = self._alike(rhs, spectrum)
        changed = self._ifft(self._fft(self._as_blocks(rhs)) / spectrum)
        return casts.cast(self._as_matrix(changed), self.dtype)

    def _alike(self, x: Tensor, spectrum: Tensor) -> tuple[Tensor, Tensor]:
        """`x` and `spectrum` with batches of one shape."""
        columns = concat((self.batch_shape_tensor(), [-1, 1]), axis=0)
        x, spectrum = broadcast_matrix_batch_dims((x, reshaping.reshape(spectrum, columns)))
        batch = shape_of.shape(x)[:-2]
        sizes = concat((batch, self.block_shape_tensor()), axis=0)
        return x, reshaping.reshape(spectrum, sizes)

    def _as_blocks(self, matrix: Tensor) -> Tensor:
        """n[..., size, k] -> n[k, ..., sizes]"""
        vectors = rotate_transpose(matrix, shift=1)
        if vectors.shape.is_fully_defined() and self.block_shape.is_fully_defined():
            sizes: Any = vectors.shape[:-1].concatenate(self.block_shape)
        else:
            sizes = concat((shape_of.shape(vectors)[:-1], self.block_shape_tensor()), 0)
        return reshaping.reshape(vectors, sizes)

    def _as_matrix(self, blocks: Tensor) -> Tensor:
        """n[k, ..., sizes] -> n[..., size, k]"""
        depth = self._block_depth
        if blocks.shape.is_fully_defined():
            known: Any = blocks.shape.as_list()
            flat: Any = [*known[:-depth], int(np.prod(known[-depth:]))]
        else:
            sizes = shape_of.shape(blocks)
            leading, last = sizes[:-depth], sizes[-depth:]
            flat = concat((leading, [reductions.reduce_prod(last)]), 0)
        return rotate_transpose(reshaping.reshape(blocks, flat), shift=-1)

    # Numbers of it --------------------------------------------------------------------------------

    def _block_axes(self) -> list[int]:
        return [-(i + 1) for i in range(self._block_depth)]

    def _determinant(self) -> Tensor:
        product = reductions.reduce_prod(self._spectrum, axis=self._block_axes())
        return casts.cast(product, self.dtype)

    def _log_abs_determinant(self) -> Tensor:
        logs = elementwise.log(self._abs_spectrum)
        return casts.cast(reductions.reduce_sum(logs, axis=self._block_axes()), self.dtype)

    def _trace(self) -> Tensor:
        depth = self._block_depth
        if self._spectrum.shape.is_fully_defined():
            rank: Any = self._spectrum.shape.ndims
            axis: Any = np.arange(rank - depth, rank, dtype=np.int32)
        else:
            rank = shape_of.rank(self._spectrum)
            axis = ranging.range_(rank - depth, rank)
        real = reductions.reduce_sum(complex_numbers.real(self._spectrum), axis=axis)
        if not self.dtype.is_complex:
            return casts.cast(real, self.dtype)
        if self.is_self_adjoint:
            imaginary = filling.zeros_like(real)
        else:
            imaginary = reductions.reduce_sum(complex_numbers.imag(self._spectrum), axis=axis)
        return casts.cast(complex_numbers.complex_(real, imaginary), self.dtype)

    def _diag_part(self) -> Tensor:
        if self.shape.is_fully_defined():
            sizes: Any = self.shape[:-1]
            length: Any = self.domain_dimension.value
        else:
            sizes, length = self.shape_tensor()[:-1], self.domain_dimension_tensor()
        ones = filling.ones(sizes, dtype=self.dtype)
        mean = self.trace() / casts.cast(length, self.dtype)
        return mean[..., None] * ones

    def _assert_non_singular(self) -> Any:
        message = "Singular operator:  Spectrum contained zero values."
        return assert_nowhere_zero(self._spectrum, message)

    def _assert_positive_definite(self) -> Any:
        message = "Not positive definite:  Real part of spectrum was not all positive."
        return checks.assert_positive(complex_numbers.real(self._spectrum), message=message)

    def _assert_self_adjoint(self) -> Any:
        message = "Not self-adjoint:  The spectrum contained non-zero imaginary part."
        return assert_real(self._spectrum, message)


class LinearOperatorCirculant(_Circulant):
    """Convolution on a circle: each column is the one before, moved down by one.

    Args:
      spectrum: the Fourier transform of the first column, n[..., n].
      input_output_dtype: the type of what it acts on. A real one means that imaginary parts are
        dropped.
    """

    def __init__(
        self,
        spectrum: Any,
        input_output_dtype: Any = dtypes.complex64,
        is_non_singular: Claim = None,
        is_self_adjoint: Claim = None,
        is_positive_definite: Claim = None,
        is_square: Claim = True,
        name: str = "LinearOperatorCirculant",
    ):
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(spectrum, 1, input_output_dtype, *hints, name)


class LinearOperatorCirculant2D(_Circulant):
    """Convolution on a torus: blocks of circulant operators that are moved round.

    Args:
      spectrum: the Fourier transform of what it convolves with, n[..., n1, n2].
      input_output_dtype: as of `LinearOperatorCirculant`.
    """

    def __init__(
        self,
        spectrum: Any,
        input_output_dtype: Any = dtypes.complex64,
        is_non_singular: Claim = None,
        is_self_adjoint: Claim = None,
        is_positive_definite: Claim = None,
        is_square: Claim = True,
        name: str = "LinearOperatorCirculant2D",
    ):
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(spectrum, 2, input_output_dtype, *hints, name)


class LinearOperatorCirculant3D(_Circulant):
    """The same in three dimensions.

    Args:
      spectrum: the Fourier transform of what it convolves with, n[..., n1, n2, n3].
      input_output_dtype: as of `LinearOperatorCirculant`.
    """

    def __init__(
        self,
        spectrum: Any,
        input_output_dtype: Any = dtypes.complex64,
        is_non_singular: Claim = None,
        is_self_adjoint: Claim = None,
        is_positive_definite: Claim = None,
        is_square: Claim = True,
        name: str = "LinearOperatorCirculant3D",
    ):
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(spectrum, 3, input_output_dtype, *hints, name)


def as_complex(x: Tensor) -> Tensor:
    """`x` in the complex type of its precision."""
    if x.dtype.is_complex:
        return x
    return casts.cast(x, dtypes.complex128 if x.dtype == dtypes.float64 else dtypes.complex64)
