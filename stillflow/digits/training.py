"""Trains a network in a model folder: goes on from what is there, saves, and reports."""

from __future__ import annotations

import math
import os
import time
from typing import Any, NamedTuple, Protocol

import numpy as np

import stillflow as tf
from stillflow.digits import backward, dataset, model
from stillflow.digits import settings as settings_file
from stillflow.digits.metrics import MetricsFile
from stillflow.digits.settings import Settings
from stillflow.digits.stopping import StopRequests

EVENTS = "events"  # the folder of event files in a model folder
_CHUNK = 1000  # images that are tested in one run
_KEPT = 5  # checkpoints


class Watcher(Protocol):
    """Is told how a training goes."""

    def started(self, step: int, steps: int) -> None:
        """It begins after `step` of `steps` steps."""

    def stepped(self, step: int, loss: float, rate: float, speed: float) -> None:
        """After `step` steps: the last batch's loss, the learning rate, steps per second."""

    def saved(self, step: int, accuracy: float, checkpoint: str) -> None:
        """A checkpoint was written; `accuracy` is that on the validation images."""


class Pace(NamedTuple):
    """How many steps lie between two logs, and between two checkpoints.

    With `until`, a share, training ends once that share of the validation images is right.
    """

    log_every: int
    save_every: int
    until: float | None = None


class Outcome(NamedTuple):
    """How a training ended.

    step: after which step; accuracy: on the validation images, None when no step was left to do;
    stopped: it was asked to stop before its end.
    """

    step: int
    accuracy: float | None
    stopped: bool


def train(settings: Settings, folder: str, watcher: Watcher, pace: Pace) -> Outcome:
    """Trains the model in `folder`, a new one or the one that is there, up to `settings.steps`.

    Raises:
      ModelError: the folder holds a model of other layers, or of another optimizer; or training
        diverges.
    """
    os.makedirs(folder, exist_ok=True)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        run = _Run(settings, folder, session)
        step = run.restore_or_begin()
        if step >= settings.steps:
            return Outcome(step, None, False)
        watcher.started(step, settings.steps)
        metrics = MetricsFile(folder, step)
        writer = tf.summary.FileWriter(os.path.join(folder, EVENTS), graph if step == 0 else None)
        # TensorBoard drops what an earlier process reported from this step on.
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), step + 1)
        try:
            with StopRequests() as stop:
                return _loop(run, _Reporter(run, watcher, metrics, writer, step), stop, step, pace)
        finally:
            writer.close()
            metrics.close()


def _loop(run: _Run, reporter: _Reporter, stop: StopRequests, step: int, pace: Pace) -> Outcome:
    while True:
        loss = run.step(step)
        step += 1
        if not math.isfinite(loss):
            raise model.ModelError(
                f"Training diverged: after step {step} the loss is {loss}."
                "\n  Try a smaller --rate. The last checkpoint, if there is one, is as it was."
            )
        ends = step == run.settings.steps or stop.requested
        if ends or step % pace.log_every == 0:
            reporter.log(step, loss)
        if ends or step % pace.save_every == 0:
            accuracy = reporter.save(step)
            if ends or (pace.until is not None and accuracy >= pace.until):
                return Outcome(step, accuracy, stop.requested and step < run.settings.steps)


class _Run:
    """A training graph in a session, with its data and its checkpoints."""

    def __init__(self, settings: Settings, folder: str, session: Any):
        self.settings = settings
        self.session = session
        self._folder = folder
        examples, self._validation, _ = dataset.mnist()
        self.training = backward.build(settings, len(examples.labels))
        self.reports = backward.reports(self.training)
        self.samples = dataset.inputs_of(self._validation.images[:10])
        self._batches = dataset.Batches(examples, settings.batch, settings.seed, settings.distort)
        # Relative paths, so that the folder can be moved.
        self._saver = tf.train.Saver(max_to_keep=_KEPT, save_relative_paths=True)

    def restore_or_begin(self) -> int:
        """Reads the newest intact checkpoint, or initialises; returns the number of steps done."""
        if model.restore_newest(self._folder, self._restore) is None:
            self.session.run(tf.global_variables_initializer())
        kept = model.checkpoints(self._folder)
        self._saver.recover_last_checkpoints(kept[::-1])
        return int(self.session.run(self.training.step))

    def _restore(self, checkpoint: str) -> None:
        sizes = model.hidden_sizes(checkpoint)
        if sizes != self.settings.hidden:
            there, wanted = (",".join(map(str, s)) for s in (sizes, self.settings.hidden))
            raise model.ModelError(
                f"The model in {self._folder} has hidden layers of {there} units, not of {wanted}."
                f"\n  Continue it with --hidden {there}, or name another folder with --model."
            )
        stored = tf.train.NewCheckpointReader(checkpoint).get_variable_to_shape_map()
        missing = sorted({v.op.name for v in tf.global_variables()} - set(stored))
        if missing:
            raise model.ModelError(
                f"The model in {self._folder} was not trained with "
                f"--optimizer {self.settings.optimizer}: it has no {missing[0]}."
                "\n  Continue it with its own optimizer, or name another folder with --model."
            )
        self._saver.restore(self.session, checkpoint)

    def step(self, number: int) -> float:
        """Trains on the batch of step `number`; returns its loss."""
        images, labels = self._batches[number]
        feeds = {self.training.images: images, self.training.labels: labels}
        return self.session.run([self.training.train, self.training.loss], feeds)[1]

    def accuracy(self) -> float:
        """The share of the validation images that the averaged weights classify right."""
        images, labels = dataset.inputs_of(self._validation.images), self._validation.labels
        right = [
            self.session.run(
                self.training.right,
                {
                    self.training.images: images[start : start + _CHUNK],
                    self.training.labels: labels[start : start + _CHUNK],
                },
            )
            for start in range(0, len(labels), _CHUNK)
        ]
        return float(np.concatenate(right).mean(dtype=np.float64))

    def save(self) -> str:
        """Writes a checkpoint, and the settings beside it; returns its path."""
        settings_file.save(self.settings, self._folder)
        prefix = os.path.join(self._folder, model.NAME)
        path = self._saver.save(self.session, prefix, global_step=self.training.step)
        assert path is not None  # as it is for a Saver without variables
        return path


class _Reporter:
    """Tells the watcher, the metrics file and TensorBoard."""

    def __init__(
        self, run: _Run, watcher: Watcher, metrics: MetricsFile, writer: Any, first_step: int
    ):
        self._run, self._watcher, self._metrics, self._writer = run, watcher, metrics, writer
        self._last_time, self._last_step = time.monotonic(), first_step

    def log(self, step: int, loss: float) -> None:
        reports, now = self._run.reports, time.monotonic()
        fetches = [self._run.training.rate, reports.numbers]
        rate, numbers = self._run.session.run(fetches, {reports.loss: loss})
        speed = (step - self._last_step) / (now - self._last_time)
        self._last_time, self._last_step = now, step
        self._watcher.stepped(step, float(loss), float(rate), speed)
        self._metrics.add(step=step, loss=float(loss), rate=float(rate), speed=round(speed, 1))
        self._writer.add_summary(numbers, step)

    def save(self, step: int) -> float:
        """Saves and tests; returns the validation accuracy."""
        checkpoint, accuracy, reports = self._run.save(), self._run.accuracy(), self._run.reports
        self._metrics.add(step=step, accuracy=accuracy)
        self._metrics.flush()
        fetches = [reports.accuracy, reports.weights, reports.digits]
        feeds = {reports.share: accuracy, self._run.training.images: self._run.samples}
        for summary in self._run.session.run(fetches, feeds):
            self._writer.add_summary(summary, step)
        self._writer.flush()
        self._watcher.saved(step, accuracy, checkpoint)
        return accuracy
