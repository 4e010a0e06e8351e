"""Models that would do more than compute. A graph is data: it runs no code and writes no files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stillflow.interchange.reached import reached

_RUNS_CODE = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}
_WRITES_FILES = {
    *("WriteFile", "SaveV2", "SaveSlices", "CreateSummaryFileWriter", "PrintV2"),
    *("DatasetToTFRecord", "CacheDataset"),
}
_STANDARD_STREAMS = (b"stderr", b"stdout", b"log(info)", b"log(warning)", b"log(error)")


class RefusedModel(ValueError):
    """A model that is not served, whatever it computes."""


def refuse_code(graph_def: Any) -> None:
    """RefusedModel for a GraphDef in which any node runs code of a program."""
    for node in (*graph_def.node, *_bodies(graph_def.library.function)):
        if node.op in _RUNS_CODE:
            raise RefusedModel(
                f"Node {node.name!r} is a {node.op}: it runs code of the program that made the "
                "model, which no file holds.\n  Export the model without tf.py_func."
            )


def refuse_writing(graph_def: Any, fetched: Iterable[str]) -> None:
    """RefusedModel where fetching tensors or operations of those names would write files."""
    nodes, functions = reached(graph_def, fetched)
    for node in (*nodes, *_bodies(functions)):
        if node.op in _WRITES_FILES and not _only_prints(node):
            raise RefusedModel(
                f"Node {node.name!r} is a {node.op}, by which a request could write files.\n"
                "  Export the model without it."
            )


def _bodies(functions: Iterable[Any]) -> Iterator[Any]:
    for function in functions:
        yield from function.node_def


def _only_prints(node: Any) -> bool:
    return node.op == "PrintV2" and node.attr["output_stream"].s in (b"", *_STANDARD_STREAMS)
