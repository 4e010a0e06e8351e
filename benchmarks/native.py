"""`python -m benchmarks.native [convolutions] [products]`: where `stillflow-native` pays, measured.

Writes stillflow/declare/native/paying.csv, a row for each convolution of `SHAPES` and for each of
its gradients, and products.csv beside it, a row for each product of `LAYERS` and its gradients, and
of `OTHERS`. The ways of computing it take turns. What counts is the time of the processor, which
is about the same whatever else the machine does, and of that the fastest fifth.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ["STILLFLOW_NATIVE"] = "always"

import numpy as np

from stillflow.declare.native import on_host
from stillflow.declare.native.forms import Form, Geometry, form_of
from stillflow.declare.native.library import has, library
from stillflow.declare.native.paying import PRODUCTS, TABLE, Row
from stillflow.declare.native.products import Product, product_of
from stillflow.declare.numpy import convolving, threads
from stillflow.ops.nn import correlating
from stillflow.ops.nn.windows import axis_of
from stillflow.runtime.tiers import xla

TURNS, SECONDS = 5, 0.04

# n, size, channels, window, depth, stride, padding, dilation
SHAPES = [
    *((n, 28, 1, 5, 32, 1, "SAME", 1) for n in (1, 16, 128)),  # LeNet on MNIST
    *((n, 14, 32, 5, 64, 1, "SAME", 1) for n in (1, 16, 128)),
    *((n, 32, 3, 5, 64, 1, "SAME", 1) for n in (16, 128)),  # networks on CIFAR
    (128, 28, 1, 3, 32, 1, "VALID", 1),
    (128, 26, 32, 3, 64, 1, "VALID", 1),
    (1, 28, 32, 3, 32, 1, "SAME", 1),
    (32, 28, 32, 3, 32, 1, "SAME", 1),
    (32, 28, 1, 3, 32, 1, "SAME", 1),
    (32, 28, 1, 5, 64, 2, "SAME", 1),  # generators, discriminators
    (32, 14, 64, 5, 128, 2, "SAME", 1),
    (8, 64, 3, 7, 64, 2, "SAME", 1),  # ResNet
    (8, 16, 64, 1, 64, 1, "SAME", 1),
    (8, 16, 64, 1, 256, 1, "SAME", 1),
    (8, 16, 256, 1, 64, 1, "SAME", 1),
    (8, 16, 64, 3, 64, 1, "SAME", 1),
    (8, 16, 64, 3, 64, 2, "SAME", 1),
    (8, 16, 256, 1, 128, 2, "SAME", 1),
    (8, 8, 128, 3, 128, 1, "SAME", 1),
    (8, 4, 256, 3, 256, 1, "SAME", 1),
    (8, 4, 256, 1, 1024, 1, "SAME", 1),
    (8, 2, 512, 3, 512, 1, "SAME", 1),
    (1, 56, 64, 3, 64, 1, "SAME", 1),  # a picture of 224x224
    (1, 14, 256, 3, 256, 1, "SAME", 1),
    (8, 32, 32, 3, 32, 1, "SAME", 2),
    (8, 8, 4, 3, 4, 1, "SAME", 1),  # small
    (1, 8, 8, 3, 8, 1, "SAME", 1),
    (32, 8, 8, 3, 8, 1, "SAME", 1),
]
# Rows, inputs and outputs of a layer.
LAYERS = [
    *((n, 784, 500) for n in (1, 8, 32, 200, 1000, 10000)),  # the course's network
    *((n, 500, 10) for n in (200, 10000)),
    *((n, 3136, 1024) for n in (1, 8, 32, 128)),  # LeNet
    (128, 1024, 10),
    (8, 4096, 4096),
    (32, 128, 128),  # cells
    (128, 128, 128),
    (64, 128, 256),
    (128, 156, 512),
    (64, 512, 2048),
    (20, 400, 800),
    (256, 768, 768),  # attention
    (256, 768, 3072),
    (1024, 64, 64),
    (16384, 64, 64),
    (1024, 1024, 1024),
    (4096, 27, 32),
]
# Matrices, rows, depth and columns of a product, and which of the factors is transposed.
OTHERS = [
    *(
        (*sizes, a, b)
        for sizes in ((96, 128, 64, 128), (96, 128, 128, 64), (8, 512, 64, 512), (1000, 16, 16, 16))
        for a, b in ((0, 1), (1, 0), (0, 0))
    ),
    *((1, n, n, n, 1, 1) for n in (64, 256, 1024)),
    (1, 784, 200, 500, 1, 1),
    (1, 200, 784, 500, 1, 1),
    (96, 128, 64, 128, 1, 1),
]
Way = Callable[[], Any]


def main() -> None:
    wanted = sys.argv[1:] or ["convolutions", "products"]
    if not {"convolutions", "products"}.issuperset(wanted):
        raise SystemExit(__doc__)
    if library() is None:
        raise SystemExit("benchmarks.native: stillflow-native is not installed, or does not load.")
    xla()
    if "convolutions" in wanted:
        rows = (row for shape in SHAPES for row in _rows(shape))
        _write(TABLE, ("kind", *Geometry._fields), rows)
    if "products" in wanted:
        rows = (row for sizes in [*_of_layers(), *OTHERS] if (row := _product_row(sizes)))
        _write(PRODUCTS, Product._fields, rows)


def _write(path: Path, sizes: Iterable[str], rows: Iterable[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*sizes, *Row._fields[1:]])
        for row in rows:
            print(row, flush=True)
            form = row.form
            numbers = form if isinstance(form, Product) else (form.kind, *form.geometry)
            writer.writerow([*map(int, numbers), *(f"{time:.0f}" for time in row[1:])])


def _of_layers() -> Iterator[tuple[int, int, int, int, int, int]]:
    """The products of `LAYERS`, and of their gradients by inputs and weights."""
    for rows, inputs, outputs in LAYERS:
        yield 1, rows, inputs, outputs, 0, 0
        yield 1, rows, outputs, inputs, 0, 1
        yield 1, inputs, rows, outputs, 1, 0


def _rows(shape: tuple) -> list[Row]:
    n, size, channels, window, depth, stride, padding, dilation = shape
    axes = [axis_of(size, window, stride, padding, dilation, (0, 0)) for _ in "HW"]
    random = np.random.default_rng(0)
    x = _numbers(random, n, size, size, channels)
    w = _numbers(random, window, window, channels, depth)
    dy = _numbers(random, n, axes[0].count, axes[1].count, depth)
    taken = SimpleNamespace(convolve=lambda *args, **options: (args, options))
    calls = [
        correlating.correlate(taken, x, w, axes, "NHWC"),
        correlating.input_gradient(taken, w, dy, axes, "NHWC"),
        correlating.filter_gradient(taken, x, dy, axes, "NHWC"),
    ]
    rows = []
    for args, options in calls:
        rest = dict(zip(("x_dilation", "w_dilation"), args[5:], strict=False)) | options
        given = (*args[:5], rest.get("x_dilation"), rest.get("w_dilation"))
        form = form_of(*given)
        assert form is not None
        assert has(form.kind, form.geometry)
        rows.append(Row(form, *_times(_ways(given, form))))
    return rows


def _product_row(sizes: tuple[int, int, int, int, int, int]) -> Row | None:
    """None where the library has no such product."""
    import jax

    from stillflow.runtime import xla_multiplying, xla_native

    batch, rows, depth, columns, *transposes = sizes
    turns = [bool(turn) for turn in transposes]
    random = np.random.default_rng(0)
    shapes = (rows, depth), (depth, columns)
    a, b = (
        _numbers(random, *([batch] if batch > 1 else []), *(shape[::-1] if turn else shape))
        for shape, turn in zip(shapes, turns, strict=True)
    )
    product = product_of(a, b, *turns)
    if product is None:
        return None
    assert xla_native.is_known()
    plain = jax.jit(lambda a, b: xla_multiplying.matrix_product(a, b, *turns))
    native = jax.jit(lambda a, b: xla_native.multiply(a, b, product))
    seen = [x.swapaxes(-1, -2) if turn else x for x, turn in zip((a, b), turns, strict=True)]
    on_device = jax.device_put((a, b))
    ways: list[Way] = [
        lambda: threads.matmul(*seen),
        lambda: on_host.multiply(a, b, product),
        lambda: plain(*on_device).block_until_ready(),
        lambda: native(*on_device).block_until_ready(),
    ]
    return Row(product, *_times(ways))


def _numbers(random: np.random.Generator, *shape: int) -> np.ndarray:
    return random.standard_normal(shape).astype(np.float32)


def _ways(given: tuple, form: Form) -> list[Way]:
    import jax

    from stillflow.runtime import xla_convolving, xla_native

    x, w, *rest = given
    plain = jax.jit(lambda x, w: xla_convolving.convolve(x, w, *rest))
    native = jax.jit(lambda x, w: xla_native.convolve(x, w, form))
    assert xla_native.is_known()
    on_device = jax.device_put((x, w))
    return [
        lambda: convolving.by_products(*given),
        lambda: on_host.convolve(x, w, form),
        lambda: plain(*on_device).block_until_ready(),
        lambda: native(*on_device).block_until_ready(),
    ]


def _times(ways: Sequence[Way]) -> list[float]:
    """What each way takes, in microseconds of the processor's time."""
    found: list[list[float]] = [[] for _ in ways]
    for way in ways:
        way()
    for _ in range(TURNS):
        for way, times in zip(ways, found, strict=True):
            end = time.process_time() + SECONDS
            while True:
                start = time.process_time()
                way()
                now = time.process_time()
                times.append(now - start)
                if now >= end:
                    break
    return [1e6 * sorted(times)[len(times) // 5] for times in found]


if __name__ == "__main__":
    main()
