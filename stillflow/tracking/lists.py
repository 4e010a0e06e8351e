"""Lists whose elements are dependencies, named by their position."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable, MutableSequence, Sequence
from typing import Any, NoReturn

from stillflow.tracking.assigning import sticky_attribute_assignment
from stillflow.tracking.containers import TrackableDataStructure
from stillflow.tracking.trackable import Trackable

UNWRAPPING = (
    "\n\nIf you don't need this {} checkpointed, wrap it in a tf.contrib.checkpoint.NoDependency "
    "object; it will be automatically un-wrapped and subsequently ignored."
)


class List(TrackableDataStructure, Sequence):
    """A list that only grows, and whose elements must be trackable.

    It knows the weights of the layers that it holds. Arguments are those of `list`.

    Raises:
      ValueError: an element cannot be tracked.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__()
        self._storage = self._make_storage(*args, **kwargs)
        for index, element in enumerate(self._storage):
            self._storage[index] = self._track_value(element, self._name_element(index))

    def _make_storage(self, *args: Any, **kwargs: Any) -> list[Any]:
        return list(*args, **kwargs)

    def _name_element(self, index: int) -> str:
        return str(index)

    @property
    def _values(self) -> list[Any]:
        return self._storage

    def copy(self) -> Any:
        return type(self)(copy.copy(self._storage))

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: dict) -> Any:
        return type(self)(copy.deepcopy(self._storage, memo))

    def append(self, value: Any) -> None:
        """Adds an element, which must be trackable."""
        self._storage.append(self._track_value(value, self._name_element(len(self._storage))))

    def extend(self, values: Iterable[Any]) -> None:
        for value in values:
            self.append(value)

    def __iadd__(self, values: Any) -> Any:
        self.extend(values)
        return self

    def __add__(self, other: Any) -> Any:
        return type(self)(self._storage + getattr(other, "_storage", other))

    def __radd__(self, other: Any) -> Any:
        return type(self)(other) + self

    def __imul__(self, times: int) -> Any:
        if times <= 0:
            raise ValueError(
                f"List only supports append, multiplying in place by {times} removes elements."
            )
        for value in self._storage * (times - 1):
            self.append(value)
        return self

    def __mul__(self, times: int) -> Any:
        return type(self)(self._storage * times)

    def __rmul__(self, times: int) -> Any:
        return self * times

    def __getitem__(self, key: Any) -> Any:
        return self._storage[key]

    def __len__(self) -> int:
        return len(self._storage)

    def __repr__(self) -> str:
        return f"List({self._storage!r})"

    def __sizeof__(self) -> int:
        return super().__sizeof__() + sys.getsizeof(self._storage)


_AList: Any = list  # which it is to those who ask; the elements are in `_storage`


class ListWrapper(List, MutableSequence, _AList):
    """What a list becomes that is set to an attribute: the list, whose elements are dependencies.

    Elements of any kind are allowed. What is done to it that a restore could not follow, an element
    that is replaced or moved, lets the next save fail.
    """

    _stands_for = list

    def __init__(self, wrapped_list: list[Any]):
        self._non_append_mutation = False
        self._external_modification = False
        super().__init__(wrapped_list)
        self._snapshot: list[Any] | None = list(self._storage)

    def _make_storage(self, wrapped_list: list[Any]) -> list[Any]:
        return wrapped_list

    def _track_value(self, value: Any, name: str) -> Any:
        try:
            return super()._track_value(value, name)
        except ValueError:
            return sticky_attribute_assignment(trackable=self, value=value, name=name)

    def _copied(self, storage: list[Any]) -> ListWrapper:
        copied = type(self)(storage)
        copied._non_append_mutation = self._non_append_mutation
        copied._external_modification = self._external_modification
        return copied

    def copy(self) -> ListWrapper:
        return self._copied(copy.copy(self._storage))

    def __deepcopy__(self, memo: dict) -> ListWrapper:
        return self._copied(copy.deepcopy(self._storage, memo))

    def __reduce_ex__(self, protocol: Any) -> tuple:
        return type(self), (self._storage,)

    # What cannot be restored ----------------------------------------------------------------------

    def _check_external_modification(self) -> None:
        if not self._is_spoilt() and self._storage != self._snapshot:
            self._external_modification = True

    def _update_snapshot(self) -> None:
        if not self._is_spoilt():
            self._snapshot = list(self._storage)

    def _is_spoilt(self) -> bool:
        return self._external_modification or self._non_append_mutation

    @property
    def _checkpoint_dependencies(self) -> list[Any]:
        """ValueError where a restore could not follow."""
        self._check_external_modification()
        if self._non_append_mutation:
            self._refuse(
                "A list element was replaced (__setitem__, __setslice__), deleted (__delitem__, "
                "__delslice__), or moved (sort). In order to support restoration on object "
                "creation, tracking is exclusively for append-only data structures."
            )
        if self._external_modification:
            self._refuse(
                "The wrapped list was modified outside the wrapper (its final value was "
                f"{self._storage}, its value when a checkpoint dependency was added was "
                f"{self._snapshot}), which breaks restoration on object creation."
            )
        return super()._checkpoint_dependencies

    def _refuse(self, why: str) -> NoReturn:
        raise ValueError(
            f"Unable to save the object {self} (a list wrapper constructed to track trackable "
            f"TensorFlow objects). {why}{UNWRAPPING.format('list')}"
        )

    # As a list ------------------------------------------------------------------------------------

    def append(self, value: Any) -> None:
        self._check_external_modification()
        super().append(value)
        self._update_snapshot()

    def extend(self, values: Iterable[Any]) -> None:
        self._check_external_modification()
        super().extend(values)
        self._update_snapshot()

    def __setitem__(self, key: Any, value: Any) -> None:
        self._check_external_modification()
        before = list(self._storage)
        replaced = before[key] if isinstance(key, slice) else [before[key]]
        if any(isinstance(element, Trackable) for element in replaced):
            self._non_append_mutation = True
        self._storage[key] = value
        for index, element in enumerate(self._storage):
            if index >= len(before) or element is not before[index]:
                self._storage[index] = self._track_value(element, self._name_element(index))
        self._update_snapshot()

    def __delitem__(self, key: Any) -> None:
        self._non_append_mutation = True
        del self._storage[key]

    def insert(self, index: int, value: Any) -> None:
        self._non_append_mutation = True
        self._storage.insert(index, value)

    def sort(self, **kwargs: Any) -> None:
        self._non_append_mutation = True
        self._storage.sort(**kwargs)

    def __imul__(self, times: int) -> Any:
        if times > 0:
            return super().__imul__(times)
        self._non_append_mutation = True
        self._storage *= times
        return self

    def __eq__(self, other: object) -> bool:
        return self._storage == _bare(other)

    def __ne__(self, other: object) -> bool:
        return self._storage != _bare(other)

    def __lt__(self, other: Any) -> bool:
        return self._storage < _bare(other)

    def __le__(self, other: Any) -> bool:
        return self._storage <= _bare(other)

    def __gt__(self, other: Any) -> bool:
        return self._storage > _bare(other)

    def __ge__(self, other: Any) -> bool:
        return self._storage >= _bare(other)

    def __hash__(self) -> int:
        raise TypeError("unhashable type: 'ListWrapper'")

    def __repr__(self) -> str:
        return f"ListWrapper({self._storage!r})"


def _bare(value: Any) -> Any:
    return getattr(value, "_storage", value)
