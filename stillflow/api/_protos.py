"""The protocol buffer messages of the public tree, loaded when first named: `tf.ConfigProto`, ...

They are TensorBoard's copies of TensorFlow's messages: the same fields and the same bytes.
"""

import importlib
from typing import Any

_MODULES = {
    "attr_value": ("AttrValue", "NameAttrList"),
    "cluster": ("ClusterDef", "JobDef"),
    "config": (
        "ConfigProto",
        "GPUOptions",
        "GraphOptions",
        "OptimizerOptions",
        "RunMetadata",
        "RunOptions",
    ),
    "event": ("Event", "LogMessage", "SessionLog", "TaggedRunMetadata"),
    "graph": ("GraphDef",),
    "histogram": ("HistogramProto",),
    "meta_graph": ("MetaGraphDef", "TensorInfo"),
    "node_def": ("NodeDef",),
    "saver": ("SaverDef",),
    "summary": ("Summary", "SummaryDescription", "SummaryMetadata"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}
OF_TRAIN = frozenset({"ClusterDef", "JobDef", "SaverDef"})
OF_SUMMARY = frozenset(
    {"Event", "SessionLog", "Summary", "SummaryDescription", "TaggedRunMetadata"}
)
OF_ROOT = frozenset(_MODULE_OF) - OF_TRAIN - {"SummaryDescription", "TaggedRunMetadata"}


def saved_model_class() -> Any:
    """The class of SavedModel messages, of which TensorBoard has no copy."""
    from stillflow.interchange.saved_model.message import saved_model_class

    return saved_model_class()


def message(name: str) -> Any:
    """The message class called `name`, one of OF_ROOT, OF_SUMMARY or OF_TRAIN."""
    module = importlib.import_module(f"tensorboard.compat.proto.{_MODULE_OF[name]}_pb2")
    return getattr(module, name)
