"""The session in which objects are kept and restored where a program opens none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import context
from stillflow.graph.graph import get_default_graph
from stillflow.runtime.session import Session

_own: list[Session] = []  # the one session of programs that open none
_providers: list[Callable[[], Any]] = []


def register_session_provider(provider: Callable[[], Any]) -> None:
    """Has `provider` give the session from here on, unless one is registered already."""
    if not _providers:
        _providers.append(provider)


def session_or_default(session: Any = None) -> Any:
    """`session`, or the default one; where there is none, one that all such calls share."""
    found = context.get_default_session() if session is None else session
    if found is not None:
        return found
    if _providers:
        return _providers[0]()
    if not _own or _own[0].graph is not get_default_graph():
        _own[:] = [Session()]
    return _own[0]
