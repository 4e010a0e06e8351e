"""How long the tensors of a traced run live, and when they took the most bytes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class AllocationMaximum(NamedTuple):
    """When an allocator had given out the most.

    Attributes:
      timestamp: microseconds, as in the trace.
      num_bytes: how much it was then.
      tensors: the names of the tensors that lived.
    """

    timestamp: int
    num_bytes: int
    tensors: set[str]


@dataclass
class Lifetime:
    """A tensor from the start of the step that makes it to the end of the last that takes it."""

    allocator: str
    size: int
    begin: int
    end: int


class Change(NamedTuple):
    """A tensor comes, or goes where `size` is negative."""

    at: int
    size: int
    name: str


def lifetimes(made: Iterable[Any], taken: Iterable[tuple[str, int]]) -> dict[str, Lifetime]:
    """The lives of tensors by name.

    Args:
      made: NodeExecStats of the steps.
      taken: (tensor, the end of a step that takes it) of each input.
    """
    found = {}
    for node in made:
        start = node.all_start_micros
        for place, output in enumerate(node.output):
            name = f"{node.node_name}:{place}" if place else node.node_name
            given = output.tensor_description.allocation_description
            end = start + node.all_end_rel_micros
            found[name] = Lifetime(given.allocator_name, given.requested_bytes, start, end)
    for name, end in taken:
        if name in found:
            found[name].end = max(found[name].end, end)
    return found


def changes(tensors: Mapping[str, Lifetime]) -> dict[str, list[Change]]:
    """What comes and goes, in order, of each allocator."""
    found: dict[str, list[Change]] = {}
    for name, tensor in tensors.items():
        each = found.setdefault(tensor.allocator, [])
        each.append(Change(tensor.begin, tensor.size, name))
        each.append(Change(tensor.end, -tensor.size, name))
    return {allocator: sorted(each) for allocator, each in found.items()}


def levels(series: Sequence[Change]) -> list[int]:
    """How many bytes are given out after each change."""
    return list(itertools.accumulate(change.size for change in series))


def maximum(series: Sequence[Change]) -> AllocationMaximum:
    """The first time at which the most bytes were given out."""
    most = max(found := levels(series))
    if most <= 0:
        return AllocationMaximum(0, 0, set())
    until = series[: found.index(most) + 1]
    alive: set[str] = set()
    for change in until:
        (alive.discard if change.size < 0 else alive.add)(change.name)
    return AllocationMaximum(until[-1].at, most, alive)
