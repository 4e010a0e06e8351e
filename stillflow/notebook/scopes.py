"""A graph as its scopes see it: groups of operations, what flows between them, in which order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

# What training adds, which would be tied to everything.
_ASIDE = re.compile(r"(gradients|init|save|report_uninitialized_variables)(_\d+)?")


@dataclass(eq=False, repr=False)
class Group:
    """A scope, or one operation outside of any.

    Attributes:
      op_types: how many operations of each type are in it.
      follows: the groups that it takes tensors of, unless one of them is aside.
      is_aside: it belongs to training rather than to the network: what computes gradients, what
        follows from them, what is there for those alone.
      level: its row; what it follows is in rows above.
    """

    name: str
    op_types: Counter[str] = field(default_factory=Counter)
    follows: dict[Group, None] = field(default_factory=dict)
    is_aside: bool = False
    level: int = 0

    @property
    def size(self) -> int:
        return self.op_types.total()


def groups_of(ops: Sequence[Any]) -> list[Group]:
    """The groups of a graph's outermost scopes; if there is but one scope, those in it."""
    inside = ""
    while len(tops := {_top(op.name, inside) for op in ops}) == 1:
        (top,) = tops
        if not all(op.name.startswith(f"{inside}{top}/") for op in ops):
            break
        inside += f"{top}/"
    groups: dict[str, Group] = {}
    of = {}
    for op in ops:
        name = inside + _top(op.name, inside)
        group = groups.setdefault(name, Group(name))
        group.is_aside = bool(_ASIDE.fullmatch(_top(op.name, inside)))
        group.op_types[op.type] += 1
        of[op] = group
    for op in ops:
        for source in (of[tensor.op] for tensor in op.inputs if tensor.op in of):
            if source is not of[op]:
                of[op].follows[source] = None
    kept = _without_constants(groups.values())
    _put_aside(kept)
    return kept


def _top(name: str, inside: str) -> str:
    return name.removeprefix(inside).partition("/")[0]


def _put_aside(groups: Sequence[Group]) -> None:
    for _ in groups:
        follow = [g for g in groups if not g.is_aside and any(s.is_aside for s in g.follows)]
        for group in follow:
            group.is_aside = True
        if not follow:
            break
    taken = {source for group in groups if not group.is_aside for source in group.follows}
    for group in groups:
        only_for = [other for other in groups if group in other.follows]
        if only_for and group not in taken and not group.follows:
            group.is_aside = True
    for group in groups:
        kept = {} if group.is_aside else group.follows
        group.follows = {source: None for source in kept if not source.is_aside}


def _without_constants(groups: Iterable[Group]) -> list[Group]:
    """Constants of nobody's scope say nothing; they go with what they are for."""
    lone = {group for group in groups if group.op_types == Counter({"Const": 1})}
    kept = [group for group in groups if group not in lone]
    for group in kept:
        group.follows = {source: None for source in group.follows if source not in lone}
    return kept or list(groups)


def rows(groups: Sequence[Group]) -> list[list[Group]]:
    """The groups row by row: each below what it follows, near the middle of that.

    A way round is left at the group that came first into the graph.
    """
    place = {group: number for number, group in enumerate(groups)}
    for group in groups:
        group.level = 0
    for _ in groups:
        changed = False
        for group in groups:
            earlier = [source for source in group.follows if place[source] < place[group]]
            level = max((source.level + 1 for source in earlier), default=0)
            changed |= level != group.level
            group.level = level
        if not changed:
            break
    found: list[list[Group]] = [[] for _ in range(max((g.level for g in groups), default=-1) + 1)]
    across: dict[Group, float] = {}
    for group in sorted(groups, key=lambda group: group.level):
        found[group.level].append(group)
    for row in found:
        row.sort(key=lambda group: _middle(group, across, place))
        across.update((group, number - (len(row) - 1) / 2) for number, group in enumerate(row))
    return found


def _middle(group: Group, across: dict[Group, float], place: dict[Group, int]) -> tuple:
    above = [across[source] for source in group.follows if source in across]
    return (sum(above) / len(above) if above else 0.0, place[group])
