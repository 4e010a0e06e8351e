"""RMSProp (Tieleman and Hinton, 2012), and its centered form (Graves, 2013)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.opdef import OpDef
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array.filling import ones_like
from stillflow.ops.training import dense, sparse
from stillflow.ops.variables.initializers import Ones
from stillflow.ops.variables.variable import Variable
from stillflow.train.one_op import built, updates_by_one_op
from stillflow.train.optimizer import Optimizer, cast_like


@updates_by_one_op
class RMSPropOptimizer(Optimizer):
    """rms = decay * rms + (1 - decay) * gradient^2;

    momentum_ = momentum * momentum_ + learning_rate * gradient / sqrt(rms + epsilon);
    variable -= momentum_

    Args:
      learning_rate, decay, momentum, epsilon: numbers, scalar tensors, or functions.
      centered: divides by the gradient's standard deviation instead of its root mean square.
    """

    _decided_by = ("_learning_rate", "_decay", "_momentum", "_epsilon", "_centered")

    def __init__(
        self,
        learning_rate: Any,
        decay: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = centered

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            dtype, shape = var.dtype.base_dtype, var.get_shape()
            ones = Ones(dtype) if shape.is_fully_defined() else ones_like(var)
            self._get_or_make_slot_with_initializer(var, ones, shape, dtype, "rms", self._name)
            if self._centered:
                self._zeros_slot(var, "mg", self._name)
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        (
            self._learning_rate_tensor,
            self._decay_tensor,
            self._momentum_tensor,
            self._epsilon_tensor,
        ) = self._hyper(
            learning_rate=self._learning_rate,
            decay=self._decay,
            momentum=self._momentum,
            epsilon=self._epsilon,
        )

    def _update_ops(self) -> tuple[OpDef, OpDef]:
        if self._centered:
            return dense.apply_centered_rms_prop, sparse.sparse_apply_centered_rms_prop
        return dense.apply_rms_prop, sparse.sparse_apply_rms_prop

    def _apply(self, update: OpDef, var: Variable, *grad: Tensor) -> Operation:
        slots = ("mg", "rms", "momentum") if self._centered else ("rms", "momentum")
        scalars = [
            self._learning_rate_tensor,
            self._decay_tensor,
            self._momentum_tensor,
            self._epsilon_tensor,
        ]
        return built(
            update,
            [var, *(self.get_slot(var, slot) for slot in slots)],
            *cast_like(scalars, var),
            *grad,
            use_locking=self._use_locking,
        )
