"""State of Python's that checkpoints of objects hold as strings."""

from __future__ import annotations

import abc
import functools
import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import device, init_scope
from stillflow.ops.control.ordering import no_op
from stillflow.ops.saving.saveable import SaveableObject, SaveSpec
from stillflow.tracking.trackable import Trackable, TrackableReference


class NoRestoreSaveable(SaveableObject):
    """A tensor that a checkpoint holds, and that a restore leaves alone."""

    def __init__(self, tensor: Any, name: str, dtype: Any = None, device: str | None = None):
        super().__init__(tensor, [SaveSpec(tensor, "", name, dtype=dtype, device=device)], name)

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Operation:
        return no_op()


class PythonStateSaveable(SaveableObject, abc.ABC):
    """State of Python's: each save feeds it, and a restore hands it over without a run."""

    @abc.abstractmethod
    def feed_dict_additions(self) -> dict[Tensor, Any]:
        """The state as it is now, for the run of a save."""

    @abc.abstractmethod
    def freeze(self) -> SaveableObject:
        """A saveable of the state as it is now."""

    @abc.abstractmethod
    def python_restore(self, restored_strings: list[Any]) -> None:
        """Takes the state that a checkpoint holds."""


class PythonStringStateSaveable(PythonStateSaveable):
    """The state is a string.

    Args:
      name: its key in the checkpoint.
      state_callback: gives it.
      restore_callback: takes it; None for what need not be restored.
    """

    def __init__(
        self,
        name: str,
        state_callback: Callable[[], Any],
        restore_callback: Callable[[Any], None] | None = None,
    ):
        self._state_callback = state_callback
        self._restore_callback = restore_callback
        with device("/cpu:0"):
            self._save_string = constant("", dtype=dtypes.string)
        spec = SaveSpec(self._save_string, "", name, dtype=dtypes.string)
        super().__init__(self._save_string, [spec], name)

    @property
    def optional_restore(self) -> bool:
        return self._restore_callback is None

    def _state(self) -> Any:
        with init_scope():
            return self._state_callback()

    def feed_dict_additions(self) -> dict[Tensor, Any]:
        return {self._save_string: self._state()}

    def freeze(self) -> SaveableObject:
        return NoRestoreSaveable(
            lambda: constant(self._state(), dtype=dtypes.string),
            self.name,
            dtype=dtypes.string,
            device="cpu:0",
        )

    def python_restore(self, restored_strings: list[Any]) -> None:
        if self._restore_callback is not None:
            (restored,) = restored_strings
            self._restore_callback(restored)

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Operation:
        return no_op()


class PythonState(Trackable, abc.ABC):
    """A base of objects whose state is no variable, and is to be in checkpoints.

    Subclasses say in `serialize` what it is and in `deserialize` how it is taken up again, which
    `Checkpoint.restore` calls at once, before anything runs.
    """

    @abc.abstractmethod
    def serialize(self) -> Any:
        """Returns the state as a string."""

    @abc.abstractmethod
    def deserialize(self, string_value: Any) -> None:
        """Takes the state that `serialize` returned once."""

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        saveable = functools.partial(
            PythonStringStateSaveable,
            state_callback=self.serialize,
            restore_callback=self.deserialize,
        )
        return {"py_state": saveable}


class NumpyWrapper(PythonState):
    """An array, as NumPy's own files hold it."""

    def __init__(self, array: Any):
        self.array = array

    def serialize(self) -> bytes:
        file = io.BytesIO()
        np.save(file, self.array)
        return file.getvalue()

    def deserialize(self, string_value: bytes) -> None:
        self.array = np.load(io.BytesIO(string_value))


class NumpyState(Trackable):
    """An object whose attributes are NumPy's arrays, and are in checkpoints.

    A restore makes the attributes that are not there.

    Raises:
      NotImplementedError: an attribute is set to anything else.
    """

    def _lookup_dependency(self, name: str) -> Any:
        """Makes an array where there is none, since a restore asks before it fills one."""
        found = super()._lookup_dependency(name)
        if found is None:
            found = NumpyWrapper(np.array([]))
            self._unconditional_checkpoint_dependencies.append(TrackableReference(name, found))
            self._unconditional_dependency_names[name] = found
            super().__setattr__(name, found)
        return found

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        return value.array if isinstance(value, NumpyWrapper) else value

    def __setattr__(self, name: str, value: Any) -> None:
        if not isinstance(value, (np.ndarray, np.generic)):
            is_own = isinstance(getattr(type(self), name, None), property)
            if not is_own and name != "_self_setattr_tracking" and self._setattr_tracking:
                raise NotImplementedError(
                    f"Assigned {value} to the {name} property of {self}, which is not a NumPy "
                    "array. Currently mixing NumPy arrays and other trackable objects is not "
                    "supported. File a feature request if this limitation bothers you."
                )
            super().__setattr__(name, value)
            return
        known = vars(self).get(name)
        if isinstance(known, NumpyWrapper):
            known.array = value
            return
        wrapper = NumpyWrapper(value)
        # Not by the own look-up, which would make one.
        if Trackable._lookup_dependency(self, name) is None:
            reference = TrackableReference(name, wrapper)
            self._unconditional_checkpoint_dependencies.append(reference)
            self._unconditional_dependency_names[name] = wrapper
            self._handle_deferred_dependencies(name=name, trackable=wrapper)
        super().__setattr__(name, wrapper)
