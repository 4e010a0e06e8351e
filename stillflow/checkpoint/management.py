"""The `checkpoint` file of a directory: which checkpoints it holds, and which is the latest.

The file is a `CheckpointState` message as text. Functions have the names and signatures of
TensorFlow 1.15's `tf.train`.
"""

from __future__ import annotations

import glob
import math
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from stillflow.checkpoint import bundle, files
from stillflow.checkpoint.messages import message_class
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph import errors
from stillflow.graph.text import local_path
from stillflow.platform import logging, processes

V1, V2 = 1, 2  # SaverDef.CheckpointFormatVersion
_POLL_SECONDS = 1


def generate_checkpoint_state_proto(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> Any:
    """Returns a `CheckpointState`.

    Where `save_dir` is relative, so become relative paths: to it.

    Args:
      all_model_checkpoint_paths: the checkpoints that exist, oldest first; the model's is added
        at its end unless it is there.
      all_model_checkpoint_timestamps: seconds since 1970, one for each of these.

    Raises:
      ValueError: when there are more or fewer timestamps than paths.
    """
    # A list that is given is added to, as TensorFlow does.
    given = all_model_checkpoint_paths
    paths = given if isinstance(given, list) else list(given or ())
    if not paths or paths[-1] != model_checkpoint_path:
        paths.append(model_checkpoint_path)
    timestamps = all_model_checkpoint_timestamps
    if timestamps and len(timestamps) != len(paths):
        raise ValueError(
            "Checkpoint timestamps, if provided, must match checkpoint paths "
            f"(got paths {paths} and timestamps {timestamps})"
        )
    if not os.path.isabs(save_dir):
        model_checkpoint_path = _relative(model_checkpoint_path, save_dir, absolute=False)
        paths = [_relative(path, save_dir, absolute=False) for path in paths]
    return message_class("CheckpointState")(
        model_checkpoint_path=model_checkpoint_path,
        all_model_checkpoint_paths=paths,
        all_model_checkpoint_timestamps=timestamps,
        last_preserved_timestamp=last_preserved_timestamp,
    )


def _relative(path: str, save_dir: str, *, absolute: bool) -> str:
    """Returns `path` relative to `save_dir`, if it is absolute, or is not, as `absolute` says."""
    return os.path.relpath(path, save_dir or ".") if os.path.isabs(path) == absolute else path


def update_checkpoint_state(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    latest_filename: str | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
    *,
    save_relative_paths: bool = False,
) -> None:
    """Writes the `checkpoint` file of `save_dir`, in one step.

    Args:
      save_relative_paths: makes absolute paths relative to `save_dir` (of `tf.train.Saver`).

    Raises:
      RuntimeError: when `model_checkpoint_path` is that file.
    """
    path = _state_path(save_dir, latest_filename)
    all_paths: Iterable[str] = all_model_checkpoint_paths or ()
    if save_relative_paths:
        model_checkpoint_path = _relative(model_checkpoint_path, save_dir, absolute=True)
        all_paths = [_relative(p, save_dir, absolute=True) for p in all_paths]
    state = generate_checkpoint_state_proto(
        save_dir,
        model_checkpoint_path,
        list(all_paths),
        all_model_checkpoint_timestamps,
        last_preserved_timestamp,
    )
    if path == state.model_checkpoint_path:
        raise RuntimeError(
            f"Save path '{model_checkpoint_path}' conflicts with path used for checkpoint state."
            "  Please use a different save path."
        )
    with files.os_errors_as_tf(path):
        files.write_atomically(path, _to_text(state).encode())
    processes.settle(f"the end of writing {path}")


def get_checkpoint_state(checkpoint_dir: str, latest_filename: str | None = None) -> Any:
    """Returns the `CheckpointState` of a directory, its paths joined to the directory.

    Returns None, and logs why, when the file is not there, or is damaged.

    Raises:
      ValueError: when the file names no latest checkpoint.
    """
    from google.protobuf import text_format

    path = _state_path(checkpoint_dir, latest_filename)
    if not os.path.exists(path):
        return None
    state = message_class("CheckpointState")()
    try:
        with files.os_errors_as_tf(path), open(path, "rb") as file:
            text_format.Merge(file.read(), state)
    except (errors.OpError, text_format.ParseError, UnicodeDecodeError) as error:
        logging.warning("%s: %s", type(error).__name__, error)
        logging.warning("%s: Checkpoint ignored", path)
        return None
    if not state.model_checkpoint_path:
        raise ValueError(f"Invalid checkpoint state loaded from {checkpoint_dir}")
    # An absolute path stays as it is.
    state.model_checkpoint_path = os.path.join(checkpoint_dir, state.model_checkpoint_path)
    state.all_model_checkpoint_paths[:] = [
        os.path.join(checkpoint_dir, path) for path in state.all_model_checkpoint_paths
    ]
    return state


def _to_text(state: Any) -> str:
    from google.protobuf import text_format

    return text_format.MessageToString(state, as_utf8=False)


def _state_path(directory: str, latest_filename: str | None) -> str:
    name = "checkpoint" if latest_filename is None else latest_filename
    return os.path.join(local_path(directory), name)


def latest_checkpoint(checkpoint_dir: str, latest_filename: str | None = None) -> str | None:
    """Returns the prefix of the latest checkpoint in a directory; None when there is none.

    None, too, when one of its files is missing; the log says which.
    """
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None:
        return None
    prefix = state.model_checkpoint_path
    missing = missing_files(prefix)
    if not missing:
        return prefix
    logging.error(
        "Couldn't match files for checkpoint %s\n  There is no %s. "
        "stillflow.checkpoint.intact.newest_intact(%r) is the newest whole checkpoint, if any.",
        prefix,
        ", nor ".join(missing),
        os.fspath(checkpoint_dir),
    )
    return None


def checkpoints_iterator(
    checkpoint_dir: str,
    min_interval_secs: float = 0,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
) -> Iterator[str]:
    """Yields the latest checkpoint of a directory again and again, each once, as they come.

    Args:
      min_interval_secs: the least time from one checkpoint to the next.
      timeout: how long to wait for one, in seconds; None waits for ever.
      timeout_fn: asked after a timeout whether to end; without it, that is the end.
    """
    last = None
    while True:
        latest = wait_for_new_checkpoint(checkpoint_dir, last, timeout=timeout)
        if latest is None:
            if timeout_fn is not None and not timeout_fn():
                continue
            logging.info("Timed-out waiting for a checkpoint.")
            return
        last, began = latest, time.time()
        yield latest
        time.sleep(max(0, began + min_interval_secs - time.time()))


def wait_for_new_checkpoint(
    checkpoint_dir: str,
    last_checkpoint: str | None = None,
    seconds_to_sleep: float = _POLL_SECONDS,
    timeout: float | None = None,
) -> str | None:
    """Waits until the latest checkpoint of a directory is another than `last_checkpoint`.

    Returns:
      Its path; None when there was none for `timeout` seconds.
    """
    logging.info("Waiting for new checkpoint at %s", checkpoint_dir)
    end = math.inf if timeout is None else time.time() + timeout
    while (latest := latest_checkpoint(checkpoint_dir)) in (None, last_checkpoint):
        if time.time() + seconds_to_sleep > end:
            return None
        time.sleep(seconds_to_sleep)
    logging.info("Found new checkpoint at %s", latest)
    return latest


def missing_files(prefix: str) -> list[str]:
    """Returns which files of a checkpoint are not there; a damaged index names none."""
    if not checkpoint_exists(prefix):
        return [bundle.index_path(prefix)]
    try:
        num_shards, index = bundle.read_index(prefix)
    except errors.OpError:
        return []
    shards = sorted({entry.shard_id for entry in index.values() if not entry.slices})
    data = [bundle.data_path(prefix, shard, num_shards) for shard in shards]
    return [path for path in data if not os.path.exists(path)]


def checkpoint_exists(checkpoint_prefix: str) -> bool:
    """Tells whether there is a checkpoint at a prefix."""
    return bool(_files_of(checkpoint_prefix))


def get_checkpoint_mtimes(checkpoint_prefixes: Sequence[str]) -> list[float]:
    """Returns, for each of the checkpoints that exist, when it was written: seconds since 1970."""
    found = map(_files_of, checkpoint_prefixes)
    return [os.stat(paths[0]).st_mtime for paths in found if paths]


def _files_of(prefix: str) -> list[str]:
    """Returns what identifies a checkpoint: its index, or in the first format the file itself."""
    for path in (bundle.index_path(prefix), local_path(prefix)):
        if paths := [path] if os.path.exists(path) else sorted(glob.glob(path)):
            return paths
    return []


def remove_checkpoint(
    checkpoint_prefix: str, checkpoint_format_version: int = V2, meta_graph_suffix: str = "meta"
) -> None:
    """Deletes the files of a checkpoint, as far as they exist, the index before the data."""
    if not processes.writes_files():
        return
    checkpoint_prefix = local_path(checkpoint_prefix)
    doomed = [meta_graph_filename(checkpoint_prefix, meta_graph_suffix)]
    if checkpoint_format_version == V2:
        data = glob.glob(f"{glob.escape(checkpoint_prefix)}.data-?????-of-?????")
        doomed += [bundle.index_path(checkpoint_prefix), *data]
    else:
        doomed += _files_of(checkpoint_prefix)
    with files.os_errors_as_tf(checkpoint_prefix):
        for path in filter(os.path.exists, doomed):
            os.remove(path)


def remove_shards_to_merge(prefix: str) -> None:
    """Removes what a sharded save that failed has left beside `prefix`."""
    if not processes.writes_files():
        return
    for folder in glob.glob(f"{glob.escape(local_path(prefix))}_temp_{'[0-9a-f]' * 32}"):
        shutil.rmtree(folder, ignore_errors=True)


def meta_graph_filename(checkpoint_filename: str, meta_graph_suffix: str = "meta") -> str:
    """Returns where the MetaGraphDef of a checkpoint is; that of a sharded one has no shard."""
    return re.sub(r"-[\d?]+-of-\d+$", "", checkpoint_filename) + "." + meta_graph_suffix


def checkpoint_prefix(ckpt_dir_or_file: str) -> str:
    """Returns the prefix of a checkpoint, or of the latest one in a directory.

    Raises:
      ValueError: when a directory has no `checkpoint` file.
    """
    path = os.fspath(ckpt_dir_or_file)
    prefix = latest_checkpoint(path) if os.path.isdir(local_path(path)) else path
    if prefix is None:
        raise ValueError(
            f"Couldn't find 'checkpoint' file or checkpoints in given directory {path}"
        )
    return prefix


def load_checkpoint(ckpt_dir_or_file: str) -> CheckpointReader:
    """Opens a checkpoint, or the latest one in a directory; see `checkpoint_prefix`."""
    return CheckpointReader(checkpoint_prefix(ckpt_dir_or_file))


def load_variable(ckpt_dir_or_file: str, name: str) -> np.ndarray:
    """Returns a variable's value; `name` may end in `:0`."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))


def list_variables(ckpt_dir_or_file: str) -> list[tuple[str, list[int]]]:
    """Returns the (name, shape) of each variable, sorted."""
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())
