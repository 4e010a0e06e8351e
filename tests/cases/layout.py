"""Diagonals, blocks, partitions, patches, checks: array ops that other suites leave out."""

from .arrays import bools, count, f32, ints, longs, num
from .suite import Suite

suite = Suite("layout")
case = suite.case

# Diagonals.

case("diag", lambda tf, x: [tf.diag(x), tf.linalg.tensor_diag(x)], f32(2, 3))
case("diag_part", lambda tf, x: tf.diag_part(x), f32(2, 3, 2, 3))
case("matrix_diag", lambda tf, x: [tf.matrix_diag(x), tf.linalg.diag(x, name="d")], f32(2, 3))
case("matrix_diag_part", lambda tf, x: tf.matrix_diag_part(x), f32(2, 3, 3))
case("matrix_diag_part_wide", lambda tf, x: tf.linalg.diag_part(x), f32(2, 4))
case("matrix_set_diag", lambda tf, x, d: tf.matrix_set_diag(x, d), f32(2, 3, 4), f32(2, 3, at=1))
for lower, upper in ((0, 0), (-1, 0), (1, -1)):
    case(
        f"matrix_band_part{lower}_{upper}",
        lambda tf, x, a=lower, b=upper: tf.matrix_band_part(x, a, b),
        f32(2, 3, 4),
    )
case("eye", lambda tf: [tf.eye(3), tf.eye(2, 3), tf.eye(2, batch_shape=[2], dtype=tf.int32)])
case("eye_of_shape", lambda tf, x: [tf.eye(tf.shape(x)[0]), tf.eye(tf.size(x), 2)], f32(3))
case(
    "matrix_transpose", lambda tf, x: [tf.matrix_transpose(x), tf.linalg.transpose(x)], f32(2, 3, 4)
)

# Blocks.

case("space_to_batch", lambda tf, x: tf.space_to_batch(x, [[0, 0], [1, 1]], 2), f32(1, 4, 2, 1))
case(
    "space_to_batch_nd",
    lambda tf, x: tf.space_to_batch_nd(x, [2, 3], [[0, 0], [1, 1]]),
    f32(1, 4, 4, 2),
)
case("space_to_batch_nd_1d", lambda tf, x: tf.space_to_batch_nd(x, [2], [[2, 0]]), f32(2, 4, 3))
case("batch_to_space", lambda tf, x: tf.batch_to_space(x, [[0, 1], [1, 0]], 2), f32(4, 2, 2, 1))
case("batch_to_space_nd", lambda tf, x: tf.batch_to_space_nd(x, [2], [[1, 0]]), f32(4, 2, 3))
case(
    "space_to_batch_fed",
    lambda tf, x, b, a: tf.space_to_batch_nd(x, b, a),
    f32(1, 4, 4, 1),
    ints([2, 2]),
    ints([[0, 0], [0, 0]]),
)
case("required_paddings", lambda tf: list(tf.required_space_to_batch_paddings([3, 5], [2, 4])))
case(
    "required_paddings_fed",
    lambda tf, s: list(tf.required_space_to_batch_paddings(s, [2, 4], [[1, 0], [0, 0]])),
    ints([3, 5]),
)
for padding in ("SAME", "VALID"):
    case(
        "extract_image_patches_" + padding.lower(),
        lambda tf, x, p=padding: tf.extract_image_patches(
            x, [1, 2, 3, 1], [1, 1, 2, 1], [1, 2, 1, 1], p
        ),
        f32(2, 4, 5, 2),
    )
    case(
        "extract_volume_patches_" + padding.lower(),
        lambda tf, x, p=padding: tf.extract_volume_patches(x, [1, 2, 3, 1, 1], [1, 1, 2, 2, 1], p),
        f32(2, 3, 4, 3, 2),
    )

# Partitions.

case(
    "dynamic_partition",
    lambda tf, x, i: tf.dynamic_partition(x, i, 3),
    f32(4, 2),
    ints([2, 0, 2, 0]),
)
case(
    "dynamic_partition_matrix",
    lambda tf, x, i: tf.dynamic_partition(x, i, 2),
    f32(2, 2, 3),
    ints([[1, 0], [1, 1]]),
)
case(
    "dynamic_stitch",
    lambda tf, x, y: tf.dynamic_stitch([[2, 0], [1, 2]], [x, y]),
    f32(2, 3),
    f32(2, 3, at=1),
)
case(
    "dynamic_stitch_fed",
    lambda tf, i, x, y: tf.dynamic_stitch([i, [3]], [x, y]),
    ints([[2, 0], [1, 4]]),
    f32(2, 2),
    f32(1, at=1),
)
for strategy in ("mod", "div"):
    case(
        "embedding_lookup_" + strategy,
        lambda tf, x, y, i, s=strategy: tf.nn.embedding_lookup([x, y], i, s),
        f32(3, 2),
        f32(2, 2, at=1),
        ints([[4, 0], [3, 4]]),
    )
case(
    "sparse_segment_counts",
    lambda tf, x: [
        tf.sparse_segment_sum(x, [0, 2, 3], [0, 0, 2], num_segments=4),
        tf.sparse_segment_mean(x, [0, 2, 3], [0, 0, 2], num_segments=4),
        tf.sparse_segment_sqrt_n(x, [0, 2, 3], [0, 0, 2], num_segments=4),
    ],
    f32(4, 2),
)

# Ranges, searching, bits.

case("range_rounding", lambda tf, d: [tf.range(0.0, 1.0, d), tf.range(0.0, 0.3, d)], num(0.1))
case("linspace_exact_end", lambda tf: [tf.linspace(0.0, 0.1, 4), tf.linspace(0.0, 1.0, 50)])
case("linspace_overflow", lambda tf: tf.linspace(-1e38, 3e38, 5), grad=False)
case("linspace_rounding", lambda tf, a, b: tf.linspace(a, b, 7), num(0.1), num(0.7))
case(
    "searchsorted_right",
    lambda tf, x, v: tf.searchsorted(x, v, "right"),
    num([1, 3, 3]),
    num([3, 0]),
)
case(
    "searchsorted_rows",
    lambda tf, x, v: tf.searchsorted(x, v, out_type=tf.int64),
    num([[1, 3, 5], [2, 4, 6]]),
    num([[4, 0], [4, 9]]),
)
case("setdiff1d_index", lambda tf, x: list(tf.setdiff1d(x, [2], tf.int64)), ints([1, 2, 3, 2]))
case("setdiff1d_strings", lambda tf: tf.setdiff1d(["a", "b", "c"], ["b"])[0])
case("bitcast", lambda tf, x: [tf.bitcast(x, tf.int32), tf.bitcast(x, tf.uint8)], f32(2, 3))
case("bitcast_wider", lambda tf, x: tf.bitcast(x, tf.int64), ints([[1, 2], [3, -4]]))
case("guarantee_const", lambda tf, x: tf.guarantee_const(x), f32(2), grad=False)
case("unstack_strings", lambda tf: tf.unstack([["a", "b"], ["c", "d"]])[1])
case("one_hot_strings", lambda tf: tf.one_hot([1, 0], 2, "yes", "no"))
case(
    "where_v2_rows",
    lambda tf, c, x, y: tf.where_v2(c, x, y),
    bools([[True], [False]]),
    f32(2, 3),
    f32(3),
)
case("where_v2_1", lambda tf, c: tf.where_v2(c), bools([True, False]))
case(
    "gather_two_batches",
    lambda tf, x, i: tf.gather(x, i, batch_dims=2),
    f32(2, 2, 3),
    ints([[[0], [2]], [[1], [1]]]),
)
case(
    "gather_batch_axis",  # of which TensorFlow 1.15's gradient is wrong
    lambda tf, x, i: tf.gather(x, i, batch_dims=1, axis=2),
    f32(2, 3, 4),
    ints([[0, 3], [1, 1]]),
    grad=False,
)
case("gather_axis_scalar", lambda tf, x, i: tf.gather(x, i, axis=1), f32(2, 3), ints(2))
case("gather_int64", lambda tf, x, i: tf.gather(x, i, axis=-1), count(2, 3), longs([0, 2]))
case(
    "tensor_scatter_sub",
    lambda tf, x, u: tf.tensor_scatter_sub(x, [[1], [1]], u),
    f32(3),
    f32(2, at=1),
)
case(
    "reverse_batch_1", lambda tf, x, n: tf.reverse_sequence(x, n, 0, 1), f32(3, 2, 2), longs([2, 3])
)
case("meshgrid_three", lambda tf, x, y: tf.meshgrid(x, y, [1.0, 2.0]), f32(2), f32(3, at=1))
case("zeros_partly_fed", lambda tf, n: [tf.zeros([2, n]), tf.ones([n, 2, 3]), tf.zeros(n)], ints(2))
case("nested_stack", lambda tf, x: tf.stack([[x, 1.0], [2.0, x]], axis=1), f32())

# Checks.


def after(tf, check, x):
    """`x`, which waits for `check`."""
    with tf.control_dependencies([check]):
        return tf.identity(x)


def checking(id, check, x, *others, **options):
    """Adds a case in which `check(tf, x, *others)` passes before `x` is used."""
    case(id, lambda tf, x, *others: after(tf, check(tf, x, *others), x), x, *others, **options)


LOW, HIGH = num([-1, 2.5]), num([-0.5, 3])
checking("assert", lambda tf, x, c: tf.Assert(c, ["said", x, 1.0]), f32(2), bools(True))
checking("assert_host", lambda tf, x, c: tf.Assert(c, ["said", x]), ints([2]), bools(True))
for name, x, y in (
    ("equal", LOW, LOW),
    ("none_equal", LOW, HIGH),
    ("less", LOW, HIGH),
    ("less_equal", LOW, LOW),
    ("greater", HIGH, LOW),
    ("greater_equal", HIGH, LOW),
):
    checking(
        "assert_" + name,
        lambda tf, x, y, n=name: getattr(tf, "assert_" + n)(x, y, message="said"),
        x,
        y,
    )
checking("assert_near", lambda tf, x, y: tf.assert_near(x, y), LOW, LOW)
for name, x in (
    ("negative", num([-1, -2])),
    ("non_negative", num([0, 2])),
    ("positive", num([1, 2])),
    ("non_positive", num([0, -2])),
):
    checking("assert_" + name, lambda tf, x, n=name: getattr(tf, "assert_" + n)(x), x)
checking("assert_rank", lambda tf, x: tf.assert_rank(x, 2), f32(2, 3))
checking("assert_rank_fed", lambda tf, x, r: tf.assert_rank(x, r), f32(2, 3), ints(2))
checking("assert_rank_at_least", lambda tf, x: tf.assert_rank_at_least(x, 1), f32(2, 3))
checking("assert_rank_in", lambda tf, x: tf.assert_rank_in(x, [1, 2]), f32(2, 3))
checking("assert_type", lambda tf, x: tf.assert_type(x, tf.float32), f32(2))
case("assert_scalar", lambda tf, x: [tf.assert_scalar(x), tf.assert_scalar(3)], f32())
case("check_numerics", lambda tf, x: tf.check_numerics(x, "said"), f32(2))
case("verify_tensor_all_finite", lambda tf, x: tf.verify_tensor_all_finite(x, "said"), f32(2))

# Counts.

case("histogram", lambda tf, x: tf.histogram_fixed_width(x, [-1.0, 1.0], 4), f32(3, 5))
case(
    "histogram_of_integers",
    lambda tf, x, ends: tf.histogram_fixed_width(x, ends, nbins=3, dtype=tf.int64),
    ints([-9, 0, 1, 4, 5, 6, 99]),
    ints([0, 6]),
)
case("histogram_bins", lambda tf, x: tf.histogram_fixed_width_bins(x, [-1.0, 1.0], 4), f32(3, 5))
case(
    "confusion_weighted",
    lambda tf, w: tf.math.confusion_matrix([1, 2, 2], [1, 0, 0], 4, tf.float32, weights=w),
    f32(3),
)
case("confusion_columns", lambda tf, x: tf.confusion_matrix(x, [2, 0], 3), ints([[1], [2]]))
