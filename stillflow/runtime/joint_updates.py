"""Updates of several small variables by one optimizer are carried out as one on the host.

An update is up to a dozen of NumPy's calls, which cost as much for ten elements as for a thousand.
So the variables, their slots and their gradients are laid end to end, and each call is made once.
What the variables get are views of what it gives; if they still have those in the next run, only
the gradients are laid out anew.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from stillflow.declare.fitting import in_blocks
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.runtime.steps import Step

_FEWEST = 3  # variables, for which it pays
_SMALL = 2_048  # elements of one, beyond which computing costs more than calling
_AT_MOST = 1 << 15  # elements of all that are updated at once, so that a core's cache holds them


def with_joint_updates(
    steps: Sequence[Step],
    slots: Sequence[Any],
    fixed: set[int],
    static: set[int],
    aliases: Mapping[int, int],
) -> list[Step]:
    """`steps`, with one for several updates where these can be made at the last one's place.

    `slots` are those of a run, of which the `fixed` keep their shapes and the `static` their
    values; those in `aliases` are read from others.
    """
    found: list[_Group] = []
    open_groups: dict[Any, _Group] = {}
    for place, step in enumerate(steps):
        reads = {aliases.get(slot, slot) for slot in step.inputs}
        met = [key for key, other in open_groups.items() if other.is_met(reads, step.outputs)]
        for key in met:
            del open_groups[key]
        joins = fixed.issuperset(step.inputs) and _is_elementwise(step)
        key = _key(step, slots, static, aliases) if joins else None
        if key is None:
            continue
        group = open_groups.get(key)
        if group is None or group.size + slots[step.outputs[0]].size > _AT_MOST:
            group = open_groups[key] = _Group(step, slots)
            found.append(group)
        group.add(place, step, reads)
    return _with_groups(steps, [group for group in found if len(group.places) >= _FEWEST])


def written_jointly(steps: Sequence[Step]) -> set[int]:
    """The slots that have what a joint update has made when `steps` are done."""
    last = {slot: step for step in steps for slot in step.outputs}
    return {slot for slot, step in last.items() if isinstance(step.kernel, _JointUpdate)}


def _with_groups(steps: Sequence[Step], groups: Sequence[_Group]) -> list[Step]:
    by_place = {place: group for group in groups for place in group.places}
    joined = []
    for place, step in enumerate(steps):
        group = by_place.get(place)
        if group is None:
            joined.append(step)
        elif place == group.places[-1]:
            joined.append(group.step())
    return joined


def _is_elementwise(step: Step) -> bool:
    """Whether it updates its first inputs, element by element, by its others."""
    is_plain = step.region is None and step.kernel is None and not step.near_zero
    return (
        is_plain and step.fitted is in_blocks and step.outputs == step.inputs[: len(step.outputs)]
    )


def _key(step: Step, slots: Sequence[Any], static: set[int], aliases: Mapping[int, int]) -> Any:
    """What updates that are made as one have in common; None where this one is for none."""
    values = [slots[slot] for slot in step.inputs]
    first = values[0]
    if not first.ndim or not 0 < first.size <= _SMALL or first.dtype.char not in "fd":
        return None
    if any(value.dtype != first.dtype for value in values):
        return None
    scalars: list[Any] = [
        value.tobytes() if slot in static else aliases.get(slot, slot)
        for slot, value in zip(step.inputs, values, strict=True)
        if not value.ndim
    ]
    places = tuple(value.ndim > 0 for value in values)
    return (step.fn, first.dtype.char, places, *scalars, *step.attrs.items())


@dataclass
class _Group:
    """Updates that differ in what they update, and by which gradient."""

    first: Step
    slots: Sequence[Any]
    size: int = 0
    steps: list[Step] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    reads: set[int] = field(default_factory=set)
    writes: set[int] = field(default_factory=set)

    def add(self, place: int, step: Step, reads: set[int]) -> None:
        self.steps.append(step)
        self.places.append(place)
        self.reads |= reads
        self.writes.update(step.outputs)
        self.size += self.slots[step.outputs[0]].size

    def is_met(self, reads: set[int], writes: Sequence[int]) -> bool:
        """Whether what a later step reads or writes keeps these from being made after it."""
        return not (self.writes.isdisjoint(reads) and self.reads.isdisjoint(writes))

    def step(self) -> Step:
        """All of them as one, whose inputs are grouped by what they are to the update."""
        columns = [place for place, slot in enumerate(self.first.inputs) if self.slots[slot].ndim]
        scalars = [
            place for place, slot in enumerate(self.first.inputs) if not self.slots[slot].ndim
        ]
        inputs = [step.inputs[place] for place in columns for step in self.steps]
        inputs += [self.first.inputs[place] for place in scalars]
        return replace(
            self.first,
            inputs=tuple(inputs),
            outputs=tuple(
                step.outputs[n] for n in range(len(self.first.outputs)) for step in self.steps
            ),
            kernel=_JointUpdate(
                partial(self.first.fn, NUMPY, **self.first.attrs),
                [self.slots[step.outputs[0]].shape for step in self.steps],
                [*columns, *scalars],
                len(columns),
            ),
        )


class _JointUpdate:
    """Computes some arrays of elements, end to end, and hands out views of them."""

    def __init__(
        self,
        compute: Callable[..., Any],
        shapes: Sequence[tuple[int, ...]],
        order: Sequence[int],
        columns: int,
    ):
        """`order` are the places of what is given among the inputs of `compute`: first of the
        `columns`, which have an array of each shape, then of scalars."""
        self._compute = compute
        self._count = len(shapes)
        self._columns = columns
        self._in_order = operator.itemgetter(*np.argsort(order).tolist())
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes]).tolist()
        self._places = [
            (slice(start, end), shape if len(shape) > 1 else None)
            for start, end, shape in zip([0, *ends], ends, shapes, strict=False)
        ]
        self._whole: list[np.ndarray] = []
        self._given: list[list[np.ndarray]] = []

    def __call__(self, *inputs: Any) -> list[np.ndarray]:
        count, given = self._count, []
        for column in range(self._columns):
            given.append(self._laid_out(column, inputs[column * count : (column + 1) * count]))
        given += inputs[self._columns * count :]
        results = self._compute(*self._in_order(given))
        views = [self._views(whole) for whole in results]
        self._whole, self._given = list(results), views
        return [view for column in views for view in column]

    def _laid_out(self, column: int, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """The elements of arrays: what they are views of, if they come from the last call."""
        if column < len(self._given) and _are_same(arrays, self._given[column]):
            return self._whole[column]
        return np.concatenate([array.reshape(-1) for array in arrays])

    def _views(self, whole: np.ndarray) -> list[np.ndarray]:
        return [
            whole[part] if shape is None else whole[part].reshape(shape)
            for part, shape in self._places
        ]


def _are_same(arrays: Sequence[Any], others: Sequence[Any]) -> bool:
    return all(map(operator.is_, arrays, others))
