"""`tf.contrib.slim.evaluation`: metrics of checkpoints, with their summaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.monitored import evaluating
from stillflow.monitored.hook import SessionRunHook
from stillflow.monitored.scaffold import Scaffold
from stillflow.ops.summaries.merging import merge_all
from stillflow.train.saver import Saver

_USE_DEFAULT: Any = 0


def evaluate_once(
    master: str,
    checkpoint_path: str,
    logdir: str,
    num_evals: int | None = 1,
    initial_op: Any = None,
    initial_op_feed_dict: Any = None,
    eval_op: Any = None,
    eval_op_feed_dict: Any = None,
    final_op: Any = None,
    final_op_feed_dict: Any = None,
    summary_op: Any = _USE_DEFAULT,
    summary_op_feed_dict: Any = None,
    variables_to_restore: Any = None,
    session_config: Any = None,
    hooks: Sequence[SessionRunHook] | None = None,
) -> Any:
    """Evaluates one checkpoint over `num_evals` batches; returns what `final_op` gave.

    Args:
      logdir: where the summaries go, `summary_op` or all of the graph; None for none.
      initial_op, eval_op, final_op: run first, for each batch, and last.
      variables_to_restore: all variables by default.
    """
    return evaluating.evaluate_once(
        checkpoint_path,
        master=master,
        hooks=_hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks),
        scaffold=Scaffold(initial_op, initial_op_feed_dict, saver=_saver(variables_to_restore)),
        eval_ops=eval_op,
        feed_dict=eval_op_feed_dict,
        final_ops=final_op,
        final_ops_feed_dict=final_op_feed_dict,
        config=session_config,
    )


def evaluation_loop(
    master: str,
    checkpoint_dir: str,
    logdir: str,
    num_evals: int | None = 1,
    initial_op: Any = None,
    initial_op_feed_dict: Any = None,
    init_fn: Callable[[Scaffold, Any], Any] | None = None,
    eval_op: Any = None,
    eval_op_feed_dict: Any = None,
    final_op: Any = None,
    final_op_feed_dict: Any = None,
    summary_op: Any = _USE_DEFAULT,
    summary_op_feed_dict: Any = None,
    variables_to_restore: Any = None,
    eval_interval_secs: float = 60,
    max_number_of_evaluations: int | None = None,
    session_config: Any = None,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
    hooks: Sequence[SessionRunHook] | None = None,
) -> Any:
    """Evaluates each new checkpoint of a folder as `evaluate_once` does; returns the last result.

    It ends after `max_number_of_evaluations`, or when for `timeout` seconds no checkpoint came.
    """
    return evaluating.evaluate_repeatedly(
        checkpoint_dir,
        master=master,
        hooks=_hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks),
        scaffold=Scaffold(
            initial_op, initial_op_feed_dict, init_fn, saver=_saver(variables_to_restore)
        ),
        eval_ops=eval_op,
        feed_dict=eval_op_feed_dict,
        final_ops=final_op,
        final_ops_feed_dict=final_op_feed_dict,
        eval_interval_secs=eval_interval_secs,
        config=session_config,
        max_number_of_evaluations=max_number_of_evaluations,
        timeout=timeout,
        timeout_fn=timeout_fn,
    )


def _hooks(
    num_evals: int | None,
    logdir: str,
    summary_op: Any,
    feeds: Any,
    more: Sequence[SessionRunHook] | None,
) -> list[SessionRunHook]:
    if summary_op is _USE_DEFAULT:
        summary_op = merge_all()
    found: list[SessionRunHook] = [evaluating.StopAfterNEvalsHook(num_evals)]
    if summary_op is not None:
        found.append(evaluating.SummaryAtEndHook(logdir, summary_op=summary_op, feed_dict=feeds))
    return [*found, *(more or [])]


def _saver(variables: Any) -> Saver | None:
    return None if variables is None else Saver(variables)
