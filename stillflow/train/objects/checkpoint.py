"""`tf.train.Checkpoint`: saves and restores objects by the names that they have for each other."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from stillflow.checkpoint import management
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Tensor
from stillflow.graph.protos.object_graph import object_graph_class
from stillflow.graph.scopes import colocate_with, device, init_scope
from stillflow.graph.tensor_shape import as_shape
from stillflow.graph.text import as_text
from stillflow.ops.variables.store import default_initializer
from stillflow.ops.variables.variable import Variable
from stillflow.tracking.assigning import NoDependency
from stillflow.tracking.auto import AutoTrackable
from stillflow.tracking.trackable import OBJECT_GRAPH_PROTO_KEY, Trackable
from stillflow.train.objects.object_graph import ObjectGraphView
from stillflow.train.objects.object_saver import saver_with_op_caching
from stillflow.train.objects.statuses import LoadStatus, session_or_default


class Checkpoint(AutoTrackable):
    """Objects that are saved and restored together: variables, optimizers, layers, other groups.

    A checkpoint knows a value by the way from here to it, through attributes and what else objects
    call each other, and not by the name of a variable. What a checkpoint has and the program has
    not made yet, is restored when it is.

    Args:
      kwargs: the objects, which become attributes; more can be set later. Functions may be among
        them, for `tf.saved_model.save`.

    Raises:
      ValueError: one of them cannot be tracked.
    """

    def __init__(self, **kwargs: Any):
        super().__init__()
        for name, value in sorted(kwargs.items()):
            if not isinstance(value, Trackable) and not hasattr(value, "get_concrete_function"):
                raise ValueError(
                    "`Checkpoint` was expecting a trackable object (an object derived from "
                    f"`TrackableBase`), got {value}. If you believe this object should be "
                    "trackable (i.e. it is part of the TensorFlow Python API and manages state), "
                    "please open an issue."
                )
            setattr(self, name, value)
        self._save_counter: Any = None  # made late: a variable, which a restore may wait for
        self._save_assign_op: Any = None
        self._saver = saver_with_op_caching(self)

    @property
    def save_counter(self) -> Any:
        """How often `save` was called: a variable, i64[]."""
        if self._save_counter is None:
            with device("/cpu:0"):
                counter = add_variable(
                    self, "save_counter", initializer=0, dtype=dtypes.int64, trainable=False
                )
            self._save_counter = NoDependency(counter)
        return self._save_counter

    def write(self, file_prefix: str, session: Any = None) -> Any:
        """Writes a checkpoint; returns its prefix, which is the one that is given.

        In a `tf.function` each call writes one, and a tensor is returned.

        Neither `save_counter` nor the folder's file `checkpoint` know of it.

        Args:
          session: where variables have their values; the default one when None.

        Raises:
          tf.errors.OpError: a variable has no value, or the system reports an error.
        """
        written = self._saver.save(os.fspath(file_prefix), session=session)
        return written if isinstance(written, Tensor) else as_text(written)

    def save(self, file_prefix: str, session: Any = None) -> str:
        """Counts, writes a checkpoint and says in the file `checkpoint` that it is the latest.

        Returns:
          Its prefix: `file_prefix`, and the number of the save.

        Raises:
          As `write`.
        """
        file_prefix = os.fspath(file_prefix)
        if executing_eagerly():
            number = int(self.save_counter.assign_add(1))
        else:
            session = session_or_default(session)
            number = self._counted_in(session)
        prefix = self.write(f"{file_prefix}-{number}", session)
        management.update_checkpoint_state(
            os.path.dirname(file_prefix), prefix, [prefix], save_relative_paths=True
        )
        return prefix

    def _counted_in(self, session: Any) -> Any:
        """The number of this save."""
        if self._save_counter is None:
            session.run(self.save_counter.initializer)
        if self._save_assign_op is None:
            with colocate_with(self.save_counter):
                counted = self.save_counter.assign_add(1, read_value=True)
            self._save_assign_op = NoDependency(counted)
        return session.run(self._save_assign_op)

    def restore(self, save_path: str | None) -> LoadStatus:
        """Matches the objects with those of a checkpoint, also those that are made later.

        Python's state is restored at once; variables are by `run_restore_ops` or
        `initialize_or_restore` of what is returned, or at once in eager mode.

        Args:
          save_path: a prefix, of a checkpoint of `tf.train.Saver` too; None for none.

        Raises:
          tf.errors.NotFoundError: there is no such checkpoint.
          tf.errors.DataLossError: it is damaged.
        """
        status = self._saver.restore(save_path)
        _ = self.save_counter  # so that it is initialized or restored with the others
        return status


def add_variable(
    trackable: Trackable,
    name: str,
    shape: Any = None,
    dtype: Any = dtypes.float32,
    initializer: Any = None,
    trainable: bool = True,
) -> Any:
    """Returns a new variable on which `trackable` depends by that name.

    Raises:
      ValueError: both a shape and a value are given.
    """
    return trackable._add_variable_with_custom_getter(
        name=name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        getter=_new_variable,
        trainable=trainable,
    )


def _new_variable(
    name: str,
    shape: Any,
    dtype: Any,
    initializer: Any = None,
    partition_info: Any = None,
    **kwargs: Any,
) -> Any:
    dtype, shape = dtypes.as_dtype(dtype), None if shape is None else as_shape(shape)
    with init_scope():
        if initializer is None:
            initializer = default_initializer(name, dtype)
        if not callable(initializer):
            if shape is not None:
                raise ValueError("If initializer is a constant, do not specify shape.")
            value = initializer
        else:
            value = _initial_value(initializer, shape, dtype, partition_info)
        return Variable(value, name=name, dtype=dtype.base_dtype, use_resource=True, **kwargs)


def _initial_value(
    initializer: Any, shape: Any, dtype: Any, partition_info: Any
) -> Callable[[], Any]:
    if isinstance(initializer, type):
        initializer = initializer(dtype=dtype)
    sizes = None if shape is None else shape.as_list()
    return lambda: initializer(sizes, dtype=dtype, partition_info=partition_info)


def object_metadata(save_path: str) -> Any:
    """Returns the TrackableObjectGraph of a checkpoint of objects. ValueError for another one."""
    reader = CheckpointReader(os.fspath(save_path))
    if not reader.has_tensor(OBJECT_GRAPH_PROTO_KEY):
        raise ValueError(
            f'The specified checkpoint "{save_path}" does not appear to be object-based (it is '
            f'missing the key "{OBJECT_GRAPH_PROTO_KEY}"). Likely it was created with a name-based '
            "saver and does not contain an object dependency graph."
        )
    return object_graph_class().FromString(reader.get_tensor(OBJECT_GRAPH_PROTO_KEY))


def list_objects(root_trackable: Any) -> list[Any]:
    """Returns all objects that a checkpoint of `root_trackable` would hold."""
    return ObjectGraphView(root_trackable).list_objects()


def gather_initializers(root_trackable: Any) -> list[Any]:
    """Returns the initializers of all variables of these objects."""
    found = (getattr(obj, "initializer", None) for obj in list_objects(root_trackable))
    return [initializer for initializer in found if initializer is not None]
