"""The ops on accumulators of gradients. A handle's value is the accumulator itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import check_scalars
from stillflow.declare.resources import resource_of
from stillflow.declare.shapes import Sizes
from stillflow.declare.type_sets import NUMBERS
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.queues.accumulators import Accumulator, DenseAccumulator, SparseAccumulator
from stillflow.ops.queues.trials import Trial

_OLD, _NEW = "handle: ref string", "handle: resource"
_MADE: dict[str, Any] = {
    "host": True,
    "types": {"dtype": NUMBERS},
    "limits": {"reduction_type": ("MEAN", "SUM")},
}
_USED: dict[str, Any] = {"host": True, "stateful": True}
_OF_GRADIENTS: dict[str, Any] = {**_USED, "types": {"dtype": NUMBERS}}


def _two_strings(ctx: shapes.ShapeContext) -> Sizes:
    return (2,)


def _dense(name: str, attrs: dict[str, Any]) -> DenseAccumulator:
    return DenseAccumulator(name, attrs["shape"].sizes, attrs["reduction_type"] == "MEAN")


def _sparse(name: str, attrs: dict[str, Any]) -> SparseAccumulator:
    return SparseAccumulator(name, attrs["shape"].sizes, attrs["reduction_type"] == "MEAN")


def _of_session(
    xp,
    accumulator,
    *,
    dtype: DType,
    shape: TensorShape,
    container: str = "",
    shared_name: str = "",
    reduction_type: str = "MEAN",
):
    """-> the accumulator of this node, or of its name, in the session"""
    return accumulator


conditional_accumulator_v1_op = op(
    "ConditionalAccumulator", f"-> {_OLD}", shape=_two_strings, resource=_dense, **_MADE
)(_of_session).not_differentiable()
conditional_accumulator_op = op(
    "ResourceConditionalAccumulator", f"-> {_NEW}", shape=shapes.scalar, resource=_dense, **_MADE
)(_of_session).not_differentiable()
sparse_conditional_accumulator_op = op(
    "SparseConditionalAccumulator", f"-> {_OLD}", shape=_two_strings, resource=_sparse, **_MADE
)(_of_session).not_differentiable()


def _on_both(type_name: str, rest: str, **options: Any) -> Callable:
    """Declares an op on handles of strings, and its twin on those of resources; gives both."""

    def declare(fn: Callable) -> tuple[OpDef, OpDef]:
        old = op(type_name, f"{_OLD}{rest}", **options)(fn)
        new = op(f"Resource{type_name}", f"{_NEW}{rest}", **options)(fn)
        return old.not_differentiable(), new.not_differentiable()

    return declare


@_on_both("AccumulatorNumAccumulated", " -> num_accumulated: int32", shape=shapes.scalar, **_USED)
def num_accumulated_op(xp, handle):
    """-> i32[], how many gradients there are"""
    return np.asarray(resource_of(handle, Accumulator).count, np.int32)


@_on_both("AccumulatorSetGlobalStep", ", new_global_step: int64 ->", **_USED)
def set_global_step_op(xp, handle, new_global_step):
    """new_global_step: i64[]; gradients of earlier steps are stale from now on"""
    resource_of(handle, Accumulator).set_step(int(new_global_step))
    return ()


def _done_at(local_step: np.ndarray) -> int:
    if local_step.ndim:
        check_scalars("Argument {} must be scalar, but had bad shape {}", local_step=local_step)
    return int(local_step)


@_on_both("AccumulatorApplyGradient", ", local_step: int64, gradient: dtype ->", **_OF_GRADIENTS)
def apply_gradient_op(xp, handle, local_step, gradient):
    """local_step: i64[], gradient: n[...]"""
    resource_of(handle, DenseAccumulator).apply(_done_at(local_step), gradient)
    return ()


def _taken(trial: Trial) -> Any:
    return trial.finished()


@_on_both(
    "AccumulatorTakeGradient",
    ", num_required: int32 -> average: dtype",
    finish=_taken,
    **_OF_GRADIENTS,
)
def take_gradient_op(xp, handle, num_required, *, dtype: DType):
    """num_required: i32[] -> n[...]; waits until there are so many gradients"""
    return resource_of(handle, DenseAccumulator).take(int(num_required))


@op(
    "SparseAccumulatorApplyGradient",
    f"{_OLD}, local_step: int64, gradient_indices: int64, gradient_values: dtype, "
    "gradient_shape: int64 ->",
    **_OF_GRADIENTS,
)
def sparse_apply_gradient_op(
    xp, handle, local_step, indices, values, sizes, *, has_known_shape: bool
):
    """local_step: i64[], indices: i64[k], values: n[k, ...], sizes: i64[r]"""
    known = sizes.tolist() if has_known_shape else None
    accumulator = resource_of(handle, SparseAccumulator)
    accumulator.apply(_done_at(local_step), indices, values, known)
    return ()


@op(
    "SparseAccumulatorTakeGradient",
    f"{_OLD}, num_required: int32 -> indices: int64, values: dtype, shape: int64",
    finish=_taken,
    **_OF_GRADIENTS,
)
def sparse_take_gradient_op(xp, handle, num_required, *, dtype: DType):
    """num_required: i32[] -> i64[k], n[k, ...], i64[r]; waits until there are so many gradients"""
    return resource_of(handle, SparseAccumulator).take(int(num_required))


sparse_apply_gradient_op.not_differentiable()
sparse_take_gradient_op.not_differentiable()
