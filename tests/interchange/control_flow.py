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
def nested(tf):
    """A choice within a choice; each side reads what is outside."""
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.square(x)

    def inner():
        return tf.cond(x > 10, lambda: y, lambda: tf.identity(x) + 0.5)

    tf.identity(tf.cond(x > 0, inner, lambda: tf.constant(-1.0)), name="result")


@program
def slope(tf):
    """The gradient of a choice, which is a choice itself."""
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.cond(x > 0, lambda: x * x * 3, lambda: tf.exp(x))
    tf.identity(tf.gradients(y, x)[0], name="result")


@program
def variable(tf):
    """A variable read on one side, random numbers on the other."""
    x = tf.placeholder(tf.float32, [], name="x")
    v = tf.Variable([1.0, 2.0], name="v")
    drawn = lambda: tf.random_uniform([2], seed=3)
    tf.identity(tf.cond(x > 0, lambda: v * 2, drawn), name="result")


@program
def batch_norm(tf):
    """The usual choice between a batch's own mean and a known one."""
    x = tf.placeholder(tf.float32, [], name="x")
    batch = tf.fill([4, 2], x) + tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
    moments = tf.nn.moments(batch, [0])
    known = [tf.constant([1.0, 1.0]), tf.constant([2.0, 2.0])]
    mean, variance = tf.cond(x > 0, lambda: list(moments), lambda: known)
    normal = tf.nn.batch_normalization(batch, mean, variance, None, None, 0.001)
    tf.identity(normal, name="result")


@program
def assignment(tf):
    """A variable changed on one side."""
    x = tf.placeholder(tf.float32, [], name="x")
    v = tf.Variable(1.0, name="v")
    changed = tf.cond(x > 0, lambda: tf.assign(v, x), lambda: tf.identity(v))
    tf.identity(changed, name="result")


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


#: What x is in the runs of the programs that only choose.
FED = (2.0, -1.0, 20.0)
RUN = ("choice", "nested", "slope", "variable", "batch_norm")


def written(tf):
    """Of each program its GraphDef, as text, and what its runs give in one session."""
    records = collections.OrderedDict()
    for name, function in PROGRAMS.items():
        with tf.Graph().as_default() as graph:
            function(tf)
        records[name] = {"graph": str(graph.as_graph_def())}
        if name in RUN:
            records[name]["results"] = results(tf, graph)
    return records


def results(tf, graph):
    with tf.Session(graph=graph) as sess:
        if "v/Assign" in [op.name for op in graph.get_operations()]:
            sess.run("v/Assign")
        return [sess.run("result:0", {"x:0": x}).ravel().tolist() for x in FED]
