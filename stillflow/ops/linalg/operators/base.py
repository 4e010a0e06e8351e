"""What every linear operator can do, by its dense matrix unless it knows better."""

from __future__ import annotations

import abc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import Dimension, TensorShape, dimension_at_index
from stillflow.ops.array import diagonals, reshaping, shape_of
from stillflow.ops.debug import checks
from stillflow.ops.linalg import decompositions, solving
from stillflow.ops.linalg.operators import algebra
from stillflow.ops.linalg.operators.broadcasting import (
    cholesky_solve_with_broadcast,
    matrix_solve_with_broadcast,
)
from stillflow.ops.math import casts, elementwise
from stillflow.ops.reduce import reductions


class LinearOperator(abc.ABC):
    """A batch of matrices f[..., m, n] that act on others.

    Subclasses give `_shape`, `_shape_tensor` and `_matmul`, and whatever they do better than by the
    dense matrix: `_solve`, `_determinant`, `_log_abs_determinant`, `_to_dense`, `_diag_part`,
    `_trace`, `_add_to_tensor`, `_matvec`, and the `_assert_*`.

    Args:
      dtype: the type of its elements.
      graph_parents: the tensors that it is made of.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: what is known of it, None
        where nothing is. A run does not check it.

    Raises:
      ValueError: what is said of it contradicts itself.
    """

    def __init__(
        self,
        dtype: Any,
        graph_parents: Any = None,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ):
        if is_positive_definite:
            if is_non_singular is False:
                raise ValueError("A positive definite matrix is always non-singular.")
            is_non_singular = True
        for claim, kind in ((is_non_singular, "non-singular"), (is_self_adjoint, "self-adjoint")):
            if claim:
                if is_square is False:
                    raise ValueError(f"A {kind} matrix is always square.")
                is_square = True
        self._said_square = is_square
        self._dtype = dtypes.as_dtype(dtype).base_dtype if dtype else dtype
        self._graph_parents = [] if graph_parents is None else graph_parents
        self._is_non_singular = is_non_singular
        self._is_self_adjoint = is_self_adjoint
        self._is_positive_definite = is_positive_definite
        self._name = name or type(self).__name__

    @contextmanager
    def _name_scope(self, name: str) -> Iterator[str]:
        with name_scope(f"{self.name}/{name}") as scope:
            yield scope

    # What it is -----------------------------------------------------------------------------------

    @property
    def dtype(self) -> Any:
        return self._dtype

    @property
    def name(self) -> str:
        return self._name

    @property
    def graph_parents(self) -> Any:
        return self._graph_parents

    @property
    def is_non_singular(self) -> bool | None:
        return self._is_non_singular

    @property
    def is_self_adjoint(self) -> bool | None:
        return self._is_self_adjoint

    @property
    def is_positive_definite(self) -> bool | None:
        return self._is_positive_definite

    @property
    def is_square(self) -> bool | None:
        """Whether it is square, as its shape or its maker says."""
        by_shape = self.domain_dimension == self.range_dimension
        if self._said_square is False and by_shape:
            raise ValueError("User set is_square hint to False, but the operator was square.")
        return by_shape if self._said_square is None else self._said_square

    # Shapes ---------------------------------------------------------------------------------------

    @abc.abstractmethod
    def _shape(self) -> TensorShape:
        """What is known of the shape."""

    @abc.abstractmethod
    def _shape_tensor(self) -> Tensor:
        """The shape in a run: i32[...]"""

    @property
    def shape(self) -> TensorShape:
        return self._shape()

    @property
    def batch_shape(self) -> TensorShape:
        return self.shape[:-2]

    @property
    def tensor_rank(self) -> int | None:
        return self.shape.ndims

    @property
    def domain_dimension(self) -> Dimension:
        """How many columns there are."""
        return dimension_at_index(self.shape, -1)

    @property
    def range_dimension(self) -> Dimension:
        """How many rows there are."""
        return dimension_at_index(self.shape, -2)

    def shape_tensor(self, name: str = "shape_tensor") -> Tensor:
        """Returns the shape, i32[k]; a constant where it is known."""
        with self._name_scope(name):
            if self.shape.is_fully_defined():
                return convert_to_tensor(self.shape.as_list(), dtypes.int32)
            return self._shape_tensor()

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Tensor:
        """Returns the shape without its last two sizes, i32[k - 2]."""
        with self._name_scope(name):
            if self.batch_shape.is_fully_defined():
                sizes = self.batch_shape.as_list()
                return convert_to_tensor(sizes, dtypes.int32, name="batch_shape")
            return self.shape_tensor()[:-2]

    def tensor_rank_tensor(self, name: str = "tensor_rank_tensor") -> Tensor:
        """Returns how many axes there are, i32[]."""
        with self._name_scope(name):
            if self.tensor_rank is not None:
                return convert_to_tensor(self.tensor_rank)
            return shape_of.size(self.shape_tensor())

    def domain_dimension_tensor(self, name: str = "domain_dimension_tensor") -> Tensor:
        """Returns how many columns there are, i32[]."""
        return self._dimension(self.domain_dimension, -1, name)

    def range_dimension_tensor(self, name: str = "range_dimension_tensor") -> Tensor:
        """Returns how many rows there are, i32[]."""
        return self._dimension(self.range_dimension, -2, name)

    def _dimension(self, known: Dimension, axis: int, name: str) -> Tensor:
        with self._name_scope(name):
            if known.value is not None:
                return convert_to_tensor(known.value)
            return self.shape_tensor()[axis]

    # Products -------------------------------------------------------------------------------------

    @abc.abstractmethod
    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        """`matmul` of a tensor that fits."""

    def matmul(
        self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "matmul"
    ) -> Any:
        """Returns the product with `x`, f[..., n, k] -> f[..., m, k]; either transposed before.

        With an operator the product is one, too.

        Raises:
          ValueError: sizes do not fit.
        """
        if isinstance(x, LinearOperator):
            return self._combined(algebra.matmul, x, adjoint, adjoint_arg, name, "x")
        with self._name_scope(name):
            x = self._argument(x, "x")
            self._check_size(x, -2 if adjoint else -1, -1 if adjoint_arg else -2)
            return self._matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def matvec(self, x: Any, adjoint: bool = False, name: str = "matvec") -> Tensor:
        """Returns the product with vectors: f[..., n] -> f[..., m]."""
        with self._name_scope(name):
            x = self._argument(x, "x")
            self._check_size(x, -2 if adjoint else -1, -1)
            return self._matvec(x, adjoint=adjoint)

    def _matvec(self, x: Tensor, adjoint: bool = False) -> Tensor:
        columns = reshaping.expand_dims(x, axis=-1)
        return reshaping.squeeze(self.matmul(columns, adjoint=adjoint), axis=-1)

    def _argument(self, value: Any, name: str) -> Tensor:
        tensor = convert_to_tensor(value, name=name)
        self._check_input_dtype(tensor)
        return tensor

    def _check_input_dtype(self, arg: Tensor) -> None:
        """TypeError where an argument is of another type; what derives from operators calls it."""
        if arg.dtype.base_dtype != self.dtype:
            raise TypeError(
                f"Expected argument to have dtype {self.dtype}.  Found: {arg.dtype} in tensor {arg}"
            )

    def _check_size(self, x: Tensor, own_axis: int, axis: int) -> None:
        own = dimension_at_index(self.shape, own_axis)
        own.assert_is_compatible_with(dimension_at_index(x.shape, axis))

    # Equations ------------------------------------------------------------------------------------

    def solve(
        self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "solve"
    ) -> Any:
        """Returns x with `self x = rhs`: f[..., n, k] -> f[..., n, k].

        For an operator the solution is one, too.

        Raises:
          NotImplementedError: it is known not to be square, or to be singular.
          ValueError: sizes do not fit.
        """
        self._check_solvable()
        if isinstance(rhs, LinearOperator):
            return self._combined(algebra.solve, rhs, adjoint, adjoint_arg, name, "rhs")
        with self._name_scope(name):
            rhs = self._argument(rhs, "rhs")
            self._check_size(rhs, -1 if adjoint else -2, -1 if adjoint_arg else -2)
            return self._solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def solvevec(self, rhs: Any, adjoint: bool = False, name: str = "solve") -> Tensor:
        """Returns x with `self x = rhs` of vectors: f[..., n] -> f[..., n]."""
        with self._name_scope(name):
            rhs = self._argument(rhs, "rhs")
            self._check_size(rhs, -1 if adjoint else -2, -1)
            return self._solvevec(rhs, adjoint=adjoint)

    def _solvevec(self, rhs: Tensor, adjoint: bool = False) -> Tensor:
        columns = reshaping.expand_dims(rhs, axis=-1)
        return reshaping.squeeze(self.solve(columns, adjoint=adjoint), axis=-1)

    def _check_solvable(self) -> None:
        for known, problem in (
            (self.is_non_singular, "be singular"),
            (self.is_square, "not be square"),
        ):
            if known is False:
                raise NotImplementedError(
                    f"Exact solve not implemented for an operator that is expected to {problem}."
                )

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        rhs = solving.adjoint(rhs) if adjoint_arg else rhs
        if self._can_use_cholesky():
            factor = solving.cholesky(self.to_dense())
            return cholesky_solve_with_broadcast(factor, rhs)
        return matrix_solve_with_broadcast(self.to_dense(), rhs, adjoint=adjoint)

    def _can_use_cholesky(self) -> bool:
        return bool(self.is_self_adjoint and self.is_positive_definite)

    # Other operators ------------------------------------------------------------------------------

    def adjoint(self, name: str = "adjoint") -> LinearOperator:
        """Returns the adjoint, an operator f[..., n, m]."""
        return self if self.is_self_adjoint is True else self._made(algebra.adjoint, name)

    H = property(adjoint)

    def inverse(self, name: str = "inverse") -> LinearOperator:
        """Returns the inverse, an operator f[..., n, n].

        Raises:
          ValueError: it is known not to be square, or to be singular.
        """
        for known, kind in ((self.is_square, "non square"), (self.is_non_singular, "singular")):
            if known is False:
                raise ValueError(
                    f"Cannot take the Inverse: This operator represents a {kind} matrix."
                )
        return self._made(algebra.inverse, name)

    def cholesky(self, name: str = "cholesky") -> LinearOperator:
        """Returns the Cholesky factor, an operator f[..., n, n].

        Raises:
          ValueError: it is not known to be self-adjoint and positive definite.
        """
        if not self._can_use_cholesky():
            raise ValueError(
                "Cannot take the Cholesky decomposition: Not a positive definite self adjoint "
                "matrix."
            )
        return self._made(algebra.cholesky, name)

    def _made(self, rules: algebra.Rules, name: str) -> LinearOperator:
        from stillflow.ops.linalg.operators import combining  # noqa: F401  declares the rules

        with self._name_scope(name):
            return rules(self)

    def _combined(
        self,
        rules: algebra.Rules,
        other: LinearOperator,
        adjoint: bool,
        adjoint_arg: bool,
        name: str,
        argument: str,
    ) -> LinearOperator:
        from stillflow.ops.linalg.operators import combining  # noqa: F401  declares the rules

        left = self.adjoint() if adjoint else self
        right = other.adjoint() if adjoint_arg else other
        if (right.range_dimension != left.domain_dimension) is True:
            raise ValueError(
                f"Operators are incompatible. Expected `{argument}` to have dimension "
                f"{left.domain_dimension} but got {right.range_dimension}."
            )
        with self._name_scope(name):
            return rules(left, right)

    # Numbers of it --------------------------------------------------------------------------------

    def determinant(self, name: str = "det") -> Tensor:
        """Returns the determinant of each matrix, f[...]; NotImplementedError if not square."""
        self._check_determined()
        with self._name_scope(name):
            return self._determinant()

    def log_abs_determinant(self, name: str = "log_abs_det") -> Tensor:
        """Returns the log of the size of each determinant, f[...]."""
        self._check_determined()
        with self._name_scope(name):
            return self._log_abs_determinant()

    def _check_determined(self) -> None:
        if self.is_square is False:
            raise NotImplementedError(
                "Determinant not implemented for an operator that is expected to not be square."
            )

    def _determinant(self) -> Tensor:
        if self._can_use_cholesky():
            return elementwise.exp(self.log_abs_determinant())
        return solving.matrix_determinant(self.to_dense())

    def _log_abs_determinant(self) -> Tensor:
        if self._can_use_cholesky():
            diagonal = diagonals.matrix_diag_part(solving.cholesky(self.to_dense()))
            return 2 * reductions.reduce_sum(elementwise.log(diagonal), axis=[-1])
        return solving.slogdet(self.to_dense())[1]

    def trace(self, name: str = "trace") -> Tensor:
        """Returns the sum of each diagonal, f[...]."""
        with self._name_scope(name):
            return self._trace()

    def _trace(self) -> Tensor:
        return reductions.reduce_sum(self.diag_part(), axis=-1)

    # As tensors -----------------------------------------------------------------------------------

    def to_dense(self, name: str = "to_dense") -> Tensor:
        """Returns the matrices written out, f[..., m, n]."""
        with self._name_scope(name):
            return self._to_dense()

    def _to_dense(self) -> Tensor:
        known = self.batch_shape
        batch = known if known.is_fully_defined() else self.batch_shape_tensor()
        columns: Any = self.domain_dimension.value
        if columns is None:
            columns = self.domain_dimension_tensor()
        return self.matmul(diagonals.eye(columns, batch_shape=batch, dtype=self.dtype))

    def diag_part(self, name: str = "diag_part") -> Tensor:
        """Returns the diagonals, f[..., min(m, n)]."""
        with self._name_scope(name):
            return self._diag_part()

    def _diag_part(self) -> Tensor:
        return diagonals.matrix_diag_part(self.to_dense())

    def add_to_tensor(self, x: Any, name: str = "add_to_tensor") -> Tensor:
        """Returns the sum with `x`: f[..., m, n] -> f[..., m, n]."""
        with self._name_scope(name):
            return self._add_to_tensor(self._argument(x, "x"))

    def _add_to_tensor(self, x: Tensor) -> Tensor:
        return self.to_dense() + x

    # Checks ---------------------------------------------------------------------------------------

    def assert_non_singular(self, name: str = "assert_non_singular") -> Any:
        """Returns an operation that fails a run in which a matrix is singular."""
        with self._name_scope(name):
            return self._assert_non_singular()

    def assert_positive_definite(self, name: str = "assert_positive_definite") -> Any:
        """Returns an operation that fails a run in which a matrix is not positive definite."""
        with self._name_scope(name):
            return self._assert_positive_definite()

    def assert_self_adjoint(self, name: str = "assert_self_adjoint") -> Any:
        """Returns an operation that fails a run in which a matrix is not its adjoint."""
        with self._name_scope(name):
            return self._assert_self_adjoint()

    def _assert_non_singular(self) -> Any:
        if self._can_use_cholesky():
            return self.assert_positive_definite()
        values: Any = decompositions.svd(self.to_dense(), compute_uv=False)
        condition = reductions.reduce_max(values, axis=-1) / reductions.reduce_min(values, axis=-1)
        message = "Singular matrix up to precision epsilon."
        return checks.assert_less(condition, self._largest_condition(), message=message)

    def _largest_condition(self) -> Tensor:
        """The condition number from which on a matrix counts as singular."""
        with name_scope("max_nonsingular_condition_number"):
            eps = np.finfo(self.dtype.as_numpy_dtype).eps
            rows = casts.cast(self.range_dimension_tensor(), self.dtype)
            columns = casts.cast(self.domain_dimension_tensor(), self.dtype)
            size = casts.cast(reductions.reduce_max([100.0, rows, columns]), self.dtype)
            return 1.0 / (size * eps)

    def _assert_positive_definite(self) -> Any:
        if not self.is_self_adjoint:
            raise NotImplementedError("assert_positive_definite is not implemented.")
        diagonal = diagonals.matrix_diag_part(solving.cholesky(self.to_dense()))
        return checks.assert_positive(diagonal, message="Matrix was not positive definite.")

    def _assert_self_adjoint(self) -> Any:
        dense = self.to_dense()
        return checks.assert_equal(
            dense, solving.adjoint(dense), message="Matrix was not equal to its adjoint."
        )
