"""Neural network ops: layouts, types and refusals that the recorded cases leave out."""

import numpy as np
import pytest

import stillflow.api as tf


def run(fetch, feeds=None):
    return tf.Session().run(fetch, feeds)


def fed(*values, dtypes=None):
    """Placeholders of no known shape, and what to feed them."""
    types = dtypes or [tf.float32] * len(values)
    tensors = [tf.placeholder(dtype) for dtype in types]
    return tensors, dict(zip(tensors, values, strict=True))


ONES = np.ones
INT = tf.int32
X23 = ONES((2, 3))


def xent(labels, logits):
    return tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)


def sparse_xent(logits, labels):
    logits.set_shape([None, 3])
    labels.set_shape([None])
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)


def conv(padding="VALID", strides=(1, 1, 1, 1)):
    return lambda x, w: tf.nn.conv2d(x, w, list(strides), padding)


def pool(ksize):
    return lambda x: tf.nn.max_pool(x, ksize, [1, 1, 1, 1], "VALID")


REFUSED = [
    (
        tf.nn.bias_add,
        (X23, ONES(2)),
        "Must provide as many biases as the last dimension of the input tensor: [2] vs. [2,3]",
    ),
    (tf.nn.bias_add, (X23, ONES((2, 2))), "Biases must be 1D: [2,2]"),
    (tf.nn.bias_add, (ONES(2), ONES(2)), "Input tensor must be at least 2D: [2]"),
    (tf.nn.softmax, (1.0,), "logits must have >= 1 dimension, got []"),
    (tf.nn.log_softmax, (1.0,), "logits must have >= 1 dimension, got []"),
    (
        xent,
        (X23, ONES((2, 4))),
        "logits and labels must be broadcastable: logits_size=[2,4] labels_size=[2,3]",
    ),
    (
        sparse_xent,
        (X23, [1, 2, 1], INT),
        "logits and labels must have the same first dimension, got logits shape [2,3] and labels "
        "shape [3]",
    ),
    (
        sparse_xent,
        (X23, [1, 5], INT),
        "Received a label value of 5 which is outside the valid range of [0, 3).  Label values: "
        "1 5",
    ),
    (tf.nn.top_k, (X23, 5, INT), "input must have at least k columns. Had 3, needed 5"),
    (tf.nn.top_k, (X23, -5, INT), "Need k >= 0, got -5"),
    (tf.nn.top_k, (1.0, 1, INT), "input must be >= 1-D, got shape []"),
    (tf.nn.top_k, (X23, [1], INT), "k must be scalar, got shape [1]"),
    (
        lambda x, t: tf.nn.in_top_k(x, t, 1),
        (X23, [1, 2, 1], INT),
        "First dimension of predictions 2 must match length of targets 3",
    ),
    (
        lambda x, t: tf.nn.in_top_k(x, t, 1),
        (ONES(2), [1], INT),
        "predictions must be 2-dimensional",
    ),
    (tf.contrib.nn.nth_element, (X23, 5, INT), "Input must have at least n+1 columns"),
    (tf.contrib.nn.nth_element, (X23, -1, INT), "Need n >= 0, got -1"),
    (tf.contrib.nn.nth_element, (1.0, 0, INT), "Input must be >= 1-D, got shape []"),
    (
        conv(),
        (ONES((1, 2, 2, 3)), ONES((1, 1, 2, 1))),
        "input depth must be evenly divisible by filter depth: 3 vs 2",
    ),
    (
        conv(),
        (ONES((1, 1, 1, 4)), ONES((1, 1, 2, 2))),
        "The Conv2D op currently does not support grouped convolutions on the CPU.",
    ),
    (conv(), (ONES((2, 2, 2)), ONES((1, 1, 2, 1))), "input must be 4-dimensional[2,2,2]"),
    (conv(), (ONES((1, 2, 2, 2)), ONES((1, 2, 1))), "filter must be 4-dimensional: [1,2,1]"),
    (
        conv(strides=(2, 1, 1, 1)),
        (ONES((1, 2, 2, 2)), ONES((1, 1, 2, 1))),
        "Current implementation does not yet support strides in the batch and depth dimensions.",
    ),
    (
        conv(),
        (ONES((1, 1, 4, 1)), ONES((3, 3, 1, 1))),
        "Computed output size would be negative: -1 [input_size: 1, effective_filter_size: 3, "
        "stride: 1]",
    ),
    (
        lambda x, w: tf.nn.conv2d_transpose(x, w, [1, 5, 5, 2], [1, 2, 2, 1]),
        (ONES((1, 2, 2, 3)), ONES((3, 3, 2, 3))),
        "Conv2DCustomBackpropInput: Size of out_backprop doesn't match computed: actual = 2, "
        "computed = 3 spatial_dim: 1 input: 5 filter: 3 output: 2 stride: 2 dilation: 1",
    ),
    (
        pool([2, 1, 1, 1]),
        (ONES((2, 2, 2, 1)),),
        "Pooling is not yet supported on the batch dimension.",
    ),
]


@pytest.mark.parametrize(
    ("f", "given", "sentence"), REFUSED, ids=[case[2][:50] for case in REFUSED]
)
def test_refused_in_the_run(f, given, sentence, tier):
    """Where shapes are not known before, in the words of TensorFlow's kernels."""
    values = [value for value in given if value is not INT]
    types = [tf.float32, INT] if given[-1] is INT else [tf.float32] * len(values)
    inputs, feeds = fed(*values, dtypes=types)
    with pytest.raises(tf.errors.OpError) as caught:
        run(f(*inputs), feeds)
    assert caught.value.message.startswith(sentence)


BUILDING = [
    (lambda x: tf.nn.conv2d(x, ONES((3, 3, 1, 4)), 1, None), "Expected string for argument"),
    (
        lambda x: tf.nn.conv2d(x, ONES((3, 3, 1, 4)), 1, "SAME", data_format="HWC"),
        "Attr 'data_format' of 'Conv2D' Op passed string 'HWC' not in: \"NHWC\", \"NCHW\".",
    ),
    (
        lambda x: tf.nn.conv2d(x, ONES((3, 3, 2, 4)), 1, "SAME"),
        "Depth of input (1) is not a multiple of input depth of filter (2) for 'Conv2D'",
    ),
    (
        lambda x: tf.nn.conv2d(x, ONES((3, 3, 1, 4)), [1, 1, 1], "SAME"),
        "strides should be of length 1, 2 or 4 but was 3",
    ),
    (
        lambda x: tf.nn.conv2d(x, ONES((3, 3, 1, 4)), [1, 0, 1, 1], "SAME"),
        "Stride must be > 0, but got 0 for 'Conv2D'",
    ),
    (
        lambda x: tf.nn.conv2d(x, ONES((3, 3, 1, 4)), 1, "SAME", dilations=[0, 1]),
        "Dilation rate must be >= 1, but got 0 for 'Conv2D'",
    ),
    (
        lambda x: tf.nn.conv2d(x, ONES((3, 3, 1, 4)), 1, [[1, 1], [0, 0], [0, 0], [0, 0]]),
        "Nonzero explicit padding in the batch or depth dimensions is not supported",
    ),
    (
        lambda x: tf.nn.conv2d(x, ONES((3, 3, 1, 4)), 1, [[0, 0], [1, 1], [0, 0]]),
        "When padding is a list, it must be of size 4. Got padding of size: 3",
    ),
    (lambda x: tf.nn.max_pool(x, [1, 2, 2], 1, "SAME"), "ksize should be of length 1, 2 or 4"),
    (lambda x: tf.nn.max_pool(x, [1, 0, 2, 1], 1, "SAME"), "ksize cannot be zero."),
    (
        lambda x: tf.nn.max_pool(x, 9, 1, "VALID"),
        "Negative dimension size caused by subtracting 9 from 4 for 'MaxPool'",
    ),
    (
        lambda x: tf.nn.avg_pool(x, 2, 1, "FULL"),
        "Attr 'padding' of 'AvgPool' Op passed string 'FULL' not in: \"SAME\", \"VALID\".",
    ),
    (
        lambda x: tf.nn.depthwise_conv2d(x, tf.ones([3, 3, 3, 2]), [1, 1, 1, 1], "SAME"),
        "Dimensions must be equal, but are 1 and 3 for 'depthwise'",
    ),
    (lambda x: tf.nn.lrn(x[0]), "Shape must be rank 4 but is rank 3 for 'LRN'"),
    (lambda x: tf.nn.bias_add(x, [1.0], data_format="HW"), "data_format must be of the form"),
]


@pytest.mark.parametrize(("build", "sentence"), BUILDING, ids=[text[:50] for _, text in BUILDING])
def test_refused_while_building(build, sentence):
    with pytest.raises((ValueError, TypeError)) as caught:
        build(tf.placeholder(tf.float32, [1, 4, 4, 1]))
    assert str(caught.value).startswith(sentence)


# Layouts ----------------------------------------------------------------------------------------

RNG = np.random.default_rng(3)
IMAGES = RNG.normal(size=(2, 5, 6, 3)).astype(np.float32)
FILTERS = RNG.normal(size=(3, 2, 3, 4)).astype(np.float32)


def first(sizes, data_format):
    """Sizes or amounts for NHWC, in the order of `data_format`."""
    return [sizes[0], sizes[3], sizes[1], sizes[2]] if data_format == "NCHW" else list(sizes)


LAYOUTS = {
    "conv2d": lambda x, f: tf.nn.conv2d(
        x, FILTERS, first([1, 2, 1, 1], f), "SAME", data_format=f, dilations=1
    ),
    "conv2d_explicit": lambda x, f: tf.nn.conv2d(
        x, FILTERS, 1, first([[0, 0], [1, 2], [0, 1], [0, 0]], f), data_format=f
    ),
    "conv2d_transpose": lambda x, f: tf.nn.conv2d_transpose(
        x, FILTERS.transpose(0, 1, 3, 2), first([2, 10, 12, 4], f), 2, data_format=f
    ),
    "depthwise": lambda x, f: tf.nn.depthwise_conv2d(
        x, FILTERS, first([1, 1, 2, 1], f), "VALID", data_format=f
    ),
    "max_pool": lambda x, f: tf.nn.max_pool(x, 3, [2, 1], "SAME", data_format=f),
    "avg_pool": lambda x, f: tf.nn.avg_pool(x, [2, 3], 2, "SAME", data_format=f),
    "bias_add": lambda x, f: tf.nn.bias_add(x, [1.0, 2, 3], data_format=f),
}


def test_channels_first(tier):
    """NCHW gives what NHWC gives, channels first, and the same gradient."""
    results = []
    for layout in ("NHWC", "NCHW"):
        fetches = {}
        for name, f in LAYOUTS.items():  # one program: XLA compiles it at once
            x = tf.constant(IMAGES.transpose(first([0, 1, 2, 3], layout)))
            y = f(x, layout)
            assert None not in y.shape.as_list()
            fetches[name] = [y, *tf.gradients(y**2, x)]
        results.append(run(fetches))
    for name in LAYOUTS:
        for last, channels_first in zip(results[0][name], results[1][name], strict=True):
            same = channels_first.transpose(0, 2, 3, 1)
            np.testing.assert_allclose(same, last, 1e-4, 1e-4, err_msg=name)


# Types ------------------------------------------------------------------------------------------

TYPED = {
    "relu": tf.nn.relu,
    "leaky_relu": tf.nn.leaky_relu,
    "elu": tf.nn.elu,
    "selu": tf.nn.selu,
    "softplus": tf.nn.softplus,
    "softsign": tf.nn.softsign,
    "softmax": tf.nn.softmax,
    "log_softmax": tf.nn.log_softmax,
    "l2_loss": tf.nn.l2_loss,
    "bias_add": lambda x: tf.nn.bias_add(x, tf.ones_like(x[0])),
    "xent": lambda x: xent(tf.ones_like(x) / 3, x),
    "sparse_xent": lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=[0, 2], logits=x
    ),
    "sigmoid_xent": lambda x: tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.ones_like(x), logits=x
    ),
    "top_k": lambda x: tf.nn.top_k(x, 2)[0],
    "conv2d": lambda x: tf.nn.conv2d(
        tf.reshape(x, [1, 2, 3, 1]), tf.ones([2, 2, 1, 2], x.dtype), 1, "SAME"
    ),
    "depthwise": lambda x: tf.nn.depthwise_conv2d(
        tf.reshape(x, [1, 2, 3, 1]), tf.ones([2, 2, 1, 2], x.dtype), [1, 1, 1, 1], "SAME"
    ),
    "max_pool": lambda x: tf.nn.max_pool(tf.reshape(x, [1, 2, 3, 1]), 2, 2, "SAME"),
    "avg_pool": lambda x: tf.nn.avg_pool(tf.reshape(x, [1, 2, 3, 1]), 2, 2, "SAME"),
}


@pytest.mark.parametrize("dtype", [tf.float16, tf.bfloat16, tf.float64], ids=lambda d: d.name)
def test_types(dtype, tier):
    """Results and gradients have the type of the input, and its precision."""
    values = np.array([[0.5, -1.25, 2], [1, 0.25, -0.75]])
    results = []
    for kind in (dtype, tf.float32):
        x = tf.placeholder(kind, [2, 3])
        fetches = {}
        for name, f in TYPED.items():  # one program: XLA compiles it at once
            y = f(x)
            fetches[name] = [y, *tf.gradients(y, x)]
            assert [t.dtype for t in fetches[name]] == [kind, kind], name
        results.append(run(fetches, {x: values}))
    tolerance = {"float16": 4e-3, "bfloat16": 3e-2, "float64": 1e-6}[dtype.name]
    for name in TYPED:
        for got, want in zip(results[0][name], results[1][name], strict=True):
            assert got.dtype == np.dtype(dtype.as_numpy_dtype), name
            np.testing.assert_allclose(np.float64(got), want, tolerance, tolerance, err_msg=name)


# What is left -----------------------------------------------------------------------------------


def test_zero_fraction(tier):
    assert run(tf.nn.zero_fraction([[0.0, 1, 0], [2, 0, 3]])) == np.float32(0.5)
    assert np.isnan(run(tf.nn.zero_fraction(tf.zeros([0]))))
    assert tf.nn.zero_fraction([1]).op.name == "zero_fraction_2/fraction"


@pytest.mark.parametrize("f", [tf.nn.softmax, tf.nn.log_softmax])
def test_softmax_of_no_classes(f, tier):
    x, feeds = fed(ONES((2, 0)))
    assert run(f(*x), feeds).shape == (2, 0)


def test_convolution_of_no_images(tier):
    (x, w), feeds = fed(ONES((0, 4, 4, 2)), ONES((3, 3, 2, 5)))
    y = tf.nn.conv2d(x, w, 1, "SAME")
    y, dx, dw = run([y, *tf.gradients(y, [x, w])], feeds)
    assert (y.shape, dx.shape) == ((0, 4, 4, 5), (0, 4, 4, 2))
    assert dw.tolist() == np.zeros((3, 3, 2, 5)).tolist()


def test_a_tie_goes_to_the_first(tier):
    """As TensorFlow's kernel on the CPU has it, within a window and across windows that overlap."""
    x = tf.constant(ONES((1, 3, 3, 1), np.float32))
    y = tf.nn.max_pool(x, 2, 1, "VALID")
    dx = run(tf.gradients(y, x)[0])
    assert dx[0, :, :, 0].tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_dropout_scales_what_it_keeps(tier):
    y = run(tf.nn.dropout(tf.ones([1000]), rate=0.75, seed=1))
    assert set(y.tolist()) == {0, 4}
    assert np.mean(y) == pytest.approx(1, abs=0.2)
