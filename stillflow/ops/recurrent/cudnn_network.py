"""A network of cuDNN over a sequence: parts that follow each other, forward and backward.

What the way back needs of the way forth is one array, f[parts, n, time, batch, units]: the gates
that a cell remembers, what it held, its state, and by what the dropout multiplied that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from stillflow.ops.random.philox import continuous
from stillflow.ops.recurrent.cudnn_cells import CELLS, Weights, input_bias
from stillflow.ops.recurrent.cudnn_layout import Layout, Part


class Record(NamedTuple):
    """Of a part, f[time, batch, units] each; `state` f[time, batch, state]; `scale` or None."""

    gates: tuple[Any, ...]
    held: Any
    state: Any
    scale: Any


class Network(NamedTuple):
    """running: bool[time, batch, 1], the steps within each length, or None for all."""

    layout: Layout
    running: Any

    def is_reversed(self, part: int) -> bool:
        return part % self.layout.directions == 1

    def among(self, xp: Any, new: Any, old: Any, running: Any) -> Any:
        """new within the length of a row, else old."""
        return new if self.running is None else xp.where(running, new, old)

    def within(self, xp: Any, values: Any) -> Any:
        """f[time, batch, ...] -> the same, zeros behind each length"""
        return self.among(xp, values, values.dtype.type(0), self.running)

    def rows(self, *rows: Any) -> tuple[Any, ...]:
        """What a step takes: whether a row is running comes last, where that differs."""
        return rows if self.running is None else (*rows, self.running)


def forward(
    xp: Any, network: Network, x: Any, h: Any, c: Any, parts: Sequence[Part], scales: Sequence[Any]
) -> tuple[Any, Any, Any, list[Record]]:
    """x: f[time, batch, width], h: f[parts, batch, state], c: f[parts, batch, units] -> (f[time,
    batch, directions * state], h and c behind it, the records); `scales` multiply the output of
    each part but those of the last layer."""
    layout, records, last_h, last_c = network.layout, [], [], []
    for first in range(0, layout.parts, layout.directions):
        outputs = []
        for at in range(first, first + layout.directions):
            record, of_h, of_c = _part(xp, network, at, x, h[at], c[at], parts[at])
            output = network.within(xp, record.state)
            if at < len(scales):
                record = record._replace(scale=scales[at])
                output = output * scales[at]
            records.append(record)
            outputs.append(output)
            last_h.append(of_h)
            last_c.append(of_c)
        x = xp.concatenate(outputs, axis=2)
    return x, xp.stack(last_h), xp.stack(last_c), records


def _part(
    xp: Any, network: Network, at: int, x: Any, h: Any, c: Any, part: Part
) -> tuple[Record, Any, Any]:
    mode, units = network.layout.mode, network.layout.units
    cell, weights = CELLS[mode], _weights(xp, part)
    a = input_product(xp, network.layout, x, part) + input_bias(xp, mode, part.biases)

    def step(carried: tuple, row: tuple) -> tuple[tuple, tuple]:
        h, c = carried
        new_h, new_c, gates = cell.forward(xp, row[0], h, c, weights)
        new_h = network.among(xp, new_h, h, row[-1])
        new_c = network.among(xp, new_c, c, row[-1])
        return (new_h, new_c), (*gates, new_c, new_h)

    time, batch = x.shape[:2]
    made = [((time, batch, units), x.dtype)] * (cell.remembered + 1)
    made.append(((time, batch, network.layout.state), x.dtype))
    (h, c), (*gates, held, state) = xp.scan(
        step, (h, c), network.rows(a), made, reverse=network.is_reversed(at)
    )
    return Record(tuple(gates), held, state, None), h, c


def _weights(xp: Any, part: Part) -> Weights:
    projection = None if part.projection is None else xp.transpose(part.projection)
    return Weights(xp.transpose(part.of_state), part.biases[1], projection)


def input_product(xp: Any, layout: Layout, x: Any, part: Part) -> Any:
    """x: f[time, batch, width] -> f[time, batch, gates * units]"""
    if part.of_input is None:
        return xp.concatenate([x] * layout.gates, axis=2)
    return xp.matmul(x, xp.transpose(part.of_input))


# Backward ---------------------------------------------------------------------------------------


class Given(NamedTuple):
    """x, and h and c before the first step."""

    x: Any
    h: Any
    c: Any


def backward(
    xp: Any,
    network: Network,
    given: Given,
    parts: Sequence[Part],
    records: Sequence[Record],
    gradients: Given,
) -> tuple[Any, Any, Any, list[Part]]:
    """Of the gradients of what `forward` gives, those of x, h, c and the parameters."""
    layout = network.layout
    made: dict[int, tuple[Any, Any, Part]] = {}
    d_y = gradients.x
    for first in reversed(range(0, layout.parts, layout.directions)):
        x = _input_of(xp, network, first, given.x, records)
        d_x = xp.zeros_like(x)
        for lane, d_output in enumerate(xp.split(d_y, layout.directions, axis=2)):
            at = first + lane
            if records[at].scale is not None:
                d_output = d_output * records[at].scale
            own = Given(x, given.h[at], given.c[at])
            behind = Given(d_output, gradients.h[at], gradients.c[at])
            more, d_h, d_c, d_part = _part_back(
                xp, network, at, own, parts[at], records[at], behind
            )
            made[at] = (d_h, d_c, d_part)
            d_x = d_x + more
        d_y = d_x
    in_order = [made[at] for at in range(layout.parts)]
    d_h, d_c = (xp.stack([states[i] for states in in_order]) for i in range(2))
    return d_y, d_h, d_c, [d_part for _, _, d_part in in_order]


def _input_of(xp: Any, network: Network, first: int, x: Any, records: Sequence[Record]) -> Any:
    """What the layer took that begins with part `first`."""
    if first == 0:
        return x
    outputs = []
    for record in records[first - network.layout.directions : first]:
        output = network.within(xp, record.state)
        outputs.append(output if record.scale is None else output * record.scale)
    return xp.concatenate(outputs, axis=2)


def _part_back(
    xp: Any, network: Network, at: int, given: Given, part: Part, record: Record, behind: Given
) -> tuple[Any, Any, Any, Part]:
    layout, cell = network.layout, CELLS[network.layout.mode]
    is_reversed = network.is_reversed(at)
    h_before = _before(xp, record.state, given.h, is_reversed)
    c_before = _before(xp, record.held, given.c, is_reversed)

    def step(carried: tuple, row: tuple) -> tuple[tuple, tuple]:
        d_h, d_c = carried
        d_y, h, c, c_after, *gates = row[: 4 + cell.remembered]
        d_y = d_h + network.among(xp, d_y, d_y.dtype.type(0), row[-1])
        d_cell = d_y if part.projection is None else xp.matmul(d_y, part.projection)
        moved = cell.backward(xp, tuple(gates), h, c, c_after, d_cell, d_c)
        of_input, of_product = (
            network.among(xp, d, d.dtype.type(0), row[-1])
            for d in (moved.of_input, moved.of_product)
        )
        before = moved.h + xp.matmul(of_product, part.of_state)
        d_h, d_c = (
            network.among(xp, new, old, row[-1]) for new, old in ((before, d_h), (moved.c, d_c))
        )
        return (d_h, d_c), (of_input, of_product, d_y)

    time, batch = given.x.shape[:2]
    wide = ((time, batch, layout.gates * layout.units), given.x.dtype)
    rows = network.rows(behind.x, h_before, c_before, record.held, *record.gates)
    start = (behind.h, behind.c)
    made = [wide, wide, (record.state.shape, given.x.dtype)]
    (d_h, d_c), (of_input, of_product, d_state) = xp.scan(
        step, start, rows, made, reverse=not is_reversed
    )
    biases = xp.stack([_summed(xp, of_input), _summed(xp, of_product)])
    weights = Part(
        None if part.of_input is None else _outer(xp, of_input, given.x),
        _outer(xp, of_product, h_before),
        _projection_gradient(xp, network, part, record, d_state),
        biases,
    )
    return _input_gradient(xp, layout, part, of_input), d_h, d_c, weights


def _before(xp: Any, after: Any, first: Any, is_reversed: bool) -> Any:
    """What was carried into each step, of what each carried on."""
    if is_reversed:
        return xp.concatenate([after[1:], first[None]], axis=0)
    return xp.concatenate([first[None], after[:-1]], axis=0)


def _summed(xp: Any, d: Any) -> Any:
    return xp.sum(d, axis=(0, 1), dtype=d.dtype)


def _outer(xp: Any, d: Any, x: Any) -> Any:
    """d: f[time, batch, n], x: f[time, batch, m] -> f[n, m]"""
    flat = d.reshape(-1, d.shape[2]), x.reshape(-1, x.shape[2])
    return xp.matmul(xp.transpose(flat[0]), flat[1])


def _projection_gradient(
    xp: Any, network: Network, part: Part, record: Record, d_state: Any
) -> Any:
    if part.projection is None:
        return None
    output = network.within(xp, record.gates[3] * xp.tanh(record.held))
    return _outer(xp, network.within(xp, d_state), output)


def _input_gradient(xp: Any, layout: Layout, part: Part, of_input: Any) -> Any:
    if part.of_input is not None:
        return xp.matmul(of_input, part.of_input)
    first, *others = xp.split(of_input, layout.gates, axis=2)
    return sum(others, first)


# What is kept for the way back ------------------------------------------------------------------


def pack(xp: Any, layout: Layout, records: Sequence[Record]) -> Any:
    """The records in one array, f[parts, n, time, batch, units]."""
    rows = []
    for gates, held, state, scale in records:
        scale = xp.ones_like(state) if scale is None else scale
        missing = layout.units - layout.state
        if missing:
            state, scale = (
                xp.pad(array, ((0, 0), (0, 0), (0, missing))) for array in (state, scale)
            )
        rows.append(xp.stack([*gates, held, state, scale]))
    return xp.stack(rows)


def unpack(layout: Layout, packed: Any, is_dropped: bool) -> list[Record]:
    records = []
    for row in packed:
        *gates, held, state, scale = row
        state, scale = state[..., : layout.state], scale[..., : layout.state]
        records.append(Record(tuple(gates), held, state, scale if is_dropped else None))
    return records


def scales(xp: Any, stream: Any, layout: Layout, x: Any, rate: float) -> list[Any]:
    """By what dropout multiplies the outputs of all layers but the last, f[time, batch, state]."""
    count = layout.parts - layout.directions
    if not rate or not count:
        return []
    kept = 1.0 - rate
    shape = (count, *x.shape[:2], layout.state)
    drawn = continuous.uniform(xp, stream, shape, x.dtype)
    factor = x.dtype.type(1.0 / kept if kept else 0.0)
    return list(xp.where(drawn < x.dtype.type(kept), factor, x.dtype.type(0)))
