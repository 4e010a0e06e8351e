"""Examples: named features, each a list of one kind. TensorFlow's example.proto and feature.proto.

No kept package ships them. A program may bring modules that `protoc` made of the same messages:
neither knows of the other, and what one writes the other reads.
"""

from __future__ import annotations

from functools import cache
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
    return made


@cache
def _pool() -> Any:
    return schema.pool_of({**_FEATURE, **_EXAMPLE}, "tensorflow", _IN_ONEOF)


def __getattr__(name: str) -> Any:
    """`Example` and its kin are built when they are first named."""
    if name in _FEATURE or name in _EXAMPLE:
        return message_class(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
