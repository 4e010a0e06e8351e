"""`python -m benchmarks.native`: where the library of `stillflow-native` pays, measured.

Writes stillflow/declare/native/paying.csv, a row for each convolution of `SHAPES` and for each of
its gradients. The ways of computing it take turns. What counts is the time of the processor, which
is about the same whatever else the machine does, and of that the fastest fifth.
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

os.environ["STILLFLOW_NATIVE"] = "always"

import numpy as np

from stillflow.declare.native import on_host
from stillflow.declare.native.forms import Form, Geometry, form_of
from stillflow.declare.native.library import has, library
from stillflow.declare.native.paying import TABLE, Row
from stillflow.declare.numpy import convolving
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
Way = Callable[[], Any]


def main() -> None:
    if library() is None:
        raise SystemExit("benchmarks.native: stillflow-native is not installed, or does not load.")
    xla()
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kind", *Geometry._fields, *Row._fields[2:]])
        for shape in SHAPES:
            for row in _rows(shape):
                times = [f"{time:.0f}" for time in row[2:]]
                writer.writerow([int(row.kind), *row.geometry, *times])


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
        rows.append(Row(*form, *_times(_ways(given, form))))
        print(rows[-1], flush=True)
    return rows


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
