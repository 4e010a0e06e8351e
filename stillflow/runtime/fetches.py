"""The structure of what a program fetches: nested lists, tuples and dicts of graph elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from stillflow.graph.errors import InaccessibleTensorError
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.conversions import conversion_of
from stillflow.runtime.fetched_numbers import may_be_number, with_numbers_in_place

Element = Tensor | Operation


class FetchStructure:
    """Flattens `fetches` into distinct graph elements, and puts their values back in its form.

    `session` is what gives the values, for ops that have more to say of them than a value.
    """

    def __init__(self, graph: Graph, fetches: Any, session: Any = None):
        self._graph = graph
        self._index: dict[Element, int] = {}
        # Takes values, one for each of `elements`, and returns them in the form of the fetches.
        self.pack: Callable[[list[Any]], Any] = self._visit(fetches)
        self.elements: list[Element] = list(self._index)
        makers = [_fetched(element) for element in self.elements]
        if any(makers):
            pack = self.pack
            self.pack = lambda values: pack(_told(makers, session, values))
        if any(map(may_be_number, self.elements)):
            self.pack = with_numbers_in_place(self.pack)

    def _visit(self, fetch: Any) -> Callable[[list[Any]], Any]:
        if fetch is None:
            raise TypeError(f"Fetch argument {fetch!r} has invalid type {type(fetch)!r}")
        if hasattr(fetch, "from_fetched"):  # a composite of tensors
            return self._visit_parts(fetch.fetch_parts(), fetch.from_fetched)
        if isinstance(fetch, (list, tuple)):
            return self._visit_parts(fetch, lambda items: _like(fetch, items))
        if isinstance(fetch, Mapping):
            keys = list(fetch)
            return self._visit_parts(
                [fetch[key] for key in keys], lambda items: _filled(type(fetch), keys, items)
            )
        fields = getattr(type(fetch), "__attrs_attrs__", None)
        if fields is not None:
            parts = [getattr(fetch, field.name) for field in fields]
            return self._visit_parts(parts, lambda items: type(fetch)(*items))
        conversion = conversion_of(fetch)
        if conversion is not None:
            return self._visit_parts(*conversion.fetch(fetch))
        index = self._index.setdefault(self._element(fetch), len(self._index))
        return lambda values: values[index]

    def _visit_parts(self, parts: Any, make: Callable[[list[Any]], Any]):
        builders = [self._visit(part) for part in parts]
        return lambda values: make([build(values) for build in builders])

    def _element(self, fetch: Any) -> Element:
        try:
            element = self._graph.as_graph_element(fetch)
        except TypeError as error:
            raise TypeError(
                f"Fetch argument {fetch!r} has invalid type {type(fetch)!r}, must be a string or "
                f"Tensor. ({error})"
            ) from None
        except ValueError as error:
            raise ValueError(
                f"Fetch argument {fetch!r} cannot be interpreted as a Tensor. ({error})"
            ) from None
        except KeyError as error:
            raise ValueError(
                f"Fetch argument {fetch!r} cannot be interpreted as a Tensor. ({error})"
            ) from None
        if not self._graph.is_fetchable(element):
            op = element.op if isinstance(element, Tensor) else element
            raise InaccessibleTensorError(
                f"Operation {op.name!r} has been marked as not fetchable."
            )
        return element


def _fetched(element: Element) -> Callable[[Any, Any], Any] | None:
    """What makes, of a session and the element's value, what is fetched, if not the value."""
    if isinstance(element, Operation) or element.op.defn.fetched is None:
        return None
    return partial(element.op.defn.fetched, element.op)


def _told(makers: list[Any], session: Any, values: list[Any]) -> list[Any]:
    pairs = zip(makers, values, strict=True)
    return [value if make is None else make(session, value) for make, value in pairs]


def _like(original: Any, items: list[Any]) -> Any:
    """`items` as the type of `original`: a list, a tuple or a named tuple."""
    kind = type(original)
    if isinstance(original, list):
        return items
    return tuple(items) if kind is tuple else kind(*items)


def _filled(kind: type, keys: list[Any], items: list[Any]) -> Any:
    """A mapping of type `kind` from `keys` to `items`."""
    mapping = kind()
    for key, item in zip(keys, items, strict=True):
        mapping[key] = item
    return mapping
