"""A server of models, put together."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stillflow.serving import app
from stillflow.serving.bodies import BodyReader
from stillflow.serving.loading import is_model, load
from stillflow.serving.metrics import Metrics
from stillflow.serving.models import Models
from stillflow.serving.running import Limits, Runner
from stillflow.serving.versions import Versions, versions_in
from stillflow.serving.warmup import warm_up

_log = logging.getLogger("stillflow")


@dataclass(frozen=True)
class Settings:
    """How models are loaded and asked.

    inputs, outputs: {what clients say: the name of a tensor or node}, where signatures do not say.
    tags: of a SavedModel's graph.
    batch: rows of several requests in one run; wait: seconds for which a batch waits for more.
    timeout: seconds that a request may take.
    queue: requests of a model that may wait.
    body, memory: MiB of a request's body, and of all together.
    every: seconds between looks for versions.
    warm_up: whether models are run and compiled when they are loaded.
    """

    inputs: Mapping[str, str] | None = None
    outputs: Mapping[str, str] | None = None
    tags: Sequence[str] = ("serve",)
    batch: int = 1
    wait: float = 0.0
    timeout: float = 30.0
    queue: int = 4096
    body: int = 16
    memory: int = 256
    every: float = 1.0
    warm_up: bool = True

    @property
    def limits(self) -> Limits:
        return Limits(self.batch, self.wait, self.queue, self.timeout)


class Server:
    """The API of some models.

    Attributes:
      models: they themselves.
      app: the ASGI application.
    """

    def __init__(
        self,
        paths: Mapping[str, str],
        versions: str | Sequence[int] = "all",
        labels: Mapping[tuple[str, str], int] | None = None,
        settings: Settings | None = None,
    ):
        """Loads nothing yet.

        Args:
          paths: where each model is, by name.
          versions: "all", "latest" or numbers.
          labels: {(name, label): version}.

        Raises:
          FileNotFoundError: there is no such folder or file.
          ValueError: a path is neither a folder nor a .meta or .pb file.
        """
        settings = settings or Settings()
        metrics = Metrics()
        made = []
        for name, path in paths.items():
            _check(name, path)
            opened = functools.partial(_opened, name=name, settings=settings, metrics=metrics)
            wanted = None if isinstance(versions, str) else versions
            made.append(Versions(name, path, opened, wanted, versions == "latest"))
        self.models = Models(made, labels)
        reader = BodyReader(settings.body * 2**20, settings.memory * 2**20, settings.timeout)
        self.app = app.create(self.models, reader, metrics, settings.every, settings.timeout)

    def take_up(self) -> None:
        """Loads what is there. For a thread without an event loop.

        Raises:
          OSError: a folder cannot be read.
          ValueError: a model that is not in a folder of versions cannot be loaded.
        """
        asyncio.run(self.models.look())
        for model in self.models:
            for version in model.all():
                if version.error and is_model(model.path):
                    raise ValueError(f"{model.path} is not served: {version.error}")


def _check(name: str, path: str) -> None:
    if not os.path.exists(path):
        raise FileNotFoundError(f"{path}: There is no such folder or file.")
    if is_model(path) or versions_in(path):
        return
    if not os.path.isdir(path):
        raise ValueError(f"{path} is neither a folder nor a .meta or .pb file.")
    _log.warning(
        "Model %s has no version yet: %s has no folder named by a number with a saved_model.pb in "
        "it. It is taken up when it comes.",
        name,
        path,
    )


def _opened(path: str, name: str, settings: Settings, metrics: Metrics) -> Runner:
    servable = load(path, settings.inputs, settings.outputs, settings.tags)
    runner = Runner(servable, settings.limits, functools.partial(metrics.run, name))
    if settings.warm_up:
        count = warm_up(servable, path, runner.sizes())
        if count:
            _log.info("Model %s answered %d requests to warm up.", name, count)
    return runner
