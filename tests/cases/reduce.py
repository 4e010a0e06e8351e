"""Reductions, arg-reductions, moments."""

from .arrays import INF, NAN, bools, dbl, empty, f32, f64, ints, longs, num, pos
from .suite import Suite, lookup

suite = Suite("reduce")
case = suite.case

FLOAT = ["sum", "mean", "prod", "max", "min"]

for name in [*FLOAT, "logsumexp", "euclidean_norm"]:
    full = "math.reduce_" + name if name == "euclidean_norm" else "reduce_" + name

    def reduced(tf, x, full=full, **options):
        return lookup(tf, full)(x, **options)

    case(name + "_all", reduced, f32(2, 3))
    case(name + "_scalar", reduced, num(1.5))
    case(name + "_float64", reduced, f64(3, 2))
    for axis in (0, 1, -1, -2, [0, 2], [-1, 0], [], [0, 1, 2]):
        case(
            f"{name}_axis{axis}",
            lambda tf, x, f=reduced, a=axis: f(tf, x, axis=a),
            f32(2, 3, 2),
        )
        case(
            f"{name}_axis{axis}_keepdims",
            lambda tf, x, f=reduced, a=axis: f(tf, x, axis=a, keepdims=True),
            f32(2, 3, 2),
        )
    case(name + "_axis_fed", lambda tf, x, a, f=reduced: f(tf, x, axis=a), f32(2, 3), ints(1))
    case(
        name + "_axes_fed",
        lambda tf, x, a, f=reduced: f(tf, x, axis=a),
        f32(2, 3, 2),
        ints([0, -1]),
    )
    case(name + "_axis_int64", lambda tf, x, f=reduced: f(tf, x, axis=longs([0])), f32(2, 3))
    if name != "euclidean_norm":
        case(
            name + "_old_names",
            lambda tf, x, f=reduced: [
                f(tf, x, reduction_indices=[1]),
                f(tf, x, reduction_indices=1, keep_dims=True),
            ],
            f32(2, 3),
        )
    case(name + "_named", lambda tf, x, f=reduced: f(tf, x, name="total"), f32(2))
    case(name + "_twice", lambda tf, x, f=reduced: [f(tf, x), f(tf, x)], f32(2))

for name in FLOAT:
    case(name + "_empty_axis", lambda tf, x, n=name: lookup(tf, "reduce_" + n)(x, 0), empty(0, 3))
    case(name + "_empty", lambda tf, x, n=name: lookup(tf, "reduce_" + n)(x), empty(0))
    case(
        name + "_int32",
        lambda tf, x, n=name: lookup(tf, "reduce_" + n)(x, 1),
        ints([[1, 2, 4], [-7, 5, 0]]),
    )
    case(
        name + "_int64",
        lambda tf, x, n=name: lookup(tf, "reduce_" + n)(x),
        longs([[1, 2, -5], [2**40, 5, 1]]),
    )
    case(
        name + "_nonfinite",
        lambda tf, x, n=name: lookup(tf, "reduce_" + n)(x, 1),
        num([[1, INF], [NAN, 2], [-INF, INF]]),
        grad=False,
    )
case("mean_int32_truncates", lambda tf, x: tf.reduce_mean(x), ints([-3, -4]))
case("sum_int32_wraps", lambda tf, x: tf.reduce_sum(x), ints([2**31 - 1, 1]))
case("max_ties", lambda tf, x: tf.reduce_max(x, 1), num([[1, 1, 0], [0, 2, 2]]))
case("min_ties", lambda tf, x: tf.reduce_min(x, 1), num([[1, 1, 3], [2, 2, 2]]))
case("prod_with_zero", lambda tf, x: tf.reduce_prod(x, 1), num([[2, 0, 3], [0, 0, 4]]))
case("logsumexp_large", lambda tf, x: tf.reduce_logsumexp(x, 1), num([[1000, 1000], [-1000, 0]]))
case(
    "logsumexp_inf",
    lambda tf, x: tf.reduce_logsumexp(x, 1),
    num([[-INF, -INF], [INF, 0]]),
    grad=False,
)
for name in ["any", "all"]:
    for axis in (None, 0, -1, [0, 1]):
        case(
            f"{name}_axis{axis}",
            lambda tf, x, n=name, a=axis: lookup(tf, "reduce_" + n)(x, a),
            bools([[True, False], [True, True]]),
        )
    case(
        name + "_keepdims",
        lambda tf, x, n=name: lookup(tf, "reduce_" + n)(x, 1, True),
        bools([[True, False], [False, False]]),
    )
    case(name + "_empty", lambda tf, x, n=name: lookup(tf, "reduce_" + n)(x), bools([]))
    case(
        name + "_old_names",
        lambda tf, x, n=name: lookup(tf, "reduce_" + n)(x, reduction_indices=0, keep_dims=True),
        bools([[True, False]]),
    )

SPARSE = num([[0, 1, 2], [0, 0, 3]])
case("count_nonzero", lambda tf, x: tf.count_nonzero(x), SPARSE)
case("count_nonzero_axis", lambda tf, x: tf.count_nonzero(x, axis=1, keepdims=True), SPARSE)
case("count_nonzero_dtype", lambda tf, x: tf.count_nonzero(x, 0, dtype=tf.int32), SPARSE)
case("count_nonzero_bool", lambda tf, x: tf.count_nonzero(x), bools([True, False, True]))
case(
    "norm",
    lambda tf, x: [tf.norm(x), tf.norm(x, axis=1), tf.norm(x, 1), tf.norm(x, 3.0, 0)],
    f32(2, 3),
)
case("norm_inf", lambda tf, x: tf.norm(x, float("inf"), axis=1, keepdims=True), f32(2, 3))
case("norm_fro", lambda tf, x: tf.norm(x, "fro", axis=[0, 1]), f32(2, 3))
case("reduce_variance", lambda tf, x: tf.math.reduce_variance(x, 0), f32(3, 2))
case("reduce_std", lambda tf, x: tf.math.reduce_std(x, 1, keepdims=True), f32(3, 2))

# argmax, argmin.

for name in ["argmax", "argmin"]:
    for axis in (None, 0, 1, -1):
        case(f"{name}_axis{axis}", lambda tf, x, n=name, a=axis: lookup(tf, n)(x, a), f32(3, 4))
    case(name + "_default", lambda tf, x, n=name: lookup(tf, n)(x), f32(3, 4))
    case(name + "_vector", lambda tf, x, n=name: lookup(tf, n)(x), f32(4))
    case(name + "_dimension", lambda tf, x, n=name: lookup(tf, n)(x, dimension=1), f32(3, 4))
    case(
        name + "_int32", lambda tf, x, n=name: lookup(tf, n)(x, 1, output_type=tf.int32), f32(2, 4)
    )
    case(name + "_of_ints", lambda tf, x, n=name: lookup(tf, n)(x), ints([3, 9, -1, 9, -1]))
    case(name + "_ties", lambda tf, x, n=name: lookup(tf, n)(x, 1), num([[1, 1, 0], [0, 2, 0]]))
    case(name + "_nan", lambda tf, x, n=name: lookup(tf, n)(x, 1), num([[1, NAN, 3], [NAN, 2, 0]]))
    case(name + "_axis_fed", lambda tf, x, a, n=name: lookup(tf, n)(x, a), f32(2, 3), ints(1))
    case(name + "_float64", lambda tf, x, n=name: lookup(tf, n)(x, 0), dbl([[1, 5], [3, 2]]))
case(
    "accuracy",
    lambda tf, x, y: tf.reduce_mean(
        tf.cast(tf.equal(tf.argmax(x, 1), tf.argmax(y, 1)), tf.float32)
    ),
    f32(5, 3),
    f32(5, 3, at=1),
    grad=False,
)

# Moments.

case("moments", lambda tf, x: tf.nn.moments(x, [0]), f32(4, 3))
case("moments_keep", lambda tf, x: tf.nn.moments(x, [0, 1], keep_dims=True), f32(2, 3, 2))
case("moments_keepdims", lambda tf, x: tf.nn.moments(x, axes=[-1], keepdims=True), f32(2, 3))
case("moments_float64", lambda tf, x: tf.nn.moments(x, [0]), f64(4, 3))
case(
    "weighted_moments",
    lambda tf, x, w: tf.nn.weighted_moments(x, [0], w),
    f32(4, 3),
    pos(4, 1),
    grad=False,
)
case(
    "normalize_moments",
    lambda tf, x: tf.nn.normalize_moments(4.0, tf.reduce_sum(x, 0), tf.reduce_sum(x * x, 0), None),
    f32(4, 3),
)
case("sufficient_statistics", lambda tf, x: tf.nn.sufficient_statistics(x, [0])[:3], f32(4, 3))
case("zero_fraction", lambda tf, x: tf.nn.zero_fraction(x), SPARSE)
