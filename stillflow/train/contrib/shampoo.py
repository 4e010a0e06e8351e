"""Preconditioned steps with one matrix for each axis (Gupta, Koren and Singer, 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.graph.tensor_shape import Dimension
from stillflow.ops.array import diagonals, filling, reshaping, scattering, shape_of
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.selecting import where
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.cond import cond
from stillflow.ops.linalg.decompositions import svd
from stillflow.ops.linalg.products import matmul
from stillflow.ops.linalg.tensordot import tensordot
from stillflow.ops.math.arithmetic import maximum, pow_
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater
from stillflow.ops.math.division import floormod
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables import scattered_updates, state
from stillflow.platform import logging
from stillflow.train.contrib import matrix_roots
from stillflow.train.optimizer import Optimizer


class ShampooOptimizer(Optimizer):
    """Steps along the mean gradient times a power of each axis's own second moment.

    For a variable of rank n, with G_i = the gradients contracted over every axis but i:
    gbar = gbar_decay * gbar + gbar_weight * g;
    mat_i = mat_gbar_decay * mat_i + mat_gbar_weight * G_i;
    variable -= learning_rate * (mat_1^(-alpha/n) ... mat_n^(-alpha/n) gbar)

    Args:
      global_step: the count of steps so far, a variable or a tensor.
      max_matrix_size: an axis that is longer keeps the diagonal alone.
      gbar_decay, gbar_weight, mat_gbar_decay, mat_gbar_weight, learning_rate, svd_interval,
        precond_update_interval, alpha: numbers, or functions of the step that give tensors.
      svd_interval: how many steps a power serves.
      precond_update_interval: how many steps lie between changes of the matrices.
      epsilon: added to the diagonals.
      use_iterative_root: whether powers come of iterations rather than decompositions.
    """

    def __init__(
        self,
        global_step: Any = 0,
        max_matrix_size: int = 768,
        gbar_decay: Any = 0.0,
        gbar_weight: Any = 1.0,
        mat_gbar_decay: Any = 1.0,
        mat_gbar_weight: Any = 1.0,
        learning_rate: Any = 1.0,
        svd_interval: Any = 1,
        precond_update_interval: Any = 1,
        epsilon: float = 1e-4,
        alpha: Any = 0.5,
        use_iterative_root: bool = False,
        use_locking: bool = False,
        name: str = "Shampoo",
    ):
        super().__init__(use_locking, name)
        self._global_step = cast(global_step, dtypes.float32)
        self._max_matrix_size = max_matrix_size
        self._gbar_decay = gbar_decay
        self._gbar_weight = gbar_weight
        self._mat_gbar_decay = mat_gbar_decay
        self._mat_gbar_weight = mat_gbar_weight
        self._learning_rate = learning_rate
        self._svd_interval = svd_interval
        self._precond_update_interval = precond_update_interval
        self._epsilon = epsilon
        self._alpha = alpha
        self._use_iterative_root = use_iterative_root

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for var in var_list:
            with colocate_with(var):
                self._zeros_slot(var, "gbar", self._name)
                for axis, size in enumerate(var.get_shape()):
                    self._create_matrix(var, axis, size)

    def _create_matrix(self, var: Any, axis: int, size: Dimension) -> None:
        length = convert_to_tensor(size)
        if size <= self._max_matrix_size:
            initial = filling.zeros_like(diagonals.eye(length))
            if self._svd_interval > 1:
                self._get_or_make_slot(var, diagonals.eye(length), f"H_{axis}", self._name)
        else:
            initial = filling.zeros([length])
        self._get_or_make_slot(var, initial, f"Gbar_{axis}", self._name)

    def _apply_dense(self, grad: Tensor, var: Any) -> Tensor:
        return self._apply_gradient(grad, var)

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Tensor:
        return self._apply_gradient(grad, handle)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Tensor:
        return self._resource_apply_sparse(grad.values, var, grad.indices)

    def _resource_apply_sparse(self, grad: Tensor, handle: Any, indices: Tensor) -> Tensor:
        is_small = handle.get_shape().as_list()[0] <= self._max_matrix_size
        if not is_small and self._gbar_decay == 0.0:
            return self._apply_gradient(grad, handle, indices)
        whole = scattering.scatter_nd(
            reshaping.expand_dims(indices, axis=1),
            grad,
            shape_of.shape(handle, out_type=indices.dtype),
        )
        return self._apply_gradient(whole, handle)

    def _apply_gradient(self, grad: Tensor, var: Any, rows: Tensor | None = None) -> Tensor:
        """The step of `var`; `grad` is for the rows `rows` when they are given."""
        step = self._global_step + 1
        direction = self._mean_gradient(grad, var, rows, step)
        axes = _Axes(self, grad, var, rows, step)
        for axis, size in enumerate(axes.sizes):
            if size <= self._max_matrix_size:
                power = axes.matrix_power(axis)
                # The first axis is contracted and comes back as the last one; in the end all are
                # where they were.
                direction = tensordot(direction, power, axes=([0], [0]), name=f"precond_{axis}")
            else:
                power = axes.diagonal_power(axis)
                order = [*range(1, len(axes.sizes)), 0]
                direction = transpose(direction, perm=order) * power
        rate = _at(self._learning_rate, step)
        if rows is not None:
            return scattered_updates.scatter_add(var, rows, -rate * direction)
        return state.assign_sub(var, rate * direction)

    def _mean_gradient(self, grad: Tensor, var: Any, rows: Tensor | None, step: Tensor) -> Tensor:
        slot = self.get_slot(var, "gbar")
        decay, weight = _at(self._gbar_decay, step), _at(self._gbar_weight, step)
        if rows is None:
            return _averaged(slot, self._gbar_decay, decay, weight * grad)
        if self._gbar_decay != 0.0:
            logging.warning(f"Not applying momentum for variable: {var.name}")
        return grad

    def _power(self, var: Any, matrix: Tensor, size: int, alpha: Any, slot: str | None) -> Tensor:
        """matrix ** alpha, kept in `slot` when that is given."""
        with name_scope("matrix_iterative_power"):
            if self._use_iterative_root:
                root = matrix_roots.matrix_square_root(matrix, size, 100, self._epsilon)
                power = matrix_roots.matrix_inverse_pth_root(
                    root, size, 2 * alpha, ridge_epsilon=0.0
                )
            else:
                power = self._decomposed_power(matrix, size, alpha)
            return power if slot is None else state.assign(self.get_slot(var, slot), power)

    def _decomposed_power(self, matrix: Tensor, size: int, alpha: Any) -> Tensor:
        if size == 1:
            return pow_(matrix + self._epsilon, alpha)
        damping = self._epsilon * diagonals.eye(cast(size, dtypes.int32))
        values, left, right = svd(matrix + damping, full_matrices=True)
        raised = pow_(maximum(values, self._epsilon), alpha)
        return matmul(right * raised, transpose(left))


class _Axes:
    """What one step knows of each axis of a variable."""

    def __init__(
        self, optimizer: ShampooOptimizer, grad: Tensor, var: Any, rows: Any, step: Tensor
    ):
        self.sizes = var.get_shape().as_list()
        self._optimizer, self._grad, self._var = optimizer, grad, var
        self._rows, self._step = rows, step
        self._matrices = [optimizer.get_slot(var, f"Gbar_{i}") for i in range(len(self.sizes))]
        self._decay = _at(optimizer._mat_gbar_decay, step)
        self._weight = _at(optimizer._mat_gbar_weight, step)
        self._alpha = -_at(optimizer._alpha, step) / len(self.sizes)
        self._power_interval = _at(optimizer._svd_interval, step)
        self._interval = _at(optimizer._precond_update_interval, step)

    def _others(self, axis: int) -> list[int]:
        return [other for other in range(len(self.sizes)) if other != axis]

    def matrix_power(self, axis: int) -> Tensor:
        """The power of an axis's matrix, [size, size], after it took in the gradient."""
        matrix, size = self._matrices[axis], self.sizes[axis]
        raised = cond(
            floormod(self._step, self._interval) < 1,
            lambda: self._taken_in(matrix, axis),
            lambda: matrix,
        )
        raised = raised / float(size)
        optimizer = self._optimizer
        if optimizer._svd_interval == 1:
            return optimizer._power(self._var, raised, size, self._alpha, None)
        return cond(
            floormod(self._step, self._power_interval) < 1,
            lambda: optimizer._power(self._var, raised, size, self._alpha, f"H_{axis}"),
            lambda: optimizer.get_slot(self._var, f"H_{axis}"),
        )

    def _taken_in(self, matrix: Any, axis: int) -> Tensor:
        others = self._others(axis)
        weight = self._weight * self._interval
        outer = tensordot(self._grad, self._grad, axes=(others, others), name=f"grad_outer_{axis}")
        return _averaged(matrix, self._optimizer._mat_gbar_decay, self._decay, weight * outer)

    def diagonal_power(self, axis: int) -> Tensor:
        """The power of an axis's diagonal, [size], or of the rows of it that have gradients."""
        matrix = self._matrices[axis]
        squares = self._squares(axis)
        if axis == 0 and self._rows is not None:
            assert self._optimizer._mat_gbar_decay == 1.0
            added = scattered_updates.scatter_add(matrix, self._rows, self._weight * squares)
            raised = gather(added, self._rows)
        else:
            decay = self._optimizer._mat_gbar_decay
            raised = _averaged(matrix, decay, self._decay, self._weight * squares)
        is_positive = greater(raised, 0)
        return where(is_positive, pow_(raised, self._alpha), filling.zeros_like(raised))

    def _squares(self, axis: int) -> Tensor:
        others = self._others(axis)
        if not others:
            return self._grad * self._grad
        normalizer = 1.0 if self._rows is not None else float(self.sizes[axis])
        return reduce_sum(self._grad * self._grad, axis=others) / normalizer


def _at(value: Any, step: Tensor) -> Any:
    return value(step) if callable(value) else value


def _averaged(slot: Any, weight: Any, weight_now: Any, rest: Tensor) -> Tensor:
    """weight_now * slot + rest, kept in `slot` unless nothing of it lasts."""
    if weight == 0.0:
        return rest
    if weight == 1.0:
        return state.assign_add(slot, rest)
    return slot.assign_add((weight_now - 1) * slot + rest)
