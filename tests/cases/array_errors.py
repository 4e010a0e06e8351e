"""Misuses of the array family: what is said while building, and by the kernels in a run."""

import numpy as np

from .arrays import count, f32, ints, num
from .suite import Suite

suite = Suite("array_errors")

#: Why only the exception's class is compared.
RANKS = "TensorFlow prints the ranks as arrays"
INPUT_NAME = "TensorFlow names the input's node"
TWO_FAIL = "the sum fails too, and compiled code says so before the host asserts"
UNSHOWN = "TensorFlow does not show the sizes that it knows"

X = count(3, 4).astype(np.float32)


def p(tf, *shape, dtype="float32"):
    return tf.placeholder(dtype, shape)


def building(id, fn, **options):
    """Adds `fn(tf)`, which must raise, as a case."""
    suite.case(id, lambda tf, run: fn(tf), grad=False, **options)


def running(id, fn, *arrays, **options):
    """Adds `fn(tf, *tensors)`, the run of which must raise when `arrays` are fed, as a case."""

    def one(tf, run):
        feeds = [tf.placeholder(array.dtype) for array in arrays]
        run(fn(tf, *feeds), {feeds[i]: arrays[i] for i in range(len(feeds))})

    suite.case("run_" + id, one, grad=False, **options)


NO_WEIGHTS = np.zeros(0, np.int32)


def any_shape(tf):
    return tf.placeholder(tf.float32)


def dense_cross_entropy(tf, logits, labels):
    return tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=logits, labels=labels)


def offsets(tf, axis, *sizes):
    return tf.raw_ops.ConcatOffset(concat_dim=axis, shape=list(sizes))


# While building ---------------------------------------------------------------------------------

building("expand_dims_range", lambda tf: tf.expand_dims(p(tf, 3), 5))
building("expand_dims_vector", lambda tf: tf.expand_dims(p(tf, 1), [0, 1]))
building("expand_dims_no_axis", lambda tf: tf.expand_dims(p(tf, 3)))
building("expand_dims_both", lambda tf: tf.expand_dims(p(tf, 3), axis=0, dim=0))
building("squeeze_not_one", lambda tf: tf.squeeze(p(tf, 3, 1), [0]))
building("squeeze_range", lambda tf: tf.squeeze(p(tf, 3, 1), [5]))
building("squeeze_both", lambda tf: tf.squeeze(p(tf, 1), [0], squeeze_dims=[0]))
building("reshape_negative", lambda tf: tf.reshape(p(tf, 3, 1), [-3]))
building("fill_negative", lambda tf: tf.fill([-1], 3))
building("fill_more_negative", lambda tf: tf.fill([-2], 3))
building("fill_vector", lambda tf: tf.fill([1], [1.0]))
building("zeros_negative", lambda tf: tf.zeros([-2]))
building("zeros_unknown", lambda tf: tf.zeros(tf.TensorShape([None, 3])))
building("ones_strings", lambda tf: tf.ones([2], tf.string))
building("transpose_length", lambda tf: tf.transpose(p(tf, 2, 3), [0]))
building("transpose_range", lambda tf: tf.transpose(p(tf, 2, 3), [0, 2]))
building("transpose_matrix_of_axes", lambda tf: tf.transpose(p(tf, 2, 3), [[0, 1]]))
building("matrix_transpose_vector", lambda tf: tf.matrix_transpose(p(tf, 3)))
building("broadcast_to_rank", lambda tf: tf.broadcast_to(p(tf, 2, 3), [2]))
building("broadcast_to_size", lambda tf: tf.broadcast_to(p(tf, 2, 3), [3, 4]))
building(
    "broadcast_static_shape",
    lambda tf: tf.broadcast_static_shape(tf.TensorShape([2, 3]), tf.TensorShape([4])),
)
building("ensure_shape", lambda tf: tf.ensure_shape(p(tf, 2), [3]))
building("identity_n_nothing", lambda tf: tf.identity_n([]))
building("bitcast_parts", lambda tf: tf.bitcast(p(tf, 3, dtype="uint8"), tf.int32))
building("concat_axis_vector", lambda tf: tf.concat([p(tf, 2)] * 2, p(tf, 1, dtype="int32")))
building("concat_one_axis_vector", lambda tf: tf.concat([p(tf, 2)], [0]))
building("stack_scalars_axis", lambda tf: tf.stack([1, 2, 3], axis=1))
building("unstack_scalar", lambda tf: tf.unstack(p(tf)))
building("split_uneven", lambda tf: tf.split(p(tf, 4, 3), 3))
building("split_sizes_sum", lambda tf: tf.split(p(tf, 4, 3), [2, 3]))
building("split_two_free", lambda tf: tf.split(p(tf, 4, 3), [2, -1, -1]))
building("split_axis", lambda tf: tf.split(p(tf, 4, 3), 2, axis=2))
building("split_scalar_tensor", lambda tf: tf.split(p(tf, 4, 3), tf.constant(2)))
building("split_swapped", lambda tf: tf.split(2, 4, p(tf, 3, 4)))
building(
    "convert_mixed_list",
    lambda tf: tf.convert_to_tensor([p(tf, 2), tf.constant([1, 2])]),
)
building("pick_before_the_start_built", lambda tf: p(tf, 3, 4)[:, -9])
building("slice_rank", lambda tf: tf.slice(p(tf, 3, 4), [1], [1]))
building("slice_negative", lambda tf: tf.slice(p(tf, 3), [0], [-2]))
building("slice_beyond", lambda tf: tf.slice(p(tf, 3), [4], [-1]))
building("slice_beyond_one_axis", lambda tf: tf.slice(p(tf, 3, None), [5, 5], [-1, -1]))
building("index_range", lambda tf: p(tf, 3, 4)[5])
building("index_too_many", lambda tf: p(tf, 3, 4)[0, 0, 0])
building("index_scalar", lambda tf: p(tf)[0])
building("index_zero_step", lambda tf: p(tf, 3, 4)[::0])
building("index_text", lambda tf: p(tf, 3, 4)["a"])
building("index_float", lambda tf: p(tf, 3, 4)[1.5])
building("index_float_stop", lambda tf: p(tf, 3, 4)[0:2.5])
building("index_array", lambda tf: p(tf, 3, 4)[np.array([1, 2])])
building("index_two_ellipses", lambda tf: p(tf, 3, 4)[..., ...])
building("index_true", lambda tf: p(tf, 3, 4)[True])
building("pad_mode", lambda tf: tf.pad(p(tf, 2, 2), [[1, 1], [0, 0]], "WEIRD"))
building("pad_negative", lambda tf: tf.pad(p(tf, 2, 2), [[1, 1], [0, -1]]))
building("pad_rows", lambda tf: tf.pad(p(tf, 2, 2), [[1, 1]]))
building("pad_vector", lambda tf: tf.pad(p(tf, 2), [1, 1]))
building("tile_negative", lambda tf: tf.tile(p(tf, 2), [-2]))
building("tile_length", lambda tf: tf.tile(p(tf, 2), [1, 1]))
building("tile_matrix", lambda tf: tf.tile(p(tf, 2), [[1]]))
building("repeat_float", lambda tf: tf.repeat([1], [2.5], axis=0))
building("repeat_axis", lambda tf: tf.repeat(p(tf, 2), [1, 1], axis=3))
building("repeat_count", lambda tf: tf.repeat(p(tf, 2), [1, 1, 1], axis=0))
building("meshgrid_indexing", lambda tf: tf.meshgrid([1], indexing="zz"))
building("meshgrid_keyword", lambda tf: tf.meshgrid([1], foo=1))
building("reverse_range", lambda tf: tf.reverse(p(tf, 2), [1]))
building("reverse_twice", lambda tf: tf.reverse(p(tf, 2, 2), [0, 0]))
building("reverse_scalar_axis", lambda tf: tf.reverse(p(tf, 2), 0))
building("roll_scalar", lambda tf: tf.roll(p(tf), 1, 0))
building("reverse_sequence_batch", lambda tf: tf.reverse_sequence(p(tf, 2, 3), [1, 2, 3], 1))
building("reverse_sequence_axis", lambda tf: tf.reverse_sequence(p(tf, 2, 3), [1, 2], 5))
building("histogram_bins", lambda tf: tf.histogram_fixed_width(p(tf, 3), [0.0, 1.0], 0))
building("histogram_range", lambda tf: tf.histogram_fixed_width(p(tf, 3), [0.0, 1.0, 2.0]))
building("histogram_type", lambda tf: tf.histogram_fixed_width([True], [False, True]))
building("confusion_sizes", lambda tf: tf.confusion_matrix([1, 2, 4], [2, 2], 5))
building("confusion_negative", lambda tf: tf.confusion_matrix([1, -2], [2, 2], 5))
building("confusion_matrices", lambda tf: tf.confusion_matrix([[1, 2]], [[2, 2]], 5))
building("confusion_weights", lambda tf: tf.confusion_matrix([1, 2], [2, 2], 5, weights=[1]))
building("gather_axis", lambda tf: tf.gather(p(tf, 3, 4), [[0]], axis=2))
building("gather_scalar", lambda tf: tf.gather(p(tf), [0]))
building("gather_nd_depth", lambda tf: tf.gather_nd(p(tf, 3, 4), [[0, 1, 2]]))
building("gather_nd_scalar", lambda tf: tf.gather_nd(p(tf, 3), p(tf, dtype="int32")))
building("batch_gather_unknown", lambda tf: tf.batch_gather(p(tf, 3), tf.placeholder(tf.int32)))
building("scatter_nd_rows", lambda tf: tf.scatter_nd([[1]], p(tf, 2), [3]))
building("scatter_nd_rank", lambda tf: tf.scatter_nd([[1]], p(tf, 1, 3), [3]), why=UNSHOWN)
building(
    "tensor_scatter_update_rows",
    lambda tf: tf.tensor_scatter_update(p(tf, 3), [[0]], p(tf, 2)),
)
building("where_rows", lambda tf: tf.where(p(tf, 2, dtype="bool"), p(tf, 3, 2), p(tf, 3, 2)))
building("where_one_missing", lambda tf: tf.where(p(tf, 2, dtype="bool"), p(tf, 2)))
building("where_column", lambda tf: tf.where(p(tf, 2, 1, dtype="bool"), p(tf, 2, 2), p(tf, 2, 2)))
building("where_float", lambda tf: tf.where(p(tf, 2), p(tf, 2), p(tf, 2)))
building("where_string", lambda tf: tf.where(p(tf, 2, dtype="string")))
building("boolean_mask_size", lambda tf: tf.boolean_mask(p(tf, 2), [True] * 3))
building("boolean_mask_scalar", lambda tf: tf.boolean_mask(p(tf, 2), True))
building("boolean_mask_unknown", lambda tf: tf.boolean_mask(p(tf, 2), tf.placeholder(tf.bool)))
building("sequence_mask_maxlen", lambda tf: tf.sequence_mask(p(tf, 2, dtype="int32"), [1]))
building("one_hot_negative", lambda tf: tf.one_hot([0], -1))
building("one_hot_axis", lambda tf: tf.one_hot([0], 2, axis=-2))
building("one_hot_float", lambda tf: tf.one_hot([0.5], 2))
building("one_hot_types", lambda tf: tf.one_hot([0], 2, on_value=1.0, off_value=0))
building("one_hot_dtype", lambda tf: tf.one_hot([0], 2, on_value=1.0, dtype=tf.int32))
building("range_up", lambda tf: tf.range(0, -5, 1))
building("range_down", lambda tf: tf.range(0, 5, -1))
building("range_vector", lambda tf: tf.range([1]))
building("betainc_shapes", lambda tf: tf.betainc([1.0, 2.0], [2.0, 3.0], [0.5]))
building("betainc_ranks", lambda tf: tf.betainc([[1.0, 2.0]], [2.0, 3.0], 0.5))
building("linspace_none", lambda tf: tf.linspace(0.0, 1.0, 0))
building("unique_matrix", lambda tf: tf.unique(p(tf, 2, 2)))
building("setdiff1d_matrix", lambda tf: tf.setdiff1d(p(tf, 2, 2), p(tf, 1)))
building("searchsorted_side", lambda tf: tf.searchsorted(p(tf, 2), p(tf, 2), "mid"))
building("invert_permutation_matrix", lambda tf: tf.invert_permutation([[1]]))
building("segment_negative", lambda tf: tf.unsorted_segment_sum(p(tf, 3), [0, 1, 1], -1))
building("segment_length", lambda tf: tf.unsorted_segment_sum(p(tf, 3), [0, 1], 2))
building("segment_scalar", lambda tf: tf.segment_sum(p(tf), [0]))
building("partition_length", lambda tf: tf.dynamic_partition(p(tf, 3), [0, 1], 2))
building("stitch_length", lambda tf: tf.dynamic_stitch([[0]], [p(tf, 2)]))
building("diag_scalar", lambda tf: tf.diag(p(tf)))
building("diag_part_odd", lambda tf: tf.diag_part(p(tf, 3)))
building("diag_part_uneven", lambda tf: tf.diag_part(p(tf, 3, 2)))
building("matrix_diag_part_vector", lambda tf: tf.matrix_diag_part(p(tf, 3)))
building("matrix_set_diag_length", lambda tf: tf.matrix_set_diag(p(tf, 3, 3), p(tf, 2)))
building("eye_fraction", lambda tf: tf.eye(2.5))
building("space_to_depth_uneven", lambda tf: tf.space_to_depth(p(tf, 1, 3, 4, 1), 2))
building("space_to_depth_rank", lambda tf: tf.space_to_depth(p(tf, 1, 2, 2), 2))
building("depth_to_space_uneven", lambda tf: tf.depth_to_space(p(tf, 1, 3, 4, 1), 2))
NO_PADS = [[0, 0], [0, 0]]
building(
    "space_to_batch_uneven",
    lambda tf: tf.space_to_batch_nd(p(tf, 1, 3, 2, 1), [2, 2], NO_PADS),
)
building(
    "batch_to_space_uneven",
    lambda tf: tf.batch_to_space_nd(p(tf, 3, 2, 2, 1), [2, 2], NO_PADS),
)
building("required_paddings", lambda tf: tf.required_space_to_batch_paddings([3], [2, 2]))
building(
    "patches_rank",
    lambda tf: tf.extract_image_patches(p(tf, 1, 4, 4), [1, 2, 2, 1], [1] * 4, [1] * 4, "SAME"),
)
building("space_to_depth_block", lambda tf: tf.space_to_depth(p(tf, 1, 2, 2, 1), 1))
building("depth_to_space_block", lambda tf: tf.depth_to_space(p(tf, 1, 2, 2, 1), 0))
building("partition_none", lambda tf: tf.dynamic_partition(p(tf, 2), [0, 1], 0))
building("stitch_none", lambda tf: tf.dynamic_stitch([], []))
building("split_none", lambda tf: tf.split(p(tf, 2), 0))
building("split_negative", lambda tf: tf.split(p(tf, 2), -1))
building("unstack_negative", lambda tf: tf.unstack(p(tf, 2), -1))
building("concat_none", lambda tf: tf.concat([], 0))
building("gather_no_axis", lambda tf: tf.gather(p(tf, 2, 3), [0], batch_dims=None))
building(
    "patches_window",
    lambda tf: tf.extract_image_patches(p(tf, 1, 2, 2, 1), [1, 2, 2], [1] * 4, [1] * 4, "SAME"),
)
building("fill_matrix", lambda tf: tf.fill([[1, 2]], 1.0))
building("roll_matrix", lambda tf: tf.roll(p(tf, 2, 3), [[1]], [[0]]))
building("roll_unequal", lambda tf: tf.roll(p(tf, 2, 3), [1, 1], 0))
building("pad_columns", lambda tf: tf.pad(p(tf, 2), [[1, 1, 1]]))
building("scatter_nd_scalar", lambda tf: tf.scatter_nd(0, p(tf), [3]))
building("scatter_nd_shape", lambda tf: tf.scatter_nd([[0]], p(tf, 1), 3))
building("cross_of_two", lambda tf: tf.cross(p(tf, 2), p(tf, 2)))
building("cast_nothing", lambda tf: tf.cast(None, tf.float32))
building("parallel_stack_unknown", lambda tf: tf.parallel_stack([p(tf, None), p(tf, 2)]))
building("default_rank", lambda tf: tf.placeholder_with_default([1.0, 2.0], [2, 1]))
building("default_size", lambda tf: tf.placeholder_with_default([1.0, 2.0], [3]))
building(
    "index_shrinking_backwards",
    lambda tf: tf.strided_slice(p(tf, 3), [1], [0], [-1], shrink_axis_mask=1),
)
building("count_up_to_vector", lambda tf: tf.count_up_to(tf.Variable([1, 2]), 3))
building("betainc_sizes", lambda tf: tf.betainc(p(tf, 2), p(tf, 3), p(tf, 2)))
building("embedding_nothing", lambda tf: tf.nn.embedding_lookup([], [0]))
building("embedding_none", lambda tf: tf.nn.embedding_lookup(None, [0]))
building("embedding_float", lambda tf: tf.nn.embedding_lookup(p(tf, 3, 2), [0.5]))
building("embedding_strategy", lambda tf: tf.nn.embedding_lookup([p(tf, 3, 2)] * 2, [0], "odd"))

building("reshape_nothing", lambda tf: tf.reshape(p(tf, 3, 6), [0, -1, 3]))
building(
    "scatter_nd_into_nothing",
    lambda tf: tf.scatter_nd(p(tf, 2, 2, dtype="int32"), p(tf, 2, 2), [0, 3, 2]),
)
building(
    "tensor_scatter_add_into_nothing",
    lambda tf: tf.tensor_scatter_add(p(tf, 0), p(tf, 2, 1, dtype="int32"), p(tf, 2)),
)
building(
    "scatter_nd_update_rank",
    lambda tf: tf.scatter_nd_update(
        tf.Variable(f32(2, 2, 2)), p(tf, 2, 2, 1, dtype="int32"), p(tf, 2, 2)
    ),
)
building(
    "scatter_nd_update_of_nothing",
    lambda tf: tf.scatter_nd_update(tf.Variable(f32(0)), p(tf, 2, 1, dtype="int32"), p(tf, 2)),
)
building("split_axes", lambda tf: tf.split(p(tf, 2, 3), [1, 2], axis=[1]))
building("split_evenly_axes", lambda tf: tf.split(p(tf, 2, 4), 2, axis=[1]))
building("nth_element_negative", lambda tf: tf.contrib.nn.nth_element([5], -1))
building("nth_element_vector", lambda tf: tf.contrib.nn.nth_element([5, 6, 3], [1]))
building("nth_element_large", lambda tf: tf.contrib.nn.nth_element([[0.1, 0.2]], 2))
building("bincount_sizes", lambda tf: tf.raw_ops.Bincount(arr=[1], size=[1], weights=NO_WEIGHTS))
building("bincount_negative", lambda tf: tf.raw_ops.Bincount(arr=[1], size=-5, weights=NO_WEIGHTS))
building(
    "sparse_segment_negative",
    lambda tf: tf.sparse_segment_sum(p(tf, 3, 2), [0, 1], [0, 1], num_segments=-2),
)
building(
    "sparse_segment_counts",
    lambda tf: tf.sparse_segment_mean(p(tf, 3, 2), [0, 1], [0, 1], num_segments=[2]),
)
building("cross_entropy_rank", lambda tf: dense_cross_entropy(tf, p(tf, 2, 1, 4), p(tf, 2, 1, 4)))
building("cross_entropy_unknown", lambda tf: dense_cross_entropy(tf, p(tf, 2, 1, 4), any_shape(tf)))

# Assertions.

building("assert_equal_known", lambda tf: tf.assert_equal(1, 2))
building("assert_equal_data", lambda tf: tf.assert_equal(1, 2, data=["shown"]))
building("assert_less_known", lambda tf: tf.assert_less([1, 5], [2, 3], message="said"))
building("assert_rank_known", lambda tf: tf.assert_rank(p(tf, 2), 2, message="said"))
building("assert_rank_vector", lambda tf: tf.assert_rank(p(tf), [1]))
building("assert_rank_fraction", lambda tf: tf.assert_rank(p(tf), 1.5))
building("assert_rank_at_least_known", lambda tf: tf.assert_rank_at_least(p(tf, 3), 2))
building("assert_rank_in_known", lambda tf: tf.assert_rank_in(p(tf), [1, 2]), why=RANKS)
building("assert_type", lambda tf: tf.assert_type(p(tf), tf.int32))
building("assert_integer", lambda tf: tf.assert_integer(p(tf)))
building("assert_scalar", lambda tf: tf.assert_scalar(p(tf, 3)))
building(
    "assert_same_float_dtype",
    lambda tf: tf.assert_same_float_dtype([p(tf, 2), p(tf, 2, dtype="float64")]),
)
building(
    "assert_same_float_dtype_int",
    lambda tf: tf.assert_same_float_dtype([p(tf, 2, dtype="int32")]),
)
building("assert_proper_iterable_number", lambda tf: tf.assert_proper_iterable(3))

# In a run ---------------------------------------------------------------------------------------

running("gather", lambda tf, x, i: tf.gather(x, i), X, ints([0, 5]))
running("gather_negative", lambda tf, x, i: tf.gather(x, i), X, ints([[0, -1]]))
running("gather_scalar", lambda tf, x, i: tf.gather(x, i), X, ints(7))
running("gather_axis_1", lambda tf, x, i: tf.gather(x, i, axis=1), X, ints([4]))
running("gather_batch", lambda tf, x, i: tf.gather(x, i, batch_dims=1), X, ints([[4], [0], [0]]))
running("gather_bad_axis", lambda tf, x, i: tf.gather(x, i, axis=3), X, ints([1]))
running("gather_nd", lambda tf, x, i: tf.gather_nd(x, i), X, ints([[0, 5]]))
running("gather_nd_negative", lambda tf, x, i: tf.gather_nd(x, i), X, ints([[0, 1], [-1, 0]]))
running("gather_nd_deep", lambda tf, x, i: tf.gather_nd(x, i), X, ints([[0, 1, 2]]))
running("scatter_nd", lambda tf, i, u: tf.scatter_nd(i, u, [3]), ints([[5]]), num([1]))
running("scatter_nd_rows", lambda tf, i, u: tf.scatter_nd(i, u, [3]), ints([[1], [2]]), num([1]))
for name in ("update", "add", "sub"):
    running(
        "tensor_scatter_" + name,
        lambda tf, i, u, n=name: getattr(tf, "tensor_scatter_" + n)([1.0, 2.0], i, u),
        ints([[5]]),
        num([1]),
    )
running("embedding", lambda tf, x, i: tf.nn.embedding_lookup(x, i), X, ints([9]))
for name in ("sum", "max", "min", "prod"):
    running(
        "unsorted_segment_" + name,
        lambda tf, x, i, n=name: getattr(tf, "unsorted_segment_" + n)(x, i, 3),
        X,
        ints([0, 5, 1]),
    )
running("unsorted_prefix", lambda tf, x, i: tf.unsorted_segment_sum(x, i, 3), X, ints([0, 1]))
running(
    "unsorted_negative",
    lambda tf, x, i, n: tf.unsorted_segment_sum(x, i, n),
    X,
    ints([0, 1, 1]),
    ints(-1),
)
running("segment_unsorted", lambda tf, x, i: tf.segment_sum(x, i), X, ints([0, 2, 1]))
running("segment_negative", lambda tf, x, i: tf.segment_sum(x, i), X, ints([-1, 0, 1]))
running("segment_length", lambda tf, x, i: tf.segment_max(x, i), X, ints([0, 0]))
for name, indices, ids in (
    ("range", [0, 5], [0, 0]),
    ("unsorted", [0, 2], [1, 0]),
):
    running(
        "sparse_segment_" + name,
        lambda tf, x, i, s: tf.sparse_segment_sum(x, i, s),
        X,
        ints(indices),
        ints(ids),
    )
running(
    "sparse_segment_count",
    lambda tf, x, i, s: tf.sparse_segment_mean(x, i, s, num_segments=2),
    X,
    ints([0, 2]),
    ints([1, 3]),
)
running("slice_size", lambda tf, x, b: tf.slice(x, b, [1, 5]), X, ints([0, 0]))
running("pick_behind_the_end", lambda tf, x, i: x[i], X, ints(9))
running("pick_before_the_start", lambda tf, x, i: x[0, i], X, ints(-9))
running("slice_begin", lambda tf, x, b: tf.slice(x, b, [1, 1]), X, ints([4, 0]))
running("slice_of_nothing", lambda tf, x, b: tf.slice(x, b, [1, 1]), X[:0], ints([1, 0]))
running("index", lambda tf, x, i: x[i], X, ints(5))
running("index_too_many", lambda tf, x: x[0, 0, 0], X)
running("index_zero_step", lambda tf, x, s: tf.strided_slice(x, [0], [2], s), X, ints([0]))
running("index_ellipses", lambda tf, x: tf.strided_slice(x, [0, 0], [2, 2], ellipsis_mask=3), X)
running("pad_negative", lambda tf, x, a: tf.pad(x, a), X, ints([[-1, 0], [0, 0]]))
running("pad_rows", lambda tf, x, a: tf.pad(x, a), X, ints([[1, 0]]))
running("pad_reflect", lambda tf, x, a: tf.pad(x, a, "REFLECT"), X, ints([[3, 0], [0, 0]]))
running("pad_symmetric", lambda tf, x, a: tf.pad(x, a, "SYMMETRIC"), X, ints([[4, 0], [0, 0]]))
running("concat_sizes", lambda tf, x, y: tf.concat([x, y], 0), X, X[:, :2])
running("concat_ranks", lambda tf, x, y: tf.concat([x, y], 0), X, X[0])
running("concat_axis", lambda tf, x, y: tf.concat([x, y], 2), X, X)
running("stack", lambda tf, x, y: tf.stack([x, y]), X, X[:2])
running("unstack", lambda tf, x: tf.unstack(x, 2), X)
running("unstack_axis", lambda tf, x: tf.unstack(x, 2, axis=3), X)
running("split", lambda tf, x: tf.split(x, 2), X)
running("split_axis", lambda tf, x: tf.split(x, 2, axis=4), X)
running("split_sizes", lambda tf, x, s: tf.split(x, s, num=2), X, ints([1, 1]))
running("split_two_free", lambda tf, x, s: tf.split(x, s, num=2), X, ints([-1, -1]))
running("split_count", lambda tf, x, s: tf.split(x, s, num=3), X, ints([1, 2]))
running("reshape", lambda tf, x, s: tf.reshape(x, s), X, ints([5, 2]))
running("reshape_nothing", lambda tf, x, s: tf.reshape(x, s), X, ints([0, -1, 3]))
running("reshape_nothing_multiple", lambda tf, x, s: tf.reshape(x, s), X, ints([0, -1, 5]))
OFFSETS = {
    "range": (4, [2, 3, 5], [2, 7, 5]),
    "length": (1, [2, 3, 5], [2, 7, 5, 10]),
    "size": (1, [2, 3, 5], [2, 7, 5], [2, 7, 10]),
    "matrix": (1, [2, 3], [[2, 3]]),
    "axes": ([1], [2, 3], [2, 7]),
}
for what, arguments in OFFSETS.items():
    running("concat_offset_" + what, offsets, *map(ints, arguments))
RUNS = {
    "starts_anew": [0, 1, 0, 1],
    "ends_low": [0, 1, 2, 0],
    "ends_negative": [0, 1, 2, -1],
    "starts_negative": [-1, 0, 1, 1],
}
for what, ids in RUNS.items():
    running("segment_" + what, lambda tf, x, i: tf.segment_sum(x, i), f32(4, 4), ints(ids))
    running(
        "sparse_segment_" + what,
        lambda tf, x, i: tf.sparse_segment_sum(x, [3, 2, 0, 1], i),
        f32(4, 4),
        ints(ids),
    )
for what, axis in {"low": -3, "high": 2, "axes": [0]}.items():
    running("cumsum_" + what, lambda tf, x, a: tf.cumsum(x, a), X, ints(axis))
for what in ("matrix_diag", "matrix_diag_part"):
    running(what + "_scalar", lambda tf, x, n=what: getattr(tf, n)(x), f32())
running("matrix_set_diag_scalar", lambda tf, x, d: tf.matrix_set_diag(x, d), f32(), f32(1))
running("matrix_set_diag_by_scalar", lambda tf, x, d: tf.matrix_set_diag(x, d), f32(2, 2), f32())
running("matrix_inverse", lambda tf, x: tf.matrix_inverse(x), np.zeros((2, 2), np.float32))
running("cross_entropy_rank", dense_cross_entropy, f32(2, 1, 4), f32(2, 1, 4))
for what, axes in {"seq": (3, 0), "batch": (0, 3), "same": (1, 1)}.items():
    running(
        "reverse_sequence_axis_" + what,
        lambda tf, x, n, at=axes: tf.reverse_sequence(x, n, *at),
        X,
        ints([1, 1, 1]),
    )
running("nth_element_vector", lambda tf, x, n: tf.contrib.nn.nth_element(x, n), X, ints([1]))
running("split_axes", lambda tf, x, at: tf.split(x, 2, at), X, ints([1]))
running("reshape_two_free", lambda tf, x, s: tf.reshape(x, s), X, ints([-1, -1]))
running("reshape_multiple", lambda tf, x, s: tf.reshape(x, s), X, ints([5, -1]))
running("reshape_negative", lambda tf, x, s: tf.reshape(x, s), X, ints([-3, 2]))
running("expand_dims", lambda tf, x: tf.expand_dims(x, 5), X)
running("squeeze", lambda tf, x: tf.squeeze(x, [0]), X)
running("squeeze_axis", lambda tf, x: tf.squeeze(x, [4]), X)
running("transpose_twice", lambda tf, x, a: tf.transpose(x, a), X, ints([0, 0]))
running("transpose_length", lambda tf, x, a: tf.transpose(x, a), X, ints([0]))
running("transpose_range", lambda tf, x, a: tf.transpose(x, a), X, ints([0, 3]))
running("transpose_negative", lambda tf, x, a: tf.transpose(x, a), X, ints([-1, 0]))
running("broadcast_to", lambda tf, x, s: tf.broadcast_to(x, s), X, ints([3, 3]))
running("broadcast_to_rank", lambda tf, x, s: tf.broadcast_to(x, s), X, ints([3]))
running(
    "broadcast_dynamic_shape",
    lambda tf, a, b: tf.broadcast_dynamic_shape(a, b),
    ints([2]),
    ints([3]),
)
running("cast_to_string", lambda tf, x: tf.cast(x, tf.string), X)
running("cast_string", lambda tf, s: tf.cast(s, tf.int32), np.array([b"1"], object))
running("fill", lambda tf, s: tf.fill(s, 1.0), ints([-1]))
running("zeros", lambda tf, s: tf.zeros(s), ints([-1]))
running("where_rows", lambda tf, c, x, y: tf.where(c, x, y), np.array([True]), X, X)
running("where_shape", lambda tf, c, x, y: tf.where(c, x, y), np.array([[True]]), X, X)
running("where_sizes", lambda tf, c, x, y: tf.where(c, x, y), np.array([True]), X, X[:2])
running("range_zero", lambda tf, d: tf.range(0, 5, d), ints(0))
running("range_up", lambda tf, d: tf.range(0, -5, d), ints(1))
running("range_down", lambda tf, d: tf.range(0, 5, d), ints(-1))
running("range_vector", lambda tf, n: tf.range(n), ints([3]))
running("linspace", lambda tf, n: tf.linspace(0.0, 1.0, n), ints(0))
running("one_hot", lambda tf, d: tf.one_hot([0], d), ints(-1))
running("invert_permutation_twice", lambda tf, x: tf.invert_permutation(x), ints([0, 0]))
running("invert_permutation_range", lambda tf, x: tf.invert_permutation(x), ints([0, 3]))
running("tile", lambda tf, x, m: tf.tile(x, m), X, ints([-1, 1]))
running("tile_length", lambda tf, x, m: tf.tile(x, m), X, ints([1]))
running("reverse", lambda tf, x, a: tf.reverse(x, a), X, ints([2]))
running("reverse_twice", lambda tf, x, a: tf.reverse(x, a), X, ints([0, 0]))
running("reverse_sequence", lambda tf, x, n: tf.reverse_sequence(x, n, 1), X, ints([5, 1, 1]))
running("reverse_sequence_rows", lambda tf, x, n: tf.reverse_sequence(x, n, 1), X, ints([4, 1]))
running("roll", lambda tf, x, s: tf.roll(x, s, 3), X, ints(1))
running("partition", lambda tf, x, i: tf.dynamic_partition(x, i, 2), X, ints([0, 1, 2]))
running("partition_prefix", lambda tf, x, i: tf.dynamic_partition(x, i, 2), X, ints([0, 1]))
running("stitch", lambda tf, i, x: tf.dynamic_stitch([i], [x]), ints([0, -2]), X[:2])
running("ensure_shape", lambda tf, x: tf.ensure_shape(x, [3, 5]), X, why=INPUT_NAME)
running("space_to_depth", lambda tf, x: tf.space_to_depth(x, 2), f32(1, 3, 4, 1))
running("depth_to_space", lambda tf, x: tf.depth_to_space(x, 2), f32(1, 3, 4, 1))
running("space_to_batch", lambda tf, x: tf.space_to_batch_nd(x, [2, 2], NO_PADS), f32(1, 3, 4, 1))
running("batch_to_space", lambda tf, x: tf.batch_to_space_nd(x, [2, 2], NO_PADS), f32(3, 2, 2, 1))
running("diag_part", lambda tf, x: tf.diag_part(x), X)
running("matrix_set_diag", lambda tf, x, d: tf.matrix_set_diag(x, d), X, num([1, 2]))
running("unique", lambda tf, x: tf.unique(x), X)
running("setdiff1d", lambda tf, x: tf.setdiff1d(x, x), X)
running("bitcast", lambda tf, x: tf.bitcast(x, tf.float64), X[:, :3])
running("searchsorted", lambda tf, x, v: tf.searchsorted(x, v), X, X[:2])
running("histogram_range", lambda tf, x, r: tf.histogram_fixed_width(x, r), X, num([1, 0.5]))
running("histogram_ends", lambda tf, x, r: tf.histogram_fixed_width(x, r), X, num([0, 1, 2]))
running("histogram_end", lambda tf, x, r: tf.histogram_fixed_width(x, r), X, num(1))
running("histogram_bins", lambda tf, x, n: tf.histogram_fixed_width(x, [0.0, 1.0], n), X, ints(0))
running("confusion", lambda tf, x: tf.confusion_matrix(x, [0, 1], 2), ints([1, 2]), why=TWO_FAIL)
running(
    "confusion_negative",
    lambda tf, x: tf.confusion_matrix([0, 1], x, 2),
    ints([1, -2]),
    why=TWO_FAIL,
)
running("assert", lambda tf, c: tf.Assert(c, ["said", c]), np.array(False))
running("assert_equal", lambda tf, x: tf.assert_equal(x, x + 1, message="said"), ints([1, 2, 3, 4]))
running("assert_positive", lambda tf, x: tf.assert_positive(x), num([1, -2.5]))
running("assert_near", lambda tf, x: tf.assert_less(x, [[1.0]], summarize=6), X)
running("assert_rank", lambda tf, x: tf.assert_rank(x, 3), X)
running("check_numerics", lambda tf, x: tf.check_numerics(x, "said"), num([1, np.inf]))
running("check_numerics_both", lambda tf, x: tf.check_numerics(x, "said"), num([np.nan, -np.inf]))
