"""Evaluations of checkpoints: one of them, or each as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.checkpoint.management import checkpoints_iterator
from stillflow.events.file_writer import FileWriterCache
from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import control_dependencies, get_collection
from stillflow.monitored.creators import ChiefSessionCreator
from stillflow.monitored.hook import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from stillflow.monitored.scaffold import Scaffold
from stillflow.monitored.sessions import MonitoredSession
from stillflow.monitored.stopping import FinalOpsHook
from stillflow.ops.control.ordering import identity
from stillflow.ops.summaries.merging import merge_all
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable
from stillflow.ops.variables.state import assign_add
from stillflow.platform import logging
from stillflow.train.training_util import get_or_create_global_step, global_step

_FEW = 20  # evaluations, of which each is logged
_REPORTS = 10


def get_or_create_eval_step() -> Any:
    """Returns the variable that counts batches, i64[]; ValueError where the graph has several."""
    steps = get_collection(GraphKeys.EVAL_STEP)
    if len(steps) > 1:
        raise ValueError("Multiple tensors added to tf.GraphKeys.EVAL_STEP")
    if steps:
        return steps[0]
    return get_variable(
        "eval_step",
        shape=[],
        dtype=dtypes.int64,
        initializer=Zeros(),
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.EVAL_STEP],
    )


class StopAfterNEvalsHook(SessionRunHook):
    """Requests a stop after `num_evals` batches; None for none but the end of the input."""

    def __init__(self, num_evals: int | None, log_progress: bool = True):
        self._num_evals = num_evals
        self._evals_completed: Any = None
        self._log_progress = log_progress
        is_few = num_evals is None or num_evals < _FEW
        self._log_frequency = 1 if is_few else num_evals // _REPORTS  # type: ignore[operator]

    def _set_evals_completed_tensor(self, updated_eval_step: Any) -> None:
        self._evals_completed = updated_eval_step

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs({"evals_completed": self._evals_completed})

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        done, wanted = run_values.results["evals_completed"], self._num_evals
        if self._log_progress and wanted is None:
            logging.info("Evaluation [%d]", done)
        elif self._log_progress and (done % self._log_frequency == 0 or done == wanted):
            logging.info("Evaluation [%d/%d]", done, wanted)
        if wanted is not None and done >= wanted:
            run_context.request_stop()


class SummaryAtEndHook(SessionRunHook):
    """Records summaries once, at the end.

    Args:
      log_dir, summary_writer: where to, a folder or a FileWriter.
      summary_op: string[]; all summaries of the graph by default.
      feed_dict: fed to it.

    Raises:
      ValueError: neither a folder nor a writer is given.
    """

    def __init__(
        self,
        log_dir: str | None = None,
        summary_writer: Any = None,
        summary_op: Any = None,
        feed_dict: Any = None,
    ):
        if log_dir is None and summary_writer is None:
            raise ValueError("One of log_dir or summary_writer should be used.")
        self._summary_op = summary_op
        self._replace_summary_op = summary_op is None
        self._feed_dict = feed_dict
        self._summary_writer = summary_writer
        self._log_dir = log_dir

    def begin(self) -> None:
        if self._replace_summary_op:
            self._summary_op = merge_all()
        self._global_step = get_or_create_global_step()

    def after_create_session(self, session: Any, coord: Any) -> None:
        if self._summary_writer is None and self._log_dir:
            self._summary_writer = FileWriterCache.get(self._log_dir)

    def end(self, session: Any) -> None:
        if self._summary_op is not None:
            step = global_step(session, self._global_step)
            summary = session.run(self._summary_op, self._feed_dict)
            if self._summary_writer:
                self._summary_writer.add_summary(summary, step)
        if self._summary_writer:
            self._summary_writer.flush()


def evaluate_once(
    checkpoint_path: str | None,
    master: str = "",
    scaffold: Scaffold | None = None,
    eval_ops: Any = None,
    feed_dict: Any = None,
    final_ops: Any = None,
    final_ops_feed_dict: Any = None,
    hooks: Sequence[SessionRunHook] | None = None,
    config: Any = None,
) -> Any:
    """Evaluates a checkpoint, or an initialised model without one.

    Args:
      eval_ops: run again and again, with `feed_dict`, until a hook or the input says stop.
      final_ops: run once at the end, of any structure.

    Returns:
      What `final_ops` gave.
    """
    eval_step, hooks = get_or_create_eval_step(), list(hooks or [])
    if eval_ops is not None:
        eval_ops = _with_update(eval_ops, assign_add(eval_step, 1, use_locking=True))
        updates = list(eval_ops.values()) if isinstance(eval_ops, dict) else eval_ops
        with control_dependencies(updates):
            _tell(hooks, identity(get_or_create_eval_step().read_value()))
    logging.info("Starting evaluation at " + time.strftime("%Y-%m-%dT%H:%M:%SZ", time.localtime()))
    last = FinalOpsHook(final_ops, final_ops_feed_dict)
    creator = ChiefSessionCreator(
        scaffold, master, config, checkpoint_filename_with_path=checkpoint_path
    )
    _evaluate(creator, [*hooks, last], eval_ops, feed_dict)
    logging.info("Finished evaluation at " + time.strftime("%Y-%m-%d-%H:%M:%S", time.localtime()))
    return last.final_ops_values


def evaluate_repeatedly(
    checkpoint_dir: str,
    master: str = "",
    scaffold: Scaffold | None = None,
    eval_ops: Any = None,
    feed_dict: Any = None,
    final_ops: Any = None,
    final_ops_feed_dict: Any = None,
    eval_interval_secs: float = 60,
    hooks: Sequence[SessionRunHook] | None = None,
    config: Any = None,
    max_number_of_evaluations: int | None = None,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
) -> Any:
    """Evaluates each new checkpoint of a folder, as `evaluate_once` does.

    Args:
      eval_interval_secs: the least time from one evaluation to the next.
      max_number_of_evaluations: ends after so many.
      timeout, timeout_fn: how many seconds to wait for a checkpoint, and what says then whether
        that is the end.

    Returns:
      What `final_ops` gave the last time.
    """
    eval_step, hooks = get_or_create_eval_step(), list(hooks or [])
    if eval_ops is not None:
        update = assign_add(eval_step, 1)
        _tell(hooks, update)
        eval_ops = _with_update(eval_ops, update)
    last = FinalOpsHook(final_ops, final_ops_feed_dict)
    checkpoints = checkpoints_iterator(checkpoint_dir, eval_interval_secs, timeout, timeout_fn)
    for number, path in enumerate(checkpoints, 1):
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_filename_with_path=path)
        stamp = "%Y-%m-%d-%H:%M:%S"
        logging.info("Starting evaluation at " + time.strftime(stamp, time.gmtime()))
        _evaluate(creator, [*hooks, last], eval_ops, feed_dict)
        logging.info("Finished evaluation at " + time.strftime(stamp, time.gmtime()))
        if number == max_number_of_evaluations:
            break
    return last.final_ops_values


def _evaluate(
    creator: ChiefSessionCreator, hooks: Sequence[SessionRunHook], eval_ops: Any, feeds: Any
) -> None:
    with MonitoredSession(creator, hooks) as session:
        while eval_ops is not None and not session.should_stop():
            session.run(eval_ops, feeds)


def _with_update(eval_ops: Any, update: Any) -> Any:
    """What is run for a batch, and counts it."""
    if isinstance(eval_ops, dict):
        eval_ops["update_eval_step"] = update
        return eval_ops
    return [*(eval_ops if isinstance(eval_ops, (tuple, list)) else [eval_ops]), update]


def _tell(hooks: Sequence[SessionRunHook], counted: Any) -> None:
    for hook in hooks:
        if isinstance(hook, StopAfterNEvalsHook):
            hook._set_evals_completed_tensor(counted)
