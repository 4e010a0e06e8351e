"""Shapes, indexing, joining and making arrays."""

import numpy as np

from .arrays import bools, count, dbl, empty, f32, f64, half, ints, longs, num
from .suite import Suite, lookup

suite = Suite("array")
case = suite.case

X = f32(3, 4, 2)

# Shape and size.

for name in ["shape", "size", "rank"]:
    case(name, lambda tf, x, n=name: lookup(tf, n)(x), X)
    case(name + "_scalar", lambda tf, x, n=name: lookup(tf, n)(x), num(1))
    case(name + "_empty", lambda tf, x, n=name: lookup(tf, n)(x), empty(0, 3))
for name in ["shape", "size"]:
    case(name + "_int64", lambda tf, x, n=name: lookup(tf, n)(x, out_type=tf.int64), X)
case("shape_n", lambda tf, x, y: tf.shape_n([x, y]), X, f32(2))
case("shape_element", lambda tf, x: tf.shape(x)[0], X)
case("shape_internal_float", lambda tf, x: tf.to_float(tf.shape(x)[1]), X, grad=False)
case("reshape", lambda tf, x: tf.reshape(x, [4, 6]), X)
case("reshape_infer", lambda tf, x: [tf.reshape(x, [-1]), tf.reshape(x, [2, -1, 3])], X)
EMPTIES = [([0, 6], [0, -1, 3]), ([3, 0], [0, -1]), ([0, 0], [-1, 0]), ([2, 0, 4], [-1, 0, 5])]
case(
    "reshape_empty_infer",
    lambda tf, *xs: [tf.reshape(x, EMPTIES[i][1]) for i, x in enumerate(xs)],
    *(empty(*sizes) for sizes, _ in EMPTIES),
)
case(
    "transpose_of_unknown_rank",
    lambda tf, x: tf.transpose(tf.placeholder_with_default(x, None), [0]),
    f32(3),
)
case(
    "space_to_batch_of_nothing",
    lambda tf, x, y: [
        tf.space_to_batch_nd(x, [3], [[0, 2]]),
        tf.space_to_batch_nd(y, [3], [[0, 0]]),
        tf.space_to_batch_nd(y, [3], [[1, 2]]),
    ],
    empty(3, 1, 2, 0),
    empty(3, 0, 2, 5),
)
case(
    "scatter_nd_strings",
    lambda tf: tf.scatter_nd([[4], [3], [3], [7]], ["a", "b", "b", "c"], [8]),
)
case("reshape_scalar", lambda tf, x: tf.reshape(x, []), f32(1))
case("reshape_to_vector", lambda tf, x: tf.reshape(x, [1]), f32())
case("reshape_empty", lambda tf, x: tf.reshape(x, [3, 0]), empty(0, 3))
case("reshape_dynamic", lambda tf, x: tf.reshape(x, [tf.shape(x)[0], -1]), X)
case("reshape_shape_fed", lambda tf, x, s: tf.reshape(x, s), X, ints([2, 12]))
case("reshape_shape_of", lambda tf, x, y: tf.reshape(x, tf.shape(y)), f32(6), f32(2, 3))
case("reshape_int64", lambda tf, x: tf.reshape(x, longs([6, 4])), X)
case("reshape_array", lambda tf: tf.reshape(np.arange(6), (2, 3)))
case("reshape_images", lambda tf, x: tf.reshape(x, [-1, 2, 2, 1]), f32(3, 4))
for axis in (0, 1, -1, 3, -2):
    case(f"expand_dims{axis}", lambda tf, x, a=axis: tf.expand_dims(x, a), X)
case("expand_dims_named_dim", lambda tf, x: tf.expand_dims(x, dim=1), f32(2))
case("expand_dims_fed", lambda tf, x, a: tf.expand_dims(x, a), f32(2), ints(1))
case("squeeze", lambda tf, x: tf.squeeze(x), f32(1, 3, 1))
case(
    "squeeze_axis",
    lambda tf, x: [tf.squeeze(x, [2]), tf.squeeze(x, 0), tf.squeeze(x, axis=[-1])],
    f32(1, 3, 1),
)
case("squeeze_dims", lambda tf, x: tf.squeeze(x, squeeze_dims=[0]), f32(1, 3, 1))
case("squeeze_nothing", lambda tf, x: tf.squeeze(x), f32(2, 3))
case("transpose", lambda tf, x: tf.transpose(x), X)
case("transpose_perm", lambda tf, x: tf.transpose(x, [1, 2, 0]), X)
case("transpose_perm_name", lambda tf, x: tf.transpose(x, perm=[0, 2, 1], name="t"), X)
case("transpose_2d", lambda tf, x: tf.transpose(x), f32(2, 3))
case("transpose_vector", lambda tf, x: tf.transpose(x), f32(2))
case("transpose_fed", lambda tf, x, p: tf.transpose(x, p), X, ints([2, 0, 1]))
case("transpose_conjugate", lambda tf, x: tf.transpose(x, conjugate=True), f32(2, 3))
case("broadcast_to", lambda tf, x: tf.broadcast_to(x, [2, 3, 4]), f32(3, 1))
case("broadcast_to_scalar", lambda tf, x: tf.broadcast_to(x, [2, 3]), f32())
case("broadcast_to_ints", lambda tf, x: tf.broadcast_to(x, longs([2, 2])), ints([1, 2]))
case(
    "broadcast_dynamic_shape",
    lambda tf, x, y: tf.broadcast_dynamic_shape(tf.shape(x), tf.shape(y)),
    f32(3, 1),
    f32(2),
)
case("identity", lambda tf, x: tf.identity(x, name="same"), X)
case("identity_n", lambda tf, x, y: tf.identity_n([x, y]), f32(2), f32(3))
case("ensure_shape", lambda tf, x: tf.ensure_shape(x, [None, 4, 2]), X)
case("placeholder_with_default", lambda tf: tf.placeholder_with_default(f32(2), [None]))
case("set_shape", lambda tf, x: [x, x.set_shape([3, 4, 2])][0], X)

# Joining and splitting.

A, B, C = f32(2, 3), f32(2, 3, at=1), f32(2, 3, at=2)
for axis in (0, 1, -1):
    case(f"concat{axis}", lambda tf, x, y, z, a=axis: tf.concat([x, y, z], a), A, B, C)
case("concat_uneven", lambda tf, x, y: tf.concat([x, y], 0), f32(1, 3), f32(3, 3))
case("concat_uneven_last", lambda tf, x, y: tf.concat([x, y], axis=-1), f32(2, 1), f32(2, 3))
case("concat_one", lambda tf, x: tf.concat([x], 0), A)
case("concat_empty", lambda tf, x, y: tf.concat([x, y], 0), empty(0, 3), A)
case("concat_ints", lambda tf, x: tf.concat([x, [7]], 0), ints([1, 2]))
case("concat_fed_axis", lambda tf, x, y, a: tf.concat([x, y], a), A, B, ints(1))
case("concat_strings", lambda tf: tf.concat([["a"], ["b", "c"]], 0))
for axis in (0, 1, 2, -1):
    case(f"stack{axis}", lambda tf, x, y, a=axis: tf.stack([x, y], a), A, B)
case("stack_one", lambda tf, x: tf.stack([x]), A)
case("stack_scalars", lambda tf, x: tf.stack([x, 1.0, 2.0]), num(3))
case("stack_of_ints", lambda tf, x: tf.stack([tf.shape(x)[0], 3]), A)
case("parallel_stack", lambda tf: tf.parallel_stack([tf.constant([1.0]), tf.constant([2.0])]))
case("auto_packing", lambda tf, x: tf.convert_to_tensor([x[0], x[1] * 2, 5.0]), f32(2))
case("auto_packing_nested", lambda tf, x: tf.identity([[x, 1.0], [2.0, x]]), f32())
for axis in (0, 1, -1):
    case(f"unstack{axis}", lambda tf, x, a=axis: tf.unstack(x, axis=a), f32(2, 3))
case("unstack_num", lambda tf, x: tf.unstack(x, 3), f32(3, 2))
case("unstack_one_used", lambda tf, x: tf.unstack(x)[1], f32(3, 2))
case("split_number", lambda tf, x: tf.split(x, 2), f32(4, 3))
case("split_number_axis", lambda tf, x: tf.split(x, 3, 1), f32(2, 3))
case("split_negative_axis", lambda tf, x: tf.split(x, num_or_size_splits=3, axis=-1), f32(2, 3))
case("split_sizes", lambda tf, x: tf.split(x, [1, 3], 1), f32(2, 4))
case("split_sizes_infer", lambda tf, x: tf.split(x, [1, -1, 2], 0), f32(5, 2))
case("split_sizes_fed", lambda tf, x, s: tf.split(x, s, 0, num=2), f32(5, 2), ints([2, 3]))
case("split_one_used", lambda tf, x: tf.split(x, 2, 1)[0], f32(2, 4))

# Repeating, padding, reversing.

case("tile", lambda tf, x: tf.tile(x, [2, 3]), f32(2, 2))
case("tile_vector", lambda tf, x: tf.tile(x, [3]), f32(2))
case("tile_zero", lambda tf, x: tf.tile(x, [0, 2]), f32(2, 2))
case("tile_fed", lambda tf, x, m: tf.tile(x, m), f32(2, 2), ints([1, 2]))
case("repeat", lambda tf, x: [tf.repeat(x, 2), tf.repeat(x, [1, 2], axis=0)], f32(2, 2))
PADS = [[1, 2], [0, 1]]
case("pad", lambda tf, x: tf.pad(x, PADS), f32(2, 3))
case("pad_constant", lambda tf, x: tf.pad(x, PADS, constant_values=7), f32(2, 3))
case("pad_constant_zero_mode", lambda tf, x: tf.pad(x, PADS, "CONSTANT"), ints([[1, 2], [3, 4]]))
case("pad_reflect", lambda tf, x: tf.pad(x, [[1, 1], [0, 2]], "REFLECT"), f32(2, 3))
case("pad_symmetric", lambda tf, x: tf.pad(x, [[2, 1], [0, 3]], mode="SYMMETRIC"), f32(2, 3))
case("pad_lower_mode", lambda tf, x: tf.pad(x, [[1, 0]], "reflect"), f32(3))
case("pad_fed", lambda tf, x, p: tf.pad(x, p), f32(2, 3), ints(PADS))
case("reverse", lambda tf, x: [tf.reverse(x, [0]), tf.reverse(x, [-1, 0])], X)
case("reverse_bools", lambda tf, x: tf.reverse(x, [0]), bools([True, False, False]))
case(
    "reverse_sequence",
    lambda tf, x, n: tf.reverse_sequence(x, n, seq_axis=1, batch_axis=0),
    f32(3, 4),
    ints([2, 4, 1]),
)
case(
    "reverse_sequence_old",
    lambda tf, x, n: tf.reverse_sequence(x, n, seq_dim=0, batch_dim=1),
    f32(4, 2),
    longs([3, 0]),
)
case("roll", lambda tf, x: [tf.roll(x, 1, 0), tf.roll(x, [1, -2], [0, 1])], f32(3, 4))
case("space_to_depth", lambda tf, x: tf.space_to_depth(x, 2), f32(1, 2, 4, 1))
case("depth_to_space", lambda tf, x: tf.depth_to_space(x, 2), f32(1, 1, 2, 4))

# Picking.

case("gather", lambda tf, x: tf.gather(x, [2, 0, 2]), X)
case("gather_scalar", lambda tf, x: tf.gather(x, 1), X)
case("gather_matrix_of_indices", lambda tf, x: tf.gather(x, [[0, 1], [2, 0]]), f32(3, 2))
case("gather_axis", lambda tf, x: tf.gather(x, [1, 0, 1], axis=1), X)
case("gather_negative_axis", lambda tf, x: tf.gather(x, [1], axis=-1), X)
case("gather_fed", lambda tf, x, i: tf.gather(x, i), f32(3, 2), longs([0, 2]))
case(
    "gather_batch_dims",
    lambda tf, x: tf.gather(x, [[0, 1], [1, 0], [1, 1]], batch_dims=1),
    f32(3, 2),
)
case("gather_strings", lambda tf: tf.gather(["a", "b"], [1, 0]))
case("gather_nd", lambda tf, x: tf.gather_nd(x, [[0, 1], [2, 3]]), X)
case("gather_nd_full", lambda tf, x: tf.gather_nd(x, [[0, 1, 1], [2, 3, 0], [0, 1, 1]]), X)
case("gather_nd_fed", lambda tf, x, i: tf.gather_nd(x, i), f32(3, 2), ints([[[1]], [[0]]]))
case(
    "gather_nd_batch_dims", lambda tf, x: tf.gather_nd(x, [[1], [0], [3]], batch_dims=1), f32(3, 4)
)
case("batch_gather", lambda tf, x: tf.batch_gather(x, [[1], [0]]), f32(2, 3))
case("take_by_argmax", lambda tf, x: tf.gather(x, tf.argmax(x)), f32(4))
case("boolean_mask", lambda tf, x, m: tf.boolean_mask(x, m), f32(3, 2), bools([True, False, True]))
case(
    "boolean_mask_matrix",
    lambda tf, x: tf.boolean_mask(x, [[True, False], [True, True]]),
    f32(2, 2),
)
case("boolean_mask_axis", lambda tf, x: tf.boolean_mask(x, [True, False], axis=1), f32(3, 2))
case("scatter_nd", lambda tf, u: tf.scatter_nd([[1], [3], [1]], u, [5]), f32(3))
case("scatter_nd_rows", lambda tf, u: tf.scatter_nd([[0], [2]], u, [3, 2]), f32(2, 2))
case(
    "scatter_nd_elements",
    lambda tf, u, i: tf.scatter_nd(i, u, [2, 3]),
    f32(2),
    ints([[0, 1], [1, 2]]),
)
case("scatter_nd_ints", lambda tf: tf.scatter_nd([[0], [0]], [3, 4], [2]))
case(
    "tensor_scatter_update",
    lambda tf, x, u: tf.tensor_scatter_update(x, [[1], [0]], u),
    f32(3),
    f32(2, at=1),
)
case(
    "tensor_scatter_add",
    lambda tf, x, u: tf.tensor_scatter_add(x, [[1], [1]], u),
    f32(3),
    f32(2, at=1),
)
case(
    "scatter_nd_non_aliasing_add",
    lambda tf, x, u: tf.raw_ops.ScatterNdNonAliasingAdd(input=x, indices=[[1], [1]], updates=u),
    f32(3, 2),
    f32(2, 2, at=1),
)
case("slice", lambda tf, x: tf.slice(x, [1, 0, 1], [2, 3, 1]), X)
case("slice_rest", lambda tf, x: tf.slice(x, [1, 1, 0], [-1, 2, -1]), X)
case("slice_fed", lambda tf, x, b, s: tf.slice(x, b, s), f32(3, 4), ints([1, 0]), ints([2, 2]))
case("strided_slice", lambda tf, x: tf.strided_slice(x, [0, 3, 0], [3, 0, 2], [2, -2, 1]), X)
case("strided_slice_no_strides", lambda tf, x: tf.strided_slice(x, [0, 1], [2, 3]), f32(3, 4))
case(
    "strided_slice_masks",
    lambda tf, x: tf.strided_slice(x, [0, 1], [2, 3], [1, 1], begin_mask=1, end_mask=2),
    f32(3, 4),
)
case(
    "strided_slice_shrink",
    lambda tf, x: tf.strided_slice(x, [1, 0], [2, 3], [1, 1], shrink_axis_mask=1),
    f32(3, 4),
)

INDICES = {
    "int": lambda tf: 1,
    "int_negative": lambda tf: -1,
    "two_ints": lambda tf: (1, -2),
    "three_ints": lambda tf: (0, 1, 1),
    "slice": lambda tf: slice(1, 3),
    "slice_open": lambda tf: slice(None, 2),
    "slice_all": lambda tf: slice(None),
    "slice_negative": lambda tf: slice(-2, None),
    "slice_step": lambda tf: (slice(None), slice(None, None, 2)),
    "slice_backward": lambda tf: slice(None, None, -1),
    "slice_backward_bounds": lambda tf: (slice(None), slice(3, 0, -2)),
    "slice_out_of_range": lambda tf: slice(1, 100),
    "slice_empty": lambda tf: slice(2, 1),
    "ellipsis": lambda tf: (Ellipsis, 0),
    "ellipsis_middle": lambda tf: (0, Ellipsis, slice(0, 1)),
    "ellipsis_only": lambda tf: Ellipsis,
    "newaxis": lambda tf: (tf.newaxis, 1),
    "newaxis_last": lambda tf: (Ellipsis, tf.newaxis),
    "newaxis_middle": lambda tf: (slice(None), None, slice(1, 2), None),
    "mixed": lambda tf: (slice(0, 2), 3, tf.newaxis),
    "tensor": lambda tf: tf.constant(2),
    "tensor_stop": lambda tf: slice(0, tf.constant(2)),
    "tensor_in_tuple": lambda tf: (slice(None), tf.constant(1)),
    "numpy_int": lambda tf: np.int32(1),
    "numpy_int64": lambda tf: (slice(None), np.int64(2)),
}
for name, index in INDICES.items():
    case("getitem_" + name, lambda tf, x, f=index: x[f(tf)], X)
case("getitem_int64_tensor", lambda tf, x, i: x[i], X, longs(1))
case("getitem_fed", lambda tf, x, i: [x[i], x[i:], x[:, i]], X, ints(1))
case(
    "getitem_bool_mask", lambda tf, x, m: tf.boolean_mask(x, m), f32(3), bools([True, True, False])
)
case("getitem_dynamic_shape", lambda tf, x: x[: tf.shape(x)[0] - 1], f32(3, 2))
case("getitem_chained", lambda tf, x: x[0][1], X)
case("getitem_ints", lambda tf, x: x[1:, ::-1], ints([[1, 2], [3, 4]]))
case("getitem_scalar_newaxis", lambda tf, x: x[tf.newaxis], f32())

# Making.

case("fill", lambda tf: [tf.fill([2, 3], 1.5), tf.fill([2], 7), tf.fill([], True)])
case("fill_string", lambda tf: tf.fill([2], "a"))
case("fill_dynamic", lambda tf, x: tf.fill(tf.shape(x), 2.0), X, grad=False)
case("fill_value_fed", lambda tf, v: tf.fill([2, 2], v), num(3))
for name in ["zeros", "ones"]:
    case(name, lambda tf, n=name: [lookup(tf, n)(s) for s in ([2, 3], [], 4, [0])])
    case(
        name + "_dtype",
        lambda tf, n=name: [
            lookup(tf, n)([2], t) for t in (tf.int32, "float64", tf.bool, np.int64)
        ],
    )
    case(name + "_dynamic", lambda tf, x, n=name: lookup(tf, n)(tf.shape(x)), X, grad=False)
    case(name + "_tensor_shape", lambda tf, n=name: lookup(tf, n)(tf.TensorShape([2, 1])))
    like = name + "_like"
    case(like, lambda tf, x, n=like: lookup(tf, n)(x), X)
    case(like + "_dtype", lambda tf, x, n=like: lookup(tf, n)(x, dtype=tf.int32), f32(2))
    case(like + "_ints", lambda tf, x, n=like: lookup(tf, n)(x), ints([[3]]))
    case(like + "_bools", lambda tf, x, n=like: lookup(tf, n)(x), bools([True, False]))
    case(like + "_unoptimized", lambda tf, x, n=like: lookup(tf, n)(x, optimize=False), X)
case("zeros_strings", lambda tf: tf.zeros([2], tf.string))
case("zeros_large", lambda tf: tf.reduce_sum(tf.zeros([40, 40])))
case("range", lambda tf: [tf.range(5), tf.range(2, 5), tf.range(1, 10, 3), tf.range(5, 0, -2)])
case("range_float", lambda tf: [tf.range(0.0, 1.0, 0.25), tf.range(3.0)])
case("range_mixed", lambda tf: tf.range(1, 2, 0.5))
case("range_dtype", lambda tf: tf.range(3, dtype=tf.float32))
case("range_int64", lambda tf: tf.range(tf.constant(3, tf.int64)))
case("range_limit_name", lambda tf: tf.range(start=1, limit=4, delta=2, name="r"))
case("range_fed", lambda tf, n: tf.range(n), ints(4))
case("range_of_shape", lambda tf, x: tf.range(tf.shape(x)[0]), X)
case("range_empty", lambda tf: tf.range(3, 3))
case("linspace", lambda tf: [tf.linspace(0.0, 1.0, 5), tf.lin_space(2.0, -2.0, 3)])
case("linspace_one", lambda tf: tf.linspace(3.0, 9.0, 1))
case("linspace_float64", lambda tf: tf.linspace(tf.constant(0.0, tf.float64), 1.0, 3))
case("one_hot", lambda tf, x: tf.one_hot(x, 3), ints([0, 2, 1, -1, 3]))
case("one_hot_values", lambda tf, x: tf.one_hot(x, 3, on_value=5.0, off_value=-1.0), ints([0, 2]))
case("one_hot_dtype", lambda tf, x: tf.one_hot(x, 2, dtype=tf.int32), ints([0, 1]))
case("one_hot_int_values", lambda tf, x: tf.one_hot(x, 2, 7, 0), ints([0, 1]))
case("one_hot_bool", lambda tf, x: tf.one_hot(x, 2, True, False), ints([0, 1]))
case("one_hot_axis0", lambda tf, x: tf.one_hot(x, 3, axis=0), ints([0, 2]))
case("one_hot_matrix", lambda tf, x: tf.one_hot(x, 2, axis=1), ints([[0, 1], [1, 1]]))
case("one_hot_scalar", lambda tf, x: tf.one_hot(x, 3), longs(1))
case("one_hot_depth_fed", lambda tf, x, d: tf.one_hot(x, d), ints([0, 2]), ints(3))
case("meshgrid", lambda tf, x, y: tf.meshgrid(x, y), f32(2), f32(3))
case(
    "meshgrid_ij", lambda tf, x, y: tf.meshgrid(x, y, indexing="ij"), ints([1, 2]), ints([3, 4, 5])
)
case("sequence_mask", lambda tf, x: tf.sequence_mask(x, 4), ints([1, 3, 0]))
case("sequence_mask_infer", lambda tf, x: tf.sequence_mask(x, dtype=tf.float32), ints([1, 3]))
case("sequence_mask_matrix", lambda tf, x: tf.sequence_mask(x, 3), longs([[1, 3], [2, 0]]))

# Choosing.

case(
    "where_3",
    lambda tf, c, x, y: tf.where(c, x, y),
    bools([[True, False, True], [False, False, True]]),
    A,
    B,
)
case("where_3_vector", lambda tf, c, x, y: tf.where(c, x, y), bools([True, False]), A, B)
case("where_3_scalar", lambda tf, c, x, y: tf.where(c, x, y), bools(True), A, B)
case("where_3_ints", lambda tf, c: tf.where(c, [1, 2], [3, 4]), bools([False, True]))
case("where_greater", lambda tf, x, y: tf.where(tf.greater(x, y), x * 2, y), A, B)
case("where_1", lambda tf, c: tf.where(c), bools([[True, False], [True, True]]))
case("where_1_numbers", lambda tf, x: tf.where(x), num([0, 2, -1]))
case("where_1_empty", lambda tf, c: tf.where(c), bools([False, False]))
case("where_v2", lambda tf, c, x: tf.compat.v2.where(c, x, 0.0), bools([True, False, True]), A)
case("where_strings", lambda tf: tf.where([True, False], ["a", "b"], ["c", "d"]))
case("where_nan_guard", lambda tf, x: tf.where(x > 0, tf.log(x), tf.zeros_like(x)), num([1, 0, -1]))

# Constants.

case("constant", lambda tf: [tf.constant(v) for v in (1, 1.5, True, [1, 2], [[1.0], [2.0]])])
case("constant_dtype", lambda tf: [tf.constant([1, 2], t) for t in (tf.float32, "int64", np.uint8)])
case("constant_shape", lambda tf: [tf.constant(3.0, shape=[2, 2]), tf.constant([1, 2], shape=[3])])
case("constant_numpy", lambda tf: [tf.constant(a) for a in (f64(2), f32(2), longs([1]), half([2]))])
case("constant_strings", lambda tf: [tf.constant("a"), tf.constant([b"b", "c"])])
case("constant_named", lambda tf: [tf.constant(1, name="k"), tf.constant(1, name="k")])
case("constant_empty", lambda tf: [tf.constant([]), tf.constant([], tf.int32)])
case("convert_to_tensor", lambda tf: [tf.convert_to_tensor(v) for v in (2, [1.0, 2.0], dbl([1]))])
case("convert_preferred", lambda tf: tf.convert_to_tensor(1, preferred_dtype=tf.float32))
case("count", lambda tf, x: tf.reduce_sum(x), count(2, 3))
case("string_join", lambda tf: tf.string_join(["a", ["b", "c"]], separator="-"))
