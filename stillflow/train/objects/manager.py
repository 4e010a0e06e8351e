"""`tf.train.CheckpointManager`: numbers the checkpoints of objects, and deletes old ones."""

from __future__ import annotations

import glob
import numbers
import os
import time
from collections.abc import Callable
from typing import Any

from stillflow.checkpoint import management
from stillflow.graph import context
from stillflow.ops.variables.creators import variable_creator_scope
from stillflow.platform import files, logging
from stillflow.train.training_util import global_step


class CheckpointManager:
    """Keeps the newest checkpoints of a `Checkpoint` in a folder.

    It takes up what an earlier process has left there, by the folder's file `checkpoint`.

    Args:
      checkpoint: what is saved.
      directory: the folder.
      max_to_keep: how many checkpoints; None keeps all.
      keep_checkpoint_every_n_hours: additionally keeps one for so many hours, for good.
      checkpoint_name: the beginning of the files' names.

    Raises:
      ValueError: `max_to_keep` is not positive.
    """

    def __init__(
        self,
        checkpoint: Any,
        directory: str,
        max_to_keep: int | None,
        keep_checkpoint_every_n_hours: float | None = None,
        checkpoint_name: str = "ckpt",
    ):
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError(
                "Expected a positive integer or `None` for `max_to_max_to_keep`, got "
                f"{max_to_keep:d}."
            )
        self._checkpoint = checkpoint
        self._count: Any = None
        self._max_to_keep = max_to_keep
        self._hours = keep_checkpoint_every_n_hours
        self._directory = directory
        self._prefix = os.path.join(directory, checkpoint_name)
        self._latest: str | None = None
        self._kept: dict[str, float] = {}  # prefixes, oldest first, and when they were saved
        self._last_preserved = time.time() - 1
        self._take_up(management.get_checkpoint_state(directory))

    def _take_up(self, state: Any) -> None:
        """Goes on where the process was whose `CheckpointState` is found."""
        if state is None:
            return
        now = time.time()
        self._latest = state.model_checkpoint_path
        self._last_preserved = state.last_preserved_timestamp
        if now < self._last_preserved:
            logging.warning(
                "time.time() returned a value %f seconds behind the last preserved checkpoint "
                "timestamp.",
                self._last_preserved - now,
            )
            self._last_preserved = now
        paths, times = state.all_model_checkpoint_paths, state.all_model_checkpoint_timestamps
        # A file that tells no times is taken for one of checkpoints that are to stay.
        for path, saved_at in zip(paths, times or [self._last_preserved] * len(paths), strict=True):
            if min(saved_at, now) > self._last_preserved:
                self._kept[path] = min(saved_at, now)

    @property
    def latest_checkpoint(self) -> str | None:
        """The prefix of the newest checkpoint; None where there is none."""
        return self._latest

    @property
    def checkpoints(self) -> list[str]:
        """The prefixes of the checkpoints that it may delete, oldest first."""
        return list(self._kept)

    def save(self, checkpoint_number: Any = None) -> str:
        """Writes a checkpoint in the default session, and deletes those that are over the number.

        Args:
          checkpoint_number: a number, or a variable that has it; by default how many saves of the
            `Checkpoint` there were.

        Returns:
          Its prefix.
        """
        count = self._counted_now if context.executing_eagerly() else self._counted_in_session
        number = count(checkpoint_number)
        prefix: str = self._checkpoint.write(f"{self._prefix}-{number:d}")
        self._kept.pop(prefix, None)
        self._kept[prefix] = time.time()
        self._latest = prefix
        # First the new one is told of, then old ones go: what is told of is there at all times.
        self._record()
        self._sweep()
        self._record()
        return prefix

    def _counted_now(self, number: Any) -> int:
        """Counts the save; the number that it has."""
        counter = self._checkpoint.save_counter.assign_add(1)
        return int(counter if number is None else number)

    def _counted_in_session(self, number: Any) -> int:
        session: Any = context.get_default_session()

        def initialized(next_creator: Callable[..., Any], **kwargs: Any) -> Any:
            variable = next_creator(**kwargs)
            session.run(variable.initializer)
            return variable

        with variable_creator_scope(initialized):  # of the counter, where it is made now
            counter = self._checkpoint.save_counter
        if self._count is None:
            self._count = counter.assign_add(1, read_value=False)
        session.run(self._count)
        number = counter if number is None else number
        return int(number) if isinstance(number, numbers.Integral) else global_step(session, number)

    def _sweep(self) -> None:
        """Deletes the oldest, but for one of so many hours."""
        while self._max_to_keep and len(self._kept) > self._max_to_keep:
            prefix = next(iter(self._kept))
            saved_at = self._kept.pop(prefix)
            if self._hours and saved_at - self._hours * 3600 >= self._last_preserved:
                self._last_preserved = saved_at
                continue
            data = glob.glob(f"{glob.escape(prefix)}.data-?????-of-?????")
            for path in filter(files.exists, [f"{prefix}.index", *data]):
                files.remove(path)

    def _record(self) -> None:
        assert self._latest is not None
        management.update_checkpoint_state(
            self._directory,
            self._latest,
            list(self._kept),
            all_model_checkpoint_timestamps=list(self._kept.values()),
            last_preserved_timestamp=self._last_preserved,
            save_relative_paths=True,
        )
