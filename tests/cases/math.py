"""Arithmetic, comparison, logic and elementwise mathematics."""

import operator

import numpy as np

from .arrays import (
    SPECIAL,
    TIES,
    bools,
    count,
    dbl,
    empty,
    f32,
    f64,
    half,
    ints,
    longs,
    num,
    pos,
    unit,
)
from .suite import Suite, lookup

suite = Suite("math")
case = suite.case


def spell(shape):
    """A shape as ids write it: "2x3", and "scalar"."""
    return "x".join(map(str, shape)) or "scalar"


def unary(name, *arrays, **options):
    """One case per array for the function `name`."""
    for array in arrays:
        id = f"{name}_{array.dtype.name}_{spell(array.shape)}"
        case(id, lambda tf, x: lookup(tf, name)(x), array, **options)


def binary(name, *pairs, **options):
    """One case per pair of arrays for the function `name`."""
    for a, b in pairs:
        id = f"{name}_{a.dtype.name}_{spell(a.shape)}_{spell(b.shape)}"
        case(id, lambda tf, x, y: lookup(tf, name)(x, y), a, b, **options)


# Elementwise functions of one argument: on their domain, in both widths, then at the corners.

WHOLE_LINE = [
    "abs",
    "sign",
    "square",
    "exp",
    "expm1",
    "sin",
    "cos",
    "tan",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "floor",
    "ceil",
    "round",
    "math.rint",
    "erf",
    "erfc",
    "sigmoid",
    "negative",
    "nn.softplus",
    "nn.softsign",
    "nn.relu",
    "nn.relu6",
    "nn.elu",
    "nn.selu",
    "nn.leaky_relu",
    "nn.swish",
    "zeros_like",
    "ones_like",
    "identity",
    "stop_gradient",
]
POSITIVE = ["sqrt", "rsqrt", "log", "log1p", "lgamma", "digamma", "reciprocal", "log_sigmoid"]
WITHIN_ONE = ["asin", "acos", "atanh"]

for name in WHOLE_LINE:
    unary(name, f32(2, 3), f64(4), empty(0, 3))
for name in POSITIVE:
    unary(name, pos(2, 3), pos(4).astype("float64"), empty(0))
for name in WITHIN_ONE:
    unary(name, unit(2, 3), unit(4).astype("float64"))
unary("acosh", pos(2, 3) + 1, (pos(4) + 1).astype("float64"))
for name in WHOLE_LINE + POSITIVE + WITHIN_ONE + ["acosh"]:
    case(name + "_special", lambda tf, x, name=name: lookup(tf, name)(x), SPECIAL, grad=False)
for name in [
    "abs",
    "sign",
    "square",
    "nn.relu",
    "nn.relu6",
    "nn.elu",
    "nn.selu",
    "nn.leaky_relu",
    "nn.softsign",
]:
    case(name + "_ties", lambda tf, x, name=name: lookup(tf, name)(x), TIES[0])
for name in [
    "abs",
    "sign",
    "square",
    "negative",
    "floor",
    "ceil",
    "nn.relu",
    "round",
    "zeros_like",
    "ones_like",
]:
    if name not in ("floor", "ceil"):
        unary(name, ints([[-3, 0, 7]]), longs([-5, 2**40]))
for name in ["is_nan", "is_inf", "is_finite"]:
    unary(name, SPECIAL, half([1, float("inf")]))
for name in ["sqrt", "exp", "tanh", "sigmoid", "abs"]:
    case(name + "_scalar", lambda tf, x, name=name: lookup(tf, name)(x), num(0.25))
unary("logical_not", bools([True, False]))
case("round_half_even", lambda tf, x: tf.round(x), num([0.5, 1.5, 2.5, -0.5, -1.5, 2.50001]))
case("sign_nan", lambda tf, x: tf.sign(x), num([float("nan"), -0.0]), grad=False)
case("neg_python_name", lambda tf, x: tf.math.negative(x, name="minus"), f32(2))
case("sqrt_half", lambda tf, x: tf.sqrt(x), half([4, 2]), grad=False)
case(
    "exp_half",
    lambda tf, x: tf.exp(x),
    half([1, -2]),
    grad=False,
    rtol=1e-3,
    why="half has 11 bits",
)
case("abs_int_min", lambda tf, x: tf.abs(x), ints([-(2**31)]))
case(
    "exp_overflow",
    lambda tf, x: tf.exp(x),
    num([88, 89, -103, -104]),
    grad=False,
    atol=1e-30,
    rtol=1e-4,
    why="Eigen's exp clamps its argument near overflow",
)
case("tanh_large", lambda tf, x: tf.tanh(x), num([-20, -9.01, 9.01, 50]))
case("sigmoid_large", lambda tf, x: tf.sigmoid(x), num([-100, -20, 20, 100]))
case("softplus_large", lambda tf, x: tf.nn.softplus(x), num([-100, -14, 14, 100]))

# Functions of two arguments: equal shapes, broadcasting both ways, scalars, empty.

SHAPES = [
    (f32(2, 3), f32(2, 3, at=1)),
    (f32(2, 3), f32(3, at=1)),
    (f32(2, 1), f32(1, 3, at=1)),
    (f32(), f32(2, 3, at=1)),
]
BROADCASTING = [
    (f32(2, 3), f32(1, 1, at=1)),
    (f32(4, 1, 3), f32(2, 1, at=1)),
    (empty(0, 3), f32(3, at=1)),
    (f32(1), empty(0)),
]
for name in ["add", "subtract", "multiply", "divide"]:
    binary(name, *SHAPES, *BROADCASTING)
    binary(name, (f64(2, 2), f64(2, at=1)), (half([1, 2]), half([3, 7])), grad=name != "divide")
for name in ["maximum", "minimum", "squared_difference", "truediv", "div", "atan2"]:
    binary(name, *SHAPES[:2], TIES, BROADCASTING[1])
case(
    "div_complex_by_number",
    lambda tf, x: [tf.div(x, 2.0), tf.div(tf.cast(x, tf.complex64), 2)],
    np.array([1 + 3j, 2 - 1j]),
    grad=False,
)
binary("div_no_nan", (f32(2, 3), num([0, 1, -2])), (num([0, 1]), num([[0], [3]])))
binary("pow", *[(num(abs(a) + 0.5), b) for a, b in SHAPES])
binary("floordiv", *SHAPES[:2])
binary("floormod", *SHAPES[:3])
binary("mod", SHAPES[0])
binary("truncatediv", (ints([7, -7, 7, -7]), ints([2, 2, -2, -2])))
binary("truncatemod", (ints([7, -7, 7, -7]), ints([2, 2, -2, -2])), SHAPES[0], grad=False)
binary(
    "igamma", (pos(3) + 0.5, pos(3, at=1)), grad=False, rtol=1e-4, why="Eigen's series in float32"
)
binary(
    "igammac", (pos(3) + 0.5, pos(3, at=1)), grad=False, rtol=1e-4, why="Eigen's series in float32"
)
binary("zeta", (pos(3) + 1.5, pos(3, at=1)), grad=False, rtol=1e-4, why="series in float32")
binary("math.xlogy", (num([0, 0, 2]), num([0, 3, 3])))
binary("math.xdivy", (num([0, 0, 2]), num([0, 3, 3])))
binary("maximum", (SPECIAL, SPECIAL[::-1].copy()), grad=False)
binary("minimum", (SPECIAL, SPECIAL[::-1].copy()), grad=False)
case("pow_square_of_negative", lambda tf, x: tf.pow(x, 2.0), f32(2, 3))
case("pow_cube", lambda tf, x: x**3, f32(2, 3))
case("pow_of_zero", lambda tf, x, y: tf.pow(x, y), num([0, 0, 0]), num([0, 1, 2]))
case("pow_of_negative_exponent", lambda tf, x, y: tf.pow(x, y), num([-2, -1]), num([2, 3]))
case("pow_special", lambda tf, x: [tf.pow(x, 0.5), tf.pow(2.0, x)], SPECIAL, grad=False)
case("pow_half", lambda tf, x: tf.pow(x, 0.5), pos(3))

INTS = [(ints([7, -7, 7, -7, 0]), ints([2, 2, -2, -2, 5]))]
LONGS = [(longs([7, -7, 2**40, -(2**40) - 1]), longs([2, 2, -2, 3]))]
for name in [
    "add",
    "subtract",
    "multiply",
    "divide",
    "truediv",
    "div",
    "floordiv",
    "mod",
    "floormod",
    "maximum",
    "minimum",
    "squared_difference",
]:
    case(name + "_int32", lambda tf, x, y, name=name: lookup(tf, name)(x, y), *INTS[0])
    case(name + "_int64", lambda tf, x, y, name=name: lookup(tf, name)(x, y), *LONGS[0])
case("pow_int32", lambda tf, x, y: tf.pow(x, y), ints([2, -3, 5]), ints([10, 3, 0]))
case("pow_int64", lambda tf, x, y: tf.pow(x, y), longs([2, -3]), longs([40, 3]))
case("multiply_int32_wraps", lambda tf, x: x * x, ints([2**20, -(2**16)]))
case("add_int32_wraps", lambda tf, x: x + x, ints([2**31 - 1]))
case("add_uint8_wraps", lambda tf, x: x + x, ints([200, 3]).astype("uint8"))
case("floordiv_int8", lambda tf, x: x // 3, ints([-100, 7]).astype("int8"))
case("truediv_int8", lambda tf, x: x / 4, ints([-100, 7]).astype("int8"))
case("truediv_int16", lambda tf, x: x / 4, ints([-100, 7]).astype("int16"))
case("floordiv_special", lambda tf, x: x // 2.0, SPECIAL, grad=False)
case("floormod_special", lambda tf, x: x % 2.0, SPECIAL, grad=False)
case("floormod_negative_divisor", lambda tf, x: x % -1.5, f32(2, 3))
case("add_strings", lambda tf: tf.add(["a", "b"], "c"))

# Comparison and logic.

for name in ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]:
    binary(name, SHAPES[0], TIES, (SPECIAL, SPECIAL[::-1].copy()), *INTS, *LONGS)
for name in ["equal", "not_equal"]:
    binary(name, (bools([True, False, True]), bools([True, True, False])))
    case(name + "_strings", lambda tf, name=name: lookup(tf, name)(["a", "b"], ["a", "c"]))
for name in ["logical_and", "logical_or", "logical_xor"]:
    binary(name, (bools([[True], [False]]), bools([True, False])))

# Python operators, forward and reflected, on each side of a Python number or an array.

OPERATORS = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge"]
for name in OPERATORS:
    apply = getattr(operator, name)
    base = pos(2, 3) + 0.25
    case(f"operator_{name}", lambda tf, x, y, f=apply: f(x, y), base, base[::-1].copy())
    case(f"operator_{name}_number", lambda tf, x, f=apply: f(x, 2), base)
    case(f"operator_{name}_reflected", lambda tf, x, f=apply: f(2.5, x), base)
    case(f"operator_{name}_int", lambda tf, x, f=apply: [f(x, 3), f(7, x)], ints([1, 2, 5]))
    case(f"operator_{name}_array", lambda tf, x, f=apply: f(f32(3) * 0 + 2, x), base)
for name in ["and_", "or_", "xor"]:
    apply = getattr(operator, name)
    case(
        f"operator_{name}",
        lambda tf, x, y, f=apply: f(x, y),
        bools([True, True, False]),
        bools([True, False, False]),
    )
    case(
        f"operator_{name}_reflected",
        lambda tf, x, f=apply: [f(True, x), f(x, False)],
        bools([True, False]),
    )
case("operator_invert", lambda tf, x: ~x, bools([True, False]))
case("operator_neg_abs", lambda tf, x: [-x, abs(x)], f32(3))
case("operator_matmul", lambda tf, x, y: x @ y, f32(2, 3), f32(3, 2, at=1))
case("operator_matmul_reflected", lambda tf, x: f32(2, 3) @ x, f32(3, 2, at=1))
case("operator_eq_is_identity", lambda tf, x: [x == x, x == 1, x != x], f32(2), grad=False)
case("operator_div_of_ints", lambda tf, x: [x / 2, 1 / x, x // 2, x % 2], ints([5, -5]))
case("operator_div_of_longs", lambda tf, x: [x / 2, x // -2, x % -2], longs([5, -5]))
case("operator_list_operand", lambda tf, x: x + [1, 2, 3], f32(3))  # noqa: RUF005
case("operator_chain", lambda tf, x: (x * 2 + 1 - x / 3) ** 2, f32(2, 2))

# Sums of many, running sums.

case("add_n", lambda tf, x, y: tf.add_n([x, y, x]), f32(2, 3), f32(2, 3, at=1))
case("add_n_one", lambda tf, x: tf.add_n([x]), f32(2))
case("add_n_ints", lambda tf, x: tf.add_n([x, x]), ints([1, 2]))
case("accumulate_n", lambda tf, x, y: tf.accumulate_n([x, y, x]), f32(2, 3), f32(2, 3, at=1))
case("accumulate_n_one", lambda tf, x: tf.accumulate_n([x]), f32(2))
for name in ["cumsum", "cumprod"]:
    for exclusive in (False, True):
        for reverse in (False, True):
            case(
                "{}_{}{}".format(name, "x" * exclusive, "r" * reverse),
                lambda tf, x, name=name, e=exclusive, r=reverse: lookup(tf, name)(
                    x, axis=1, exclusive=e, reverse=r
                ),
                f32(2, 4),
            )
    case(name + "_default", lambda tf, x, name=name: lookup(tf, name)(x), f32(3, 2))
    case(name + "_last_axis", lambda tf, x, name=name: lookup(tf, name)(x, -1), f32(2, 3))
    case(name + "_int32", lambda tf, x, name=name: lookup(tf, name)(x), ints([3, -1, 4]))
case("cumprod_zero", lambda tf, x: tf.cumprod(x), num([2, 0, 3]), grad=False)

# Clipping.

case("clip_by_value", lambda tf, x: tf.clip_by_value(x, -0.5, 0.75), f32(3, 3))
case("clip_by_value_ties", lambda tf, x: tf.clip_by_value(x, 0.0, 1.0), TIES[0])
case(
    "clip_by_value_tensors",
    lambda tf, x, a, b: tf.clip_by_value(x, a, b),
    f32(2, 3),
    num([-1, 0, 0.5]),
    num([0, 1, 1]),
)
case("clip_by_value_course", lambda tf, x: tf.clip_by_value(x, 1e-12, 1.0), num([0, 0.4, 1.5]))
case("clip_by_value_int", lambda tf, x: tf.clip_by_value(x, -1, 2), ints([-5, 1, 7]))
case("clip_by_norm", lambda tf, x: tf.clip_by_norm(x, 1.0), f32(2, 3))
case("clip_by_norm_inside", lambda tf, x: tf.clip_by_norm(x, 100.0), f32(2, 3))
case("clip_by_norm_axes", lambda tf, x: tf.clip_by_norm(x, 1.5, axes=[1]), f32(2, 3))
case("clip_by_norm_zero", lambda tf, x: tf.clip_by_norm(x, 1.0), num([0, 0]))
case("clip_by_average_norm", lambda tf, x: tf.clip_by_average_norm(x, 0.1), f32(2, 3))
case(
    "clip_by_global_norm",
    lambda tf, x, y: tf.clip_by_global_norm([x, None, y], 2.0),
    f32(2, 3),
    f32(2, at=1),
)
case(
    "clip_by_global_norm_inside",
    lambda tf, x, y: tf.clip_by_global_norm([x, y], 50.0),
    f32(2, 3),
    f32(2, at=1),
)
case(
    "clip_by_global_norm_inf",
    lambda tf, x: tf.clip_by_global_norm([x], 2.0),
    num([float("inf"), 1]),
    grad=False,
)
case(
    "clip_by_global_norm_given",
    lambda tf, x: tf.clip_by_global_norm([x], 2.0, use_norm=tf.constant(4.0)),
    f32(3),
)
case("global_norm", lambda tf, x, y: tf.global_norm([x, None, y]), f32(2, 3), f32(2, at=1))

# Casts.

DTYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]
for source in DTYPES:
    case(
        "cast_from_" + source,
        lambda tf, x: [tf.cast(x, to) for to in DTYPES],
        num([0, 1, 2.75, 100]).astype(source),
        grad=False,
    )
case(
    "cast_negative",
    lambda tf, x: [tf.cast(x, t) for t in ("int32", "int64", "int8", "bool")],
    num([-2.75, -0.5, -1, -100]),
    grad=False,
)
case("cast_gradient", lambda tf, x: tf.cast(x, tf.float64), f32(3))
case("cast_same", lambda tf, x: tf.cast(x, tf.float32), f32(3))
case(
    "cast_dtype_forms",
    lambda tf, x: [tf.cast(x, t) for t in (tf.int32, "int32", np.int32, 3)],
    f32(3),
    grad=False,
)
for name in ["to_float", "to_double", "to_int32", "to_int64"]:
    unary(name, f32(3), ints([1, -2]))
case("saturate_cast", lambda tf, x: tf.saturate_cast(x, tf.uint8), num([-5, 100, 300]), grad=False)
case("bitcast", lambda tf, x: tf.bitcast(x, tf.int32), f32(3), grad=False)
case("to_bool_sum", lambda tf, x: tf.reduce_mean(tf.cast(x > 0, tf.float32)), f32(5))
case("add_count", lambda tf, x: x + tf.constant(1), count(2, 3))
case("number_beside_float64", lambda tf, x: x * 2, dbl([1, 2]))
