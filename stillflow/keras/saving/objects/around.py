"""What calls of a layer leave in it, kept while its functions are traced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.layers.sublayers import filter_empty_layer_containers
from stillflow.tracking.trackable import no_automatic_dependency_tracking_scope

_LEFT = ("_losses", "_eager_losses", "_updates")


def is_model(layer: Any) -> bool:
    """Whether it is a model: models import what saves them, which so cannot name their class."""
    return hasattr(type(layer), "fit")


def layers_inside(layer: Any) -> list[Any]:
    """The layers right inside of a layer."""
    return layer.layers if is_model(layer) else filter_empty_layer_containers(layer._layers)


def layer_and_all_inside(layer: Any) -> list[Any]:
    """The layer, and those inside of it at any depth, each once."""
    found: dict[int, Any] = {}
    waiting = [layer]
    while waiting:
        each = waiting.pop()
        if id(each) not in found:
            found[id(each)] = each
            waiting += layers_inside(each)
    return list(found.values())


@contextmanager
def without_traces_of_calls(layer: Any) -> Iterator[None]:
    """A block in which a layer, and all inside, begin without losses and updates of calls.

    They have those that they had again behind it.
    """
    layers = layer_and_all_inside(layer)
    before = [[getattr(each, name) for name in _LEFT] for each in layers]
    for each in layers:
        _set(each, [[] for _ in _LEFT])
    try:
        yield
    finally:
        for each, kept in zip(layers, before, strict=True):
            _set(each, kept)


def _set(layer: Any, values: list[Any]) -> None:
    with no_automatic_dependency_tracking_scope(layer):
        for name, value in zip(_LEFT, values, strict=True):
            setattr(layer, name, value)


@contextmanager
def replaced_call(layer: Any, call: Any) -> Iterator[None]:
    """A block in which `layer.call` is another function."""
    own = layer.__dict__.get("call")
    with no_automatic_dependency_tracking_scope(layer):
        layer.call = call
    try:
        yield
    finally:
        with no_automatic_dependency_tracking_scope(layer):
            if own is None:
                del layer.call
            else:
                layer.call = own
