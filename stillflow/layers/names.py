"""Names of layers, which count per graph: dense, dense_1, ..."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container

from stillflow.graph.graph import get_default_graph

_KEY = ("stillflow", "names of layers")


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
    counts = _counts() if name_uid_map is None else name_uid_map
    key = namespace, name
    while True:
        number = counts[key] if zero_based else counts[key] + 1
        counts[key] += 1
        proposed = f"{name}_{number}" if number else name
        if proposed not in avoid_names:
            return proposed


def _counts() -> Counter:
    holder = get_default_graph().get_collection_ref(_KEY)
    if not holder:
        holder.append(Counter())
    return holder[0]
