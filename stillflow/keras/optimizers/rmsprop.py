"""RMSProp (Tieleman and Hinton, 2012)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.keras.optimizers.sgd import has_momentum
from stillflow.keras.optimizers.weights import with_count
from stillflow.layers import settings
from stillflow.ops.array.gathering import gather
from stillflow.ops.control.ordering import group, identity
from stillflow.ops.math import elementwise
from stillflow.ops.training import dense, resource, sparse
from stillflow.ops.variables import state


class RMSprop(OptimizerV2):
    """rms = rho * rms + (1 - rho) * g^2; variable -= learning_rate * g / (sqrt(rms) + epsilon)

    With `momentum` a running sum of such steps, whose epsilon is within the root, is subtracted.
    With `centered` the square of a running mean of g is taken off rms.

    Args:
      learning_rate: a number, a tensor, a function that gives one, or a schedule.
      rho, momentum: likewise, but for the schedule.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-7,
        centered: bool = False,
        name: str | None = "RMSprop",
        **kwargs: Any,
    ):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("rho", rho)
        self._momentum = has_momentum(momentum)
        self._set_hyper("momentum", momentum)
        self.epsilon = epsilon or settings.epsilon()
        self.centered = centered

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        wanted = {"rms": True, "momentum": self._momentum, "mg": self.centered}
        for name in (name for name, is_wanted in wanted.items() if is_wanted):
            for var in var_list:
                self.add_slot(var, name)

    def _prepare_local(
        self, var_device: str, var_dtype: DType, apply_state: dict[Any, dict[str, Any]]
    ) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        given = apply_state[var_device, var_dtype]
        rho = identity(self._get_hyper("rho", var_dtype))
        given.update(
            neg_lr_t=-given["lr_t"],
            epsilon=convert_to_tensor(self.epsilon, var_dtype),
            rho=rho,
            momentum=identity(self._get_hyper("momentum", var_dtype)),
            one_minus_rho=1.0 - rho,
        )

    def _with_momentum(self, var: Any, given: dict[str, Any], *grad: Tensor) -> Any:
        """The update with momentum; of some rows where `grad` has their indices too."""
        updates = (
            (dense.apply_rms_prop, sparse.sparse_apply_rms_prop),
            (dense.apply_centered_rms_prop, sparse.sparse_apply_centered_rms_prop),
        )
        slots = ("mg", "rms", "momentum") if self.centered else ("rms", "momentum")
        update: Any = resource.TWINS[updates[self.centered][len(grad) - 1]]
        return update(
            var.handle,
            *(self.get_slot(var, name).handle for name in slots),
            given["lr_t"],
            given["rho"],
            given["momentum"],
            given["epsilon"],
            *grad,
            use_locking=self._use_locking,
        )

    def _resource_apply_dense(self, grad: Tensor, handle: Any, apply_state: Any = None) -> Any:
        given = self._coefficients(handle, apply_state)
        if self._momentum:
            return self._with_momentum(handle, given, grad)
        rms = self.get_slot(handle, "rms")
        square = given["rho"] * rms + given["one_minus_rho"] * elementwise.square(grad)
        square = state.assign(rms, square, use_locking=self._use_locking)
        if self.centered:
            mg = self.get_slot(handle, "mg")
            mean = given["rho"] * mg + given["one_minus_rho"] * grad
            mean = state.assign(mg, mean, use_locking=self._use_locking)
            square = square - elementwise.square(mean)
        new = handle - given["lr_t"] * grad / (elementwise.sqrt(square) + given["epsilon"])
        return state.assign(handle, new, use_locking=self._use_locking).op

    def _resource_apply_sparse(
        self, grad: Tensor, handle: Any, indices: Tensor, apply_state: Any = None
    ) -> Any:
        given = self._coefficients(handle, apply_state)
        if self._momentum:
            return self._with_momentum(handle, given, grad, indices)
        addend = grad * grad * given["one_minus_rho"]
        rms, square = self._decayed(self.get_slot(handle, "rms"), given["rho"], indices, addend)
        slots = [rms]
        if self.centered:
            addend = grad * given["one_minus_rho"]
            decayed = self._decayed
            mg, mean = decayed(self.get_slot(handle, "mg"), given["rho"], indices, addend, square)
            square = mean
            slots.append(mg)
        step = given["neg_lr_t"] * grad / (elementwise.sqrt(square) + given["epsilon"])
        return group(self._resource_scatter_add(handle, indices, step), *slots)

    def _decayed(
        self,
        slot: Any,
        decay: Tensor,
        indices: Tensor,
        addend: Tensor,
        square: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """decay * slot in every row, and `addend` more in the rows `indices`; and these rows.

        From `square`, where it is given, the squares of these rows are taken.
        """
        scaled = state.assign(slot, slot * decay, use_locking=self._use_locking)
        with control_dependencies([scaled]):
            whole = self._resource_scatter_add(slot, indices, addend)
            rows = gather(whole, indices)
            return whole, rows if square is None else square - elementwise.square(rows)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """As of every optimizer; Keras saved no count of steps, which is then 0."""
        super().set_weights(with_count(self, weights))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "learning_rate": self._serialize_hyperparameter("learning_rate"),
            "decay": self._serialize_hyperparameter("decay"),
            "rho": self._serialize_hyperparameter("rho"),
            "momentum": self._serialize_hyperparameter("momentum"),
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
