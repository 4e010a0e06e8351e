"""Kernels that are fed inputs of shapes that differ, where NumPy would broadcast."""

import numpy as np

from .arrays import f32, ints
from .nodes import node
from .suite import Suite

suite = Suite("unlike")


def fed(op_type, *arrays, **attributes):
    """Adds a case in which the run of a node of `op_type` is fed `arrays`."""

    def one(tf, run):
        feeds = [tf.placeholder(array.dtype) for array in arrays]
        made = node(tf, op_type, *feeds, T=tf.float32, **attributes)
        run(made, {feeds[i]: arrays[i] for i in range(len(feeds))})

    shapes = "x".join(str(list(array.shape)) for array in arrays).replace(" ", "")
    suite.case(f"{op_type}{shapes}", one, grad=False)


# Gradients of activations.

for name in ("Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Softplus", "Softsign"):
    for dy, x in (((3,), (2, 3)), ((), (2, 3)), ((1, 3), (2, 3)), ((2, 3), (2, 3))):
        fed(name + "Grad", f32(*dy), f32(*x))

# Normalisation of images.

IMAGES, VECTOR = f32(1, 2, 2, 3), f32(3)
for scale, offset in ((f32(), VECTOR), (f32(1, 3), VECTOR), (VECTOR, f32(1, 3))):
    fed("FusedBatchNorm", IMAGES, scale, offset, f32(0), f32(0), is_training=True)
fed("FusedBatchNorm", IMAGES, VECTOR, VECTOR, VECTOR, VECTOR, is_training=True)
fed("LRNGrad", f32(1, 2, 2, 3), f32(2, 2, 2, 3), f32(2, 2, 2, 3))
fed("LRNGrad", f32(2, 2, 3), f32(2, 2, 2, 3), f32(2, 2, 2, 3))

# Convolution of each channel.

ONES = [1, 1, 1, 1]
for images, filters in (((1, 4, 4, 1), (2, 2, 2, 1)), ((1, 1, 4, 4, 2), (2, 2, 2, 1))):
    fed("DepthwiseConv2dNative", f32(*images), f32(*filters), strides=ONES, padding="SAME")
for dy in ((2, 4, 4, 2), (1, 3, 4, 2), (1, 4, 3, 2), (1, 4, 4, 2, 1)):
    for kind, given in (
        ("Input", (ints([1, 4, 4, 2]), f32(2, 2, 2, 1))),
        ("Filter", (f32(1, 4, 4, 2), ints([2, 2, 2, 1]))),
    ):
        fed(f"DepthwiseConv2dNativeBackprop{kind}", *given, f32(*dy), strides=ONES, padding="SAME")


# What an optimizer is given that is no scalar.


def rate(name, make, shape=(1,)):
    """Adds a case in which an optimizer's rate, of unknown shape, is fed an array."""

    def one(tf, run, sparse):
        v = tf.Variable(np.ones([4, 2], np.float32))
        fed_rate = tf.placeholder(tf.float32)
        loss = tf.reduce_sum(tf.gather(v, [1, 2]) if sparse else v)
        step = make(tf, fed_rate).minimize(loss)
        run.session.run(tf.global_variables_initializer())
        run(step, {fed_rate: np.full(shape, 0.1, np.float32)})

    for sparse in (False, True):
        kind = "sparse" if sparse else "dense"
        suite.case(f"{name}_{kind}", lambda tf, run, s=sparse: one(tf, run, s), grad=False)


rate("gradient_descent", lambda tf, r: tf.train.GradientDescentOptimizer(r))
rate("momentum", lambda tf, r: tf.train.MomentumOptimizer(r, 0.9))
rate("momentum's", lambda tf, r: tf.train.MomentumOptimizer(0.1, r))
rate("adam", lambda tf, r: tf.train.AdamOptimizer(r))
rate("adagrad", lambda tf, r: tf.train.AdagradOptimizer(r))
rate("adadelta", lambda tf, r: tf.train.AdadeltaOptimizer(r))
rate("rms_prop", lambda tf, r: tf.train.RMSPropOptimizer(r))
rate("centered", lambda tf, r: tf.train.RMSPropOptimizer(r, centered=True))
rate("ftrl", lambda tf, r: tf.train.FtrlOptimizer(r))
rate("proximal", lambda tf, r: tf.train.ProximalGradientDescentOptimizer(r))
rate("proximal_adagrad", lambda tf, r: tf.train.ProximalAdagradOptimizer(r))

# Vectors of one length.


def slice_of(begin, end, strides):
    """Adds a case in which a strided slice is fed these."""
    arrays = [ints(begin), ints(end), ints(strides)]

    def one(tf, run):
        feeds = [tf.placeholder(tf.int32) for _ in arrays]
        run(tf.strided_slice(tf.zeros([3, 4]), *feeds), dict(zip(feeds, arrays)))  # noqa: B905

    suite.case(f"slice{begin}{end}{strides}".replace(" ", ""), one, grad=False)


for vectors in (
    ([0, 1], [2], [1]),
    (0, [2], [1]),
    ([0], [[2]], [1]),
    ([0, 1], [2, 3], [1]),
    ([0, 1], [2, 3], [1, 1]),
):
    slice_of(*vectors)
