"""Who is in a checkpoint of objects, and under which keys: the objects that a root depends on."""

from __future__ import annotations

import weakref
from collections import deque
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.protos.object_graph import object_graph_class
from stillflow.graph.scopes import device
from stillflow.ops.saving.saveable import SaveableObject
from stillflow.tracking.assigning import NotTrackable
from stillflow.tracking.identity import WeakIdentityDict
from stillflow.tracking.trackable import OBJECT_GRAPH_PROTO_KEY, TrackableReference
from stillflow.train.objects.python_state import NoRestoreSaveable, PythonStateSaveable
from stillflow.train.saveables import by_own_names, saveable_objects_for_op

_SLOTS, _ATTRIBUTES = ".OPTIMIZER_SLOT", ".ATTRIBUTES"


def escaped(local_name: str) -> str:
    """A name as a part of a key, whose parts are separated by slashes."""
    return local_name.replace(".", "..").replace("/", ".S")


class ObjectGraphView:
    """The objects that `root` depends on, directly or not.

    Args:
      root: it, or a weak reference to it.
      saveables_cache: the saveables of objects, by their attributes; with it, a save feeds Python's
        state, without it, saves what that is now.
    """

    def __init__(self, root: Any, saveables_cache: WeakIdentityDict | None = None):
        self._root = root
        self._cache = saveables_cache

    @property
    def root(self) -> Any:
        root = self._root() if isinstance(self._root, weakref.ref) else self._root
        assert root is not None
        return root

    @property
    def saveables_cache(self) -> WeakIdentityDict | None:
        return self._cache

    def list_dependencies(self, obj: Any) -> list[TrackableReference]:
        obj._maybe_initialize_trackable()
        dependencies: list[TrackableReference] = obj._checkpoint_dependencies
        return dependencies

    def list_objects(self) -> list[Any]:
        """All objects, nearest to the root first, then the slots of optimizers."""
        return _Found(self).objects

    def serialize_object_graph(self) -> tuple[list[Any], Any, dict[Any, Any] | None]:
        """(saveables, TrackableObjectGraph, what a save has to feed; None without a cache)"""
        found = _Found(self)
        proto = found.proto()
        saveables: list[Any] = []
        feeds: dict[Any, Any] | None = None if self._cache is None else {}
        for obj, node in zip(found.objects, proto.nodes, strict=True):
            saveables += self._described(obj, found.keys[id(obj)], node, feeds)
        return saveables, proto, feeds

    def frozen_saveable_objects(self) -> list[Any]:
        """The saveables, with the object graph as it is now."""
        saveables, proto, _ = self.serialize_object_graph()
        with device("/cpu:0"):
            serialized = constant(proto.SerializeToString(), dtype=dtypes.string)
        return [*saveables, NoRestoreSaveable(serialized, OBJECT_GRAPH_PROTO_KEY)]

    def _described(self, obj: Any, key: str, node: Any, feeds: dict | None) -> list[Any]:
        """Adds an object's attributes to its node; returns their saveables."""
        described = []
        for name, value in obj._gather_saveables_for_checkpoint().items():
            attribute = node.attributes.add(name=name)
            attribute.checkpoint_key = f"{key}/{_ATTRIBUTES}/{escaped(name)}"
            saveables = self.saveables_of(obj, name, value, attribute.checkpoint_key)
            attribute.optional_restore = all(s.optional_restore for s in saveables)
            if not isinstance(saveables[0], SaveableObject):
                (attribute.full_name,) = by_own_names([value])
            for saveable in saveables:
                if isinstance(saveable, PythonStateSaveable):
                    if feeds is None:
                        saveable = saveable.freeze()
                    else:
                        feeds.update(saveable.feed_dict_additions())
                described.append(saveable)
        return described

    def saveables_of(self, obj: Any, name: str, value: Any, key: str) -> list[Any]:
        """The saveables of an attribute, of which `_gather_saveables_for_checkpoint` told `value`.

        Raises:
          AssertionError: one has not the name that was given.
        """
        known = {} if self._cache is None else self._cache.setdefault(obj, {})
        saveables = known.get(name)
        if saveables is None or any(key not in saveable.name for saveable in saveables):
            made = value(name=key) if callable(value) else value
            saveables = saveable_objects_for_op(made, key)
            for saveable in saveables:
                if key not in saveable.name:
                    raise AssertionError(
                        f"The object {obj} produced a SaveableObject with name '{saveable.name}' "
                        f"for attribute '{name}'. Expected a name containing '{key}'."
                    )
            known[name] = saveables
        return saveables


class _Found:
    """The objects of a view, with their numbers and the keys that lead to them."""

    def __init__(self, view: ObjectGraphView):
        self._view = view
        self.objects: list[Any] = []
        self.keys: dict[int, str] = {}
        self._numbers: dict[int, int] = {}
        self._slots: dict[int, list[tuple[str, Any, Any]]] = {}  # of optimizers
        self._walk()
        self._find_slots()

    def _walk(self) -> None:
        """Breadth first, so that the shortest way gives an object its key."""
        waiting = deque([self._view.root])
        paths: dict[int, tuple[str, ...]] = {id(self._view.root): ()}
        while waiting:
            obj = waiting.popleft()
            if isinstance(obj, NotTrackable):
                raise NotImplementedError(
                    f"The object {obj} does not support object-based saving. File a feature "
                    "request if this limitation bothers you. In the meantime, you can remove the "
                    "dependency on this object and save everything else."
                )
            self._add(obj, "/".join(paths[id(obj)]))
            for name, dependency in self._view.list_dependencies(obj):
                if id(dependency) not in paths:
                    paths[id(dependency)] = (*paths[id(obj)], escaped(name))
                    waiting.append(dependency)

    def _add(self, obj: Any, key: str) -> None:
        self._numbers[id(obj)] = len(self.objects)
        self.keys[id(obj)] = key
        self.objects.append(obj)

    def _find_slots(self) -> None:
        """An optimizer's slots for the objects that are saved too, after all of these."""
        others = list(self.objects)
        for optimizer in others:
            if not hasattr(optimizer, "_create_or_restore_slot_variable"):
                continue
            slots = self._slots.setdefault(id(optimizer), [])
            for name in optimizer.get_slot_names():
                for original in others:
                    slot = _slot_of(optimizer, original, name)
                    if slot is None:
                        continue
                    self._check_slot(slot)
                    path = (self.keys[id(original)], _SLOTS, self.keys[id(optimizer)])
                    self._add(slot, "/".join((*path, escaped(name))))
                    slots.append((name, original, slot))

    def _check_slot(self, slot: Any) -> None:
        if self._view.list_dependencies(slot):
            raise NotImplementedError(
                "Currently only variables with no dependencies can be saved as slot variables. "
                "File a feature request if this limitation bothers you."
            )
        if id(slot) in self._numbers:
            raise NotImplementedError(
                "A slot variable was re-used as a dependency of a Trackable object. This is not "
                "currently allowed. File a feature request if this limitation bothers you."
            )

    def proto(self) -> Any:
        """The TrackableObjectGraph, still without attributes."""
        proto = object_graph_class()()
        for obj in self.objects:
            node = proto.nodes.add()
            for name, original, slot in self._slots.get(id(obj), ()):
                node.slot_variables.add(
                    slot_name=name,
                    original_variable_node_id=self._numbers[id(original)],
                    slot_variable_node_id=self._numbers[id(slot)],
                )
            for name, dependency in self._view.list_dependencies(obj):
                node.children.add(node_id=self._numbers[id(dependency)], local_name=name)
        return proto


def _slot_of(optimizer: Any, original: Any, name: str) -> Any:
    try:
        return optimizer.get_slot(original, name)
    except (AttributeError, KeyError):
        return None
