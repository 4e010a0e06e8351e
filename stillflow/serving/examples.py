"""JSON objects as tf.Examples."""

from __future__ import annotations

from typing import Any

from stillflow.graph.protos.example import message_class
from stillflow.serving.tensors import bytes_of, invalid, is_binary, json_type

_KINDS = {"bytes_list": "bytes", "float_list": "float", "int64_list": "int64"}


def serialized_example(features: Any) -> bytes:
    """{name: value or list of values} as the bytes of an Example.

    Whole numbers and booleans are int64 features, other numbers float ones, text and {"b64": ...}
    bytes.

    Raises:
      InvalidArgumentError: it is no object, or a feature's values are of several kinds, or none.
    """
    if not isinstance(features, dict):
        raise invalid(f"Example must be JSON object but got JSON {json_type(features)}")
    example = message_class("Example")()
    for name, content in features.items():
        feature = example.features.feature[name]
        for value in content if isinstance(content, list) else [content]:
            _add(feature, name, value)
    serialized: bytes = example.SerializeToString()
    return serialized


def _add(feature: Any, name: str, value: Any) -> None:
    kind, stored = _stored(name, value)
    known = feature.WhichOneof("kind")
    if known not in (None, kind):
        raise invalid(f"Unexpected element type in feature: {name} expecting type: {_KINDS[known]}")
    try:
        getattr(feature, kind).value.append(stored)
    except (ValueError, OverflowError):
        raise invalid(f"Feature: {name} has an element that int64 cannot hold: {value}.") from None


def _stored(name: str, value: Any) -> tuple[str, Any]:
    if isinstance(value, (bool, int)):
        return "int64_list", int(value)
    if isinstance(value, float):
        return "float_list", value
    if isinstance(value, str):
        try:
            return "bytes_list", value.encode()
        except UnicodeEncodeError:
            raise invalid(f"Feature: {name} has half of a surrogate pair.") from None
    if is_binary(value):
        return "bytes_list", bytes_of(value)
    raise invalid(f"Feature: {name} has element with unexpected JSON type: {json_type(value)}")
