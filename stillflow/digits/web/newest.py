"""The newest model of a folder, taken up while the server runs."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import NamedTuple

import numpy as np

import stillflow as tf
from stillflow.digits.model import ModelError, NoModel
from stillflow.digits.recogniser import Recogniser

_log = logging.getLogger("stillflow")
# A plan is made for each number of images: a batch is filled up to one of these.
_BATCHES = (1, 4, 16, 64, 256)


class Answer(NamedTuple):
    """What a network says about one image."""

    probabilities: np.ndarray  # f32[10]
    hidden: np.ndarray  # f32[h]
    step: int


class Newest:
    """The newest intact checkpoint of `folder`.

    Attributes:
      recogniser: the network, None until there is one.
      reason: why there is none.
    """

    def __init__(self, folder: str):
        self.folder = folder
        self.recogniser: Recogniser | None = None
        self.reason = str(NoModel(folder))
        self._seen: tuple[int, int] | None = None

    def look(self) -> None:
        """Takes up the newest checkpoint if the folder's state has changed since the last look.

        A checkpoint that cannot be read is passed over, and named in the log.
        """
        seen = self._state()
        if seen is None or seen == self._seen:
            return
        try:
            self.recogniser = Recogniser.open(self.folder)
        except (ModelError, tf.errors.OpError, OSError) as error:
            self.reason = str(error)
            _log.warning("The model in %s is not taken up: %s", self.folder, error)
        self._seen = seen

    async def watch(self, seconds: float = 1.0) -> None:
        """Looks again and again, until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except Exception:  # one bad look must not be the last
                _log.exception("The model in %s is not taken up.", self.folder)
            await asyncio.sleep(seconds)

    def run(self, images: list[np.ndarray]) -> list[Answer]:
        """f32[784] for each image -> what the network that is newest now says about each.

        Raises:
          NoModel: there is none yet.
        """
        recogniser = self.recogniser
        if recogniser is None:
            raise NoModel(self.folder)
        rows = next(size for size in _BATCHES if size >= len(images))
        batch = np.zeros((rows, images[0].size), np.float32)
        batch[: len(images)] = images
        found = recogniser.run(batch)
        answers = zip(found.probabilities, found.hidden, strict=True)
        return [Answer(p, h, recogniser.step) for p, h in answers][: len(images)]

    def _state(self) -> tuple[int, int] | None:
        """What changes whenever a checkpoint is saved."""
        try:
            about = (Path(self.folder) / "checkpoint").stat()
        except OSError:
            return None
        return about.st_mtime_ns, about.st_ino
