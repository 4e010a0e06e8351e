"""Contexts of choices and loops: what programs do with them by hand."""

import threading

import pytest

import stillflow as tf
from stillflow.ops.control import frames
from stillflow.ops.control.cond_context import CondContext
from stillflow.ops.control.contexts import ControlFlowContext, XLAControlFlowContext
from stillflow.ops.control.nodes import is_in_xla_context, while_context_of


def powers(x, **options):
    """x to the fourth, by a loop."""
    return tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (0, x), **options)[1]


def stacks(graph):
    return [op for op in graph.get_operations() if op.type == "StackV2"]


def test_a_stack_in_an_xla_context_is_as_large_as_its_loop_is_long():
    """Elsewhere it may be of any size."""
    x = tf.constant(2.0)
    usual = tf.gradients(powers(x), x)
    context = XLAControlFlowContext()
    context.Enter()
    limited = tf.gradients(powers(x, maximum_iterations=5), x)
    endless = powers(x, name="endless")
    context.Exit()
    with tf.Session() as sess:
        limits = sess.run([op.inputs[0] for op in stacks(sess.graph)])
        assert limits == [-1, 5]
        assert sess.run([usual, limited]) == [[32.0], [32.0]]
    assert is_in_xla_context(limited[0].op)
    with pytest.raises(ValueError, match="maximum_iterations was not passed to"):
        tf.gradients(endless, x)


def test_a_frame_without_a_way_back_runs_once():
    """TensorFlow has no loop there either."""
    v = tf.Variable(7)
    inside = frames.enter(tf.constant([1, 2]), "once") * frames.enter(tf.constant(5), "once")
    assigned = tf.assign(frames.enter(v, "other", is_constant=True), 9)
    with tf.control_dependencies([assigned]):
        read = frames.exit_(tf.identity(frames.enter(v, "other", is_constant=True)))
    with tf.Session() as sess:
        sess.run(v.initializer)
        assert sess.run(frames.exit_(inside)).tolist() == [5, 10]
        assert sess.run(read) == 9


def test_contexts_know_each_other():
    met = []

    def body(i):
        met.append(tf.get_default_graph()._get_control_flow_context())
        return tf.cond(
            i > 1, lambda: met.append(while_context_of((i + 1).op)) or i + 1, lambda: i + 2
        )

    tf.while_loop(lambda i: i < 3, body, [0])
    loop, around_side = met
    assert loop is around_side
    assert loop.outer_context is None
    assert [type(inner) for inner in loop._nested_contexts] == [CondContext, CondContext]
    assert [inner.branch for inner in loop._nested_contexts] == [1, 0]
    assert loop._nested_contexts[0].GetWhileContext() is loop


def test_a_context_of_ones_own_is_told_what_is_built():
    built = []

    class Noting(ControlFlowContext):
        def AddOp(self, op):
            built.append(op.name)

        def AddValue(self, val):
            return val

    context = Noting()
    context.Enter()
    tf.constant(1.0, name="inside")
    with tf.control_dependencies(None):
        tf.constant(2.0, name="outside")
    context.Exit()
    tf.constant(3.0, name="behind")
    assert built == ["inside"]


def test_threads_have_contexts_of_their_own():
    """As they have scopes of their own, once a graph is told so."""
    graph, seen = tf.get_default_graph(), []
    graph.switch_to_thread_local()

    def look():
        seen.append(graph._get_control_flow_context())

    def body(i):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return i + 1

    tf.while_loop(lambda i: i < 3, body, [0])
    assert seen == [None]


def test_threads_build_loops_in_one_graph():
    """A choice, a loop or a gradient is built as one whole."""
    graph, built = tf.get_default_graph(), []

    def build():
        x = tf.constant(2.0)
        looped = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), [0, x])[1]
        chosen = tf.cond(looped > 1.0, lambda: x * looped, lambda: x)
        built.append((chosen, *tf.gradients(chosen, x)))

    def build_several():
        with graph.as_default():
            for _ in range(5):
                build()

    threads = [threading.Thread(target=build_several) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tf.Session() as session:
        assert session.run(built) == [(32.0, 80.0)] * 20


def test_a_loop_variable_keeps_its_type():
    """TensorFlow says so in the first run."""
    said = r"Input 1 of node while/Merge was passed float from while/NextIteration:0 incompatible"
    with pytest.raises(tf.errors.InvalidArgumentError, match=said):
        tf.while_loop(lambda i: i < 3, lambda i: tf.cast(i, tf.float32), [0])


def test_gradients_through_nodes_alone():
    """Of imported nodes it is not known what is in a loop; a choice needs its nodes alone."""
    x, p = tf.placeholder(tf.float32, [], name="x"), tf.placeholder(tf.bool, [], name="p")
    tf.identity(powers(x), name="power")
    tf.identity(tf.cond(p, lambda: x * x, lambda: x * 3), name="chosen")
    graph_def = tf.get_default_graph().as_graph_def()
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        tf.import_graph_def(graph_def, name="")
        x, power, chosen = (
            graph.get_tensor_by_name(f"{name}:0") for name in ("x", "power", "chosen")
        )
        slope = tf.gradients(chosen, x)
        assert sess.run([power, slope], {x: 2.0, "p:0": True}) == [16.0, [4.0]]
        assert sess.run(slope, {x: 2.0, "p:0": False}) == [3.0]
        with pytest.raises(ValueError, match="without properly serializing graph via MetaGraphDef"):
            tf.gradients(power, x)
