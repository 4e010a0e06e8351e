"""What stands in place of the numbers that runs give programs: nothing, but for `environment`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: {a type of NumPy's numbers: a type derived from it}
IN_PLACE_OF: dict[type, type] = {}


def may_be_number(tensor: Any) -> bool:
    """Whether a run may give a number for what is fetched, for which something stands in place."""
    shape = getattr(tensor, "shape", None)
    return bool(IN_PLACE_OF) and shape is not None and not shape.rank


def with_numbers_in_place(pack: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    """`pack`, whose values are what programs are to have."""
    return lambda values: pack([_in_place(value) for value in values])


def _in_place(value: Any) -> Any:
    kind = IN_PLACE_OF.get(type(value))
    return value if kind is None else kind(value)
