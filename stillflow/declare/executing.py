"""Operations that are carried out at once: what takes the place of building in eager mode.

`declare.building` makes a node of a call; in eager mode a call goes to what is registered here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef

# `execute(defn, args, kwargs)` gives what `build` gives, of tensors that have values.
_CARRIES_OUT = "stillflow.runtime.eager.dispatch"
Execute = Callable[["OpDef", tuple, dict[str, Any]], Any]


def _loaded(defn: OpDef, args: tuple, kwargs: dict[str, Any]) -> Any:
    """The first call of all, which loads what carries it out."""
    importlib.import_module(_CARRIES_OUT)
    return Registered.execute(defn, args, kwargs)


class Registered:
    """What carries operations out."""

    execute: Execute = staticmethod(_loaded)


def register(function: Execute) -> None:
    """Tells what carries operations out."""
    Registered.execute = staticmethod(function)
