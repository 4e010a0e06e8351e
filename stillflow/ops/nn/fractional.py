"""Fractional pooling of images (Graham, 2014): regions whose sizes are drawn, differing by one.

`pooling_ratio` holds one number for each axis of images n[n, h, w, c]. A sequence holds where each
region starts, and where the last one ends. The regions depend on what is drawn, so this runs on the
host.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.random_seed import get_seed
from stillflow.ops.random.philox import discrete
from stillflow.ops.sampling import words
from stillflow.platform import processes
from stillflow.platform.deprecation import deprecated

_TYPES = {"T": (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)}
_LIMITS = {"pooling_ratio": 4}
_SIGNATURE = "value: T -> output: T, row_pooling_sequence: int64, col_pooling_sequence: int64"


# Regions ----------------------------------------------------------------------------------------


def _pooled(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    images, ratios = shapes.with_rank(ctx.shape(0), 4), ctx.attrs["pooling_ratio"]
    if len(ratios) != 4:
        raise shapes.ShapeError("pooling_ratio field must specify 4 dimensions")
    sizes = [
        None if size is None else _pooled_size(size, ratio)
        for size, ratio in zip(images, ratios, strict=True)
    ]
    # A sequence is longer by one, which TensorFlow does not count either.
    return [tuple(sizes), (sizes[1],), (sizes[2],)]


def _pooled_size(size: int, ratio: float) -> int:
    return math.floor(np.float32(size) / np.float32(ratio))


def _sequences(
    x: np.ndarray,
    pooling_ratio: Sequence[float],
    pseudo_random: bool,
    deterministic: bool,
    seeds: tuple[int, int],
) -> list[np.ndarray]:
    """The rows' and the columns' sequences for images n[n, h, w, c]."""
    if x.ndim != 4:
        refuse("tensor_in must be 4-dimensional")
    if pooling_ratio[0] != 1 and pooling_ratio[3] != 1:
        raise UnimplementedError(
            None,
            None,
            "Fractional max pooling is not yet supported on the batch nor channel dimension.",
        )
    if not deterministic and any(seeds):
        refuse("Both seed and seed2 should be 0 if deterministic is false.")
    stream = _stream(*(seeds if any(seeds) else (_drawn(), _drawn())))
    sequences = []
    for axis in (1, 2):
        size, count = x.shape[axis], _pooled_size(x.shape[axis], pooling_ratio[axis])
        if pseudo_random:
            lengths, blocks = _evenly_spread(size, count, stream), 1
        else:
            lengths, blocks = _shuffled(size, count, stream), -(-count // 4)
        sequences.append(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))
        stream[2] += blocks
    return sequences


def _drawn() -> int:
    return int.from_bytes(processes.entropy(8), "little")


def _stream(seed: int, seed2: int) -> np.ndarray:
    """u32[6], the stream that TensorFlow begins for these seeds, anew in each run."""
    halves = [part & 0xFFFFFFFF for part in (seed, seed >> 32, 0, 0, seed2, seed2 >> 32)]
    return np.array(halves, np.uint32)


def _evenly_spread(size: int, count: int, stream: np.ndarray) -> np.ndarray:
    """Lengths of regions that end where a ruler with a drawn offset ends: i64[count]"""
    alpha, least = size / count, size // count
    most = min((least + 2) / alpha - 1, (size + 1 - least) / alpha - (count - 1))
    offset = next(words.fractions(words.words(stream)))[0] * most
    inner = np.ceil(alpha * (np.arange(1, count) + offset))
    return np.diff(np.concatenate([[1], inner, [size + 1]])).astype(np.int64)


def _shuffled(size: int, count: int, stream: np.ndarray) -> np.ndarray:
    """Lengths of regions, the longer ones in drawn places: i64[count]"""
    lengths = np.full(count, size // count, np.int64)
    lengths[: size % count] += 1
    return discrete.shuffle(NUMPY, stream, lengths)


def _regions(sequence: np.ndarray, size: int, overlapping: bool) -> list[slice]:
    """The regions along an axis; overlapping ones hold the first element of the next as well."""
    ends = sequence[1:] + (1 if overlapping else 0)
    return [
        slice(int(start), min(int(end), size))
        for start, end in zip(sequence[:-1], ends, strict=True)
    ]


def _pool(
    reduce: Callable, x: np.ndarray, sequences: Sequence[np.ndarray], overlapping: bool
) -> np.ndarray:
    """x: n[n, h, w, c] -> n[n, p, q, c], each region reduced over one axis and then the other."""
    for axis, sequence in ((2, sequences[1]), (1, sequences[0])):
        x = np.moveaxis(x, axis, 0)
        parts = [reduce(x[region]) for region in _regions(sequence, len(x), overlapping)]
        x = np.moveaxis(np.stack(parts), 0, axis)
    return x


def _cells(
    sizes: Sequence[int], rows: np.ndarray, columns: np.ndarray, overlapping: bool
) -> Iterator[tuple[tuple[int, int], tuple[slice, slice]]]:
    """Each pixel of the output, and the region that it stands for."""
    by_row = enumerate(_regions(rows, sizes[1], overlapping))
    by_column = list(enumerate(_regions(columns, sizes[2], overlapping)))
    for (i, row), (j, column) in itertools.product(by_row, by_column):
        yield (i, j), (row, column)


# The largest ------------------------------------------------------------------------------------


@op(
    "FractionalMaxPool",
    _SIGNATURE,
    shape=_pooled,
    types=_TYPES,
    limits=_LIMITS,
    host=True,
    stateful=True,
)
def fractional_max_pool_op(
    xp,
    x,
    *,
    pooling_ratio: list[float],
    pseudo_random: bool = False,
    overlapping: bool = False,
    deterministic: bool = False,
    seed: int = 0,
    seed2: int = 0,
):
    """x: n[n, h, w, c] -> n[n, p, q, c], i64[p + 1], i64[q + 1]"""
    sequences = _sequences(x, pooling_ratio, pseudo_random, deterministic, (seed, seed2))
    largest = _pool(lambda part: part.max(axis=0), x, sequences, overlapping)
    return largest, *sequences


@op(
    "FractionalMaxPoolGrad",
    "orig_input: T, orig_output: T, out_backprop: T, row_pooling_sequence: int64, "
    "col_pooling_sequence: int64 -> output: T",
    shape=lambda ctx: shapes.with_rank(ctx.shape(0), 4),
    types=_TYPES,
    host=True,
)
def fractional_max_pool_grad(xp, x, y, dy, rows, columns, *, overlapping: bool = False):
    """x: n[n, h, w, c], y, dy: n[n, p, q, c] -> n[n, h, w, c], dy at a region's first largest"""
    dx = np.zeros_like(x)
    batch, depth = np.ogrid[: x.shape[0], : x.shape[3]]
    for (i, j), (row, column) in _cells(x.shape, rows, columns, overlapping):
        region = x[:, row, column]
        at = np.argmax(region.reshape(len(region), -1, region.shape[3]), axis=1)
        down, across = np.divmod(at, region.shape[2])
        dx[batch, row.start + down, column.start + across, depth] += dy[:, i, j]
    return dx


@fractional_max_pool_op.gradient
def fractional_max_pool_gradient(op, dy, *_):
    output, rows, columns = op.outputs
    overlapping = op.attrs["overlapping"]
    return fractional_max_pool_grad(
        op.inputs[0], output, dy, rows, columns, overlapping=overlapping
    )


# The mean ---------------------------------------------------------------------------------------


@op(
    "FractionalAvgPool",
    _SIGNATURE,
    shape=_pooled,
    types=_TYPES,
    limits=_LIMITS,
    host=True,
    stateful=True,
)
def fractional_avg_pool_op(
    xp,
    x,
    *,
    pooling_ratio: list[float],
    pseudo_random: bool = False,
    overlapping: bool = False,
    deterministic: bool = False,
    seed: int = 0,
    seed2: int = 0,
):
    """x: n[n, h, w, c] -> n[n, p, q, c], i64[p + 1], i64[q + 1]"""
    sequences = _sequences(x, pooling_ratio, pseudo_random, deterministic, (seed, seed2))
    sums = _pool(lambda part: part.sum(axis=0, dtype=x.dtype), x, sequences, overlapping)
    ones = np.ones((1, *x.shape[1:3], 1), x.dtype)
    counts = _pool(lambda part: part.sum(axis=0, dtype=x.dtype), ones, sequences, overlapping)
    # Integers are divided as C++ does, towards zero.
    mean = sums / counts if x.dtype.kind == "f" else np.trunc(sums / counts)
    return mean.astype(x.dtype), *sequences


@op(
    "FractionalAvgPoolGrad",
    "orig_input_tensor_shape: int64, out_backprop: T, row_pooling_sequence: int64, "
    "col_pooling_sequence: int64 -> output: T",
    shape=lambda ctx: shapes.with_rank(ctx.value_as_shape(0), 4),
    types=_TYPES,
    host=True,
)
def fractional_avg_pool_grad(xp, sizes, dy, rows, columns, *, overlapping: bool = False):
    """sizes: i64[4], dy: n[n, p, q, c] -> n[sizes], each gradient shared out evenly"""
    if sizes.shape != (4,):
        refuse("original input tensor shape must be1-dimensional and 4 elements")
    dx = np.zeros(sizes.tolist(), np.float64)
    for (i, j), (row, column) in _cells(dx.shape, rows, columns, overlapping):
        region = dx[:, row, column]
        region += dy[:, i, None, j, None] / (region.shape[1] * region.shape[2])
    return dx.astype(dy.dtype)


@fractional_avg_pool_op.gradient
def fractional_avg_pool_gradient(op, dy, *_):
    _, rows, columns = op.outputs
    overlapping = op.attrs["overlapping"]
    return fractional_avg_pool_grad(op.inputs[0].shape, dy, rows, columns, overlapping=overlapping)


# Public functions -------------------------------------------------------------------------------

_SEEDS = "`seed2` and `deterministic` args are deprecated.  Use fractional_{}_pool_v2."


@deprecated(None, _SEEDS.format("max"))
def fractional_max_pool(
    value: Any,
    pooling_ratio: Sequence[float],
    pseudo_random: bool = False,
    overlapping: bool = False,
    deterministic: bool = False,
    seed: int = 0,
    seed2: int = 0,
    name: str | None = None,
) -> Any:
    """Returns the largest of each region, and where the regions' rows and columns start.

    Args:
      value: n[n, h, w, c].
      pooling_ratio: how much smaller each of the four axes becomes: 1, r, s, 1.
      pseudo_random: whether the regions' sizes are spread evenly, or their order is shuffled.
      overlapping: whether a region holds the first row and column of the next as well.
      deterministic: whether `seed` and `seed2` decide, in each run alike.
    """
    return fractional_max_pool_op(
        value,
        pooling_ratio=pooling_ratio,
        pseudo_random=pseudo_random,
        overlapping=overlapping,
        deterministic=deterministic,
        seed=seed,
        seed2=seed2,
        name=name,
    )


@deprecated(None, _SEEDS.format("avg"))
def fractional_avg_pool(
    value: Any,
    pooling_ratio: Sequence[float],
    pseudo_random: bool = False,
    overlapping: bool = False,
    deterministic: bool = False,
    seed: int = 0,
    seed2: int = 0,
    name: str | None = None,
) -> Any:
    """Returns the mean of each region, and where they start, as fractional_max_pool does."""
    return fractional_avg_pool_op(
        value,
        pooling_ratio=pooling_ratio,
        pseudo_random=pseudo_random,
        overlapping=overlapping,
        deterministic=deterministic,
        seed=seed,
        seed2=seed2,
        name=name,
    )


def fractional_max_pool_v2(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> Any:
    """Returns what fractional_max_pool does; a `seed` other than 0 decides, in each run alike.

    `pooling_ratio` is a number, one for rows and one for columns, or one for each axis.
    """
    ratios = _ratios(pooling_ratio)
    return _seeded(fractional_max_pool_op, value, ratios, pseudo_random, overlapping, seed, name)


def fractional_avg_pool_v2(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> Any:
    """Returns what fractional_avg_pool does; a `seed` other than 0 decides, in each run alike."""
    return _seeded(
        fractional_avg_pool_op, value, pooling_ratio, pseudo_random, overlapping, seed, name
    )


def _ratios(given: Any) -> list[float]:
    ratios = list(given) if hasattr(given, "__len__") else [given]
    if len(ratios) not in (1, 2, 4):
        raise ValueError(f"pooling_ratio should be of length 1, 2 or 4 but was {len(ratios)}")
    if len(ratios) == 4:
        return ratios
    return [1.0, *(ratios * 2 if len(ratios) == 1 else ratios), 1.0]


def _seeded(
    pool: Any,
    value: Any,
    ratios: Sequence[float],
    pseudo_random: bool,
    overlapping: bool,
    seed: int,
    name: str | None,
) -> Any:
    seeds = get_seed(seed) if seed else (0, 0)
    return pool(
        value,
        pooling_ratio=ratios,
        pseudo_random=pseudo_random,
        overlapping=overlapping,
        deterministic=bool(seed),
        seed=seeds[0],
        seed2=seeds[1],
        name=name,
    )
