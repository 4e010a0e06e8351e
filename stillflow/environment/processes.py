"""Has programs find the period's world, here and in the processes that they spawn."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from stillflow.environment.alias import as_tensorflow
from stillflow.environment.on_import import when_imported


def prepare(period: bool, python2: bool = False) -> None:
    """Makes `import tensorflow` mean Stillflow, here and in spawned processes.

    With `python2`, the program's modules are translated when they are imported.

    Raises:
      NotTranslated: with `python2`, where there is no translator.
    """
    if python2:
        from stillflow.environment.python2 import install, require

        require()
        install()
    as_tensorflow(period)
    preparation = _Preparation(period, python2)
    when_imported("multiprocessing.spawn", lambda spawn: _prepare_children(spawn, preparation))


class _Preparation:
    """Unpickles as a call of `prepare`."""

    def __init__(self, *arguments: bool):
        self._arguments = arguments

    def __reduce__(self) -> tuple[Callable[..., None], tuple[bool, ...]]:
        return prepare, self._arguments


def _prepare_children(spawn: ModuleType, preparation: _Preparation) -> None:
    """A spawned process unpickles its preparation data before it imports the program."""
    today = spawn.get_preparation_data
    spawn.get_preparation_data = lambda name: {  # type: ignore[attr-defined]
        **today(name),
        "stillflow": preparation,
    }
