"""Floats as numbers of quantised types, and back."""

import itertools

from .arrays import f32, num
from .suite import Suite

suite = Suite("quantising")
case = suite.case

X = 4 * f32(3, 4)
KINDS = ("qint8", "quint8", "qint16", "quint16", "qint32")
#: Around 0, above it, below it, and too narrow.
RANGES = ((-10.0, 12.0), (1.0, 6.0), (-5.0, -1.0), (0.0, 1e-3))


def plain(tf, x, kind):
    """Quantised numbers as ints."""
    return tf.bitcast(x, kind[1:])


for kind, mode in itertools.product(KINDS, ("MIN_COMBINED", "MIN_FIRST", "SCALED")):
    if kind == "qint32" and mode != "SCALED":
        continue  # float32 tells too few of its numbers apart

    def there(tf, x, kind=kind, mode=mode):
        made = [tf.quantization.quantize(x, *ends, getattr(tf, kind), mode) for ends in RANGES]
        return [each for y, low, high in made for each in (plain(tf, y, kind), low, high)]

    def and_back(tf, x, kind=kind, mode=mode):
        made = [tf.quantize_v2(x, *ends, getattr(tf, kind), mode) for ends in RANGES]
        return [tf.dequantize(y, low, high, mode) for y, low, high in made]

    case(f"quantize_{kind}_{mode}", there, X, grad=False)
    case(f"dequantize_{kind}_{mode}", and_back, X, grad=False)
case(
    "quantize_half_to_even",
    lambda tf, x: plain(
        tf,
        tf.quantize(x, -127.0, 127.0, tf.qint8, "SCALED", "HALF_TO_EVEN")[0],
        "qint8",
    ),
    num([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]),
    grad=False,
)
case(
    "quantize_halves",
    lambda tf, x: plain(tf, tf.quantize(x, -127.0, 127.0, tf.qint8, "SCALED")[0], "qint8"),
    num([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]),
    grad=False,
)


def joined(tf, x, y, kind, ranges, axis):
    dtype = getattr(tf, kind)
    first = tf.quantize(x, *ranges[0], dtype, "MIN_FIRST")
    second = tf.quantize(y, *ranges[1], dtype, "MIN_FIRST")
    made = tf.quantized_concat(axis, *([first[at], second[at]] for at in range(3)))
    return [plain(tf, made[0], kind), made[1], made[2]]


for axis, ranges in itertools.product((0, 1), (((-4.0, 8.0), (-2.0, 16.0)), ((0.0, 9.0),) * 2)):
    case(
        f"concat_{axis}_{ranges[0][0]:g}",
        lambda tf, x, y, axis=axis, ranges=ranges: joined(tf, x, y, "quint8", ranges, axis),
        X,
        2 * X,
        grad=False,
    )
