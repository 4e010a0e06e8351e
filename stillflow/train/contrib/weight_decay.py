"""Decay of weights beside an optimizer's step (Loshchilov and Hutter, 2019)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array.gathering import gather
from stillflow.ops.control.ordering import no_op
from stillflow.ops.variables.scattered_updates import scatter_add
from stillflow.train.adam import AdamOptimizer
from stillflow.train.momentum import MomentumOptimizer
from stillflow.train.optimizer import Optimizer


class DecoupledWeightDecayExtension:
    """Among the bases of a class, before an optimizer: variable -= decay * variable, then its step.

    Of a sparse gradient's variable the rows alone that it is for decay.

    Args:
      weight_decay: a number, a scalar tensor, or a function that gives one.
      kwargs: what the optimizer takes.
    """

    _use_locking: bool

    def __init__(self, weight_decay: Any, **kwargs: Any):
        self._decay_var_list: Any = None
        self._weight_decay = weight_decay
        self._weight_decay_tensor: Any = None
        super().__init__(**kwargs)

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = Optimizer.GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
        decay_var_list: Any = None,
    ) -> Operation:
        """As of the optimizer. Only the variables of `decay_var_list` decay; by default all do."""
        self._decay_var_list = set(decay_var_list) if decay_var_list else False
        return super().minimize(  # type: ignore[misc]
            loss,
            global_step=global_step,
            var_list=var_list,
            gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
            name=name,
            grad_loss=grad_loss,
        )

    def apply_gradients(
        self,
        grads_and_vars: Iterable[Any],
        global_step: Any = None,
        name: str | None = None,
        decay_var_list: Any = None,
    ) -> Operation:
        """As of the optimizer, with `decay_var_list` as in `minimize`."""
        self._decay_var_list = set(decay_var_list) if decay_var_list else False
        return super().apply_gradients(  # type: ignore[misc]
            grads_and_vars, global_step=global_step, name=name
        )

    def _prepare(self) -> None:
        decay = self._weight_decay
        decay = decay() if callable(decay) else decay
        self._weight_decay_tensor = convert_to_tensor(decay, name="weight_decay")
        super()._prepare()  # type: ignore[misc]

    def _decays(self, var: Any) -> bool:
        return not self._decay_var_list or var in self._decay_var_list

    def _decay_weights_op(self, var: Any) -> Any:
        if not self._decays(var):
            return no_op()
        return var.assign_sub(self._weight_decay * var, self._use_locking)

    def _decay_weights_sparse_op(
        self, var: Any, indices: Tensor, scatter_add: Callable[..., Any]
    ) -> Any:
        if not self._decays(var):
            return no_op()
        change = -self._weight_decay * gather(var, indices)
        return scatter_add(var, indices, change)

    def _apply_dense(self, grad: Tensor, var: Any) -> Operation:
        with control_dependencies([self._decay_weights_op(var)]):
            return super()._apply_dense(grad, var)  # type: ignore[misc]

    def _resource_apply_dense(self, grad: Tensor, var: Any) -> Operation:
        with control_dependencies([self._decay_weights_op(var)]):
            return super()._resource_apply_dense(grad, var)  # type: ignore[misc]

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Operation:
        def add(var: Any, indices: Tensor, change: Tensor) -> Tensor:
            return scatter_add(var, indices, change, use_locking=self._use_locking)

        with control_dependencies([self._decay_weights_sparse_op(var, grad.indices, add)]):
            return super()._apply_sparse(grad, var)  # type: ignore[misc]

    def _resource_apply_sparse(self, grad: Tensor, var: Any, indices: Tensor) -> Operation:
        decayed = self._decay_weights_sparse_op(var, indices, _resource_added)
        with control_dependencies([decayed]):
            return super()._resource_apply_sparse(grad, var, indices)  # type: ignore[misc]


def _resource_added(var: Any, indices: Tensor, change: Tensor) -> Tensor:
    from stillflow.ops.variables.resource_scatter import resource_scatter_add

    with control_dependencies([resource_scatter_add(var.handle, indices, change)]):
        return var.value()


def extend_with_decoupled_weight_decay(base_optimizer: type) -> type:
    """Returns a class of optimizers like `base_optimizer` that decay weights.

    Its constructor takes the decay first, then what `base_optimizer` takes, by name.
    """

    class OptimizerWithDecoupledWeightDecay(
        DecoupledWeightDecayExtension,
        base_optimizer,
    ):
        def __init__(self, weight_decay: Any, *args: Any, **kwargs: Any):
            super().__init__(weight_decay, *args, **kwargs)

    return OptimizerWithDecoupledWeightDecay


class MomentumWOptimizer(DecoupledWeightDecayExtension, MomentumOptimizer):
    """Momentum with decay of weights.

    Args:
      weight_decay: as of `DecoupledWeightDecayExtension`; all others as of `MomentumOptimizer`.
    """

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "MomentumW",
        use_nesterov: bool = False,
    ):
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            momentum=momentum,
            use_locking=use_locking,
            name=name,
            use_nesterov=use_nesterov,
        )


class AdamWOptimizer(DecoupledWeightDecayExtension, AdamOptimizer):
    """Adam with decay of weights.

    Args:
      weight_decay: as of `DecoupledWeightDecayExtension`; all others as of `AdamOptimizer`.
    """

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "AdamW",
    ):
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            beta1=beta1,
            beta2=beta2,
            epsilon=epsilon,
            use_locking=use_locking,
            name=name,
        )
