"""Operations that are carried out at once: what takes the place of building in eager mode.

`declare.building` makes a node of a call; in eager mode a call goes to what is registered here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef

# `execute(defn, args, kwargs)` gives what `build` gives, of tensors that have values.
Execute = Callable[["OpDef", tuple, dict[str, Any]], Any]


class Registered:
    """What carries operations out."""

    execute: Execute


def register(function: Execute) -> None:
    """Tells what carries operations out; called before eager mode is entered first."""
    Registered.execute = staticmethod(function)
