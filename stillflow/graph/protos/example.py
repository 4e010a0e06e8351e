"""Examples: named features, each a list of one kind. TensorFlow's example.proto and feature.proto.

No kept package ships them. A program may bring modules that `protoc` made of the same messages:
neither knows of the other, and what one writes the other reads.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, wraps
from typing import Any

from stillflow.graph.protos import schema

_FEATURE: schema.Schema = {
    "BytesList": {"value": (1, "*bytes")},
    "FloatList": {"value": (1, "*float")},
    "Int64List": {"value": (1, "*int64")},
    "Feature": {
        "bytes_list": (1, "BytesList"),
        "float_list": (2, "FloatList"),
        "int64_list": (3, "Int64List"),
    },
    "Features": {"feature": (1, "<Feature")},
    "FeatureList": {"feature": (1, "*Feature")},
    "FeatureLists": {"feature_list": (1, "<FeatureList")},
}
_EXAMPLE: schema.Schema = {
    "Example": {"features": (1, "Features")},
    "SequenceExample": {"context": (1, "Features"), "feature_lists": (2, "FeatureLists")},
}
_IN_ONEOF = {("Feature", field): "kind" for field in _FEATURE["Feature"]}
# {TensorFlow's module: its messages}
MODULES = {"feature_pb2": tuple(_FEATURE), "example_pb2": tuple(_EXAMPLE)}


@cache
def message_class(name: str) -> Any:
    """The class of the messages that TensorFlow calls `name`."""
    made = schema.message_class(_pool(), f"tensorflow.{name}")
    made.__module__ = __name__  # where pickles find it
    if name == "Int64List":
        _take_booleans(made)
    return made


def _take_booleans(made: Any) -> None:
    """`Int64List(value=[True])` is 1, Python's and NumPy's: protobuf has come to refuse them."""
    today = made.__init__

    @wraps(today)
    def __init__(self: Any, *args: Any, **fields: Any) -> None:
        try:
            today(self, *args, **fields)
        except TypeError:
            values = fields.get("value")
            if not isinstance(values, Collection):  # what is drawn from it is gone
                raise
            self.Clear()
            today(self, value=[_integer(value) for value in values])

    made.__init__ = __init__


def _integer(value: Any) -> Any:
    kind = type(value)
    is_boolean = kind is bool or (kind.__module__ == "numpy" and kind.__name__ in ("bool", "bool_"))
    return int(value) if is_boolean else value


@cache
def _pool() -> Any:
    return schema.pool_of({**_FEATURE, **_EXAMPLE}, "tensorflow", _IN_ONEOF)


def __getattr__(name: str) -> Any:
    """`Example` and its kin are built when they are first named."""
    if name in _FEATURE or name in _EXAMPLE:
        return message_class(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
