"""Summaries that a side of a choice or a body of a loop writes: its results wait for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import control_dependencies


def with_summaries(build: Callable[[], Any], waiting: Callable[[Any], Any]) -> Any:
    """What `build()` gives; `waiting` of it, after the summaries, where it has built any.

    From outside these could not be fetched, so they leave the graph's collection of them.
    """
    graph = get_default_graph()
    before = len(graph.get_collection(GraphKeys._SUMMARY_COLLECTION))
    result = build()
    added = graph.get_collection(GraphKeys._SUMMARY_COLLECTION)[before:]
    if not added:
        return result
    del graph.get_collection_ref(GraphKeys._SUMMARY_COLLECTION)[before:]
    with control_dependencies(added):
        return waiting(result)
