"""Callbacks that set the learning rate before batches, for as many ranks as there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.distribute.horovod import basics
from stillflow.keras.callbacks.callback import Callback, Logs
from stillflow.layers.values import get_value, set_value


class LearningRateScheduleCallback(Callback):
    """Multiplies the learning rate that a training began with, in some epochs.

    Args:
      multiplier: a number, or a function of the epoch, which has a fraction without `staircase`.
      start_epoch: the first epoch that it acts in.
      end_epoch: the first that it does not act in any more; None for all.
      staircase: whether the rate changes with epochs, or else with batches.
      momentum_correction: whether the momentum is multiplied, for one batch, by how the rate
        changed.
      steps_per_epoch: by default what the training says.
      initial_lr: what is multiplied; by default the optimizer's rate when the training begins.
    """

    def __init__(
        self,
        multiplier: float | Callable[[Any], float],
        start_epoch: int = 0,
        end_epoch: int | None = None,
        staircase: bool = True,
        momentum_correction: bool = True,
        steps_per_epoch: int | None = None,
        initial_lr: float | None = None,
    ):
        super().__init__()
        self.start_epoch = start_epoch
        self.end_epoch = end_epoch
        self.staircase = staircase or not callable(multiplier)
        self.multiplier = multiplier if callable(multiplier) else lambda epoch: multiplier
        self.momentum_correction = momentum_correction
        self.steps_per_epoch = steps_per_epoch
        self.initial_lr: Any = initial_lr
        self.restore_momentum: Any = None
        self.current_epoch = 0

    def on_train_begin(self, logs: Logs = None) -> None:
        if self.initial_lr is None:
            self.initial_lr = get_value(self.model.optimizer.lr)
        if not self.staircase and not self.steps_per_epoch:
            self.steps_per_epoch = self._steps_of_training()

    def _steps_of_training(self) -> int:
        steps, samples, size = map(self.params.get, ("steps", "samples", "batch_size"))
        if steps:
            return int(steps)
        if samples and size:
            return int(samples // size)
        raise ValueError(
            "Could not autodetect the number of steps per epoch. Please specify the "
            f"steps_per_epoch parameter to the {type(self).__name__}() or upgrade to the latest "
            "version of Keras."
        )

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.current_epoch = epoch

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        epoch = self.current_epoch
        if epoch < self.start_epoch or (self.end_epoch is not None and epoch >= self.end_epoch):
            return
        if not self.staircase:
            self._adjust(epoch + batch / (self.steps_per_epoch or 1))
        elif batch == 0:
            self._adjust(epoch)

    def _adjust(self, epoch: float) -> None:
        optimizer = self.model.optimizer
        before = get_value(optimizer.lr)
        rate = self.initial_lr * self.multiplier(epoch)
        set_value(optimizer.lr, rate)
        if self.momentum_correction and hasattr(optimizer, "momentum"):
            self.restore_momentum = get_value(optimizer.momentum)
            set_value(optimizer.momentum, self.restore_momentum * rate / before)

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        if self.restore_momentum:
            set_value(self.model.optimizer.momentum, self.restore_momentum)
            self.restore_momentum = None

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if logs is not None:
            logs["lr"] = get_value(self.model.optimizer.lr)


class LearningRateWarmupCallback(LearningRateScheduleCallback):
    """Raises the rate batch by batch, from that of one rank to that of all.

    Args:
      warmup_epochs: in so many epochs.
      momentum_correction, steps_per_epoch, initial_lr: see LearningRateScheduleCallback.
      verbose: 1 to tell when it is done.
    """

    def __init__(
        self,
        warmup_epochs: int = 5,
        momentum_correction: bool = True,
        steps_per_epoch: int | None = None,
        verbose: int = 0,
        initial_lr: float | None = None,
    ):
        super().__init__(
            self._share,
            end_epoch=warmup_epochs,
            staircase=False,
            momentum_correction=momentum_correction,
            steps_per_epoch=steps_per_epoch,
            initial_lr=initial_lr,
        )
        self.warmup_epochs = warmup_epochs
        self.verbose = verbose

    def _share(self, epoch: float) -> float:
        """The part of the full rate: 1/N at first, 1 for the last batch of the last epoch."""
        done = (epoch + 1.0 / (self.steps_per_epoch or 1)) / self.warmup_epochs
        return (done * (basics.size() - 1) + 1) / basics.size()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        super().on_epoch_end(epoch, logs)
        if epoch == self.warmup_epochs - 1 and self.verbose > 0:
            rate = get_value(self.model.optimizer.lr)
            print(f"\nEpoch {epoch + 1}: finished gradual learning rate warmup to {rate:g}.")
