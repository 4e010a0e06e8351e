"""`tf.train.Saver`: writes a session's variables to checkpoints, and restores them."""

from __future__ import annotations

import math
import numbers
import os
import time
from collections.abc import Callable, Collection
from contextlib import nullcontext
from typing import Any

from stillflow.checkpoint import management
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph import errors
from stillflow.graph.context import check_not_eager, executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import add_to_collection, get_collection
from stillflow.graph.text import local_path
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.platform import logging
from stillflow.runtime.session import BaseSession
from stillflow.train import meta_graph, saver_graph
from stillflow.train.eager_saver import EagerSaver
from stillflow.train.object_keys import is_of_objects, keys_by_name
from stillflow.train.saveables import Saveable, all_saveables, saveables_of

_V2 = management.V2

_FIRST_FORMAT = (
    "TensorFlow's V1 checkpoint format has been deprecated.\n"
    "Consider switching to the more efficient V2 format:\n"
    "   `tf.train.Saver(write_version=tf.train.SaverDef.V2)`\n"
    "now on by default."
)

_Checkpoints = list[tuple[str, float]]  # prefixes and when they were saved, oldest first


class Saver:
    """Saves and restores variables, and deletes old checkpoints.

    A save is atomic: at any instant, also if the process is killed, the prefix names the
    checkpoint that was there, or the new one. So is a restore: it sets all variables, or none.

    Args:
      var_list: variables, or a dict from names in the checkpoint to variables; when None, all
        global variables of the default graph.
      reshape: lets a tensor be restored to a variable of another shape but the same size.
      sharded: writes one data file for each device that variables are recorded on.
      max_to_keep: how many checkpoints to keep; None or 0 keeps all, and names only the last.
      keep_checkpoint_every_n_hours: additionally keeps one checkpoint for so many hours.
      name: the scope of the nodes.
      restore_sequentially: accepted; a restore reads one tensor after another anyway.
      saver_def: a SaverDef of nodes that the graph has already.
      builder: must be None.
      defer_build: leaves the nodes to a call of `build`.
      allow_empty: without variables, saves and restores nothing instead of failing.
      write_version: SaverDef.V2, or V1 for files that TensorFlow before 0.12 reads.
      pad_step_number: writes the global step with eight digits.
      save_relative_paths: writes relative paths to the `checkpoint` file, so that the folder can
        be moved.
      filename: the prefix where a run of the nodes feeds none.

    Raises:
      TypeError, ValueError: for a `var_list` that is not of this form, or is empty.
      NotImplementedError: for a builder.
    """

    def __init__(
        self,
        var_list: Any = None,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        saver_def: Any = None,
        builder: Any = None,
        defer_build: bool = False,
        allow_empty: bool = False,
        write_version: int = _V2,
        pad_step_number: bool = False,
        save_relative_paths: bool = False,
        filename: str | None = None,
    ):
        del restore_sequentially
        if defer_build and var_list:
            raise ValueError(
                "If `var_list` is provided then build cannot be deferred. Either set "
                "defer_build=False or var_list=None."
            )
        if builder is not None:
            raise NotImplementedError(
                "tf.train.Saver(builder=...) is in TensorFlow 1.15 but not yet in Stillflow."
            )
        self._write_version = write_version if saver_def is None else saver_def.version
        if self._write_version not in (management.V1, _V2):
            raise ValueError(f"Unexpected write_version: {self._write_version}")
        self._var_list = var_list
        self._reshape = reshape
        self._sharded = sharded
        self._max_to_keep = max_to_keep or 0
        self._hours = keep_checkpoint_every_n_hours
        self._name = name
        self.saver_def = saver_def
        self._allow_empty = allow_empty
        self._pad_step_number = pad_step_number
        self._save_relative_paths = save_relative_paths
        self._filename = filename
        self._is_built = False
        self._is_empty = False
        self._last_checkpoints: _Checkpoints = []
        self._expired: _Checkpoints = []
        self._next_to_keep = math.inf
        # What restores a checkpoint of objects, and by which keys.
        self._object_saver: tuple[list[str], Saver] | None = None
        self._eager: EagerSaver | None = None
        if executing_eagerly():
            self._build_eager()
        elif not defer_build:
            self.build()

    # Building -------------------------------------------------------------------------------------

    def build(self) -> None:
        """Adds the nodes to the default graph, unless that was done; RuntimeError in eager mode."""
        check_not_eager("Use save/restore instead of build in eager mode.")
        if self._is_built:
            return
        self._is_built = True
        if self.saver_def is None:
            self._build_nodes()
        elif self._name:
            self.saver_def = _renamed(self.saver_def, lambda name: f"{self._name}/{name}")
        if self.saver_def is not None:
            _check_saver_def(self.saver_def)
            self._next_to_keep = time.time() + self.saver_def.keep_checkpoint_every_n_hours * 3600

    def _build_eager(self) -> None:
        """Takes the variables as they are: saves and restores run at once, without nodes."""
        self._is_built = True
        if self._var_list is not None and not self._var_list:
            self._check_empty()
        self._eager = EagerSaver(
            self._var_list,
            sharded=self._sharded,
            reshaped=self._reshape,
            version=self._write_version,
        )
        self.saver_def = self._described()
        self._next_to_keep = time.time() + self._hours * 3600

    def _check_empty(self) -> None:
        if not self._allow_empty:
            raise ValueError("No variables to save")
        self._is_empty = True

    def _build_nodes(self) -> None:
        if self._var_list is None:
            self._var_list = all_saveables()
        if not self._var_list:
            self._check_empty()
            return
        nodes = saver_graph.build(
            saveables_of(self._var_list),
            name=self._name,
            filename=self._filename,
            sharded=self._sharded,
            reshaped=self._reshape,
            version=self._write_version,
        )
        _join_parts_in_collections()
        self.saver_def = self._described(
            filename_tensor_name=nodes.prefix.name,
            save_tensor_name=nodes.saved.name,
            restore_op_name=nodes.restored.name,
        )

    def _described(self, **names: str) -> Any:
        """The SaverDef, with the names of its nodes."""
        return _saver_def_class()(
            **names,
            max_to_keep=self._max_to_keep,
            sharded=self._sharded,
            keep_checkpoint_every_n_hours=self._hours,
            version=self._write_version,
        )

    # Saving ---------------------------------------------------------------------------------------

    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: Any = None,
        latest_filename: str | None = None,
        meta_graph_suffix: str = "meta",
        write_meta_graph: bool = True,
        write_state: bool = True,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> str | None:
        """Writes a checkpoint, and deletes those that are over the number to keep.

        The folder is created where only its last part is missing.

        Args:
          sess: the session that has the variables; None in eager mode.
          save_path: the prefix of the checkpoint's files.
          global_step: a number, or what gives one in a run, that is appended to the prefix.
          latest_filename: the file that names the checkpoints of the folder, `checkpoint`.
          meta_graph_suffix: the suffix of the file that holds the graph.
          write_meta_graph, write_state: whether to write these two files.
          strip_default_attrs: leaves attributes that have their defaults out of the graph.

        Returns:
          The prefix of the checkpoint; None for a Saver without variables.

        Raises:
          ValueError: there is no folder to write to, or `latest_filename` is not a name in it.
          TypeError: `sess` is not a session.
          RuntimeError: `build` was not called.
          tf.errors.OpError: a variable has no value, or the system reports an error.
        """
        if not self._is_built:
            raise RuntimeError("`build()` should be called before save if defer_build==True")
        save_path = os.fspath(save_path)
        latest_filename = "checkpoint" if latest_filename is None else latest_filename
        if os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        if global_step is None:
            self._check_collision(save_path, latest_filename)
        if self._eager is None and not isinstance(sess, BaseSession):
            raise TypeError(f"'sess' must be a Session; {sess}")
        prefix = self._numbered(sess, save_path, global_step)
        if not self._is_empty:
            prefix = self._write(sess, prefix, save_path)
        if write_meta_graph and not executing_eagerly():
            with sess.graph.as_default():
                self.export_meta_graph(
                    management.meta_graph_filename(prefix, meta_graph_suffix),
                    strip_default_attrs=strip_default_attrs,
                    save_debug_info=save_debug_info,
                )
        if self._is_empty:
            return None
        if write_state:
            kept, expired = self._with(prefix)
            management.update_checkpoint_state(
                os.path.dirname(save_path),
                prefix,
                [path for path, _ in kept],
                latest_filename,
                save_relative_paths=self._save_relative_paths,
            )
            self._last_checkpoints = kept
            self._expired += expired
            self._delete_expired(meta_graph_suffix)
        return prefix

    def _check_collision(self, save_path: str, latest_filename: str) -> None:
        if os.path.basename(save_path) == latest_filename and not self._sharded:
            raise ValueError(
                f"'latest_filename' collides with 'save_path': '{latest_filename}' and "
                f"'{save_path}'"
            )

    def _numbered(self, sess: Any, save_path: str, global_step: Any) -> str:
        if global_step is None:
            return save_path
        if not isinstance(global_step, numbers.Integral):
            global_step = sess.run(global_step) if sess else global_step.numpy()
        return f"{save_path}-{int(global_step):{'08d' if self._pad_step_number else 'd'}}"

    def _write(self, sess: Any, prefix: str, save_path: str) -> str:
        """Returns the name of the checkpoint: `prefix`, or the pattern of its several files."""
        if self._write_version == management.V1:
            logging.warning(_FIRST_FORMAT)
        try:
            if self._eager is not None:
                return self._eager.save(prefix)
            feed = {self.saver_def.filename_tensor_name: prefix}
            return os.fsdecode(sess.run(self.saver_def.save_tensor_name, feed))
        except errors.OpError as error:
            management.remove_shards_to_merge(prefix)
            is_variable = error.op is not None and error.op.defn.is_variable
            lacks_folder = isinstance(error, (errors.FailedPreconditionError, errors.NotFoundError))
            lacks_folder &= not os.path.isdir(local_path(os.path.dirname(save_path)))
            if lacks_folder and not is_variable:
                raise ValueError(
                    f"Parent directory of {save_path} doesn't exist, can't save."
                ) from error
            raise

    def export_meta_graph(
        self,
        filename: str | None = None,
        collection_list: Any = None,
        as_text: bool = False,
        export_scope: str | None = None,
        clear_devices: bool = False,
        clear_extraneous_savers: bool = False,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> Any:
        """Returns the MetaGraphDef of the default graph and this Saver; writes it to a file."""
        return meta_graph.export_meta_graph(
            filename=filename,
            saver_def=self.saver_def,
            collection_list=collection_list,
            as_text=as_text,
            export_scope=export_scope,
            clear_devices=clear_devices,
            clear_extraneous_savers=clear_extraneous_savers,
            strip_default_attrs=strip_default_attrs,
            save_debug_info=save_debug_info,
        )

    # Old checkpoints ------------------------------------------------------------------------------

    def _add_collection_def(
        self, meta_graph_def: Any, key: Any, export_scope: str | None = None
    ) -> None:
        """Adds a collection of the default graph to a MetaGraphDef, if it can be stored."""
        meta_graph.add_collection_def(meta_graph_def, key, export_scope=export_scope)

    def _with(self, prefix: str) -> tuple[_Checkpoints, _Checkpoints]:
        """Returns the checkpoints with `prefix` as the latest, and the oldest if it expires."""
        if not self.saver_def.max_to_keep:
            return self._last_checkpoints, []
        kept = [entry for entry in self._last_checkpoints if entry[0] != prefix]
        kept.append((prefix, time.time()))
        surplus = 1 if len(kept) > self.saver_def.max_to_keep else 0
        return kept[surplus:], kept[:surplus]

    def _delete_expired(self, meta_graph_suffix: str) -> None:
        """Deletes the oldest expired checkpoint, unless it is the one to keep of some hours."""
        if not self._expired:
            return
        prefix, saved_at = self._expired.pop(0)
        if saved_at > self._next_to_keep:
            self._next_to_keep += self.saver_def.keep_checkpoint_every_n_hours * 3600
            return
        try:
            management.remove_checkpoint(prefix, self._write_version, meta_graph_suffix)
        except errors.OpError as error:
            logging.warning("Ignoring: %s", error)

    @property
    def last_checkpoints(self) -> list[str]:
        """The prefixes of the checkpoints that are kept, oldest first."""
        return [prefix for prefix, _ in self._last_checkpoints]

    def set_last_checkpoints(self, last_checkpoints: list[str]) -> None:
        """Says which checkpoints there are, oldest first. They expire, but are not deleted."""
        assert isinstance(last_checkpoints, list)
        self._last_checkpoints = [(prefix, math.inf) for prefix in last_checkpoints]

    def set_last_checkpoints_with_time(
        self, last_checkpoints_with_time: list[tuple[str, float]]
    ) -> None:
        """Says which checkpoints there are, oldest first, and when they were saved."""
        assert isinstance(last_checkpoints_with_time, list)
        self._last_checkpoints = last_checkpoints_with_time

    def recover_last_checkpoints(self, checkpoint_paths: Any) -> None:
        """Takes up those of the checkpoints that exist, for a process that follows another."""
        times = [(path, management.get_checkpoint_mtimes([path])) for path in checkpoint_paths]
        self.set_last_checkpoints_with_time([(path, found[0]) for path, found in times if found])

    # Restoring ------------------------------------------------------------------------------------

    def restore(self, sess: Any, save_path: str) -> None:
        """Sets the variables to what a checkpoint holds: all of them, or, when it fails, none.

        They need no value before.

        Raises:
          ValueError: `save_path` is None, or there is no checkpoint.
          tf.errors.NotFoundError: the checkpoint lacks a variable, or one of its files.
          tf.errors.InvalidArgumentError: a variable has another shape or type in it.
          tf.errors.DataLossError: it is damaged; the message says which file, and where.
        """
        if self._is_empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        prefix = os.fspath(save_path)
        if not management.checkpoint_exists(prefix):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {prefix}")
        logging.info("Restoring parameters from %s", prefix)
        try:
            self._restore(sess, prefix)
        except errors.DataLossError as error:
            raise _with_a_way_out(error, prefix) from None
        except errors.NotFoundError as error:
            if management.missing_files(prefix):
                raise _with_a_way_out(error, prefix) from None
            if not self._restore_objects(sess, prefix):
                raise _explained(
                    error, "a Variable name or other graph key that is missing"
                ) from None
        except errors.InvalidArgumentError as error:
            raise _explained(error, "a mismatch between the current graph and the graph") from None

    def _restore(self, sess: Any, prefix: str) -> None:
        if self._eager is not None:
            self._eager.restore(prefix)
            return
        feed = {self.saver_def.filename_tensor_name: prefix}
        sess.run(self.saver_def.restore_op_name, feed)

    def _restore_objects(self, sess: Any, prefix: str) -> bool:
        """Restores from a checkpoint of TensorFlow 2's objects. Returns False for any other."""
        reader = CheckpointReader(prefix)
        if self._var_list is None or not is_of_objects(reader):
            return False
        keys = keys_by_name(reader)
        named = saveables_of(self._var_list)
        variables = [saveable for saveable in named if isinstance(saveable, Saveable)]
        if variables != named or any(v.spec for v in variables):
            return False
        names = {v.name for v in variables}
        if not keys.keys() >= names:
            raise _without_some(names - keys.keys(), keys.keys() - names) from None
        own = {keys[v.name]: v.element for v in variables}
        if self._object_saver is None or self._object_saver[0] != list(own):
            logging.warning(
                "Restoring an object-based checkpoint using a name-based saver: by the names that "
                "the variables had when it was written."
            )
            with nullcontext() if self._eager else sess.graph.as_default():
                self._object_saver = list(own), Saver(own)
        self._object_saver[1].restore(sess, prefix)
        return True

    # As a proto -----------------------------------------------------------------------------------

    def as_saver_def(self) -> Any:
        """Returns the SaverDef proto: the names of the nodes, and how many checkpoints to keep."""
        return self.saver_def

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Returns the SaverDef with names relative to a scope; None when it is outside."""
        if export_scope is None:
            return self.saver_def
        names = (
            self.saver_def.filename_tensor_name,
            self.saver_def.save_tensor_name,
            self.saver_def.restore_op_name,
        )
        if not all(name.startswith(export_scope) for name in names):
            return None
        return _renamed(self.saver_def, lambda name: name.removeprefix(f"{export_scope}/"))

    @staticmethod
    def from_proto(saver_def: Any, import_scope: str | None = None) -> Saver:
        """Returns a Saver of the nodes that a SaverDef names, below a scope."""
        return Saver(saver_def=saver_def, name=import_scope)


def _join_parts_in_collections() -> None:
    """A partitioned variable in a collection is found in a file by the node of its whole value."""
    graph = get_default_graph()
    for key in graph.get_all_collection_keys():
        for item in graph.get_collection(key):
            if isinstance(item, PartitionedVariable) and item.name not in graph._ops:
                item.as_tensor()


def _saver_def_class() -> Any:
    from tensorboard.compat.proto.saver_pb2 import SaverDef

    return SaverDef


def _check_saver_def(saver_def: Any) -> None:
    if not isinstance(saver_def, _saver_def_class()):
        raise ValueError(f"saver_def must be a saver_pb2.SaverDef: {saver_def}")
    for field in ("save_tensor_name", "restore_op_name"):
        if not getattr(saver_def, field):
            raise ValueError(f"saver_def must specify the {field}: {saver_def}")


def _renamed(saver_def: Any, rename: Callable[[str], str]) -> Any:
    """Returns a copy in which the names of the nodes are changed."""
    copy = _saver_def_class()()
    copy.CopyFrom(saver_def)
    for field in ("filename_tensor_name", "save_tensor_name", "restore_op_name"):
        setattr(copy, field, rename(getattr(copy, field)))
    return copy


def _without_some(missing: set[str], others: Collection[str]) -> errors.NotFoundError:
    """That a checkpoint of objects has variables of other names."""
    return errors.NotFoundError(
        None,
        None,
        f"Existing variables not in the checkpoint: {', '.join(sorted(missing))}\n\n"
        "Variables names when this checkpoint was written which don't exist now: "
        f"{', '.join(sorted(others))}\n\n"
        "Could not find some variables in the checkpoint (see names above).\n"
        "  It was written by tf.train.Checkpoint: restore it with one, or pass tf.train.Saver a "
        "dict from the names above to variables.",
    )


def _explained(error: errors.OpError, cause: str) -> errors.OpError:
    message = (
        f"Restoring from checkpoint failed. This is most likely due to {cause} from the "
        "checkpoint. Please ensure that you have not altered the graph expected based on the "
        f"checkpoint. Original error:\n\n{error.message}"
    )
    return type(error)(None, error.op, message)  # type: ignore[call-arg]


def _with_a_way_out(error: errors.OpError, prefix: str) -> errors.OpError:
    folder = os.path.dirname(prefix) or "."
    message = (
        f"{error.message}\n  No variable was changed. stillflow.checkpoint.intact.newest_intact("
        f"{folder!r}) is the newest checkpoint that is whole, if there is one."
    )
    return type(error)(None, error.op, message)  # type: ignore[call-arg]


def saver_or_default() -> Saver:
    """The only Saver of the graph, or a new one; RuntimeError where there are several."""
    savers = get_collection(GraphKeys.SAVERS)
    if len(savers) > 1:
        raise RuntimeError(
            f"More than one item in collection {GraphKeys.SAVERS}. Please indicate which one to "
            "use by passing it to the constructor."
        )
    if savers:
        return savers[0]
    saver = Saver(sharded=True, allow_empty=True)
    add_to_collection(GraphKeys.SAVERS, saver)
    return saver
