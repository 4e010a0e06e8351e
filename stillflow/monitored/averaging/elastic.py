"""`ElasticAverageOptimizer`: workers that train apart, drawn towards a centre that they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import colocate_with, control_dependencies, device
from stillflow.monitored.averaging import copies
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.math.arithmetic import add_n, multiply, subtract
from stillflow.ops.nn.norms import l2_loss
from stillflow.ops.queues.kinds import FIFOQueue
from stillflow.ops.variables.sets import global_variables, trainable_variables
from stillflow.ops.variables.state import assign, assign_add, assign_sub
from stillflow.train.optimizer import Optimizer
from stillflow.train.saveables import by_own_names
from stillflow.train.saver import Saver


class ElasticAverageCustomGetter:
    """A `custom_getter` of `tf.variable_scope` that makes the copies of ElasticAverageOptimizer.

    Each variable that is trained is the worker's; beside it are the centre that all workers share,
    below `global_center_variable`, and the worker's copy of it, below `local_center_variable`.

    Args:
      worker_device: where the worker's variables are.
    """

    def __init__(self, worker_device: str):
        self._worker_device = worker_device
        self._local_map: dict[Any, Any] = {}
        self._global_map: dict[Any, Any] = {}

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
            kwargs |= {"trainable": trainable, "collections": collections}
            return copies.get_untrained(getter, name, self._worker_device, *args, **kwargs)
        own, shared, centers = copies.make_copies(
            getter, name, self._worker_device, "local_center_variable", args, kwargs
        )
        self._global_map |= shared
        self._local_map |= centers
        return own


class ElasticAverageOptimizer(Optimizer):
    """Trains by another optimizer, and every period moves variables and centre to each other.

    Args:
      opt: what trains.
      num_worker: how many workers there are.
      ea_custom_getter: the getter of the model's variables.
      communication_period: after how many steps they move.
      moving_rate: by what part of their difference; 0.9 / period / workers by default.
      rho: how much the distance from the centre adds to the loss; by default the moving rate over
        the learning rate.
      synchronous: whether workers wait for each other before they start.
    """

    BETA: ClassVar[float] = 0.9

    def __init__(
        self,
        opt: Optimizer,
        num_worker: int,
        ea_custom_getter: ElasticAverageCustomGetter,
        communication_period: int = 10,
        moving_rate: float | None = None,
        rho: float | None = None,
        use_locking: bool = True,
        synchronous: bool = False,
        name: str = "ElasticAverageOptimizer",
    ):
        super().__init__(use_locking, name)
        self._opt = opt
        self._num_worker = num_worker
        self._period = communication_period
        self._local_map = ea_custom_getter._local_map
        self._global_map = ea_custom_getter._global_map
        self._synchronous = synchronous
        if moving_rate is None:
            moving_rate = self.BETA / communication_period / num_worker
        self._moving_rate = moving_rate
        self._rho = moving_rate / opt._learning_rate if rho is None else rho  # type: ignore[attr-defined]
        self._local_step = copies.local_step()
        self._opt._prepare()

    def compute_gradients(self, loss: Any, var_list: Any = None, *args: Any, **kwargs: Any) -> Any:
        """As of the optimizer, of the loss and the distance from the worker's centre."""
        variables = var_list or trainable_variables()
        centers = [self._local_map[variable] for variable in variables]
        apart = [subtract(v, c) for v, c in zip(trainable_variables(), centers, strict=False)]
        distance = self._rho * add_n([l2_loss(difference) for difference in apart])
        return self._opt.compute_gradients(loss + distance, variables, *args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Any:
        """Returns what takes a step, and every period moves variables and centre."""
        pairs = list(grads_and_vars)
        before = {variable.op.name for variable in global_variables()}
        applied = self._opt.apply_gradients(pairs)
        after = {variable.op.name for variable in global_variables()}
        with control_dependencies([applied]):
            step = copies.counted(self._local_step)
        _make_local(after - before)
        own = [variable for grad, variable in pairs if grad is not None]
        move = lambda: self._moved(own, global_step)
        return copies.every(self._local_step, self._period, [step], move)

    def _moved(self, own: list[Any], global_step: Any) -> Operation:
        shared = [self._global_map[variable] for variable in own]
        centers = [self._local_map[variable] for variable in own]
        read = [center.assign(other) for center, other in zip(centers, shared, strict=True)]
        updates, differences = [], []
        with control_dependencies(read):
            for variable, center in zip(own, centers, strict=True):
                with device(variable.device):
                    differences.append(subtract(variable, center))
            for variables, move in ((own, assign_sub), (shared, assign_add)):
                for variable, difference in zip(variables, differences, strict=True):
                    with device(variable.device):
                        updates.append(move(variable, multiply(self._moving_rate, difference)))
            if global_step is not None:
                with colocate_with(global_step):
                    updates.append(assign_add(global_step, 1))
        return group(*updates)

    def get_init_op(self, task_index: int) -> Operation:
        """Returns what gives the worker's variables and its centre the shared values.

        Raises:
          ValueError: there are none.
        """
        own = trainable_variables()
        if not own:
            raise ValueError(
                "The lists of local_variables, global_center_variables, local_center_variables "
                "should not be empty  \n  Make the model's variables with "
                "ElasticAverageCustomGetter."
            )
        shared = [self._global_map[variable] for variable in own]
        centers = [self._local_map[variable] for variable in own]
        assigned = []
        for variable, other, center in zip(own, shared, centers, strict=True):
            assigned += [assign(variable, other), assign(center, other)]
        init_op = group(*assigned)
        return self._when_all_did(init_op, task_index) if self._synchronous else init_op

    def _when_all_did(self, init_op: Operation, task_index: int) -> Operation:
        """Tells each of the others, and waits for them."""
        queues = [
            FIFOQueue(
                self._num_worker,
                [dtypes.bool],
                shapes=[[]],
                shared_name=f"variable_init_sync_queue{worker}",
            )
            for worker in range(self._num_worker)
        ]
        token, told = constant(False), []
        with control_dependencies([init_op]):
            for worker, queue in enumerate(queues):
                told.append(no_op() if worker == task_index else queue.enqueue(token))
        told.append(queues[task_index].dequeue_many(len(queues) - 1))
        return group(*told)

    def make_session_run_hook(self, is_chief: bool, task_index: int) -> copies.InitialCopies:
        """Returns the hook that runs `get_init_op`."""
        return copies.InitialCopies(lambda: self.get_init_op(task_index), is_chief)

    def swapping_saver(
        self, var_list: Any = None, name: str = "swapping_saver", **kwargs: Any
    ) -> Saver:
        """Returns a Saver that saves the centres under the names of the variables.

        Raises:
          RuntimeError: there are none yet.
        """
        if not self._global_map:
            raise RuntimeError(
                "global_center_variable is empty, please make sure this is called after model "
                "created and ElasticAverageCustomGetter is used when declaring you model"
            )
        named = trainable_variables() if var_list is None else var_list
        if not isinstance(named, dict):
            named = by_own_names(named)
        trained = {variable.op.name: variable for variable in trainable_variables()}
        swapped = {}
        for key, value in named.items():
            if isinstance(value, list):
                swapped[key] = [self._global_map.get(part, part) for part in value]
            else:
                swapped[key] = self._global_map.get(trained.get(value.op.name), value)
        return Saver(swapped, name=name, **kwargs)


def _make_local(names: set[str]) -> None:
    """Makes the global variables of these names the worker's own."""
    graph = get_default_graph()
    collection = graph.get_collection_ref(GraphKeys.GLOBAL_VARIABLES)
    for variable in [variable for variable in collection if variable.op.name in names]:
        graph.add_to_collection(GraphKeys.LOCAL_VARIABLES, variable)
    collection[:] = [variable for variable in collection if variable.op.name not in names]
