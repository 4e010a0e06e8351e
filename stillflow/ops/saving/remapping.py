"""Matrices of a checkpoint whose rows or columns stand for words, for another list of words."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from stillflow.checkpoint.reader import CheckpointReader
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.errors import FailedPreconditionError, InternalError, UnimplementedError
from stillflow.ops.tables.text_file import LINE_NUMBER, WHOLE_LINE, entries_of

_ABSENT = -1


@op(
    "GenerateVocabRemapping",
    "new_vocab_file: string, old_vocab_file: string -> remapping: int64, num_present: int32",
    shape=lambda ctx: [(ctx.attrs["num_new_vocab"],), ()],
    limits={"new_vocab_offset": 0, "num_new_vocab": 0, "old_vocab_size": -1},
    host=True,
)
def generate_vocab_remapping(
    xp,
    new_vocab_file,
    old_vocab_file,
    *,
    new_vocab_offset: int,
    num_new_vocab: int,
    old_vocab_size: int = -1,
):
    """For `num_new_vocab` lines of a file of words, which lines they are in another: i64[k].

    Words that it lacks have -1; `num_present` counts the others. Of the other file the first
    `old_vocab_size` lines count, or all.

    Raises:
      InvalidArgumentError: a file has fewer lines, or an empty one.
      FailedPreconditionError: a word is in the old file twice.
      NotFoundError: there is no such file.
      OutOfRangeError: a file is empty.
    """
    new = [word for _, word in _numbered(_text(new_vocab_file), -1)]
    old = _places(_text(old_vocab_file), old_vocab_size)
    end = new_vocab_offset + num_new_vocab
    if end > len(new):
        refuse("lookup table size must be larger than last new vocab entry's line")
    found = np.array([old.get(word, _ABSENT) for word in new[new_vocab_offset:end]], dtype=np.int64)
    return found, np.int32(np.count_nonzero(found != _ABSENT))


def _numbered(path: str, count: int) -> Any:
    return list(
        entries_of(path, dtypes.int64, LINE_NUMBER, dtypes.string, WHOLE_LINE, count, b"\t")
    )


def _places(path: str, count: int) -> dict[bytes, int]:
    places: dict[bytes, int] = {}
    for place, word in _numbered(path, count):
        if places.setdefault(word, place) != place:
            raise FailedPreconditionError(
                None,
                None,
                "HashTable has different value for same key. Key "
                f"{word.decode(errors='replace')} has {places[word]} and trying to add value "
                f"{place}",
            )
    return places


@op(
    "LoadAndRemapMatrix",
    "ckpt_path: string, old_tensor_name: string, row_remapping: int64, col_remapping: int64, "
    "initializing_values: float32 -> output_matrix: float32",
    shape=lambda ctx: (ctx.attrs["num_rows"], ctx.attrs["num_cols"]),
    limits={"num_rows": 0, "num_cols": 1},
    host=True,
    stateful=True,
)
def load_and_remap_matrix(
    xp,
    ckpt_path,
    old_tensor_name,
    row_remapping,
    col_remapping,
    initializing_values,
    *,
    num_rows: int,
    num_cols: int,
    max_rows_in_memory: int = -1,
):
    """Rows and columns of a matrix of a checkpoint, f32[num_rows, num_cols].

    `row_remapping` and `col_remapping`, i64[num_rows] and i64[num_cols], say which of the old ones
    each is; no columns mean all as they are. Where one is negative stands the next of
    `initializing_values`, f32[...]. `max_rows_in_memory` is of no account.

    Raises:
      InvalidArgumentError: sizes do not fit, the tensor is no matrix of floats, or there are more
        or fewer values than needed.
      UnimplementedError: an old row or column is wanted twice.
      NotFoundError: there is no such checkpoint, or no such tensor in it.
    """
    rows, columns = row_remapping.reshape(-1), col_remapping.reshape(-1)
    old = _matrix(CheckpointReader(_text(ckpt_path)), _text(old_tensor_name))
    _check_sizes(old, rows, columns, _text(old_tensor_name), num_rows, num_cols)
    if not columns.size:
        columns = np.arange(num_cols)
    for ids in (rows, columns):
        _check_distinct(ids)
    for axis, ids in enumerate((rows, columns)):
        _check_within(axis, ids, old.shape)
    return _remapped(old, rows, columns, initializing_values.reshape(-1))


def _matrix(reader: CheckpointReader, name: str) -> np.ndarray:
    stored, shape = reader.dtype(name), reader.shape(name)
    if stored is not dtypes.float32:
        refuse(f"Tensor {name} has invalid type {stored.name} instead of expected type float")
    if len(shape) != 2:
        sizes = ",".join(map(str, shape))
        refuse(
            f"Tensor {name} has shape [{sizes}] of invalid rank {len(shape)} instead of expected "
            "shape of rank 2."
        )
    return reader.read(name)


def _check_sizes(
    old: np.ndarray, rows: np.ndarray, columns: np.ndarray, name: str, num_rows: int, num_cols: int
) -> None:
    if rows.size != num_rows:
        refuse(
            f"Size of row_remapping is {rows.size} instead of being equal to num_rows={num_rows}"
        )
    if columns.size not in (0, num_cols):
        refuse(
            f"Provided col_remapping, but its size is {columns.size} instead of being equal to "
            f"num_cols={num_cols}"
        )
    if not columns.size and old.shape[1] != num_cols:
        refuse(
            f"Tensor {name} has shape [{old.shape[0]},{old.shape[1]}], where the size of its 2nd "
            f"dimension is {old.shape[1]} instead of being equal to num_cols={num_cols}"
        )


def _check_distinct(ids: np.ndarray) -> None:
    first: dict[int, int] = {}
    for place, old in enumerate(ids.tolist()):
        if old >= 0 and first.setdefault(old, place) != place:
            raise UnimplementedError(
                None,
                None,
                f"Old ID {old} is mapped to both new ID {first[old]} and {place}, which is not "
                "supported.",
            )


def _check_within(axis: int, ids: np.ndarray, shape: tuple[int, ...]) -> None:
    most = ids.max(initial=0)
    if ids.size and most >= shape[axis]:
        raise InternalError(
            None,
            None,
            f"Extent in dimension {axis} out of bounds: shape = [{shape[0]},{shape[1]}], {most} is "
            "wanted",
        )


def _remapped(
    old: np.ndarray, rows: np.ndarray, columns: np.ndarray, values: np.ndarray
) -> np.ndarray:
    is_known = (rows >= 0)[:, None] & (columns >= 0)[None, :]
    missing = is_known.size - np.count_nonzero(is_known)
    if values.size < missing:
        refuse(
            f"initializing_values contained {values.size} elements, but more missing values remain."
        )
    if values.size > missing:
        refuse(
            f"initializing_values contained {values.size} elements, but only {missing} elements "
            "were used to fill in missing values."
        )
    found = np.empty(is_known.shape, np.float32)
    found[~is_known] = values
    known = [np.flatnonzero(ids >= 0) for ids in (rows, columns)]
    found[np.ix_(*known)] = old[np.ix_(rows[known[0]], columns[known[1]])]
    return found


def _text(value: Any) -> str:
    return os.fsdecode(value if isinstance(value, (str, bytes)) else value.item())
