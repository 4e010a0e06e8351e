"""The models of a server, by name; which version a request means."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping

from stillflow.graph.errors import NotFoundError
from stillflow.serving.tensors import invalid
from stillflow.serving.versions import Version, Versions

_log = logging.getLogger("stillflow")


class Models:
    """All models of a server.

    Args:
      models: each with its own name.
      labels: {(model, label): version}.
    """

    def __init__(
        self, models: Iterable[Versions], labels: Mapping[tuple[str, str], int] | None = None
    ):
        self._models = {model.name: model for model in models}
        self._labels = dict(labels or {})

    def __iter__(self) -> Iterator[Versions]:
        return iter(self._models.values())

    def find(self, name: str, number: int | None = None, label: str | None = None) -> Version:
        """The version that can be asked: of that number or label, or the newest one.

        Raises:
          NotFoundError: there is no such model or version.
          InvalidArgumentError: there is no such label.
        """
        if name not in self._models:
            what = f"Latest({name})" if number is None else f"Specific({name}, {number})"
            there = ", ".join(sorted(self._models))
            reason = f"Servable not found for request: {what}. This server has {there}."
            raise NotFoundError(None, None, reason)
        return self._models[name].find(self._numbered(name, number, label))

    def status(
        self, name: str, number: int | None = None, label: str | None = None
    ) -> list[Version]:
        """Newest first: the version of that number or label, or all.

        Raises:
          NotFoundError: there is none.
          InvalidArgumentError: there is no such label.
        """
        number = self._numbered(name, number, label)
        versions = self._models[name].all() if name in self._models else []
        found = [version for version in versions if number in (None, version.number)]
        if not found:
            which = "any versions" if number is None else f"version {number}"
            raise NotFoundError(None, None, f"Could not find {which} of model {name}")
        return found

    def _numbered(self, name: str, number: int | None, label: str | None) -> int | None:
        if label is None:
            return number
        if (name, label) not in self._labels:
            raise invalid(f"Unrecognized servable version label: {label}")
        return self._labels[name, label]

    async def look(self) -> None:
        """Takes up what is new, and lets go of what has gone."""
        for model in self._models.values():
            await model.look()

    async def watch(self, seconds: float = 1.0) -> None:
        """Looks again and again, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.look()
            except Exception:  # one bad look must not be the last
                _log.exception("The models' folders could not be looked at.")

    async def close(self) -> None:
        """Lets go of all models, once their requests are answered."""
        await asyncio.gather(*(model.close() for model in self._models.values()))
