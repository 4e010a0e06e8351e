"""Activations, losses and other neural-network operations."""

from .arrays import INF, NAN, bools, f32, f64, half, ints, longs, num, pos, unit
from .suite import Suite, lookup

suite = Suite("nn")
case = suite.case

LOGITS = f32(3, 4)
PROBABILITIES = num([[0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]])
# Without 1: TensorFlow's optimizer regroups 1 - x + epsilon, which tells near 1.
PREDICTIONS = num([[0.1, 0.2, 0.3, 0.4], [0.875, 0, 0.125, 0], [0.25, 0.25, 0.25, 0.25]])
ONE_HOT = num([[0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]])

# Activations.

ACTIVATIONS = [
    "relu",
    "relu6",
    "elu",
    "selu",
    "leaky_relu",
    "softplus",
    "sigmoid",
    "tanh",
    "softsign",
    "crelu",
    "swish",
]
for name in ACTIVATIONS:
    case(name, lambda tf, x, n=name: lookup(tf.nn, n)(x), f32(2, 3))
for name in ACTIVATIONS[:-1]:
    case(name + "_named", lambda tf, x, n=name: lookup(tf.nn, n)(x, name="a"), f32(2))
for name in ACTIVATIONS[:-3]:  # TF has no gradient of SoftsignGrad
    case(
        name + "_second_derivative",
        lambda tf, x, n=name: tf.gradients(tf.gradients(lookup(tf.nn, n)(x), x)[0], x),
        f32(2, 3),
        grad=False,
    )
case("leaky_relu_alpha", lambda tf, x: tf.nn.leaky_relu(x, 0.5), f32(2, 3))
case("leaky_relu_zero", lambda tf, x: tf.nn.leaky_relu(x, alpha=0.1), num([0, -0.0, 1, -1]))
case("swish_array", lambda tf: tf.nn.swish(f32(2)))
case("crelu_axis", lambda tf, x: tf.nn.crelu(x, axis=0), f32(2, 3))
case("relu6_bounds", lambda tf, x: tf.nn.relu6(x), num([0, 6, 7, -1]))
case("elu_zero", lambda tf, x: tf.nn.elu(x), num([0, -1e-4, -50]))
case("relu_nan", lambda tf, x: tf.nn.relu(x), num([NAN, 1]), grad=False)

# Bias.

case("bias_add", lambda tf, x, b: tf.nn.bias_add(x, b), f32(2, 3), f32(3, at=1))
case("bias_add_images", lambda tf, x, b: tf.nn.bias_add(x, b), f32(2, 2, 2, 3), f32(3, at=1))
case(
    "bias_add_nhwc",
    lambda tf, x, b: tf.nn.bias_add(x, b, data_format="NHWC"),
    f32(1, 2, 2, 3),
    f32(3, at=1),
)
case("bias_add_named", lambda tf, x, b: tf.nn.bias_add(x, b, name="z"), f32(2, 3), f32(3, at=1))
case("bias_add_ints", lambda tf, x: tf.nn.bias_add(x, [1, 2]), ints([[1, 2], [3, 4]]))
case(
    "bias_add_nchw",
    lambda tf, x, b: tf.nn.bias_add(x, b, data_format="NCHW"),
    f32(2, 3, 2, 2),
    f32(3, at=1),
)
case(
    "xw_plus_b",
    lambda tf, x, w, b: tf.nn.xw_plus_b(x, w, b),
    f32(2, 3),
    f32(3, 2, at=1),
    f32(2, at=2),
)
case("xw_plus_b_lists", lambda tf, x: tf.nn.xw_plus_b(x, [[1.0], [2]], [3.0], name="z"), f32(2, 2))
case(
    "relu_layer",
    lambda tf, x, w, b: tf.nn.relu_layer(x, w, b),
    f32(2, 3),
    f32(3, 2, at=1),
    f32(2, at=2),
)

# Softmax.

for name in ["softmax", "log_softmax"]:
    case(name, lambda tf, x, n=name: lookup(tf.nn, n)(x), LOGITS)
    case(name + "_float64", lambda tf, x, n=name: lookup(tf.nn, n)(x), f64(2, 3))
    case(name + "_vector", lambda tf, x, n=name: lookup(tf.nn, n)(x), f32(4))
    case(name + "_rank3", lambda tf, x, n=name: lookup(tf.nn, n)(x), f32(2, 2, 3))
    for axis in (0, 1, -2, 2):
        case(
            f"{name}_axis{axis}", lambda tf, x, n=name, a=axis: lookup(tf.nn, n)(x, a), f32(2, 3, 2)
        )
    case(name + "_dim", lambda tf, x, n=name: lookup(tf.nn, n)(x, dim=0), f32(2, 3))
    case(
        name + "_axis_named",
        lambda tf, x, n=name: lookup(tf.nn, n)(x, axis=-2, name="along"),
        f32(2, 3),
    )
    case(
        name + "_axis_tensor",
        lambda tf, x, n=name: lookup(tf.nn, n)(x, axis=tf.constant(-3)),
        f32(2, 3, 2),
    )
    case(
        name + "_large",
        lambda tf, x, n=name: lookup(tf.nn, n)(x),
        num([[1000, 0, -1000], [88, 89, 90]]),
    )
    case(
        name + "_nonfinite",
        lambda tf, x, n=name: lookup(tf.nn, n)(x),
        num([[-INF, 0], [NAN, 0], [INF, 0]]),
        grad=False,
    )
    case(
        name + "_second_derivative",
        lambda tf, x, n=name: tf.gradients(
            tf.gradients(lookup(tf.nn, n)(x), x, grad_ys=f32(2, 3, at=1))[0], x
        ),
        f32(2, 3),
        grad=False,
    )

# Cross entropies.

for name in ["softmax_cross_entropy_with_logits", "softmax_cross_entropy_with_logits_v2"]:
    full = "nn." + name
    case(name, lambda tf, x, n=full: lookup(tf, n)(labels=ONE_HOT, logits=x), LOGITS)
    case(
        name + "_labels",
        lambda tf, x, y, n=full: lookup(tf, n)(labels=y, logits=x),
        LOGITS,
        PROBABILITIES,
    )
    case(
        name + "_rank3",
        lambda tf, x, y, n=full: lookup(tf, n)(labels=y, logits=x),
        f32(2, 2, 3),
        pos(2, 2, 3),
    )
    case(
        name + "_vector",
        lambda tf, x, y, n=full: lookup(tf, n)(labels=y, logits=x),
        f32(3),
        num([0, 1, 0]),
    )
    case(
        name + "_dim",
        lambda tf, x, y, n=full: (
            lookup(tf, n)(labels=y, logits=x, dim=0)
            if "v2" not in n
            else lookup(tf, n)(labels=y, logits=x, axis=0)
        ),
        f32(3, 2),
        pos(3, 2),
    )
    case(
        name + "_float64",
        lambda tf, x, y, n=full: lookup(tf, n)(labels=y, logits=x),
        f64(2, 3),
        f64(2, 3, at=1),
    )
    case(
        name + "_broadcast",
        lambda tf, x, y, n=full: lookup(tf, n)(labels=y, logits=x),
        LOGITS,
        num([[0, 1, 0, 0]]),
        grad=False,
    )
    case(
        name + "_mean",
        lambda tf, x, y, n=full: tf.reduce_mean(lookup(tf, n)(labels=y, logits=x)),
        LOGITS,
        ONE_HOT,
    )
    case(
        name + "_large",
        lambda tf, x, y, n=full: lookup(tf, n)(labels=y, logits=x),
        num([[1000, 0], [-1000, 0]]),
        num([[0, 1], [0.5, 0.5]]),
    )
    case(
        name + "_int_labels",
        lambda tf, x, n=full: lookup(tf, n)(labels=tf.one_hot([1, 0, 3], 4), logits=x, name="xent"),
        LOGITS,
    )
    case(
        name + "_second_derivative",
        lambda tf, x, n=full: tf.gradients(
            tf.gradients(lookup(tf, n)(labels=PROBABILITIES, logits=x), x, grad_ys=num([1, 2, 3]))[
                0
            ],
            x,
            grad_ys=f32(3, 4, at=1),
        ),
        LOGITS,
        grad=False,
    )

SPARSE = "sparse_softmax_cross_entropy_with_logits"
case(SPARSE, lambda tf, x, y: lookup(tf.nn, SPARSE)(labels=y, logits=x), LOGITS, ints([1, 0, 3]))
case(
    SPARSE + "_int64",
    lambda tf, x, y: lookup(tf.nn, SPARSE)(labels=y, logits=x),
    LOGITS,
    longs([1, 0, 3]),
)
case(
    SPARSE + "_rank3",
    lambda tf, x, y: lookup(tf.nn, SPARSE)(labels=y, logits=x),
    f32(2, 2, 3),
    ints([[0, 1], [2, 2]]),
)
case(
    SPARSE + "_scalar", lambda tf, x, y: lookup(tf.nn, SPARSE)(labels=y, logits=x), f32(3), ints(1)
)
case(
    SPARSE + "_argmax",
    lambda tf, x: lookup(tf.nn, SPARSE)(logits=x, labels=tf.argmax(ONE_HOT, 1)),
    LOGITS,
)
case(
    SPARSE + "_float64",
    lambda tf, x, y: lookup(tf.nn, SPARSE)(labels=y, logits=x),
    f64(2, 3),
    ints([2, 0]),
)
case(
    SPARSE + "_mean",
    lambda tf, x, y: tf.reduce_mean(lookup(tf.nn, SPARSE)(labels=y, logits=x)),
    LOGITS,
    ints([1, 1, 1]),
)

SIGMOID = "sigmoid_cross_entropy_with_logits"
case(SIGMOID, lambda tf, x, y: lookup(tf.nn, SIGMOID)(labels=y, logits=x), LOGITS, PROBABILITIES)
case(
    SIGMOID + "_corners",
    lambda tf, x, y: lookup(tf.nn, SIGMOID)(labels=y, logits=x),
    num([0, 0, 100, -100, 100, -100]),
    num([0, 1, 0, 0, 1, 1]),
)
WEIGHTED = "weighted_cross_entropy_with_logits"
case(WEIGHTED, lambda tf, x, y: lookup(tf.nn, WEIGHTED)(y, x, 3.0), LOGITS, PROBABILITIES)
case(
    WEIGHTED + "_names",
    lambda tf, x, y: lookup(tf.nn, WEIGHTED)(targets=y, logits=x, pos_weight=0.5),
    LOGITS,
    PROBABILITIES,
)
case(
    WEIGHTED + "_corners",
    lambda tf, x: lookup(tf.nn, WEIGHTED)(tf.ones_like(x), x, 2.0),
    num([0, 50, -50]),
)
case(
    "cross_entropy_by_hand",
    lambda tf, x, y: -tf.reduce_mean(y * tf.log(tf.clip_by_value(x, 1e-10, 1.0))),
    PROBABILITIES,
    ONE_HOT,
)
case("l2_loss", lambda tf, x: tf.nn.l2_loss(x), f32(2, 3))
case("l2_loss_float64", lambda tf, x: tf.nn.l2_loss(x), f64(3))
case(
    "log_poisson_loss_full",
    lambda tf, x, y: tf.nn.log_poisson_loss(y, x, compute_full_loss=True, name="lpl"),
    f32(3),
    num([0.5, 2, 3.5]),
)
case("log_poisson_loss", lambda tf, x, y: tf.nn.log_poisson_loss(y, x), f32(3), pos(3))
for name in [
    "mean_squared_error",
    "absolute_difference",
    "huber_loss",
    "log_loss",
    "sigmoid_cross_entropy",
    "hinge_loss",
    "cosine_distance",
]:

    def loss(tf, x, y, n=name):
        options = {"axis": 1} if n == "cosine_distance" else {}
        return lookup(tf.losses, n)(y, x, **options)

    case("losses_" + name, loss, PREDICTIONS, ONE_HOT)
case(
    "losses_weights",
    lambda tf, x, y: tf.losses.mean_squared_error(y, x, weights=[[1.0], [0.0], [2.0]]),
    PROBABILITIES,
    ONE_HOT,
)
case("losses_softmax", lambda tf, x: tf.losses.softmax_cross_entropy(ONE_HOT, x), LOGITS)
case("losses_sparse", lambda tf, x: tf.losses.sparse_softmax_cross_entropy([1, 0, 3], x), LOGITS)

# tf.losses. Each adds its value to a collection as well.

LOSSES = [
    "absolute_difference",
    "mean_squared_error",
    "mean_pairwise_squared_error",
    "huber_loss",
    "log_loss",
    "hinge_loss",
    "sigmoid_cross_entropy",
]
for name in LOSSES:
    case(
        f"losses_{name}_per_row",
        lambda tf, x, y, w, n=name: lookup(tf.losses, n)(y, x, w, scope="loss"),
        PREDICTIONS,
        ONE_HOT,
        num([[1], [0], [2]]),
    )
for reduction in ["NONE", "SUM", "MEAN", "SUM_OVER_BATCH_SIZE", "SUM_OVER_NONZERO_WEIGHTS"]:
    case(
        "losses_reduction_" + reduction.lower(),
        lambda tf, x, y, r=reduction: tf.losses.absolute_difference(
            y, x, [[2.0, 0, 1, 1]], reduction=getattr(tf.losses.Reduction, r)
        ),
        PROBABILITIES,
        ONE_HOT,
    )
case(
    "losses_compute_weighted_loss",
    lambda tf, x: [
        tf.losses.compute_weighted_loss(x),
        tf.losses.compute_weighted_loss(x, 2, scope="twice"),
        tf.losses.compute_weighted_loss(x, tf.constant(0.0)),
    ],
    LOGITS,
)
case("losses_of_ints", lambda tf, x: tf.losses.compute_weighted_loss(x, 0.5), ints([1, 2]))
case("losses_of_float64", lambda tf, x: tf.losses.compute_weighted_loss(x, [1.0, 2]), f64(2))
case(
    "losses_squeezed_labels",
    lambda tf, x: tf.losses.mean_squared_error([[1.0], [2.0]], tf.reshape(x, [2, 1])),
    f32(2),
)
case(
    "losses_integer_labels",
    lambda tf, x: tf.losses.mean_squared_error(labels=[1, 2], predictions=x),
    f32(2),
)
case(
    "losses_huber_delta",
    lambda tf, x: tf.losses.huber_loss([0.0, 0, 0], x, delta=0.5),
    num([0.25, 1, -2]),
)
case(
    "losses_log_epsilon",
    lambda tf, x: tf.losses.log_loss(ONE_HOT, x, epsilon=0.1),
    PROBABILITIES,
)
case(
    "losses_cosine_named",
    lambda tf, x: tf.losses.cosine_distance(ONE_HOT, x, dim=0, weights=2.0, scope="cos"),
    PROBABILITIES,
)
for name in ["softmax_cross_entropy", "sigmoid_cross_entropy"]:
    case(
        f"losses_{name}_smoothed",
        lambda tf, x, n=name: lookup(tf.losses, n)(ONE_HOT, x, label_smoothing=0.1),
        LOGITS,
    )
case(
    "losses_softmax_weights",
    lambda tf, x, y: tf.losses.softmax_cross_entropy(y, x, weights=[1.0, 2, 3], scope="s"),
    LOGITS,
    ONE_HOT,
    grad=False,
)
case(
    "losses_sparse_column",
    lambda tf, x, y: tf.losses.sparse_softmax_cross_entropy(y, x, weights=[[1.0], [2], [0]]),
    LOGITS,
    ints([[1], [0], [3]]),
)
case(
    "losses_sparse_weighted",
    lambda tf, x, y: tf.losses.sparse_softmax_cross_entropy(labels=y, logits=x, weights=0.5),
    LOGITS,
    longs([1, 0, 3]),
)


def total_of_losses(tf, x, regularize):
    with tf.variable_scope("a", regularizer=lambda w: 0.5 * tf.reduce_sum(w)):
        tf.get_variable("w", initializer=tf.constant([2.0]), trainable=True)
    first = tf.losses.absolute_difference([1.0, 2], x)
    tf.losses.add_loss(tf.constant(3.0))
    second = tf.losses.mean_squared_error([1.0, 2], x, scope="b", loss_collection=None)
    assert tf.losses.get_losses()[0] is first
    assert len(tf.losses.get_losses(scope="absolute")) == 1
    assert len(tf.losses.get_regularization_losses()) == 1
    tf.losses.get_regularization_loss()
    return [tf.losses.get_total_loss(regularize, name="all"), second][regularize:]


case("losses_total", lambda tf, x: total_of_losses(tf, x, False), f32(2))

# Normalisation.

case("l2_normalize", lambda tf, x: tf.nn.l2_normalize(x, 1), f32(2, 3))
case("l2_normalize_axes", lambda tf, x: tf.nn.l2_normalize(x, [0, 1]), f32(2, 3))
case("l2_normalize_dim", lambda tf, x: tf.nn.l2_normalize(x, dim=0, epsilon=1e-6), f32(2, 3))
case("l2_normalize_zero", lambda tf, x: tf.nn.l2_normalize(x, 0), num([0, 0]))
case("math_l2_normalize", lambda tf, x: tf.math.l2_normalize(x, -1), f32(2, 3))
case(
    "batch_normalization",
    lambda tf, x, m, v: tf.nn.batch_normalization(x, m, v, 0.5, 2.0, 1e-3),
    f32(4, 3),
    f32(3, at=1),
    pos(3),
)
case(
    "batch_normalization_plain",
    lambda tf, x, m, v: tf.nn.batch_normalization(x, m, v, None, None, 1e-3),
    f32(4, 3),
    f32(3, at=1),
    pos(3),
)
case(
    "batch_normalization_named",
    lambda tf, x, m, v: tf.nn.batch_normalization(x, m, v, m, v, 0.1, name="bn"),
    f32(4, 3),
    f32(3, at=1),
    pos(3),
)
case(
    "fused_batch_norm",
    lambda tf, x, s, o: tf.nn.fused_batch_norm(x, s, o),
    f32(2, 3, 2, 3),
    pos(3),
    f32(3, at=1),
    grad=False,  # its statistics are not differentiated
)
for is_training in (True, False):
    statistics = {} if is_training else {"mean": [0.5, 1, 1.5], "variance": [4.0, 5, 6]}
    case(
        "fused_batch_norm_" + ("training" if is_training else "inference"),
        lambda tf, x, s, o, t=is_training, m=statistics: tf.nn.fused_batch_norm(
            x, s, o, is_training=t, name="f", **m
        )[0],
        f32(2, 3, 2, 3),
        pos(3),
        f32(3, at=1),
    )
case(
    "batch_norm_with_global_normalization",
    lambda tf, x, m, v: tf.nn.batch_norm_with_global_normalization(x, m, v, m, v, 0.1, True),
    f32(4, 3),
    f32(3, at=1),
    pos(3),
)
case(
    "local_response_normalization",
    lambda tf, x: tf.nn.lrn(x, 2, bias=1.0, alpha=0.5),
    f32(1, 2, 2, 6),
)

# Moments.

case("moments", lambda tf, x: tf.nn.moments(x, [0]), f32(4, 3))
case("moments_images", lambda tf, x: tf.nn.moments(x, [0, 1, 2], name="m"), f32(2, 2, 2, 3))
case("moments_keep_dims", lambda tf, x: tf.nn.moments(x, [1], keep_dims=True), f32(3, 4))
case("moments_keepdims", lambda tf, x: tf.nn.moments(x, axes=1, keepdims=True), f32(3, 4))
case("moments_half", lambda tf, x: tf.nn.moments(x, [0]), half([[1, 2], [3, 5]]), grad=False)
case("weighted_moments", lambda tf, x, w: tf.nn.weighted_moments(x, [0], w), f32(4, 3), pos(4, 1))
case(
    "weighted_moments_keep",
    lambda tf, x, w: tf.nn.weighted_moments(x, [0, 1], w, name="w", keep_dims=True),
    f32(4, 3),
    pos(4, 3),
)
case("sufficient_statistics", lambda tf, x: tf.nn.sufficient_statistics(x, [0])[:3], f32(4, 3))
case(
    "sufficient_statistics_shift",
    lambda tf, x: tf.nn.sufficient_statistics(x, [0, 1], shift=0.5, keep_dims=True, name="s"),
    f32(4, 3),
)
case(
    "normalize_moments",
    lambda tf, a, b: tf.nn.normalize_moments(4.0, a, b, None),
    f32(3),
    pos(3) + 4,
)
case(
    "normalize_moments_shift",
    lambda tf, a, b: tf.nn.normalize_moments(4.0, a, b, 0.5, name="n"),
    f32(3),
    pos(3) + 4,
)

# The best k of a row.

ROWS = num([[3, 1, 2, 3], [-1, -1, -2, 0]])
case("top_k", lambda tf, x: tf.nn.top_k(x), ROWS)
case("top_k_2", lambda tf, x: tf.nn.top_k(x, 2, name="best"), ROWS)
case("top_k_vector", lambda tf, x: tf.nn.top_k(x, k=3), f32(5))
case("top_k_all", lambda tf, x: tf.math.top_k(x, 4), ROWS)
case("top_k_rank3", lambda tf, x: tf.nn.top_k(x, 2), f32(2, 2, 3))
case("top_k_ints", lambda tf, x: tf.nn.top_k(x, 2), ints([[1, 5, 5], [-7, 2, 0]]))
case("top_k_fed", lambda tf, x, k: tf.nn.top_k(x, k), ROWS, ints(2))
case("top_k_none", lambda tf, x: tf.nn.top_k(x, 0), ROWS, grad=False)
case("top_k_infinite", lambda tf, x: tf.nn.top_k(x, 2), num([INF, -INF, 0]), grad=False)
case(
    "in_top_k",
    lambda tf, x, t: [tf.nn.in_top_k(x, t, 2), tf.math.in_top_k(x, t, 1)],
    ROWS,
    ints([2, 1]),
)
case("in_top_k_ties", lambda tf, x: tf.nn.in_top_k(x, longs([3, 0]), 1, name="in"), ROWS)
case(
    "in_top_k_nonfinite",
    lambda tf, x: tf.nn.in_top_k(x, [0, 1, 0, 2], 2),
    num([[1, NAN, 3], [INF, 0, 1], [1, 2, INF], [1, NAN, 0]]),
    grad=False,
)
case("in_top_k_outside", lambda tf, x: tf.nn.in_top_k(x, [7, -1], 2), ROWS, grad=False)
case("nth_element", lambda tf, x: tf.contrib.nn.nth_element(x, 1), ROWS)
case(
    "nth_element_reverse",
    lambda tf, x: tf.contrib.nn.nth_element(x, 0, reverse=True, name="nth"),
    f32(2, 2, 5),
)

# Dropout (its mask is TensorFlow's own, by seed).

case("dropout", lambda tf, x: tf.nn.dropout(x, 0.5, seed=1), f32(4, 5))
case("dropout_keep_prob", lambda tf, x: tf.nn.dropout(x, keep_prob=0.8, seed=3), f32(4, 5))
case("dropout_rate", lambda tf, x: tf.nn.dropout(x, rate=0.3, seed=3), f32(4, 5))
case(
    "dropout_noise_shape",
    lambda tf, x: tf.nn.dropout(x, 0.5, noise_shape=[4, 1], seed=2),
    f32(4, 5),
)
case("dropout_keep_all", lambda tf, x: tf.nn.dropout(x, 1.0), f32(2, 2))
case("dropout_fed", lambda tf, x, k: tf.nn.dropout(x, k, seed=5), f32(3, 4), num(0.75), grad=False)
case(
    "dropout_partial_noise",
    lambda tf, x: tf.nn.dropout(x, 0.5, noise_shape=[None, 1], seed=2, name="drop"),
    f32(4, 5),
)
case(
    "dropout_noise_tensor",
    lambda tf, x: tf.nn.dropout(x, rate=0.5, noise_shape=tf.constant([1, 5]), seed=2),
    f32(4, 5),
)
case("dropout_rate_tensor", lambda tf, x: tf.nn.dropout(x, rate=tf.constant(0.25), seed=2), f32(9))
case("dropout_rate_zero", lambda tf, x: tf.nn.dropout(x, rate=tf.constant(0.0)), f32(3))
case("dropout_float64", lambda tf, x: tf.nn.dropout(x, 0.5, seed=4), f64(6))
case(
    "dropout_graph_seed", lambda tf, x: [tf.set_random_seed(7), tf.nn.dropout(x, 0.5)][1], f32(3, 4)
)

# Embeddings.

TABLE = f32(5, 2)
case("embedding_lookup", lambda tf, t: tf.nn.embedding_lookup(t, [3, 0, 3]), TABLE)
case(
    "embedding_lookup_matrix",
    lambda tf, t, i: tf.nn.embedding_lookup(t, i),
    TABLE,
    ints([[0, 1], [4, 4]]),
)
case("embedding_lookup_list", lambda tf, t: tf.nn.embedding_lookup([t], [1]), TABLE)
case(
    "embedding_lookup_max_norm",
    lambda tf, t: tf.nn.embedding_lookup(t, [1, 2], max_norm=0.5),
    TABLE,
    grad=False,
)
case("embedding_lookup_scalar", lambda tf, t: tf.nn.embedding_lookup(t, 2), TABLE)

# Convolution and pooling, the shapes that MNIST programs use.

IMAGE = f32(2, 5, 4, 2)
FILTERS = unit(3, 2, 2, 3)
for padding in ("SAME", "VALID"):
    for stride in (1, 2):
        tag = f"{padding.lower()}_{stride}"
        case(
            "conv2d_" + tag,
            lambda tf, x, w, p=padding, s=stride: tf.nn.conv2d(x, w, [1, s, s, 1], p),
            IMAGE,
            unit(3, 2, 2, 3),
        )
        for pool in ("max_pool", "avg_pool"):
            case(
                f"{pool}_{tag}",
                lambda tf, x, n=pool, p=padding, s=stride: lookup(tf.nn, n)(
                    x, [1, 2, 2, 1], [1, s, s, 1], p
                ),
                IMAGE,
            )
case(
    "conv2d_names",
    lambda tf, x, w: tf.nn.conv2d(input=x, filter=w, strides=[1, 1, 1, 1], padding="SAME"),
    f32(1, 3, 3, 1),
    unit(2, 2, 1, 1),
)
case(
    "max_pool_ties",
    lambda tf, x: tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"),
    num([[1, 1, 0], [1, 1, 0], [2, 2, 2]]).reshape(1, 3, 3, 1),
)
case(
    "max_pool_ksize",
    lambda tf, x: tf.nn.max_pool(x, ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding="SAME"),
    IMAGE,
)
case("conv2d_strides", lambda tf, x, w: tf.nn.conv2d(x, w, 2, "VALID", name="c"), IMAGE, FILTERS)
case("conv2d_uneven", lambda tf, x, w: tf.nn.conv2d(x, w, [2, 3], "SAME"), IMAGE, FILTERS)
case(
    "conv2d_explicit",
    lambda tf, x, w: tf.nn.conv2d(x, w, [1, 2, 1, 1], [[0, 0], [1, 2], [3, 0], [0, 0]]),
    IMAGE,
    FILTERS,
)
case(
    "conv2d_dilated",
    lambda tf, x, w: tf.nn.conv2d(x, w, 1, "SAME", dilations=[2, 1]),
    IMAGE,
    FILTERS,
    grad=False,  # TF has it on accelerators only
)
case(
    "conv2d_float64",
    lambda tf, x, w: tf.nn.conv2d(x, w, 1, "SAME"),
    f64(1, 3, 3, 2),
    f64(2, 2, 2, 1),
)
case("conv2d_arrays", lambda tf, w: tf.nn.conv2d(IMAGE, w, 1, "VALID", data_format=None), FILTERS)
case(
    "conv2d_transpose",
    lambda tf, x, w: tf.nn.conv2d_transpose(x, w, [2, 9, 8, 2], [1, 2, 2, 1]),
    f32(2, 5, 4, 3),
    FILTERS,
)
case(
    "conv2d_transpose_valid",
    lambda tf, x, w: tf.nn.conv2d_transpose(x, w, [2, 7, 5, 2], 1, "VALID", name="up"),
    f32(2, 5, 4, 3),
    FILTERS,
)
case(
    "conv2d_backprops",
    lambda tf, x, w, y: [
        tf.nn.conv2d_backprop_input([2, 5, 4, 2], w, y, [1, 1, 1, 1], "SAME"),
        tf.nn.conv2d_backprop_filter(x, [3, 2, 2, 3], y, [1, 1, 1, 1], "SAME"),
    ],
    IMAGE,
    FILTERS,
    f32(2, 5, 4, 3),
)
case(
    "depthwise_conv2d",
    lambda tf, x, w: tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME"),
    IMAGE,
    FILTERS,
)
case(
    "depthwise_conv2d_strided",
    lambda tf, x, w: tf.nn.depthwise_conv2d(x, w, [1, 2, 2, 1], "VALID", name="d"),
    IMAGE,
    FILTERS,
)
case(
    "separable_conv2d",
    lambda tf, x, w, v: tf.nn.separable_conv2d(x, w, v, [1, 1, 1, 1], "VALID"),
    IMAGE,
    FILTERS,
    unit(1, 1, 6, 2),
)
case("conv1d", lambda tf, x, w: tf.nn.conv1d(x, w, 2, "SAME"), f32(2, 5, 3), unit(3, 3, 2))
case(
    "convolution_of_images",
    lambda tf, x, w: tf.nn.convolution(x, w, "SAME", strides=[2, 2]),
    IMAGE,
    FILTERS,
)
case(
    "convolution_of_sequences",
    lambda tf, x, w: tf.nn.convolution(x, w, "VALID", name="c"),
    f32(2, 5, 3),
    unit(3, 3, 2),
)
for pool in ("max_pool", "avg_pool"):
    case(
        pool + "_overlapping",
        lambda tf, x, n=pool: lookup(tf.nn, n)(x, 3, 2, "SAME", name="p"),
        f32(2, 7, 6, 2),
    )
    case(
        pool + "_gaps",
        lambda tf, x, n=pool: lookup(tf.nn, n)(x, [2, 1], 3, "VALID"),
        f32(2, 7, 6, 2),
    )
    case(
        pool + "1d",
        lambda tf, x, n=pool: lookup(tf.nn, n + "1d")(x, 2, 2, "SAME"),
        f32(2, 5, 3),
    )
    case(
        pool + "_second_derivative",
        lambda tf, x, n=pool: tf.gradients(
            tf.gradients(lookup(tf.nn, n)(x, 2, 2, "SAME") ** 2, x)[0], x
        ),
        IMAGE,
        grad=False,
    )
case("max_pool2d", lambda tf, x: tf.nn.max_pool2d(x, 2, 2, "SAME"), IMAGE)
case("max_pool_of_negatives", lambda tf, x: tf.nn.max_pool(x, 3, 1, "SAME"), -pos(1, 3, 3, 1))
case("max_pool_of_ints", lambda tf, x: tf.nn.max_pool(x, 2, 1, "SAME"), ints([[[[-3], [-5]]]]))
case(
    "max_pool_nonfinite",
    lambda tf, x: tf.nn.max_pool(x, [1, 1, 2, 1], [1, 1, 2, 1], "VALID"),
    num([NAN, 1, 1, NAN, INF, 2, -INF, -3]).reshape(1, 1, 8, 1),
    grad=False,
)
case("lrn", lambda tf, x: tf.nn.lrn(x, name="l"), f32(1, 1, 2, 12))
case(
    "lenet_layer",
    lambda tf, x, w, b: tf.nn.max_pool(
        tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME"), b)),
        [1, 2, 2, 1],
        [1, 2, 2, 1],
        "SAME",
    ),
    f32(1, 4, 4, 1),
    unit(3, 3, 1, 2),
    unit(2),
)
case("select_by_mask", lambda tf, x, m: tf.where(m, x, -x), f32(3), bools([True, False, True]))

#: Where a window starts with NaN, its gradient goes there; a window of NaN alone gives the lowest.
BROKEN = num([[4, NAN, NAN, 1, 2], [NAN, NAN, NAN, 3, NAN], [5, NAN, 1, NAN, 7], [2, 9, NAN, 1, 0]])
for size, stride, padding in ((2, 1, "VALID"), (2, 2, "SAME"), (3, 1, "SAME"), (3, 2, "SAME")):
    case(
        f"max_pool_of_nan_{size}_{stride}_{padding}",
        lambda tf, x, args=([1, size, size, 1], [1, stride, stride, 1], padding): tf.nn.max_pool(
            x, *args
        ),
        BROKEN.reshape(1, 4, 5, 1),
    )
