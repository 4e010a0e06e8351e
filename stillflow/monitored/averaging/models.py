"""`ModelAverageOptimizer`: workers that train apart and average their models now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import colocate_with, control_dependencies, device, name_scope
from stillflow.monitored.averaging import copies
from stillflow.ops.array.filling import fill
from stillflow.ops.control.ordering import group
from stillflow.ops.queues.conditional_accumulators import ConditionalAccumulator
from stillflow.ops.queues.kinds import FIFOQueue
from stillflow.ops.variables.sets import trainable_variables
from stillflow.ops.variables.state import assign, assign_add
from stillflow.ops.variables.variable import Variable
from stillflow.train.optimizer import Optimizer


class ModelAverageCustomGetter:
    """A `custom_getter` of `tf.variable_scope` that makes the copies of ModelAverageOptimizer.

    Each variable that is trained is the worker's; beside it is one that all workers share, below
    `global_center_variable`.

    Args:
      worker_device: where the worker's variables are.
    """

    def __init__(self, worker_device: str):
        self._worker_device = worker_device
        self._local_2_global: dict[Any, Any] = {}

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
        with device(self._worker_device):
            own = getter(
                name, *args, trainable=True, collections=[GraphKeys.LOCAL_VARIABLES], **kwargs
            )
        self._local_2_global[own] = Variable(
            name=f"{copies.GLOBAL}/{name}",
            initial_value=own.initialized_value(),
            trainable=False,
            collections=[GraphKeys.GLOBAL_VARIABLES],
        )
        return own


class ModelAverageOptimizer(Optimizer):
    """Trains by another optimizer; after so many steps all workers go on with the mean model.

    Args:
      opt: what trains.
      num_worker: how many workers there are; each waits for all.
      is_chief: whether this one averages.
      ma_custom_getter: the getter of the model's variables.
      interval_steps: after how many steps.
    """

    def __init__(
        self,
        opt: Optimizer,
        num_worker: int,
        is_chief: bool,
        ma_custom_getter: ModelAverageCustomGetter,
        interval_steps: int = 100,
        use_locking: bool = True,
        name: str = "ModelAverageOptimizer",
    ):
        super().__init__(use_locking, name)
        self._opt = opt
        self._num_worker = num_worker
        self._is_chief = is_chief
        self._local_2_global = ma_custom_getter._local_2_global
        self._interval_steps = interval_steps
        self._accumulators: list[tuple[ConditionalAccumulator, str]] = []
        self._chief_init_op: Operation | None = None
        self._local_step = copies.local_step()
        self._opt._prepare()

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Any:
        """Returns what takes a step, and every interval averages. `global_step` must be given.

        Raises:
          ValueError: there is no variable, or no `global_step`.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required")
        applied = self._opt.apply_gradients(pairs)
        with control_dependencies([applied]):
            step = copies.counted(self._local_step)
        own = [variable for grad, variable in pairs if grad is not None]
        average = lambda: self._averaged(own, global_step)
        update = copies.every(self._local_step, self._interval_steps, [step], average)
        begun = []
        for accumulator, where in self._accumulators:
            with device(where):
                begun.append(accumulator.set_global_step(global_step, name="SetGlobalStep"))
        self._chief_init_op = group(*begun)
        return update

    def _averaged(self, own: list[Any], global_step: Any) -> Operation:
        shared = [self._local_2_global[variable] for variable in own]
        with colocate_with(global_step):
            queue = FIFOQueue(-1, [dtypes.bool], shapes=[[]], shared_name="sync_queue")
        handed_in, means = [], []
        with name_scope(None, self._name + "/global"):
            for variable, other in zip(own, shared, strict=True):
                with device(other.device):
                    accumulator = ConditionalAccumulator(
                        variable.dtype,
                        shape=variable.get_shape(),
                        shared_name=f"{other.name}/var_accum",
                    )
                    value = variable._ref()
                    handed_in.append(accumulator.apply_grad(value, local_step=global_step))
                    means.append(accumulator.take_grad(self._num_worker))
                    self._accumulators.append((accumulator, other.device))
        if self._is_chief:
            synced = self._shared(
                handed_in, list(zip(shared, means, strict=True)), global_step, queue
            )
        else:
            with control_dependencies(handed_in), device(global_step.device):
                synced = queue.dequeue()
        with control_dependencies([synced]):
            return self._read(own)

    def _shared(
        self, handed_in: list[Any], means: list[tuple[Any, Any]], global_step: Any, queue: FIFOQueue
    ) -> Any:
        """Gives the shared variables their means, and then tells the other workers."""
        updates = []
        with control_dependencies(handed_in):
            for variable, mean in means:
                with device(variable.device):
                    updates.append(assign(variable, mean))
            with device(global_step.device):
                updates.append(assign_add(global_step, 1))
        with control_dependencies(updates), device(global_step.device):
            tokens = fill([self._num_worker - 1], constant(False))
            return queue.enqueue_many(tokens)

    def _read(self, own: list[Any]) -> Operation:
        if not own:
            raise ValueError("The list of local_variables should not be empty")
        shared = [self._local_2_global[variable] for variable in own]
        updates = []
        for variable, other in zip(own, shared, strict=True):
            with device(variable.device):
                updates.append(assign(variable, other.read_value()))
        return group(*updates)

    def get_init_op(self) -> Operation:
        """Returns what gives the worker's variables the shared values."""
        return self._read(trainable_variables())

    def make_session_run_hook(self) -> copies.InitialCopies:
        """Returns the hook that runs `get_init_op`."""
        return _ModelHook(self)


class _ModelHook(copies.InitialCopies):
    def __init__(self, optimizer: ModelAverageOptimizer):
        super().__init__(optimizer.get_init_op, optimizer._is_chief)
        self._optimizer = optimizer

    def begin(self) -> None:
        super().begin()
        self._chief_init_op = self._optimizer._chief_init_op

    def after_create_session(self, session: Any, coord: Any) -> None:
        """The sessions that TensorFlow makes run nothing here either."""
