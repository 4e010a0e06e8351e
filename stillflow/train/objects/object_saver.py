"""Saves and restores what a root depends on. Nodes are made once, and again where objects change"""

from __future__ import annotations

import os
import weakref
from typing import Any

from stillflow.checkpoint.reader import CheckpointReader
from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly, inside_function
from stillflow.graph.operation import Tensor
from stillflow.graph.protos.object_graph import object_graph_class
from stillflow.graph.scopes import control_dependencies, device
from stillflow.ops.control.ordering import identity
from stillflow.platform import files
from stillflow.tracking.identity import WeakIdentityDict
from stillflow.tracking.trackable import OBJECT_GRAPH_PROTO_KEY, new_uid
from stillflow.train.objects.nodes import MultiDeviceSaver
from stillflow.train.objects.object_graph import ObjectGraphView
from stillflow.train.objects.positions import CheckpointPosition, Restoration
from stillflow.train.objects.python_state import NoRestoreSaveable
from stillflow.train.objects.statuses import (
    CheckpointLoadStatus,
    InitializationOnlyStatus,
    LoadStatus,
    NameBasedRestoration,
    NameBasedSaverStatus,
    session_or_default,
)


class TrackableSaver:
    """Saves and restores the objects of a view."""

    def __init__(self, graph_view: ObjectGraphView):
        self._view = graph_view
        self._object_graph: Tensor | None = None  # string[]: fed with the proto
        self._save_prefix: Tensor | None = None
        self._restore_prefix: Tensor | None = None
        self._saved: Tensor | None = None
        self._saved_proto: Any = None  # of the objects that `_saved` saves
        self._restore_ops: dict[str, Any] = {}

    def save(self, file_prefix: str, checkpoint_number: Any = None, session: Any = None) -> Any:
        """Writes a checkpoint, in `session` or the default one; returns its prefix.

        In a function each call writes one, and gives the prefix.
        """
        if checkpoint_number:
            file_prefix = f"{file_prefix}-{int(checkpoint_number)}"
        if executing_eagerly():
            return self._save_now(file_prefix)
        _make_folder_of(file_prefix)
        if inside_function():
            prefix = constant(file_prefix)
            with control_dependencies([frozen_saver(self._view.root).save(prefix)]):
                return identity(prefix)
        if self._object_graph is None or self._save_prefix is None:
            with device("/cpu:0"):
                self._object_graph = constant("", dtype=dtypes.string)
                self._save_prefix = constant("", dtype=dtypes.string)
        saved, feeds = self._save_nodes(self._save_prefix, self._object_graph)
        feeds[self._save_prefix] = file_prefix
        written: bytes = session_or_default(session).run(saved, feeds)
        return written

    def _save_now(self, file_prefix: str) -> bytes:
        _make_folder_of(file_prefix)
        frozen_saver(self._view.root).save(constant(file_prefix))
        return file_prefix.encode()

    def _save_nodes(self, prefix: Tensor, object_graph: Tensor) -> tuple[Tensor, dict[Any, Any]]:
        saveables, proto, feeds = self._view.serialize_object_graph()
        feeds = feeds or {}
        serialized = proto.SerializeToString(deterministic=True)
        feeds[object_graph] = serialized
        if self._saved is None or self._saved_proto != proto:
            saveables.append(NoRestoreSaveable(object_graph, OBJECT_GRAPH_PROTO_KEY))
            written = MultiDeviceSaver(saveables).save(prefix)
            with device("/cpu:0"), control_dependencies([written]):
                self._saved = identity(prefix)
            self._saved_proto = proto
        return self._saved, feeds

    def restore(self, save_path: str | None) -> LoadStatus:
        """Matches the objects with a checkpoint's; its values come when the status runs."""
        if save_path is None:
            return InitializationOnlyStatus(self._view, new_uid())
        save_path = os.fspath(save_path)
        reader = CheckpointReader(save_path)
        if not reader.has_tensor(OBJECT_GRAPH_PROTO_KEY):
            status = NameBasedSaverStatus(NameBasedRestoration(save_path), self._view)
            if executing_eagerly():
                status.run_restore_ops()
            return status
        proto = object_graph_class().FromString(reader.get_tensor(OBJECT_GRAPH_PROTO_KEY))
        if executing_eagerly():
            return self._restored_now(proto, save_path)
        if self._restore_prefix is None:
            with device("/cpu:0"):
                self._restore_prefix = constant("model")
        prefix = self._restore_prefix
        restoration = Restoration(proto, save_path, prefix, self._restore_ops, self._view)
        CheckpointPosition(restoration, 0).restore(self._view.root)
        return CheckpointLoadStatus(restoration, {prefix: save_path}, self._view)

    def _restored_now(self, proto: Any, save_path: str) -> LoadStatus:
        """Restores what is there; what comes later is restored as it comes."""
        root = self._view.root
        # What a cache holds has the values of before; what waits for the root must not keep it.
        view = ObjectGraphView(weakref.ref(root))
        restoration = Restoration(proto, save_path, constant(save_path), {}, view)
        CheckpointPosition(restoration, 0).restore(root)
        return CheckpointLoadStatus(restoration, {}, view)


def _make_folder_of(file_prefix: str) -> None:
    if folder := os.path.dirname(file_prefix):
        files.makedirs(folder)


def saver_with_op_caching(obj: Any) -> TrackableSaver:
    """A saver that `obj` may hold, whose saves and restores share their nodes."""
    return TrackableSaver(ObjectGraphView(weakref.ref(obj), WeakIdentityDict()))


def frozen_saver(root_trackable: Any) -> MultiDeviceSaver:
    """The nodes' maker for the objects as they are now: later ones are not saved."""
    return MultiDeviceSaver(ObjectGraphView(root_trackable).frozen_saveable_objects())
