"""`AGNOptimizer`: workers that train apart and hand in the sum of their gradients now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import colocate_with, control_dependencies
from stillflow.monitored.averaging import copies
from stillflow.ops.array.filling import zeros_like
from stillflow.ops.control.ordering import group
from stillflow.ops.variables.creators import variable_creator_scope
from stillflow.ops.variables.sets import trainable_variables
from stillflow.ops.variables.state import assign, assign_add
from stillflow.train.optimizer import Optimizer


class AGNCustomGetter:
    """A `custom_getter` of `tf.variable_scope` that makes the copies that AGNOptimizer needs.

    Each variable that is trained is the worker's; beside it are one that all workers share, below
    `global_center_variable`, and the sum of its gradients, below `grad_variable`.

    Args:
      worker_device: where the worker's variables are.
    """

    def __init__(self, worker_device: str):
        self._worker_device = worker_device
        self._global_map: dict[Any, Any] = {}
        self._grad_map: dict[Any, Any] = {}

    def __call__(
        self,
        getter: Callable[..., Any],
        name: str,
        trainable: bool,
        collections: Any,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if not trainable:
            return getter(name, *args, trainable=trainable, collections=collections, **kwargs)
        own, shared, grads = copies.make_copies(
            getter, name, self._worker_device, "grad_variable", args, kwargs
        )
        self._global_map |= shared
        self._grad_map |= grads
        return own


class AGNOptimizer(Optimizer):
    """Trains the worker's variables at once, those that are shared by mean gradients of a period.

    Args:
      optimizer: what trains either.
      num_worker: how many workers there are.
      custom_getter: the AGNCustomGetter of the model's variables.
      communication_period: after how many steps gradients are handed in, and variables read.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        num_worker: int,
        custom_getter: AGNCustomGetter,
        communication_period: int = 10,
        use_locking: bool = True,
        name: str = "AGNOptimizer",
    ):
        super().__init__(use_locking, name)
        self._opt = optimizer
        self._num_worker = num_worker
        self._period = communication_period
        self._global_map = custom_getter._global_map
        self._grad_map = custom_getter._grad_map
        self._local_step = copies.local_step()
        self._opt._prepare()

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Any:
        """Returns what takes a step, and every period exchanges variables with the others."""
        pairs = list(grads_and_vars)
        with variable_creator_scope(_as_local):
            updates: list[Any] = [self._opt.apply_gradients(pairs)]
        pairs = [(grad, variable) for grad, variable in pairs if grad is not None]
        own = [variable for _, variable in pairs]
        sums = [self._grad_map[variable] for variable in own]
        updates += [assign_add(total, grad) for (grad, _), total in zip(pairs, sums, strict=True)]
        shared = [self._global_map[variable] for variable in own]

        def exchange() -> Operation:
            means = [assign(total, total / self._period) for total in sums]
            with control_dependencies(means):
                applied = self._opt.apply_gradients(zip(sums, shared, strict=True))
            with control_dependencies([applied]):
                done = []
                if global_step is not None:
                    with colocate_with(global_step):
                        done.append(assign_add(global_step, 1))
                for variable in own:
                    done.append(assign(variable, self._global_map[variable].read_value()))
                done += [assign(total, zeros_like(total)) for total in sums]
                return group(*done)

        step = copies.counted(self._local_step)
        return copies.every(self._local_step, self._period, [step], exchange, updates)

    def get_init_op(self, task_index: int) -> Operation:
        """Returns what gives the worker's variables the values of those that are shared.

        Raises:
          ValueError: there are none.
        """
        own = trainable_variables()
        if not own:
            raise ValueError(
                "The lists of local_variables, global_center_variables,grad_center_variables "
                "should not be empty\n  Make the model's variables with AGNCustomGetter."
            )
        shared, sums = ([held[v] for v in own] for held in (self._global_map, self._grad_map))
        assigned = [assign(v, other) for v, other in zip(own, shared, strict=True)]
        assigned += [assign(total, zeros_like(total)) for total in sums]
        return group(*assigned)

    def make_session_run_hook(self, is_chief: bool, task_index: int) -> copies.InitialCopies:
        """Returns the hook that runs `get_init_op`."""
        return copies.InitialCopies(lambda: self.get_init_op(task_index), is_chief)


def _as_local(next_creator: Callable[..., Any], collections: Any = None, **kwargs: Any) -> Any:
    """Makes a variable of the worker's own."""
    if not collections:
        collections = [GraphKeys.LOCAL_VARIABLES]
    elif GraphKeys.GLOBAL_VARIABLES in collections:
        collections = [*collections, GraphKeys.LOCAL_VARIABLES]
        collections.remove(GraphKeys.GLOBAL_VARIABLES)
    return next_creator(collections=collections, **kwargs)
