"""What `Checkpoint.restore` returns: it tells what was found, and runs what restores."""

from __future__ import annotations

import abc
from typing import Any, NoReturn

from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph.context import executing_eagerly
from stillflow.graph.scopes import device
from stillflow.platform.deprecation import deprecated
from stillflow.tracking.containers import TrackableDataStructure
from stillflow.tracking.identity import WeakIdentityDict, without
from stillflow.tracking.trackable import new_uid
from stillflow.train.objects.naming import names_of_nodes
from stillflow.train.objects.object_graph import ObjectGraphView
from stillflow.train.objects.positions import Restoration
from stillflow.train.objects.sessions import session_or_default
from stillflow.train.saveables import own_saveables
from stillflow.train.saver import Saver


class LoadStatus(abc.ABC):
    """The base of what tells about a restore."""

    _view: ObjectGraphView

    @abc.abstractmethod
    def assert_consumed(self) -> LoadStatus:
        """AssertionError unless the objects of program and checkpoint are the same."""

    @abc.abstractmethod
    def assert_existing_objects_matched(self) -> LoadStatus:
        """AssertionError unless the checkpoint has every object that the program has."""

    @abc.abstractmethod
    def assert_nontrivial_match(self) -> LoadStatus:
        """AssertionError where the checkpoint has none of the program's objects but the root."""

    @abc.abstractmethod
    def run_restore_ops(self, session: Any = None) -> None:
        """Restores what was found so far, in `session` or the default one."""

    @abc.abstractmethod
    def initialize_or_restore(self, session: Any = None) -> None:
        """Restores what was found, and initializes the other objects."""

    def expect_partial(self) -> LoadStatus:
        """Says that values of the checkpoint may stay unused: that is not warned of."""
        return self


class CheckpointLoadStatus(LoadStatus):
    """Of a restore from a checkpoint of objects."""

    def __init__(self, checkpoint: Restoration, feed_dict: dict, view: ObjectGraphView):
        self._checkpoint = checkpoint
        self._feed_dict = feed_dict
        self._view = view
        self._root = view.root  # which a view may hold weakly

    def assert_consumed(self) -> CheckpointLoadStatus:
        restoration = self._checkpoint
        self.assert_existing_objects_matched()
        names = names_of_nodes(restoration.object_graph_proto)
        for number, node in enumerate(restoration.object_graph_proto.nodes):
            if number not in restoration.object_by_proto_id:
                raise AssertionError(f"Unresolved object in checkpoint {names[number]}: {node}")
        if restoration.slot_restorations:
            raise AssertionError(f"Unresolved slot restorations: {restoration.slot_restorations}")
        if restoration.unused_attributes:
            lines = [
                f"{names[number]} ({restoration.object_by_proto_id[number]}): {attributes}"
                for number, attributes in restoration.unused_attributes.items()
            ]
            raise AssertionError(
                "Unused attributes in these objects (the attributes exist in the checkpoint but "
                "were not restored):\n" + "\n".join(lines)
            )
        return self

    def assert_existing_objects_matched(self) -> CheckpointLoadStatus:
        restoration = self._checkpoint
        for number, node in enumerate(restoration.object_graph_proto.nodes):
            found = restoration.object_by_proto_id.get(number)
            if found is not None and found._update_uid < restoration.restore_uid:
                raise AssertionError(f"Object not assigned a value from checkpoint: {node}")
        for obj in self._view.list_objects():
            if isinstance(obj, TrackableDataStructure) and not obj._checkpoint_dependencies:
                continue  # an empty container has nothing to restore
            restoration.all_python_objects.add(obj)
        if unbound := self._unbound():
            raise AssertionError(
                "Some Python objects were not bound to checkpointed values, likely due to changes "
                f"in the Python program: {unbound}"
            )
        return self

    def assert_nontrivial_match(self) -> CheckpointLoadStatus:
        restoration = self._checkpoint
        for obj in self._view.list_objects():
            restoration.all_python_objects.add(obj)
        if len(restoration.object_by_proto_id) > 1:
            return self
        if unbound := self._unbound():
            raise AssertionError(
                "Nothing except the root object matched a checkpointed value. Typically this means "
                "that the checkpoint does not match the Python program. The following objects have "
                f"no matching checkpointed value: {unbound}"
            )
        raise AssertionError(
            f"Nothing to load. No dependencies have been added to {self._view.root} yet."
        )

    def _unbound(self) -> list[Any]:
        restoration = self._checkpoint
        return without(restoration.all_python_objects, restoration.object_by_proto_id.values())

    def run_restore_ops(self, session: Any = None) -> None:
        if executing_eagerly():
            return  # it is done
        session_or_default(session).run(self._checkpoint.restore_ops, self._feed_dict)

    def initialize_or_restore(self, session: Any = None) -> None:
        if executing_eagerly():
            return
        session, restoration = session_or_default(session), self._checkpoint
        others = without(self._view.list_objects(), restoration.object_by_proto_id.values())
        initializers = _initializers(others, restoration.restore_uid)
        self.run_restore_ops(session)
        session.run(initializers)

    def expect_partial(self) -> CheckpointLoadStatus:
        self._checkpoint.expect_partial()
        return self


class InitializationOnlyStatus(LoadStatus):
    """Of a restore without a checkpoint, which only initializes."""

    def __init__(self, view: ObjectGraphView, restore_uid: int):
        self._view = view
        self._restore_uid = restore_uid
        self._root = view.root

    def _refuse(self) -> NoReturn:
        raise AssertionError("No checkpoint specified (save_path=None); nothing is being restored.")

    def assert_consumed(self) -> NoReturn:
        self._refuse()

    def assert_existing_objects_matched(self) -> NoReturn:
        self._refuse()

    def assert_nontrivial_match(self) -> NoReturn:
        self._refuse()

    def run_restore_ops(self, session: Any = None) -> NoReturn:
        raise AssertionError(
            "No checkpoint specified, so no restore ops are available (save_path=None to "
            "Saver.restore).\n  initialize_or_restore() initializes where there is no checkpoint."
        )

    def initialize_or_restore(self, session: Any = None) -> None:
        if executing_eagerly():
            return  # variables have values from their making on
        session = session_or_default(session)
        session.run(_initializers(self._view.list_objects(), self._restore_uid))


def _initializers(objects: list[Any], restore_uid: int) -> list[Any]:
    """Those of objects that no later restore gives their values."""
    found = []
    for obj in objects:
        if getattr(obj, "_update_uid", -1) < restore_uid:
            initializer = getattr(obj, "initializer", None)
            if initializer is not None:
                found.append(initializer)
    return found


class NameBasedRestoration:
    """One call of `restore` with a checkpoint of `tf.train.Saver`."""

    def __init__(self, save_path: str):
        self.save_path = save_path
        self.restore_uid = new_uid()
        self.unused_attributes = WeakIdentityDict()

    def has(self, saveables: list[Any]) -> bool:
        """Whether the checkpoint has all of them."""
        reader = CheckpointReader(self.save_path)
        names = [name for saveable in saveables for name in _names_of(saveable)]
        return all(map(reader.has_tensor, names))


def _names_of(saveable: Any) -> list[str]:
    specs = getattr(saveable, "specs", None)
    return [saveable._shared_name] if specs is None else [spec.name for spec in specs]


class NameBasedSaverStatus(LoadStatus):
    """Of a restore from a checkpoint of `tf.train.Saver`, which goes by the variables' names."""

    @deprecated(
        None,
        "Restoring a name-based tf.train.Saver checkpoint using the object-based restore API. "
        "It goes by the names of variables, and adds nodes each time: save once with "
        "tf.train.Checkpoint, and restore from that.",
    )
    def __init__(self, checkpoint: NameBasedRestoration, view: ObjectGraphView):
        self._checkpoint = checkpoint
        self._view = view
        self._root = view.root

    def assert_consumed(self) -> NameBasedSaverStatus:
        if unused := self._checkpoint.unused_attributes.items():
            lines = "".join(f"\n    {obj}: {attributes}" for obj, attributes in unused)
            raise AssertionError(f"Some objects had attributes which were not restored:{lines}")
        for obj in self._view.list_objects():
            if obj._update_uid < self._checkpoint.restore_uid:
                raise AssertionError(f"Object not restored: {obj}")
        return self

    def assert_existing_objects_matched(self) -> NameBasedSaverStatus:
        return self.assert_consumed()

    def assert_nontrivial_match(self) -> NameBasedSaverStatus:
        return self.assert_consumed()

    def run_restore_ops(self, session: Any = None) -> None:
        if not executing_eagerly():
            session = session_or_default(session)
        saveables = self._gathered()
        if saveables:
            with device("/cpu:0"):
                Saver(saveables).restore(session, self._checkpoint.save_path)

    def initialize_or_restore(self, session: Any = None) -> None:
        self.run_restore_ops(session)

    def _gathered(self) -> list[Any]:
        """What a Saver can save of the objects that this restore has not come to yet."""
        gathered = []
        for obj in self._view.list_objects():
            if obj._update_uid >= self._checkpoint.restore_uid:
                continue
            saveables, nameless = own_saveables(obj)
            if executing_eagerly() and not self._checkpoint.has(saveables):
                continue  # asserting tells of it
            obj._update_uid = self._checkpoint.restore_uid
            gathered += saveables
            if nameless:
                self._checkpoint.unused_attributes.setdefault(obj, []).extend(nameless)
        return gathered


def streaming_restore(status: LoadStatus, session: Any = None) -> None:
    """Restores now what was found, and each object that is found later when it is.

    Raises:
      NotImplementedError: the checkpoint is one of `tf.train.Saver`.
    """
    session = session_or_default(session)
    if isinstance(status, InitializationOnlyStatus):
        status.initialize_or_restore(session)
        return
    if isinstance(status, NameBasedSaverStatus):
        raise NotImplementedError(
            "Streaming restore not supported from name-based checkpoints when graph building. File "
            "a feature request if this limitation bothers you. As a workaround, consider either "
            "using tf.train.Checkpoint to load name-based checkpoints or enabling eager execution."
        )
    assert isinstance(status, CheckpointLoadStatus)
    status.run_restore_ops(session)
    feeds = status._feed_dict
    status._checkpoint.new_restore_ops_callback = lambda ops: session.run(ops, feeds)
