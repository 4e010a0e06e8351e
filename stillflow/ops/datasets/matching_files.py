"""Datasets of the files whose paths match patterns, which are looked for as elements are taken."""

from __future__ import annotations

import fnmatch
import heapq
import os
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.graph import dtypes
from stillflow.graph.errors import NotFoundError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_bytes, as_text
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, End, Place
from stillflow.ops.datasets.state import State
from stillflow.platform import files


class MatchingFilesDataset(Dataset):
    """The paths of files that match one pattern after another: string[].

    Folders do not count, and a wildcard stands for no slash.
    """

    def __init__(self, patterns: Sequence[bytes]):
        super().__init__((), [dtypes.string], [TensorShape([])])
        self.patterns = patterns

    def iterator(self, place: Place) -> ElementIterator:
        return _Matching(self.patterns)


class _Matching(ElementIterator):
    kind = "MatchingFiles"

    def __init__(self, patterns: Sequence[bytes]):
        self._patterns = patterns
        self._number = 0
        self._pattern = ""
        self._has_found = False
        # Files that match and folders to look into: the first of them by path is the next one.
        self._waiting: list[tuple[str, bool]] = []

    def next(self) -> Element:
        while self._waiting or self._number < len(self._patterns):
            if not self._waiting:
                self._begin()
                continue
            path, is_folder = heapq.heappop(self._waiting)
            if is_folder:
                self._look_into(path)
                continue
            self._has_found = True
            return (np.array(as_bytes(path), np.object_),)
        if not self._has_found:
            raise NotFoundError(None, None, "Don't find any matched files")
        raise End

    def _begin(self) -> None:
        """Looks into the folder before the first wildcard of the next pattern."""
        pattern = as_text(self._patterns[self._number])
        folder = os.path.dirname(_before_wildcards(pattern))
        if not folder:
            folder, pattern = ".", os.path.join(".", pattern)
        if not files.isdir(folder):
            raise NotFoundError(None, None, f"{folder}; No such file or directory")
        self._pattern = pattern
        self._number += 1
        self._look_into(folder)

    def _look_into(self, folder: str) -> None:
        beginning = _before_wildcards(self._pattern)
        for name in files.listdir(folder):
            path = os.path.join(folder, name)
            if not path.startswith(beginning):
                continue
            if files.isdir(path):
                heapq.heappush(self._waiting, (path, True))
            elif _matches(path, self._pattern):
                heapq.heappush(self._waiting, (path, False))

    def save(self, state: State) -> None:
        state["current_pattern_index"] = self._number
        state["current_pattern"] = as_bytes(self._pattern)
        state["hasMatch"] = int(self._has_found)
        state["isWindows"] = 0
        if self._waiting:
            state["queue_size"] = len(self._waiting)
        for number, (path, is_folder) in enumerate(sorted(self._waiting)):
            state[f"path_{number}"] = as_bytes(path)
            state[f"path_status_{number}"] = int(is_folder)

    def restore(self, state: State) -> None:
        self._number = state.number("current_pattern_index")
        self._pattern = as_text(state["current_pattern"].item())
        self._has_found = bool(state.number("hasMatch"))
        count = state.number("queue_size") if "queue_size" in state else 0
        self._waiting = [
            (as_text(state[f"path_{n}"].item()), bool(state.number(f"path_status_{n}")))
            for n in range(count)
        ]


def _matches(path: str, pattern: str) -> bool:
    parts, patterns = path.split("/"), pattern.replace("[^", "[!").split("/")
    return len(parts) == len(patterns) and all(map(fnmatch.fnmatchcase, parts, patterns))


def _before_wildcards(pattern: str) -> str:
    return re.split(r"[*?\[]", pattern, maxsplit=1)[0]


def _one_dataset(ctx: ShapeContext) -> Sizes:
    shapes.with_rank_at_most(ctx.shape(0), 1)
    return ()


_OPTIONS: dict[str, Any] = {"shape": _one_dataset, "host": True, "stateful": True}


@op("MatchingFilesDataset", "patterns: string -> handle: variant", **_OPTIONS)
def matching_files_dataset_op(xp, patterns):
    """patterns: string[n] or string[] -> variant[], a dataset of the paths that match them"""
    if patterns.ndim > 1:
        refuse("`patterns` must be a scalar or a vector.")
    return MatchingFilesDataset([as_bytes(pattern) for pattern in patterns.ravel()])


matching_files_dataset_op.not_differentiable()
