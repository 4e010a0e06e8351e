"""Types of programs that stand for tensors where a session fetches and feeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Conversion(NamedTuple):
    """What objects of a type stand for."""

    type: type
    fetch: Callable[[Any], tuple[Any, Callable[[list[Any]], Any]]]
    feed: Callable[[Any, Any], list[tuple[Any, Any]]] | None
    feed_keys: Callable[[Any], list[Any]] | None


_registered: list[Conversion] = []


def register_session_run_conversion_functions(
    tensor_type: type,
    fetch_function: Callable[[Any], tuple[Any, Callable[[list[Any]], Any]]],
    feed_function: Callable[[Any, Any], list[tuple[Any, Any]]] | None = None,
    feed_function_for_partial_run: Callable[[Any], list[Any]] | None = None,
) -> None:
    """Says what `session.run` does with objects of `tensor_type`.

    Args:
      fetch_function: of an object, its tensors and a function from their values to what is fetched.
      feed_function: of an object that is fed and its value, (tensor, value) pairs.
      feed_function_for_partial_run: of an object, the tensors that are fed.

    Raises:
      ValueError: there is such a function for the type, or one derived from it.
    """
    for conversion in _registered:
        if issubclass(conversion.type, tensor_type):
            raise ValueError("%s has already been registered so ignore it.", tensor_type)
    _registered.insert(
        0, Conversion(tensor_type, fetch_function, feed_function, feed_function_for_partial_run)
    )


def conversion_of(value: Any) -> Conversion | None:
    """The newest that fits."""
    if not _registered:  # as in most programs; every fed value of every run asks
        return None
    return next((entry for entry in _registered if isinstance(value, entry.type)), None)


def fed_tensors(conversion: Conversion, key: Any) -> list[Any]:
    """The tensors that feeding `key` feeds."""
    if conversion.feed_keys is not None:
        return conversion.feed_keys(key)
    return [tensor for tensor, _ in fed_pairs(conversion, key, None)]


def fed_pairs(conversion: Conversion, key: Any, value: Any) -> list[tuple[Any, Any]]:
    if conversion.feed is None:
        raise TypeError(
            f"Feed argument {key} has invalid type {type(key)}\n  No feed_function is registered "
            "for it."
        )
    return conversion.feed(key, value)
