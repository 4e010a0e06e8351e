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
    result = tf.while_loop(lambda v: v < 100, lambda v: tf.abs(v) * 2 + 1, [x])
    tf.identity(result, name="result")


@program
def loops(tf):
    """A loop in a loop, and one after it; what does not change is brought in."""
    x = tf.placeholder(tf.float32, [], name="x")

    def outer(i, total):
        inner = lambda j, part: (j + 1, part * 2.0 + x)
        _, part = tf.while_loop(lambda j, _: j <= i, inner, [0, total])
        return i + 1, part - 1.0

    _, total = tf.while_loop(lambda i, _: i < 3, outer, [0, tf.constant(1.0)])
    drawn = lambda n, v: (n - 1, v + tf.random_uniform([], seed=4))
    tf.identity(tf.while_loop(lambda n, _: n > 0, drawn, [4, total])[1], name="result")


@program
def choices_and_loops(tf):
    """Choices in a loop in a choice, of which one changes a variable."""
    x = tf.placeholder(tf.float32, [], name="x")
    v = tf.Variable(1.0, name="v")

    def body(i, total):
        changed = lambda: tf.assign_add(v, total * 0.5 + x)
        step = tf.cond(tf.equal(i % 2, 0), changed, lambda: tf.identity(total))
        return i + 1, total + step

    loop = lambda: tf.while_loop(lambda i, _: i < 5, body, [0, x])[1]
    total = tf.cond(x > 0, loop, lambda: -x)
    with tf.control_dependencies([total]):
        tf.identity(total + tf.assign_add(v, 0.25), name="result")


@program
def slope_of_a_loop(tf):
    """What a loop's body made is on stacks for its gradient, a choice's condition too."""
    x = tf.placeholder(tf.float32, [], name="x")

    def body(i, y):
        twice = tf.cond(y > 3, lambda: tf.sin(y) * x, lambda: y * y)
        return i + 1, tf.while_loop(lambda z: z > 2, lambda z: z / x - 1.0, [twice])

    y = tf.while_loop(lambda i, _: i < 4, body, [0, tf.tanh(x)])[1]
    tf.identity(tf.gradients(y, x)[0], name="result")


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
RUN = (
    *("choice", "nested", "slope", "variable", "batch_norm", "assignment", "loop", "loops"),
    *("choices_and_loops", "slope_of_a_loop"),
)


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
