"""The protocol buffer messages of the public tree, loaded when first named: `tf.ConfigProto`, ...

They are TensorBoard's copies of TensorFlow's messages: the same fields and the same bytes.
"""

import importlib
from typing import Any

_MODULES = {
    "attr_value": ("AttrValue", "NameAttrList"),
    "cluster": ("ClusterDef", "JobDef"),
    "config": ("ConfigProto", "GPUOptions", "GraphOptions", "OptimizerOptions", "RunMetadata",
               "RunOptions", "ThreadPoolOptionProto"),
    "event": ("Event", "LogMessage", "SessionLog"),
    "graph": ("GraphDef",),
    "histogram": ("HistogramProto",),
    "meta_graph": ("CollectionDef", "MetaGraphDef", "TensorInfo"),
    "node_def": ("NodeDef",),
    "saver": ("SaverDef",),
    "summary": ("Summary", "SummaryDescription"),
    "tensor": ("TensorProto",),
    "variable": ("SaveSliceInfoDef", "VariableDef"),
}
MESSAGES = {name: module for module, names in _MODULES.items() for name in names}


def message(name: str) -> Any:
    """The message class called `name`, one of MESSAGES."""
    module = importlib.import_module(f"tensorboard.compat.proto.{MESSAGES[name]}_pb2")
    return getattr(module, name)
