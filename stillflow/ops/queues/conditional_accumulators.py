"""`tf.ConditionalAccumulator` and its sparse twin: what programs hold of an accumulator."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape, unknown_shape
from stillflow.ops.math.casts import cast
from stillflow.ops.queues import accumulator_ops as declared


class ConditionalAccumulatorBase:
    """Sums gradients until there are enough of them; those of earlier steps are left out."""

    def __init__(self, dtype: Any, shape: Any, accumulator_ref: Tensor):
        """The accumulator with the handle `accumulator_ref`."""
        self._dtype = dtype
        self._shape = unknown_shape() if shape is None else as_shape(shape)
        self._accumulator_ref = accumulator_ref
        self._name = accumulator_ref.op.name.rsplit("/", 1)[-1]

    @property
    def accumulator_ref(self) -> Tensor:
        return self._accumulator_ref

    @property
    def name(self) -> str:
        return self._name

    @property
    def dtype(self) -> Any:
        return self._dtype

    def num_accumulated(self, name: str | None = None) -> Tensor:
        """Returns how many gradients there are, i32[]."""
        build = self._of_kind(declared.num_accumulated_op)
        return build(self._accumulator_ref, name=name or f"{self._name}_NumAccumulated")

    def set_global_step(self, new_global_step: Any, name: str | None = None) -> Operation:
        """Returns the operation after which gradients of steps before that, i64[], are stale."""
        build = self._of_kind(declared.set_global_step_op)
        return build(self._accumulator_ref, _step(new_global_step), name=name)

    def _of_kind(self, twins: tuple[Any, Any]) -> Any:
        return twins[self._accumulator_ref.dtype == dtypes.resource]


class ConditionalAccumulator(ConditionalAccumulatorBase):
    """Of gradients that are tensors."""

    def __init__(
        self,
        dtype: Any,
        shape: Any = None,
        shared_name: str | None = None,
        name: str = "conditional_accumulator",
        reduction_type: str = "MEAN",
    ):
        """An accumulator of gradients of a type and shape.

        Args:
          shared_name: in a session, all accumulators of this name are one.
          reduction_type: "MEAN" or "SUM", of what `take_grad` gives.
        """
        handle = declared.conditional_accumulator_op(
            dtype=dtype,
            shape=TensorShape(shape),
            shared_name=shared_name or "",
            name=name,
            reduction_type=reduction_type,
        )
        super().__init__(dtype, shape, handle)

    def apply_grad(self, grad: Any, local_step: Any = 0, name: str | None = None) -> Operation:
        """Returns the operation that adds `grad`, unless `local_step`, i64[], is an earlier one.

        Raises:
          ValueError: the gradient is of another shape.
        """
        gradient = convert_to_tensor(grad, self._dtype)
        gradient.shape.assert_is_compatible_with(self._shape)
        build = self._of_kind(declared.apply_gradient_op)
        return build(self._accumulator_ref, _step(local_step), gradient, name=name)

    def take_grad(self, num_required: Any, name: str | None = None) -> Tensor:
        """Returns what the gradients make; a run waits until there are `num_required`, i32[].

        The accumulator begins anew then, one step later.
        """
        build = self._of_kind(declared.take_gradient_op)
        taken: Tensor = build(self._accumulator_ref, num_required, dtype=self._dtype, name=name)
        taken.set_shape(self._shape)
        return taken


class SparseConditionalAccumulator(ConditionalAccumulatorBase):
    """Of gradients that are IndexedSlices, whose indices are in order.

    The mean is that of the gradients which have a row.
    """

    def __init__(
        self,
        dtype: Any,
        shape: Any = None,
        shared_name: str | None = None,
        name: str = "sparse_conditional_accumulator",
        reduction_type: str = "MEAN",
    ):
        """The arguments are those of ConditionalAccumulator."""
        handle = declared.sparse_conditional_accumulator_op(
            dtype=dtype,
            shape=TensorShape(shape),
            shared_name=shared_name or "",
            name=name,
            reduction_type=reduction_type,
        )
        super().__init__(dtype, shape, handle)

    def apply_indexed_slices_grad(
        self, grad: IndexedSlices, local_step: Any = 0, name: str | None = None
    ) -> Operation:
        """`apply_grad` of IndexedSlices."""
        return self.apply_grad(
            grad_indices=grad.indices,
            grad_values=grad.values,
            grad_shape=grad.dense_shape,
            local_step=local_step,
            name=name,
        )

    def apply_grad(
        self,
        grad_indices: Any,
        grad_values: Any,
        grad_shape: Any = None,
        local_step: Any = 0,
        name: str | None = None,
    ) -> Operation:
        """Returns the operation that adds rows, unless `local_step`, i64[], is an earlier one.

        grad_indices: i64[k], grad_values: n[k, ...], grad_shape: i64[r] or None, of the whole.
        """
        step = _step(local_step)
        adding: Any = declared.sparse_apply_gradient_op(
            self._accumulator_ref,
            step,
            cast(grad_indices, dtypes.int64),
            grad_values,
            cast([] if grad_shape is None else grad_shape, dtypes.int64),
            has_known_shape=grad_shape is not None,
            name=name,
        )
        return adding

    def take_grad(self, num_required: Any, name: str | None = None) -> Any:
        """Returns indices, values and shape; a run waits until there are `num_required`, i32[]."""
        return declared.sparse_take_gradient_op(
            self._accumulator_ref, num_required, dtype=self._dtype, name=name
        )

    def take_indexed_slices_grad(self, num_required: Any, name: str | None = None) -> IndexedSlices:
        """`take_grad` as IndexedSlices."""
        taken = self.take_grad(num_required, name)
        return IndexedSlices(indices=taken.indices, values=taken.values, dense_shape=taken.shape)


def _step(step: Any) -> Tensor:
    return cast(convert_to_tensor(step), dtypes.int64)
