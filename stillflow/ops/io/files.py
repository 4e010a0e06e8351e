"""Whole files, and lists of them. The ops run on the host."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_scalars, refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.graph.text import as_bytes, as_text
from stillflow.platform import files


def _scalars(ctx: ShapeContext) -> Sizes:
    for sizes in ctx.shapes():
        shapes.with_rank(sizes, 0)
    return ()


def _list(ctx: ShapeContext) -> Sizes:
    shapes.with_rank_at_most(ctx.shape(0), 1)
    return (None,)


@op("ReadFile", "filename: string -> contents: string", shape=_scalars, host=True)
def read_file(xp, filename):
    """filename: string[] -> string[], all that the file holds

    Raises:
      NotFoundError: in a run, there is no such file.
    """
    check_scalars("Input {} tensor must be scalar, but had shape: {}", filename=filename)
    with files.GFile(as_text(filename.item()), "rb") as file:
        return np.array(file.read(), np.object_)


def _nothing(ctx: ShapeContext) -> list[Sizes]:
    _scalars(ctx)
    return []


@op(
    "WriteFile",
    "filename: string, contents: string -> ",
    shape=_nothing,
    host=True,
    stateful=True,
)
def write_file(xp, filename, contents):
    """Writes a file, filename: string[], that holds `contents`, string[]; makes its folder too."""
    check_scalars("Input {} tensor must be scalar, but had shape: {}", filename=filename)
    check_scalars("Contents tensor must be scalar, but had shape: {1}", contents=contents)
    path = as_text(filename.item())
    folder = os.path.dirname(path)
    if folder:
        files.makedirs(folder)
    with files.GFile(path, "wb") as file:
        file.write(as_bytes(contents.item()))
    return ()


@op("MatchingFiles", "pattern: string -> filenames: string", shape=_list, host=True)
def matching_files(xp, pattern):
    """pattern: string[] or string[n] -> string[k], the paths that match one of them, sorted."""
    if pattern.ndim > 1:
        refuse(
            "Input patterns tensor must be scalar or vector, but had shape: "
            f"{format_sizes(pattern.shape)}"
        )
    found: list[Any] = [path for each in np.ravel(pattern) for path in files.glob(as_text(each))]
    return np.array(sorted(map(as_bytes, found)), np.object_)
