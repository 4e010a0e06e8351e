"""Towers traced: each device computes one of them.

Devices run one program, in which each chooses its branch by its number. What several towers read,
all devices have; what one alone reads, as its part of a batch, goes to its device. So does what
towers give: values of one type and shape are rows of one array, a row for each device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import Mesh, PartitionSpec

from stillflow.runtime.steps import Step
from stillflow.runtime.towers import Towers
from stillflow.runtime.xla_floats import faithful
from stillflow.runtime.xla_namespace import Check, JaxNamespace
from stillflow.runtime.xla_placement import placement

Walk = Callable[[Sequence[Step], dict[int, Any], JaxNamespace], None]
Kind = tuple[tuple[int, ...], Any]  # shape and type
Rows = dict[Kind, list[Any]]


class Look(NamedTuple):
    """What tracing a tower for a look has shown: what it gives, and its checks.

    `known` are the values that are known while tracing.
    """

    known: dict[int, Any]
    kinds: list[Kind]
    checks: list[Check]


def traced(
    region: Towers, namespace: JaxNamespace, values: Sequence[Any], walk: Walk
) -> tuple[Any, ...]:
    """What all towers give, one after another, for the values of their slots."""
    inputs = dict(zip(region.inputs, values, strict=True))
    mesh = placement.mesh
    assert mesh is not None
    given: dict[int, Any] = {}
    count = mesh.devices.size
    for first in range(0, len(region.parts), count):
        towers = [
            _Tower(region, number, namespace, inputs, walk)
            for number in range(first, min(first + count, len(region.parts)))
        ]
        given.update(_side_by_side(towers, inputs, namespace, mesh))
    return tuple(given[slot] for slots in region.gives for slot in slots)


class _Tower:
    """One of the towers, traced on its own."""

    def __init__(
        self,
        region: Towers,
        number: int,
        namespace: JaxNamespace,
        inputs: Mapping[int, Any],
        walk: Walk,
    ):
        self._region = region
        self._number = number
        self._namespace = namespace
        self._inputs = inputs
        self._walk = walk
        self.reads = [s for s in region.reads[number] if isinstance(inputs.get(s), jax.Array)]
        self.gives = region.gives[number]
        self.look = self._looked()

    def values(self, own: Mapping[int, Any]) -> tuple[dict[int, Any], list[Check]]:
        """All its slots, where `own` has what is traced of its inputs; and its checks."""
        slots = {slot: self._inputs.get(slot) for slot in self._region.reads[self._number]}
        slots.update(own)
        namespace = self._namespace.inner()
        self._walk(self._region.parts[self._number], slots, namespace)
        return slots, namespace.checks

    def results(self, own: Mapping[int, Any]) -> list[Any]:
        """What it gives that is not known beforehand, and the outcomes of its checks."""
        slots, checks = self.values(own)
        unknown = [jnp.asarray(slots[s]) for s in self.gives if s not in self.look.known]
        seen = [jnp.asarray(v) for check in checks for v in (check.ok, *check.values)]
        return unknown + seen

    def _looked(self) -> Look:
        found: dict[str, Any] = {}

        def look(own: dict[int, Any]) -> list[Any]:
            slots, found["checks"] = self.values(own)
            found["known"] = {
                slot: slots[slot] for slot in self.gives if not isinstance(slots[slot], jax.Array)
            }
            for step in self._region.parts[self._number]:
                if step.blocks is not None:
                    self._region.drawn[step.op] = np.shape(slots[step.outputs[0]])
            unknown = [slots[slot] for slot in self.gives if slot not in found["known"]]
            seen = [jnp.asarray(v) for c in found["checks"] for v in (c.ok, *c.values)]
            return unknown + seen

        shapes = jax.eval_shape(look, {slot: self._inputs[slot] for slot in self.reads})
        kinds = [(shape.shape, shape.dtype) for shape in shapes]
        return Look(found["known"], kinds, found["checks"])


def _side_by_side(
    towers: Sequence[_Tower], inputs: Mapping[int, Any], namespace: JaxNamespace, mesh: Mesh
) -> dict[int, Any]:
    """What towers give, by slot; no more of them than there are devices."""
    (axis,) = mesh.axis_names
    readers = [slot for tower in towers for slot in tower.reads]
    shared = {slot: inputs[slot] for slot in set(readers) if readers.count(slot) > 1}
    lone = [[slot for slot in tower.reads if slot not in shared] for tower in towers]
    kinds_read = [[_kind(inputs[slot]) for slot in slots] for slots in lone]
    rows = _stacked([[inputs[s] for s in slots] for slots in lone], kinds_read, mesh.devices.size)
    widths = _widths([tower.look.kinds for tower in towers])

    def branch(number: int) -> Callable[..., Rows]:
        tower = towers[number]

        def compute(shared: dict[int, Any], rows: Rows) -> Rows:
            own = dict(zip(lone[number], _picked(rows, kinds_read[number]), strict=True))
            common = {slot: shared[slot] for slot in tower.reads if slot in shared}
            return _filled(tower.results({**common, **own}), tower.look.kinds, widths)

        return faithful(compute)

    branches = [branch(number if number < len(towers) else 0) for number in _all(mesh)]

    def body(shared: dict[int, Any], rows: Rows) -> Rows:
        own = jax.tree.map(lambda row: row[0], rows)
        results = lax.switch(lax.axis_index(axis), branches, shared, own)
        return jax.tree.map(lambda value: value[None], results)

    whole, split = PartitionSpec(), PartitionSpec(axis)
    given = jax.shard_map(
        body, mesh=mesh, in_specs=(whole, split), out_specs=split, check_vma=False
    )(shared, rows)
    found: dict[int, Any] = {}
    for number, tower in enumerate(towers):
        results = _picked(jax.tree.map(lambda v, n=number: v[n], given), tower.look.kinds)
        unknown = [slot for slot in tower.gives if slot not in tower.look.known]
        found.update(zip(unknown, results, strict=False))
        found.update(tower.look.known)
        _tell(tower.look.checks, results[len(unknown) :], namespace)
    return found


def _tell(checks: Sequence[Check], results: Sequence[Any], namespace: JaxNamespace) -> None:
    left = list(results)
    for check in checks:
        ok, *values = [left.pop(0) for _ in range(1 + len(check.values))]
        namespace.checks.append(Check(check.op, ok, check.message, tuple(values)))


# Values by kind -----------------------------------------------------------------------------------


def _all(mesh: Mesh) -> range:
    return range(mesh.devices.size)


def _kind(value: Any) -> Kind:
    return value.shape, value.dtype


def _widths(kinds: Sequence[Sequence[Kind]]) -> dict[Kind, int]:
    """How many values of each kind there are where there are most."""
    every = dict.fromkeys(kind for own in kinds for kind in own)
    return {kind: max(list(own).count(kind) for own in kinds) for kind in every}


def _filled(values: Sequence[Any], kinds: Sequence[Kind], widths: Mapping[Kind, int]) -> Rows:
    """`values` by kind, with zeros where others have more of one."""
    rows: Rows = {kind: [] for kind in widths}
    for value, kind in zip(values, kinds, strict=True):
        rows[kind].append(value)
    return {
        kind: [*own, *(jnp.zeros(*kind) for _ in range(widths[kind] - len(own)))]
        for kind, own in rows.items()
    }


def _picked(rows: Mapping[Kind, Sequence[Any]], kinds: Sequence[Kind]) -> list[Any]:
    """The values that `_filled` was given for these kinds, in their order."""
    left = {kind: iter(own) for kind, own in rows.items()}
    return [next(left[kind]) for kind in kinds]


def _stacked(values: Sequence[Sequence[Any]], kinds: Sequence[Sequence[Kind]], count: int) -> Rows:
    """A row for each of `count` devices, the first ones those of `values`."""
    widths = _widths(kinds)
    rows = [_filled(own, of, widths) for own, of in zip(values, kinds, strict=True)]
    rows += [_filled([], [], widths) for _ in range(count - len(rows))]
    return jax.tree.map(lambda *parts: jnp.stack(parts), *rows)
