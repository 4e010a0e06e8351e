"""Variables that the first replica makes, and the others find."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any


def creator_of_replica(made: dict[str, list[Any]], device_id: int) -> Callable[..., Any]:
    """What makes variables in a replica: see `tf.variable_creator_scope`.

    Args:
      made: the variables of the first replica, by the name that replicas have in common.
      device_id: which replica it is.
    """
    assert isinstance(device_id, int)
    found: Counter[str] = Counter()

    def new(next_creator: Callable[..., Any], **kwargs: Any) -> Any:
        variable = next_creator(**kwargs)
        made.setdefault(_common_name(kwargs.get("name")), []).append(variable)
        return variable

    def same(next_creator: Callable[..., Any], **kwargs: Any) -> Any:
        name = _common_name(kwargs.get("name"))
        number, found[name] = found[name], found[name] + 1
        if number >= len(made.get(name, ())):
            raise RuntimeError(
                f"Tried to create variable {kwargs.get('name')} with mismatching name on device "
                f"{device_id}"
            )
        return made[name][number]

    return same if device_id else new


def _common_name(name: str | None) -> str:
    """Without the numbers that make names of one graph different."""
    return "Variable" if name is None else re.sub(r"_\d(?=/|$)", "", name)
