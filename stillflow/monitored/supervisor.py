"""`tf.train.Supervisor`: the older way to run a whole training, by threads beside it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from stillflow.events.file_writer import FileWriter
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import add_to_collection, get_collection
from stillflow.monitored.session_manager import SessionManager
from stillflow.ops.control.ordering import group
from stillflow.ops.summaries.merging import merge_all
from stillflow.ops.variables import sets
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated
from stillflow.train.coordinator import Coordinator, LooperThread
from stillflow.train.graph_io import write_graph
from stillflow.train.meta_graph import create_meta_graph_def
from stillflow.train.saver import Saver
from stillflow.train.training_util import global_step as step_in

_MOST_RATES_LOGGED = 10


class Supervisor:
    """Opens sessions that are initialised or restored, and saves and records beside a training.

    Args:
      graph: the default graph by default; it is made read-only.
      ready_op, ready_for_local_init_op, init_op, local_init_op, summary_op, saver, global_step:
        what is needed of the graph; by default taken from its collections, or built. None for
        none.
      is_chief: others wait until the chief has made the model ready.
      init_feed_dict, init_fn: fed to `init_op`, and called with the session after it.
      logdir: where checkpoints, the graph and summaries go; nothing is saved without it.
      save_summaries_secs, save_model_secs: how often; 0 for never.
      recovery_wait_secs: between two looks at what is waited for.
      stop_grace_secs: how long threads may take to end.
      checkpoint_basename: the names of checkpoints start with it.
      session_manager: opens sessions.
      summary_writer: a FileWriter; None for none.
      local_init_run_options: a tf.RunOptions for `local_init_op`.

    Raises:
      ValueError: not the chief, and a variable has no device.
    """

    USE_DEFAULT = 0

    @deprecated(None, "Please switch to tf.train.MonitoredTrainingSession")
    def __init__(
        self,
        graph: Graph | None = None,
        ready_op: Any = USE_DEFAULT,
        ready_for_local_init_op: Any = USE_DEFAULT,
        is_chief: bool = True,
        init_op: Any = USE_DEFAULT,
        init_feed_dict: Any = None,
        local_init_op: Any = USE_DEFAULT,
        logdir: str | None = None,
        summary_op: Any = USE_DEFAULT,
        saver: Any = USE_DEFAULT,
        global_step: Any = USE_DEFAULT,
        save_summaries_secs: float = 120,
        save_model_secs: float = 600,
        recovery_wait_secs: float = 30,
        stop_grace_secs: float = 120,
        checkpoint_basename: str = "model.ckpt",
        session_manager: SessionManager | None = None,
        summary_writer: Any = USE_DEFAULT,
        init_fn: Callable[[Any], Any] | None = None,
        local_init_run_options: Any = None,
    ):
        graph = graph or get_default_graph()
        with graph.as_default():
            self.ready_op = _kept(ready_op, GraphKeys.READY_OP, sets.report_uninitialized_variables)
            self.ready_for_local_init_op = _kept(
                ready_for_local_init_op, GraphKeys.READY_FOR_LOCAL_INIT_OP, lambda: None
            )
            self.init_op = _kept(init_op, GraphKeys.INIT_OP, sets.global_variables_initializer)
            self._local_init_op = _kept(local_init_op, GraphKeys.LOCAL_INIT_OP, _local_init)
            self.saver = _kept(saver, GraphKeys.SAVERS, _saver)
            self.summary_op = _kept(summary_op, GraphKeys.SUMMARY_OP, merge_all)
            self.global_step = _kept(global_step, GraphKeys.GLOBAL_STEP, _step_by_name)
        self.init_feed_dict = init_feed_dict
        self.is_chief = is_chief
        self.coord = Coordinator()
        self.summary_writer: Any = None
        self.save_path: str | None = None
        self.save_summaries_secs = save_summaries_secs if is_chief else None
        self.save_model_secs = save_model_secs if is_chief else None
        self._graph = graph
        self._logdir = logdir if is_chief else None
        self._stop_grace_secs = stop_grace_secs
        self._init_fn = init_fn
        self._is_graph_recorded = False
        self._meta_graph_def = create_meta_graph_def(
            graph_def=graph.as_graph_def(add_shapes=True),
            saver_def=self.saver.saver_def if self.saver else None,
        )
        if self._logdir:
            self.save_path = os.path.join(self._logdir, checkpoint_basename)
        if is_chief and summary_writer is not Supervisor.USE_DEFAULT:
            self.summary_writer = summary_writer
        elif self._logdir:
            self.summary_writer = FileWriter(self._logdir)
        self.session_manager = session_manager or SessionManager(
            local_init_op=self._local_init_op,
            ready_op=self.ready_op,
            ready_for_local_init_op=self.ready_for_local_init_op,
            graph=graph,
            recovery_wait_secs=recovery_wait_secs,
            local_init_run_options=local_init_run_options,
        )
        self._check_devices()
        graph.finalize()

    def _check_devices(self) -> None:
        if self.is_chief:
            return
        for op in self._graph.get_operations():
            if op.type in ("Variable", "VariableV2") and not op.device:
                raise ValueError(
                    f"When using replicas, all Variables must have their device set: {op}"
                )

    # Sessions ------------------------------------------------------------------------------------

    def prepare_or_wait_for_session(
        self,
        master: str = "",
        config: Any = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        start_standard_services: bool = True,
    ) -> Any:
        """Returns a session in which the model is ready, and starts queue runners and services."""
        self.coord.clear_stop()
        if self.summary_writer:
            self.summary_writer.reopen()
        if self.is_chief:
            session = self.session_manager.prepare_session(
                master,
                init_op=self.init_op,
                saver=self.saver,
                checkpoint_dir=self._logdir,
                wait_for_checkpoint=wait_for_checkpoint,
                max_wait_secs=max_wait_secs,
                config=config,
                init_feed_dict=self.init_feed_dict,
                init_fn=self._init_fn,
            )
            self._write_graph()
            if start_standard_services:
                logging.info("Starting standard services.")
                self.start_standard_services(session)
        else:
            session = self.session_manager.wait_for_session(
                master, config=config, max_wait_secs=max_wait_secs
            )
        if start_standard_services:
            logging.info("Starting queue runners.")
            self.start_queue_runners(session)
        return session

    @contextmanager
    def managed_session(
        self,
        master: str = "",
        config: Any = None,
        start_standard_services: bool = True,
        close_summary_writer: bool = True,
    ) -> Iterator[Any]:
        """A `with` block around a session: at its end threads are stopped and it is closed.

        What a thread or the block raised is raised, but for the end of input.
        """
        session = None
        try:
            session = self.prepare_or_wait_for_session(
                master=master, config=config, start_standard_services=start_standard_services
            )
            yield session
        except Exception as error:
            self.request_stop(error)
        finally:
            try:
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                if session is not None:
                    with suppress(Exception):
                        session.close()

    # Threads --------------------------------------------------------------------------------------

    def start_standard_services(self, sess: Any) -> list[threading.Thread] | None:
        """Starts and returns the threads that save checkpoints and record summaries and rates.

        Raises:
          RuntimeError: not the chief.
        """
        if not self.is_chief:
            raise RuntimeError(
                "Only chief supervisor can start standard services. Because only chief "
                "supervisors can write events."
            )
        if not self._logdir:
            logging.warning("Standard services need a 'logdir' passed to the SessionManager")
            return None
        if self.global_step is not None and self.summary_writer:
            self._log_session("START", step_in(sess, self.global_step))
        threads: list[threading.Thread] = []
        if self.save_summaries_secs and self.summary_writer:
            if self.summary_op is not None:
                threads.append(SVSummaryThread(self, sess))
            if self.global_step is not None:
                threads.append(SVStepCounterThread(self, sess))
        if self.saver and self.save_model_secs:
            threads.append(SVTimerCheckpointThread(self, sess))
        for thread in threads:
            thread.start()
        return threads

    def start_queue_runners(
        self, sess: Any, queue_runners: Iterable[Any] | None = None
    ) -> list[threading.Thread]:
        """Starts and returns the threads of queue runners, by default all of the graph's."""
        if queue_runners is None:
            queue_runners = self._graph.get_collection(GraphKeys.QUEUE_RUNNERS)
        return [
            thread
            for runner in queue_runners
            for thread in runner.create_threads(sess, coord=self.coord, daemon=True, start=True)
        ]

    def loop(
        self, timer_interval_secs: float | None, target: Any, args: Any = None, kwargs: Any = None
    ) -> LooperThread:
        """Starts and returns a thread that calls `target` every so many seconds until the stop."""
        looper = LooperThread(
            self.coord, timer_interval_secs, target=target, args=args, kwargs=kwargs
        )
        looper.start()
        return looper

    def stop(
        self,
        threads: Iterable[threading.Thread] | None = None,
        close_summary_writer: bool = True,
        ignore_live_threads: bool = False,
    ) -> None:
        """Stops the threads, and raises what one of them raised."""
        self.coord.request_stop()
        try:
            self.coord.join(
                threads,
                stop_grace_period_secs=self._stop_grace_secs,
                ignore_live_threads=ignore_live_threads,
            )
        finally:
            if close_summary_writer and self.summary_writer:
                self._log_session("STOP")
                self.summary_writer.close()
                self._is_graph_recorded = False

    def request_stop(self, ex: Any = None) -> None:
        self.coord.request_stop(ex=ex)

    def should_stop(self) -> bool:
        return self.coord.should_stop()

    def stop_on_exception(self) -> AbstractContextManager[None]:
        return self.coord.stop_on_exception()

    def wait_for_stop(self) -> None:
        self.coord.wait_for_stop()

    # Records --------------------------------------------------------------------------------------

    def summary_computed(self, sess: Any, summary: Any, global_step: int | None = None) -> None:
        """Records a summary, by default at the global step of `sess`; RuntimeError if nowhere."""
        if not self.summary_writer:
            raise RuntimeError(
                "Writing a summary requires a summary writer.\n"
                "  Pass logdir or summary_writer to the Supervisor."
            )
        if global_step is None and self.global_step is not None:
            global_step = step_in(sess, self.global_step)
        self.summary_writer.add_summary(summary, global_step)

    def _write_graph(self) -> None:
        if self._logdir:
            definition = self._graph.as_graph_def(add_shapes=True)
            write_graph(definition, self._logdir, "graph.pbtxt")
        if self.summary_writer and not self._is_graph_recorded:
            self.summary_writer.add_graph(self._graph)
            self.summary_writer.add_meta_graph(self._meta_graph_def)
            self._is_graph_recorded = True

    def _log_session(self, status: str, step: int | None = None, **facts: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import SessionLog

        log = SessionLog(status=SessionLog.SessionStatus.Value(status), **facts)
        self.summary_writer.add_session_log(log, step)

    PrepareSession = prepare_or_wait_for_session
    StartQueueRunners = start_queue_runners
    StartStandardServices = start_standard_services
    Stop = stop
    RequestStop = request_stop
    Loop = loop
    ShouldStop = should_stop
    StopOnException = stop_on_exception
    WaitForStop = wait_for_stop
    SummaryComputed = summary_computed


def _kept(given: Any, key: str, default: Callable[[], Any]) -> Any:
    """What is given; else the first of a collection, or what `default` makes for it."""
    if given is not Supervisor.USE_DEFAULT:
        return given
    items = get_collection(key)
    if len(items) > 1:
        logging.info("Found %d %s operations. Returning the first one.", len(items), key)
    if items:
        return items[0]
    made = default()
    if made is not None:
        add_to_collection(key, made)
    return made


def _local_init() -> Any:
    return group(sets.local_variables_initializer(), sets.tables_initializer())


def _saver() -> Saver | None:
    return Saver() if sets.global_variables() else None


def _step_by_name() -> Any:
    try:
        step = get_default_graph().get_tensor_by_name("global_step:0")
    except KeyError:
        return None
    if step.dtype.base_dtype.name in ("int32", "int64"):
        return step
    logging.warning("Found 'global_step' is not an int type: %s", step.dtype)
    return None


class SVSummaryThread(LooperThread):
    """Records the summaries of a supervisor."""

    def __init__(self, sv: Supervisor, sess: Any):
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv = sv
        self._sess = sess

    def run_loop(self) -> None:
        sv, step = self._sv, None
        if sv.global_step is None:
            summary = self._sess.run(sv.summary_op)
        else:
            summary, step = self._sess.run([sv.summary_op, sv.global_step])
        if sv.summary_writer:
            logging.info("Recording summary at step %s.", step)
            sv.summary_writer.add_summary(summary, step)


class SVStepCounterThread(LooperThread):
    """Records how many steps a second a supervisor's training makes."""

    def __init__(self, sv: Supervisor, sess: Any, step_counter: Any = None):
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv = sv
        self._sess = sess
        self._step_counter = sv.global_step if step_counter is None else step_counter
        self._summary_tag = f"{self._step_counter.op.name}/sec"
        self._last_time, self._last_step = 0.0, 0

    def start_loop(self) -> None:
        self._last_time = time.time()
        self._last_step = step_in(self._sess, self._step_counter)

    def run_loop(self) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary

        step, now = step_in(self._sess, self._step_counter), time.time()
        steps, seconds = step - self._last_step, now - self._last_time
        self._last_step, self._last_time = step, now
        rate = steps / seconds if seconds > 0 else float("inf")
        if self._sv.summary_writer:
            value = Summary.Value(tag=self._summary_tag, simple_value=rate)
            self._sv.summary_writer.add_summary(Summary(value=[value]), step)
        logging.log_first_n(logging.INFO, "%s: %g", _MOST_RATES_LOGGED, self._summary_tag, rate)


class SVTimerCheckpointThread(LooperThread):
    """Saves the checkpoints of a supervisor."""

    def __init__(self, sv: Supervisor, sess: Any):
        super().__init__(sv.coord, sv.save_model_secs)
        self._sv = sv
        self._sess = sess

    def run_loop(self) -> None:
        sv = self._sv
        logging.info("Saving checkpoint to path %s", sv.save_path)
        sv.saver.save(self._sess, sv.save_path, global_step=sv.global_step)
        if sv.summary_writer and sv.global_step is not None:
            step = step_in(self._sess, sv.global_step)
            sv._log_session("CHECKPOINT", step, checkpoint_path=sv.save_path)
