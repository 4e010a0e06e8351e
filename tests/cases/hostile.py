"""Expressions over numbers that overflow, vanish, or are none.

Each is recorded alone: what TensorFlow's graph optimizer makes of it depends on what is beside it.
"""

import numpy as np

from .suite import Suite

suite = Suite("hostile")

#: Zeros, denormals, small, ordinary and huge numbers, infinities, and what is no number.
NUMBERS = np.array(
    [
        *(0.0, -0.0, 1.0, -1.0, 0.5, 3.0, -7.0, 1e-40, -1e-40, 1e-30, 1e-20, 1e20, -1e20),
        *(3e38, -3e38, 20.0, -20.0, 90.0, -90.0, 200.0, -200.0, np.inf, -np.inf, np.nan),
    ],
    np.float32,
)

UNARY = {
    name: lambda tf, x, name=name: getattr(tf, name)(x)
    for name in (
        *("exp", "log", "sqrt", "rsqrt", "square", "reciprocal", "negative", "abs", "tanh"),
        *("sigmoid", "sign", "floor", "log1p", "expm1"),
    )
}
UNARY.update(
    {
        name: lambda tf, x, name=name: getattr(tf.nn, name)(x)
        for name in ("softplus", "relu", "elu", "selu", "softsign")
    }
)
UNARY.update(
    {
        "pow2": lambda tf, x: tf.pow(x, 2.0),
        "pow_half": lambda tf, x: tf.pow(x, 0.5),
        "pow_minus_one": lambda tf, x: tf.pow(x, -1.0),
        "is_positive": lambda tf, x: tf.cast(x > 0, tf.float32),
        "as_int32": lambda tf, x: tf.cast(tf.cast(x, tf.int32), tf.float32),
        "as_uint8": lambda tf, x: tf.cast(tf.cast(x, tf.uint8), tf.float32),
        "as_float64": lambda tf, x: tf.cast(tf.cast(x, tf.float64), tf.float32),
    }
)
BINARY = {
    "add": lambda tf, x, y: x + y,
    "subtract": lambda tf, x, y: x - y,
    "multiply": lambda tf, x, y: x * y,
    "divide": lambda tf, x, y: x / y,
    "less": lambda tf, x, y: y - x,
    "under": lambda tf, x, y: y / x,
    "maximum": lambda tf, x, y: tf.maximum(x, y),
}
#: Of these every composition of two is a case.
COMPOSED = ("exp", "log", "sqrt", "square", "reciprocal", "sigmoid", "softplus", "pow_half")


def case(id, fn):
    suite.case(id, fn, NUMBERS, grad=False)


for name, function in UNARY.items():
    case(name, function)
for outer in COMPOSED:
    for inner in COMPOSED:
        case(
            f"{outer}_of_{inner}",
            lambda tf, x, outer=outer, inner=inner: UNARY[outer](tf, UNARY[inner](tf, x)),
        )
for name, function in BINARY.items():
    case(f"{name}_itself", lambda tf, x, function=function: function(tf, x, x))
    for inner in ("exp", "log", "square"):
        case(
            f"{name}_{inner}_and_{inner}_of_negative",
            lambda tf, x, function=function, inner=inner: function(
                tf, UNARY[inner](tf, x), UNARY[inner](tf, -x)
            ),
        )
    for constant in (0.0, 1e30):
        case(
            f"{name}_{constant:g}",
            lambda tf, x, function=function, constant=constant: function(tf, x, constant),
        )
# Two constants, which TensorFlow brings together.
for first in ("add", "subtract", "less", "multiply", "divide"):
    for second in ("add", "subtract", "less", "multiply", "divide"):
        for one, two in ((3.0, 1e-30), (1e30, 1e30), (1e30, 1e-30), (1.0, 0.0)):
            case(
                f"{first}_{one:g}_{second}_{two:g}",
                lambda tf, x, first=first, second=second, one=one, two=two: BINARY[second](
                    tf, BINARY[first](tf, x, one), two
                ),
            )
# A constant that is computed, of constants or of a declared shape, is one.
for one, two in ((1e30, 1e30), (1e30, 1e-30)):
    case(
        f"multiply_cast_{one:g}_divide_{two:g}",
        lambda tf, x, one=one, two=two: x * tf.cast(tf.constant(one, tf.float64), tf.float32) / two,
    )
case(
    "multiply_powers_of_a_size",
    lambda tf, x: x * tf.pow(tf.cast(tf.size(tf.zeros([10])), tf.float32), 30.0) * 1e30,
)
case("choice_times_log", lambda tf, x: tf.cast(x > 0, tf.float32) * tf.log(x))
case("log_of_one_and_exp", lambda tf, x: tf.log(1.0 + tf.exp(x)))
case("log_of_sum_with_one", lambda tf, x: tf.log(x + 1.0))
case("exp_less_one", lambda tf, x: tf.exp(x) - 1.0)
case("log_of_one_less", lambda tf, x: tf.log(1.0 - x + 1e-7))
case("where_sqrt", lambda tf, x: tf.where(x > 0, tf.sqrt(x), x))
case("sum_of_three", lambda tf, x: x + x * 2.0 + 1e30)


def rows(tf, x):
    """f[n] -> f[n, 3]"""
    return tf.stack([x, x * 0.5, tf.abs(x)], 1)


case("softmax", lambda tf, x: tf.reduce_max(tf.nn.softmax(rows(tf, x)), 1))
case("log_of_softmax", lambda tf, x: tf.reduce_min(tf.log(tf.nn.softmax(rows(tf, x))), 1))
case("log_softmax", lambda tf, x: tf.reduce_min(tf.nn.log_softmax(rows(tf, x)), 1))
case("sum", lambda tf, x: tf.reduce_sum(rows(tf, x), 1))
case("mean", lambda tf, x: tf.reduce_mean(rows(tf, x), 1))
case("sum_of_exp", lambda tf, x: tf.reduce_sum(tf.exp(rows(tf, x)), 1))
case("logsumexp", lambda tf, x: tf.reduce_logsumexp(rows(tf, x), 1))
case("norm", lambda tf, x: tf.sqrt(tf.reduce_sum(tf.square(rows(tf, x)), 1)))
case(
    "log_loss",
    lambda tf, x: tf.losses.log_loss(tf.ones_like(x), tf.sigmoid(x), reduction="none"),
)
case(
    "log_loss_of_zeros",
    lambda tf, x: tf.losses.log_loss(tf.zeros_like(x), tf.sigmoid(x), reduction="none"),
)
case(
    "sigmoid_cross_entropy",
    lambda tf, x: tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.ones_like(x), logits=x),
)
case("huber", lambda tf, x: tf.losses.huber_loss(tf.zeros_like(x), x, reduction="none"))
case("gradient_of_sqrt", lambda tf, x: tf.gradients(tf.sqrt(x), x)[0])
case("gradient_of_log", lambda tf, x: tf.gradients(tf.log(x), x)[0])
case("gradient_of_sigmoid", lambda tf, x: tf.gradients(tf.log(tf.sigmoid(x)), x)[0])
case("gradient_of_division", lambda tf, x: tf.gradients(x / (1.0 + tf.exp(x)), x)[0])
