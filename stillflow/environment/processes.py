"""Has programs find the period's world, here and in the processes that they spawn."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from stillflow.environment.alias import as_tensorflow
from stillflow.environment.on_import import when_imported


def prepare(period: bool) -> None:
    """Makes `import tensorflow` mean Stillflow, here and in spawned processes."""
    as_tensorflow(period)
    when_imported("multiprocessing.spawn", lambda spawn: _prepare_children(spawn, period))


class _Preparation:
    """Unpickles as a call of `prepare`."""

    def __init__(self, period: bool):
        self._period = period

    def __reduce__(self) -> tuple[Callable[[bool], None], tuple[bool]]:
        return prepare, (self._period,)


def _prepare_children(spawn: ModuleType, period: bool) -> None:
    """A spawned process unpickles its preparation data before it imports the program."""
    today = spawn.get_preparation_data
    spawn.get_preparation_data = lambda name: {  # type: ignore[attr-defined]
        **today(name),
        "stillflow": _Preparation(period),
    }
