"""What is given for outputs by name, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def check_for_unexpected_keys(name: str, given: Mapping[str, Any], expected: Iterable[str]) -> None:
    """Raises ValueError when `given`, called `name`, has keys that are none of the expected."""
    unknown = set(given) - set(expected)
    if unknown:
        raise ValueError(
            f"Unknown entries in {name} dictionary: {list(unknown)}. Only expected following keys: "
            f"{list(expected)}"
        )
