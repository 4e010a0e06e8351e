"""`tf.contrib.staging`: what programs hold of a staging area."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape, unknown_shape
from stillflow.ops.control.ordering import identity, no_op
from stillflow.ops.queues import staging_ops as declared


class BaseStagingArea:
    """Base of staging areas, which hold elements between runs."""

    _identifier = 0

    def __init__(
        self,
        dtypes: Sequence[Any],
        shapes: Sequence[Any] | None = None,
        names: Sequence[str] | None = None,
        shared_name: str | None = None,
        capacity: int = 0,
        memory_limit: int = 0,
    ):
        """An area of elements with components of `dtypes`.

        Args:
          shapes: of the components.
          names: of the components; elements are dicts then.
          shared_name: in a session, all areas of this name are one.
          capacity: how many elements there are at most; any number when 0.
          memory_limit: how many bytes there are at most; any number when 0.

        Raises:
          ValueError: `shapes` or `names` are not one for each type.
        """
        if shared_name is None:
            self._name = get_default_graph().unique_name(type(self).__name__)
        elif isinstance(shared_name, str):
            self._name = shared_name
        else:
            raise ValueError("shared_name must be a string")
        self._dtypes = dtypes
        for what, given in (("shapes", shapes), ("names", names)):
            if given is not None and len(given) != len(dtypes):
                raise ValueError(f"StagingArea {what} must be the same length as dtypes")
        self._shapes = (
            [unknown_shape() for _ in dtypes] if shapes is None else [*map(as_shape, shapes)]
        )
        self._names = names
        self._capacity = capacity
        self._memory_limit = memory_limit
        with name_scope(f"{self._name}_root"):
            self._root = no_op()

    @property
    def name(self) -> str:
        return self._name

    @property
    def dtypes(self) -> Sequence[Any]:
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        return self._shapes

    @property
    def names(self) -> Sequence[str] | None:
        return self._names

    @property
    def capacity(self) -> int:
        return self._capacity

    @property
    def memory_limit(self) -> int:
        return self._memory_limit

    @property
    def _limits(self) -> dict[str, Any]:
        """What all nodes have in common."""
        limits = {"capacity": self._capacity, "memory_limit": self._memory_limit}
        return {"shared_name": self._name, **limits}

    def _components(self, vals: Any, indices: Any) -> tuple[list[Tensor], Sequence[int]]:
        """The tensors that are put, and which components they are."""
        vals, indices = self._by_position(vals, indices)
        if len(vals) > len(self._dtypes):
            raise ValueError(f"Unexpected number of inputs '{len(vals)}' vs '{len(self._dtypes)}'")
        tensors = []
        for value, index in zip(vals, indices, strict=True):
            dtype = self._dtypes[index]
            if value.dtype != dtype:
                raise ValueError(f"Datatypes do not match. '{value.dtype}' != '{dtype}'")
            value.get_shape().assert_is_compatible_with(self._shapes[index])
            tensors.append(convert_to_tensor(value, dtype=dtype, name=f"component_{index}"))
        return tensors, indices

    def _by_position(self, vals: Any, indices: Any) -> tuple[Sequence[Any], Sequence[int]]:
        if not isinstance(vals, dict):
            if self._names:
                raise ValueError("You must enqueue a dictionary in a staging area with names")
            if indices is None:
                raise ValueError("Indices must be supplied when inserting a list of tensors")
            if len(indices) != len(vals):
                raise ValueError(
                    f"Number of indices '{len(indices)}' doesn't match number of values "
                    f"'{len(vals)}'"
                )
            return vals, indices
        if not self._names:
            raise ValueError("Staging areas must have names to enqueue a dictionary")
        if not vals.keys() <= set(self._names):
            raise ValueError(
                "Keys in dictionary to put do not match names of staging area. Dictionary: "
                f"({sorted(vals)}), Queue: ({sorted(self._names)})"
            )
        given = [index for index, name in enumerate(self._names) if name in vals]
        return [vals[self._names[index]] for index in given], given

    def _here(self, tensors: Any) -> list[Tensor]:
        """The tensors on the device on which they are wanted."""
        each = list(tensors) if isinstance(tensors, (list, tuple)) else [tensors]
        if no_op().device != self._root.device:
            return [identity(tensor) for tensor in each]
        return each

    def _returned(self, tensors: Any, indices: Sequence[int]) -> Any:
        each = self._here(tensors)
        for tensor, index in zip(each, indices, strict=True):
            tensor.set_shape(self._shapes[index])
        if self._names:
            return {self._names[index]: t for t, index in zip(each, indices, strict=True)}
        return each


class StagingArea(BaseStagingArea):
    """Elements that come out in the order in which they were put in."""

    def put(self, values: Any, name: str | None = None) -> Operation:
        """Returns the operation that adds an element; it waits while the area is full.

        Raises:
          ValueError: the values are of other types or shapes, or no dict where there are names.
        """
        with name_scope(name, f"{self._name}_put", _listed(values)) as scope:
            values = values if isinstance(values, (list, tuple, dict)) else [values]
            tensors, _ = self._components(values, range(len(values)))
            with colocate_with(self._root):
                putting: Any = declared.stage_op(tensors, **self._limits, name=scope)
                return putting

    def get(self, name: str | None = None) -> Any:
        """Returns the oldest element, a list or dict; a run waits until there is one."""
        return self._taken(lambda name: self._build(declared.unstage_op, name), "get", name)

    def peek(self, index: Any, name: str | None = None) -> Any:
        """Returns an element that stays, by its place, i32[]; a run waits until it is there."""
        return self._taken(
            lambda name: self._build(declared.stage_peek_op, name, index), "peek", name
        )

    def size(self, name: str | None = None) -> Tensor:
        """Returns how many elements there are, i32[]."""
        return self._build(declared.stage_size_op, name or f"{self._name}_size")

    def clear(self, name: str | None = None) -> Operation:
        """Returns the operation that removes all elements."""
        return self._build(declared.stage_clear_op, name or f"{self._name}_clear")

    def _build(self, declaration: Callable, name: str, *args: Any) -> Any:
        return declaration(*args, dtypes=self._dtypes, **self._limits, name=name)

    def _taken(self, build: Callable[[str], Any], what: str, name: str | None) -> Any:
        with colocate_with(self._root):
            made = build(name or f"{self._name}_{what}")
        return self._returned(made, range(len(self._dtypes)))


class MapStagingArea(BaseStagingArea):
    """Elements by key, whose components may be put in and taken out one by one."""

    def __init__(
        self,
        dtypes: Sequence[Any],
        shapes: Sequence[Any] | None = None,
        names: Sequence[str] | None = None,
        shared_name: str | None = None,
        ordered: bool = False,
        capacity: int = 0,
        memory_limit: int = 0,
    ):
        """The arguments are those of StagingArea.

        ordered: what is taken without a key is the element of the least.
        """
        super().__init__(dtypes, shapes, names, shared_name, capacity, memory_limit)
        self._ordered = ordered

    def put(self, key: Any, vals: Any, indices: Any = None, name: str | None = None) -> Operation:
        """Returns the operation that puts components of the element of a key, i64[].

        indices: which components `vals` are, where it is no dict.
        """
        with name_scope(name, f"{self._name}_put", _listed(vals)) as scope:
            tensors, indices = self._components(vals, indices)
            with colocate_with(self._root):
                return self._of_kind(declared.map_stage_op)(
                    key, list(indices), tensors, dtypes=self._dtypes, **self._limits, name=scope
                )

    def peek(self, key: Any, indices: Any = None, name: str | None = None) -> Any:
        """Returns components of the element of a key, which stay; a run waits for the key."""
        positions, dtypes = self._positions(indices)
        with colocate_with(self._root):
            made = self._of_kind(declared.map_peek_op)(
                key, positions, dtypes=dtypes, **self._limits, name=name or f"{self._name}_pop"
            )
        return self._returned(made, positions)

    def get(self, key: Any = None, indices: Any = None, name: str | None = None) -> Any:
        """Returns a key, and components of its element, which are removed.

        Args:
          key: i64[]; a run waits for it. Some element's when None: a run waits until there is one.
          indices: the positions or names of the components; all when None.

        Raises:
          ValueError, TypeError: `indices` are none, or name no components.
        """
        positions, dtypes = self._positions(indices)
        if key is None:
            return self._some_item(positions, dtypes, name or f"{self._name}_get_nokey")
        with colocate_with(self._root):
            made = self._of_kind(declared.map_unstage_op)(
                key, positions, dtypes=dtypes, **self._limits, name=name or f"{self._name}_get"
            )
        return key, self._returned(made, positions)

    def size(self, name: str | None = None) -> Tensor:
        """Returns how many elements are whole, i32[]."""
        return self._build(declared.map_size_op, name or f"{self._name}_size")

    def incomplete_size(self, name: str | None = None) -> Tensor:
        """Returns how many elements lack components, i32[]."""
        name = name or f"{self._name}_incomplete_size"
        return self._build(declared.map_incomplete_size_op, name)

    def clear(self, name: str | None = None) -> Operation:
        """Returns the operation that removes all elements."""
        return self._build(declared.map_clear_op, name or f"{self._name}_clear")

    def _of_kind(self, twins: tuple[Any, Any]) -> Callable[..., Any]:
        return twins[self._ordered]

    def _build(self, twins: tuple[Any, Any], name: str) -> Any:
        return self._of_kind(twins)(dtypes=self._dtypes, **self._limits, name=name)

    def _some_item(self, positions: list[int], dtypes: list[Any], name: str) -> Any:
        with colocate_with(self._root):
            key, values = self._of_kind(declared.map_unstage_no_key_op)(
                positions, dtypes=dtypes, **self._limits, name=name
            )
        return self._here(key)[0], self._returned(values, positions)

    def _positions(self, indices: Any) -> tuple[list[int], list[Any]]:
        """The positions that are wanted, and the types of what is there."""
        if indices is None:
            indices = list(range(len(self._dtypes)))
        if not isinstance(indices, (tuple, list)):
            raise TypeError(f"Invalid indices type '{type(indices)}'")
        if not indices:
            raise ValueError("Empty indices")
        if all(isinstance(index, str) for index in indices):
            indices = [self._position(name, indices) for name in indices]
        elif not all(isinstance(index, int) for index in indices):
            raise TypeError(f"Mixed types in indices '{indices}'. May only be str or int")
        return list(indices), [self._dtypes[index] for index in indices]

    def _position(self, name: str, indices: Any) -> int:
        if self._names is None:
            raise ValueError(
                f"String indices provided '{indices}', but this Staging Area was not created with "
                "names."
            )
        if name not in self._names:
            raise ValueError(f"Named index '{name}' not in Staging Area names '{self._names}'")
        return list(self._names).index(name)


def _listed(values: Any) -> Any:
    """The values that a scope is opened for."""
    if isinstance(values, dict):
        return list(values.values())
    return values if isinstance(values, (list, tuple)) else [values]
