"""`tf.train.SyncReplicasOptimizer`: one update from the gradients of several replicas.

Each replica adds its gradients to accumulators and waits for a token; the chief's queue runner
takes their means once enough are there, applies them and hands out the tokens of the next step.
In one process the replicas are threads of a session.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, device, name_scope
from stillflow.monitored.hook import SessionRunHook
from stillflow.monitored.session_manager import _ready
from stillflow.ops.array.filling import fill
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.queues.conditional_accumulators import (
    ConditionalAccumulator,
    SparseConditionalAccumulator,
)
from stillflow.ops.queues.kinds import FIFOQueue
from stillflow.ops.variables.sets import global_variables, report_uninitialized_variables
from stillflow.ops.variables.state import assign
from stillflow.ops.variables.variable import Variable
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated
from stillflow.train.optimizer import Optimizer, Pair
from stillflow.train.queue_runner import QueueRunner

_INSTRUCTIONS = (
    "The `SyncReplicaOptimizer` class is deprecated. For synchrononous training, please use "
    "[Distribution Strategies](https://github.com/tensorflow/tensorflow/tree/master/tensorflow/"
    "contrib/distribute)."
)


class SyncReplicasOptimizer(Optimizer):
    """Applies by `opt` the means of the gradients of several replicas.

    Args:
      opt: the optimizer that computes and applies gradients.
      replicas_to_aggregate: how many gradients one update takes.
      total_num_replicas: how many replicas there are; as many by default.
      variable_averages: an ExponentialMovingAverage of `variables_to_average`.
    """

    @deprecated(None, _INSTRUCTIONS)
    def __init__(
        self,
        opt: Optimizer,
        replicas_to_aggregate: int,
        total_num_replicas: int | None = None,
        variable_averages: Any = None,
        variables_to_average: Any = None,
        use_locking: bool = False,
        name: str = "sync_replicas",
    ):
        super().__init__(use_locking, name)
        self._opt = opt
        self._replicas_to_aggregate = replicas_to_aggregate
        self._total_num_replicas = total_num_replicas or replicas_to_aggregate
        self._variable_averages = variable_averages
        self._variables_to_average = variables_to_average
        self._runner: QueueRunner | None = None
        logging.info(
            "SyncReplicasV2: replicas_to_aggregate=%s; total_num_replicas=%s",
            replicas_to_aggregate,
            self._total_num_replicas,
        )

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[Pair]:
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[Pair], global_step: Any = None, name: str | None = None
    ) -> Any:
        """Returns what a replica runs: it adds its gradients and waits for the next step's token.

        Raises:
          ValueError: no gradient, or no `global_step`.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required to check staleness")
        self._global_step = global_step
        no_op()  # as TensorFlow's graph has it
        self._local_step = Variable(
            0,
            trainable=False,
            collections=[GraphKeys.LOCAL_VARIABLES],
            dtype=global_step.dtype.base_dtype,
            name="sync_rep_local_step",
        )
        self.local_step_init_op = assign(self._local_step, global_step)
        self.ready_for_local_init_op = report_uninitialized_variables(global_variables())
        with name_scope(None, self._name):
            train_op, accumulators = self._synchronised(pairs, global_step)
            initializers: list[Any] = [self.local_step_init_op]
            for accumulator, where in accumulators:
                with device(where):
                    initializers.append(
                        accumulator.set_global_step(global_step, name="SetGlobalStep")
                    )
            self.chief_init_op = group(*initializers)
        return train_op

    def _synchronised(
        self, pairs: list[Pair], global_step: Any
    ) -> tuple[Any, list[tuple[Any, str]]]:
        added: list[Operation] = []
        means: list[Pair] = []
        accumulators: list[tuple[Any, str]] = []
        for gradient, variable in pairs:
            if gradient is None:
                means.append((None, variable))
                continue
            with device(variable.device):
                accumulator, addition, mean = self._accumulated(gradient, variable)
            added.append(addition)
            means.append((mean, variable))
            accumulators.append((accumulator, variable.device))
        with device(global_step.device), name_scope(""):
            update = self._opt.apply_gradients(means, global_step)
        with device(global_step.device), name_scope(""):
            step_type = global_step.dtype.base_dtype
            tokens = _queue(-1, step_type, "sync_token_q")
            dummy = _queue(1, dtypes.int32, "dummy_queue")
        self._tokens = tokens
        with device(global_step.device), name_scope(""):
            with control_dependencies(added):
                token = tokens.dequeue()
            train_op = assign(self._local_step, token)
            with control_dependencies([update]):
                count = max(self._total_num_replicas, self._replicas_to_aggregate)
                sync = tokens.enqueue_many((fill([count], global_step),))
            if self._variable_averages is not None:
                with control_dependencies([sync]), name_scope(""):
                    sync = self._variable_averages.apply(self._variables_to_average)
            self._runner = QueueRunner(dummy, [sync])
        return train_op, accumulators

    def _accumulated(self, gradient: Any, variable: Any) -> tuple[Any, Operation, Any]:
        """An accumulator, what adds to it, and the mean of what was added."""
        shared = variable.name + "/grad_accum"
        accumulator: Any
        if isinstance(gradient, Tensor):
            accumulator = ConditionalAccumulator(
                gradient.dtype, shape=variable.get_shape(), shared_name=shared
            )
            added = accumulator.apply_grad(gradient, local_step=self._local_step)
            return accumulator, added, accumulator.take_grad(self._replicas_to_aggregate)
        if not isinstance(gradient, IndexedSlices):
            raise ValueError("Unknown grad type!")
        accumulator = SparseConditionalAccumulator(gradient.dtype, shape=(), shared_name=shared)
        added = accumulator.apply_indexed_slices_grad(gradient, local_step=self._local_step)
        mean = accumulator.take_indexed_slices_grad(self._replicas_to_aggregate)
        return accumulator, added, mean

    def get_chief_queue_runner(self) -> QueueRunner:
        """The runner that updates the variables; ValueError before `apply_gradients`."""
        if self._runner is None:
            raise ValueError("Should be called after apply_gradients().")
        return self._runner

    def get_init_tokens_op(self, num_tokens: int = -1) -> Operation:
        """Returns what the chief runs first: it hands out tokens for the first step.

        Raises:
          ValueError: before `apply_gradients`, or with fewer tokens than the first step needs.
        """
        if self._runner is None:
            raise ValueError("get_init_tokens_op() should be called after apply_gradients().")
        needed = self._replicas_to_aggregate - self._total_num_replicas
        if num_tokens == -1:
            num_tokens = self._replicas_to_aggregate
        elif num_tokens < needed:
            raise ValueError(
                f"Too few tokens to finish the first step: {num_tokens} (given) vs {needed} "
                "(needed)"
            )
        if num_tokens <= 0:
            return no_op(name="no_init_tokens")
        with device(self._global_step.device), name_scope(""):
            return self._tokens.enqueue_many((fill([num_tokens], self._global_step),))

    def make_session_run_hook(self, is_chief: bool, num_tokens: int = -1) -> SessionRunHook:
        """A hook that initialises all this, and on the chief starts the queue runner."""
        return _SyncReplicasHook(self, is_chief, num_tokens)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> list[Any]:
        return self._opt.variables()


def _queue(capacity: int, dtype: Any, name: str) -> Any:
    return FIFOQueue(capacity, dtype, shapes=(), name=name, shared_name=name)


class _SyncReplicasHook(SessionRunHook):
    def __init__(self, optimizer: SyncReplicasOptimizer, is_chief: bool, num_tokens: int):
        self._optimizer = optimizer
        self._is_chief = is_chief
        self._num_tokens = num_tokens

    def begin(self) -> None:
        optimizer = self._optimizer
        if optimizer._runner is None:
            raise ValueError(
                "SyncReplicasOptimizer.apply_gradient should be called before using the hook."
            )
        self._init_op: Any = optimizer.local_step_init_op
        self._init_tokens_op: Operation | None = None
        if self._is_chief:
            self._init_op = optimizer.chief_init_op
            self._init_tokens_op = optimizer.get_init_tokens_op(self._num_tokens)

    def after_create_session(self, session: Any, coord: Any) -> None:
        is_ready, message = _ready(
            self._optimizer.ready_for_local_init_op,
            session,
            "Model is not ready for SyncReplicasOptimizer local init.",
        )
        if not is_ready:
            raise RuntimeError(
                "Init operations did not make model ready for SyncReplicasOptimizer local_init. "
                f"Init op: {self._init_op.name}, error: {message}"
            )
        session.run(self._init_op)
        if self._init_tokens_op is not None:
            session.run(self._init_tokens_op)
            runner = self._optimizer.get_chief_queue_runner()
            runner.create_threads(session, coord=coord, daemon=True, start=True)
