"""One dump of one tensor: a file, whose name says which tensor, and when it was computed."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from stillflow.graph.protos.tensor_proto import make_ndarray

METADATA_FILE_PREFIX = "_tfdbg_"
CORE_METADATA_TAG = "core_metadata_"
GRAPH_FILE_TAG = "graph_"
DEVICE_TAG = "device_"
HASH_TAG = "hash"
FETCHES_INFO_FILE_TAG = "fetches_info_"
FEED_KEYS_INFO_FILE_TAG = "feed_keys_info_"
DEVICE_PREFIX = METADATA_FILE_PREFIX + DEVICE_TAG


class InconvertibleTensorProto:
    """A dumped tensor that is no array: it had no value."""

    def __init__(self, tensor_proto: Any, initialized: bool = True):
        self._tensor_proto = tensor_proto
        self._initialized = initialized

    def __str__(self) -> str:
        return "" if self._initialized else "Uninitialized tensor:\n" + str(self._tensor_proto)

    @property
    def initialized(self) -> bool:
        return self._initialized


def has_inf_or_nan(datum: Any, tensor: Any) -> bool:
    """Whether a tensor of numbers has an infinity or NaN in it; False for what is none.

    Args:
      datum: what a dump says of the tensor; not asked.
      tensor: an array.
    """
    kind = getattr(tensor, "dtype", None)
    if kind is None or not np.issubdtype(kind, np.number):
        return False
    return not bool(np.all(np.isfinite(tensor)))


def load_tensor_from_event_file(event_file_path: str) -> Any:
    """Returns the array in a file of a dump; what had no value is no array."""
    tensor = read_event(event_file_path).summary.value[0].tensor
    is_empty = any(dim.size == 0 for dim in tensor.tensor_shape.dim)
    if not (tensor.tensor_content or tensor.string_val or is_empty):
        return InconvertibleTensorProto(tensor, False)
    return make_ndarray(tensor)


def read_event(path: str) -> Any:
    from tensorboard.compat.proto.event_pb2 import Event

    with open(path, "rb") as file:
        return Event.FromString(file.read())


def device_name_to_device_path(device_name: str) -> str:
    """Returns the name of the folder of a device's dumps."""
    return DEVICE_PREFIX + device_name.replace(":", "_").replace("/", ",")


def device_path_to_device_name(device_dir: str) -> str:
    """Returns the device whose dumps are in a folder."""
    parts = os.path.basename(device_dir)[len(DEVICE_PREFIX) :].split(",")
    head, last = parts[:-1], parts[-1]
    named = [part.replace("_", ":", 1) for part in head]
    return "/".join([*named, last.replace("device_", "device:", 1).replace("_", ":", 1)])


class DebugTensorDatum:
    """A dump of a tensor.

    Args:
      dump_root: the folder of the run.
      debug_dump_rel_path: the file, below it.

    Raises:
      ValueError: the file's name tells no tensor.
    """

    def __init__(self, dump_root: str, debug_dump_rel_path: str):
        folder, name = os.path.split(debug_dump_rel_path)
        head, _, stamp = name.rpartition("_")
        head, _, self.debug_op = head.rpartition("_")
        base, _, slot = head.rpartition("_")
        if not (base and slot.isdigit()):
            raise ValueError(
                f"Dump file path does not conform to the naming pattern: {debug_dump_rel_path}"
            )
        device, *inside = folder.split(os.sep)
        self.device_name = device_path_to_device_name(device)
        self.node_name = "/".join([*inside, base])
        self.output_slot = int(slot)
        self.extended_timestamp = stamp
        self.timestamp = int(stamp.partition("-")[0])
        self.file_path = os.path.join(dump_root, debug_dump_rel_path)
        is_there = os.path.isfile(self.file_path)
        self.dump_size_bytes = os.path.getsize(self.file_path) if is_there else None

    def __str__(self) -> str:
        return (
            f"{{DebugTensorDatum ({self.device_name}) {self.node_name}:{self.output_slot} @ "
            f"{self.debug_op} @ {self.timestamp}}}"
        )

    __repr__ = __str__

    @property
    def tensor_name(self) -> str:
        return f"{self.node_name}:{self.output_slot}"

    @property
    def watch_key(self) -> str:
        return f"{self.tensor_name}:{self.debug_op}"

    def get_tensor(self) -> Any:
        """Returns the array."""
        return load_tensor_from_event_file(self.file_path)
