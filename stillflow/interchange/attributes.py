"""AttrValue protos as Python values, held to the kinds that an op type declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.attributes import KINDS
from stillflow.declare.shapes import ShapeError
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.function_library import FunctionName
from stillflow.graph.protos.tensor_proto import constant_of
from stillflow.graph.tensor_shape import TensorShape

# The field of an AttrValue, or of its list, that holds a value of each kind.
_FIELDS = {
    "s": "string",
    "i": "int",
    "f": "float",
    "b": "bool",
    "type": "type",
    "shape": "shape",
    "tensor": "tensor",
    "func": "func",
}


# Attributes of nodes of any op type that Stillflow itself reads.
_OF_ANY_NODE = {
    "_class": "list(string)",
    "_output_shapes": "list(shape)",
    "_gradient_op_type": "string",
}


def attributes_of(node_def: Any, defn: Any) -> dict[str, Any]:
    """Returns what a NodeDef says of its attributes, and the defaults of those that it leaves out.

    Attributes with an underscore in front, which any node may have, are of the kind they come in.

    Raises:
      ValueError: an attribute that the op type has not, or of another kind.
    """
    attrs = {
        name: attribute_of(node_def.name, defn, name, value)
        for name, value in node_def.attr.items()
    }
    for name, default in defn.attr_defaults.items():
        if default is not None:
            attrs.setdefault(name, default)
    return attrs


def attribute_of(node_name: str, defn: Any, name: str, value: Any) -> Any:
    """Returns what an AttrValue says of one attribute; ValueError as for `attributes_of`."""
    if name.startswith("_"):
        return _checked(name, value, _OF_ANY_NODE.get(name, ""))
    if name not in defn.attr_kinds:
        raise ValueError(
            f"NodeDef mentions attr '{name}' not in {described(defn)}; NodeDef: "
            f"{{{{node {node_name}}}}}. (Check whether your GraphDef-interpreting binary is"
            " up to date with your GraphDef-generating binary.)."
        )
    is_text = defn.kinds.get(name) is not KINDS["bytes"]
    read = _declared if is_text else _checked
    return read(name, value, defn.attr_kinds[name])


def described(defn: Any) -> str:
    """An op type as TensorFlow's messages show it."""
    return f"Op<name={defn.type}; signature={defn.signature_text}>"


def _declared(name: str, value: Any, kind: str) -> Any:
    """The value, which must be of the kind; lists are `list(kind)`, and strings are text."""
    plain = _checked(name, value, kind)
    if kind == "string":
        return _text(name, plain)
    return [_text(name, item) for item in plain] if kind == "list(string)" else plain


def _checked(name: str, value: Any, kind: str) -> Any:
    """The value, which must be of the kind, if there is one."""
    field = value.WhichOneof("value")
    try:
        if kind and field in (None, "placeholder"):
            raise ValueError(f"AttrValue missing value with expected type '{kind}'")
        if kind and (found := _kind_of(value, field, kind)) != kind:
            raise ValueError(f"AttrValue had value with type '{found}' when '{kind}' expected")
        return _plain(value)
    except ShapeError:
        raise
    except ValueError as error:
        raise ValueError(f"{error}\n\t for attr '{name}'") from None


def _kind_of(value: Any, field: str, wanted: str) -> str:
    """The kind of a value; an empty list is of any kind of list."""
    if field != "list":
        return _FIELDS[field]
    kinds = [_FIELDS[descriptor.name] for descriptor, _ in value.list.ListFields()]
    if not kinds:
        return wanted if wanted.startswith("list(") else "list(any)"
    return " and ".join(f"list({kind})" for kind in kinds)


def _plain(value: Any) -> Any:
    """A value of the kind that it comes in; strings are bytes."""
    field = value.WhichOneof("value")
    if field == "list":
        fields = [descriptor.name for descriptor, _ in value.list.ListFields()]
        return [_item(name, item) for name in fields for item in getattr(value.list, name)]
    return None if field is None else _item(field, getattr(value, field))


def _item(field: str, item: Any) -> Any:
    return _READERS.get(field, _as_it_is)(item)


def _as_it_is(item: Any) -> Any:
    return item


def _text(name: str, item: bytes) -> str:
    try:
        return item.decode()
    except UnicodeDecodeError:
        raise ValueError(f"The string in attr '{name}' is not UTF-8: {item[:50]!r}") from None


def _type(number: int) -> DType:
    try:
        dtype = dtypes.as_dtype(number)
    except TypeError:
        raise ValueError("AttrValue has invalid DataType") from None
    if dtype._is_ref_dtype:
        raise ValueError(f"AttrValue must not have reference type value of {dtype.name}")
    return dtype


def _shape(proto: Any) -> TensorShape:
    if proto.unknown_rank:
        return TensorShape.of(None)
    sizes = [dim.size for dim in proto.dim]
    if any(size < -1 for size in sizes):
        shown = ",".join("?" if size == -1 else str(size) for size in sizes)
        raise ShapeError(
            f"Shape [{shown}] has dimensions with values below -1 (where -1 means unknown)"
        )
    return TensorShape.of(tuple(None if size == -1 else size for size in sizes))


def _function(func: Any) -> FunctionName:
    return FunctionName(func.name, {name: _plain(value) for name, value in func.attr.items()})


_READERS: dict[str, Callable[[Any], Any]] = {
    "type": _type,
    "shape": _shape,
    "tensor": constant_of,
    "func": _function,
}
