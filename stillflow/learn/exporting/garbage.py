"""Which of a folder's exports to keep: filters of paths, and their unions and complements."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from stillflow.graph.text import as_text
from stillflow.platform import files
from stillflow.platform.deprecation import deprecated

_INSTEAD = "Please implement your own file management or use Saver."


class Path(NamedTuple):
    """A path, and the version of the export that it is."""

    path: str
    export_version: Any


_Filter = Callable[[Iterable[Path]], list[Path]]


@deprecated(None, _INSTEAD)
def largest_export_versions(n: int) -> _Filter:
    """Keeps the `n` largest versions."""

    def keep(paths: Iterable[Path]) -> list[Path]:
        versioned = [path for path in paths if path.export_version is not None]
        return sorted(sorted(versioned, key=lambda path: path.export_version, reverse=True)[:n])

    return keep


@deprecated(None, _INSTEAD)
def one_of_every_n_export_versions(n: int) -> _Filter:
    """Keeps the largest version of each `n` that follow each other: 1 to n, n + 1 to 2 n, ..."""

    def keep(paths: Iterable[Path]) -> list[Path]:
        kept: dict[int, Path] = {}
        for path in paths:
            version = path.export_version
            if version is None:
                continue
            interval = (version - 1) // n if version else 0
            if interval not in kept or kept[interval].export_version < version:
                kept[interval] = path
        return sorted(kept.values())

    return keep


@deprecated(None, _INSTEAD)
def mod_export_version(n: int) -> _Filter:
    """Keeps versions that `n` divides."""
    return lambda paths: sorted(path for path in paths if path.export_version % n == 0)


@deprecated(None, _INSTEAD)
def union(lf: _Filter, rf: _Filter) -> _Filter:
    """Keeps what one of two filters keeps."""
    return lambda paths: sorted({*lf(paths), *rf(paths)})


@deprecated(None, _INSTEAD)
def negation(f: _Filter) -> _Filter:
    """Keeps what a filter does not."""
    return lambda paths: sorted({*paths} - {*f(paths)})


@deprecated(None, "Please implement your own file name management.")
def get_paths(base_dir: Any, parser: Callable[[Path], Path | None]) -> list[Path]:
    """The paths below a folder that `parser` gives a version, in order."""
    base = as_text(base_dir)
    parsed = (parser(Path(os.path.join(base, name), None)) for name in files.ListDirectory(base))
    return sorted(path for path in parsed if path)
