"""Programs that fail: with which exception, while building or running, and its first sentence."""

import tempfile

import numpy as np

from .arrays import f32, num
from .suite import Suite

suite = Suite("errors")

#: Why only the exception's class is compared: the words are not TensorFlow's.
PYTHON = "worded by Python"
NUMPY = "worded by NumPy"
INTERNAL = "names TensorFlow's internals"


def error(fn):
    """Adds `fn(tf, run)`, which must raise, as a case under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def building(id, fn, **options):
    """Adds `fn(tf)`, which must raise."""
    suite.case(id, lambda tf, run: fn(tf), grad=False, **options)


def running(id, fn, **options):
    """Adds `fn(tf)`, the run of whose result must raise; it may return (fetches, feeds)."""

    def one(tf, run):
        tf.constant(0, name="so_that_the_graph_is_not_empty")
        result = fn(tf)
        run(*result) if isinstance(result, tuple) else run(result)

    suite.case(id, one, grad=False, **options)


def x(tf, *shape, dtype="float32", name="x"):
    return tf.placeholder(dtype, shape, name)


building("auxiliary_name_scope", lambda tf: tf.variable_scope("a", auxiliary_name_scope=None))

# Feeds.

running("unfed", lambda tf: x(tf, 2) + 1)
running("unfed_unknown_shape", lambda tf: tf.placeholder(tf.int32, name="n") + 1)
running("unfed_scalar", lambda tf: tf.square(x(tf)))
running("unfed_partial_shape", lambda tf: x(tf, None, 3) * 2)
running("unfed_fetched_itself", lambda tf: x(tf, 2))
running("unfed_string", lambda tf: tf.identity(x(tf, dtype="string", name="s")))
running("unfed_bool", lambda tf: tf.logical_not(x(tf, 1, dtype="bool", name="b")))
running("feed_wrong_shape", lambda tf: (lambda p: (p + 1, {p: f32(3)}))(x(tf, 2)))
running("feed_wrong_rank", lambda tf: (lambda p: (p + 1, {p: f32(3)}))(x(tf, None, 2)))
running("feed_wrong_inner", lambda tf: (lambda p: (p + 1, {p: f32(3, 3)}))(x(tf, None, 2)))
running("feed_scalar_for_vector", lambda tf: (lambda p: (p + 1, {p: 1.0}))(x(tf, 2)))
running("feed_text_for_float", lambda tf: (lambda p: (p + 1, {p: "text"}))(x(tf)), why=NUMPY)
running(
    "feed_ragged",
    lambda tf: (lambda p: (p + 1, {p: [[1.0], [1.0, 2.0]]}))(x(tf, None, None)),
    why=NUMPY,
)
running("feed_tensor", lambda tf: (lambda p: (p + 1, {p: tf.constant(1.0)}))(x(tf)))
running("feed_unknown_name", lambda tf: (tf.constant(1), {"nothing:0": 1}))
running("feed_op_name", lambda tf: (lambda p: (p + 1, {"x": 1.0}))(x(tf)))
running("feed_number_as_key", lambda tf: (tf.constant(1), {3: 1}))
running("feed_none_as_key", lambda tf: (tf.constant(1), {None: 1}))
running("feed_not_a_dict", lambda tf: (tf.constant(1), [1]))
running("feed_too_large_int", lambda tf: (lambda p: (p + 1, {p: 2**40}))(x(tf, dtype="int32")))


@error
def feed_of_another_graph(tf, run):
    with tf.Graph().as_default():
        other = tf.placeholder(tf.float32, [], "other")
    run(tf.constant(1), {other: 1.0})


@error
def feed_after_prevent_feeding(tf, run):
    c = tf.constant(1.0, name="c")
    tf.get_default_graph().prevent_feeding(c)
    run(c + 1, {c: 2.0})


# Fetches.

running("fetch_unknown_name", lambda tf: "nothing")
running("fetch_unknown_tensor_name", lambda tf: "nothing:0")
running("fetch_output_out_of_range", lambda tf: [tf.constant(1, name="c"), "c:1"][1])
running("fetch_number", lambda tf: [3])
running("fetch_none", lambda tf: [None])
running("fetch_array", lambda tf: [np.ones(2)])
running("fetch_python_object", lambda tf: [object])
running(
    "fetch_unfetchable",
    lambda tf: [
        c
        for c in [tf.constant(1, name="c")]
        if tf.get_default_graph().prevent_fetching(c.op) is None
    ],
)


@error
def fetch_of_another_graph(tf, run):
    tf.constant(0)
    with tf.Graph().as_default():
        other = tf.constant(1, name="other")
    run(other)


@error
def fetch_op_of_another_graph(tf, run):
    tf.constant(0)
    with tf.Graph().as_default():
        other = tf.no_op(name="other")
    run(other)


@error
def run_of_empty_graph(tf, run):
    with tf.Graph().as_default(), tf.Session() as session:
        session.run([])


@error
def eval_without_session(tf, run):
    with tf.Graph().as_default():
        tf.constant(1.0).eval()


@error
def run_op_without_session(tf, run):
    with tf.Graph().as_default():
        tf.no_op().run()


@error
def eval_in_session_of_another_graph(tf, run):
    with tf.Graph().as_default():
        other = tf.constant(1.0)
    with run.session.as_default():
        other.eval()


@error
def closed_session(tf, run):
    c = tf.constant(1)
    run.session.close()
    run(c)


@error
def callable_with_missing_argument(tf, run):
    p = x(tf)
    run.session.make_callable(p + 1, [p])()


# Names in the graph.

building("no_such_operation", lambda tf: tf.get_default_graph().get_operation_by_name("nothing"))
building("no_such_tensor", lambda tf: tf.get_default_graph().get_tensor_by_name("nothing:0"))
building(
    "tensor_name_without_output",
    lambda tf: [tf.constant(1, name="c"), tf.get_default_graph().get_tensor_by_name("c")],
)
building(
    "operation_name_with_output",
    lambda tf: [tf.constant(1, name="c"), tf.get_default_graph().get_operation_by_name("c:0")],
)
building("tensor_by_number", lambda tf: tf.get_default_graph().get_tensor_by_name(3))
building("operation_by_number", lambda tf: tf.get_default_graph().get_operation_by_name(3))
building("bad_name", lambda tf: tf.constant(1, name="a b"))
building("bad_name_start", lambda tf: tf.constant(1, name="_a"))
building("bad_placeholder_name", lambda tf: tf.placeholder(tf.float32, name="x:0"))
building("bad_scope_name", lambda tf: tf.name_scope("a b").__enter__())
building("as_graph_element_of_nothing", lambda tf: tf.get_default_graph().as_graph_element(3.0))


@error
def finalized_graph(tf, run):
    tf.get_default_graph().finalize()
    tf.constant(1)


@error
def graph_not_finalized(tf, run):
    tf.get_default_graph().finalize()
    tf.Variable(1.0)


@error
def input_of_another_graph(tf, run):
    with tf.Graph().as_default():
        other = tf.constant(1.0, name="other")
    tf.add(tf.constant(1.0, name="mine"), other)


@error
def variable_of_another_graph(tf, run):
    with tf.Graph().as_default():
        other = tf.Variable(1.0, name="other")
    tf.constant(1.0, name="mine") + other


@error
def reset_inside_graph(tf, run):
    with tf.Graph().as_default():
        tf.reset_default_graph()


# Blocks that are left in another order than the reverse of entering them.


def left_first(first, second):
    """Enters both blocks and leaves the outer one first."""
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)


building("scopes_crossed", lambda tf: left_first(tf.variable_scope("a"), tf.variable_scope("b")))
building("devices_crossed", lambda tf: left_first(tf.device("/cpu:0"), tf.device("/cpu:1")))
building(
    "dependencies_crossed",
    lambda tf: left_first(
        tf.control_dependencies([tf.constant(1)]), tf.control_dependencies([tf.constant(2)])
    ),
    why="TensorFlow says nothing",
)

# Tensors are not values.

building("bool_of_tensor", lambda tf: bool(x(tf)))
building("if_tensor", lambda tf: 1 if x(tf) > 0 else 2)
building("and_of_tensors", lambda tf: x(tf) and x(tf))
building("not_tensor", lambda tf: not tf.constant(True))
building("iterate_tensor", lambda tf: list(x(tf, 2)))
building("iterate_unknown", lambda tf: list(tf.placeholder(tf.float32)))
building("unpack_tensor", lambda tf: [a for a, b in [x(tf, 2)]])
building("len_of_tensor", lambda tf: len(x(tf, 2)))
building("range_of_tensor", lambda tf: range(tf.constant(3)), why=PYTHON)
building("float_of_tensor", lambda tf: float(tf.constant(3.0)), why=PYTHON)
building("int_of_tensor", lambda tf: int(tf.constant(3)), why=PYTHON)
building("array_of_tensor", lambda tf: np.array(tf.constant(3.0), np.float32), why=PYTHON)
building("item_assignment", lambda tf: x(tf, 2).__setitem__(0, 1.0), why=PYTHON)
building("tensor_attribute", lambda tf: x(tf, 2).nothing, why=PYTHON)
building("iterate_variable", lambda tf: list(tf.Variable([1.0, 2.0])))
building("sum_of_list_index", lambda tf: [1, 2, 3][tf.constant(1)], why=PYTHON)
building("index_by_float", lambda tf: x(tf, 2)[1.5])
building("index_by_list", lambda tf: x(tf, 3)[[0, 1]])
building("index_by_text", lambda tf: x(tf, 3)["a"])
building("index_by_float_tensor", lambda tf: x(tf, 3)[tf.constant(1.0)])
building("index_out_of_range", lambda tf: x(tf, 3)[3])
building("index_too_many", lambda tf: x(tf, 3)[0, 0])
building("index_two_ellipses", lambda tf: x(tf, 2, 2)[..., ...])

# dtypes.

building("add_int_and_float", lambda tf: tf.constant(1) + tf.constant(1.0))
building(
    "add_float_and_int", lambda tf: tf.add(tf.constant(1.0, name="a"), tf.constant(1, name="b"))
)
building("add_float_and_double", lambda tf: tf.constant(1.0) + tf.constant(1.0, tf.float64))
building("add_int_and_python_float", lambda tf: tf.constant(1) + 1.5)
building("multiply_float_and_text", lambda tf: tf.constant(1.0) * "a")
building("matmul_int_and_float", lambda tf: tf.matmul(tf.constant([[1]]), tf.constant([[1.0]])))
building("matmul_of_bools", lambda tf: tf.matmul(tf.constant([[True]]), tf.constant([[True]])))
building("concat_mixed", lambda tf: tf.concat([tf.constant([1]), tf.constant([1.0])], 0))
building("stack_mixed", lambda tf: tf.stack([tf.constant(1), tf.constant(1.0)]))
building(
    "where_condition_not_bool",
    lambda tf: tf.where(tf.constant([1]), tf.constant([1.0]), tf.constant([2.0])),
)
building(
    "where_mixed", lambda tf: tf.where(tf.constant([True]), tf.constant([1]), tf.constant([1.0]))
)
building("where_one_branch", lambda tf: tf.where(tf.constant([True]), tf.constant([1])))
building("logical_and_of_ints", lambda tf: tf.logical_and(tf.constant(1), tf.constant(2)))
building("sqrt_of_int", lambda tf: tf.sqrt(tf.constant(4)))
building("exp_of_int", lambda tf: tf.exp(2))
building("softmax_of_int", lambda tf: tf.nn.softmax([1, 2]))
building("mean_of_bool", lambda tf: tf.reduce_mean([True, False]))
building("sum_of_bool", lambda tf: tf.reduce_sum(tf.constant([True])))
building("all_of_float", lambda tf: tf.reduce_all(tf.constant([1.0])))
building("relu_of_bool", lambda tf: tf.nn.relu(tf.constant([True])))
building("greater_of_text", lambda tf: tf.greater(tf.constant("a"), tf.constant("b")))
building("neg_of_bool", lambda tf: -tf.constant(True))
building("gather_by_float", lambda tf: tf.gather(f32(3), tf.constant([1.0])))
building("gather_by_python_float", lambda tf: tf.gather(f32(3), [1.0]))
building("one_hot_of_float", lambda tf: tf.one_hot(tf.constant([1.0]), 3))
building("reshape_to_float", lambda tf: tf.reshape(f32(2), [1.0, 2.0]))
building("embedding_by_float", lambda tf: tf.nn.embedding_lookup(f32(3, 2), tf.constant([1.0])))
building("cast_to_nonsense", lambda tf: tf.cast(1.0, "nonsense"))
building("cast_to_python_type", lambda tf: tf.cast(tf.constant(1.0), int))
building("dtype_nonsense", lambda tf: tf.as_dtype("nonsense"))
building("placeholder_nonsense", lambda tf: tf.placeholder("nonsense"))
building("constant_text_as_float", lambda tf: tf.constant("a", tf.float32))
building("constant_float_as_int", lambda tf: tf.constant(1.5, tf.int32))
building("constant_floats_as_int", lambda tf: tf.constant([1.5, 2.0], tf.int32))
building("constant_mixed", lambda tf: tf.constant([1, "a"]))
building("constant_ragged", lambda tf: tf.constant([[1], [1, 2]]))
building("constant_none", lambda tf: tf.constant(None))
building("constant_object", lambda tf: tf.constant(object()))
building("constant_too_many", lambda tf: tf.constant([1, 2, 3], shape=[2]))
building("constant_of_tensor", lambda tf: tf.constant(tf.constant(1.0)))
building("constant_of_tensors", lambda tf: tf.constant([x(tf), 1.0]))
building("convert_wrong_dtype", lambda tf: tf.convert_to_tensor(tf.constant(1.0), tf.int32))
building("convert_none", lambda tf: tf.convert_to_tensor(None))
building("convert_object", lambda tf: tf.convert_to_tensor(object()))
building("convert_dict", lambda tf: tf.convert_to_tensor({"a": 1}))
building("add_none", lambda tf: tf.constant(1.0) + None)
building("identity_of_none", lambda tf: tf.identity(None))
building("reduce_mean_of_none", lambda tf: tf.reduce_mean(None))
building(
    "sparse_xent_float_labels",
    lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.constant([1.0]), logits=tf.constant([[1.0, 2.0]])
    ),
)
building("argmax_of_bool", lambda tf: tf.argmax(tf.constant([True])))
building("argmax_axis_and_dimension", lambda tf: tf.argmax(f32(2), axis=0, dimension=0))

# Shapes, while building.

building("matmul_inner", lambda tf: tf.matmul(x(tf, 2, 3), x(tf, 4, 5)))
building("matmul_inner_named", lambda tf: tf.matmul(x(tf, None, 784), x(tf, 10, 500), name="layer"))
building(
    "matmul_transposed_inner", lambda tf: tf.matmul(x(tf, 2, 3), x(tf, 3, 4), transpose_b=True)
)
building("matmul_vector", lambda tf: tf.matmul(x(tf, 2, 3), x(tf, 3)))
building("matmul_scalars", lambda tf: tf.matmul(tf.constant(1.0), tf.constant(1.0)))
building("matmul_batch", lambda tf: tf.matmul(x(tf, 2, 2, 3), x(tf, 3, 3, 2)))
building(
    "matmul_adjoint_and_transpose",
    lambda tf: tf.matmul(x(tf, 2, 2), x(tf, 2, 2), transpose_a=True, adjoint_a=True),
)
building("add_shapes", lambda tf: x(tf, 2) + x(tf, 3))
building("add_shapes_rank2", lambda tf: x(tf, 4, 2) + x(tf, 4, 3))
building("multiply_shapes", lambda tf: x(tf, 2) * x(tf, 3))
building("subtract_shapes", lambda tf: tf.subtract(x(tf, 2, 1), x(tf, 3, 3, 2), name="minus"))
building("maximum_shapes", lambda tf: tf.maximum(x(tf, 2), x(tf, 3)))
building("equal_shapes", lambda tf: tf.equal(x(tf, 2), x(tf, 3)))
building("add_n_shapes", lambda tf: tf.add_n([x(tf, 2), x(tf, 3)]))
building("add_n_empty", lambda tf: tf.add_n([]))
building("add_n_not_list", lambda tf: tf.add_n(x(tf, 2)))
building("concat_shapes", lambda tf: tf.concat([x(tf, 2, 3), x(tf, 3, 2)], 0))
building("concat_ranks", lambda tf: tf.concat([x(tf, 2, 3), x(tf, 3)], 0))
building("concat_axis", lambda tf: tf.concat([x(tf, 2), x(tf, 2)], 1))
building("concat_scalars", lambda tf: tf.concat([x(tf), x(tf)], 0))
building("concat_swapped_arguments", lambda tf: tf.concat(0, [x(tf, 2), x(tf, 2)]))
building("stack_shapes", lambda tf: tf.stack([x(tf, 2), x(tf, 3)]))
building("stack_axis", lambda tf: tf.stack([x(tf, 2), x(tf, 2)], 5))
building("unstack_unknown", lambda tf: tf.unstack(x(tf, None, 2)))
building("unstack_num", lambda tf: tf.unstack(x(tf, 3, 2), 2))
building("unstack_axis", lambda tf: tf.unstack(x(tf, 3), axis=2))
building("split_uneven", lambda tf: tf.split(x(tf, 5), 2))
building("split_sizes_sum", lambda tf: tf.split(x(tf, 5), [2, 2]))
building("reshape_count", lambda tf: tf.reshape(x(tf, 2, 3), [4, 2]))
building("reshape_infer", lambda tf: tf.reshape(x(tf, 2, 3), [4, -1]))
building("reshape_none", lambda tf: tf.reshape(x(tf, 2, 3), [None, 3]))
building("reshape_negative", lambda tf: tf.reshape(x(tf, 2, 3), [-2, 3]))
building("transpose_perm", lambda tf: tf.transpose(x(tf, 2, 3), [0]))
building("transpose_range", lambda tf: tf.transpose(x(tf, 2, 3), [0, 2]))
building("expand_dims_axis", lambda tf: tf.expand_dims(x(tf, 2), 3))
building("squeeze_not_one", lambda tf: tf.squeeze(x(tf, 2, 1), [0]))
building("squeeze_range", lambda tf: tf.squeeze(x(tf, 2, 1), [5]))
building("reduce_axis", lambda tf: tf.reduce_sum(x(tf, 2, 3), 2))
building("reduce_axis_negative", lambda tf: tf.reduce_mean(x(tf, 2, 3), -3))
building("reduce_axis_and_indices", lambda tf: tf.reduce_sum(x(tf, 2), axis=0, reduction_indices=0))
building("reduce_keep_both", lambda tf: tf.reduce_sum(x(tf, 2), 0, keepdims=True, keep_dims=True))
building("argmax_axis", lambda tf: tf.argmax(x(tf, 2, 3), 2))
building("gather_axis", lambda tf: tf.gather(x(tf, 2), [0], axis=3))
building("slice_rank", lambda tf: tf.slice(x(tf, 3), [1, 0], [1, 1]))
building("tile_rank", lambda tf: tf.tile(x(tf, 3), [1, 2]))
building("pad_rank", lambda tf: tf.pad(x(tf, 3), [[1, 1], [0, 0]]))
building("pad_mode", lambda tf: tf.pad(x(tf, 3), [[1, 1]], "NOTHING"))
building("where_shapes", lambda tf: tf.where(x(tf, 3, dtype="bool"), x(tf, 2), x(tf, 2)))
building("where_branch_shapes", lambda tf: tf.where(x(tf, 2, dtype="bool"), x(tf, 2), x(tf, 3)))
building("bias_add_shape", lambda tf: tf.nn.bias_add(x(tf, 2, 3), x(tf, 2)))
building("bias_add_rank", lambda tf: tf.nn.bias_add(x(tf, 2, 3), x(tf, 1, 3)))
building(
    "xent_shapes",
    lambda tf: tf.nn.softmax_cross_entropy_with_logits_v2(labels=x(tf, 2, 3), logits=x(tf, 2, 4)),
)
building(
    "xent_positional", lambda tf: tf.nn.softmax_cross_entropy_with_logits(x(tf, 2, 3), x(tf, 2, 3))
)
building(
    "sparse_xent_positional",
    lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits(x(tf, 2), x(tf, 2, 3)),
)
building(
    "sparse_xent_rank",
    lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=x(tf, 2, 1, dtype="int32"), logits=x(tf, 2, 3)
    ),
)
building(
    "sparse_xent_batch",
    lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=x(tf, 3, dtype="int32"), logits=x(tf, 2, 3)
    ),
)
building(
    "sigmoid_xent_shapes",
    lambda tf: tf.nn.sigmoid_cross_entropy_with_logits(labels=x(tf, 2), logits=x(tf, 3)),
)
building("softmax_axis", lambda tf: tf.nn.softmax(x(tf, 2, 3), axis=2))
building("dropout_keep_prob", lambda tf: tf.nn.dropout(x(tf, 2), 0.0))
building("dropout_keep_prob_large", lambda tf: tf.nn.dropout(x(tf, 2), 1.5))
building("dropout_of_int", lambda tf: tf.nn.dropout(tf.constant([1]), 0.5))
building("dropout_both", lambda tf: tf.nn.dropout(x(tf, 2), keep_prob=0.5, rate=0.3))
building("in_top_k_shapes", lambda tf: tf.nn.in_top_k(x(tf, 2, 3), x(tf, 3, dtype="int32"), 1))
building("top_k_large", lambda tf: tf.nn.top_k(x(tf, 2), 3))
building("set_shape", lambda tf: x(tf, 2).set_shape([3]))
building("set_shape_rank", lambda tf: x(tf, 2).set_shape([2, 1]))
building("range_zero_delta", lambda tf: tf.range(0, 5, 0))
building("fill_negative", lambda tf: tf.fill([-1], 0.0))
building("broadcast_to_shape", lambda tf: tf.broadcast_to(x(tf, 3), [2]))
building("einsum_shapes", lambda tf: tf.einsum("ij,jk->ik", x(tf, 2, 3), x(tf, 4, 2)))
building("tensordot_shapes", lambda tf: tf.tensordot(x(tf, 2, 3), x(tf, 4, 2), 1))
building(
    "conv2d_padding",
    lambda tf: tf.nn.conv2d(x(tf, 1, 4, 4, 1), x(tf, 3, 3, 1, 4), [1, 1, 1, 1], "NONE"),
)
building(
    "conv2d_too_small",
    lambda tf: tf.nn.conv2d(x(tf, 1, 2, 2, 1), x(tf, 3, 3, 1, 4), [1, 1, 1, 1], "VALID"),
)
building("max_pool_window", lambda tf: tf.nn.max_pool(x(tf, 1, 2, 2, 1), [1] * 3, [1] * 4, "SAME"))
building("max_pool_step", lambda tf: tf.nn.max_pool(x(tf, 1, 2, 2, 1), [1] * 4, [1] * 3, "SAME"))
building("avg_pool_padding", lambda tf: tf.nn.avg_pool(x(tf, 1, 2, 2, 1), [1] * 4, [1] * 4, "NO"))
building("bias_add_format", lambda tf: tf.nn.bias_add(x(tf, 2, 3), x(tf, 3), data_format="X"))
building(
    "conv2d_steps",
    lambda tf: tf.nn.conv2d(x(tf, 1, 2, 2, 1), x(tf, 2, 2, 1, 1), [1] * 3, "SAME"),
)
building(
    "conv2d_format",
    lambda tf: tf.nn.conv2d(x(tf, 1, 2, 2, 1), x(tf, 2, 2, 1, 1), [1] * 4, "SAME", data_format="X"),
)
building(
    "depthwise_steps",
    lambda tf: tf.nn.depthwise_conv2d_native(x(tf, 1, 2, 2, 1), x(tf, 2, 2, 1, 1), [1] * 3, "SAME"),
)
building("clip_by_global_norm_not_list", lambda tf: tf.clip_by_global_norm(x(tf, 2), 1.0))
building("boolean_mask_scalar", lambda tf: tf.boolean_mask(x(tf, 2), True))
building("boolean_mask_shape", lambda tf: tf.boolean_mask(x(tf, 3), [True, False]))
building("as_list_of_unknown", lambda tf: tf.placeholder(tf.float32).shape.as_list())
building("len_of_unknown_shape", lambda tf: len(tf.placeholder(tf.float32).shape))
building("int_of_unknown_dimension", lambda tf: int(x(tf, None).shape[0]))
building("shape_assert_compatible", lambda tf: tf.TensorShape([2]).assert_is_compatible_with([3]))
building("shape_merge", lambda tf: tf.TensorShape([2, None]).merge_with([3, 1]))
building("shape_negative", lambda tf: tf.TensorShape([-1]))
building("placeholder_shape_text", lambda tf: tf.placeholder(tf.float32, ["a"]), why=PYTHON)

# Shapes and values, while running.


def unknown(tf, name="p", dtype="float32"):
    return tf.placeholder(dtype, name=name)


running(
    "run_matmul_inner",
    lambda tf: (lambda p: (tf.matmul(p, f32(4, 2)), {p: f32(2, 3)}))(unknown(tf)),
)
running(
    "run_add_shapes",
    lambda tf: (lambda p, q: (p + q, {p: f32(2), q: f32(3)}))(unknown(tf), unknown(tf)),
)
running("run_reshape", lambda tf: (lambda p: (tf.reshape(p, [4]), {p: f32(3)}))(unknown(tf)))
running(
    "run_reshape_infer", lambda tf: (lambda p: (tf.reshape(p, [2, -1]), {p: f32(3)}))(unknown(tf))
)
running(
    "run_concat", lambda tf: (lambda p: (tf.concat([p, f32(2, 3)], 0), {p: f32(2, 2)}))(unknown(tf))
)
running(
    "run_gather_range",
    lambda tf: (lambda p: (tf.gather(f32(3), p), {p: [1, 3]}))(unknown(tf, dtype="int32")),
)
running("run_gather_negative", lambda tf: tf.gather(f32(3), [-1]))
running("run_gather_nd_range", lambda tf: tf.gather_nd(f32(3), [[5]]))
running("run_slice_range", lambda tf: (lambda p: (tf.slice(p, [1], [3]), {p: f32(3)}))(unknown(tf)))
running("run_index_range", lambda tf: (lambda p: (p[5], {p: f32(3)}))(unknown(tf)))
running(
    "run_int_division_by_zero", lambda tf: (lambda p: (p // 0, {p: 3}))(unknown(tf, dtype="int32"))
)
running("run_int_mod_by_zero", lambda tf: (lambda p: (p % 0, {p: 3}))(unknown(tf, dtype="int32")))
running(
    "run_int_negative_power",
    lambda tf: (lambda p: (tf.pow(2, p), {p: -1}))(unknown(tf, dtype="int32")),
)
running("run_squeeze", lambda tf: (lambda p: (tf.squeeze(p, [0]), {p: f32(2)}))(unknown(tf)))
running("run_split", lambda tf: (lambda p: (tf.split(p, 2), {p: f32(3)}))(unknown(tf)))
running(
    "run_transpose", lambda tf: (lambda p: (tf.transpose(p, [0, 2, 1]), {p: f32(3)}))(unknown(tf))
)
running(
    "run_tile_negative",
    lambda tf: (lambda p: (tf.tile(f32(2), p), {p: [-1]}))(unknown(tf, dtype="int32")),
)
running(
    "run_where", lambda tf: (lambda p: (tf.where(p > 0, f32(2), f32(2)), {p: f32(3)}))(unknown(tf))
)
running(
    "run_bias_add", lambda tf: (lambda p: (tf.nn.bias_add(p, f32(2)), {p: f32(3, 3)}))(unknown(tf))
)
running(
    "run_sparse_xent_label",
    lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[5], logits=[[1.0, 2.0]]),
)
running(
    "run_xent_shapes",
    lambda tf: (
        lambda p: (
            tf.nn.softmax_cross_entropy_with_logits_v2(labels=p, logits=f32(2, 3)),
            {p: f32(2, 4)},
        )
    )(unknown(tf)),
)
running(
    "run_argmax_empty",
    lambda tf: (lambda p: (tf.argmax(p), {p: np.zeros(0, np.float32)}))(unknown(tf)),
)
running(
    "run_reduce_axis",
    lambda tf: (lambda p: (tf.reduce_sum(f32(2), p), {p: 3}))(unknown(tf, dtype="int32")),
)
running(
    "run_add_n_shapes", lambda tf: (lambda p: (tf.add_n([p, f32(2)]), {p: f32(3)}))(unknown(tf))
)
running(
    "run_range_zero", lambda tf: (lambda p: (tf.range(0, 5, p), {p: 0}))(unknown(tf, dtype="int32"))
)
running(
    "run_fill_negative",
    lambda tf: (lambda p: (tf.fill(p, 0.0), {p: [-1]}))(unknown(tf, dtype="int32")),
)
running("run_top_k", lambda tf: (lambda p: (tf.nn.top_k(p, 4), {p: f32(3)}))(unknown(tf)))
running(
    "run_dropout_rate", lambda tf: (lambda p: (tf.nn.dropout(f32(2), p), {p: 0.5}))(unknown(tf))[0]
)
running("run_scatter_nd_range", lambda tf: tf.scatter_nd([[5]], [1.0], [2]))
running("run_invert_permutation", lambda tf: tf.invert_permutation([0, 0]))
running("run_check_numerics", lambda tf: tf.check_numerics(tf.log(tf.constant([-1.0])), "bad"))
running(
    "run_assert_equal",
    lambda tf: (lambda p: (tf.assert_equal(p, 1.0, message="must be one"), {p: 2.0}))(unknown(tf)),
)
running(
    "run_ensure_shape",
    lambda tf: (lambda p: (tf.ensure_shape(p, [2]), {p: f32(3)}))(unknown(tf)),
    why=INTERNAL,
)
running(
    "run_named_op",
    lambda tf: (lambda p: (tf.matmul(p, f32(4, 2), name="dense/MatMul"), {p: f32(2, 3)}))(
        unknown(tf)
    ),
)

# Variables.

running("uninitialised", lambda tf: tf.Variable(1.0, name="w"))
running("uninitialised_used", lambda tf: tf.Variable([1.0], name="w") * 2)
running("uninitialised_get_variable", lambda tf: tf.get_variable("v", [2]))
running("uninitialised_assign_add", lambda tf: tf.assign_add(tf.Variable(1.0, name="w"), 1.0))
running(
    "uninitialised_train",
    lambda tf: (lambda w: tf.train.GradientDescentOptimizer(0.1).minimize(w * w))(
        tf.Variable(1.0, name="w")
    ),
)
building("variable_without_value", lambda tf: tf.Variable())
building("variable_of_none", lambda tf: tf.Variable(None))
building("variable_of_unknown_shape", lambda tf: tf.Variable(tf.placeholder(tf.float32)))
building("variable_wrong_dtype", lambda tf: tf.Variable("text", dtype=tf.float32))
building("variable_of_function_without_dtype", lambda tf: tf.Variable(3.0, dtype="nonsense"))
building("get_variable_twice", lambda tf: [tf.get_variable("w", [1]) for _ in range(2)])
building("get_variable_without_shape", lambda tf: tf.get_variable("w"))
building("get_variable_shape_unknown", lambda tf: tf.get_variable("w", [None, 2]))
building(
    "get_variable_shape_of_array", lambda tf: tf.get_variable("w", [3], initializer=num([1, 2]))
)
building(
    "get_variable_constant_shape",
    lambda tf: tf.get_variable("w", [2], initializer=tf.constant(1.0)),
)
building("get_variable_number_as_name", lambda tf: tf.get_variable(3, [1]), why=PYTHON)
building("assign_wrong_shape", lambda tf: tf.assign(tf.Variable([1.0, 2.0], name="w"), [1.0]))
building("assign_wrong_dtype", lambda tf: tf.assign(tf.Variable([1.0], name="w"), tf.constant([1])))
building("assign_to_tensor", lambda tf: tf.assign(tf.constant(1.0), 2.0))
building("assign_add_to_constant", lambda tf: tf.assign_add(tf.constant(1.0), 2.0))
building("assign_text", lambda tf: tf.Variable(1.0).assign("text"))
building(
    "initializer_shape_mismatch",
    lambda tf: tf.constant_initializer([1.0, 2.0, 3.0], verify_shape=True)([2]),
)
building("initializer_too_many", lambda tf: tf.constant_initializer([1.0, 2.0, 3.0])([2]))
building("item_of_variable", lambda tf: tf.Variable([1.0]).__setitem__(0, 2.0), why=PYTHON)
building("variable_scope_none", lambda tf: tf.variable_scope(None).__enter__())
building("variable_scope_number", lambda tf: tf.variable_scope(3).__enter__())
building("regularizer_of_int", lambda tf: tf.contrib.layers.l2_regularizer(1))
building("regularizer_negative", lambda tf: tf.contrib.layers.l2_regularizer(-0.1))
building(
    "apply_regularization_none",
    lambda tf: tf.contrib.layers.apply_regularization(tf.contrib.layers.l2_regularizer(0.1), []),
)


@error
def get_variable_missing_with_reuse(tf, run):
    with tf.variable_scope("net", reuse=True):
        tf.get_variable("w", [1])


@error
def get_variable_other_shape(tf, run):
    with tf.variable_scope("net"):
        tf.get_variable("w", [2])
    with tf.variable_scope("net", reuse=True):
        tf.get_variable("w", [3])


@error
def get_variable_other_dtype(tf, run):
    with tf.variable_scope("net"):
        tf.get_variable("w", [2])
    with tf.variable_scope("net", reuse=True):
        tf.get_variable("w", [2], tf.int32)


@error
def get_variable_twice_in_scope(tf, run):
    for _ in range(2):
        with tf.variable_scope("net"):
            tf.get_variable("w", [2])


@error
def get_variable_named_as_variable(tf, run):
    """`tf.Variable` makes nothing that `get_variable` could reuse."""
    tf.Variable(1.0, name="w")
    with tf.variable_scope("", reuse=True):
        tf.get_variable("w")


@error
def reuse_after_auto(tf, run):
    with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
        tf.get_variable("w", [2])
        tf.get_variable("w", [3])


@error
def run_assign_shape(tf, run):
    w = tf.Variable([1.0, 2.0], name="w")
    p = unknown(tf)
    run(w.initializer)
    run(tf.assign(w, p), {p: [1.0]})


@error
def load_wrong_shape(tf, run):
    w = tf.Variable([1.0, 2.0], name="w")
    run(w.initializer)
    w.load([1.0, 2.0, 3.0], run.session)


@error
def count_past_limit(tf, run):
    n = tf.Variable(3, name="n")
    run(n.initializer)
    run(n.count_up_to(3))


@error
def scatter_out_of_range(tf, run):
    w = tf.Variable([1.0, 2.0], name="w")
    run(w.initializer)
    run(tf.scatter_update(w, [5], [1.0]))


# Gradients and training.

building(
    "gradient_grad_ys_length",
    lambda tf: (lambda p: tf.gradients([p], [p], grad_ys=[None, None]))(x(tf)),
)
building(
    "gradient_grad_ys_dtype",
    lambda tf: (lambda p: tf.gradients(p * 2, p, grad_ys=tf.constant(1)))(x(tf)),
)
building(
    "gradient_of_second_unsupported",
    lambda tf: (lambda p: tf.gradients(tf.gradients(tf.nn.softsign(p), p), p))(x(tf, 2)),
)
building(
    "gradient_of_unique",
    lambda tf: (lambda p: tf.gradients(tf.unique(p)[0], p))(x(tf, 3)),
)
building(
    "gradient_of_list_difference",
    lambda tf: (lambda p: tf.gradients(tf.setdiff1d(p, p)[0], p))(x(tf, 3)),
)


def segment_gradient(indices, ids):
    """The gradient alone of a mean of picked rows of 3, of 1 segment."""

    def one(tf):
        rows, picked, segments = (tf.placeholder(t) for t in ("float32", "int32", "int32"))
        data = tf.ones([3, 2])
        mean = tf.sparse_segment_mean(data, picked, segments)
        (grad,) = tf.gradients(mean, data, grad_ys=rows)
        return grad, {rows: f32(1, 2), picked: indices, segments: ids}

    return one


running("gradient_of_segments_index", segment_gradient([0, 5], [0, 0]))
running("gradient_of_segments_sizes", segment_gradient([0], [0, 0]))
running("gradient_of_segments_id", segment_gradient([0, 1], [0, -1]))
running("gradient_of_segments_number", segment_gradient([0, 1], [0, 2]))


def wrong_shape(tf):
    """A rule whose gradient has not the shape of its input."""
    p = x(tf, 3)
    name = f"WrongShape{id(p)}"
    tf.RegisterGradient(name)(lambda op, dy: tf.reduce_sum(dy))
    with tf.get_default_graph().gradient_override_map({"Square": name}):
        return tf.gradients(tf.square(p), p)


building("gradient_of_wrong_shape", wrong_shape)
building(
    "gradient_aggregation_method",
    lambda tf: (lambda p: tf.gradients(p * p, p, aggregation_method=7))(x(tf, 3)),
)
building(
    "gradient_unconnected_mode",
    lambda tf: tf.gradients(x(tf), x(tf), unconnected_gradients="nonsense"),
)
building(
    "minimize_without_variables",
    lambda tf: tf.train.GradientDescentOptimizer(0.1).minimize(tf.constant(1.0)),
)
building(
    "minimize_unconnected",
    lambda tf: tf.train.GradientDescentOptimizer(0.1).minimize(
        tf.constant(1.0), var_list=[tf.Variable(1.0, name="w")]
    ),
)
building(
    "minimize_untrainable",
    lambda tf: tf.train.GradientDescentOptimizer(0.1).minimize(
        tf.Variable(1.0, trainable=False) * 2
    ),
)
building(
    "minimize_int_loss",
    lambda tf: tf.train.GradientDescentOptimizer(0.1).minimize(
        tf.to_int32(tf.Variable(1.0, name="w"))
    ),
)
building(
    "minimize_int_variable",
    lambda tf: tf.train.GradientDescentOptimizer(0.1).minimize(
        tf.to_float(tf.Variable(1, name="n"))
    ),
)
building(
    "minimize_with_tensor_in_var_list",
    lambda tf: tf.train.GradientDescentOptimizer(0.1).minimize(x(tf), var_list=[tf.constant(1.0)]),
)
building("minimize_callable", lambda tf: tf.train.GradientDescentOptimizer(0.1).minimize(None))
building(
    "apply_no_gradients", lambda tf: tf.train.GradientDescentOptimizer(0.1).apply_gradients([])
)
building(
    "apply_none_gradients",
    lambda tf: tf.train.GradientDescentOptimizer(0.1).apply_gradients(
        [(None, tf.Variable(1.0, name="w"))]
    ),
)
building(
    "apply_gradient_text",
    lambda tf: tf.train.GradientDescentOptimizer(0.1).apply_gradients(
        [("text", tf.Variable(1.0, name="w"))]
    ),
)
building("decay_without_step", lambda tf: tf.train.exponential_decay(0.1, None, 10, 0.9))
building("cosine_without_step", lambda tf: tf.train.cosine_decay(0.1, None, 10))
building("piecewise_lengths", lambda tf: tf.train.piecewise_constant(tf.Variable(0), [1, 2], [0.1]))
building(
    "piecewise_mixed", lambda tf: tf.train.piecewise_constant(tf.Variable(0), [1.5], [0.1, 0.2])
)
building(
    "average_of_int",
    lambda tf: tf.train.ExponentialMovingAverage(0.9).apply([tf.Variable(1, name="n")]),
)


@error
def global_step_twice(tf, run):
    tf.train.create_global_step()
    tf.train.create_global_step()


@error
def global_step_of_floats(tf, run):
    tf.Variable(1.0, name="global_step")
    tf.train.get_global_step()


# Saving.

building("saver_without_variables", lambda tf: tf.train.Saver())
building("saver_of_constant", lambda tf: tf.train.Saver([tf.constant(1.0)]))
building(
    "saver_same_name",
    lambda tf: tf.train.Saver([tf.Variable(1.0, name="w"), tf.Variable(2.0, name="w")][:1] * 2),
)
building("reader_of_missing", lambda tf: tf.train.NewCheckpointReader("/no_such_model"))
building("reader_of_missing_folder", lambda tf: tf.train.NewCheckpointReader("/nonexistent/model"))


@error
def restore_missing(tf, run):
    tf.Variable(1.0, name="w")
    tf.train.Saver().restore(run.session, "/no_such_model")


@error
def restore_missing_folder(tf, run):
    tf.Variable(1.0, name="w")
    tf.train.Saver().restore(run.session, "/nonexistent/model")


@error
def restore_none(tf, run):
    tf.Variable(1.0, name="w")
    tf.train.Saver().restore(run.session, None)


@error
def save_to_missing_folder(tf, run):
    w = tf.Variable(1.0, name="w")
    run(w.initializer)
    tf.train.Saver().save(run.session, "/nonexistent/folder/model")


@error
def save_uninitialised(tf, run):
    tf.Variable(1.0, name="w")
    tf.train.Saver().save(run.session, tempfile.mkdtemp() + "/model")


def saved(tf, **variables):
    """Saves `variables`, by name. Returns the checkpoint's path."""
    path = tempfile.mkdtemp() + "/model"
    with tf.Graph().as_default(), tf.Session() as session:
        for name in sorted(variables):
            tf.Variable(variables[name], name=name)
        session.run(tf.global_variables_initializer())
        return tf.train.Saver().save(session, path)


@error
def restore_key_not_found(tf, run):
    path = saved(tf, w=1.0)
    tf.Variable(1.0, name="other")
    tf.train.Saver().restore(run.session, path)


@error
def restore_other_shape(tf, run):
    path = saved(tf, w=[1.0, 2.0])
    tf.Variable([1.0, 2.0, 3.0], name="w")
    tf.train.Saver().restore(run.session, path)


@error
def restore_other_dtype(tf, run):
    path = saved(tf, w=[1.0, 2.0])
    tf.Variable([1, 2], name="w")
    tf.train.Saver().restore(run.session, path)


@error
def reader_tensor_not_found(tf, run):
    tf.train.NewCheckpointReader(saved(tf, w=1.0)).get_tensor("other")


# Arguments.

building("unknown_argument", lambda tf: tf.reduce_sum(f32(2), nothing=1), why=PYTHON)
building("random_normal_without_shape", lambda tf: tf.random_normal(), why=PYTHON)
building("random_uniform_int_without_max", lambda tf: tf.random_uniform([2], dtype=tf.int32))
building("group_of_number", lambda tf: tf.group(3))
building("control_dependency_on_number", lambda tf: tf.control_dependencies([3]).__enter__())
building(
    "control_dependency_not_list", lambda tf: tf.control_dependencies(3).__enter__(), why=PYTHON
)
building("tuple_of_nothing", lambda tf: tf.tuple([None]))
building("collection_unknown_is_empty", lambda tf: tf.get_collection("nothing")[0], why=PYTHON)
building("session_of_text", lambda tf: tf.Session(graph="text"))
building("session_config_of_text", lambda tf: tf.Session(config="text"))
building("no_such_symbol", lambda tf: tf.nothing_of_the_kind, why=PYTHON)
building("device_of_number", lambda tf: tf.device(3).__enter__())

# Operations that wait for themselves.


@error
def cycle_of_control_inputs(tf, run):
    first = tf.constant(1, name="first")
    second = tf.identity(first, name="second")
    first.op._add_control_input(second.op)
    run(second)


@error
def cycle_of_inputs(tf, run):
    total = tf.placeholder_with_default(1, [], name="x") + 1
    product = total * 2
    total.op._update_input(1, product)
    run(product - 1)
