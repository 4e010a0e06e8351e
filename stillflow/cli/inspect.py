"""`stillflow inspect`: what is in a checkpoint, or in a file of a graph."""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from stillflow.cli.tables import aligned, in_bytes

_SHOWN = 20  # rows of a list, unless all are asked for


class Unreadable(Exception):
    """What was named is nothing that can be inspected; the message is one line."""


def report(path: str, show_all: bool) -> str:
    """Returns what `path` holds: a checkpoint, a GraphDef, a MetaGraphDef or a SavedModel.

    Raises:
      Unreadable: it is none of them, or damaged.
    """
    from stillflow.api import errors

    try:
        return "\n".join(_lines(path, None if show_all else _SHOWN))
    except errors.OpError as error:
        reason = error.message
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
    raise Unreadable(f"{path}: {reason.strip().splitlines()[0]}")


def _lines(path: str, limit: int | None) -> Iterator[str]:
    from stillflow.api import saved_model

    if os.path.isdir(path) and saved_model.contains_saved_model(path):
        yield from _folder_of_model(path, limit)
        return
    prefix = _checkpoint_prefix(path)
    yield from _graph_file(path, limit) if prefix is None else _checkpoint(prefix)


def _checkpoint_prefix(path: str) -> str | None:
    """The prefix of the checkpoint that a name means; None for a file of another kind.

    Raises:
      Unreadable: nothing is there.
    """
    from stillflow.api import train

    folder = os.path.dirname(path) if os.path.basename(path) == "checkpoint" else path
    if os.path.isdir(folder or "."):
        state = os.path.join(folder, "checkpoint")
        latest = train.latest_checkpoint(folder or ".") if os.path.isfile(state) else None
        if latest is None:
            raise Unreadable(f"{path}: There is no checkpoint and no SavedModel in this folder.")
        return latest
    file_of = re.fullmatch(r"(.+)\.(?:index|data-\d{5}-of-\d{5})", path)
    if file_of and train.checkpoint_exists(file_of[1]):
        return file_of[1]
    if not os.path.exists(path):
        if train.checkpoint_exists(path):
            return path
        raise Unreadable(f"{path}: There is no such file, folder or checkpoint.")
    return path if _is_table(path) else None


def _is_table(path: str) -> bool:
    """Whether a file is a table, as that of a checkpoint in TensorFlow's first format is."""
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - 8))
        return file.read() == bytes.fromhex("57fb808b247547db")


# Checkpoints --------------------------------------------------------------------------------------


def _checkpoint(prefix: str) -> Iterator[str]:
    from stillflow.api import train

    reader = train.load_checkpoint(prefix)
    shapes, types = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    yield f"Checkpoint {prefix}"
    rows, elements, total = [], 0, 0
    for name in sorted(shapes):
        count, dtype = math.prod(shapes[name]), types[name].base_dtype
        sized = dtype.name != "string"  # the file alone knows how long strings are
        elements += count
        total += count * dtype.size if sized else 0
        shape = f"[{','.join(map(str, shapes[name]))}]"
        rows.append([name, dtype.name, shape, in_bytes(count * dtype.size) if sized else "-"])
    yield from aligned(rows)
    yield f"{_many(len(rows), 'tensor')}, {_many(elements, 'element')}, {in_bytes(total)}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


# Graphs -------------------------------------------------------------------------------------------


def _folder_of_model(folder: str, limit: int | None) -> Iterator[str]:
    from stillflow.api import train

    names = ("saved_model.pb", "saved_model.pbtxt")
    path = next(p for name in names if os.path.isfile(p := os.path.join(folder, name)))
    yield from _graph_file(path, limit)
    prefix = os.path.join(folder, "variables", "variables")
    if train.checkpoint_exists(prefix):
        yield from ("", *_checkpoint(prefix))


def _graph_file(path: str, limit: int | None) -> Iterator[str]:
    from stillflow.interchange.kinds import read_graph_file

    message = read_graph_file(path)
    kind = type(message).__name__
    yield f"{kind} {path}"
    if kind == "GraphDef":
        yield from _graph(message, limit)
        return
    for meta in message.meta_graphs if kind == "SavedModel" else [message]:
        if kind == "SavedModel":
            yield from ("", f"graph with the tags {', '.join(meta.meta_info_def.tags) or '(none)'}")
        yield from _meta_graph(meta, limit)


def _meta_graph(meta: Any, limit: int | None) -> Iterator[str]:
    writer = meta.meta_info_def.tensorflow_version
    if writer:
        yield f"written for TensorFlow {writer}"
    yield from _graph(meta.graph_def, limit)
    for key, signature in sorted(meta.signature_def.items()):
        yield f"signature {key}: {signature.method_name}"
        ends = (("in", signature.inputs), ("out", signature.outputs))
        yield from aligned(
            [
                [way, name, info.name, _type(info.dtype), _shape(info.tensor_shape)]
                for way, infos in ends
                for name, info in sorted(infos.items())
            ]
        )
    if meta.collection_def:
        yield "collections"
        yield from aligned(
            [[key, str(_length(items))] for key, items in sorted(meta.collection_def.items())]
        )


def _length(collection: Any) -> int:
    kind = collection.WhichOneof("kind")
    return len(getattr(collection, kind).value) if kind else 0


def _graph(graph_def: Any, limit: int | None) -> Iterator[str]:
    """The nodes that are fed, those that nobody takes, and how many there are of each op type."""
    nodes = graph_def.node
    yield f"{_many(len(nodes), 'node')}, GraphDef version {graph_def.versions.producer}"
    taken = {re.sub(r"^\^|:\d+$", "", text) for node in nodes for text in node.input}
    inputs = [node for node in nodes if _is_fed(node)]
    outputs = [node for node in nodes if node.name not in taken and not _is_fed(node)]
    yield from _listed("inputs", [_described(node) for node in inputs], limit)
    yield from _listed("outputs", [_described(node) for node in outputs], limit)
    counts = Counter(node.op for node in nodes)
    yield from _listed("op types", [[op, str(n)] for op, n in counts.most_common()], limit)


def _is_fed(node: Any) -> bool:
    return node.op.startswith("Placeholder")


def _listed(title: str, rows: list[list[str]], limit: int | None) -> Iterator[str]:
    yield title if rows else f"{title}: none"
    yield from aligned(rows[:limit])
    if limit is not None and len(rows) > limit:
        yield f"  and {len(rows) - limit} more; --all shows them"


def _described(node: Any) -> list[str]:
    """A node's name, op type, and what its attributes say of its output."""
    types = (node.attr[key].type for key in ("dtype", "T") if key in node.attr)
    known = node.attr["_output_shapes"].list.shape if "_output_shapes" in node.attr else ()
    shapes = known or ([node.attr["shape"].shape] if "shape" in node.attr else [])
    dtype = next((_type(number) for number in types), "")
    return [node.name, node.op, dtype, " ".join(map(_shape, shapes))]


def _type(number: int) -> str:
    from stillflow.api import as_dtype

    try:
        return as_dtype(number).name
    except TypeError:
        return f"type {number}"


def _shape(proto: Any) -> str:
    if proto.unknown_rank:
        return "[...]"
    sizes: Iterable[int] = (dim.size for dim in proto.dim)
    return f"[{','.join('?' if size < 0 else str(size) for size in sizes)}]"
