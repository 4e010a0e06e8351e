"""Structures of elements: tuples, named tuples, dicts and attrs objects of components.

Other than in `tf.nest`, a list is a component: it becomes a tensor. So is a SparseTensorValue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from stillflow.graph import nest
from stillflow.ops.sparse.sparse_tensor import SparseTensorValue


def is_sequence(value: Any) -> bool:
    """Whether `value` has components."""
    return nest.is_nested(value) and not isinstance(value, (list, SparseTensorValue))


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        try:
            return [value[key] for key in sorted(value)]
        except TypeError:
            raise TypeError("nest only supports dicts with sortable keys.") from None
    return [child for _, child in nest.children(value)]


def flatten(structure: Any) -> list:
    """The components in order; those of dicts by their sorted keys."""
    return list(_leaves(structure))


def _leaves(structure: Any) -> Iterator[Any]:
    if not is_sequence(structure):
        yield structure
        return
    for child in _children(structure):
        yield from _leaves(child)


def pack_sequence_as(structure: Any, flat_sequence: Any) -> Any:
    """`structure` with other components, in order.

    Raises:
      TypeError: `flat_sequence` is no sequence.
      ValueError: it has more or fewer components.
    """
    if not (is_sequence(flat_sequence) or isinstance(flat_sequence, list)):
        raise TypeError("flat_sequence must be a sequence")
    if not is_sequence(structure):
        if len(flat_sequence) != 1:
            raise ValueError(
                f"Structure is a scalar but len(flat_sequence) == {len(flat_sequence)} > 1"
            )
        return flat_sequence[0]
    count = len(flatten(structure))
    if count != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {count} elements, but flat_sequence had "
            f"{len(flat_sequence)} elements.  Structure: {structure}, flat_sequence: "
            f"{flat_sequence}."
        )
    return _packed(structure, iter(flat_sequence))


def _packed(structure: Any, leaves: Iterator[Any]) -> Any:
    if not is_sequence(structure):
        return next(leaves)
    return _rebuilt(structure, [_packed(child, leaves) for child in _children(structure)])


def _rebuilt(structure: Any, values: list) -> Any:
    if isinstance(structure, Mapping):
        by_key = dict(zip(sorted(structure), values, strict=True))
        return type(structure)((key, by_key[key]) for key in structure)  # type: ignore[call-arg]
    return nest.rebuilt(structure, values)


def map_structure(func: Callable, *structure: Any, check_types: bool = True, **others: Any) -> Any:
    """What `func` gives for the components of structures that are alike, in their structure."""
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    if others:
        raise ValueError(
            f"Only valid keyword argument is check_types\n  Leave {', '.join(others)} out."
        )
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types)
    leaves = zip(*map(flatten, structure), strict=True)
    return pack_sequence_as(structure[0], [func(*group) for group in leaves])


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True) -> None:
    """ValueError or TypeError where two structures differ."""
    try:
        _assert_same(nest1, nest2, check_types)
    except (TypeError, ValueError) as difference:
        raise type(difference)(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_shown(nest1)}\n\nSecond structure: {_shown(nest2)}\n\n"
            f"More specifically: {difference}"
        ) from None


def _shown(structure: Any) -> str:
    return f"type={type(structure).__name__} str={structure}"


def _assert_same(one: Any, other: Any, check_types: bool) -> None:
    if is_sequence(one) != is_sequence(other):
        deeper, flat = (one, other) if is_sequence(one) else (other, one)
        raise ValueError(
            f'Substructure "{_shown(deeper)}" is a sequence, while substructure '
            f'"{_shown(flat)}" is not'
        )
    if not is_sequence(one):
        return
    if check_types and not _are_of_one_type(one, other):
        both = _is_namedtuple(one) and _is_namedtuple(other)
        raise TypeError(
            f"The two {'namedtuples' if both else 'structures'} don't have the same sequence type. "
            f"The first is a {type(one).__name__}, the second a {type(other).__name__}."
        )
    are_dicts = isinstance(one, Mapping) and isinstance(other, Mapping)
    if check_types and are_dicts and set(one) != set(other):
        raise ValueError(
            "The two dictionaries don't have the same set of keys. "
            f"The first has {sorted(one)}, the second {sorted(other)}."
        )
    ours, theirs = list(_children(one)), list(_children(other))
    if len(ours) != len(theirs):
        raise ValueError(
            "The two structures don't have the same number of elements. "
            f"The first has {len(ours)}, the second {len(theirs)}."
        )
    for part, counterpart in zip(ours, theirs, strict=True):
        _assert_same(part, counterpart, check_types)


def _is_namedtuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def _are_of_one_type(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return True
    if _is_namedtuple(one) and _is_namedtuple(other):
        return type(one).__name__ == type(other).__name__ and one._fields == other._fields
    return type(one) is type(other)


def assert_shallow_structure(shallow_tree: Any, input_tree: Any, check_types: bool = True) -> None:
    """ValueError or TypeError where `input_tree` is not of the structure `shallow_tree` above."""
    if not is_sequence(shallow_tree):
        return
    if not is_sequence(input_tree):
        raise TypeError(
            "If shallow structure is a sequence, input must also be a sequence. Input has type: "
            f"{type(input_tree)}."
        )
    if check_types and not isinstance(input_tree, type(shallow_tree)):
        raise TypeError(
            "The two structures don't have the same sequence type. Input structure has type "
            f"{type(input_tree)}, while shallow structure has type {type(shallow_tree)}."
        )
    if len(input_tree) != len(shallow_tree):
        raise ValueError(
            "The two structures don't have the same sequence length. Input structure has length "
            f"{len(input_tree)}, while shallow structure has length {len(shallow_tree)}."
        )
    if check_types and isinstance(shallow_tree, Mapping) and set(input_tree) != set(shallow_tree):
        raise ValueError(
            "The two structures don't have the same keys. Input structure has keys "
            f"{list(input_tree)}, while shallow structure has keys {list(shallow_tree)}."
        )
    for one, other in zip(_children(shallow_tree), _children(input_tree), strict=True):
        assert_shallow_structure(one, other, check_types)


def flatten_up_to(shallow_tree: Any, input_tree: Any) -> list:
    """What `input_tree` has where `shallow_tree` has components."""
    assert_shallow_structure(shallow_tree, input_tree)
    return list(_up_to(shallow_tree, input_tree))


def _up_to(shallow: Any, tree: Any) -> Iterator[Any]:
    if not is_sequence(shallow):
        yield tree
        return
    for one, other in zip(_children(shallow), _children(tree), strict=True):
        yield from _up_to(one, other)


def map_structure_up_to(shallow_tree: Any, func: Callable, *inputs: Any) -> Any:
    """What `func` gives for what `inputs` have where `shallow_tree` has components."""
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    parts = [flatten_up_to(shallow_tree, tree) for tree in inputs]
    return pack_sequence_as(shallow_tree, [func(*group) for group in zip(*parts, strict=True)])
