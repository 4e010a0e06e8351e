"""`tf.train.MonitoredTrainingSession`: a monitored session with the usual hooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.monitored.creators import ChiefSessionCreator, SessionCreator, WorkerSessionCreator
from stillflow.monitored.hook import SessionRunHook
from stillflow.monitored.recording import StepCounterHook, SummarySaverHook
from stillflow.monitored.saving import CheckpointSaverHook
from stillflow.monitored.scaffold import Scaffold
from stillflow.monitored.sessions import MonitoredSession
from stillflow.monitored.worker_context import get_current_worker_context

_CHECKPOINT_SECS, _SUMMARY_STEPS = 600, 100
USE_DEFAULT: Any = object()


def MonitoredTrainingSession(
    master: str = "",
    is_chief: bool = True,
    checkpoint_dir: str | None = None,
    scaffold: Scaffold | None = None,
    hooks: Sequence[SessionRunHook] | None = None,
    chief_only_hooks: Sequence[SessionRunHook] | None = None,
    save_checkpoint_secs: Any = USE_DEFAULT,
    save_summaries_steps: Any = USE_DEFAULT,
    save_summaries_secs: Any = USE_DEFAULT,
    config: Any = None,
    stop_grace_period_secs: float = 120,
    log_step_count_steps: int | None = 100,
    max_wait_secs: float = 7200,
    save_checkpoint_steps: Any = USE_DEFAULT,
    summary_dir: str | None = None,
) -> MonitoredSession:
    """Returns a session that restores, saves, records and counts by itself.

    Args:
      is_chief: others wait, at most `max_wait_secs`, until the chief has made the model ready.
      checkpoint_dir: where checkpoints are restored from and saved to; none without it.
      scaffold: what is needed of the graph; built by default.
      hooks, chief_only_hooks: called besides the usual ones, after them and before them.
      save_checkpoint_secs, save_checkpoint_steps: how often; every 600 seconds by default, None
        for never.
      save_summaries_steps, save_summaries_secs: how often; every 100 steps by default.
      config: a tf.ConfigProto.
      stop_grace_period_secs: how long threads may take to end.
      log_step_count_steps: how often steps per second are logged.
      summary_dir: where summaries go; to `checkpoint_dir` by default.
    """
    steps, secs = _either(save_summaries_steps, save_summaries_secs, (_SUMMARY_STEPS, None))
    summaries = {"save_steps": steps, "save_secs": secs}
    steps, secs = _either(save_checkpoint_steps, save_checkpoint_secs, (None, _CHECKPOINT_SECS))
    checkpoints = {"save_steps": steps, "save_secs": secs}
    scaffold = scaffold or Scaffold()
    context = get_current_worker_context()
    if context is None and not is_chief:
        waiting = WorkerSessionCreator(scaffold, master, config, max_wait_secs)
        return MonitoredSession(waiting, hooks or [], stop_grace_period_secs)
    summary_dir = summary_dir or checkpoint_dir
    folder = checkpoint_dir
    creator: SessionCreator
    if context is None:
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir)
        before, after = list(chief_only_hooks or []), list(hooks or [])
    else:
        creator = context.session_creator(scaffold, config, checkpoint_dir, None, max_wait_secs)
        before = [*(hooks or []), *((chief_only_hooks or []) if context.is_chief else [])]
        after = []
        if summary_dir:
            summary_dir = context.folder(summary_dir, context.should_save_summary)
        if folder:
            folder = context.folder(folder, context.should_checkpoint)
    usual: list[SessionRunHook] = []
    if summary_dir and _is_positive(log_step_count_steps):
        usual.append(StepCounterHook(log_step_count_steps, output_dir=summary_dir))
    if summary_dir and any(map(_is_positive, summaries.values())):
        usual.append(SummarySaverHook(output_dir=summary_dir, scaffold=scaffold, **summaries))
    if folder and any(map(_is_positive, checkpoints.values())):
        usual.append(CheckpointSaverHook(folder, scaffold=scaffold, **checkpoints))
    return MonitoredSession(creator, [*before, *usual, *after], stop_grace_period_secs)


def _either(steps: Any, secs: Any, default: tuple[Any, Any]) -> tuple[Any, Any]:
    """How often something is done; where one of the two is given, the other is not."""
    if steps is USE_DEFAULT and secs is USE_DEFAULT:
        return default
    return None if steps is USE_DEFAULT else steps, None if secs is USE_DEFAULT else secs


def _is_positive(often: Any) -> bool:
    return bool(often and often > 0)
