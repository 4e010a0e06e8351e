"""Finding the newest checkpoint that is whole, when the latest one is damaged."""

from __future__ import annotations

import contextlib
import os

from stillflow.checkpoint import files
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph import errors
from stillflow.platform import logging


def newest_intact(checkpoint_dir: str | os.PathLike[str]) -> str | None:
    """Returns the prefix of the newest checkpoint in a directory all of which can be read.

    Every tensor of a candidate is read and its checksum compared. The `checkpoint` file is not
    asked: it may be what is damaged. What is wrong with newer checkpoints is logged. None when no
    checkpoint is whole. Those of the first format, which have no index, are not looked for.

    Raises:
      tf.errors.OpError: the directory cannot be read.
    """
    for prefix in _newest_first(os.fspath(checkpoint_dir)):
        try:
            check(prefix)
        except errors.OpError as error:
            logging.warning("Passing over checkpoint %s: %s", prefix, error.message)
        else:
            return prefix
    return None


def check(prefix: str) -> None:
    """Reads every tensor of a checkpoint, one at a time.

    Raises:
      tf.errors.OpError: the first one that cannot be read: see `CheckpointReader`.
    """
    reader = CheckpointReader(prefix)
    for name in reader.get_variable_to_shape_map():
        with contextlib.suppress(errors.UnimplementedError):  # of a type that is not read
            reader.read(name.encode(errors="surrogateescape"))


def _newest_first(folder: str) -> list[str]:
    """Returns the prefixes of the indexes in a folder by their times, ties by their names."""
    with files.os_errors_as_tf(folder):
        names = [name for name in os.listdir(folder) if name.endswith(".index")]
        paths = [os.path.join(folder, name) for name in names]
        newest = sorted(paths, key=lambda path: (os.stat(path).st_mtime_ns, path), reverse=True)
    return [path.removesuffix(".index") for path in newest]
