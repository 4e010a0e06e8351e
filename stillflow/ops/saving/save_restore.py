"""Ops that write and read checkpoints. They run on the host; `checkpoint/` knows the files."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from stillflow.checkpoint import slices
from stillflow.checkpoint.bundle_writer import BundleWriter, merge
from stillflow.checkpoint.first_format_writer import FirstFormatWriter
from stillflow.checkpoint.reader import CheckpointReader, type_name
from stillflow.declare import shapes, storable
from stillflow.declare.opdef import op
from stillflow.graph.dtypes import DType, variant
from stillflow.graph.errors import InvalidArgumentError, NotFoundError
from stillflow.platform import processes
from stillflow.platform.progress import long_work


@op(
    "SaveV2",
    "prefix: string, tensor_names: string, shape_and_slices: string, tensors: [dtypes] ->",
    limits={"dtypes": 1},
    host=True,
    stateful=True,
)
def save_v2(
    xp,
    prefix,
    tensor_names,
    shape_and_slices,
    *tensors,
    dtypes: list[DType] = None,  # type: ignore[assignment]  # noqa: RUF013
):
    """Writes a checkpoint of `tensors`, one for each of the names and slices, string[n].

    A slice is "" for a whole tensor, or says which part of a partitioned one it is. A node gets
    `dtypes` from its inputs.
    """
    with _written_by_one(_text(prefix)) as writes:
        if writes:
            _write_bundle(_text(prefix), tensor_names, shape_and_slices, tensors, dtypes)
    return ()


@contextlib.contextmanager
def _written_by_one(path: str) -> Iterator[bool]:
    """A block that writes `path` or, in all ranks of a group but one, does not.

    None of them has gone on before all have come, and before it is written.
    """
    processes.settle(f"the start of writing {path}")
    yield processes.writes_files()
    processes.settle(f"the end of writing {path}")


def _write_bundle(
    prefix: str, tensor_names: Any, shape_and_slices: Any, tensors: Any, dtypes: Sequence[DType]
) -> None:
    given = list(zip(tensor_names, shape_and_slices, tensors, dtypes, strict=True))
    done = 0
    with (
        long_work(lambda: f"saving {prefix}, {done:,} of {len(given):,} tensors"),
        BundleWriter(prefix) as writer,
    ):
        for name, spec, tensor, dtype in given:
            part = _slice(spec)
            if dtype is variant:
                writer.add(name, storable.stored(tensor), dtype)
            elif part is None:
                writer.add(name, tensor, dtype)
            else:
                writer.add_slice(name, *part, tensor, dtype)
            done += 1


@op(
    "SaveSlices",
    "filename: string, tensor_names: string, shapes_and_slices: string, data: [T] ->",
    limits={"T": 1},
    host=True,
    stateful=True,
)
def save_slices(
    xp,
    filename,
    tensor_names,
    shapes_and_slices,
    *data,
    T: list[DType] = None,  # type: ignore[assignment]  # noqa: RUF013
):
    """Writes a checkpoint of TensorFlow's first format; else as SaveV2."""
    with _written_by_one(_text(filename)) as writes:
        if writes:
            _write_first_format(_text(filename), tensor_names, shapes_and_slices, data, T)
    return ()


def _write_first_format(
    filename: str, tensor_names: Any, specs: Any, data: Any, types: Sequence[DType]
) -> None:
    with FirstFormatWriter(filename) as writer:
        for name, spec, tensor, dtype in zip(tensor_names, specs, data, types, strict=True):
            array = np.asarray(tensor)
            shape, part = _slice(spec) or (array.shape, slices.whole(array.shape))
            writer.add(name, shape, part, array, dtype)


def _restored_shapes(ctx: shapes.ShapeContext) -> list[Any]:
    """The shapes of parts, which their slices tell; that of a whole tensor is unknown."""
    count, specs = len(ctx.attrs["dtypes"]), ctx.value(2)
    shapes.merge_all(ctx.shapes(1))  # a slice for each name
    if specs is None or len(specs) != count:
        return [None] * count
    return [_shape_of_slice(spec) for spec in specs]


def _shape_of_slice(spec: Any) -> slices.Shape | None:
    try:
        told = slices.parse(_text(spec)) if spec else None
    except ValueError as error:
        raise shapes.ShapeError(str(error)) from None
    return None if told is None else slices.shape_of(told[1], told[0])


@op(
    "RestoreV2",
    "prefix: string, tensor_names: string, shape_and_slices: string -> tensors: [dtypes]",
    shape=_restored_shapes,
    limits={"dtypes": 1},
    host=True,
    stateful=True,
)
def restore_v2(xp, prefix, tensor_names, shape_and_slices, *, dtypes: list[DType]):
    """Reads tensors of a checkpoint by their names, string[n], or those slices of them.

    Raises:
      NotFoundError: the checkpoint, or a name in it, does not exist.
      InvalidArgumentError: a tensor is of another type than `dtypes` says, or of another shape
        than its slice says.
      DataLossError: the checkpoint is damaged.
    """
    names = [_text(name) for name in tensor_names]
    tensors: list[Any] = []
    with long_work(
        lambda: f"restoring {_text(prefix)}, {len(tensors):,} of {len(names):,} tensors"
    ):
        reader = CheckpointReader(_text(prefix))
        _check_names(reader, names)
        for name, spec, dtype in zip(names, shape_and_slices, dtypes, strict=True):
            tensors.append(_restored(reader, name, _slice(spec), dtype))
    return tuple(tensors) if len(tensors) != 1 else tensors[0]


@op(
    "RestoreSlice",
    "file_pattern: string, tensor_name: string, shape_and_slice: string -> tensor: dt",
    shape=lambda ctx: None if ctx.value(2) is None else _shape_of_slice(ctx.value(2).item()),
    host=True,
    stateful=True,
)
def restore_slice(
    xp, file_pattern, tensor_name, shape_and_slice, *, dt: DType, preferred_shard: int = -1
):
    """Reads one tensor of a checkpoint, or a slice of it; else as RestoreV2."""
    reader = CheckpointReader(_text(file_pattern))
    _check_names(reader, [_text(tensor_name)])
    return _restored(reader, _text(tensor_name), _slice(_text(shape_and_slice)), dt)


restore_slice.not_differentiable()


def _restored(reader: CheckpointReader, name: str, part: Any, dtype: DType) -> Any:
    stored = reader.dtype(name)
    if stored is not dtype:
        raise InvalidArgumentError(
            None,
            None,
            f"tensor_name = {name}; expected dtype {type_name(dtype)} does not equal original "
            f"dtype {type_name(stored)}",
        )
    if dtype is variant:
        return storable.loaded(reader.read(name))
    if part is None:
        return reader.read(name)
    shape, extents = part
    if reader.shape(name) != shape:
        raise InvalidArgumentError(
            None,
            None,
            f"tensor_name = {name}; shape in shape_and_slice spec {shapes.format_sizes(shape)} "
            "does not match the shape stored in checkpoint: "
            f"{shapes.format_sizes(reader.shape(name))}",
        )
    return reader.read_slice(name, extents)


def _check_names(reader: CheckpointReader, names: Sequence[str]) -> None:
    """NotFoundError that names all that is missing, and what the first may have been called."""
    missing = [name for name in names if not reader.has_tensor(name)]
    if not missing:
        return
    message = f"Key {missing[0]} not found in checkpoint"
    if missing[1:]:
        message += f"\n  Neither are {', '.join(missing[1:])}."
    there = sorted(reader.get_variable_to_shape_map())
    import difflib

    close = difflib.get_close_matches(missing[0], there)
    shown = close or there[:10]
    message += f"\n  The checkpoint has {', '.join(shown) or 'no tensors'}"
    message += ", ...\n" if len(shown) < len(there) else ".\n"
    message += (
        "  To restore under other names, pass tf.train.Saver a dict from the names in the"
        " checkpoint to variables."
    )
    raise NotFoundError(None, None, message)


def _slice(spec: Any) -> tuple[slices.Shape, slices.Slice] | None:
    """Returns the shape of the whole tensor and the part of it; None for a whole tensor."""
    if not spec:
        return None
    try:
        return slices.parse(_text(spec))
    except ValueError as error:
        raise InvalidArgumentError(None, None, str(error)) from None


def _text(value: Any) -> str:
    """Returns a scalar string, fed as bytes or text, as text."""
    return os.fsdecode(value if isinstance(value, (str, bytes)) else value.item())


@op(
    "ShardedFilename",
    "basename: string, shard: int32, num_shards: int32 -> filename: string",
    shape=shapes.scalar,
    host=True,
)
def sharded_filename(xp, basename, shard, num_shards):
    """The prefix of one of several checkpoints that are to be merged."""
    name = f"{_text(basename)}-{int(shard):05d}-of-{int(num_shards):05d}"
    return _string(name)


@op(
    "ShardedFilespec",
    "basename: string, num_shards: int32 -> filename: string",
    shape=shapes.scalar,
    host=True,
)
def sharded_filespec(xp, basename, num_shards):
    """The pattern of the files that several `sharded_filename` name."""
    return _string(f"{_text(basename)}-?????-of-{int(num_shards):05d}")


@op(
    "MergeV2Checkpoints",
    "checkpoint_prefixes: string, destination_prefix: string ->",
    host=True,
    stateful=True,
)
def merge_v2_checkpoints(
    xp, checkpoint_prefixes, destination_prefix, *, delete_old_dirs: bool = True
):
    """Makes one checkpoint of several, whose data it moves; removes folders that this empties."""
    prefixes = [_text(prefix) for prefix in checkpoint_prefixes]
    with _written_by_one(_text(destination_prefix)) as writes:
        if writes:
            _merge(prefixes, _text(destination_prefix), delete_old_dirs)
    return ()


def _merge(prefixes: Sequence[str], destination: str, delete_old_dirs: bool) -> None:
    merge(prefixes, destination)
    if delete_old_dirs:
        for folder in {os.path.dirname(prefix) for prefix in prefixes} - {""}:
            with contextlib.suppress(OSError):  # it holds something else
                os.rmdir(folder)


def _string(value: str) -> np.ndarray:
    array: np.ndarray = np.empty((), np.object_)
    array[()] = value.encode()
    return array
