"""Models that would do more than compute. A graph is data: it runs no code and writes no files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stillflow.interchange.nodes import output_named

_RUNS_CODE = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}
_WRITES_FILES = {
    *("WriteFile", "SaveV2", "SaveSlices", "CreateSummaryFileWriter", "PrintV2"),
    *("DatasetToTFRecord", "CacheDataset"),
}
_STANDARD_STREAMS = (b"stderr", b"stdout", b"log(info)", b"log(warning)", b"log(error)")


class RefusedModel(ValueError):
    """A model that is not served, whatever it computes."""


def refuse_code(meta: Any) -> None:
    """RefusedModel for a MetaGraphDef in which any node runs code of a program."""
    for node in (*meta.graph_def.node, *_bodies(meta)):
        if node.op in _RUNS_CODE:
            raise RefusedModel(
                f"Node {node.name!r} is a {node.op}: it runs code of the program that made the "
                "model, which no file holds.\n  Export the model without tf.py_func."
            )


def refuse_writing(meta: Any, fetched: Iterable[str]) -> None:
    """RefusedModel where fetching tensors or operations of those names would write files."""
    for node in _needed(meta, fetched):
        if node.op in _WRITES_FILES and not _only_prints(node):
            raise RefusedModel(
                f"Node {node.name!r} is a {node.op}, by which a request could write files.\n"
                "  Export the model without it."
            )


def _bodies(meta: Any) -> Iterator[Any]:
    for function in meta.graph_def.library.function:
        yield from function.node_def


def _needed(meta: Any, fetched: Iterable[str]) -> Iterator[Any]:
    """The nodes that run, and those of every function that one of them names."""
    nodes = {node.name: node for node in meta.graph_def.node}
    functions = {f.signature.name: f.node_def for f in meta.graph_def.library.function}
    names = [output_named(name)[0] for name in fetched]
    seen = set(names)
    waiting = [nodes[name] for name in names if name in nodes]
    while waiting:
        node = waiting.pop()
        yield node
        taken = [output_named(text.removeprefix("^"))[0] for text in node.input]
        waiting += [nodes[name] for name in taken if name in nodes and name not in seen]
        seen.update(taken)
        for name in {named for attr in node.attr.values() for named in _functions(attr)} - seen:
            seen.add(name)
            waiting += functions.get(name, ())


def _functions(attr: Any) -> Iterator[str]:
    if attr.HasField("func"):
        yield attr.func.name
    for function in attr.list.func:
        yield function.name


def _only_prints(node: Any) -> bool:
    return node.op == "PrintV2" and node.attr["output_stream"].s in (b"", *_STANDARD_STREAMS)
