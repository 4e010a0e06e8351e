"""Windows over sequences, images and volumes: convolution, pooling, morphology."""

from .arrays import f32, f64, num, unit
from .suite import Suite, lookup

suite = Suite("windowed")
case = suite.case

VOLUME = f32(1, 2, 4, 3, 2)
KERNELS = unit(2, 3, 2, 2, 2)
for padding in ("SAME", "VALID"):
    for strides in ([1, 1, 1, 1, 1], [1, 2, 1, 2, 1]):
        tag = f"{padding.lower()}_{''.join(map(str, strides))}"
        case(
            "conv3d_" + tag,
            lambda tf, x, w, p=padding, s=strides: tf.nn.conv3d(x, w, s, p),
            VOLUME,
            KERNELS,
        )
        for pool in ("max_pool3d", "avg_pool3d"):
            case(
                f"{pool}_{tag}",
                lambda tf, x, n=pool, p=padding, s=strides: lookup(tf.nn, n)(
                    x, [1, 2, 3, 2, 1], s, p
                ),
                VOLUME,
            )
case(
    "conv3d_names",
    lambda tf, x, w: tf.nn.conv3d(input=x, filters=w, strides=[1] * 5, padding="SAME", name="c"),
    f64(1, 2, 2, 3, 1),
    f64(2, 1, 2, 1, 1),
)
case(
    "conv3d_second_derivative",
    lambda tf, x, w: tf.gradients(
        tf.gradients(tf.square(tf.nn.conv3d(x, w, [1, 1, 2, 1, 1], "SAME")), [x, w]), [x, w]
    ),
    f32(1, 2, 3, 2, 1),
    unit(2, 2, 1, 1, 2),
    grad=False,
)
case(
    "conv3d_transpose",
    lambda tf, x, w: tf.nn.conv3d_transpose(x, w, [1, 3, 4, 5, 2], [1, 2, 1, 2, 1]),
    f32(1, 2, 4, 3, 2),
    KERNELS,
)
case(
    "conv3d_transpose_valid",
    lambda tf, x, w: tf.nn.conv3d_transpose(
        x, filters=w, output_shape=tf.constant([1, 3, 4, 3, 2]), strides=1, padding="VALID"
    ),
    f32(1, 2, 2, 2, 2),
    KERNELS,
)
case(
    "conv3d_transpose_by_strides_of_space",
    lambda tf, x, w: tf.nn.conv3d_transpose(x, w, [1, 4, 3, 2, 2], [2, 1, 1], name="up"),
    f32(1, 2, 3, 2, 2),
    KERNELS,
)
case(
    "conv3d_backprop_filter",
    lambda tf, x, y: tf.nn.conv3d_backprop_filter_v2(x, [2, 3, 2, 2, 1], y, [1] * 5, "SAME"),
    VOLUME,
    f32(1, 2, 4, 3, 1),
)
for pool in ("max_pool3d", "avg_pool3d"):
    case(
        pool + "_second_derivative",
        lambda tf, x, n=pool: tf.gradients(
            tf.gradients(lookup(tf.nn, n)(x, 2, 2, "SAME") ** 2, x)[0], x
        ),
        f32(1, 3, 2, 3, 2),
        grad=False,
    )
    case(
        pool + "_third_derivative",
        lambda tf, x, n=pool: tf.gradients(
            tf.gradients(tf.gradients(lookup(tf.nn, n)(x, 2, 1, "VALID") ** 3, x)[0], x)[0], x
        ),
        f32(1, 2, 2, 3, 1),
        grad=False,
    )
case(
    "max_pool3d_ties",
    lambda tf, x: tf.nn.max_pool3d(x, 2, [1, 1, 1, 2, 1], "SAME"),
    num([[1, 1, 0], [1, 1.000001, 0], [2, 2, 2]]).reshape(1, 1, 3, 3, 1),
)
