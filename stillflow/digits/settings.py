"""How a network is trained: the settings, and the two sets of them that have names."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from stillflow.digits import forward, model

_FILE = "settings.json"
OPTIMIZERS = ("momentum", "sgd", "adam")


@dataclasses.dataclass(frozen=True)
class Settings:
    """One training, but for its images.

    Attributes:
      hidden: the sizes of the hidden layers.
      steps: how many batches in all.
      batch: images in a batch.
      optimizer: one of OPTIMIZERS.
      rate, decay: the learning rate at first, and what is left of it after each epoch.
      l2: the weight of half the squared weights in the loss.
      average: the decay of the moving averages of the weights.
      stddev: of the initial weights; None scales them to each layer's inputs.
      keep: the share of each hidden layer that dropout leaves; None for no dropout.
      distort: how strongly training images are bent, turned and moved; 0 for not at all.
      seed: of the initial weights, the order of the images, dropout and distortions.
    """

    hidden: tuple[int, ...] = forward.HIDDEN
    steps: int = 50_000
    batch: int = 200
    optimizer: str = "momentum"
    rate: float = 0.1
    decay: float = 0.99
    l2: float = 0.0001
    average: float = 0.99
    stddev: float | None = forward.COURSE_STDDEV
    keep: float | None = None
    distort: float = 0.0
    seed: int = 1


COURSE = Settings()
BEST = Settings(
    hidden=(800, 800),
    steps=25_000,
    rate=0.15,
    decay=0.95,
    l2=0.0,
    average=0.999,
    stddev=None,
    distort=0.7,
)
PRESETS = {"course": COURSE, "best": BEST}


def save(settings: Settings, folder: str) -> None:
    """Writes the settings beside the model that they make."""
    text = json.dumps(dataclasses.asdict(settings), indent=2) + "\n"
    model.write_whole(Path(folder, _FILE), text)


def load(folder: str) -> Settings | None:
    """The settings that the model in `folder` was last trained with; None when there are none.

    Raises:
      ModelError: the file that holds them is not as it was written.
    """
    path = Path(folder, _FILE)
    if not path.exists():
        return None
    try:
        stored: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return Settings(**{**stored, "hidden": tuple(stored["hidden"])})
    except (ValueError, KeyError, TypeError) as error:
        raise model.ModelError(
            f"{path} does not hold the settings of a training: {error}"
            "\n  Delete it to go on with the options that you give."
        ) from error
