"""Whether two GraphDefs are the same graph: `tf.test.assert_equal_graph_def`.

The order of nodes and of control inputs does not matter, nor do versions and attributes whose names
start with "_".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.protos.tensor_proto import make_ndarray

_SHARDED_SAVE = re.compile(r"_temp_[0-9a-z]{32}/part")
_HASH_TABLE = re.compile(r"hash_table_[0-9a-z\-]+")
_MOST_VALUES = 10


def assert_equal_graph_def(
    actual: Any, expected: Any, checkpoint_v2: bool = False, hash_table_shared_name: bool = False
) -> None:
    """Asserts that two graphs have the same nodes.

    Args:
      checkpoint_v2: whether names of temporary checkpoints, which are random, do not matter.
      hash_table_shared_name: whether names of tables, which are random, do not matter.

    Raises:
      AssertionError: they differ; it says in what.
      TypeError: one is no GraphDef.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    for what, given in (("actual", actual), ("expected", expected)):
        if not isinstance(given, GraphDef):
            raise TypeError(f"Expected tf.GraphDef for {what}, got {type(given).__name__}")
    ignored = re.compile("|".join(_ignored(checkpoint_v2, hash_table_shared_name)) or r"(?!)")
    wanted = {node.name: node for node in expected.node}
    for node in actual.node:
        if node.name not in wanted:
            raise AssertionError(f"Found unexpected node '{_summary(node)}")
        for difference in _differences(node, wanted.pop(node.name), ignored):
            raise AssertionError(f"Node named '{node.name}' {difference}")
    for node in wanted.values():
        raise AssertionError(f"Did not find expected node '{_summary(node)}")


def _ignored(checkpoint_v2: bool, hash_table_shared_name: bool) -> Iterator[str]:
    """Patterns of text in attributes that do not matter."""
    if checkpoint_v2:
        yield _SHARDED_SAVE.pattern
    if hash_table_shared_name:
        yield _HASH_TABLE.pattern


def _differences(node: Any, wanted: Any, ignored: re.Pattern) -> Iterator[str]:
    if node.op != wanted.op:
        yield f"has op '{node.op}' that is not expected '{wanted.op}'"
    if node.device != wanted.device:
        yield f"has device '{node.device}' that is not expected '{wanted.device}'"
    yield from _input_differences(_data(node), _data(wanted))
    for name in sorted(_controls(wanted) - _controls(node)):
        yield f"missing expected control input '{name}'"
    for name in sorted(_controls(node) - _controls(wanted)):
        yield f"has unexpected control input '{name}'"
    yield from _attr_differences(_attrs(node, ignored), _attrs(wanted, ignored))


def _input_differences(given: list[str], wanted: list[str]) -> Iterator[str]:
    if len(given) != len(wanted):
        shown, expected = (", ".join(names) for names in (given, wanted))
        yield f"has inputs '{shown}' that don't match expected '{expected}'"
    for index, (name, other) in enumerate(zip(given, wanted, strict=False)):
        if name != other:
            yield f"has input {index} '{name}' that doesn't match expected '{other}'"


def _attr_differences(given: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    for name in wanted:
        if name not in given:
            yield f"missing expected attr '{name}' with value: {_value(wanted[name])}"
        elif given[name] != wanted[name]:
            shown, expected = _value(given[name]), _value(wanted[name])
            yield f"has attr '{name}' with value: {shown} that does not match expected: {expected}"
    for name in given:
        if name not in wanted:
            yield f"has unexpected attr '{name}' with value: {_value(given[name])}"


def _data(node: Any) -> list[str]:
    return [name.removesuffix(":0") for name in node.input if not name.startswith("^")]


def _controls(node: Any) -> set[str]:
    return {name for name in node.input if name.startswith("^")}


def _attrs(node: Any, ignored: re.Pattern) -> dict[str, Any]:
    return {
        name: value
        for name, value in sorted(node.attr.items())
        if not name.startswith("_") and not any(map(ignored.search, _texts(value)))
    }


def _texts(value: Any) -> list[str]:
    return [text.decode("latin-1") for text in (value.s, *value.tensor.string_val)]


# As TensorFlow shows them ------------------------------------------------------------------------


def _summary(node: Any) -> str:
    attrs = ", ".join(f"{name}={_value(value)}" for name, value in sorted(node.attr.items()))
    return f"{{{{node {node.name}}}}} = {node.op}[{attrs}]({', '.join(node.input)})'"


def _value(value: Any) -> str:
    """An attribute's value."""
    kind = value.WhichOneof("value")
    if kind == "list":
        items = [_one(field.name, item) for field, them in value.list.ListFields() for item in them]
        return f"[{', '.join(items)}]"
    return _one(kind, getattr(value, kind)) if kind else "<unknown AttrValue type>"


def _one(kind: str, value: Any) -> str:
    if kind == "type":
        from tensorboard.compat.proto.types_pb2 import DataType

        return DataType.Name(value)
    if kind == "s":
        return f'"{value.decode("latin-1")}"'
    if kind == "b":
        return str(value).lower()
    if kind == "f":
        return f"{value:.6g}"
    if kind == "shape":
        if value.unknown_rank:
            return "<unknown>"
        return f"[{','.join('?' if dim.size == -1 else str(dim.size) for dim in value.dim)}]"
    if kind == "tensor":
        return _tensor(value)
    return value.name if kind == "func" else str(value)


def _tensor(value: Any) -> str:
    array = make_ndarray(value)
    shape = ",".join(map(str, array.shape))
    shown = [str(item) for item in array.ravel()[:_MOST_VALUES].tolist()]
    more = "..." if array.size > _MOST_VALUES else ""
    dtype = dtypes.as_dtype(value.dtype)
    name = {"float32": "float", "float64": "double"}.get(dtype.name, dtype.name)
    numbers = " ".join(item.removesuffix(".0") for item in shown)
    return f"Tensor<type: {name} shape: [{shape}] values: {numbers}{more}>"
