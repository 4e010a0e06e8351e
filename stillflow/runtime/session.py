"""`Session`: runs parts of a graph, and holds the values of its variables."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from types import ModuleType
from typing import Any

import numpy as np

from stillflow.declare.refusing import check_executor_type
from stillflow.declare.resources import waiting_at_most
from stillflow.declare.shapes import fits
from stillflow.graph import context
from stillflow.graph.errors import (
    AbortedError,
    CancelledError,
    DeadlineExceededError,
    InvalidArgumentError,
    NotFoundError,
)
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.platform import processes
from stillflow.runtime.accelerators import take_options
from stillflow.runtime.conditions import ByConditions, decides
from stillflow.runtime.devices import Places, SessionDevice, session_devices
from stillflow.runtime.executor import Executor
from stillflow.runtime.feeds import (
    Feed,
    as_fed,
    check_unique,
    is_several,
    single_keys,
    single_values,
)
from stillflow.runtime.fetches import FetchStructure
from stillflow.runtime.order import needed_ops
from stillflow.runtime.partial_run import PartialPlan, PartialRun
from stillflow.runtime.plan import make_plan, unfed
from stillflow.runtime.recording.current import current
from stillflow.runtime.staged import StagedExecutor, executor_of
from stillflow.runtime.state import SessionState
from stillflow.runtime.tiers import tier_setting
from stillflow.runtime.turns import Turns

_NOTHING: dict[Any, Any] = {}


_sessions: weakref.WeakSet[BaseSession] = weakref.WeakSet()  # those that `Session.reset` may close


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """What `Session.run` has found out about its arguments, for the next call with the same ones.

    `nested_feeds` tells that a feed's key stands for several tensors, and its value for several.
    `fed_fetches` are the places of fetches that are fed, each with that of its feed.
    """

    structure: FetchStructure
    feeds: Sequence[Callable[[Any], np.ndarray]]
    nested_feeds: bool
    executor: Executor | StagedExecutor | ByConditions
    rewirings: int
    fed_fetches: Sequence[tuple[int, int]]


class BaseSession:
    """Runs a graph. Variables' values live in the session, not in the graph.

    `target` and `config` are accepted as TensorFlow has them; Stillflow runs in this process.
    """

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None):
        if graph is not None and not isinstance(graph, Graph):
            raise TypeError(f"graph must be a tf.Graph, but got {type(graph)}")
        if target and not isinstance(target, (str, bytes)):
            raise TypeError(f"target must be a string, but got {type(target)}")
        _check_target(target)
        if config is not None and not hasattr(config, "SerializeToString"):
            raise TypeError(f"config must be a tf.ConfigProto, but got {type(config)}")
        self._graph: Graph = graph if graph is not None else context.get_default_graph()
        self._target = target
        self._config = config
        server = _server_of(target, config)
        self._places = Places(config, server.cluster.tasks if server else ())
        self._logs_places = config is not None and config.log_device_placement
        if config is not None:
            take_options(config.gpu_options)
        if self._logs_places:
            self._log().print_mapping()
        self._placed = 0  # how many nodes of the graph have been looked at
        self._tier = tier_setting()
        if "STILLFLOW_EXPLAIN" in os.environ:
            from stillflow.runtime.recording import asking  # few programs ask

            asking.begin()
        self._is_in_step = processes.are_together()
        self._state: Any = SessionState() if server is None else _state_on(server, self._graph)
        self._executors: dict[tuple, Executor | StagedExecutor] = {}
        self._rewirings = self._graph.rewirings
        self._prepared: dict[tuple, PreparedRun] = {}
        self._partial_plans: dict[tuple, PartialPlan] = {}
        # By handle; None for one that is over.
        self._partial_runs: dict[str, PartialRun | Exception | None] = {}
        self._lock = threading.RLock()  # of what is prepared; the state has a lock of its own
        self._closed = False
        self._was_reset = False
        self._patience = 0.0 if config is None else config.operation_timeout_in_ms / 1000
        _sessions.add(self)
        self._devices: list[SessionDevice] | None = None

    @property
    def graph(self) -> Graph:
        return self._graph

    @property
    def graph_def(self):
        """The graph as a GraphDef, with shapes where `config.graph_options.infer_shapes` is set."""
        shapes = self._config is not None and self._config.graph_options.infer_shapes
        return self._graph.as_graph_def(add_shapes=shapes)

    @property
    def sess_str(self) -> str:
        return self._target

    def as_default(self):
        """A `with` block in which this is the default session; leaving it does not close it."""
        return context.sessions.entered(self)

    def close(self) -> None:
        """Frees the variables, and ends what runs wait for. A closed session runs nothing."""
        with self._lock:
            self._closed = True
            state, self._state = self._state, SessionState()
            state.close()
            self._executors.clear()
            self._prepared.clear()

    def run(
        self,
        fetches: Any,
        feed_dict: dict | None = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> Any:
        """Runs what `fetches` needs and returns its values, in the same structure.

        Args:
          fetches: a tensor, variable, operation or name, or nested lists, tuples and dicts of them.
          feed_dict: the value that each of some tensors has in this run.
          options: a tf.RunOptions; `timeout_in_ms` is how long the run may wait for queues and the
            like, `trace_level` and `output_partition_graphs` ask for `run_metadata`.
          run_metadata: a tf.RunMetadata, which holds the times of this run afterwards, if traced.

        Returns:
          NumPy arrays, which are the caller's own; None for an operation; for a tensor that is fed
          the array that it was fed.

        Raises:
          RuntimeError: the session is closed.
          ValueError: a fed value has the wrong shape, or a fetch is of another graph.
          TypeError: a fetch or a fed value has the wrong type.
          tf.errors.OpError: the run failed; every variable is as it was before.
        """
        fed = feed_dict or _NOTHING
        if run_metadata is not None:
            run_metadata.Clear()
        if type(fed) is not dict and not isinstance(fed, Mapping):
            raise TypeError(f"input must be a dictionary\n  feed_dict is a {type(fed).__name__}.")
        if options is None and not self._patience:
            return self._run(fetches, fed, fed.values())
        milliseconds = 0 if options is None else options.timeout_in_ms
        with waiting_at_most(milliseconds / 1000 if milliseconds > 0 else self._patience):
            if options is not None and options.debug_options.debug_tensor_watch_opts:
                return self._run_dumped(fetches, fed, options, run_metadata)
            if run_metadata is not None and options is not None and _asks_for_trace(options):
                return self._run_traced(fetches, fed, options, run_metadata)
            return self._run(fetches, fed, fed.values())

    def make_callable(
        self, fetches: Any, feed_list: Sequence[Any] | None = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """Returns a function of the values for `feed_list` that runs `fetches`."""
        return self._callable(fetches, feed_list, self._run)

    def _make_callable_of_any_shape(
        self, fetches: Any, feed_list: Sequence[Any]
    ) -> Callable[..., Any]:
        """`make_callable` for arrays whose shapes need not be those of the fed tensors."""
        return self._callable(fetches, feed_list, self._run_of_any_shape)

    def _callable(
        self, fetches: Any, feed_list: Sequence[Any] | None, run: Callable[..., Any]
    ) -> Callable[..., Any]:
        FetchStructure(self._graph, fetches)  # a fetch that is wrong is so at once
        tensors = [self._fed_tensor(feed) for feed in feed_list or ()]

        def call(*args: Any, options: Any = None, run_metadata: Any = None) -> Any:
            if run_metadata is not None:
                run_metadata.Clear()
            if self._closed:
                raise CancelledError(None, None, "Session has been closed.")
            if len(args) < len(tensors):
                raise unfed(tensors[len(args)].op)
            if len(args) != len(tensors):
                raise ValueError(
                    f"The number of feeds is {len(args)}, but the callable takes {len(tensors)}: "
                    f"{', '.join(t.name for t in tensors) or 'none'}."
                )
            return run(fetches, tensors, args)

        return call

    def make_turns(self, op: Operation) -> Callable[[], Any]:
        """Returns a function that runs `op` once, or several times at once where that is the same.

        It is for threads that run an operation again and again.
        """
        run = self.make_callable(op)
        turns = Turns(make_plan([op], []))
        rewirings = self._graph.rewirings
        if not turns.is_possible:
            return run

        def some() -> None:
            if self._closed or self._graph.rewirings != rewirings:
                run()
            else:
                turns.run(self._state, run)

        return some

    def _make_callable_from_options(self, callable_options: Any) -> Callable[..., list]:
        """`make_callable` by a CallableOptions proto, which has names; what it gives is a list."""
        from stillflow.runtime.callables import callable_by_options  # for keras

        return callable_by_options(self, callable_options)

    def list_devices(self) -> list[SessionDevice]:
        """What there is to run on: the host. Each has a name, a device_type, and a memory limit.

        Raises:
          tf.errors.CancelledError: the session is closed.
        """
        if self._closed:
            raise CancelledError(None, None, "Session has been closed.")
        if self._devices is None:
            self._devices = session_devices(self._config)
        return list(self._devices)

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> str:
        """Begins a run in several calls of `partial_run`; returns what they are to be given.

        Args:
          fetches, feeds: all that will be fetched and fed.

        Raises:
          RuntimeError: the session is closed.
          tf.errors.InvalidArgumentError: nothing is to be fetched.
        """
        self._check_runnable()
        keys = (
            list(feeds)
            if isinstance(feeds, (list, tuple))
            else [feeds]
            if feeds is not None
            else []
        )
        tensors = [self._fed_tensor(single) for key in keys for single in single_keys(key)]
        elements = FetchStructure(self._graph, fetches).elements
        if not elements:
            message = "Must specify at least one target to fetch or execute."
            raise InvalidArgumentError(None, None, message)
        names = (",".join(element.name for element in given) for given in (tensors, elements))
        with self._lock:
            handle = f"{'->'.join(names)}/{len(self._partial_runs)}"
            self._partial_runs[handle] = None
        key = (*elements, None, *tensors)
        try:
            if key not in self._partial_plans:
                self._partial_plans[key] = PartialPlan(elements, tensors, self._tier)
        except InvalidArgumentError as error:  # a placeholder is missing: partial_run says so
            self._partial_runs[handle] = error
        else:
            self._partial_runs[handle] = PartialRun(self._partial_plans[key])
        return handle

    def partial_run(self, handle: str, fetches: Any, feed_dict: Any = None) -> Any:
        """Goes on with a run that `partial_run_setup` began: feeds some tensors, fetches some.

        Raises:
          tf.errors.InvalidArgumentError: what is fed or fetched was so before, or was not set up,
            or needs what has not been fed yet.
        """
        self._check_runnable()
        run = self._partial_runs.get(handle)
        if run is None:
            message = "Must run 'setup' before performing partial runs!"
            raise InvalidArgumentError(None, None, message)
        if isinstance(run, Exception):
            raise run
        structure = FetchStructure(self._graph, fetches, self)
        pairs = (pair for item in (feed_dict or {}).items() for pair in _single_pairs(*item))
        fed = {}
        for key, value in pairs:
            tensor = self._fed_tensor(key)
            fed[tensor] = Feed(tensor).array(value)
        given = run.run(self._state, structure.elements, fed)
        if run.is_over:
            self._partial_runs[handle] = None
        return structure.pack(given)

    # --------------------------------------------------------------------------------------------

    def _run_of_any_shape(
        self, fetches: Any, tensors: Sequence[Tensor], values: Sequence[Any]
    ) -> Any:
        pairs = zip(tensors, values, strict=True)
        fitting = all(fits(np.shape(value), tensor.shape.sizes) for tensor, value in pairs)
        return self._run(fetches, tensors, values, trusts_shapes=fitting)

    def _run(
        self,
        fetches: Any,
        keys: Iterable[Any],
        values: Iterable[Any],
        trusts_shapes: bool = True,
    ) -> Any:
        """One run. `values` are for the feeds `keys`; a run like an earlier one starts at once.

        Where shapes are not trusted, a value may be of any, and so all that follows from it.
        """
        kind = type(fetches)
        arguments = (kind, tuple(fetches) if kind is list else fetches, *keys)
        if self._is_in_step:
            arguments = (self._tier_here(), *arguments)
        if not trusts_shapes:
            arguments = (None, *arguments)
        try:
            prepared = self._prepared.get(arguments)
        except TypeError:  # a nested list or a dict has no hash
            prepared = self._prepare(fetches, keys, trusts_shapes=trusts_shapes)
        # A node that is added cannot change what earlier ones do, but a rewired one can.
        if prepared is None or prepared.rewirings != self._graph.rewirings:
            prepared = self._prepare(fetches, keys, trusts_shapes=trusts_shapes)
            self._prepared[arguments] = prepared
        return self._carry_out(prepared, keys, values)

    def _carry_out(self, prepared: PreparedRun, keys: Iterable[Any], values: Iterable[Any]) -> Any:
        if prepared.nested_feeds:
            pairs = zip(keys, values, strict=True)
            values = [single for pair in pairs for single in single_values(*pair)]
        if self._closed:
            raise self._refusal()
        arrays = [array(value) for array, value in zip(prepared.feeds, values, strict=True)]
        fetched = prepared.executor.run(self._state, arrays)
        if prepared.fed_fetches:
            given = list(values)
            for place, feed in prepared.fed_fetches:  # the very array, as in TensorFlow
                fetched.insert(place, as_fed(given[feed], arrays[feed]))
        return prepared.structure.pack(fetched)

    def _run_dumped(self, fetches: Any, fed: Any, options: Any, run_metadata: Any) -> Any:
        """A run whose tensors are written to files, also where it fails."""
        from stillflow.runtime.dumping import Dump  # for the debugger

        names = [getattr(key, "name", key) for key in fed]
        dump = Dump(options.debug_options, self._state.variables, names)
        steps: list[Any] = []
        needed: list[Operation] = []
        try:
            return self._run_traced(fetches, fed, options, run_metadata, steps, needed)
        finally:
            elements = FetchStructure(self._graph, fetches).elements
            dump.write(needed, steps, [element.name for element in elements])

    def _run_traced(
        self,
        fetches: Any,
        fed: Any,
        options: Any,
        run_metadata: Any,
        steps: list[Any] | None = None,
        needed: list[Operation] | None = None,
    ) -> Any:
        """A run of which `run_metadata` gets what `options` ask for.

        The steps that are done, and the operations that are needed, are added to the lists.
        """
        from stillflow.runtime import tracing  # few programs trace

        steps = [] if steps is None else steps
        needed = [] if needed is None else needed

        def executor(elements: Any, feeds: Any) -> Executor | StagedExecutor:
            needed.extend(needed_for(elements, feeds))
            made = executor_of(make_plan(elements, feeds), feeds, "host")
            for part in made.parts if isinstance(made, StagedExecutor) else [made]:
                part.trace(steps)
            return made

        prepared = self._prepare(fetches, fed, executor)
        result = self._carry_out(prepared, fed, fed.values())
        if run_metadata is not None and options.trace_level:
            tracing.fill_step_stats(run_metadata, steps)
        if run_metadata is not None and options.output_partition_graphs:
            tracing.fill_partition_graph(run_metadata, needed)
        return result

    def _refusal(self) -> Exception:
        """Why a closed session runs nothing."""
        if self._was_reset and self._target:
            return AbortedError(None, None, "Session has been closed.\n  Open another session.")
        if self._was_reset:
            return CancelledError(None, None, "Session has been closed.")
        return RuntimeError("Attempted to use a closed Session.")

    def _check_runnable(self) -> None:
        if self._closed:
            raise self._refusal()
        if self._graph.version == 0:
            raise RuntimeError(
                "The Session graph is empty.  Add operations to the graph before calling run().\n"
                "  A session runs the graph that was the default one when it was made: build "
                "within `with graph.as_default():`, or make it with tf.Session(graph=graph)."
            )
        if self._config is not None:
            check_executor_type(self._config.experimental.executor_type)

    def _prepare(
        self,
        fetches: Any,
        feed_keys: Iterable[Any],
        make_executor: Callable[..., Executor | StagedExecutor] | None = None,
        trusts_shapes: bool = True,
    ) -> PreparedRun:
        self._check_runnable()
        keys = list(feed_keys)
        nested = any(is_several(key) for key in keys)
        singles = [single for key in keys for single in single_keys(key)] if nested else keys
        if nested:
            check_unique(singles)
        tensors = [self._fed_tensor(key) for key in singles]
        structure = FetchStructure(self._graph, fetches, self)
        feed_of: dict[Tensor | Operation, int] = {t: place for place, t in enumerate(tensors)}
        elements = structure.elements
        fed = [(place, feed_of[e]) for place, e in enumerate(elements) if e in feed_of]
        own = [e for e in elements if e not in feed_of]
        executor: Any
        if make_executor is not None:
            executor = make_executor(own, tensors)
        else:
            make = partial(self._executor, own, tensors, trusts_shapes)
            executor = ByConditions(make, tensors) if any(map(decides, tensors)) else make()
        feeds = [Feed(tensor, trusts_shapes).array for tensor in tensors]
        return PreparedRun(structure, feeds, nested, executor, self._graph.rewirings, fed)

    def _fed_tensor(self, key: Any) -> Tensor:
        if isinstance(key, Tensor) and key.op.graph is self._graph:
            tensor = key
        else:
            try:
                tensor = self._graph.as_graph_element(key, allow_operation=False)
            except (KeyError, ValueError, TypeError) as error:
                raise TypeError(
                    f"Cannot interpret feed_dict key as Tensor: {error.args[0]}"
                ) from None
        if self._graph._unfeedable and not self._graph.is_feedable(tensor):
            raise ValueError(f"Tensor {tensor} may not be fed.")
        return tensor

    def _executor(
        self,
        elements: Sequence[Tensor | Operation],
        feeds: Sequence[Tensor],
        trusts_shapes: bool = True,
        assumed: Mapping[Tensor, int] | None = None,
    ) -> Executor | StagedExecutor:
        tier = self._tier_here() if self._is_in_step else self._tier
        key = (tier, trusts_shapes, *elements, None, *feeds, None, *(assumed or {}).items())
        with self._lock:
            if self._rewirings != self._graph.rewirings:  # no plan of before holds any more
                self._rewirings = self._graph.rewirings
                self._executors.clear()
                self._prepared.clear()
                self._partial_plans.clear()
            executor = self._executors.get(key)
            if executor is None:
                if elements:  # TensorFlow does not look at a run of nothing
                    self._check_places(elements, feeds)
                plan = make_plan(elements, feeds, trusts_shapes=trusts_shapes, assumed=assumed)
                executor = executor_of(plan, feeds, tier)
                if current.recorder is not None:
                    current.recorder.watch(executor, elements, feeds)
                self._executors[key] = executor
            return executor

    def _tier_here(self) -> str:
        """The tier of a run of this thread: ranks make those of their main threads together."""
        is_main = threading.current_thread() is threading.main_thread()
        return self._tier if is_main else "host"

    def _check_places(
        self, elements: Sequence[Tensor | Operation], feeds: Sequence[Tensor]
    ) -> None:
        """InvalidArgumentError where a node of the graph is on a device that is not there."""
        ops = self._graph._ops
        self._places.check(islice(ops.values(), self._placed, None))
        if self._logs_places and self._placed < len(ops):
            self._log().print_places(ops.values())
        self._placed = len(ops)

    @staticmethod
    def _log() -> ModuleType:
        from stillflow.runtime import placement_log  # few programs look at places

        return placement_log


def needed_for(elements: Sequence[Tensor | Operation], feeds: Sequence[Tensor]) -> list[Operation]:
    """The operations that a run needs."""
    wanted = [element.op if isinstance(element, Tensor) else element for element in elements]
    return needed_ops(wanted, frozenset(feeds))


def _asks_for_trace(options: Any) -> bool:
    return bool(options.trace_level or options.output_partition_graphs)


def _single_pairs(key: Any, value: Any) -> Iterable[tuple[Any, Any]]:
    return zip(single_keys(key), single_values(key, value), strict=True)


class Session(BaseSession):
    """A session that a `with` block makes the default one, and closes at its end."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None):
        super().__init__(target, graph, config)
        self._blocks: ExitStack | None = None

    def __enter__(self) -> Session:
        if self._blocks is not None:
            raise RuntimeError(
                "Session context managers are not re-entrant. Use `Session.as_default()` if you "
                "want to enter a session multiple times."
            )
        self._blocks = ExitStack()
        self._blocks.enter_context(self._graph.as_default())
        self._blocks.enter_context(self.as_default())
        return self

    def __exit__(self, *exc: Any) -> None:
        blocks, self._blocks = self._blocks, None
        assert blocks is not None
        blocks.__exit__(*exc)
        self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Closes all sessions of `target`, with what they hold, whatever the `containers`.

        So TensorFlow does with sessions of its own process. They raise CancelledError from then on.
        Those of a server raise AbortedError; it forgets the variables of these containers, or all.

        Raises:
          NotFoundError: TensorFlow has no sessions for the target.
          DeadlineExceededError: there is no such server.
        """
        _check_target(target)
        server = _server_of(target, None)
        if server is not None:
            from stillflow.runtime import served

            served.reset(server, containers)
        elif target and config is not None and config.operation_timeout_in_ms > 0:
            raise DeadlineExceededError(None, None, "Deadline Exceeded")
        for session in list(_sessions):
            if session.sess_str == target and not session._closed:
                session._was_reset = True
                session.close()


def _server_of(target: Any, config: Any) -> Any:
    """The server of this process whose sessions share what they hold with this one."""
    if not target or (config is not None and config.isolate_session_state):
        return None
    from stillflow.runtime import served  # few programs have servers

    return served.found(target)


def keep_open(session: BaseSession) -> None:
    """Has `Session.reset` leave a session alone that is not the program's own."""
    _sessions.discard(session)


def state_of(session: BaseSession) -> SessionState:
    """What the session remembers from run to run."""
    return session._state


def _state_on(server: Any, graph: Graph) -> Any:
    from stillflow.runtime.served import ServedState

    return ServedState(server, graph)


def _check_target(target: str | bytes) -> None:
    """NotFoundError unless TensorFlow has sessions for it; all of them run in this process here."""
    name = target.decode() if isinstance(target, bytes) else target
    if name and not name.startswith("grpc://"):
        raise NotFoundError(
            None,
            None,
            f'No session factory registered for the given session options: {{target: "{name}"}} '
            "Registered factories are {DIRECT_SESSION, GRPC_SESSION}.\n  Leave the target out: a "
            "session runs in this process.",
        )
