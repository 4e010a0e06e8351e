"""What the values of a name must have in common where a graph chooses or goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import nest


def check_choice(names: Sequence[str], when_true: Sequence[Any], when_false: Sequence[Any]) -> None:
    """TypeError where the two sides of a choice give a name values of other kinds."""
    for name, first, second in zip(names, when_true, when_false, strict=True):
        try:
            nest.assert_same_structure(first, second, expand_composites=True)
        except (ValueError, TypeError) as error:
            raise TypeError(
                f'"{name}" does not have the same nested structure in the TRUE and FALSE '
                f"branches.\n\n{error}"
            ) from None
        _each(_check_types_of_sides(name), first, second)


def _check_types_of_sides(name: str) -> Callable[[Any, Any], None]:
    def check(first: Any, second: Any) -> None:
        if first.dtype != second.dtype:
            raise TypeError(
                f'"{name}" has dtype {first.dtype.name} in the TRUE branch, but '
                f"dtype={second.dtype.name} in the FALSE branch. TensorFlow control flow requires "
                "that they are the same."
            )

    return check


def check_loop(
    names: Sequence[str],
    before: Sequence[Any],
    after: Sequence[Any],
    include_shapes: bool = True,
) -> None:
    """TypeError or ValueError where an iteration gives a name a value of another kind."""
    for name, first, second in zip(names, before, after, strict=True):
        try:
            nest.assert_same_structure(first, second, expand_composites=True)
        except (ValueError, TypeError) as error:
            raise TypeError(
                f'"{name}" does not have the same nested structure after one iteration.\n\n{error}'
            ) from None
        _each(_check_iteration(name, include_shapes), first, second)


def _check_iteration(name: str, include_shapes: bool) -> Callable[[Any, Any], None]:
    def check(first: Any, second: Any) -> None:
        if first.dtype != second.dtype:
            raise TypeError(
                f'"{name}" has dtype {first.dtype.name} before the loop, but dtype '
                f"{second.dtype.name} after one iteration. TensorFlow control flow requires it "
                "stays the same."
            )
        if include_shapes and not _is_like(first.shape, second.shape):
            raise ValueError(
                f'"{name}" has shape {first.shape} before the loop, but shape {second.shape} '
                "after one iteration. TensorFlow control flow requires it stays the same or be "
                "more specific."
            )

    return check


def _is_like(general: Any, special: Any) -> bool:
    """Whether the second shape is the first one, or says more."""
    if general.ndims is None:
        return True
    if general.ndims != special.ndims:
        return False
    pairs = zip(general.as_list(), special.as_list(), strict=True)
    return all(first is None or first == second for first, second in pairs)


def _each(check: Callable[[Any, Any], None], first: Any, second: Any) -> None:
    """Checks each pair of tensors, of numbers and texts as such."""
    pairs = zip(nest.flatten(first), nest.flatten(second), strict=True)
    for one, other in pairs:
        one, other = _as_tensor(one), _as_tensor(other)
        if all(is_tensor(t) and hasattr(t, "dtype") and hasattr(t, "shape") for t in (one, other)):
            check(one, other)


def _as_tensor(value: Any) -> Any:
    return convert_to_tensor(value) if isinstance(value, (bool, int, float, str)) else value
