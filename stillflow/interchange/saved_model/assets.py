"""Assets: files that a graph reads by constants holding their paths, copied into a SavedModel.

Each is an AssetFileDef in a collection of the graph: the constant's name, and the file's in the
model's own folder, whose path is fed to the constant when the model is loaded.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.interchange.saved_model import names
from stillflow.interchange.saved_model.folders import get_assets_dir
from stillflow.platform.os_errors import os_errors_as_tf

# TensorFlow looks for its own name of the message; TensorBoard's copy has another.
_TYPE_URL = "type.googleapis.com/tensorflow.AssetFileDef"


def add_assets(tensors: Iterable[Tensor], export_dir: str) -> None:
    """Copies the files that `tensors` name, and adds them to the graph's collection.

    Raises:
      TypeError: one of `tensors` is not a constant string.
      ValueError: it is an empty one.
      tf.errors.OpError: a file cannot be copied.
    """
    from google.protobuf.any_pb2 import Any as AnyMessage

    described, sources = files_of_assets(tensors)
    for asset in described:
        packed = AnyMessage(type_url=_TYPE_URL, value=asset.SerializeToString())
        get_default_graph().add_to_collection(names.ASSETS_KEY, packed)
    write_assets(sources, export_dir)


def files_of_assets(tensors: Iterable[Tensor]) -> tuple[list[Any], dict[str, str]]:
    """An AssetFileDef of each constant, and by its name in the model's folder, its file.

    Raises:
      TypeError: one of `tensors` is not a constant string.
      ValueError: it is an empty one.
    """
    from tensorboard.compat.proto.meta_graph_pb2 import AssetFileDef, TensorInfo

    described: list[Any] = []
    sources: dict[str, str] = {}
    for tensor in tensors:
        source = _path_in(tensor)
        name = file_name(source, sources)
        sources[name] = source
        described.append(AssetFileDef(filename=name, tensor_info=TensorInfo(name=tensor.name)))
    return described, sources


def write_assets(sources: dict[str, str], export_dir: str) -> None:
    """Copies files into a model's folder, but for names that are there.

    Raises:
      tf.errors.OpError: one cannot be copied.
    """
    for name, source in sources.items():
        folder = get_assets_dir(export_dir)
        with os_errors_as_tf(source):
            os.makedirs(folder, exist_ok=True)
            if not os.path.exists(os.path.join(folder, name)):
                shutil.copyfile(source, os.path.join(folder, name))


def _path_in(tensor: Any) -> str:
    if not isinstance(tensor, Tensor):
        raise TypeError("Asset path tensor must be a Tensor.")
    if not tensor.op.defn.is_constant:
        raise TypeError("Asset path tensor must be of type constant.")
    if tensor.dtype is not dtypes.string:
        raise TypeError("Asset path tensor must be of dtype string.")
    value = tensor.op.attrs["value"]
    if value.size != 1:
        raise TypeError("Asset path tensor must be a scalar.")
    if not value.item():
        raise ValueError(f"Invalid asset filepath tensor {tensor}")
    return os.fsdecode(value.item())


def file_name(source: str, sources: dict[str, str]) -> str:
    """The name in the model's folder: the file's own, numbered where another file has it."""
    base = name = os.path.basename(source)
    number = 0
    while name in sources and not _same_file(source, sources[name]):
        number += 1
        name = f"{base}_{number}"
    return name


def _same_file(one: str, other: str) -> bool:
    with os_errors_as_tf(one):
        return one == other or filecmp.cmp(one, other, shallow=False)


def asset_feeds(meta: Any, export_dir: str, import_scope: str | None) -> dict[str, str]:
    """Where the assets of a loaded model are: the path of each, by its constant's name."""
    feeds = {}
    for asset in _assets_in(meta):
        name = asset.tensor_info.name
        path = os.path.join(get_assets_dir(export_dir), os.path.basename(asset.filename))
        feeds[f"{import_scope}/{name}" if import_scope else name] = path
    return feeds


def _assets_in(meta: Any) -> list:
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.meta_graph_pb2 import AssetFileDef

    if meta.asset_file_def:
        return list(meta.asset_file_def)
    if names.ASSETS_KEY not in meta.collection_def:
        return []
    try:
        packed = meta.collection_def[names.ASSETS_KEY].any_list.value
        return [AssetFileDef.FromString(message.value) for message in packed]
    except DecodeError as error:
        raise ValueError(f"The collection {names.ASSETS_KEY!r} is damaged: {error}") from None
