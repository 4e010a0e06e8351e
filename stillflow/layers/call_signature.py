"""What the method `call` of a layer takes, found once for each function."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

from stillflow.platform.decorators import getfullargspec


class CallSignature(NamedTuple):
    """The names of the arguments, without `self`, and whether any keyword is taken."""

    arguments: tuple[str, ...]
    takes_any_keyword: bool


_known: weakref.WeakKeyDictionary[Any, CallSignature] = weakref.WeakKeyDictionary()


def call_signature(call: Callable[..., Any]) -> CallSignature:
    """The signature of a function, or of a method of an object."""
    function = getattr(call, "__func__", call)
    try:
        found = _known.get(function)
    except TypeError:  # an object of a class whose objects cannot be referred to weakly
        return _signature(call)
    if found is None:
        found = _known[function] = _signature(call)
    return found


def _signature(call: Callable[..., Any]) -> CallSignature:
    spec = getfullargspec(call)
    arguments = spec.args[1:] if spec.args[:1] == ["self"] else spec.args
    return CallSignature(tuple(arguments), spec.varkw is not None)
