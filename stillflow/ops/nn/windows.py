"""Windows that slide over the spatial axes of images or volumes: where they lie, what they see.

Convolution and pooling share this. A layout ("NHWC", "NCDHW") names the axes. `taps` is what each
place of the window sees as the window slides, a strided slice of the images; `untap` is its
transpose, which puts slices back and adds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.refusing import refuse

ShapeFunction = Callable[[shapes.ShapeContext], shapes.Sizes]
LAYOUTS = ("NHWC", "NCHW")
VOLUMES = ("NDHWC", "NCDHW")
PADDINGS = ("SAME", "VALID")


@dataclass(frozen=True, slots=True)
class Axis:
    """How windows lie along one axis of `size` elements, padded by `before` and `after`."""

    size: int
    window: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def reach(self) -> int:
        """How many elements a window spans."""
        return (self.window - 1) * self.dilation + 1

    @property
    def count(self) -> int:
        """How many windows there are."""
        return (self.size + self.before + self.after - self.reach) // self.stride + 1


def axis_of(
    size: int,
    window: int,
    stride: int,
    padding: str,
    dilation: int = 1,
    explicit: tuple[int, int] = (0, 0),
) -> Axis:
    """The windows along an axis, as `padding` says: "SAME", "VALID" or "EXPLICIT"."""
    if window < 1:
        refuse(f"filter must not have zero elements, but has {window} along an axis of space")
    before, after = explicit
    reach = (window - 1) * dilation + 1
    if padding == "SAME":
        count = -(-size // stride)
        total = max((count - 1) * stride + reach - size, 0)
        before, after = total // 2, total - total // 2
    axis = Axis(size, window, stride, dilation, before, after)
    if axis.count < 0:
        refuse(
            f"Computed output size would be negative: {axis.count} [input_size: {size}, "
            f"effective_filter_size: {reach}, stride: {stride}]"
        )
    return axis


def count_of(
    size: int | None,
    window: int | None,
    stride: int,
    padding: str,
    dilation: int = 1,
    explicit: tuple[int, int] = (0, 0),
) -> int | None:
    """How many windows there are, as far as it is known while building."""
    if stride < 1:
        raise shapes.ShapeError(f"Stride must be > 0, but got {stride}")
    if dilation < 1:
        raise shapes.ShapeError(f"Dilation rate must be >= 1, but got {dilation}")
    if size is None:
        return None
    if padding == "SAME":
        return -(-size // stride)
    if window is None:
        return None
    padded, reach = size + sum(explicit), (window - 1) * dilation + 1
    if reach > padded:
        raise shapes.ShapeError(
            f"Negative dimension size caused by subtracting {reach} from {padded}"
        )
    return (padded - reach) // stride + 1


# Attributes -------------------------------------------------------------------------------------


def limits(
    paddings: Sequence[str] = PADDINGS, layouts: Sequence[str] = LAYOUTS, **least: int
) -> dict[str, Any]:
    """What the attributes of an op with windows may be; `least` are the lengths of its lists."""
    return {"padding": paddings, "data_format": layouts, **least}


def shape_in(position: int, rank: int = 4) -> ShapeFunction:
    """For the gradients of convolutions: the output has the shape that input `position` holds."""

    def shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
        return shapes.with_rank(ctx.value_as_shape(position), rank)

    return shape


def per_axis(value: Any, name: str, data_format: str, length: int = 2) -> list[int]:
    """One number for each axis of a batch of images, from one, one per spatial axis, or all."""
    if value is None:
        value = [1]
    elif not isinstance(value, (list, tuple)):
        value = [value] if not hasattr(value, "__len__") else list(value)
    given = [int(item) for item in value]
    if len(given) == length + 2:
        return given
    if len(given) == 1:
        given = given * length
    elif len(given) != length:
        raise ValueError(
            f"{name} should be of length 1, {length} or {length + 2} but was {len(given)}"
        )
    return [1, 1, *given] if data_format.startswith("NC") else [1, *given, 1]


def spatial(values: Sequence[Any], data_format: str) -> Sequence[Any]:
    """Those of `values`, one per axis, that belong to the spatial axes."""
    rank = _rank(data_format)
    return values[2:rank] if data_format.startswith("NC") else values[1 : rank - 1]


def channels(values: Sequence[Any], data_format: str) -> Any:
    """That of `values`, one per axis, that belongs to the channels."""
    return values[1 if data_format.startswith("NC") else _rank(data_format) - 1]


def _rank(data_format: str) -> int:
    return 5 if "D" in data_format else 4


def in_layout(batch: Any, places: Sequence[Any], depth: Any, data_format: str) -> tuple:
    """The sizes of a batch of images, in the order of `data_format`."""
    channels_first = data_format.startswith("NC")
    return (batch, depth, *places) if channels_first else (batch, *places, depth)


def channels_last(xp: Any, x: Any, data_format: str) -> Any:
    """x: n[n, c, ...] or n[n, ..., c] -> n[n, ..., c]"""
    return xp.moveaxis(x, 1, -1) if data_format.startswith("NC") else x


def from_channels_last(xp: Any, x: Any, data_format: str) -> Any:
    """x: n[n, ..., c] -> in the order of `data_format`"""
    return xp.moveaxis(x, -1, 1) if data_format.startswith("NC") else x


# Slices of images -------------------------------------------------------------------------------


def padded(xp: Any, x: Any, axes: Sequence[Axis], value: Any = 0) -> Any:
    """x: n[n, ..., c] -> with `value` around it, as the axes are padded."""
    if not any(axis.before or axis.after for axis in axes):
        return x
    widths = [(0, 0), *((axis.before, axis.after) for axis in axes), (0, 0)]
    return xp.pad(x, widths, constant_values=value)


def offsets(axes: Sequence[Axis]) -> Iterator[tuple[int, ...]]:
    """The places of a window, row by row."""
    return itertools.product(*(range(axis.window) for axis in axes))


def taps(x: Any, axes: Sequence[Axis]) -> list[Any]:
    """x: n[n, ..., c], padded -> for each place of the window what is there, n[n, counts, c]."""
    return [
        x[(slice(None), *(_seen(k, axis) for k, axis in zip(at, axes, strict=True)))]
        for at in offsets(axes)
    ]


def _seen(k: int, axis: Axis) -> slice:
    """What the k-th place of the window passes over."""
    start = k * axis.dilation
    return slice(start, start + (axis.count - 1) * axis.stride + 1, axis.stride)


def untap(xp: Any, parts: Iterable[Any], axes: Sequence[Axis]) -> Any:
    """The transpose of `padded` and `taps`: n[n, counts, c] per place -> n[n, sizes, c], summed.

    A place k of the window lies on the pixels whose index is k modulo the stride, so the parts are
    summed for each residue on the coarse grid of the windows, and the sums are interleaved.
    """
    sums: dict[tuple[int, ...], Any] = {}
    for at, part in zip(offsets(axes), parts, strict=True):
        steps = [divmod(k * axis.dilation, axis.stride) for k, axis in zip(at, axes, strict=True)]
        shifted = _shifted(xp, part, [step for step, _ in steps], axes)
        residue = tuple(rest for _, rest in steps)
        sums[residue] = shifted if residue not in sums else xp.add(sums[residue], shifted)
    return _cropped(xp, _interleaved(xp, sums, axes), axes)


def _shifted(xp: Any, part: Any, steps: Sequence[int], axes: Sequence[Axis]) -> Any:
    """`part` moved by `steps` on a grid on which the furthest place of the window fits."""
    widest = [(axis.reach - 1) // axis.stride for axis in axes]
    if not any(widest):
        return part
    around = [(step, most - step) for step, most in zip(steps, widest, strict=True)]
    return xp.pad(part, [(0, 0), *around, (0, 0)])


def _interleaved(xp: Any, sums: dict[tuple[int, ...], Any], axes: Sequence[Axis]) -> Any:
    """The grids of all residues as one: n[n, counts, c] each -> n[n, counts * strides, c]."""
    some = next(iter(sums.values()))
    strides = [axis.stride for axis in axes]
    if all(stride == 1 for stride in strides):
        return some
    n, *counts, c = some.shape
    sizes = (count * stride for count, stride in zip(counts, strides, strict=True))
    return xp.reshape(_from(xp, (), sums, strides, xp.zeros_like(some)), (n, *sizes, c))


# A function of its own: one within another that calls itself would keep the grids until Python's
# garbage collector comes by, which is after many steps of a training.
def _from(xp: Any, residue: tuple[int, ...], sums: Any, strides: Sequence[int], rest: Any) -> Any:
    """The grids whose residues begin so, each axis from there on followed by its residues."""
    axis = len(residue)
    if axis == len(strides):
        return sums.get(residue, rest)
    grids = [_from(xp, (*residue, i), sums, strides, rest) for i in range(strides[axis])]
    return xp.stack(grids, axis=axis + 2)


def _cropped(xp: Any, x: Any, axes: Sequence[Axis]) -> Any:
    """The images without their padding; what no window reached is 0."""
    short = [max(axis.before + axis.size - x.shape[1 + i], 0) for i, axis in enumerate(axes)]
    if any(short):
        x = xp.pad(x, [(0, 0), *((0, missing) for missing in short), (0, 0)])
    return x[(slice(None), *(slice(a.before, a.before + a.size) for a in axes))]
