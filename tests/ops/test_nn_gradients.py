"""Gradient rules of neural network ops against difference quotients, first and second order."""

import numpy as np
import pytest
from gradient_checks import check_gradients

import stillflow.api as tf

RNG = np.random.default_rng(7)


def away_from_zero(*shape):
    """f64[shape] in ±[0.1, 2]."""
    return RNG.uniform(0.1, 2, shape) * RNG.choice([-1, 1], shape)


def distinct(*shape):
    """f64[shape] whose elements lie 0.01 apart, so that no order changes within a step."""
    return RNG.permutation(np.prod(shape)).reshape(shape) / 100


X = away_from_zero(3, 4)
LABELS = RNG.dirichlet(np.ones(4), 3)

ELEMENTWISE = {
    "relu": tf.nn.relu,
    "relu6": tf.nn.relu6,
    "leaky_relu": lambda x: tf.nn.leaky_relu(x, 0.3),
    "elu": tf.nn.elu,
    "selu": tf.nn.selu,
    "softplus": tf.nn.softplus,
    "crelu": tf.nn.crelu,
    "swish": tf.nn.swish,
    "softmax": tf.nn.softmax,
    "softmax_axis": lambda x: tf.nn.softmax(x, axis=0),
    "log_softmax": tf.nn.log_softmax,
    "l2_loss": tf.nn.l2_loss,
    "l2_normalize": lambda x: tf.nn.l2_normalize(x, 1),
    "softmax_cross_entropy": lambda x: tf.nn.softmax_cross_entropy_with_logits_v2(
        labels=LABELS, logits=x
    ),
}


@pytest.mark.parametrize("f", ELEMENTWISE.values(), ids=ELEMENTWISE)
def test_second_order(f):
    """A rule, and the rules of the ops that it builds."""
    check_gradients(f, X, order=2)


FIRST_ORDER = {
    "moments": lambda x: tf.nn.moments(x, [0]),  # the mean is a constant to the variance
    "softsign": tf.nn.softsign,  # TensorFlow differentiates it once only
    "sparse_softmax": lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=[1, 0, 3], logits=x
    ),
    "nth_element": lambda x: tf.contrib.nn.nth_element(x, 2),
    "nth_element_reverse": lambda x: tf.contrib.nn.nth_element(x, 0, reverse=True),
}


@pytest.mark.parametrize("f", FIRST_ORDER.values(), ids=FIRST_ORDER)
def test_first_order(f):
    check_gradients(f, X)


def test_top_k():
    check_gradients(lambda x: tf.nn.top_k(x, 2)[0] ** 2, distinct(2, 3, 5), order=2)


def test_softmax_cross_entropy_of_labels():
    check_gradients(
        lambda x, y: tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=x), X, LABELS
    )


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_bias_add(data_format):
    bias = away_from_zero(5 if data_format == "NHWC" else 3)
    check_gradients(
        lambda x, b: tf.nn.bias_add(x, b, data_format) ** 2,
        away_from_zero(2, 3, 4, 5),
        bias,
        order=2,
    )


def images(*shape, data_format="NHWC"):
    """Distinct pixels, n[n, h, w, c], in the layout wanted."""
    x = distinct(*shape)
    return x.transpose(0, 3, 1, 2) if data_format == "NCHW" else x


EXPLICIT = [[0, 0], [1, 2], [3, 0], [0, 0]]
GEOMETRIES = {
    "same": {"padding": "SAME"},
    "valid": {"padding": "VALID"},
    "same_strided": {"padding": "SAME", "strides": [2, 3]},
    "valid_strided": {"padding": "VALID", "strides": [3, 2]},
    "dilated": {"padding": "SAME", "dilations": [2, 1]},
    "dilated_strided": {"padding": "VALID", "dilations": [1, 2], "strides": 2},
    "explicit": {"padding": EXPLICIT, "strides": [2, 1]},
    "nchw": {"padding": "SAME", "strides": 2, "data_format": "NCHW"},
}


@pytest.mark.parametrize("options", GEOMETRIES.values(), ids=GEOMETRIES)
def test_conv2d(options):
    x = images(2, 7, 6, 2, data_format=options.get("data_format", "NHWC"))
    w = away_from_zero(3, 2, 2, 3)
    check_gradients(lambda x, w: tf.nn.conv2d(x, w, **{"strides": 1, **options}), x, w, order=2)


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_conv2d_transpose(data_format):
    x = images(2, 3, 4, 3, data_format=data_format)
    sizes = [2, 6, 7, 2] if data_format == "NHWC" else [2, 2, 6, 7]
    check_gradients(
        lambda x, w: tf.nn.conv2d_transpose(x, w, sizes, 2, data_format=data_format),
        x,
        away_from_zero(3, 2, 2, 3),
        order=2,
    )


DEPTHWISE = {name: g for name, g in GEOMETRIES.items() if name != "explicit"}


@pytest.mark.parametrize("options", DEPTHWISE.values(), ids=DEPTHWISE)
def test_depthwise_conv2d(options):
    data_format = options.get("data_format", "NHWC")
    strides = np.broadcast_to(options.get("strides", 1), 2).tolist()
    strides = [1, 1, *strides] if data_format == "NCHW" else [1, *strides, 1]
    check_gradients(
        lambda x, w: tf.nn.depthwise_conv2d(
            x,
            w,
            strides,
            options["padding"],
            rate=options.get("dilations"),
            data_format=data_format,
        ),
        images(2, 7, 6, 2, data_format=data_format),
        away_from_zero(3, 2, 2, 3),
        order=2,
    )


WINDOWS = {
    "apart": (2, 2),
    "apart_and_uneven": ([1, 3, 2, 1], [1, 3, 2, 1]),
    "overlapping": (3, 2),
    "dense": (2, 1),
    "with_gaps": (2, 3),
}


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize(("ksize", "strides"), WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("pool", [tf.nn.max_pool, tf.nn.avg_pool])
def test_pooling(pool, ksize, strides, padding):
    check_gradients(lambda x: pool(x, ksize, strides, padding) ** 2, images(2, 7, 5, 2), order=2)


@pytest.mark.parametrize("pool", [tf.nn.max_pool, tf.nn.avg_pool])
def test_pooling_channels_first(pool):
    x = images(2, 7, 5, 2, data_format="NCHW")
    check_gradients(lambda x: pool(x, 2, 2, "SAME", data_format="NCHW"), x)


@pytest.mark.parametrize("pool", [tf.nn.max_pool1d, tf.nn.avg_pool1d])
def test_pooling_of_sequences(pool):
    check_gradients(lambda x: pool(x, 3, 2, "SAME"), distinct(2, 7, 3))


def test_conv1d():
    check_gradients(
        lambda x, w: tf.nn.conv1d(x, w, 2, "SAME"), distinct(2, 7, 3), away_from_zero(3, 3, 2)
    )


def test_separable_conv2d():
    check_gradients(
        lambda x, a, b: tf.nn.separable_conv2d(x, a, b, [1, 2, 2, 1], "SAME"),
        images(1, 5, 6, 2),
        away_from_zero(2, 3, 2, 2),
        away_from_zero(1, 1, 4, 3),
    )


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_fused_batch_norm(data_format):
    """It computes in float32, so the steps are large."""
    x = images(2, 3, 4, 3, data_format=data_format).astype(np.float32)

    def f(x, scale, offset):
        x, scale, offset = (tf.cast(value, tf.float32) for value in (x, scale, offset))
        y = tf.nn.fused_batch_norm(x, scale, offset, data_format=data_format)[0]
        return tf.cast(y, tf.float64) ** 2

    check_gradients(f, x, away_from_zero(3), away_from_zero(3), step=1e-2, rtol=1e-3)


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
@pytest.mark.parametrize("is_training", [True, False])
def test_second_gradient_of_fused_batch_norm(data_format, is_training):
    """That of the same written out, whose statistics depend on the images too in training."""
    rng = np.random.default_rng(0)
    axes, shape = ([0, 1, 2], [3]) if data_format == "NHWC" else ([0, 2, 3], [1, 3, 1, 1])
    arrays = [images(2, 3, 4, 3, data_format=data_format), away_from_zero(3), away_from_zero(3)]
    x, scale, offset = (tf.constant(array, tf.float32) for array in arrays)
    mean, variance = tf.constant([0.5, 1, 1.5]), tf.constant([4.0, 5, 6])
    given = {} if is_training else {"mean": mean, "variance": variance}
    fused = tf.nn.fused_batch_norm(
        x, scale, offset, data_format=data_format, is_training=is_training, **given
    )[0]
    if is_training:  # tf.nn.moments has wrong second derivatives, in TensorFlow too
        mean = tf.reduce_mean(x, axes, keepdims=True)
        variance = tf.reduce_mean(tf.square(x - mean), axes)
    parts = [tf.reshape(part, shape) for part in (mean, variance, offset, scale)]
    written_out = tf.nn.batch_normalization(x, *parts, 1e-3)
    weights = [tf.constant(rng.normal(size=a.shape), tf.float32) for a in (arrays[0], *arrays)]
    results = []
    for y in (fused, written_out):
        firsts = tf.gradients(y, [x, scale, offset], grad_ys=weights[0])
        total = sum(tf.reduce_sum(g * g * w) for g, w in zip(firsts, weights[1:], strict=True))
        results.append(tf.gradients(total, [x, scale, weights[0]]))
    got, want = tf.Session().run(results)
    for one, other in zip(got, want, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-3)


def test_fused_batch_norm_of_given_statistics():
    def f(x, scale, offset):
        x, scale, offset = (tf.cast(value, tf.float32) for value in (x, scale, offset))
        given = {"mean": [0.5, 1, 1.5], "variance": [4.0, 5, 6], "is_training": False}
        return tf.cast(tf.nn.fused_batch_norm(x, scale, offset, **given)[0], tf.float64)

    x = images(2, 3, 4, 3)
    check_gradients(f, x, away_from_zero(3), away_from_zero(3), step=1e-2, rtol=1e-3)


def test_convolution_of_dilated_filters():
    check_gradients(
        lambda x, w: tf.nn.atrous_conv2d(x, w, 2, "VALID"),
        images(1, 7, 6, 2),
        away_from_zero(3, 2, 2, 3),
    )
