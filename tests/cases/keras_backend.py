"""What the functions of `tf.keras.backend` compute, and of which nodes."""

import importlib

import numpy as np

from .arrays import INF, NAN, bools, f32, f64, ints, longs, num, pos
from .suite import Suite, lookup

suite = Suite("keras_backend")


def case(id, fn, *inputs, **options):
    """A case of `fn(K, *tensors)`."""
    suite.case(id, lambda tf, *tensors: fn(without_gpus(tf), *tensors), *inputs, **options)


def without_gpus(tf):
    """The backend as it is where there is no GPU: there was none when TensorFlow was recorded."""
    if tf.__name__ == "stillflow":
        importlib.import_module("stillflow.keras.backend.formats")._gpus = []
    return tf.keras.backend


def named(names, *inputs, **options):
    """A case for each of the functions that take just the inputs."""
    for name in names.split():
        case(name, lambda K, *tensors, n=name: lookup(K, n)(*tensors), *inputs, **options)


def list_of(sparse):
    return [sparse.indices, sparse.values, sparse.dense_shape]


def flat(decoded, scores):
    return [*decoded, scores]


PROBABILITIES = num([[0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]])
ONE_HOT = num([[0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]])

# Each element by itself.

named("square abs exp sign sin cos softplus softsign sigmoid hard_sigmoid tanh", f32(2, 3))
named("sqrt log", pos(2, 3))
named("round", num([0.5, 1.5, -2.5, 2.4]), grad=False)
case("sqrt_of_negative", lambda K, x: K.sqrt(x), num([-1, 0, 4, INF]), grad=False)
case("sqrt_double", lambda K, x: K.sqrt(x), f64(3) + 3)
case("pow", lambda K, x: K.pow(x, 3), f32(2, 2))
case("clip", lambda K, x: K.clip(x, -0.5, 1), f32(3, 3))
case("clip_no_end", lambda K, x: K.clip(x, 0.0, None), f32(3, 3))
case("clip_reversed", lambda K, x: K.clip(x, 0.5, -1.0), f32(3, 3))
named(
    "equal not_equal greater greater_equal less less_equal",
    num([1, 2, NAN]),
    num([1, 3, NAN]),
    grad=False,
)
named("maximum minimum", f32(2, 3), f32(3, at=1))

# Reductions.

REDUCTIONS = "max min sum prod var std mean"
named(REDUCTIONS, f32(2, 3))
for name in REDUCTIONS.split():
    case(
        f"{name}_axis",
        lambda K, x, n=name: lookup(K, n)(x, axis=1, keepdims=True),
        f32(2, 3, 2),
    )
named("any all", ints([[0, 1], [0, 0]]), grad=False)
case("all_axis", lambda K, x: K.all(x, axis=-1, keepdims=True), bools([[1, 0], [1, 1]]), grad=False)
for name in ("mean", "var", "std"):
    case(
        f"{name}_of_bools",
        lambda K, x, n=name: lookup(K, n)(x),
        bools([[1, 0], [1, 1]]),
        grad=False,
    )
named("argmax argmin", f32(2, 3), grad=False)
case("argmax_axis", lambda K, x: K.argmax(x, axis=0), f32(2, 3), grad=False)
named("cumsum cumprod", f32(3, 2))
case("cumsum_axis", lambda K, x: K.cumsum(x, axis=1), f32(3, 2))

# Products.

SHAPES = [((2, 3), (3, 4)), ((2, 3, 4), (4, 2)), ((2, 3), (4, 3, 2)), ((2, 2, 3), (2, 3, 2))]
for x, y in SHAPES:
    case(f"dot_{len(x)}_{len(y)}_{y[0]}", lambda K, a, b: K.dot(a, b), f32(*x), f32(*y, at=1))
for id, x, y, axes in [
    ("matrices", (3, 2), (3, 2), 1),
    ("matrices_crossed", (3, 3), (3, 3), (1, 0)),
    ("cubes", (2, 3, 4), (2, 4, 5), None),
    ("cubes_axes", (2, 3, 4), (2, 5, 4), (2, 2)),
    ("cube_and_matrix", (2, 3, 4), (2, 4), (2, 1)),
    ("matrix_and_cube", (2, 4), (2, 4, 3), (1, 1)),
    ("cubes_first", (2, 4, 3), (2, 4, 5), 1),
]:
    case(
        f"batch_dot_{id}",
        lambda K, a, b, axes=axes: K.batch_dot(a, b, axes=axes),
        f32(*x),
        f32(*y, at=1),
    )

# Shapes and orders.

named("transpose flatten batch_flatten", f32(2, 3, 2))
case("reshape", lambda K, x: K.reshape(x, (-1, 2)), f32(2, 3))
case("permute_dimensions", lambda K, x: K.permute_dimensions(x, (2, 0, 1)), f32(2, 3, 4))
case("expand_dims", lambda K, x: [K.expand_dims(x), K.expand_dims(x, 1)], f32(2, 3))
case("squeeze", lambda K, x: K.squeeze(x, 1), f32(2, 1, 3))
case("repeat_elements", lambda K, x: K.repeat_elements(x, 3, axis=1), f32(2, 2))
case("repeat", lambda K, x: K.repeat(x, 3), f32(2, 2))
case("tile", lambda K, x: [K.tile(x, [2, 1]), K.tile(K.flatten(x), 2)], f32(2, 2))
case("stack", lambda K, x, y: K.stack([x, y], axis=1), f32(2, 2), f32(2, 2, at=1))
case("concatenate", lambda K, x, y: K.concatenate([x, y]), f32(2, 2), f32(2, 3, at=1))
case("concatenate_rows", lambda K, x, y: K.concatenate([x, y], axis=0), f32(1, 2), f32(2, 2, at=1))
case("reverse", lambda K, x: [K.reverse(x, 1), K.reverse(x, (0, 1))], f32(2, 3))
case("gather", lambda K, x: K.gather(x, np.array([1, 0, 1])), f32(3, 2))
case("one_hot", lambda K, x: K.one_hot(x, 4), ints([[0, 3], [2, 1]]), grad=False)
case("arange", lambda K: [K.arange(4), K.arange(1, 7, 2), K.arange(0, 3, dtype="float32")])
case("arange_negative", lambda K: K.arange(-3))
case("zeros_like", lambda K, x: [K.zeros_like(x), K.ones_like(x, dtype="int32", name="o")], f32(2))
case("constant", lambda K: [K.constant([1, 2]), K.constant(3, dtype="int32", shape=(2, 2))])
case("cast", lambda K, x: K.cast(x, "float64"), f32(2))
case("shape", lambda K, x: K.shape(x), f32(2, 3), grad=False)
case("temporal_padding", lambda K, x: K.temporal_padding(x, (1, 2)), f32(1, 2, 2))
case("spatial_2d_padding", lambda K, x: K.spatial_2d_padding(x), f32(1, 2, 2, 1))
case(
    "spatial_2d_padding_first",
    lambda K, x: K.spatial_2d_padding(x, ((1, 0), (0, 2)), "channels_first"),
    f32(1, 2, 2, 1),
)
case("spatial_3d_padding", lambda K, x: K.spatial_3d_padding(x), f32(1, 1, 2, 2, 1))
case(
    "spatial_3d_padding_first",
    lambda K, x: K.spatial_3d_padding(x, ((1, 0), (0, 2), (1, 1)), "channels_first"),
    f32(1, 1, 2, 2, 1),
)
for order in ("channels_last", "channels_first"):
    for method in ("nearest", "bilinear"):
        case(
            f"resize_images_{method}_{order}",
            lambda K, x, o=order, m=method: K.resize_images(x, 2, 3, o, interpolation=m),
            f32(1, 2, 2, 2),
        )
    case(
        f"resize_volumes_{order}",
        lambda K, x, o=order: K.resize_volumes(x, 2, 1, 2, o),
        f32(1, 2, 2, 2, 2),
    )

# Choices.

case("switch_scalar", lambda K, x: K.switch(K.sum(x) > 0, x, lambda: -x), f32(2, 2))
case("switch_rows", lambda K, x: K.switch(x[:, 0] > 0, x, -x), f32(3, 2))
case("switch_elements", lambda K, x: K.switch(x > 0, x, 2 * x), f32(3, 2))
case("switch_spread", lambda K, x: K.switch(x[:, :, 0] > 0, x, lambda: 2 * x), f32(2, 2, 3))
case("switch_number", lambda K, x: K.switch(K.constant(1), 3 * x, x), f32(2))
case("in_train_phase", lambda K, x: K.in_train_phase(x, lambda: 2 * x, training=1), f32(2))
case("in_test_phase", lambda K, x: K.in_test_phase(x, 2 * x, training=K.sum(x) > 0), f32(2))
case("learning_phase", lambda K, x: K.in_train_phase(lambda: 3 * x, x), f32(2))

# Activations.

RELUS = {
    "plain": {},
    "six": {"max_value": 6},
    "ceiling": {"max_value": 1.0},
    "leaky": {"alpha": 0.1},
    "threshold": {"threshold": 0.5},
    "all": {"alpha": 0.25, "max_value": 1.0, "threshold": -0.5},
    "leaky_ceiling": {"alpha": 0.5, "max_value": 6},
}
for id, options in RELUS.items():
    case(f"relu_{id}", lambda K, x, o=options: K.relu(x, **o), 4 * f32(2, 4))
case("elu", lambda K, x: [K.elu(x), K.elu(x, alpha=0.5)], f32(2, 3))
case("softmax", lambda K, x: [K.softmax(x), K.softmax(x, axis=0)], f32(2, 3))
case("l2_normalize", lambda K, x: [K.l2_normalize(x), K.l2_normalize(x, axis=1)], f32(2, 3))
case("dropout", lambda K, x: K.dropout(x, 0.5, seed=3), f32(4, 4))
case("dropout_noise", lambda K, x: K.dropout(x, 0.25, noise_shape=(4, 1), seed=3), f32(4, 4))
case("in_top_k", lambda K, x: K.in_top_k(x, ints([0, 2]), 2), f32(2, 3), grad=False)

# Cross entropies.

case("categorical", lambda K, y: K.categorical_crossentropy(ONE_HOT, y), PROBABILITIES)
case(
    "categorical_logits",
    lambda K, y: K.categorical_crossentropy(ONE_HOT, y, from_logits=True, axis=0),
    f32(3, 4),
)
case(
    "categorical_of_softmax",
    lambda K, y: K.categorical_crossentropy(ONE_HOT, K.softmax(y)),
    f32(3, 4),
)
case(
    "sparse_categorical",
    lambda K, y: K.sparse_categorical_crossentropy(ints([1, 3, 0]), y),
    num([[0.1, 0.2, 0.3, 0.4], [0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25]]),
)
case(
    "sparse_categorical_column",
    lambda K, y: K.sparse_categorical_crossentropy(ints([[1], [3], [0]]), y, from_logits=True),
    f32(3, 4),
)
case(
    "sparse_categorical_cube",
    lambda K, y: K.sparse_categorical_crossentropy(num([[[1], [0]], [[2], [1]]]), K.softmax(y)),
    f32(2, 2, 3),
)
case(
    "sparse_categorical_axis",
    lambda K, y: K.sparse_categorical_crossentropy(
        ints([[1, 0], [1, 1]]), y, from_logits=True, axis=1
    ),
    f32(2, 3, 2),
)
case("binary", lambda K, y: K.binary_crossentropy(ONE_HOT, y), pos(3, 4) / 4)
case(
    "binary_logits",
    lambda K, y: K.binary_crossentropy(ONE_HOT, y, from_logits=True),
    f32(3, 4),
)
case("binary_of_sigmoid", lambda K, y: K.binary_crossentropy(ONE_HOT, K.sigmoid(y)), f32(3, 4))

# Normalization.

for id, shape, axes in [
    ("matrix", (4, 3), [0]),
    ("images", (2, 2, 2, 3), [0, 1, 2]),
    ("images_first", (2, 3, 2, 2), [0, 2, 3]),
    ("sequences_first", (2, 3, 4), [0, 2]),
]:
    size = shape[1] if "first" in id else 3
    case(
        f"normalize_batch_{id}",
        lambda K, x, g, b, a=axes: K.normalize_batch_in_training(x, g, b, a),
        f32(*shape),
        pos(size),
        f32(size, at=1),
    )
    case(
        f"normalize_batch_{id}_alone",
        lambda K, x, a=axes: K.normalize_batch_in_training(x, None, None, a, epsilon=0.1),
        f32(*shape),
    )
for id, shape in [("matrix", (4, 3)), ("images", (2, 2, 2, 3))]:
    case(
        f"batch_normalization_{id}",
        lambda K, x, m, v, b, g: K.batch_normalization(x, m, v, b, g),
        f32(*shape),
        f32(3),
        pos(3, at=1),
        f32(3, at=2),
        f32(3, at=3),
    )
    case(
        f"batch_normalization_{id}_alone",
        lambda K, x, m, v: K.batch_normalization(x, m, v, None, None, epsilon=0.1),
        f32(*shape),
        f32(3),
        pos(3, at=1),
    )

# Convolutions and pools.

case(
    "conv1d_causal",
    lambda K, x, k: K.conv1d(x, k, padding="causal", dilation_rate=2),
    f32(1, 4, 2),
    f32(2, 2, 2, at=1),
)

ORDERS = ("channels_last", "channels_first")
for order in ORDERS:
    last = order == "channels_last"
    case(
        f"conv1d_{order}",
        lambda K, x, k, o=order: K.conv1d(x, k, strides=2, padding="same", data_format=o),
        f32(*((1, 4, 2) if last else (1, 2, 4))),
        f32(3, 2, 2, at=1),
    )
    case(
        f"conv2d_{order}",
        lambda K, x, k, o=order: K.conv2d(x, k, padding="same", data_format=o),
        f32(*((1, 3, 4, 2) if last else (1, 2, 3, 4))),
        f32(2, 2, 2, 3, at=1),
    )
    case(
        f"conv2d_dilated_{order}",
        lambda K, x, k, o=order: K.conv2d(x, k, data_format=o, dilation_rate=(2, 2)),
        f32(*((1, 4, 4, 2) if last else (1, 2, 4, 4))),
        f32(2, 2, 2, 3, at=1),
    )
    case(
        f"conv2d_transpose_{order}",
        lambda K, x, k, o=order: K.conv2d_transpose(
            x,
            k,
            (None, 4, 6, 2) if o == "channels_last" else (None, 2, 4, 6),
            strides=(2, 2),
            padding="same",
            data_format=o,
        ),
        f32(*((1, 2, 3, 3) if last else (1, 3, 2, 3))),
        f32(2, 2, 2, 3, at=1),
    )
    case(
        f"separable_conv2d_{order}",
        lambda K, x, d, p, o=order: K.separable_conv2d(x, d, p, data_format=o),
        f32(*((1, 3, 3, 2) if last else (1, 2, 3, 3))),
        f32(2, 2, 2, 2, at=1),
        f32(1, 1, 4, 3, at=2),
    )
    case(
        f"conv3d_{order}",
        lambda K, x, k, o=order: K.conv3d(x, k, data_format=o),
        f32(*((1, 2, 3, 3, 1) if last else (1, 1, 2, 3, 3))),
        f32(2, 2, 2, 1, 2, at=1),
    )
    for mode in ("max", "avg"):
        case(
            f"pool2d_{mode}_{order}",
            lambda K, x, o=order, m=mode: K.pool2d(
                x, (2, 2), (2, 1), "same", data_format=o, pool_mode=m
            ),
            f32(1, 3, 3, 2),
        )
        case(
            f"pool3d_{mode}_{order}",
            lambda K, x, o=order, m=mode: K.pool3d(x, (1, 2, 2), data_format=o, pool_mode=m),
            f32(1, 2, 3, 3, 2),
        )
    case(
        f"local_conv1d_{order}",
        lambda K, x, k, o=order: K.local_conv1d(x, k, (2,), (1,), data_format=o),
        f32(*((2, 4, 2) if last else (2, 2, 4))),
        f32(3, 4, 2, at=1),
    )
    case(
        f"local_conv2d_{order}",
        lambda K, x, k, o=order: K.local_conv2d(x, k, (2, 2), (1, 1), (2, 1), data_format=o),
        f32(*((2, 3, 2, 1) if last else (2, 1, 3, 2))),
        f32(2, 4, 2, at=1),
    )
    for rank, shape in [(3, (2, 3, 2)), (4, (1, 2, 3, 2)), (5, (1, 2, 1, 3, 2))]:
        case(
            f"bias_add_{rank}_{order}",
            lambda K, x, b, o=order: K.bias_add(x, b, data_format=o),
            f32(*shape),
            f32(shape[-1] if last else shape[1], at=1),
        )
        whole = shape[1:] if last else (*shape[2:], shape[1])
        case(
            f"bias_add_{rank}_whole_{order}",
            lambda K, x, b, o=order: K.bias_add(x, b, data_format=o),
            f32(*shape),
            f32(*whole, at=1),
        )
case("bias_add_matrix", lambda K, x, b: K.bias_add(x, b), f32(2, 3), f32(3, at=1))

# Chance, and functions of rows.

case("random_normal", lambda K: K.random_normal((2, 3), 1.0, 2.0, seed=5))
case("random_uniform", lambda K: K.random_uniform((2, 3), -1, 1, dtype="float64", seed=5))
case("random_binomial", lambda K: K.random_binomial((3, 4), 0.5, seed=5))
case("truncated_normal", lambda K: K.truncated_normal((2, 3), seed=5))
case("map_fn", lambda K, x: K.map_fn(lambda row: row * 2, x, name="m"), f32(3, 2))
case("foldl", lambda K, x: K.foldl(lambda a, b: a * b, x), f32(3, 2))
case("foldr", lambda K, x: K.foldr(lambda a, b: a - b, x, initializer=x[0]), f32(3, 2))

# Connectionist temporal classification.

LABELS = longs([[0, 1, 1], [1, 0, 2]])
SOFTMAX = (lambda e: (e / e.sum(-1, keepdims=True)).astype(np.float32))(np.exp(f64(2, 5, 4)))
LENGTHS, LABEL_LENGTHS = ints([[5], [4]]), ints([[3], [2]])
case(
    "ctc_label_dense_to_sparse",
    lambda K: list_of(
        K.ctc_label_dense_to_sparse(K.constant(LABELS, "int64"), LABEL_LENGTHS[:, 0])
    ),
)
case(
    "ctc_batch_cost",
    lambda K, y: K.ctc_batch_cost(K.constant(LABELS, "int64"), y, LENGTHS, LABEL_LENGTHS),
    SOFTMAX,
)
case(
    "ctc_decode_greedy",
    lambda K, y: flat(*K.ctc_decode(y, LENGTHS[:, 0])),
    SOFTMAX,
    grad=False,
)
case(
    "ctc_decode_beam",
    lambda K, y: flat(*K.ctc_decode(y, LENGTHS[:, 0], greedy=False, beam_width=8, top_paths=2)),
    SOFTMAX,
    grad=False,
)
