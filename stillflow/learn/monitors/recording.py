"""Monitors that write summaries, checkpoints and the rate of steps."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from stillflow.events.file_writer import FileWriter, FileWriterCache
from stillflow.learn.monitors.base import BaseMonitor, EveryN, output_of
from stillflow.learn.monitors.showing import PrintTensor
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated

_RATE = "global_step/sec"


class SummarySaver(EveryN):
    """Writes summaries.

    Args:
      summary_op: string[]; by default the scaffold's.
      save_steps: how often.
      output_dir, summary_writer: where to; by default the estimator's folder.
    """

    def __init__(
        self,
        summary_op: Any,
        save_steps: int = 100,
        output_dir: str | None = None,
        summary_writer: Any = None,
        scaffold: Any = None,
    ):
        super().__init__(every_n_steps=save_steps)
        self._summary_op = summary_op
        self._summary_writer = summary_writer
        if summary_writer is None and output_dir:
            self._summary_writer = FileWriter(output_dir)
        self._scaffold = scaffold

    def set_estimator(self, estimator: Any) -> None:
        super().set_estimator(estimator)
        if self._summary_writer is None:
            self._summary_writer = FileWriter(estimator.model_dir)

    def every_n_step_begin(self, step: int) -> list[Any]:
        super().every_n_step_begin(step)
        if self._summary_op is None and self._scaffold is not None:
            self._summary_op = self._scaffold.summary_op
        return [] if self._summary_op is None else [self._summary_op]

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool:
        super().every_n_step_end(step, outputs)
        if self._summary_op is not None and self._summary_writer:
            self._summary_writer.add_summary(output_of(outputs, self._summary_op), step)
        return False

    def end(self, session: Any = None) -> None:
        super().end(session=session)
        if self._summary_writer:
            self._summary_writer.flush()


class CheckpointSaver(BaseMonitor):
    """Writes checkpoints, of the first and last step too.

    Args:
      save_secs, save_steps: how often; one of them.
      saver, scaffold: what saves, or has a saver.

    Raises:
      ValueError: not just one of `save_secs` and `save_steps` is given.
    """

    def __init__(
        self,
        checkpoint_dir: str,
        save_secs: int | None = None,
        save_steps: int | None = None,
        saver: Any = None,
        checkpoint_basename: str = "model.ckpt",
        scaffold: Any = None,
    ):
        logging.info("Create CheckpointSaver.")
        super().__init__()
        self._saver = saver
        self._summary_writer = FileWriterCache.get(checkpoint_dir)
        self._save_path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._scaffold = scaffold
        self._save_secs = save_secs
        self._save_steps = save_steps
        self._forget()
        if save_steps is None and save_secs is None:
            raise ValueError("Either save_steps or save_secs should be provided")
        if save_steps is not None and save_secs is not None:
            raise ValueError("Can not provide both save_steps and save_secs.")

    def _forget(self) -> None:
        self._last_saved_time: float | None = None
        self._last_begin_step: int | None = None
        self._last_saved_step: int | None = None

    def begin(self, max_steps: int | None = None) -> None:
        super().begin(max_steps)
        self._forget()

    def step_begin(self, step: int) -> list[Any]:
        requests = super().step_begin(step)
        self._last_begin_step = step
        return requests

    def post_step(self, step: int, session: Any) -> None:
        super().post_step(step, session)
        if self._last_saved_time is None or self._is_due(step):
            self._save(step, session)

    def _is_due(self, step: int) -> bool:
        if self._save_steps is not None:
            return step >= (self._last_saved_step or 0) + self._save_steps
        return time.time() >= (self._last_saved_time or 0) + (self._save_secs or 0)

    def end(self, session: Any = None) -> None:
        super().end(session)
        self._save(self._last_begin_step, session)

    def _save(self, step: Any, session: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import SessionLog

        if step == self._last_saved_step:
            return
        logging.info("Saving checkpoints for %d into %s.", step, self._save_path)
        self._last_saved_time = time.time()
        self._last_saved_step = step
        saver = self._scaffold.saver if self._saver is None else self._saver
        saver.save(session, self._save_path, global_step=step)
        done = SessionLog(status=SessionLog.CHECKPOINT, checkpoint_path=self._save_path)
        self._summary_writer.add_session_log(done, step)


class StepCounter(EveryN):
    """Writes how many steps a second are made.

    Args:
      output_dir, summary_writer: where to; by default the estimator's folder.
    """

    def __init__(
        self, every_n_steps: int = 100, output_dir: str | None = None, summary_writer: Any = None
    ):
        super().__init__(every_n_steps=every_n_steps)
        self._summary_tag = _RATE
        self._last_reported_step: int | None = None
        self._last_reported_time: float | None = None
        self._summary_writer = summary_writer
        if summary_writer is None and output_dir:
            self._summary_writer = FileWriterCache.get(output_dir)

    def set_estimator(self, estimator: Any) -> None:
        super().set_estimator(estimator)
        if self._summary_writer is None:
            self._summary_writer = FileWriterCache.get(estimator.model_dir)

    def every_n_step_end(self, current_step: int, outputs: Mapping[Any, Any]) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary

        now = time.time()
        if self._last_reported_time is not None and self._summary_writer:
            assert self._last_reported_step is not None
            made = current_step - self._last_reported_step
            rate = made / (now - self._last_reported_time)
            value = Summary.Value(tag=self._summary_tag, simple_value=rate)
            self._summary_writer.add_summary(Summary(value=[value]), current_step)
        self._last_reported_step = current_step
        self._last_reported_time = now


@deprecated(None, "Use tf.train.MonitoredTrainingSession.")
def get_default_monitors(
    loss_op: Any = None,
    summary_op: Any = None,
    save_summary_steps: int = 100,
    output_dir: str | None = None,
    summary_writer: Any = None,
) -> list[BaseMonitor]:
    """Monitors that log a loss, and write summaries."""
    monitors: list[BaseMonitor] = []
    if loss_op is not None:
        monitors.append(PrintTensor(tensor_names={"loss": loss_op.name}))
    if summary_op is not None:
        monitors.append(
            SummarySaver(
                summary_op,
                save_steps=save_summary_steps,
                output_dir=output_dir,
                summary_writer=summary_writer,
            )
        )
    return monitors
