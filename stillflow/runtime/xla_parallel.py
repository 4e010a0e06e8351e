"""Loops of one compiled run that do not need each other, on several threads.

XLA's code for a processor runs loops one after another. Where a run has some of about one kind that
are independent, as the two directions of a bidirectional network are, its traced form is cut into
functions that are compiled one by one: each such loop is one, and what lies before, between and
behind them. What is computed does not depend on how many threads there are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from math import prod
from typing import Any, NamedTuple

import jax
from jax.extend import core

from stillflow.runtime import platforms
from stillflow.runtime.xla_equations import bound, opened

# Additions and multiplications in one turn of a loop, so that several are worth a call of its own.
_WORTH = 1_000_000


def parallel(traced: Any) -> Callable[..., Any] | None:
    """What does the same as the function that `jax.jit(...).trace(...)` traced, in parallel.

    None where it has no loops that could run at the same time.
    """
    closed = traced.jaxpr
    stages = _stages(closed.jaxpr)
    if stages is None or closed.effects or not platforms.current().threads_loops:
        return None
    leaves = jax.tree.leaves(traced.args_info)
    donated = [v for v, i in zip(closed.jaxpr.invars, leaves, strict=True) if i.donated]
    groups = _groups(closed, stages, donated)
    structure = jax.tree.structure(traced.out_info)

    def call(*args: Any) -> Any:
        values = dict(zip(closed.jaxpr.invars, jax.tree.leaves(args), strict=True))
        for parts in groups:
            for part, results in zip(parts, _together(parts, values), strict=True):
                values.update(zip(part.outputs, results, strict=True))
        return jax.tree.unflatten(structure, [_read(v, values) for v in closed.jaxpr.outvars])

    return call


class _Part(NamedTuple):
    """Equations as a compiled function from values of `inputs` to those of `outputs`."""

    inputs: list[Any]
    outputs: list[Any]
    function: Callable[..., list[Any]]

    def run(self, values: Mapping[Any, Any]) -> list[Any]:
        with jax.enable_x64(True):
            return self.function(*(values[variable] for variable in self.inputs))


def _together(parts: Sequence[_Part], values: Mapping[Any, Any]) -> list[list[Any]]:
    first, *others = parts
    begun = [_threads().submit(part.run, values) for part in others]
    try:
        return [first.run(values), *(future.result() for future in begun)]
    finally:
        for future in begun:
            future.exception()  # nothing runs on when this returns


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, (os.cpu_count() or 1) - 1), "stillflow-loops")


# Equations that are one function; such functions that may run at the same time.
_Equations = list[Any]
_Stage = list[_Equations]


def _stages(jaxpr: Any) -> list[_Stage] | None:
    """Equations in turn; None if nothing could be done at the same time."""
    eqns = jaxpr.eqns
    loops = {n for n, eqn in enumerate(eqns) if _is_loop(eqn) and _work(eqn) >= _WORTH}
    while True:
        levels = _levels(eqns, loops)
        beside = [levels[n] for n in loops]
        found = {n for n in loops if beside.count(levels[n]) > 1}
        if found == loops:
            break
        loops = found
    if not loops:
        return None
    homes = _homes(jaxpr, levels, loops)
    parts: dict[tuple[int, int], _Equations] = {}
    for eqn, own in zip(eqns, homes, strict=True):
        for home in own:
            parts.setdefault(home, []).append(eqn)
    stages: dict[tuple[int, bool], _Stage] = {}
    for home in sorted(parts):
        stages.setdefault((home[0], home[1] >= 0), []).append(parts[home])
    return list(stages.values())


def _homes(
    jaxpr: Any, levels: Sequence[int], loops: Collection[int]
) -> list[Collection[tuple[int, int]]]:
    """Of each equation, the functions that it is in: (level, loop), or (level, -1) before loops.

    What one loop alone reads is computed with it, and so is what depends on nothing by each.
    """
    readers: dict[Any, set[tuple[int, int]]] = {v: {(-1, -1)} for v in _variables(jaxpr.outvars)}
    homes: list[Collection[tuple[int, int]]] = []
    for n, eqn in reversed(list(enumerate(jaxpr.eqns))):
        own: Collection[tuple[int, int]] = {(levels[n], n if n in loops else -1)}
        if n not in loops:
            read_in = set().union(*(readers.get(v, ()) for v in eqn.outvars))
            is_anybodys = not _variables(eqn.invars) and (-1, -1) not in read_in
            (first, *others) = sorted(read_in) or [(-1, -1)]
            if read_in and (is_anybodys or (not others and first[1] >= 0)):
                own = read_in
        homes.append(own)
        for variable in _variables(eqn.invars):
            readers.setdefault(variable, set()).update(own)
    return homes[::-1]


def _levels(eqns: Sequence[Any], loops: Collection[int]) -> list[int]:
    """Of each equation, after how many of `loops` it comes."""
    made: dict[Any, int] = {}
    levels = []
    for n, eqn in enumerate(eqns):
        level = max((made.get(v, 0) for v in _variables(eqn.invars)), default=0)
        levels.append(level)
        made.update(dict.fromkeys(eqn.outvars, level + (n in loops)))
    return levels


def _is_loop(eqn: Any) -> bool:
    return eqn.primitive.name in ("while", "scan")


def _work(eqn: Any) -> int:
    """About how many numbers an equation computes; of a loop, in one turn."""
    inner = [opened(jaxpr)[0] for jaxpr in core.jaxprs_in_params(eqn.params)]
    if inner:
        return max(sum(map(_work, jaxpr.eqns)) for jaxpr in inner)
    size = sum(prod(variable.aval.shape) for variable in eqn.outvars)
    if eqn.primitive.name != "dot_general":
        return size
    (contracted, _), _ = eqn.params["dimension_numbers"]
    return 2 * size * prod(eqn.invars[0].aval.shape[axis] for axis in contracted)


def _groups(closed: Any, stages: Sequence[_Stage], donated: Sequence[Any]) -> list[list[_Part]]:
    """The functions of each stage."""
    jaxpr = closed.jaxpr
    consts = dict(zip(jaxpr.constvars, closed.consts, strict=True))
    results = set(_variables(jaxpr.outvars))
    # Of a variable: the stages that read it, once for each function.
    readers: dict[Any, list[int]] = {}
    for n, stage in enumerate(stages):
        for eqns in stage:
            for variable in _read_by(eqns):
                readers.setdefault(variable, []).append(n)
    kept = results | {v for v in jaxpr.invars if v not in donated}
    groups = []
    for n, stage in enumerate(stages):
        last = {v for v, own in readers.items() if max(own) == n and own.count(n) == 1} - kept
        later = results | {v for v, own in readers.items() if max(own) > n}
        groups.append([_part(eqns, consts, last, later) for eqns in stage])
    return groups


def _part(
    eqns: Sequence[Any], consts: Mapping[Any, Any], last: Collection[Any], later: Collection[Any]
) -> _Part:
    """The function of some equations; nobody reads `last` after it, `later` are read then."""
    inputs = [v for v in _read_by(eqns) if v not in consts]
    outputs = [v for eqn in eqns for v in eqn.outvars if v in later]
    wanted = [(v.aval.shape, v.aval.dtype) for v in outputs]
    given = []
    for place, variable in enumerate(inputs):
        kind = (variable.aval.shape, variable.aval.dtype)
        if variable in last and kind in wanted:
            wanted.remove(kind)
            given.append(place)

    def function(*args: Any) -> list[Any]:
        values = {**consts, **dict(zip(inputs, args, strict=True))}
        for eqn in eqns:
            read = [_read(atom, values) for atom in eqn.invars]
            values.update(zip(eqn.outvars, bound(eqn, read), strict=True))
        return [values[variable] for variable in outputs]

    return _Part(inputs, outputs, jax.jit(function, donate_argnums=given))


def _read_by(eqns: Iterable[Any]) -> list[Any]:
    """The variables that equations read and do not make."""
    made: set[Any] = set()
    found: dict[Any, None] = {}
    for eqn in eqns:
        found.update((v, None) for v in _variables(eqn.invars) if v not in made)
        made.update(eqn.outvars)
    return list(found)


def _variables(atoms: Iterable[Any]) -> list[Any]:
    return [atom for atom in atoms if not isinstance(atom, core.Literal)]


def _read(atom: Any, values: Mapping[Any, Any]) -> Any:
    return atom.val if isinstance(atom, core.Literal) else values[atom]
