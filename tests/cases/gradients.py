"""`tf.gradients`: its arguments, its conventions, second derivatives.

The first derivatives of single ops are in the ops' own suites.
"""

import itertools

from .arrays import TIES, f32, f64, ints, num, pos, unit
from .suite import Suite, lookup

suite = Suite("gradients")


def case(id, fn, *inputs, **options):
    """A case whose output is itself made of gradients."""
    suite.case(id, fn, *inputs, grad=False, **options)


# Arguments.

case("of_sum", lambda tf, x: tf.gradients(tf.reduce_sum(x * x), x), f32(2, 3))
case("of_list", lambda tf, x: tf.gradients([x * x, tf.exp(x)], [x]), f32(3))
case("several_xs", lambda tf, x, y: tf.gradients(tf.matmul(x, y), [x, y]), f32(2, 3), f32(3, 2))
case("of_itself", lambda tf, x: tf.gradients(x, x), f32(2, 2))
case("of_intermediate", lambda tf, x: (lambda h: tf.gradients(h * h, [h, x]))(x * 3), f32(3))
case("unconnected_is_none", lambda tf, x, y: tf.gradients(x * 2, [x, y]), f32(2), f32(3))
case(
    "unconnected_zero",
    lambda tf, x, y: tf.gradients(
        x * 2, [x, y], unconnected_gradients=tf.UnconnectedGradients.ZERO
    ),
    f32(2),
    f32(3),
)
case(
    "unconnected_zero_by_name",
    lambda tf, x, y: tf.gradients(x * 2, [y], unconnected_gradients="zero"),
    f32(2),
    f32(3),
)
case("grad_ys", lambda tf, x, g: tf.gradients(x * x, x, grad_ys=g), f32(3), f32(3, at=1))
case(
    "grad_ys_list",
    lambda tf, x, g: tf.gradients([x * x, x], [x], grad_ys=[g, None]),
    f32(3),
    f32(3, at=1),
)
case("grad_ys_numbers", lambda tf, x: tf.gradients(x * x, x, grad_ys=[[1.0, 2.0, 3.0]]), f32(3))
case("ys_grads_use_name", lambda tf, x: tf.gradients(x * x, x, name="slope/gradients"), f32(2))
case(
    "stop_gradients",
    lambda tf, x: (lambda a: tf.gradients(a * x, [a, x], stop_gradients=[a]))(x * x),
    f32(3),
)
case(
    "stop_gradients_of_x",
    lambda tf, x: (lambda a: (lambda b: tf.gradients(a + b, [a, b], stop_gradients=[a, b]))(2 * a))(
        tf.identity(x)
    ),
    f32(3),
)
case("stop_gradient_op", lambda tf, x: tf.gradients(tf.stop_gradient(x * x) * x, x), f32(3))
case("stop_gradient_only", lambda tf, x: tf.gradients(tf.stop_gradient(x), x), f32(3))
case("prevent_nothing", lambda tf, x: tf.gradients(tf.identity(x), x), f32(3))
case("same_x_twice", lambda tf, x: tf.gradients(x * x, [x, x]), f32(3))
case("y_used_twice", lambda tf, x: (lambda y: tf.gradients([y, y], x))(x * x), f32(3))
case("diamond", lambda tf, x: (lambda a: tf.gradients(a * a + tf.exp(a) * x, x))(tf.sin(x)), f32(3))
case("fan_out", lambda tf, x: tf.gradients(x + x + x * x + tf.exp(x), x), f32(3))
case(
    "colocate_and_gates",
    lambda tf, x: tf.gradients(x * x, x, colocate_gradients_with_ops=True, gate_gradients=True),
    f32(2),
)
case(
    "aggregation",
    lambda tf, x: tf.gradients([x, x * x], x, aggregation_method=tf.AggregationMethod.ADD_N),
    f32(2),
)
case("through_ints_is_none", lambda tf, x: tf.gradients(tf.to_int32(x), x), f32(2))
case(
    "through_cast_chain",
    lambda tf, x: tf.gradients(tf.cast(tf.cast(x, "float64"), "float32") * x, x),
    f32(2),
)
case("through_argmax_is_none", lambda tf, x: tf.gradients(tf.to_float(tf.argmax(x)), x), f32(3))
case("through_shape_is_none", lambda tf, x: tf.gradients(tf.to_float(tf.shape(x)), x), f32(3))
case("through_comparison_is_none", lambda tf, x: tf.gradients(tf.to_float(x > 0), x), f32(3))
case("of_scaled_by_size", lambda tf, x: tf.gradients(x * tf.to_float(tf.size(x)), x), f32(3))
case("unused_output", lambda tf, x: tf.gradients(tf.split(x, 2)[1], x), f32(4))
case("two_outputs_one_used", lambda tf, x: tf.gradients(tf.nn.moments(x, [0])[1], x), f32(4, 2))
case(
    "top_k_indices_is_none",
    lambda tf, x: tf.gradients(tf.to_float(tf.nn.top_k(x, 2)[1]), x),
    f32(4),
)
case("loss_not_scalar", lambda tf, x, y: tf.gradients(x * y, [x, y]), f32(2, 3), f32(3))
case("float64", lambda tf, x: tf.gradients(tf.reduce_mean(tf.sqrt(x)), x), f64(3) + 2)
case(
    "feeding_the_middle",
    lambda tf, x, y: tf.gradients(tf.square(tf.matmul(x, y)), y),
    f32(2, 3),
    f32(3, 1),
)

# Broadcasting: what was repeated is summed.

for name in ["add", "subtract", "multiply", "divide", "maximum", "minimum", "squared_difference"]:
    for i, shapes in enumerate(
        [
            ((2, 3), (3,)),
            ((3,), (2, 3)),
            ((2, 1), (1, 3)),
            ((), (2, 2)),
            ((2, 2), ()),
            ((4, 1, 3), (2, 1)),
            ((1,), (3,)),
            ((1, 1), (2, 3)),
        ]
    ):
        case(
            f"{name}_broadcast{i}",
            lambda tf, x, y, n=name: tf.gradients(lookup(tf, n)(x, y), [x, y]),
            f32(*shapes[0]),
            f32(*shapes[1], at=1),
        )
case(
    "broadcast_unknown_shape",
    lambda tf, x, y: tf.gradients(tf.placeholder_with_default(x, None) + y, [x, y]),
    f32(2, 3),
    f32(3),
)
case(
    "bias_of_batch",
    lambda tf, x, w, b: tf.gradients(tf.reduce_mean(tf.matmul(x, w) + b), [w, b]),
    f32(4, 3),
    f32(3, 2),
    f32(2),
)

# Conventions at ties, zeros and corners.

X, Y = TIES
for name in ["maximum", "minimum", "squared_difference"]:
    case(name + "_ties", lambda tf, x, y, n=name: tf.gradients(lookup(tf, n)(x, y), [x, y]), X, Y)
for name in [
    "nn.relu",
    "nn.relu6",
    "nn.elu",
    "nn.selu",
    "nn.leaky_relu",
    "abs",
    "sign",
    "nn.softsign",
    "square",
]:
    case(name + "_at_zero", lambda tf, x, n=name: tf.gradients(lookup(tf, n)(x), x), num([0, -0.0]))
case("sqrt_at_zero", lambda tf, x: tf.gradients(tf.sqrt(x), x), num([0, 1]))
case("norm_at_zero", lambda tf, x: tf.gradients(tf.norm(x), x), num([0, 0]))
case(
    "pow_at_zero",
    lambda tf, x, y: tf.gradients(tf.pow(x, y), [x, y]),
    num([0, 0, 0]),
    num([0, 1, 2]),
)
case(
    "pow_negative_base",
    lambda tf, x, y: tf.gradients(tf.pow(x, y), [x, y]),
    num([-2.0]),
    num([3.0]),
)
case("log_at_zero", lambda tf, x: tf.gradients(tf.log(x), x), num([0, 2]))
case("divide_by_zero", lambda tf, x, y: tf.gradients(x / y, [x, y]), num([1, 0]), num([0, 0]))
case(
    "div_no_nan_by_zero",
    lambda tf, x, y: tf.gradients(tf.div_no_nan(x, y), [x, y]),
    num([1, 0]),
    num([0, 0]),
)
case("reduce_max_ties", lambda tf, x: tf.gradients(tf.reduce_max(x), x), num([2, 1, 2]))
case("reduce_min_ties", lambda tf, x: tf.gradients(tf.reduce_min(x, 1), x), num([[1, 1], [0, 2]]))
case(
    "reduce_prod_zeros", lambda tf, x: tf.gradients(tf.reduce_prod(x, 1), x), num([[0, 2], [0, 0]])
)
case(
    "clip_at_bounds",
    lambda tf, x: tf.gradients(tf.clip_by_value(x, 0.0, 1.0), x),
    num([0, 1, -1, 2]),
)
case(
    "max_pool_ties",
    lambda tf, x: tf.gradients(tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"), x),
    num([1, 1, 1, 1, 2, 2, 3, 3]).reshape(1, 2, 4, 1),
)
case("top_k_ties", lambda tf, x: tf.gradients(tf.nn.top_k(x, 2)[0], x), num([1, 2, 2, 2]))
case("floor_and_mod", lambda tf, x: tf.gradients([tf.floor(x), x % 0.75, tf.round(x)], x), f32(3))
case(
    "where_guard_is_nan", lambda tf, x: tf.gradients(tf.where(x > 0, tf.log(x), x), x), num([0, 1])
)
case(
    "where_vector_condition",
    lambda tf, x, y: tf.gradients(tf.where([True, False], x, y), [x, y]),
    f32(2, 3),
    f32(2, 3),
)
case(
    "gather_repeats",
    lambda tf, x: tf.gradients(tf.gather(x, [1, 1, 0]) * [[1.0], [2.0], [4.0]], x),
    f32(3, 2),
)
case("gather_of_product", lambda tf, x: tf.gradients(tf.gather(x * x, [1, 1, 0]), x), f32(3, 2))
case("slice_pads_with_zero", lambda tf, x: tf.gradients(x[1:, :2] * 3, x), f32(3, 3))
case(
    "concat_shares",
    lambda tf, x, y: tf.gradients(tf.concat([x, y, x], 1) ** 2, [x, y]),
    f32(2, 2),
    f32(2, 1),
)
case("identity_of_slices", lambda tf, x: tf.gradients([tf.gather(x, [0]), x * x], x), f32(3, 2))
case(
    "gather_twice",
    lambda tf, x: tf.gradients([tf.gather(x, [0]), tf.gather(x, [2, 2])], x),
    f32(3, 2),
)

# The gradient of `gather` is IndexedSlices: it stays so through some ops, others make it dense.

THROUGH = {
    "neg": lambda tf, x: -x,
    "identity": lambda tf, x: tf.identity(x),
    "cast": lambda tf, x: tf.cast(tf.cast(x, tf.float64), tf.float32),
    "reshape": lambda tf, x: tf.reshape(x, [4, 3]),
    "add_scalar": lambda tf, x: x + 1.0,
    "add_same": lambda tf, x: x + f32(4, 3, at=1),
    "sub_scalar": lambda tf, x: x - 1.0,
    "sub_same": lambda tf, x: x - f32(4, 3, at=1),
    "sub_from_scalar": lambda tf, x: 1.0 - x,
    "sub_from_row": lambda tf, x: f32(3, at=1) - x,
    "mul": lambda tf, x: x * 2,
    "div": lambda tf, x: x / 2,
    "square": lambda tf, x: tf.square(x),
    "relu": lambda tf, x: tf.nn.relu(x),
    "tanh": lambda tf, x: tf.tanh(x),
    "maximum": lambda tf, x: tf.maximum(x, 0.0),
    "clip": lambda tf, x: tf.clip_by_value(x, -1.0, 1.0),
    "where": lambda tf, x: tf.where(x > 0, x, 2 * x),
    "transpose": lambda tf, x: tf.transpose(tf.transpose(x)),
    "add_n": lambda tf, x: tf.add_n([x, x]),
    "add_n_one": lambda tf, x: tf.add_n([x]),
    "identity_n": lambda tf, x: tf.identity_n([x])[0],
    "tuple": lambda tf, x: tf.tuple([x])[0],
    "concat_rows": lambda tf, x: tf.concat([x, x], 0),
    "concat_columns": lambda tf, x: tf.concat([x, x], 1),
    "split": lambda tf, x: tf.split(x, 2)[0],
    "unstack": lambda tf, x: tf.stack(tf.unstack(x)),
    "expand": lambda tf, x: tf.squeeze(tf.expand_dims(x, 1), 1),
    "bias_add": lambda tf, x: tf.nn.bias_add(x, [1.0, 2.0, 3.0]),
    "check_numerics": lambda tf, x: tf.check_numerics(x, "bad"),
    "gather": lambda tf, x: tf.gather(x, [0, 1, 2]),
    "slice": lambda tf, x: x[:3],
    "tile": lambda tf, x: tf.tile(x, [1, 2]),
    "pad": lambda tf, x: tf.pad(x, [[0, 1], [0, 0]]),
    "matmul": lambda tf, x: tf.matmul(x, f32(3, 2, at=1)),
    "softmax": lambda tf, x: tf.nn.softmax(x),
    "reverse": lambda tf, x: tf.reverse(x, [0]),
    "cumsum": lambda tf, x: tf.cumsum(x),
}
for name, f in THROUGH.items():
    case(
        "slices_through_" + name,
        lambda tf, x, f=f: tf.gradients(tf.gather(f(tf, x), [1, 0, 1]), x),
        f32(4, 3),
    )

# Second derivatives.

SMOOTH = [
    "square",
    "sqrt",
    "rsqrt",
    "exp",
    "expm1",
    "log",
    "log1p",
    "sin",
    "cos",
    "tan",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "sigmoid",
    "nn.softplus",
    "reciprocal",
    "erf",
    "erfc",
    "asinh",
]
for name in SMOOTH:
    case(
        name + "_second",
        lambda tf, x, n=name: tf.gradients(tf.gradients(lookup(tf, n)(x), x)[0], x),
        pos(3),
        rtol=1e-4,
        why="second derivatives cancel",
    )
for name in ["asin", "acos", "atanh"]:
    case(
        name + "_second",
        lambda tf, x, n=name: tf.gradients(tf.gradients(lookup(tf, n)(x), x)[0], x),
        unit(3),
    )
for name in ["multiply", "divide", "pow", "squared_difference", "maximum"]:
    case(
        name + "_second",
        lambda tf, x, y, n=name: tf.gradients(
            [g * g for g in tf.gradients(lookup(tf, n)(x, y), [x, y])], [x, y]
        ),
        pos(2, 3),
        pos(3, at=1),
        rtol=1e-4,
        why="second derivatives cancel",
    )
for name in ["sum", "mean", "max", "prod", "logsumexp"]:
    case(
        "reduce_" + name + "_second",
        lambda tf, x, n="reduce_" + name: tf.gradients(
            tf.gradients(lookup(tf, n)(x, 1) ** 2, x)[0] * x, x
        ),
        f32(2, 3),
    )
case(
    "matmul_second",
    lambda tf, x, y: tf.gradients(
        [g**2 for g in tf.gradients(tf.matmul(x, y) ** 2, [x, y])], [x, y]
    ),
    f32(2, 3),
    f32(3, 2),
)
case(
    "mlp_second",
    lambda tf, x, w: tf.gradients(
        tf.reduce_sum(
            tf.gradients(
                tf.nn.softmax_cross_entropy_with_logits_v2(
                    labels=num([[0, 1], [1, 0]]), logits=tf.nn.tanh(tf.matmul(x, w))
                ),
                w,
            )[0]
            ** 2
        ),
        [x, w],
    ),
    f32(2, 3),
    f32(3, 2),
)
case(
    "bias_add_second",
    lambda tf, x, b: tf.gradients(tf.gradients(tf.nn.bias_add(x, b) ** 3, b)[0], [x, b]),
    f32(2, 3),
    f32(3),
)
case(
    "gather_second",
    lambda tf, x: tf.gradients(
        tf.convert_to_tensor(tf.gradients(tf.gather(x, [0, 0]) ** 3, x)[0]), x
    ),
    f32(3, 2),
)
case("third", lambda tf, x: (lambda d: d(d(d(x**4))))(lambda y: tf.gradients(y, x)[0]), f32(3))
case("hessians", lambda tf, x: tf.hessians(tf.reduce_sum(x**3) * x[0], x), f32(3))
case(
    "hessians_two",
    lambda tf, x, y: tf.hessians(tf.reduce_sum(x * x * y * y), [x, y]),
    f32(3),
    f32(3, at=1),
)
case(
    "hessians_matrix",
    lambda tf, x: tf.hessians(tf.reduce_sum(x**3), x),
    f32(2, 2),
)


# Custom gradients.


def scaled_sine(tf):
    """sin, with a made-up gradient."""

    @tf.custom_gradient
    def sine(x):
        return tf.sin(x), lambda dy: 10 * dy * tf.cos(x)

    return sine


def log1pexp(tf):
    """The example of `tf.custom_gradient`'s purpose: a stable log(1 + e^x)."""

    @tf.custom_gradient
    def f(x):
        e = tf.exp(x)
        return tf.log(1 + e), lambda dy: dy * (1 - 1 / (1 + e))

    return f


def swap(tf):
    @tf.custom_gradient
    def f(x, y):
        return (x * y, x + y), lambda da, db: (da * 2, db * 3)

    return f


case("custom", lambda tf, x: tf.gradients(scaled_sine(tf)(x * 2), x), f32(3))
case("custom_value", lambda tf, x: scaled_sine(tf)(x), f32(3))
case("custom_stable", lambda tf, x: tf.gradients(log1pexp(tf)(x), x), num([0, 100]))
case("custom_two", lambda tf, x, y: tf.gradients(swap(tf)(x, y), [x, y]), f32(2), f32(2, at=1))


_COUNT = itertools.count()


def doubled(tf, x):
    """Identity whose gradient, by `gradient_override_map`, is doubled."""
    name = f"CustomGradient-case{next(_COUNT)}"
    tf.RegisterGradient(name)(lambda op, dy: dy * 2)
    with tf.get_default_graph().gradient_override_map({"Identity": name}):
        return tf.identity(x)


def straight_through(tf, x):
    """Sign with the gradient that another op type has, as quantised networks use it."""
    with tf.get_default_graph().gradient_override_map({"Sign": "Identity"}):
        return tf.sign(x)


case(
    "override_map_by_op_type",
    lambda tf, x: tf.gradients(straight_through(tf, x * 2) * x, x),
    num([-2, 0, 3]),
)


def assigned(tf, x):
    """A variable that was just assigned to, through which no gradient flows."""
    return tf.assign(tf.Variable(tf.zeros([2]), name="v"), x * 2)


case("through_assign", lambda tf, x: tf.gradients(assigned(tf, x) * x, x), f32(2))
case(
    "complex_product",
    lambda tf, x, y: tf.gradients(
        tf.real(tf.reduce_prod(tf.complex(x, y), 0)) + tf.imag(tf.reduce_prod(tf.complex(x, y))),
        [x, y],
    ),
    f32(3, 2),
    f32(3, 2, at=1),
)
case(
    "root_beside_zero",
    lambda tf, x: tf.gradients(tf.where(x > 0, tf.sqrt(x) + tf.rsqrt(x), x), x),
    num([0, 4]),
)
case("override_map", lambda tf, x: tf.gradients(doubled(tf, x) * x, x), f32(3))

# Whole losses.

case(
    "regularised_loss",
    lambda tf, x, w, y: tf.gradients(
        tf.reduce_mean(tf.square(y - tf.matmul(tf.nn.relu(x), w))) + 0.01 * tf.nn.l2_loss(w), [w]
    ),
    f32(4, 2),
    f32(2, 1),
    f32(4, 1),
)
case(
    "cross_entropy_of_network",
    lambda tf, x, v, w: tf.gradients(
        tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(
                logits=tf.matmul(tf.nn.relu(tf.matmul(x, v)), w), labels=[0, 1, 1]
            )
        ),
        [v, w],
    ),
    f32(3, 4),
    unit(4, 5),
    unit(5, 2),
)
case(
    "custom_loss",
    lambda tf, y, y_: tf.gradients(
        tf.reduce_sum(tf.where(tf.greater(y, y_), 9 * (y - y_), y_ - y)), y
    ),
    f32(4, 1),
    f32(4, 1, at=1),
)
case(
    "unrolled_rnn",
    lambda tf, x, w: tf.gradients(
        (lambda h: [h.append(tf.tanh(tf.matmul(h[-1], w) + x)) for _ in range(4)] and h[-1])([x]),
        [x, w],
    ),
    f32(2, 3),
    unit(3, 3),
)
case(
    "embedding_loss",
    lambda tf, t: tf.gradients(tf.nn.l2_loss(tf.nn.embedding_lookup(t, ints([1, 1, 3]))), t),
    f32(4, 2),
)
