"""A nested structure above another: as deep as it goes, and leaves wherever it stops.

Of TensorFlow's `python.util.nest`, the functions whose names end in `_up_to`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stillflow.graph.nest import (
    Path,
    are_of_one_type,
    children,
    children_alone,
    has_children,
    is_nested,
    pack_sequence_as,
    rebuilt,
)

# TensorFlow's sentences, which programs match with what is raised.
NO_SEQUENCE = (
    "If shallow structure is a sequence, input must also be a sequence. Input has type: {}."
)
OTHER_TYPE = (
    "The two structures don't have the same sequence type. Input structure has type {input_type}, "
    "while shallow structure has type {shallow_type}."
)
OTHER_LENGTH = (
    "The two structures don't have the same sequence length. Input structure has length "
    "{input_length}, while shallow structure has length {shallow_length}."
)
TOO_FEW = (
    "The input_tree has fewer elements than the shallow_tree. Input structure has length "
    "{input_size}, while shallow structure has length {shallow_size}."
)
KEYS_ABSENT = (
    "The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree has the "
    "following keys that are not in the input_tree: {}."
)


def assert_shallow_structure(
    shallow_tree: Any,
    input_tree: Any,
    check_types: bool = True,
    expand_composites: bool = False,
    check_subtrees_length: bool = True,
) -> None:
    """Asserts that `input_tree` is nested as `shallow_tree` is, and perhaps deeper.

    Raises:
      TypeError, ValueError: it is not.
    """
    if not has_children(shallow_tree, expand_composites):
        return
    if not has_children(input_tree, expand_composites):
        raise TypeError(NO_SEQUENCE.format(type(input_tree)))
    is_one_type = are_of_one_type(shallow_tree, input_tree)
    if check_types and not is_one_type and not isinstance(input_tree, type(shallow_tree)):
        told = {"input_type": type(input_tree), "shallow_type": type(shallow_tree)}
        raise TypeError(OTHER_TYPE.format(**told))
    for child, other in _pairs(shallow_tree, input_tree, check_subtrees_length):
        assert_shallow_structure(
            child, other, check_types, expand_composites, check_subtrees_length
        )


def _pairs(
    shallow_tree: Any, input_tree: Any, check_subtrees_length: bool
) -> list[tuple[Any, Any]]:
    """The children of two structures that belong together; ValueError where one has none."""
    inside = dict(children(input_tree))
    shallow = dict(children(shallow_tree))
    if check_subtrees_length and len(inside) != len(shallow):
        told = {"input_length": len(inside), "shallow_length": len(shallow)}
        raise ValueError(OTHER_LENGTH.format(**told))
    if len(inside) < len(shallow):
        raise ValueError(TOO_FEW.format(input_size=len(inside), shallow_size=len(shallow)))
    if not isinstance(shallow_tree, Mapping):
        return list(zip(shallow.values(), inside.values(), strict=False))
    absent = [key for key in shallow if key not in inside]
    if absent:
        raise ValueError(KEYS_ABSENT.format(absent))
    return [(shallow[key], inside[key]) for key in shallow]


def flatten_up_to(shallow_tree: Any, input_tree: Any, *args: Any, **kwargs: Any) -> list:
    """What stands in `input_tree` where `shallow_tree` has its leaves.

    Args:
      args, kwargs: `check_types`, `expand_composites` and `check_subtrees_length`, as
        `assert_shallow_structure` has them.
    """
    pairs = flatten_with_tuple_paths_up_to(shallow_tree, input_tree, *args, **kwargs)
    return [value for _, value in pairs]


def flatten_with_tuple_paths_up_to(
    shallow_tree: Any,
    input_tree: Any,
    check_types: bool = True,
    expand_composites: bool = False,
    check_subtrees_length: bool = True,
) -> list[tuple[Path, Any]]:
    """(path, value) of what stands in `input_tree` where `shallow_tree` has its leaves."""
    assert_shallow_structure(
        shallow_tree, input_tree, check_types, expand_composites, check_subtrees_length
    )
    return list(_up_to(shallow_tree, input_tree, expand_composites, ()))


def map_structure_up_to(shallow_tree: Any, func: Callable, *inputs: Any, **kwargs: Any) -> Any:
    """`func` of what stands in `inputs` where `shallow_tree` has its leaves, in its form."""
    return map_structure_with_tuple_paths_up_to(
        shallow_tree, lambda path, *values: func(*values), *inputs, **kwargs
    )


def map_structure_with_tuple_paths_up_to(
    shallow_tree: Any, func: Callable, *inputs: Any, **kwargs: Any
) -> Any:
    """`map_structure_up_to` for a `func` that takes the path first."""
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    flat = [flatten_with_tuple_paths_up_to(shallow_tree, each, **kwargs) for each in inputs]
    values = [
        func(pairs[0][0], *(value for _, value in pairs)) for pairs in zip(*flat, strict=True)
    ]
    return pack_sequence_as(shallow_tree, values, kwargs.get("expand_composites", False))


def get_traverse_shallow_structure(
    traverse_fn: Callable[[Any], Any], structure: Any, expand_composites: bool = False
) -> Any:
    """Where `traverse_fn` wants to go deeper, as a structure of bools above `structure`."""
    wanted = traverse_fn(structure)
    if not has_children(structure, expand_composites):
        if not isinstance(wanted, bool):
            raise TypeError(
                f"traverse_fn returned structure: {wanted} for non-structure: {structure}"
            )
        return wanted
    inside = list(children_alone(structure))
    if isinstance(wanted, bool):
        if not wanted:
            return False
        each_wanted: list = [True] * len(inside)
    elif not is_nested(wanted):
        raise TypeError(f"traverse_fn returned a non-bool scalar: {wanted} for input: {structure}")
    else:
        assert_shallow_structure(wanted, structure)
        each_wanted = list(children_alone(wanted))
        if not all(isinstance(go, bool) for go in each_wanted):
            raise TypeError(
                "traverse_fn didn't return a depth=1 structure of bools.  "
                f"saw: {wanted}  for structure: {structure}"
            )
    levels = [
        get_traverse_shallow_structure(traverse_fn, child, expand_composites) if go else False
        for go, child in zip(each_wanted, inside, strict=True)
    ]
    return rebuilt(structure, levels)


def _up_to(shallow: Any, tree: Any, expand: bool, path: Path) -> Iterator[tuple[Path, Any]]:
    if not has_children(shallow, expand):
        yield path, tree
        return
    inside = dict(children(tree)) if isinstance(shallow, Mapping) else None
    others = (inside[key] for key, _ in children(shallow)) if inside else children_alone(tree)
    for (key, child), other in zip(children(shallow), others, strict=False):
        yield from _up_to(child, other, expand, (*path, key))
