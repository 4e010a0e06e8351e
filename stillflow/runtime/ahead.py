"""Compiling before it has paid: a server would rather wait at its start than at a request."""

from __future__ import annotations

from stillflow.runtime.session import BaseSession


def compile_ahead(session: BaseSession) -> None:
    """Has what a session has run so far, and is worth compiling, compiled in its next run."""
    for executor in list(session._executors.values()):
        executor.compile_ahead()
