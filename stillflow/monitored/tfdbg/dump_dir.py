"""`DebugDumpDir`: the dumps of a run, and its graph."""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from stillflow.monitored.tfdbg.datum import DEVICE_PREFIX, DebugTensorDatum, read_event


class WatchKeyDoesNotExistInDebugDumpDirError(ValueError):
    """Nothing was dumped of that tensor by that debug op."""


class CoreMetadata(NamedTuple):
    """What is known of the run as a whole."""

    global_step: int
    session_run_index: int
    executor_step_index: int
    input_names: list[str]
    output_names: list[str]
    target_nodes: list[str]


class DebugDumpDir:
    """The dumps in the folder of a run.

    Args:
      dump_root: the folder.
      partition_graphs: GraphDefs of the run; by default what was dumped.
      validate: accepted.

    Raises:
      OSError: there is no such folder.
      ValueError: a file's name tells no tensor, or two nodes have the same name.
    """

    def __init__(self, dump_root: str, partition_graphs: Any = None, validate: bool = True):
        if not os.path.isdir(dump_root):
            raise OSError(f"Dump root directory {dump_root} does not exist")
        self._root = dump_root
        self.python_graph: Any = None
        folders = sorted(glob.glob(os.path.join(glob.escape(dump_root), DEVICE_PREFIX + "*")))
        self._data = sorted(
            (datum for folder in folders for datum in self._dumps_in(folder)),
            key=lambda datum: (datum.timestamp, datum.node_name),
        )
        self._partition_graphs = partition_graphs
        self._folders = folders
        self._nodes: dict[str, Any] = {}
        for graph in self._graphs():
            self._nodes |= _by_name(graph)

    def _dumps_in(self, folder: str) -> list[DebugTensorDatum]:
        return [
            DebugTensorDatum(self._root, os.path.relpath(os.path.join(place, name), self._root))
            for place, _, names in os.walk(folder)
            for name in names
            if not name.startswith("_tfdbg_")
        ]

    # The run --------------------------------------------------------------------------------------

    @property
    def core_metadata(self) -> CoreMetadata | list[CoreMetadata]:
        found = [CoreMetadata(**json.loads(text)) for text in self._told("core_metadata_*")]
        return found[0] if len(found) == 1 else found

    @property
    def run_fetches_info(self) -> Any:
        """What was fetched, as text; None where it was not told."""
        found = self._told("fetches_info_*")
        return found[0] if len(found) == 1 else found or None

    @property
    def run_feed_keys_info(self) -> Any:
        """What was fed, as text; None where it was not told."""
        found = self._told("feed_keys_info_*")
        return found[0] if len(found) == 1 else found or None

    def _told(self, pattern: str) -> list[str]:
        paths = glob.glob(os.path.join(glob.escape(self._root), "_tfdbg_" + pattern))
        return [read_event(path).log_message.message for path in sorted(paths)]

    def set_python_graph(self, python_graph: Any) -> None:
        """Tells the tf.Graph, of which `node_traceback` asks."""
        self.python_graph = python_graph

    def node_traceback(self, element_name: str) -> Any:
        """Returns where an operation, or a tensor's, was built.

        Raises:
          LookupError: no graph was told.
          KeyError: it has no such operation.
        """
        if self.python_graph is None:
            raise LookupError("Python graph is not available for traceback lookup")
        name = element_name.partition(":")[0]
        try:
            return self.python_graph.get_operation_by_name(name).traceback
        except KeyError:
            raise KeyError(f'Cannot find node "{name}" in Python graph') from None

    # Dumps ----------------------------------------------------------------------------------------

    @property
    def dumped_tensor_data(self) -> list[DebugTensorDatum]:
        return self._data

    @property
    def size(self) -> int:
        return len(self._data)

    @property
    def t0(self) -> int | None:
        """When the first tensor was computed, in microseconds."""
        return self._data[0].timestamp if self._data else None

    def find(
        self,
        predicate: Callable[[DebugTensorDatum, Any], bool],
        first_n: int = 0,
        device_name: str | None = None,
        exclude_node_names: str | None = None,
    ) -> list[DebugTensorDatum]:
        """Returns the dumps for which `predicate(datum, array)` holds, in the order of the run.

        Args:
          first_n: how many at most; 0 for all.
          device_name: only that device's.
          exclude_node_names: a pattern of nodes that do not count.
        """
        found: list[DebugTensorDatum] = []
        for datum in self._data:
            if device_name and datum.device_name != device_name:
                continue
            if exclude_node_names and re.match(exclude_node_names, datum.node_name):
                continue
            if predicate(datum, datum.get_tensor()):
                found.append(datum)
                if len(found) == first_n:
                    break
        return found

    def debug_watch_keys(self, node_name: str, device_name: str | None = None) -> list[str]:
        """Returns the keys NODE:SLOT:DEBUG_OP of what was dumped of a node."""
        keys = (datum.watch_key for datum in self._data if datum.node_name == node_name)
        return list(dict.fromkeys(keys))

    def watch_key_to_data(
        self, debug_watch_key: str, device_name: str | None = None
    ) -> list[DebugTensorDatum]:
        """Returns the dumps of a key, in the order of the run."""
        return [datum for datum in self._data if datum.watch_key == debug_watch_key]

    def _dumped(self, node_name: str, output_slot: int, debug_op: str) -> list[DebugTensorDatum]:
        key = f"{node_name}:{output_slot}:{debug_op}"
        found = self.watch_key_to_data(key)
        if not found:
            raise WatchKeyDoesNotExistInDebugDumpDirError(
                f'Watch key "{key}" does not exist in the debug dump'
            )
        return found

    def get_tensors(
        self, node_name: str, output_slot: int, debug_op: str, device_name: str | None = None
    ) -> list[Any]:
        """Returns the arrays that a tensor was, one for each time.

        Raises:
          WatchKeyDoesNotExistInDebugDumpDirError: it was not dumped.
        """
        return [datum.get_tensor() for datum in self._dumped(node_name, output_slot, debug_op)]

    def get_tensor_file_paths(
        self, node_name: str, output_slot: int, debug_op: str, device_name: str | None = None
    ) -> list[str]:
        """Returns the files of a tensor's dumps."""
        return [datum.file_path for datum in self._dumped(node_name, output_slot, debug_op)]

    def get_rel_timestamps(
        self, node_name: str, output_slot: int, debug_op: str, device_name: str | None = None
    ) -> list[int]:
        """Returns when a tensor was computed, in microseconds after the first."""
        begun = self.t0 or 0
        return [datum.timestamp - begun for datum in self._dumped(node_name, output_slot, debug_op)]

    def get_dump_sizes_bytes(
        self, node_name: str, output_slot: int, debug_op: str, device_name: str | None = None
    ) -> list[int | None]:
        return [datum.dump_size_bytes for datum in self._dumped(node_name, output_slot, debug_op)]

    # The graph ------------------------------------------------------------------------------------

    def partition_graphs(self) -> list[Any]:
        """Returns the GraphDefs of what the run needed.

        Raises:
          LookupError: there are none.
        """
        found = self._graphs()
        if not found:
            raise LookupError("No partition graphs have been loaded.")
        return found

    def _graphs(self) -> list[Any]:
        from tensorboard.compat.proto.graph_pb2 import GraphDef

        if self._partition_graphs:
            return list(self._partition_graphs)
        paths = [
            path
            for folder in self._folders
            for path in sorted(glob.glob(os.path.join(glob.escape(folder), "_tfdbg_graph_*")))
        ]
        return [GraphDef.FromString(read_event(path).graph_def) for path in paths]

    def loaded_partition_graphs(self) -> bool:
        return bool(self._graphs())

    def devices(self) -> list[str]:
        return sorted({datum.device_name for datum in self._data})

    def nodes(self, device_name: str | None = None) -> list[str]:
        """Returns the names of the nodes of the run; LookupError where its graph is not there."""
        self.partition_graphs()
        return list(self._nodes)

    def node_exists(self, node_name: str, device_name: str | None = None) -> bool:
        return node_name in self._nodes

    def node_attributes(self, node_name: str, device_name: str | None = None) -> Any:
        return self._node(node_name).attr

    def node_op_type(self, node_name: str, device_name: str | None = None) -> str:
        return str(self._node(node_name).op)

    def node_device(self, node_name: str) -> str:
        if node_name not in self._nodes:
            raise ValueError(f"Node '{node_name}' does not exist in partition graphs.")
        return str(self._nodes[node_name].device)

    def node_inputs(
        self, node_name: str, is_control: bool = False, device_name: str | None = None
    ) -> list[str]:
        """Returns the nodes that one takes tensors from, or waits for."""
        return [
            name.lstrip("^")
            for name in self._node(node_name).input
            if name.startswith("^") == is_control
        ]

    def node_recipients(
        self, node_name: str, is_control: bool = False, device_name: str | None = None
    ) -> list[str]:
        """Returns the nodes that take tensors from one, or wait for it."""
        self._node(node_name)
        return [
            name
            for name in self._nodes
            if node_name in (i.partition(":")[0] for i in self.node_inputs(name, is_control))
        ]

    def transitive_inputs(
        self,
        node_name: str,
        include_control: bool = True,
        include_reversed_ref: bool = False,
        device_name: str | None = None,
    ) -> list[str]:
        """Returns all nodes that one depends on."""
        seen: dict[str, None] = {}
        waiting = [node_name]
        while waiting:
            name = waiting.pop().partition(":")[0]
            if name not in self._nodes:  # it was fed
                continue
            inputs = self.node_inputs(name) + (
                self.node_inputs(name, is_control=True) if include_control else []
            )
            new = [each for each in inputs if each.partition(":")[0] not in seen]
            seen.update(dict.fromkeys(each.partition(":")[0] for each in new))
            waiting += new
        return list(seen)

    def find_some_path(
        self,
        src_node_name: str,
        dst_node_name: str,
        include_control: bool = True,
        include_reversed_ref: bool = False,
        device_name: str | None = None,
    ) -> list[str] | None:
        """Returns the nodes on a shortest way from one to another; None where there is none."""
        came_from: dict[str, str | None] = {src_node_name: None}
        waiting = [src_node_name]
        while waiting:
            name = waiting.pop(0)
            if name == dst_node_name:
                return _way(came_from, name)
            following = self.node_recipients(name)
            if include_control:
                following = following + self.node_recipients(name, is_control=True)
            for each in following:
                if each not in came_from:
                    came_from[each] = name
                    waiting.append(each)
        return None

    def _node(self, name: str) -> Any:
        if name not in self._nodes:
            raise ValueError(
                f"None of the {len(self._folders)} device(s) has a node named '{name}'.\n"
                "  nodes() lists those that the run needed."
            )
        return self._nodes[name]


def _way(came_from: dict[str, str | None], name: str | None) -> list[str]:
    way: list[str] = []
    while name is not None:
        way.insert(0, name)
        name = came_from[name]
    return way


def _by_name(graph: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in graph.node:
        if node.name in found:
            raise ValueError(f"Duplicate node name on device {node.device}: '{node.name}'")
        found[node.name] = node
    return found
