"""Nested structures: `tf.nest`, and TensorFlow's `python.util.nest`.

A structure is a list, a tuple, a named tuple, a mapping, an attrs object or another sequence, of
structures and of leaves; all else is a leaf, strings and arrays among it. The children of a mapping
come in the order of its sorted keys.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator, Mapping, MappingView, Sequence
from typing import Any

from stillflow.graph.composite import CompositeTensor

Path = tuple[Any, ...]


# Of types that are met again and again, whether their objects have children: asking the abstract
# classes takes longer than all else here.
_IS_NESTED: dict[type, bool] = {
    **dict.fromkeys((list, tuple, dict), True),
    **dict.fromkeys((str, bytes, int, float, bool, type(None)), False),
}


def known_as_leaves(*types: type) -> None:
    """Tells that objects of exactly these types have no children."""
    _IS_NESTED.update(dict.fromkeys(types, False))


def is_nested(seq: Any) -> bool:
    """Whether `seq` has children."""
    known = _IS_NESTED.get(type(seq))
    if known is not None:
        return known
    if isinstance(seq, (str, bytes)):
        return False
    return isinstance(seq, (Sequence, Mapping, MappingView)) or _is_attrs(seq)


is_sequence = is_nested  # its older name


def flatten(structure: Any, expand_composites: bool = False) -> list:
    """The leaves in order; with `expand_composites` those of composite tensors are leaves."""
    leaves: list = []
    _add_leaves(structure, expand_composites, leaves)
    return leaves


def flatten_with_tuple_paths(
    structure: Any, expand_composites: bool = False
) -> list[tuple[Path, Any]]:
    """(keys and positions on the way, leaf) of each leaf."""
    return list(_leaves(structure, (), expand_composites))


def flatten_with_joined_string_paths(
    structure: Any, separator: str = "/", expand_composites: bool = False
) -> list[tuple[str, Any]]:
    """(path as text, leaf) of each leaf."""
    found = flatten_with_tuple_paths(structure, expand_composites)
    return [(_joined(path, separator), leaf) for path, leaf in found]


def yield_flat_paths(nest: Any, expand_composites: bool = False) -> Iterator[Path]:
    """The path of each leaf."""
    for path, _ in _leaves(nest, (), expand_composites):
        yield path


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """`structure` with other leaves, in order.

    Raises:
      TypeError: `flat_sequence` is no sequence.
      ValueError: it has more or fewer leaves.
    """
    if not is_nested(flat_sequence):
        raise TypeError("flat_sequence must be a sequence")
    if not has_children(structure, expand_composites):
        if len(flat_sequence) != 1:
            raise ValueError(
                f"Structure is a scalar but len(flat_sequence) == {len(flat_sequence)} > 1"
            )
        return flat_sequence[0]
    count = len(flatten(structure, expand_composites))
    if count != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {count} elements, but flat_sequence had "
            f"{len(flat_sequence)} elements.  Structure: {structure}, "
            f"flat_sequence: {flat_sequence}."
        )
    return _packed(structure, iter(flat_sequence), expand_composites)


def map_structure(func: Callable, *structure: Any, **kwargs: Any) -> Any:
    """`func` of the leaves of one or more structures of one form, as a structure of that form.

    Keywords are `check_types=True` and `expand_composites=False`.
    """
    options = _options(kwargs)
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, **options)
    expand = options["expand_composites"]
    leaves = zip(*(flatten(each, expand) for each in structure), strict=True)
    return pack_sequence_as(structure[0], [func(*each) for each in leaves], expand)


def map_structure_with_tuple_paths(func: Callable, *structure: Any, **kwargs: Any) -> Any:
    """`map_structure` whose function takes the path first."""
    options = _options(kwargs)
    paths = yield_flat_paths(structure[0], options["expand_composites"])
    return map_structure(lambda *leaves: func(next(paths), *leaves), *structure, **options)


def map_structure_with_paths(func: Callable, *structure: Any, **kwargs: Any) -> Any:
    """`map_structure` whose function takes the path as text, "a/0", first."""
    return map_structure_with_tuple_paths(
        lambda path, *leaves: func(_joined(path, "/"), *leaves), *structure, **kwargs
    )


def flatten_dict_items(dictionary: Any) -> dict:
    """{(a, (b, c)): (1, (2, 3))} -> {a: 1, b: 2, c: 3}"""
    if not isinstance(dictionary, Mapping):
        raise TypeError("input must be a dictionary")
    flat: dict = {}
    for key, value in dictionary.items():
        keys, values = flatten(key), flatten(value)
        if len(keys) != len(values):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(keys)} elements, but value had "
                f"{len(values)} elements. Key: {keys}, value: {values}."
            )
        for new_key, new_value in zip(keys, values, strict=True):
            if new_key in flat:
                raise ValueError(f"Could not flatten dictionary: key {new_key} is not unique.")
            flat[new_key] = new_value
    return flat


# Structures of one form ------------------------------------------------------------------------


def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Asserts that two structures are nested in the same way.

    Raises:
      ValueError: they are not; or mappings have other keys.
      TypeError: with `check_types`, sequences are of other types.
    """
    try:
        _assert_same(nest1, nest2, check_types, expand_composites)
    except (ValueError, TypeError) as error:
        dots = [map_structure(lambda leaf: _DOT, nest) for nest in (nest1, nest2)]
        raise type(error)(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_shown(nest1)}\n\nSecond structure: {_shown(nest2)}\n\n"
            f"More specifically: {error}\n"
            f"Entire first structure:\n{dots[0]}\nEntire second structure:\n{dots[1]}"
        ) from None


class _Dot:
    def __repr__(self) -> str:
        return "."


_DOT = _Dot()


def _assert_same(nest1: Any, nest2: Any, check_types: bool, expand: bool) -> None:
    nested = [has_children(nest, expand) for nest in (nest1, nest2)]
    if nested[0] != nested[1]:
        sequence, leaf = (nest1, nest2) if nested[0] else (nest2, nest1)
        raise ValueError(
            f'Substructure "{_shown(sequence)}" is a sequence, '
            f'while substructure "{_shown(leaf)}" is not'
        )
    if not nested[0]:
        return
    if check_types and not are_of_one_type(nest1, nest2):
        raise TypeError(
            "The two namedtuples don't have the same sequence type. "
            f"First structure {_shown(nest1)} has type {type(nest1).__name__}, "
            f"while second structure {_shown(nest2)} has type {type(nest2).__name__}"
        )
    if isinstance(nest1, Mapping) and isinstance(nest2, Mapping) and set(nest1) != set(nest2):
        raise ValueError(
            "The two dictionaries don't have the same set of keys. "
            f"First structure has keys {_shown(list(nest1))}, "
            f"while second structure has keys {_shown(list(nest2))}"
        )
    inside = [list(children_alone(nest)) for nest in (nest1, nest2)]
    for child1, child2 in zip(*inside, strict=False):
        _assert_same(child1, child2, check_types, expand)
    if len(inside[0]) != len(inside[1]):
        raise ValueError(
            "The two structures don't have the same number of elements. "
            f"First structure: {_shown(nest1)}. Second structure: {_shown(nest2)}"
        )


def are_of_one_type(nest1: Any, nest2: Any) -> bool:
    """Whether two structures are alike but for their children; all mappings are."""
    if isinstance(nest1, Mapping) and isinstance(nest2, Mapping):
        return True
    if is_namedtuple(nest1) and is_namedtuple(nest2):
        names = [(type(nest).__name__, nest._fields) for nest in (nest1, nest2)]
        return names[0] == names[1]
    return _type_of(nest1) is _type_of(nest2)


def _type_of(nest: Any) -> type:
    """Its type, or the one that it stands for, as does a list that is tracked."""
    return getattr(type(nest), "_stands_for", type(nest))


def _shown(nest: Any) -> str:
    return f"type={type(nest).__name__} str={nest}"


# The forms -------------------------------------------------------------------------------------


def is_namedtuple(value: Any) -> bool:
    """Whether the fields of a tuple have names."""
    return isinstance(value, tuple) and hasattr(value, "_fields")


def _is_attrs(value: Any) -> bool:
    return hasattr(type(value), "__attrs_attrs__")


def has_children(value: Any, expand: bool) -> bool:
    """`is_nested`; with `expand`, composite tensors are too."""
    return is_nested(value) or (expand and isinstance(value, CompositeTensor))


def children(nest: Any) -> Iterable[tuple[Any, Any]]:
    """(key, child) in order; the key of a sequence's child is its position."""
    if isinstance(nest, Mapping):
        return [(key, nest[key]) for key in sorted(nest)]
    if _is_attrs(nest):
        return [(field.name, getattr(nest, field.name)) for field in type(nest).__attrs_attrs__]
    if is_namedtuple(nest):
        return zip(nest._fields, nest, strict=True)
    if isinstance(nest, CompositeTensor):
        return enumerate(nest.fetch_parts())
    return enumerate(nest)


_SEQUENCES = (list, tuple)  # no subclasses, which may be made otherwise


def children_alone(nest: Any) -> Iterator[Any]:
    """The children in order."""
    return (child for _, child in children(nest))


def _leaves(nest: Any, path: Path, expand: bool) -> Iterator[tuple[Path, Any]]:
    if not has_children(nest, expand):
        yield path, nest
        return
    for key, child in children(nest):
        yield from _leaves(child, (*path, key), expand)


def _add_leaves(nest: Any, expand: bool, leaves: list) -> None:
    if not has_children(nest, expand):
        leaves.append(nest)
        return
    for child in nest if type(nest) in _SEQUENCES else children_alone(nest):
        _add_leaves(child, expand, leaves)


def _packed(nest: Any, leaves: Iterator[Any], expand: bool) -> Any:
    if not has_children(nest, expand):
        return next(leaves)
    if type(nest) in _SEQUENCES:
        return type(nest)([_packed(child, leaves, expand) for child in nest])
    return rebuilt(nest, [_packed(child, leaves, expand) for child in children_alone(nest)])


def rebuilt(nest: Any, values: list) -> Any:
    """A structure like `nest` of other children."""
    if isinstance(nest, Mapping):
        by_key = dict(zip(sorted(nest), values, strict=True))
        items = [(key, by_key[key]) for key in nest]  # in the mapping's own order
        if isinstance(nest, collections.defaultdict):
            return collections.defaultdict(nest.default_factory, items)
        return type(nest)(items)  # type: ignore[call-arg]
    if isinstance(nest, CompositeTensor):
        return nest.with_parts(values)
    if is_namedtuple(nest) or _is_attrs(nest):
        return type(nest)(*values)
    if isinstance(nest, (range, MappingView)):
        return values
    return type(nest)(values)


def _joined(path: Path, separator: str) -> str:
    return separator.join(map(str, path))


def _options(kwargs: dict[str, Any]) -> dict[str, Any]:
    options = {"check_types": True, "expand_composites": False}
    for name in kwargs:
        if name not in options:
            raise ValueError(
                "Only valid keyword arguments are `check_types` and `expand_composites`, "
                f"not: `{name}`"
            )
    return {**options, **kwargs}
