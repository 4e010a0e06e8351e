"""A restore of a checkpoint of objects under way: which object is which of the checkpoint's.

What the checkpoint has and the program has not yet, waits: with the object that will depend on it,
or with the optimizer whose slot it will be.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import init_scope
from stillflow.platform import logging
from stillflow.tracking.identity import WeakIdentitySet
from stillflow.tracking.trackable import VARIABLE_VALUE_KEY, new_uid
from stillflow.train.objects.naming import names_of_nodes
from stillflow.train.objects.nodes import MultiDeviceSaver
from stillflow.train.objects.object_graph import ObjectGraphView
from stillflow.train.objects.python_state import PythonStateSaveable


class _Slot(NamedTuple):
    """An optimizer's slot of a variable, by the numbers of the three in the checkpoint."""

    optimizer_id: int
    slot_id: int
    name: str


class Restoration:
    """One call of `restore`.

    Args:
      proto: the checkpoint's TrackableObjectGraph.
      save_path: its prefix.
      prefix: string[], which is to be fed with it.
      known_ops: by key, what restores; the same for all restores of a root.
      view: the root's objects.
    """

    def __init__(
        self,
        proto: Any,
        save_path: str,
        prefix: Tensor,
        known_ops: dict[str, Any],
        view: ObjectGraphView,
    ):
        self.object_graph_proto = proto
        self.restore_uid = new_uid()
        self.save_path = save_path
        self.restore_ops: list[Any] = []
        self.new_restore_ops_callback: Callable[[list[Any]], Any] | None = None
        self.object_by_proto_id: weakref.WeakValueDictionary = weakref.WeakValueDictionary()
        self.all_python_objects = WeakIdentitySet()
        self.matched_proto_ids: set[int] = set()
        self.unused_attributes: dict[int, list[str]] = {}
        self.view = view
        self._prefix = prefix
        self._known_ops = known_ops
        # Slots that wait for their variables, by these, and then for their optimizers.
        self.slot_restorations: dict[int, list[_Slot]] = {}
        self._slots_of_optimizers: dict[int, list[tuple[_Slot, Any]]] = {}
        for number, node in enumerate(proto.nodes):
            for slot in node.slot_variables:
                waiting = self.slot_restorations.setdefault(slot.original_variable_node_id, [])
                waiting.append(_Slot(number, slot.slot_variable_node_id, slot.slot_name))
        self._report = weakref.finalize(
            self, _report_unused, proto, self.matched_proto_ids, self.unused_attributes
        )

    def expect_partial(self) -> None:
        """Says that values of the checkpoint may stay unused: that is not warned of."""
        self._report.detach()

    def bind(self, number: int, trackable: Any) -> bool:
        """Takes `trackable` for an object of the checkpoint. Returns False where one is already."""
        self.all_python_objects.add(trackable)
        self.matched_proto_ids.add(number)
        bound = self.object_by_proto_id.get(number)
        if bound is not None:
            if bound is not trackable:
                logging.warning(
                    "Inconsistent references when loading the checkpoint into this object graph. "
                    "Either the Trackable object references in the Python program have changed in "
                    "an incompatible way, or the checkpoint was generated in an incompatible "
                    "program.\n\nTwo checkpoint references resolved to different objects (%s and "
                    "%s).",
                    bound,
                    trackable,
                )
            return False
        self.object_by_proto_id[number] = trackable
        for slot, variable in self._slots_of_optimizers.pop(number, ()):
            self._restore_slot(trackable, slot, variable)
        for slot in self.slot_restorations.pop(number, ()):
            optimizer = self.object_by_proto_id.get(slot.optimizer_id)
            if optimizer is None:
                waiting = self._slots_of_optimizers.setdefault(slot.optimizer_id, [])
                waiting.append((slot, trackable))
            else:
                self._restore_slot(optimizer, slot, trackable)
        return True

    def _restore_slot(self, optimizer: Any, slot: _Slot, variable: Any) -> None:
        optimizer._create_or_restore_slot_variable(
            slot_variable_position=CheckpointPosition(self, slot.slot_id),
            slot_name=slot.name,
            variable=variable,
        )

    def restore_from(self, position: CheckpointPosition) -> None:
        """Restores an object, which is bound, and what it depends on: the nearest first."""
        ops: list[Any] = []
        saveables: dict[str, Any] = {}
        waiting = deque([position])
        while waiting:
            position = waiting.popleft()
            trackable = position.trackable
            if self.restore_uid > trackable._update_uid:
                ops += self._gathered(position, saveables)
                trackable._update_uid = self.restore_uid
            for child in position.object_proto.children:
                below = CheckpointPosition(self, child.node_id)
                dependency = trackable._lookup_dependency(child.local_name)
                if dependency is None:
                    waits = trackable._deferred_dependencies.setdefault(child.local_name, [])
                    waits.append(below)
                elif self.bind(child.node_id, dependency):
                    waiting.append(below)
        ops += self._built(saveables)
        if ops:
            self.restore_ops += ops
            if self.new_restore_ops_callback is not None:
                self.new_restore_ops_callback(ops)

    def _gathered(self, position: CheckpointPosition, saveables: dict[str, Any]) -> list[Any]:
        """What restores an object and is built already; the rest goes into `saveables`."""
        values = position.trackable._gather_saveables_for_checkpoint()
        built = []
        for attribute in position.object_proto.attributes:
            key = attribute.checkpoint_key
            if key in self._known_ops:
                built.append(self._known_ops[key])
            elif attribute.name in values:
                saveables[key] = self.view.saveables_of(
                    position.trackable, attribute.name, values[attribute.name], key
                )
            elif not attribute.optional_restore:
                unused = self.unused_attributes.setdefault(position.number, [])
                unused.append(attribute.name)
        return built

    def _built(self, saveables: dict[str, Any]) -> list[Any]:
        """The operations that restore; Python's state is handed over at once."""
        of_graph = []
        for _, each in sorted(saveables.items()):
            for saveable in each:
                if isinstance(saveable, PythonStateSaveable):
                    reader = CheckpointReader(self.save_path)
                    names = [spec.name for spec in saveable.specs]
                    saveable.python_restore([reader.get_tensor(name) for name in names])
                else:
                    of_graph.append(saveable)
        if not of_graph:
            return []
        restored = MultiDeviceSaver(of_graph).restore(self._prefix)
        if executing_eagerly():
            return []
        self._known_ops.update(restored)
        return [op for _, op in sorted(restored.items())]


class CheckpointPosition:
    """An object of a checkpoint that is restored."""

    def __init__(self, checkpoint: Restoration, proto_id: int):
        self.checkpoint = checkpoint
        self.number = proto_id

    def restore(self, trackable: Any) -> None:
        """Gives `trackable` what the checkpoint has of this object, unless another has it."""
        with init_scope():
            if self.checkpoint.bind(self.number, trackable):
                self.checkpoint.restore_from(self)

    @property
    def trackable(self) -> Any:
        return self.checkpoint.object_by_proto_id[self.number]

    @property
    def object_proto(self) -> Any:
        return self.checkpoint.object_graph_proto.nodes[self.number]

    @property
    def restore_uid(self) -> int:
        return self.checkpoint.restore_uid

    def is_simple_variable(self) -> bool:
        """Whether the checkpoint has a value of it and nothing else."""
        node = self.object_proto
        names = [attribute.name for attribute in node.attributes]
        return names == [VARIABLE_VALUE_KEY] and not node.children

    def makes_slots(self) -> bool:
        """Whether a slot is made for it now: eagerly, unless creators would take it for theirs."""
        is_asked = bool(get_default_graph()._variable_creator_stack)
        return executing_eagerly() and self.is_simple_variable() and not is_asked

    def __repr__(self) -> str:
        return repr(self.object_proto)


def _report_unused(proto: Any, matched: set[int], unused: dict[int, list[str]]) -> None:
    """Warns, once the restore is over for good, of what it did not use."""
    lines = [
        f"Unresolved object in checkpoint: {name}"
        for number, name in names_of_nodes(proto).items()
        if number not in matched
    ]
    for number, attributes in unused.items():
        name = names_of_nodes(proto)[number]
        lines.append(f"Unused attribute in object {name}: {attributes}")
    for line in lines:
        logging.warning("%s", line)
    if lines:
        logging.warning(
            "A checkpoint was restored (e.g. tf.train.Checkpoint.restore or "
            "tf.keras.Model.load_weights) but not all checkpointed values were used. See above for "
            "specific issues.\n  restore(...).expect_partial() says that this is meant, "
            "restore(...).assert_consumed() makes it an error."
        )
