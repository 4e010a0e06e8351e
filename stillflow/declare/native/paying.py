"""Where the library pays, by a table of measurements.

`python -m benchmarks.native` has made paying.csv. Each row is a convolution, or a gradient of one,
and how long it took: on the host and compiled, without the library and with it. What is decided
for another one is what the nearest row says, by the logarithms of its sizes: no clock is read, so
that a program takes the same path every time.
"""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any, NamedTuple

from stillflow.declare.native.forms import Form, Geometry, Kind, form_of
from stillflow.declare.native.library import has, library, native_setting

TABLE = Path(__file__).with_name("paying.csv")
_WORTH = 0.9  # of the time without it: what is within is as likely noise


class Row(NamedTuple):
    """What was measured of one convolution, in microseconds."""

    kind: Kind
    geometry: Geometry
    host: float
    host_native: float
    xla: float
    xla_native: float


def form_to_take(*convolution: Any) -> Form | None:
    """What a convolution, told as to `form_of`, is for the library; None where that cannot help."""
    if library() is None:
        return None
    form = form_of(*convolution)
    return form if form is not None and has(form.kind, form.geometry._replace(n=1)) else None


@functools.lru_cache(4096)
def pays(form: Form, compiled: bool) -> bool:
    """Whether the library, which is loaded, takes less time for it, on the host or compiled."""
    if native_setting() == "always":
        return True
    loaded = library()
    if loaded is None or not loaded.stillflow_is_wide():
        return False  # the table is of processors with AVX-512
    row = nearest(form)
    without, with_it = (row.xla, row.xla_native) if compiled else (row.host, row.host_native)
    return with_it < _WORTH * without


def nearest(form: Form) -> Row:
    """The row that is most like `form`; the first of several."""
    place = _place(form.geometry)
    rows = (row for row in table() if row.kind == form.kind)
    return min(rows, key=lambda row: math.dist(place, _place(row.geometry)))


@functools.cache
def table() -> tuple[Row, ...]:
    """All that was measured."""
    import csv  # only a library that is there needs it

    with TABLE.open(newline="", encoding="utf-8") as file:
        return tuple(
            Row(
                Kind(int(line["kind"])),
                Geometry(*(int(line[name]) for name in Geometry._fields)),
                *(float(line[name]) for name in Row._fields[2:]),
            )
            for line in csv.DictReader(file)
        )


@functools.lru_cache(4096)
def _place(g: Geometry) -> tuple[float, ...]:
    """Where a convolution is among others: what its speed depends on."""
    sizes = (
        g.n,
        g.out_height * g.out_width,
        g.rows * g.columns,
        g.channels,
        g.depth,
        g.stride_y * g.stride_x,
        g.dilation_y * g.dilation_x,
    )
    return tuple(math.log2(size) for size in sizes)
