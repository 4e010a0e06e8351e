"""The arguments of a call of an op: values for its inputs, attributes, the name of the node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stillflow.declare.attributes import Kind
from stillflow.graph import dtypes

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef


class Bound(NamedTuple):
    """`values` are for the inputs, in order; `attrs` are complete but for types of the inputs."""

    values: list[Any]
    attrs: dict[str, Any]
    name: str | None


def bind(defn: OpDef, args: tuple, kwargs: dict[str, Any]) -> Bound:
    """Arguments are given in order or by name: the inputs, the attributes, the name of the node.

    Raises:
      TypeError: an argument is missing, unknown, given twice or no value of its attribute.
    """
    given = _by_name(defn, args, kwargs)
    name = given.pop("name", None)
    values = []
    for arg in defn.signature.inputs:
        if arg.name not in given:
            raise TypeError(f"{defn.__name__}() missing required argument: {arg.name!r}")
        values.append(given.pop(arg.name))
    unknown = [key for key in given if not _is_attr(defn, key)]
    if unknown:
        raise TypeError(f"{defn.__name__}() got an unexpected keyword argument {unknown[0]!r}")
    return Bound(values, _complete(defn, given), name)


def _by_name(defn: OpDef, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
    parameters = defn.parameters
    if len(args) > len(parameters):
        raise TypeError(
            f"{defn.__name__}() takes {len(parameters)} arguments "
            f"({', '.join(parameters)}) but {len(args)} were given"
        )
    given = dict(zip(parameters, args, strict=False))
    for key, value in kwargs.items():
        if key in given:
            raise TypeError(f"{defn.__name__}() got multiple values for argument {key!r}")
        given[key] = value
    return given


def _is_attr(defn: OpDef, key: str) -> bool:
    return key in defn.attr_names or key in defn.signature.type_attrs or key.startswith("_")


def _complete(defn: OpDef, given: dict[str, Any]) -> dict[str, Any]:
    """Adds the attributes' defaults and brings each to its declared kind."""
    attrs = {}
    for name, kind in defn.kinds.items():
        value = given.get(name)
        if value is None and name in defn.attr_defaults:
            value = defn.attr_defaults[name]
        elif name not in given:
            raise TypeError(f"{defn.__name__}() missing required argument: {name!r}")
        try:
            attrs[name] = kind.coerce(value)
        except (TypeError, ValueError) as error:
            raise _unfit(name, kind, value, error) from None
    for name, value in given.items():
        if name not in attrs:
            attrs[name] = dtypes.as_dtype(value) if name in defn.signature.type_attrs else value
    return attrs


def _unfit(name: str, kind: Kind, value: Any, error: Exception) -> Exception:
    """What TensorFlow says of a value that is none of an attribute's kind."""
    if kind.name == "type":
        return TypeError(f"Expected DataType for argument '{name}' not {value!r}.")
    if kind.name == "shape":
        of_type = isinstance(error, TypeError)
        message = f"Error converting {name} to a TensorShape: {error}."
        return TypeError(message) if of_type else ValueError(message)
    return error
