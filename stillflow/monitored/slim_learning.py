"""`tf.contrib.slim.learning.train`: a training by a Supervisor."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.events.timeline import Timeline
from stillflow.graph.errors import AbortedError, OutOfRangeError, UnimplementedError
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.scopes import name_scope
from stillflow.monitored.supervisor import Supervisor
from stillflow.ops.control.ordering import group
from stillflow.ops.math.comparison import equal, greater_equal
from stillflow.ops.math.division import floormod
from stillflow.ops.summaries.merging import merge_all
from stillflow.ops.variables import sets
from stillflow.platform import logging
from stillflow.train.saver import Saver
from stillflow.train.training_util import get_or_create_global_step
from stillflow.train.training_util import global_step as step_in

_USE_DEFAULT: Any = 0
_POLL_SECONDS = 1.0
_StepFunction = Callable[[Any, Any, Any, dict[str, Any]], tuple[Any, Any]]


def train_step(
    sess: Any, train_op: Any, global_step: Any, train_step_kwargs: dict[str, Any]
) -> tuple[Any, Any]:
    """Runs `train_op` once; returns the loss that it gives, and whether to stop.

    Args:
      train_step_kwargs: bool[] tensors `should_stop`, `should_log` and `should_trace`, if there.
    """
    trace = _trace(sess, train_step_kwargs)
    start = time.time()
    loss, step = sess.run([train_op, global_step], **trace)
    seconds = time.time() - start
    if trace:
        _write_trace(trace["run_metadata"], step, train_step_kwargs)
    if "should_log" in train_step_kwargs and sess.run(train_step_kwargs["should_log"]):
        logging.info("global step %d: loss = %.4f (%.3f sec/step)", step, loss, seconds)
    if "should_stop" in train_step_kwargs:
        return loss, sess.run(train_step_kwargs["should_stop"])
    return loss, False


def _trace(sess: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """What has a run traced, if `should_trace` says so; ValueError where there is no `logdir`."""
    if "should_trace" not in kwargs:
        return {}
    if "logdir" not in kwargs:
        raise ValueError("logdir must be present in train_step_kwargs when should_trace is present")
    if not sess.run(kwargs["should_trace"]):
        return {}
    from tensorboard.compat.proto.config_pb2 import RunMetadata, RunOptions

    options = RunOptions(trace_level=RunOptions.FULL_TRACE)
    return {"options": options, "run_metadata": RunMetadata()}


def _write_trace(run_metadata: Any, step: int, kwargs: dict[str, Any]) -> None:
    path = os.path.join(kwargs["logdir"], f"tf_trace-{step}.json")
    logging.info("Writing trace to %s", path)
    with open(path, "w", encoding="utf-8") as file:
        file.write(Timeline(run_metadata.step_stats).generate_chrome_trace_format())
    if "summary_writer" in kwargs:
        kwargs["summary_writer"].add_run_metadata(run_metadata, f"run_metadata-{step}")


def train(
    train_op: Any,
    logdir: str | None,
    train_step_fn: _StepFunction = train_step,
    train_step_kwargs: Any = _USE_DEFAULT,
    log_every_n_steps: int = 1,
    graph: Graph | None = None,
    master: str = "",
    is_chief: bool = True,
    global_step: Any = None,
    number_of_steps: int | None = None,
    init_op: Any = _USE_DEFAULT,
    init_feed_dict: Any = None,
    local_init_op: Any = _USE_DEFAULT,
    init_fn: Callable[[Any], Any] | None = None,
    ready_op: Any = _USE_DEFAULT,
    summary_op: Any = _USE_DEFAULT,
    save_summaries_secs: float = 600,
    summary_writer: Any = _USE_DEFAULT,
    startup_delay_steps: int = 0,
    saver: Any = None,
    save_interval_secs: float = 600,
    sync_optimizer: Any = None,
    session_config: Any = None,
    session_wrapper: Callable[[Any], Any] | None = None,
    trace_every_n_steps: int | None = None,
    ignore_live_threads: bool = False,
) -> Any:
    """Trains until the step is `number_of_steps` or the input ends; returns the last loss.

    Args:
      train_op: gives the loss and changes the variables.
      logdir: where checkpoints and summaries go; None for none.
      train_step_fn: called as `train_step_fn(session, train_op, global_step, kwargs)` for a step.
      train_step_kwargs: what it gets; what says when to stop and to log by default.
      startup_delay_steps: others than the chief wait until the global step is that.
      session_wrapper: makes another session of the one that is used.

    The others are those of `tf.train.Supervisor`.

    Raises:
      ValueError: there is no `train_op`, the number of steps is not positive, or what would be
        written has no `logdir`.
    """
    if train_op is None:
        raise ValueError("train_op cannot be None.")
    if logdir is None and summary_op is not _USE_DEFAULT:
        raise ValueError("Cannot provide summary_op because logdir=None")
    if logdir is None and saver is not None:
        raise ValueError("Cannot provide saver because logdir=None")
    if logdir is None and trace_every_n_steps is not None:
        raise ValueError("Cannot provide trace_every_n_steps because logdir=None")
    if sync_optimizer is not None:
        raise UnimplementedError(
            None, None, "slim.learning.train with sync_optimizer is not yet in Stillflow."
        )
    if number_of_steps is not None and number_of_steps <= 0:
        raise ValueError("`number_of_steps` must be either None or a positive number.")
    graph = graph or get_default_graph()
    with graph.as_default():
        if global_step is None:
            global_step = get_or_create_global_step()
        saver = saver or Saver()
        with name_scope("init_ops"):
            if init_op is _USE_DEFAULT:
                init_op = sets.global_variables_initializer()
            if ready_op is _USE_DEFAULT:
                ready_op = sets.report_uninitialized_variables()
            if local_init_op is _USE_DEFAULT:
                local_init_op = group(sets.local_variables_initializer(), sets.tables_initializer())
        if summary_op is _USE_DEFAULT:
            summary_op = merge_all()
        if train_step_kwargs is _USE_DEFAULT:
            train_step_kwargs = _step_kwargs(global_step, number_of_steps, log_every_n_steps)
            if is_chief and trace_every_n_steps is not None:
                with name_scope("train_step/"):
                    traces = equal(floormod(global_step, trace_every_n_steps), 0)
                train_step_kwargs.update(should_trace=traces, logdir=logdir)
    supervisor = Supervisor(
        graph=graph,
        is_chief=is_chief,
        logdir=logdir,
        init_op=init_op,
        init_feed_dict=init_feed_dict,
        local_init_op=local_init_op,
        ready_for_local_init_op=None,
        ready_op=ready_op,
        summary_op=summary_op,
        summary_writer=summary_writer,
        global_step=global_step,
        saver=saver,
        save_summaries_secs=save_summaries_secs,
        save_model_secs=save_interval_secs,
        init_fn=init_fn,
    )
    if summary_writer is not None:
        train_step_kwargs["summary_writer"] = supervisor.summary_writer

    def steps(session: Any) -> Any:
        session = _wrapped(session, session_wrapper)
        if is_chief and logdir:
            supervisor.start_standard_services(session)
        elif not is_chief and startup_delay_steps > 0:
            least = min(startup_delay_steps, number_of_steps or sys.maxsize)
            _wait_for_step(session, global_step, least)
        threads = supervisor.start_queue_runners(session)
        logging.info("Starting Queues.")
        loss = _steps(
            supervisor, lambda: train_step_fn(session, train_op, global_step, train_step_kwargs)
        )
        if logdir and is_chief:
            logging.info("Finished training! Saving model to disk.")
            supervisor.saver.save(session, supervisor.save_path, supervisor.global_step)
            supervisor.stop(threads, ignore_live_threads=ignore_live_threads)
        return loss

    while True:
        try:
            loss = None
            with supervisor.managed_session(
                master, start_standard_services=False, config=session_config
            ) as session:
                loss = steps(session)
            return loss
        except AbortedError:
            logging.info("Retrying training!")


def _step_kwargs(
    global_step: Any, number_of_steps: int | None, log_every_n_steps: int
) -> dict[str, Any]:
    with name_scope("train_step"):
        stop = greater_equal(global_step, number_of_steps) if number_of_steps else constant(False)
        kwargs = {"should_stop": stop}
        if log_every_n_steps > 0:
            kwargs["should_log"] = equal(floormod(global_step, log_every_n_steps), 0)
    return kwargs


def _wrapped(session: Any, wrapper: Callable[[Any], Any] | None) -> Any:
    logging.info("Starting Session.")
    if wrapper is None:
        return session
    logging.info("Wrapping session with wrapper function: %s", wrapper)
    return wrapper(session)


def _steps(supervisor: Supervisor, step: Callable[[], tuple[Any, Any]]) -> Any:
    """Makes steps until one says stop, or the input ends; returns the last loss."""
    loss = None
    try:
        while not supervisor.should_stop():
            loss, should_stop = step()
            if should_stop:
                logging.info("Stopping Training.")
                supervisor.request_stop()
                break
    except OutOfRangeError as error:
        logging.info("Caught OutOfRangeError. Stopping Training. %s", error)
    return loss


def _wait_for_step(session: Any, global_step: Any, step: int) -> None:
    while step_in(session, global_step) < step:
        time.sleep(_POLL_SECONDS)
