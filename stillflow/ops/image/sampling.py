"""How pictures are sampled: each pixel of a new axis is a sum of some pixels of the old one.

Sizes are known before compiling, so all but `applied` and `lerped_pictures` is NumPy, in float32 as
TensorFlow computes it: rounding decides which pixel is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

# An axis that is summed from more places than this is multiplied by a matrix instead.
_MOST_PLACES = 12
_ROWS = 64  # of a matrix that multiplies an axis
MANY_CHANNELS = 16
_TABLE = 1024  # steps between two pixels that cubic weights are rounded to
_NOTHING = np.float32(1000) * np.finfo(np.float32).tiny  # weights below sum to nothing


class Places(NamedTuple):
    """out[i] = sum over k of weights[k, i] * x[sources[k, i]].

    sources: i[places, new size]; weights: f32, the same.
    """

    sources: np.ndarray
    weights: np.ndarray

    def turned(self, size: int) -> Places:
        """The transposed sum, to an axis of `size`: what the gradient of this one is."""
        used = self.weights != 0
        to, taken_from = self.sources[used], np.nonzero(used)[1]
        order = np.argsort(to, kind="stable")
        to, taken_from = to[order], taken_from[order]
        counts = np.bincount(to, minlength=size)
        rank = np.arange(len(to)) - np.repeat(np.cumsum(counts) - counts, counts)
        sources = np.zeros((max(1, counts.max(initial=0)), size), np.intp)
        weights = np.zeros(sources.shape, np.float32)
        sources[rank, to] = taken_from
        weights[rank, to] = self.weights[used][order]
        return Places(sources, weights)

    def matrix(self, size: int) -> np.ndarray:
        """f32[new size, size] that multiplies the old axis."""
        matrix = np.zeros((self.sources.shape[1], size), np.float32)
        rows = np.broadcast_to(np.arange(len(matrix)), self.sources.shape)
        np.add.at(matrix, (rows, self.sources), self.weights)
        return matrix


def compiles(xp: Any) -> bool:
    return getattr(xp, "is_xla", False)


def along(vector: Any, axis: int) -> Any:
    """`vector` as it multiplies `axis` of n[n, h, w, c]."""
    return vector.reshape([-1 if at == axis else 1 for at in range(4)])


def taken(xp: Any, x: Any, sources: np.ndarray, axis: int) -> Any:
    """x: n[n, h, w, c] -> the pixels at `sources`, i[k], along `axis`."""
    size, count = x.shape[axis], len(sources)
    if np.array_equal(sources, np.arange(size)):
        return x
    if _is_repeated(sources, size):
        return xp.repeat(x, count // size, axis)
    if _is_regular(sources):
        step = sources[1] - sources[0] if count > 1 else 1
        return x[(slice(None),) * axis + (slice(sources[0], sources[-1] + 1, step),)]
    return xp.take(x, sources, axis, mode="clip")


def _is_repeated(sources: np.ndarray, size: int) -> bool:
    """Whether they are all pixels of an axis of `size`, each as often as the others."""
    count = len(sources)
    return count % size == 0 and np.array_equal(sources, np.arange(count) // (count // size))


def _is_regular(sources: np.ndarray) -> bool:
    """Whether the last axis counts upwards in equal steps."""
    steps = np.diff(sources, axis=-1)
    return bool((steps[..., :1] > 0).all() and (steps == steps[..., :1]).all())


def applied(xp: Any, x: Any, places: Places, axis: int) -> Any:
    """x: f[n, h, w, c] -> the same with `axis` sampled."""
    count = len(places.sources)
    if x.dtype.kind == "f" and compiles(xp) and count > 1 and not _is_regular(places.sources):
        return _by_matrix(xp, x, places, axis, lambda: _summed(xp, x, places, axis))
    if x.dtype.kind == "f" and count > _MOST_PLACES:
        return _multiplied(xp, x, places, axis)
    return _summed(xp, x, places, axis)


def _summed(xp: Any, x: Any, places: Places, axis: int) -> Any:
    """The sum, place by place."""
    sources, weights = places
    shape = (*x.shape[:axis], sources.shape[1], *x.shape[axis + 1 :])
    x, axis, sources, weights = _in_long_rows(x, axis, sources, weights)
    total: Any = None
    for source, weight in zip(sources, weights.astype(x.dtype), strict=True):
        part = taken(xp, x, source, axis) * along(weight, axis)
        total = part if total is None else total + part
    return total.reshape(shape)


def _by_matrix(xp: Any, x: Any, places: Places, axis: int, exactly: Callable[[], Any]) -> Any:
    """The sum in compiled code. What is no number would spoil a product's other rows."""
    product = lambda: _multiplied(xp, x, places, axis)
    return xp.either(xp.all(xp.isfinite(x)), product, exactly)


def _multiplied(xp: Any, x: Any, places: Places, axis: int) -> Any:
    """The same by products with small matrices: near places are sums over near places.

    Compiled, that is several times as fast as picking pixels.
    """
    matrix = places.matrix(x.shape[axis]).astype(x.dtype)
    parts = []
    for start in range(0, len(matrix), _ROWS):
        rows = matrix[start : start + _ROWS]
        used = np.flatnonzero(rows.any(0))
        first, last = (used[0], used[-1] + 1) if len(used) else (0, 1)
        seen = x[(slice(None),) * axis + (slice(first, last),)]
        parts.append(xp.tensordot(rows[:, first:last], seen, ((1,), (axis,))))
    return xp.moveaxis(xp.concatenate(parts, 0), 0, axis)


def _in_long_rows(
    x: Any, axis: int, sources: np.ndarray, weights: np.ndarray
) -> tuple[Any, int, np.ndarray, np.ndarray]:
    """The same sum over n[n, h, 1, w * c] where `axis` is that of the columns and c is small.

    NumPy's inner loops are then not just as long as there are channels.
    """
    count = x.shape[3]
    if axis != 2 or count >= MANY_CHANNELS:
        return x, axis, sources, weights
    spread = sources[..., None] * count + np.arange(count)
    rows = x.reshape(*x.shape[:2], 1, -1)
    return rows, 3, spread.reshape(len(sources), -1), np.repeat(weights, count, -1)


# Where a pixel lies -----------------------------------------------------------------------------


def scale_of(size: int, new: int, align_corners: bool) -> np.float32:
    """How many old pixels a new one is, which `align_corners` counts between centres."""
    if align_corners and new > 1:
        return np.float32(size - 1) / np.float32(new - 1)
    return np.float32(size) / np.float32(new)


def positions(size: int, new: int, align_corners: bool, half_pixel_centers: bool) -> np.ndarray:
    """f32[new], where in the old axis the new pixels lie."""
    scale, steps = scale_of(size, new, align_corners), np.arange(new, dtype=np.float32)
    if half_pixel_centers:
        return (steps + np.float32(0.5)) * scale - np.float32(0.5)
    return steps * scale


def nearest(size: int, new: int, align_corners: bool, half_pixel_centers: bool) -> np.ndarray:
    """i[new], the old pixel that each new one is."""
    steps = np.arange(new, dtype=np.float32)
    if half_pixel_centers:
        steps = steps + np.float32(0.5)
    at = steps * scale_of(size, new, align_corners)
    # A half is rounded up, not to even.
    whole = np.floor(at.astype(np.float64) + 0.5) if align_corners else np.floor(at)
    return np.clip(whole.astype(np.intp), 0, size - 1)


class Between(NamedTuple):
    """Each new pixel lies between two old ones, `part` of the way from the first.

    lower, upper: i[new]; part: f32[new].
    """

    lower: np.ndarray
    upper: np.ndarray
    part: np.ndarray

    def mirrored(self, size: int) -> Between:
        """The same of an axis of `size` that is turned around."""
        return self._replace(lower=size - 1 - self.lower, upper=size - 1 - self.upper)

    def places(self) -> Places:
        return Places(
            np.stack([self.lower, self.upper]), np.stack([np.float32(1) - self.part, self.part])
        )


def between(size: int, new: int, align_corners: bool, half_pixel_centers: bool) -> Between:
    at = positions(size, new, align_corners, half_pixel_centers)
    below = np.floor(at)
    lower = np.maximum(below.astype(np.intp), 0)
    upper = np.minimum(np.ceil(at).astype(np.intp), size - 1)
    return Between(lower, upper, at - below)


def _lerped(xp: Any, x: Any, axis: int, between: Between) -> Any:
    """x: n[n, h, w, c] -> f32, the same with `axis` interpolated linearly, in compiled code."""
    if not between.part.any():
        return xp.asarray(taken(xp, x, between.lower, axis), np.float32)
    x = xp.asarray(x, np.float32)
    exactly = lambda: _lerped_exactly(xp, x, axis, between)
    if _is_repeated(between.lower, x.shape[axis]):
        return exactly()
    return _by_matrix(xp, x, between.places(), axis, exactly)


def _lerped_exactly(xp: Any, x: Any, axis: int, between: Between) -> Any:
    shape = (*x.shape[:axis], len(between.part), *x.shape[axis + 1 :])
    sources = np.stack(between[:2])
    x, axis, sources, parts = _in_long_rows(x, axis, sources, between.part[None])
    low = taken(xp, x, sources[0], axis)
    high = xp.take(x, sources[1], axis, mode="clip")
    return (low + (high - low) * along(parts, axis)).reshape(shape)


def lerped_pictures(xp: Any, images: Any, rows: Between, columns: Between) -> Any:
    """images: n[n, h, w, c] -> f32, the same with columns, then rows interpolated linearly."""
    return _lerped(xp, _lerped(xp, images, 2, columns), 1, rows)


def cubic(size: int, new: int, align_corners: bool, half_pixel_centers: bool) -> Places:
    """Cubic convolution (Keys, 1981), of a = -0.75, which edges repeat; between half pixels -0.5.

    In the latter case what lies outside has no weight.
    """
    at = positions(size, new, align_corners, half_pixel_centers)
    below = np.floor(at)
    step = np.rint((at - below) * np.float32(_TABLE)).astype(np.intp)
    near, far = _cubic_table(-0.5 if half_pixel_centers else -0.75)
    weights = np.stack([far[step], near[step], near[_TABLE - step], far[_TABLE - step]])
    wanted = below.astype(np.intp) + np.arange(-1, 3)[:, None]
    sources = np.clip(wanted, 0, size - 1)
    return Places(sources, _whole(weights * (sources == wanted)) if half_pixel_centers else weights)


def _cubic_table(a: float) -> tuple[np.ndarray, np.ndarray]:
    """The weights of a pixel less than one away, and of one farther away."""
    x = np.arange(_TABLE + 1) / _TABLE
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    x = x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return near.astype(np.float32), far.astype(np.float32)


def _whole(weights: np.ndarray) -> np.ndarray:
    """weights: f32[places, new], scaled to sum to 1 where they are something."""
    total = weights.sum(0, dtype=np.float32)
    is_something = np.abs(total) >= _NOTHING
    return weights * np.where(is_something, np.float32(1) / np.where(is_something, total, 1), 1)


def areas(size: int, new: int, align_corners: bool) -> Places:
    """How much of each old pixel is in each new one; not divided by what a new one is."""
    scale = scale_of(size, new, align_corners)
    steps = np.arange(new + 1, dtype=np.float32) * scale
    start, stop = steps[:-1], steps[1:]
    first = np.floor(start).astype(np.intp)
    last = np.maximum(np.ceil(stop).astype(np.intp), first + 1)
    at = first + np.arange((last - first).max())[:, None]
    end = (at + 1).astype(np.float32)
    begins_inside = at < start
    ends_inside = end > stop
    weights = np.select(
        [begins_inside & ends_inside, begins_inside, ends_inside],
        [np.full(at.shape, scale), end - start, stop - at.astype(np.float32)],
        np.float32(1),
    )
    weights = np.where(at < last, weights, 0).astype(np.float32)
    return Places(np.clip(np.minimum(at, last - 1), 0, size - 1), weights)


# Sampling kernels -------------------------------------------------------------------------------


def _lanczos(radius: int) -> tuple[float, Callable[[np.ndarray], np.ndarray]]:
    pi = np.float32(3.14159265359)

    def weigh(x: np.ndarray) -> np.ndarray:
        safe = np.where(x <= np.float32(1e-3), np.float32(1), x)
        wave = _sin(pi * safe) * _sin(pi * safe / np.float32(radius))
        value = np.float32(radius) * wave / (pi * pi * safe * safe)
        return np.where(x > radius, 0, np.where(x <= np.float32(1e-3), 1, value))

    return float(radius), weigh


def _sin(x: np.ndarray) -> np.ndarray:
    """Rounded once, which NumPy's for float32 is not."""
    return np.sin(x.astype(np.float64)).astype(np.float32)


def _gaussian(x: np.ndarray) -> np.ndarray:
    return np.where(x >= 1.5, 0, np.exp(-(x.astype(np.float64) ** 2) / 0.5))


def _box(x: np.ndarray) -> np.ndarray:
    return np.where(x < 0.5, 1, np.where(x == 0.5, 0.5, 0))


def _triangle(x: np.ndarray) -> np.ndarray:
    return np.where(x < 1, 1 - x, 0)


def _keys(x: np.ndarray) -> np.ndarray:
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x >= 2, 0, np.where(x >= 1, far, near))


def _mitchell(x: np.ndarray) -> np.ndarray:
    near = (7 / 6 * x - 2) * x * x + 8 / 9
    far = ((-7 / 18 * x + 2) * x - 10 / 3) * x + 16 / 9
    return np.where(x >= 2, 0, np.where(x >= 1, far, near))


#: {name: (radius, weight of a distance)}
KERNELS: dict[str, tuple[float, Callable[[np.ndarray], np.ndarray]]] = {
    "lanczos1": _lanczos(1),
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
    "gaussian": (1.5, _gaussian),
    "box": (1.0, _box),
    "triangle": (1.0, _triangle),
    "keyscubic": (2.0, _keys),
    "mitchellcubic": (2.0, _mitchell),
}


def spans(
    size: int, new: int, scale: np.float32, translation: np.float32, kernel: str, antialias: bool
) -> Places:
    """What a sampling kernel sees of an axis that is scaled, then moved.

    It is as wide as a new pixel where `antialias` is true and that is wider than an old one.
    """
    radius, weigh = KERNELS[kernel]
    inverse = np.float32(1.0 / float(scale))
    width = max(inverse, np.float32(1)) if antialias else np.float32(1)
    reach = np.float32(radius) * width
    centre = (np.arange(new, dtype=np.float32) + np.float32(0.5)) * inverse - inverse * translation
    half = np.float32(0.5)
    first = np.clip(np.ceil(centre - reach - half).astype(np.int64), 0, size - 1)
    last = np.clip(np.floor(centre + reach - half).astype(np.int64), 0, size - 1)
    at = first + np.arange((last - first).max() + 1)[:, None]
    distance = np.abs((at.astype(np.float32) + half - centre) * (np.float32(1) / width))
    seen = (at <= last) & (centre >= 0) & (centre <= size)
    weights = np.where(seen, weigh(distance), 0).astype(np.float32)
    total = weights.sum(0, dtype=np.float32)
    weights = np.where(np.abs(total) >= _NOTHING, _whole(weights), 0).astype(np.float32)
    return Places(np.minimum(at, size - 1), weights)
