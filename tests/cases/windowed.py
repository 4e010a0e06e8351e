"""Windows over sequences, images and volumes: convolution, pooling, morphology."""

from .arrays import f32, f64, ints, num, pos, unit
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

# Any rank, and pixels that lie apart.

ROWS = f32(2, 7, 2)
IMAGES = f32(1, 6, 5, 2)
FILTERS = unit(2, 3, 2, 2)
for name, x, w in (
    ("sequences", ROWS, unit(3, 2, 2)),
    ("images", IMAGES, FILTERS),
    ("volumes", VOLUME, KERNELS),
):
    rank = x.ndim - 2
    rates = [2] if rank == 1 else [1, 2, 1][:rank]
    for padding in ("SAME", "VALID"):
        case(
            f"convolution_of_{name}_{padding.lower()}",
            lambda tf, x, w, p=padding: tf.nn.convolution(x, w, p),
            x,
            w,
        )
        case(
            f"convolution_of_{name}_dilated_{padding.lower()}",
            lambda tf, x, w, p=padding, r=rates: tf.nn.convolution(x, w, p, dilation_rate=r),
            x if rank < 3 else f32(1, 2, 6, 3, 2),
            w,
        )
    for pooling in ("MAX", "AVG"):
        case(
            f"{pooling.lower()}_pool_of_{name}",
            lambda tf, x, p=pooling, r=rank: tf.nn.pool(x, [2] * r, p, "SAME", strides=[2] * r),
            x,
        )
        case(
            f"{pooling.lower()}_pool_of_{name}_dilated",
            lambda tf, x, p=pooling, r=rates: tf.nn.pool(
                x, [2] * len(r), p, "VALID", dilation_rate=r, name="p"
            ),
            x,
        )
case(
    "convolution_strided",
    lambda tf, x, w: tf.nn.convolution(x, w, "VALID", strides=[2, 1], name="c"),
    IMAGES,
    FILTERS,
)
case("atrous_conv2d", lambda tf, x, w: tf.nn.atrous_conv2d(x, w, 2, "SAME"), IMAGES, FILTERS)
case("atrous_conv2d_1", lambda tf, x, w: tf.nn.atrous_conv2d(x, w, 1, "SAME"), IMAGES, FILTERS)
case(
    "atrous_conv2d_valid",
    lambda tf, x, w: tf.nn.atrous_conv2d(x, w, 2, "VALID", name="a"),
    IMAGES,
    FILTERS,
)
for padding, size in (("SAME", [1, 6, 5, 2]), ("VALID", [1, 8, 9, 2])):
    case(
        "atrous_conv2d_transpose_" + padding.lower(),
        lambda tf, x, w, p=padding, s=size: tf.nn.atrous_conv2d_transpose(x, w, s, 2, p),
        IMAGES,
        FILTERS,
    )
    case(
        f"atrous_conv2d_transpose_of_known_at_run_{padding.lower()}",
        lambda tf, x, w, p=padding, s=size: tf.nn.atrous_conv2d_transpose(
            x, w, tf.placeholder_with_default(s, [4]), 2, p, name="t"
        ),
        IMAGES,
        FILTERS,
    )
case(
    "atrous_conv2d_transpose_of_sizes_as_tensors",
    lambda tf, x, w: tf.nn.atrous_conv2d_transpose(
        x, w, tuple(tf.unstack(tf.constant([1, 6, 5, 2]))), 2, "SAME"
    ),
    IMAGES,
    FILTERS,
)
case(
    "atrous_conv2d_transpose_1",
    lambda tf, x, w: tf.nn.atrous_conv2d_transpose(x, w, [1, 6, 5, 2], 1, "SAME"),
    IMAGES,
    FILTERS,
)
case(
    "conv1d_transpose",
    lambda tf, x, w: tf.nn.conv1d_transpose(x, w, [2, 14, 2], 2),
    ROWS,
    unit(3, 2, 2),
)
case(
    "conv1d_transpose_valid",
    lambda tf, x, w: tf.nn.conv1d_transpose(
        x, w, tf.constant([2, 9, 2]), strides=1, padding="VALID", name="up"
    ),
    ROWS,
    unit(3, 2, 2),
)
for name, x, w, size in (
    ("sequences", ROWS, unit(3, 2, 2), [2, 13, 2]),
    ("images", IMAGES, FILTERS, [1, 12, 9, 2]),
    ("volumes", VOLUME, KERNELS, [1, 3, 8, 6, 2]),
):
    case(
        "conv_transpose_of_" + name,
        lambda tf, x, w, s=size: tf.nn.conv_transpose(x, w, s, 2),
        x,
        w,
    )
for padding in ("SAME", "VALID"):
    case(
        "depthwise_conv2d_dilated_" + padding.lower(),
        lambda tf, x, w, p=padding: tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], p, rate=[2, 1]),
        IMAGES,
        FILTERS,
    )
    case(
        "separable_conv2d_dilated_" + padding.lower(),
        lambda tf, x, w, v, p=padding: tf.nn.separable_conv2d(
            x, w, v, [1, 1, 1, 1], p, rate=(2, 2), name="s"
        ),
        IMAGES,
        FILTERS,
        unit(1, 1, 4, 1),
    )
case(
    "with_space_to_batch_between_axes",
    lambda tf, x: tf.nn.with_space_to_batch(
        x,
        [2, 2],
        "SAME",
        lambda y, n, p: tf.reduce_max(y, 2, keepdims=True),
        filter_shape=[1, 3],
        spatial_dims=[1, 3],
    ),
    f32(1, 4, 2, 5, 2),
)
case(
    "with_space_to_batch_of_rates_known_at_run",
    lambda tf, x: tf.nn.with_space_to_batch(
        x,
        tf.placeholder_with_default([2, 1], [2]),
        "SAME",
        lambda y, n, p: tf.nn.avg_pool(y, 2, 1, p),
        filter_shape=tf.constant([2, 2]),
    ),
    f32(1, 4, 3, 1),
)

# Where the largest were.

TIES = num([[1, 1, 0, 2], [1, 1, 0, 2], [2, 2, 2, 0]]).reshape(1, 3, 4, 1)
for padding in ("SAME", "VALID"):
    for batched in (False, True):
        case(
            f"max_pool_with_argmax_{padding.lower()}{'_batched' * batched}",
            lambda tf, x, p=padding, b=batched: tf.nn.max_pool_with_argmax(
                x, [1, 3, 2, 1], [1, 2, 2, 1], p, include_batch_in_index=b
            ),
            f32(2, 4, 5, 2),
        )
case(
    "max_pool_with_argmax_ties",
    lambda tf, x: tf.nn.max_pool_with_argmax(x, [1, 2, 2, 1], [1, 1, 1, 1], "SAME", name="m"),
    TIES,
)
case(
    "max_pool_v2",
    lambda tf, x: tf.raw_ops.MaxPoolV2(
        input=x, ksize=[1, 2, 3, 1], strides=tf.constant([1, 2, 1, 1]), padding="SAME"
    ),
    f32(1, 4, 3, 2),
)
case(
    "max_pool_v2_second_derivative",
    lambda tf, x: tf.gradients(
        tf.gradients(
            tf.square(
                tf.raw_ops.MaxPoolV2(
                    input=x, ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1], padding="VALID"
                )
            ),
            x,
        )[0],
        x,
    ),
    f32(1, 3, 3, 1),
    grad=False,
)

# Morphology.

SHAPE = unit(2, 3, 2)
for padding in ("SAME", "VALID"):
    case(
        "dilation2d_" + padding.lower(),
        lambda tf, x, w, p=padding: tf.nn.dilation2d(x, w, [1, 1, 2, 1], [1, 2, 1, 1], p),
        f32(2, 4, 5, 2),
        SHAPE,
    )
    case(
        "erosion2d_" + padding.lower(),
        lambda tf, x, w, p=padding: tf.nn.erosion2d(x, w, [1, 2, 1, 1], [1, 1, 1, 1], p),
        f32(1, 4, 5, 2),
        SHAPE,
    )
case(
    "dilation2d_ties",
    lambda tf, x: tf.nn.dilation2d(
        x, tf.zeros([2, 2, 1], x.dtype), [1, 1, 1, 1], [1, 1, 1, 1], "SAME", name="d"
    ),
    TIES,
)
case(
    "dilation2d_of_ints",
    lambda tf, x, w: tf.nn.dilation2d(x, w, [1, 1, 1, 1], [1, 1, 1, 1], "SAME"),
    ints([[[[-3], [-5]], [[1], [2]]]]),
    ints([[[-1], [4]]]),
)

# Regions that are drawn.

for kind in ("max", "avg"):
    for pseudo_random in (False, True):
        for overlapping in (False, True):
            case(
                f"fractional_{kind}_pool{'_pseudo' * pseudo_random}{'_overlapping' * overlapping}",
                lambda tf, x, k=kind, p=pseudo_random, o=overlapping: lookup(
                    tf.nn, f"fractional_{k}_pool"
                )(x, [1.0, 1.44, 1.73, 1.0], p, o, True, 7, 12),
                f32(1, 7, 9, 2),
            )
    case(
        f"fractional_{kind}_pool_of_ints",
        lambda tf, x, k=kind: lookup(tf.nn, f"fractional_{k}_pool")(
            x, [1.0, 2.0, 1.5, 1.0], True, False, True, 3, 0, name="f"
        ),
        ints([[[[1], [-3], [8]], [[-5], [2], [7]]]]),
        grad=False,
    )
for name, x in (("sequences", ROWS), ("images", IMAGES), ("volumes", VOLUME)):
    for pool in ("max_pool_v2", "avg_pool_v2"):
        case(
            f"{pool}_of_{name}",
            lambda tf, x, n=pool: lookup(tf.nn, n)(x, 2, 1, "SAME"),
            x,
        )

# Batch normalisation in its first two forms.

for version in ("", "V2"):
    for is_training in (True, False):
        case(
            f"fused_batch_norm{version.lower()}_{'training' if is_training else 'inference'}",
            lambda tf, x, s, o, m, v, n=version, t=is_training: getattr(
                tf.raw_ops, "FusedBatchNorm" + n
            )(
                x=x,
                scale=s,
                offset=o,
                mean=tf.constant([], tf.float32) if t else m,
                variance=tf.constant([], tf.float32) if t else v,
                is_training=t,
            )[: 3 if t else 1],
            f32(1, 3, 2, 2),
            unit(2),
            unit(2, at=1),
            unit(2, at=2),
            pos(2),
            rtol=1e-4,
            atol=1e-5,
            why="sums are taken in another order",
        )

# Layouts, and the oldest normalisation.

case(
    "data_format_dim_map",
    lambda tf, x: [
        tf.raw_ops.DataFormatDimMap(x=x),
        tf.raw_ops.DataFormatDimMap(x=x, src_format="NHWC", dst_format="HWNC"),
    ],
    ints([0, 3, -1, 2, -3]),
    grad=False,
)
case(
    "data_format_vec_permute",
    lambda tf, x, y: [
        tf.raw_ops.DataFormatVecPermute(x=x),
        tf.raw_ops.DataFormatVecPermute(x=y, src_format="NCHW", dst_format="NHWC"),
    ],
    ints([7, 4, 9, 3]),
    ints([[7, 4], [9, 3], [4, 5], [5, 1]]),
    grad=False,
)


def of_old(tf):
    """What builds ops by name in a graph that an old TensorFlow may have made."""
    graph_def = tf.GraphDef()
    graph_def.versions.producer = 8
    tf.import_graph_def(graph_def)
    return tf.raw_ops


for scaled in (True, False):
    case(
        f"batch_norm_with_global_normalization_op_{scaled}".lower(),
        lambda tf, x, m, v, b, g, s=scaled: of_old(tf).BatchNormWithGlobalNormalization(
            t=x,
            m=m,
            v=v,
            beta=b,
            gamma=g,
            variance_epsilon=0.01,
            scale_after_normalization=s,
        ),
        f32(1, 3, 2, 2),
        unit(2),
        pos(2),
        unit(2, at=1),
        unit(2, at=2),
    )
