"""Graphs that programs search and rebuild with contrib.graph_editor."""

from .arrays import f32, unit
from .suite import Suite, internal_module

suite = Suite("edited")

X = f32(2, 3)


def program(fn):
    """Adds `fn(tf, ge, run, x)` as a case, where x is fed with two rows."""
    suite.case(
        fn.__name__,
        lambda tf, run: fn(
            tf, tf.contrib.graph_editor, run, tf.placeholder(tf.float32, [2, 3], "x")
        ),
        grad=False,
    )
    return fn


def layers(tf, x):
    """Three layers, by name scope."""
    for name in ("a", "b", "c"):
        with tf.name_scope(name):
            x = tf.tanh(tf.matmul(x, tf.constant(unit(3, 3))) + 1.0, name="out")
    return x


def names(tf, items):
    """Names in a sorted list, fetched as a constant."""
    return tf.constant(sorted(item.name for item in items))


@program
def walks(tf, ge, run, x):
    y = layers(tf, x)
    middle = tf.get_default_graph().get_tensor_by_name("b/out:0")
    run(names(tf, ge.get_backward_walk_ops(middle.op, inclusive=True)))
    run(names(tf, ge.get_backward_walk_ops([y.op], stop_at_ts=[middle], inclusive=False)))
    run(names(tf, ge.get_forward_walk_ops(middle.op)))
    run(names(tf, ge.get_walks_intersection_ops([middle.op], [y.op])))


@program
def selected(tf, ge, run, x):
    layers(tf, x)
    graph = tf.get_default_graph()
    run(names(tf, ge.select_ops("^b/", graph=graph)))
    run(names(tf, ge.filter_ts_from_regex(graph.get_operations(), "(?:a|c)/out")))
    run(names(tf, ge.filter_ts(ge.sgv("^c/", graph=graph).ops, lambda t: "MatMul" in t.name)))
    run([names(tf, edges) for edges in ge.compute_boundary_ts(ge.select_ops("^b/", graph=graph))])


@program
def copied_with_replacements(tf, ge, run, x):
    y = layers(tf, x)
    graph = tf.get_default_graph()
    middle = graph.get_tensor_by_name("a/out:0")
    view = ge.sgv(ge.select_ops("^(b|c)/", graph=graph))
    _, info = ge.copy_with_input_replacements(view, {middle: middle * 2.0}, dst_scope="again")
    run([y, info.transformed(y)], {x: X})


@program
def recomputed(tf, ge, run, x):
    """What a gradient takes from the forward pass is computed again from a checkpoint."""
    w = tf.constant(unit(3, 3))
    first = tf.tanh(tf.matmul(x, w), name="checkpoint")
    second = tf.tanh(tf.matmul(first, w))
    loss = tf.reduce_sum(tf.square(second))
    ops = ge.get_backward_walk_ops(loss.op, stop_at_ts=[first, w, x], inclusive=True)
    kept = tf.stop_gradient(first)
    _, info = ge.copy_with_input_replacements(ge.sgv(ops), {first: kept}, dst_scope="again")
    ge.reroute_ts([kept], [first], can_modify=list(info._transformed_ops.values()))
    (grad,) = tf.gradients(info.transformed(loss), kept)
    ge.add_control_inputs(grad.op, [second.op])
    run([loss, grad], {x: X})


@program
def rerouted(tf, ge, run, x):
    y = layers(tf, x)
    graph = tf.get_default_graph()
    first, second = (graph.get_tensor_by_name(f"{name}/out:0") for name in "ab")
    ge.reroute_ts([first], [second])
    run(y, {x: X})


@program
def replaced(tf, ge, run, x):
    y = layers(tf, x)
    first = tf.get_default_graph().get_tensor_by_name("a/out:0")
    z = ge.graph_replace(y, {first: first + 1.0}, dst_scope="other")
    run([y, z], {x: X})


@program
def detached(tf, ge, run, x):
    y = layers(tf, x)
    view, _ = ge.detach_inputs(ge.sgv_scope("b", tf.get_default_graph()))
    ge.connect(tf.identity(x), view)
    run(y, {x: X})


def subscribed(tf, run):
    """Side effects on tensors, one after another, and on several outputs of one operation."""
    subscribe = internal_module(tf, "python.framework.subscribe").subscribe
    x = tf.placeholder(tf.float32, [2], name="x")
    v = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
    y = tf.multiply(x, 2.0, name="y")
    z = tf.add(y, 1.0, name="z")
    copy = subscribe(y, lambda t: [tf.assign_add(v, t)])
    again = subscribe({"a": [copy], "b": (y,)}, lambda t: [tf.assign_add(v, [100.0, 0.0])])
    run.note(
        [again["a"][0] is copy, again["b"][0] is copy, sorted(op.name for op in y.consumers())]
    )
    first, second = tf.split(x, 2)
    with tf.control_dependencies([first]):
        after = tf.identity(z)
    subscribe([first, second], lambda t: [tf.assign_add(v, tf.concat([t, t], 0))])
    run(tf.global_variables_initializer())
    run(z, {x: [1.0, 2.0]})
    run(v)
    run(after, {x: [1.0, 2.0]})
    run(v)
    run.refused(lambda: subscribe("y", lambda t: [t]))


suite.case("subscribed", subscribed, grad=False)
