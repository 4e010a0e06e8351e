"""Names of layers, which count per graph: dense, dense_1, ..."""

from __future__ import annotations

import re
import weakref
from collections import defaultdict
from collections.abc import Container
from typing import Any

from stillflow.graph.eager_graph import Era
from stillflow.graph.graph import Graph, get_default_graph

# Of each graph, or era of eager mode: how often a name was given within a namespace, or a prefix
# was counted.
per_graph_uids: weakref.WeakKeyDictionary[Graph | Era, defaultdict[Any, int]] = (
    weakref.WeakKeyDictionary()
)


def to_snake_case(name: str) -> str:
    """AveragePooling1D -> average_pooling1d; of a private class the name says so."""
    words = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    snake = re.sub("([a-z])([A-Z])", r"\1_\2", words).lower()
    return f"private{snake}" if snake.startswith("_") else snake


def unique_object_name(
    name: str,
    name_uid_map: dict | None = None,
    avoid_names: Container[str] = (),
    namespace: str = "",
    zero_based: bool = False,
) -> str:
    """`name` with the next number of the default graph: name_1, name_2, ...

    Args:
      name_uid_map: counts to use and change in place of the graph's.
      avoid_names: what is not given.
      namespace: names of different namespaces are counted apart.
      zero_based: the first has no number.
    """
    counts = default_graph_uids() if name_uid_map is None else name_uid_map
    key = namespace, name
    while True:
        number = counts[key] if zero_based else counts[key] + 1
        counts[key] += 1
        proposed = f"{name}_{number}" if number else name
        if proposed not in avoid_names:
            return proposed


def get_uid(prefix: str = "") -> int:
    """How often this was asked for `prefix` in the default graph: 1, 2, ..."""
    counts = default_graph_uids()
    counts[prefix] += 1
    return counts[prefix]


def reset_uids() -> None:
    """Lets names and prefixes of all graphs be counted from the beginning."""
    per_graph_uids.clear()


def default_graph_uids() -> defaultdict[Any, int]:
    """The counts of the default graph, to change."""
    graph: Any = get_default_graph()
    return per_graph_uids.setdefault(graph.era if graph.is_eager else graph, defaultdict(int))
