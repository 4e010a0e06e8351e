"""Graphs with control flow, as TensorFlow 1.15 writes them."""

import collections

PROGRAMS = collections.OrderedDict()


def program(function):
    PROGRAMS[function.__name__] = function
    return function


@program
def choice(tf):
    """tf.cond with an operation on each side."""
    x = tf.placeholder(tf.float32, [], name="x")
    result = tf.cond(x > 0, lambda: x * 2, lambda: tf.constant(-1.0))
    tf.identity(result, name="result")


@program
def loop(tf):
    x = tf.placeholder(tf.float32, [], name="x")
    result = tf.while_loop(lambda v: v < 100, lambda v: v * 2, [x])
    tf.identity(result, name="result")


@program
def assertion(tf):
    """Its data are looked at on one side of a choice."""
    x = tf.placeholder(tf.float32, [], name="x")
    holds = tf.Assert(x > 0, ["x is", x])
    with tf.control_dependencies([holds]):
        tf.identity(x, name="result")


@program
def initial_value(tf):
    """A variable that starts from another one's value, initialised or not."""
    x = tf.placeholder_with_default(3.0, [], name="x")
    a = tf.Variable(x, name="a")
    b = tf.Variable(a.initialized_value() + 1.0, name="b")
    with tf.control_dependencies([b.initializer]):
        tf.identity(b._ref(), name="result")


def written(tf):
    """The GraphDefs of the programs, as text."""
    texts = collections.OrderedDict()
    for name, function in PROGRAMS.items():
        with tf.Graph().as_default() as graph:
            function(tf)
        texts[name] = str(graph.as_graph_def())
    return texts
