"""The gradient rules of array ops, against difference quotients, and the rules' own gradients."""

import numpy as np
import pytest
from gradient_checks import check_gradients

import stillflow as tf
from stillflow.ops.array import filling
from stillflow.ops.array.partition import parallel_dynamic_stitch


def floats(*shape, at=0):
    """f64[shape] of distinct numbers in (0.5, 2.5), 2e-3 apart or more."""
    rng = np.random.default_rng(at)
    count = int(np.prod(shape, dtype=int))
    return (0.5 + 2 * (rng.permutation(count) + 0.3) / max(count, 1)).reshape(shape)


def confusion(*classes, weights):
    return tf.confusion_matrix(*classes, dtype=tf.float64, weights=weights)


MATRIX = floats(3, 4)
CUBE = floats(2, 3, 4)
IMAGE = floats(1, 4, 4, 2)
IDS = np.array([0, 0, 1, 3], np.int32)
UNORDERED = np.array([2, 0, 2, -1], np.int32)

CASES = {
    "reshape": (lambda x: tf.reshape(x, [2, -1]), MATRIX),
    "expand_dims": (lambda x: tf.expand_dims(x, 1), MATRIX),
    "squeeze": (lambda x: tf.squeeze(x, [1]), floats(3, 1, 2)),
    "transpose": (lambda x: tf.transpose(x, [2, 0, 1]), CUBE),
    "transpose_reversed": (lambda x: tf.transpose(x), CUBE),
    "matrix_transpose": (lambda x: tf.matrix_transpose(x), CUBE),
    "fill": (lambda x: tf.fill([2, 3], x), floats()),
    "broadcast_to": (lambda x: tf.broadcast_to(x, [2, 3, 4]), floats(3, 1)),
    "stack": (lambda x, y: tf.stack([x, y], axis=1), MATRIX, floats(3, 4, at=1)),
    "stack_alone": (lambda x: tf.stack([x]), MATRIX),
    "unstack": (lambda x: tf.unstack(x, axis=1), MATRIX),
    "unstack_part": (lambda x: tf.unstack(x, axis=1)[2], MATRIX),
    "packed_list": (lambda x: tf.convert_to_tensor([[x, 1.0], [2.0, x]]), floats()),
    "concat": (lambda x, y: tf.concat([x, y], 1), MATRIX, floats(3, 2, at=1)),
    "concat_last": (lambda x, y, z: tf.concat([x, y, z], -1), *[floats(2, n) for n in (1, 3, 2)]),
    "concat_rows_gathered": (
        lambda x, y, z: tf.gather(tf.concat([x, y, z], -2), [5, 3, 0, 3]),
        *[floats(n, 2) for n in (1, 3, 2)],
    ),
    "concat_columns_gathered": (
        lambda x, y: tf.gather(tf.concat([x, y], -1), [2, 0, 2]),
        *[floats(3, n) for n in (1, 2)],
    ),
    "split": (lambda x: tf.split(x, 2, 1), MATRIX),
    "split_one": (lambda x: tf.split(x, 1)[0], MATRIX),
    "split_sizes": (lambda x: tf.split(x, [1, -1, 1], 1)[1], MATRIX),
    "slice": (lambda x: tf.slice(x, [1, 0], [2, -1]), MATRIX),
    "getitem": (lambda x: x[:, 1:, ::2], CUBE),
    "getitem_reversed": (lambda x: x[1, tf.newaxis, ..., ::-1], CUBE),
    "getitem_tensor": (lambda x, i: x[i, i:], MATRIX, np.int32(1)),
    "pad": (lambda x: tf.pad(x, [[1, 2], [0, 1]]), MATRIX),
    "pad_value": (lambda x: tf.pad(x, [[1, 2], [0, 1]], constant_values=2), MATRIX),
    "pad_reflect": (lambda x: tf.pad(x, [[2, 1], [0, 3]], "REFLECT"), MATRIX),
    "pad_symmetric": (lambda x: tf.pad(x, [[3, 1], [0, 4]], "SYMMETRIC"), MATRIX),
    "tile": (lambda x: tf.tile(x, [2, 3]), MATRIX),
    "tile_dynamic": (lambda x, m: tf.tile(x, m), MATRIX, np.array([2, 1], np.int32)),
    "repeat": (lambda x: tf.repeat(x, 3, axis=1), MATRIX),
    "repeat_each": (lambda x: tf.repeat(x, [2, 0, 1], axis=0), MATRIX),
    "meshgrid": (lambda x, y: tf.meshgrid(x, y), floats(2), floats(3, at=1)),
    "reverse": (lambda x: tf.reverse(x, [0, -1]), CUBE),
    "reverse_sequence": (lambda x: tf.reverse_sequence(x, [2, 4, 0], seq_axis=1), MATRIX),
    "roll": (lambda x: tf.roll(x, [1, -2], [0, 1]), MATRIX),
    "gather": (lambda x, i: tf.gather(x, i), MATRIX, np.array([2, 0, 2], np.int64)),
    "gather_scalar": (lambda x: tf.gather(x, 1), MATRIX),
    "gather_axis": (lambda x: tf.gather(x, [[1, 1], [0, 3]], axis=2), CUBE),
    "gather_batch": (lambda x: tf.gather(x, [[2, 2], [0, 1]], batch_dims=1), CUBE),
    "gather_batch_axis": (lambda x: tf.gather(x, [[2, 2], [0, 3]], batch_dims=1, axis=2), CUBE),
    "gather_two_batches": (
        lambda x: tf.gather(x, [[[0], [1], [1]], [[0], [0], [1]]], batch_dims=2),
        floats(2, 3, 2, 2),
    ),
    "batch_gather": (lambda x: tf.batch_gather(x, [[2, 2], [0, 1]]), CUBE),
    "confusion_matrix": (lambda w: confusion([1, 2, 2], [1, 0, 0], weights=w), floats(3)),
    "gather_nd": (lambda x: tf.gather_nd(x, [[0, 1], [1, 2], [0, 1]]), CUBE),
    "gather_nd_rows": (lambda x: tf.gather_nd(x, [[2], [0], [2]]), MATRIX),
    "gather_nd_batch": (lambda x: tf.gather_nd(x, [[1], [0], [3]], batch_dims=1), MATRIX),
    "scatter_nd": (lambda x: tf.scatter_nd([[1], [4], [1]], x, [5, 4]), MATRIX),
    "tensor_scatter_update": (
        lambda x, u: tf.tensor_scatter_update(x, [[2], [0]], u),
        MATRIX,
        floats(2, 4, at=1),
    ),
    "tensor_scatter_add": (
        lambda x, u: tf.tensor_scatter_add(x, [[2], [2]], u),
        MATRIX,
        floats(2, 4, at=1),
    ),
    "tensor_scatter_sub": (
        lambda x, u: tf.tensor_scatter_sub(x, [[2], [0]], u),
        MATRIX,
        floats(2, 4, at=1),
    ),
    "where": (
        lambda c, x, y: tf.where(c, x, y),
        np.eye(3, 4) > 0,
        MATRIX,
        floats(3, 4, at=1),
    ),
    "where_rows": (
        lambda c, x, y: tf.where(c, x, y),
        np.array([True, False, True]),
        MATRIX,
        floats(3, 4, at=1),
    ),
    "where_broadcast": (
        lambda c, x, y: tf.where_v2(c, x, y),
        np.array([[True], [False], [True]]),
        MATRIX,
        floats(4, at=1),
    ),
    "boolean_mask": (lambda x: tf.boolean_mask(x, [True, False, True, True], axis=1), MATRIX),
    "diag": (lambda x: tf.diag(x), floats(2, 3)),
    "diag_part": (lambda x: tf.diag_part(x), floats(2, 3, 2, 3)),
    "matrix_diag": (lambda x: tf.matrix_diag(x), MATRIX),
    "matrix_diag_part": (lambda x: tf.matrix_diag_part(x), floats(2, 3, 3)),
    "matrix_diag_part_wide": (lambda x: tf.matrix_diag_part(x), CUBE),
    "matrix_set_diag": (lambda x, d: tf.matrix_set_diag(x, d), CUBE, floats(2, 3, at=1)),
    "matrix_band_part": (lambda x: tf.matrix_band_part(x, 1, 0), CUBE),
    "space_to_depth": (lambda x: tf.space_to_depth(x, 2), IMAGE),
    "space_to_depth_nchw": (
        lambda x: tf.space_to_depth(x, 2, data_format="NCHW"),
        floats(1, 2, 4, 4),
    ),
    "depth_to_space": (lambda x: tf.depth_to_space(x, 2), floats(1, 2, 2, 8)),
    "depth_to_space_nchw": (
        lambda x: tf.depth_to_space(x, 2, data_format="NCHW"),
        floats(1, 8, 2, 2),
    ),
    "space_to_batch": (lambda x: tf.space_to_batch_nd(x, [2, 3], [[0, 0], [1, 1]]), IMAGE),
    "batch_to_space": (
        lambda x: tf.batch_to_space_nd(x, [2, 2], [[0, 1], [1, 0]]),
        floats(4, 2, 2, 1),
    ),
    "extract_image_patches": (
        lambda x: tf.extract_image_patches(x, [1, 2, 3, 1], [1, 1, 2, 1], [1, 2, 1, 1], "SAME"),
        IMAGE,
    ),
    "identity_n": (lambda x, y: tf.identity_n([x, y]), MATRIX, floats(2)),
    "ensure_shape": (lambda x: tf.ensure_shape(x, [3, None]), MATRIX),
    "check_numerics": (lambda x: tf.check_numerics(x, "message"), MATRIX),
    "segment_sum": (lambda x: tf.segment_sum(x, IDS), floats(4, 2)),
    "segment_mean": (lambda x: tf.segment_mean(x, IDS), floats(4, 2)),
    "segment_max": (lambda x: tf.segment_max(x, IDS), floats(4, 2)),
    "segment_min": (lambda x: tf.segment_min(x, IDS), floats(4, 2)),
    "unsorted_segment_sum": (lambda x: tf.unsorted_segment_sum(x, UNORDERED, 3), floats(4, 2)),
    "unsorted_segment_mean": (lambda x: tf.unsorted_segment_mean(x, UNORDERED, 4), floats(4, 2)),
    "unsorted_segment_sqrt_n": (
        lambda x: tf.unsorted_segment_sqrt_n(x, UNORDERED, 3),
        floats(4, 2),
    ),
    "unsorted_segment_prod": (lambda x: tf.unsorted_segment_prod(x, UNORDERED, 3), floats(4, 2)),
    "sparse_segment_sum": (
        lambda x: tf.sparse_segment_sum(x, [0, 3, 3], [0, 0, 2]),
        floats(4, 2),
    ),
    "sparse_segment_mean": (
        lambda x: tf.sparse_segment_mean(x, [0, 3, 3], [0, 0, 2]),
        floats(4, 2),
    ),
    "sparse_segment_sqrt_n": (
        lambda x: tf.sparse_segment_sqrt_n(x, [0, 3, 3], [0, 0, 2], num_segments=5),
        floats(4, 2),
    ),
    "dynamic_partition": (lambda x: tf.dynamic_partition(x, [1, 0, 1], 2), MATRIX),
    "dynamic_stitch": (
        lambda x, y: tf.dynamic_stitch([[2, 0], [1]], [x, y]),
        floats(2, 3),
        floats(1, 3, at=1),
    ),
    "parallel_dynamic_stitch": (
        lambda x, y: parallel_dynamic_stitch([[2, 0], [1]], [x, y]),
        floats(2, 3),
        floats(1, 3, at=1),
    ),
    "embedding_lookup": (lambda x: tf.nn.embedding_lookup(x, [[2, 0], [2, 2]]), MATRIX),
    "embedding_lookup_parts": (
        lambda x, y: tf.nn.embedding_lookup([x, y], [[3, 0], [2, 4]], "div"),
        floats(3, 2),
        floats(2, 2, at=1),
    ),
}
# No second derivative in TensorFlow 1.15.
ONCE = ["sparse_segment_mean", "sparse_segment_sqrt_n"]
# No gradient in TensorFlow 1.15, or none that flows.
WITHOUT = ["parallel_stack", "invert_permutation", "bitcast", "segment_prod"]


def squared(f):
    """`f` with its outputs squared, so that its second derivatives say something."""

    def g(*tensors):
        result = f(*tensors)
        outputs = result if isinstance(result, (list, tuple)) else [result]
        return [tf.square(out) for out in outputs]

    return g


@pytest.mark.parametrize("name", CASES)
def test_first_and_second_derivatives(name):
    """The second also differentiates the ops that the first is made of."""
    f, *arrays = CASES[name]
    check_gradients(squared(f), *arrays, order=1 if name in ONCE else 2, rtol=1e-5)


@pytest.mark.parametrize("name", ["segment_max", "segment_min"])
def test_ties_share_the_gradient(name):
    """Equal extrema of a segment each get an equal part, sorted or not."""
    x = tf.constant([[1.0], [1.0], [1.0], [2.0]])
    for y in (
        getattr(tf, name)(x, [0, 0, 0, 1]),
        getattr(tf, f"unsorted_{name}")(x, [1, 1, 1, 0], 2),
    ):
        grad = tf.Session().run(tf.gradients(y, x)[0])
        np.testing.assert_allclose(grad[:, 0], [1 / 3, 1 / 3, 1 / 3, 1])


def test_product_of_a_segment_with_zeros():
    """A single zero's gradient is the product of the rest; with two zeros all are zero."""
    x = tf.constant([2.0, 0.0, 3.0, 0.0, 5.0, 0.0])
    y = tf.unsorted_segment_prod(x, [0, 0, 0, 1, 1, 1], 2)
    grad = tf.Session().run(tf.gradients(y, x)[0])
    np.testing.assert_array_equal(grad, [0, 6, 0, 0, 0, 0])


def test_extrema_of_segments_with_negative_ids():
    """Rows without a segment get no gradient."""
    x = tf.constant([3.0, 9.0, 1.0])
    for name in ("max", "min"):
        y = getattr(tf, f"unsorted_segment_{name}")(x, [0, -1, 0], 1)
        grad = tf.Session().run(tf.gradients(y, x)[0])
        np.testing.assert_array_equal(grad, [name == "max", 0, name == "min"])


def test_gather_gives_slices():
    """The gradient by a table holds the rows that were looked up, and no others."""
    table = tf.placeholder(tf.float32, [1000, 2])
    (grad,) = tf.gradients(tf.gather(table, [3, 3, 7]) * 2, table)
    assert isinstance(grad, tf.IndexedSlices)
    value = tf.Session().run(grad, {table: np.zeros([1000, 2])})
    np.testing.assert_array_equal(value.indices, [3, 3, 7])
    np.testing.assert_array_equal(value.values, np.full([3, 2], 2))
    np.testing.assert_array_equal(value.dense_shape, [1000, 2])


def test_slices_of_one_table_join():
    """Two lookups give one IndexedSlices; with a dense gradient, the sum is dense."""
    table = tf.placeholder(tf.float32, [4, 1])
    sparse = tf.gather(table, [1]) + tf.gather(table, tf.constant([2], tf.int64))
    (grad,) = tf.gradients(sparse, table)
    assert isinstance(grad, tf.IndexedSlices)
    (mixed,) = tf.gradients([sparse, table * 3], table)
    assert isinstance(mixed, tf.Tensor)
    feed = {table: np.zeros([4, 1])}
    joined, total = tf.Session().run([tf.convert_to_tensor(grad), mixed], feed)
    np.testing.assert_array_equal(joined[:, 0], [0, 1, 1, 0])
    np.testing.assert_array_equal(total[:, 0], [3, 4, 4, 3])


@pytest.mark.parametrize("shape", [[None, 4], None])
def test_unbroadcast_where_shapes_are_unknown(shape):
    """What a run broadcasts, its gradient sums, though neither was known while building."""
    condition = tf.placeholder(tf.bool, None)
    x, y = tf.placeholder(tf.float64, shape), tf.placeholder(tf.float64, None)
    grads = tf.gradients(tf.where_v2(condition, x, y), [x, y])
    feed = {condition: [True, False, True], x: np.ones([2, 3] if shape is None else [3, 4])}
    if shape is not None:
        feed[condition] = [[True], [False], [True]]
    feed[y] = 2.0
    by_x, by_y = tf.Session().run(grads, feed)
    chosen = np.broadcast_to(feed[condition], feed[x].shape)
    np.testing.assert_array_equal(by_x, chosen)
    assert by_y == np.sum(~chosen)


@pytest.mark.parametrize("name", WITHOUT)
def test_no_gradient(name):
    """Where TensorFlow has no rule, asking for one is an error or gives None."""
    x = tf.placeholder(tf.float32, [3])
    outputs = {
        "parallel_stack": lambda: tf.parallel_stack([x, x]),
        "invert_permutation": lambda: tf.invert_permutation(tf.cast(x, tf.int32)),
        "bitcast": lambda: tf.bitcast(x, tf.int32),
        "segment_prod": lambda: tf.segment_prod(x, [0, 0, 1]),
    }
    y = outputs[name]()
    if y.dtype.is_floating or name == "bitcast":
        with pytest.raises(LookupError, match="No gradient defined"):
            tf.gradients(y, x)
    else:
        assert tf.gradients(y, x) == [None]


def test_gradient_of_gather_needs_no_rank():
    """Along another axis than the first, a run finds the ranks."""
    x = tf.placeholder(tf.float32, None)
    grad = tf.gradients(tf.gather(x, [0, 0], axis=1), x)[0]
    got = tf.Session().run(grad, {x: np.ones((2, 3))})
    np.testing.assert_array_equal(got, [[2, 0, 0], [2, 0, 0]])


def test_sparse_gradient_of_concat_needs_its_axis():
    """Rows are told apart from columns while the graph is built, as in TensorFlow."""
    x, axis = tf.placeholder(tf.float32, [3, 2]), tf.placeholder(tf.int32, [])
    rows = tf.gather(tf.concat([x, x], axis), [2, 0, 2])
    with pytest.raises(ValueError, match="statically-known concat_dim"):
        tf.gradients(rows, x)


def test_gradient_of_constants_made_from_shapes():
    """zeros_like, ones_like and the like depend on no value."""
    x = tf.placeholder(tf.float32, [None])
    for y in (tf.zeros_like(x), tf.ones_like(x), filling.zeros_like_op(x)):
        assert tf.gradients(y, x) == [None]
