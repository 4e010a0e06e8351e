"""Where the library pays, by tables of measurements.

`python -m benchmarks.native` has made paying.csv, of convolutions and gradients of them, and
products.csv, of products of matrices. Each row is how long one took: on the host and compiled,
without the library and with it. What is decided for another one is what the nearest row says, by
the logarithms of its sizes: no clock is read, so that a program takes the same path every time.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from stillflow.declare.native.forms import Form, Geometry, Kind, form_of
from stillflow.declare.native.library import has, library, native_setting
from stillflow.declare.native.products import Product, product_of

_HERE = Path(__file__).parent
TABLE = _HERE / "paying.csv"
PRODUCTS = _HERE / "products.csv"
# Of the time without it: what is within is as likely noise. Of products, eight between 0.9 and 0.95
# were measured again, and all were within 0.95 once more.
_WORTH = {Form: 0.9, Product: 0.95}
_WORTH_SHARING = 1.1  # where it computes on all cores what has one without it

# Multiplications of a product that NumPy computes in one thread, and the library in several.
_SHARED = range(1 << 24, 1 << 29)
_LEAST = 1 << 18  # of a product, in multiplications: a smaller one is not worth the call


class Row(NamedTuple):
    """What was measured of one form, in microseconds of the processors' time."""

    form: Form | Product
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


def product_to_take(*product: Any) -> Product | None:
    """What a product, told as to `product_of`, is for the library; None where that cannot help."""
    if library() is None:
        return None
    found = product_of(*product)
    return found if found is not None and found.work >= _LEAST else None


@functools.lru_cache(4096)
def pays(form: Form | Product, compiled: bool) -> bool:
    """Whether the library, which is loaded, takes less time for it, on the host or compiled."""
    if native_setting() == "always":
        return True
    loaded = library()
    if loaded is None or not loaded.stillflow_is_wide():
        return False  # the tables are of processors with AVX-512
    row, worth = nearest(form), _WORTH[type(form)]
    if compiled:
        return row.xla_native < worth * row.xla
    if isinstance(form, Product) and form.work in _SHARED:
        worth = _WORTH_SHARING
    return row.host_native < worth * row.host


def nearest(form: Form | Product) -> Row:
    """The row that is most like `form`; the first of several."""
    kind, place = _kind(form), _place(form)
    rows = (row for row in table() if _kind(row.form) == kind)
    return min(rows, key=lambda row: math.dist(place, _place(row.form)))


@functools.cache
def table() -> tuple[Row, ...]:
    """All that was measured."""
    convolutions = (
        Row(Form(Kind(kind), Geometry(*sizes)), *times)
        for (kind, *sizes), times in _lines(TABLE, ("kind", *Geometry._fields))
    )
    products = (
        Row(Product(batch, rows, depth, columns, bool(a), bool(b)), *times)
        for (batch, rows, depth, columns, a, b), times in _lines(PRODUCTS, Product._fields)
    )
    return (*convolutions, *products)


def _lines(file: Path, sizes: tuple[str, ...]) -> Iterator[tuple[list[int], list[float]]]:
    import csv  # only a library that is there needs it

    with file.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        if missing := {*sizes, *Row._fields[1:]} - {*(reader.fieldnames or ())}:
            raise ValueError(
                f"{file} has no column {', '.join(sorted(missing))}; "
                "`python -m benchmarks.native` writes it anew."
            )
        for line in reader:
            times = [float(line[name]) for name in Row._fields[1:]]
            yield [int(line[name]) for name in sizes], times


def _kind(form: Form | Product) -> Any:
    """What has rows of its own."""
    return form.kind if isinstance(form, Form) else form[-2:]


@functools.lru_cache(4096)
def _place(form: Form | Product) -> tuple[float, ...]:
    """Where a form is among those of its kind: what its speed depends on."""
    if isinstance(form, Product):
        sizes: tuple[int, ...] = form[:4]
    else:
        g = form.geometry
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
