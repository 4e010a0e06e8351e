"""Corners of building and running: threads, what is fed and fetched, executors."""

import threading

import numpy as np

from .functions import defun, functional
from .suite import Suite, internal_module

suite = Suite("corners")


def program(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def in_thread(call):
    """What `call()` returns in a thread of its own."""
    results = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    thread.join()
    return results[0]


# Threads.


@program
def a_thread_has_a_graph_of_its_own(tf, run):
    graphs = [in_thread(tf.get_default_graph) for _ in range(2)]
    run.note(graphs[0] is graphs[1])
    run.note(in_thread(lambda: tf.get_default_graph() is tf.get_default_graph()))


# What is fed and fetched.


@program
def fed_strings_are_fetched_as_they_are(tf, run):
    p, q = tf.placeholder(tf.string), tf.placeholder(tf.float32)
    array = np.arange(3, dtype=np.float32)
    results = run.session.run([p, q, tf.identity(p)], {p: "abc", q: array})
    run.note([type(results[0].item()).__name__, results[1] is array])
    run.note(results[2])
    (fetched,) = run.session.run([p], {p: ["a", b"b"]})
    run.note([type(item).__name__ for item in fetched])


@program
def a_variable_behind_a_handle_of_any_shape(tf, run):
    v = tf.Variable(np.zeros([1, 1]), shape=tf.TensorShape(None), use_resource=True)
    run(v.initializer)
    run(v.read_value())
    run(v.assign(np.ones([2, 2])))
    run(v.read_value())


# Executors.


@program
def an_executor_that_is_not_there(tf, run):
    @defun(tf, tf.float32, func_name="AddFive")
    def add_five(x):
        return x + 5.0

    call = functional(tf).partitioned_call
    for executor in ("", "DEFAULT", "SINGLE_THREADED_EXECUTOR", "Unknown"):
        run(call([1.0], add_five, executor_type=executor))  # in its place goes what it calls
    config = tf.ConfigProto()
    config.experimental.executor_type = "Unknown"
    with tf.Session(config=config) as session:
        run.refused(lambda: session.run(tf.constant(1)))


# What is imported.


@program
def attributes_that_nodes_leave_out(tf, run):
    graph_def = tf.GraphDef()
    graph_def.node.add(name="a", op="Placeholder").attr["dtype"].type = 1
    node = graph_def.node.add(name="product", op="MatMul", input=["a", "a"])
    node.attr["T"].type = 1
    tf.import_graph_def(graph_def)
    run.note([sorted(node.attr) for node in graph_def.node])


# Names, targets, frames.


@program
def a_name_in_bytes(tf, run):
    c = tf.constant(1.0, name=b"c")
    run.note(c.name)
    run(c.name)


@program
def a_target_that_is_not_there(tf, run):
    try:
        tf.Session("nowhere")
    except tf.errors.NotFoundError as error:
        run.note(str(error).split(":")[0])


@program
def two_frames_that_meet(tf, run):
    x = tf.placeholder(tf.float32, [])
    module = internal_module(tf, "python.ops.gen_control_flow_ops")
    one, other = (module.enter(x, name, False) for name in ("one", "other"))
    total = tf.add(one, other)
    run.attempt(total, {x: 1.0})
    try:
        run.session.run(total, {x: 1.0})
    except tf.errors.InvalidArgumentError as error:
        run.note("has inputs from different frames" in str(error))


# What TensorFlow's own modules make of a constant.


@program
def constant_of_the_internal_module(tf, run):
    constant = internal_module(tf, "python.framework.constant_op").constant
    run([constant([1], shape=[3]), constant(2.0, shape=[2]), constant([1, 2], shape=[2, 1])])
    run.refused(lambda: constant([1, 2, 3], shape=[5]))
    run.refused(lambda: constant([1, 2, 3], shape=[2]))


@program
def a_split_along_no_axis(tf, run):
    x, axis = tf.zeros([4, 6]), tf.placeholder(tf.int32)
    parts = tf.split(x, tf.constant([1, 2, 3]), axis=axis, num=3)
    run(parts, {axis: 1})
    run.refused(lambda: run.session.run(parts, {axis: []}))


# What is known of shapes.


def sizes(tensor):
    return None if tensor.shape.ndims is None else tensor.shape.as_list()


@program
def a_size_out_of_a_shape_known_in_part(tf, run):
    def noted(x):
        n = tf.shape(x)[0]
        tiled = tf.tile(x, [n, 1]), tf.tile(x, [n * 2, 1])
        made = tf.fill([n, 2], 0), tf.zeros([n + 1, 3]), tf.random_uniform([n, 3]), tf.eye(n)
        taken = tf.slice(x, [0, 0], [n, 1]), tf.reshape(x, [n, -1]), tf.range(n)
        padded = tf.pad(tf.zeros([2, 2]), [[n, 0], [0, 1]])
        run.note([sizes(tensor) for tensor in (*tiled, *made, *taken, padded)])

    noted(tf.placeholder(tf.int32, [1, None]))
    noted(tf.placeholder(tf.int32, [1, 1]))

    def turn(i, x):
        noted(x)
        return i + 1, x

    start = [0, tf.placeholder(tf.int32, [1, 1])]
    looser = [tf.TensorShape([]), tf.TensorShape([1, None])]
    for invariants in (None, looser):
        tf.while_loop(lambda i, x: i < 3, turn, start, shape_invariants=invariants)
