"""Wishart's distribution of positive definite matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.checking import assert_symmetric, same_float_dtype
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED, Distribution
from stillflow.distributions.moved import moved
from stillflow.distributions.seeds import gen_new_seed
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import (
    diagonals,
    filling,
    joining,
    ranging,
    reshaping,
    shape_of,
    slicing,
    stacking,
)
from stillflow.ops.array.constants import constant
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.known_values import constant_value
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.dense import LinearOperatorLowerTriangular
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import casts, comparison, elementwise, special
from stillflow.ops.random.drawing import random_gamma, random_normal
from stillflow.ops.reduce import reductions


class WishartLinearOperator(Distribution):
    """Matrices X X^T, f[*batch, k, k], of `df` normal columns of the covariance `scale`.

    Args:
      df: degrees of freedom, f[*batch], at least k.
      scale_operator: a LinearOperator whose product with its adjoint is the scale, f[*batch, k, k].
      cholesky_input_output_matrices: whether Cholesky factors are taken and given in place of
        matrices.

    Raises:
      TypeError: the scale is of no float type.
      ValueError: it is not square, or `df` is known to be too small.
    """

    @moved
    def __init__(
        self,
        df: Any,
        scale_operator: LinearOperator,
        cholesky_input_output_matrices: bool = False,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str | None = None,
    ):
        parameters = dict(locals())
        self._cholesky_input_output_matrices = cholesky_input_output_matrices
        with name_scope(name) as scope, name_scope("init", values=[df, scale_operator]):
            dtype = scale_operator.dtype
            if not dtype.is_floating:
                raise TypeError(f"scale_operator.dtype={dtype} is not a floating-point type")
            if not scale_operator.is_square:
                raise ValueError("scale_operator must be square.")
            self._scale_operator = scale_operator
            self._df = convert_to_tensor(df, dtype=dtype, name="df")
            same_float_dtype([self._df, scale_operator])
            size = scale_operator.domain_dimension.value
            if size is None:
                in_run = scale_operator.domain_dimension_tensor()
                self._dimension = casts.cast(in_run, dtype=dtype, name="dimension")
            else:
                self._dimension = convert_to_tensor(size, dtype=dtype, name="dimension")
            self._check_freedom(validate_args)
        super().__init__(
            dtype=dtype,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            reparameterization_type=FULLY_REPARAMETERIZED,
            parameters=parameters,
            graph_parents=[self._df, self._dimension, *scale_operator.graph_parents],
            name=scope,
        )

    def _check_freedom(self, validate_args: bool) -> None:
        message = (
            "Degrees of freedom (df = {}) cannot be less than dimension of scale matrix "
            "(scale.dimension = {})"
        )
        df, size = constant_value(self._df), constant_value(self._dimension)
        if df is not None and size is not None:
            df = df if df.shape else [df]
            if any(np.less(df, size)):
                raise ValueError(message.format(df, size))
        elif validate_args:
            text = message.format(self._dimension, self._df)
            fits = checks.assert_less_equal(self._dimension, self._df, message=text)
            self._df = with_dependencies([fits], self._df)

    @property
    def df(self) -> Tensor:
        return self._df

    @property
    def scale_operator(self) -> LinearOperator:
        """A root of the scale."""
        return self._scale_operator

    @property
    def cholesky_input_output_matrices(self) -> bool:
        return self._cholesky_input_output_matrices

    @property
    def dimension(self) -> Tensor:
        """k, in the type of the matrices."""
        return self._dimension

    def scale(self) -> Tensor:
        """The scale, or its Cholesky factor, f[*batch, k, k]."""
        if self._cholesky_input_output_matrices:
            return self.scale_operator.to_dense()
        return self._square()

    def _square(self) -> Tensor:
        return self.scale_operator.matmul(self.scale_operator.to_dense(), adjoint_arg=True)

    # Shapes ---------------------------------------------------------------------------------------

    def _event_shape_tensor(self) -> Tensor:
        size = self.scale_operator.domain_dimension_tensor()
        return stacking.stack([size, size])

    def _event_shape(self) -> TensorShape:
        size = self.scale_operator.domain_dimension
        return as_shape([size, size])

    def _batch_shape_tensor(self) -> Tensor:
        return self.scale_operator.batch_shape_tensor()

    def _batch_shape(self) -> TensorShape:
        return self.scale_operator.batch_shape

    # Samples --------------------------------------------------------------------------------------

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        """By Bartlett's decomposition: of the identity, the factor has normal numbers below the
        diagonal, and in it roots of chi-squared ones.
        """
        batch, event = self.batch_shape_tensor(), self.event_shape_tensor()
        rank = shape_of.shape(batch)[0] + 3
        sizes = joining.concat([[n], batch, event], 0)
        x = random_normal(shape=sizes, mean=0.0, stddev=1.0, dtype=self.dtype, seed=seed)
        ones = filling.ones(
            self.scale_operator.batch_shape_tensor(), dtype=self.df.dtype.base_dtype
        )
        freedom = self.df * ones
        squares = random_gamma(
            shape=[n],
            alpha=self._multi_gamma_sequence(0.5 * freedom, self.dimension),
            beta=0.5,
            dtype=self.dtype,
            seed=gen_new_seed(seed, "wishart"),
        )
        x = diagonals.matrix_band_part(x, -1, 0)
        x = diagonals.matrix_set_diag(x, elementwise.sqrt(squares))
        # All samples of a matrix of the batch stand side by side, for one product with its scale.
        x = transpose(x, joining.concat([ranging.range_(1, rank), [0]], 0))
        x = reshaping.reshape(x, joining.concat([batch, [event[0]], [-1]], 0))
        x = self.scale_operator.matmul(x)
        x = reshaping.reshape(x, joining.concat([batch, event, [n]], 0))
        x = transpose(x, joining.concat([[rank - 1], ranging.range_(0, rank - 1)], 0))
        if not self._cholesky_input_output_matrices:
            x = matmul(x, x, adjoint_b=True)
        return x

    # How likely a matrix is -----------------------------------------------------------------------

    def _log_prob(self, x: Tensor) -> Tensor:
        factor = x if self._cholesky_input_output_matrices else solving.cholesky(x)
        batch, event = self.batch_shape_tensor(), self.event_shape_tensor()
        rank = shape_of.rank(factor)
        draws = rank - shape_of.shape(batch)[0] - 2
        sample_shape = slicing.strided_slice(shape_of.shape(factor), [0], [draws])
        order = [ranging.range_(draws, rank), ranging.range_(0, draws)]
        solved = transpose(factor, joining.concat(order, 0))
        size = casts.cast(self.dimension, dtype=dtypes.int32)
        solved = reshaping.reshape(solved, joining.concat((batch, (size, -1)), 0))
        solved = self.scale_operator.solve(solved)
        solved = reshaping.reshape(solved, joining.concat([batch, event, sample_shape], 0))
        order = [ranging.range_(rank - draws, rank), ranging.range_(0, rank - draws)]
        solved = transpose(solved, joining.concat(order, 0))
        trace = reductions.reduce_sum(elementwise.square(solved), axis=[-2, -1])
        diagonal = diagonals.matrix_diag_part(factor)
        half_log_det = reductions.reduce_sum(elementwise.log(diagonal), axis=[-1])
        log_prob = (
            (self.df - self.dimension - 1.0) * half_log_det - 0.5 * trace - self.log_normalization()
        )
        if x.shape.ndims is not None:
            log_prob.set_shape(x.shape[:-2])
        return log_prob

    def _prob(self, x: Tensor) -> Tensor:
        return elementwise.exp(self._log_prob(x))

    # Moments --------------------------------------------------------------------------------------

    def _entropy(self) -> Tensor:
        half_size, half_df = 0.5 * self.dimension + 0.5, 0.5 * self.df
        return (
            self.dimension * (half_df + half_size * math.log(2.0))
            + 2 * half_size * self.scale_operator.log_abs_determinant()
            + self._multi_lgamma(half_df, self.dimension)
            + (half_size - half_df) * self._multi_digamma(half_df, self.dimension)
        )

    def _mean(self) -> Tensor:
        if self._cholesky_input_output_matrices:
            return elementwise.sqrt(self.df) * self.scale_operator.to_dense()
        return self.df * self._square()

    def _variance(self) -> Tensor:
        x = elementwise.sqrt(self.df) * self._square()
        diagonal = reshaping.expand_dims(diagonals.matrix_diag_part(x), -1)
        variance = elementwise.square(x) + matmul(diagonal, diagonal, adjoint_b=True)
        if self._cholesky_input_output_matrices:
            return solving.cholesky(variance)
        return variance

    def _stddev(self) -> Tensor:
        if self._cholesky_input_output_matrices:
            raise ValueError(
                "Computing std. dev. when is cholesky_input_output_matrices=True does not make "
                "sense."
            )
        return solving.cholesky(self.variance())

    def _mode(self) -> Tensor:
        s = self.df - self.dimension - 1.0
        is_too_small = comparison.less(s, 0.0)
        s = where_v2(is_too_small, constant(float("NaN"), dtype=self.dtype, name="nan"), s)
        if self._cholesky_input_output_matrices:
            return elementwise.sqrt(s) * self.scale_operator.to_dense()
        return s * self._square()

    def mean_log_det(self, name: str = "mean_log_det") -> Tensor:
        """Returns the mean of the log of the determinant, f[*batch]."""
        with self._name_scope(name):
            return (
                self._multi_digamma(0.5 * self.df, self.dimension)
                + self.dimension * math.log(2.0)
                + 2 * self.scale_operator.log_abs_determinant()
            )

    def log_normalization(self, name: str = "log_normalization") -> Tensor:
        """Returns the log of what densities are divided by, f[*batch]."""
        with self._name_scope(name):
            return (
                self.df * self.scale_operator.log_abs_determinant()
                + 0.5 * self.df * self.dimension * math.log(2.0)
                + self._multi_lgamma(0.5 * self.df, self.dimension)
            )

    def _multi_gamma_sequence(self, a: Tensor, p: Tensor) -> Tensor:
        """a, a - 1/2, ... a - (p - 1) / 2, backwards: f[*batch, p]"""
        with self._name_scope("multi_gamma_sequence", [a, p]):
            start = constant(0.0, dtype=self.dtype)
            steps = ranging.lin_space(start, 0.5 - 0.5 * p, casts.cast(p, dtypes.int32))
            return steps + reshaping.expand_dims(a, [-1])

    def _multi_lgamma(self, a: Tensor, p: Tensor) -> Tensor:
        """The log of the gamma function of p variables."""
        with self._name_scope("multi_lgamma", [a, p]):
            sequence = self._multi_gamma_sequence(a, p)
            constant_part = 0.25 * p * (p - 1.0) * math.log(math.pi)
            return constant_part + reductions.reduce_sum(special.lgamma(sequence), axis=[-1])

    def _multi_digamma(self, a: Tensor, p: Tensor) -> Tensor:
        """Its derivative."""
        with self._name_scope("multi_digamma", [a, p]):
            sequence = self._multi_gamma_sequence(a, p)
            return reductions.reduce_sum(special.digamma(sequence), axis=[-1])


class WishartCholesky(WishartLinearOperator):
    """Wishart's matrices, of whose scale a Cholesky factor is given.

    Args:
      df: degrees of freedom, f[*batch], at least k.
      scale: f[*batch, k, k], of which the lower triangle counts.
      cholesky_input_output_matrices: whether Cholesky factors are taken and given in place of
        matrices.
    """

    @moved
    def __init__(
        self,
        df: Any,
        scale: Any,
        cholesky_input_output_matrices: bool = False,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "WishartCholesky",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[scale]) as scope:
            with name_scope("init", values=[scale]):
                scale = convert_to_tensor(scale)
                if validate_args:
                    scale = with_dependencies(_factor_checks(scale), scale)
            super().__init__(
                df=df,
                scale_operator=_factor(scale),
                cholesky_input_output_matrices=cholesky_input_output_matrices,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters


class WishartFull(WishartLinearOperator):
    """Wishart's matrices of the scale `scale`, f[*batch, k, k], symmetric and positive definite.

    Args:
      df: degrees of freedom, f[*batch], at least k.
      cholesky_input_output_matrices: whether Cholesky factors are taken and given in place of
        matrices.
    """

    @moved
    def __init__(
        self,
        df: Any,
        scale: Any,
        cholesky_input_output_matrices: bool = False,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "WishartFull",
    ):
        parameters = dict(locals())
        with name_scope(name) as scope, name_scope("init", values=[scale]):
            scale = convert_to_tensor(scale)
            if validate_args:
                scale = assert_symmetric(scale)
            factor = solving.cholesky(scale)
            positive = []
            if validate_args:
                positive = [checks.assert_positive(diagonals.matrix_diag_part(factor))]
            factor = with_dependencies(positive, factor)
        super().__init__(
            df=df,
            scale_operator=_factor(factor),
            cholesky_input_output_matrices=cholesky_input_output_matrices,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            name=scope,
        )
        self._parameters = parameters


def _factor(tril: Tensor) -> LinearOperator:
    return LinearOperatorLowerTriangular(
        tril=tril, is_non_singular=True, is_positive_definite=True, is_square=True
    )


def _factor_checks(scale: Tensor) -> list[Any]:
    diagonal = diagonals.matrix_diag_part(scale)
    return [
        checks.assert_positive(diagonal, message="scale must be positive definite"),
        checks.assert_equal(
            shape_of.shape(scale)[-1], shape_of.shape(scale)[-2], message="scale must be square"
        ),
    ]
