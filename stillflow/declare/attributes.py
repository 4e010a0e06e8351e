"""The kinds of attributes: what an annotation declares, and how a Python value becomes one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, get_args

from stillflow.graph import dtypes
from stillflow.graph.context import get_default_graph
from stillflow.graph.function_library import FunctionName
from stillflow.graph.tensor_shape import as_shape


class Kind(NamedTuple):
    """A kind of attribute: its name in an OpDef proto, and what a given value is brought to."""

    name: str
    coerce: Callable[[Any], Any]


def _as_is(value: Any) -> Any:
    return value


def _as_list(kind: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    return lambda values: [kind(value) for value in values]


def _as_function(value: Any) -> FunctionName:
    """The name of a function, which the default graph gets if it has it not."""
    if isinstance(value, FunctionName):
        return value
    if isinstance(value, str):
        return FunctionName(value)
    if not hasattr(value, "add_to_graph"):
        raise TypeError(f"Expects a func, got {value!r}.")
    value.add_to_graph(get_default_graph())
    return FunctionName(value.name)


# By the annotation of the parameter.
KINDS: Mapping[str, Kind] = {
    "bool": Kind("bool", bool),
    "int": Kind("int", int),
    "float": Kind("float", float),
    "str": Kind("string", _as_is),
    "DType": Kind("type", lambda value: dtypes.as_dtype(value).base_dtype),
    "TensorShape": Kind("shape", as_shape),
    "ndarray": Kind("tensor", _as_is),
    "bytes": Kind("string", _as_is),  # of a serialized message, which is no text
    "FunctionName": Kind("func", _as_function),
    "list[bool]": Kind("list(bool)", _as_is),
    "list[int]": Kind("list(int)", _as_list(int)),
    "list[float]": Kind("list(float)", _as_list(float)),
    "list[str]": Kind("list(string)", _as_is),
    "list[DType]": Kind("list(type)", _as_is),
    "list[TensorShape]": Kind("list(shape)", _as_list(as_shape)),
    "list[FunctionName]": Kind("list(func)", _as_list(_as_function)),
}


def check_limits(op_type: str, limits: Mapping[str, Any], attrs: Mapping[str, Any]) -> None:
    """Refuses an attribute that is none of the strings, or less than the number, in `limits`.

    Raises:
      TypeError: no string where there is a choice of them.
      ValueError: another string, a lower number or a shorter list.
    """
    attr = _unmet(limits, attrs)
    if attr is None:
        return
    value, limit, passed = attrs[attr], limits[attr], f"Attr '{attr}' of '{op_type}' Op passed"
    if isinstance(limit, int):
        is_list = isinstance(value, (list, tuple))
        what = f"list of length {len(value)}" if is_list else value
        raise ValueError(f"{passed} {what} less than minimum {limit}.")
    if not isinstance(value, str):
        raise TypeError(f"Expected string for argument '{attr}' not {value!r}.")
    raise ValueError(f"{passed} string '{value}' not in: {_quoted(limit)}.")


def unmet_limit(limits: Mapping[str, Any], attrs: Mapping[str, Any]) -> str | None:
    """What TensorFlow's runtime says of the first attribute beyond its limit; None if none is."""
    attr = _unmet(limits, attrs)
    if attr is None:
        return None
    value, limit = attrs[attr], limits[attr]
    if isinstance(limit, int):
        is_list = isinstance(value, (list, tuple))
        what, number = ("Length", len(value)) if is_list else ("Value", value)
        return f"{what} for attr '{attr}' of {number} must be at least minimum {limit}"
    allowed = f"is not in the list of allowed values: {_quoted(limit)}"
    return f"Value for attr '{attr}' of \"{value}\" {allowed}"


def _unmet(limits: Mapping[str, Any], attrs: Mapping[str, Any]) -> str | None:
    """The first attribute that is beyond its limit."""
    for attr, limit in limits.items():
        value = attrs[attr]
        if isinstance(limit, int):
            is_met = (len(value) if isinstance(value, (list, tuple)) else value) >= limit
        else:
            is_met = isinstance(value, str) and value in limit
        if not is_met:
            return attr
    return None


def _quoted(choices: Iterable[str]) -> str:
    return ", ".join(f'"{choice}"' for choice in choices)


def kind_of(op_type: str, attr: str, annotation: Any) -> Kind:
    """The kind that `annotation` declares.

    Raises:
      TypeError: it declares none, or is missing: then nothing could say what a file may hold.
    """
    kind = KINDS.get(_text(annotation))
    if kind is None:
        raise TypeError(
            f"Attribute '{attr}' of op {op_type} is annotated {annotation!r}.\n"
            f"  Annotate it with one of {', '.join(KINDS)}."
        )
    return kind


def _text(annotation: Any) -> str:
    """An annotation as it is written, without the modules that it names."""
    is_class = isinstance(annotation, type) and not get_args(annotation)
    text = annotation.__name__ if is_class else str(annotation)
    return re.sub(r"\w+\.", "", text)
