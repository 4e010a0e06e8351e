"""The order of reports: that of C++'s unstable sort, which decides among what is equal.

TensorFlow sorts with `std::sort`. What compares equal then comes in an order of the algorithm's:
median of three, partitions down to sixteen, and a last insertion sort, as libstdc++ has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

_SMALL = 16


def largest_first(items: Sequence[Any], key: Callable[[Any], int]) -> list[Any]:
    """The items with the largest keys first."""
    order = [(-key(item), item) for item in items]
    _partition_all(order, 0, len(order))
    head = min(len(order), _SMALL)
    for place in range(1, len(order)):
        _insert(order, place, is_guarded=place < head)
    return [item for _, item in order]


def _partition_all(order: list[tuple[int, Any]], first: int, last: int) -> None:
    while last - first > _SMALL:
        cut = _partition(order, first, last)
        _partition_all(order, cut, last)
        last = cut


def _partition(order: list[tuple[int, Any]], first: int, last: int) -> int:
    """Puts what is smaller than a median before what is not; returns where the latter begins."""
    _median_to(order, first, first + 1, first + (last - first) // 2, last - 1)
    pivot = order[first][0]
    low, high = first + 1, last
    while True:
        while order[low][0] < pivot:
            low += 1
        high -= 1
        while pivot < order[high][0]:
            high -= 1
        if low >= high:
            return low
        order[low], order[high] = order[high], order[low]
        low += 1


def _median_to(order: list[tuple[int, Any]], place: int, *three: int) -> None:
    a, b, c = three
    x, y, z = (order[n][0] for n in three)
    if not x < y:
        a, b, x, y = b, a, y, x
    chosen = b if y < z else c if x < z else a
    order[place], order[chosen] = order[chosen], order[place]


def _insert(order: list[tuple[int, Any]], place: int, is_guarded: bool) -> None:
    """Moves an item before the larger ones that are before it."""
    item = order.pop(place)
    if is_guarded and item[0] < order[0][0]:
        order.insert(0, item)
        return
    while place > 0 and item[0] < order[place - 1][0]:
        place -= 1
    order.insert(place, item)
