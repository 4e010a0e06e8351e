"""A model folder: which checkpoints it holds, and of which network."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import stillflow as tf
from stillflow.digits import forward

FOLDER = "digits-model"  # where every command looks for the model unless told otherwise
NAME = "digits"  # checkpoints are FOLDER/digits-STEP
STEP = "global_step"

T = TypeVar("T")
_log = logging.getLogger("stillflow")


class ModelError(Exception):
    """A model folder that cannot be used as asked."""


class NoModel(ModelError):
    """A folder without any intact checkpoint."""

    def __init__(self, folder: str):
        super().__init__(
            f"There is no trained model in {folder}."
            f"\n  `stillflow digits train --model {folder}` makes one."
        )
        self.folder = folder


def checkpoints(folder: str) -> list[str]:
    """The checkpoints that the folder names, newest first; some may be damaged."""
    state = tf.train.get_checkpoint_state(folder)
    return [] if state is None else list(reversed(state.all_model_checkpoint_paths))


def restore_newest(folder: str, restore: Callable[[str], Any]) -> str | None:
    """Calls `restore` with one checkpoint after another until one is intact; returns that one.

    A damaged or vanished checkpoint is passed over with a warning. None if no checkpoint is left.
    """
    for path in checkpoints(folder):
        if open_or_pass_over(path, lambda path: (restore(path),)) is not None:
            return path
    return None


def open_or_pass_over(checkpoint: str, read: Callable[[str], T]) -> T | None:
    """What `read` makes of a checkpoint; None, with a warning, if it is damaged or vanished."""
    try:
        return read(checkpoint)
    except (tf.errors.DataLossError, tf.errors.NotFoundError) as error:
        reason = error.message.splitlines()[0]
        _log.warning("Checkpoint %s is passed over: %s", checkpoint, reason)
        return None


def hidden_sizes(checkpoint: str) -> tuple[int, ...]:
    """The sizes of the hidden layers of the network in a checkpoint.

    Raises:
      ModelError: it holds no such network.
      tf.errors.DataLossError, tf.errors.NotFoundError: it is damaged or not there.
    """
    shapes = tf.train.NewCheckpointReader(checkpoint).get_variable_to_shape_map()
    sizes = [forward.PIXELS]
    for number in itertools.count(1):
        shape = shapes.get(f"layer{number}/weights")
        if shape is None:
            break
        if shape[:1] != sizes[-1:]:
            raise _no_recogniser(checkpoint)
        sizes.append(shape[1])
    if len(sizes) < 2 or sizes[-1] != forward.DIGITS:
        raise _no_recogniser(checkpoint)
    return tuple(sizes[1:-1])


def step_of(checkpoint: str) -> int:
    """The number of training steps behind a checkpoint."""
    return int(tf.train.NewCheckpointReader(checkpoint).get_tensor(STEP))


def write_whole(path: Path, text: str) -> None:
    """Makes `text` the content of a file in one step: who stops us leaves the old or the new."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)


def _no_recogniser(checkpoint: str) -> ModelError:
    return ModelError(
        f"The checkpoint {checkpoint} holds no digit recogniser: it has no layers from "
        f"{forward.PIXELS} pixels to {forward.DIGITS} digits named layer1/weights, layer2/weights, "
        "...\n  Name another folder with --model."
    )
