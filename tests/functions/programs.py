"""Small eager programs of functions. Each notes what it saw; TensorFlow 1.15 saw the same.

`tools/record_functions.py` runs them under TensorFlow and writes tests/golden/functions.json.
"""

import functools

from taped import (
    gradients_of_gradients,
    recurrent_training,
    tapes_around_choices,
    tapes_around_loops,
    tapes_in_loops,
)


def loops_and_jumps(tf, note):
    @tf.function
    def f(x, limit):
        total = tf.constant(0)
        for i in tf.range(x):
            if i % 2 > 0:
                continue
            if total > limit:
                break
            for j in tf.range(i):
                total += j
        return total

    for args in [(10, 100), (10, 5), (1, 0)]:
        note(f(*map(tf.constant, args)))


def early_returns(tf, note):
    @tf.function
    def f(x):
        if x > 10:
            return x - 10
        if x > 5:
            if x > 7:
                return x * 3
            return x * 2
        return -x

    note([f(tf.constant(v)) for v in (12, 8, 6, 1)])


def while_with_an_array(tf, note):
    @tf.function
    def f(n):
        array = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
        i, a, b = 0, 0, 1
        while i < n:
            array = array.write(i, a)
            a, b = b, a + b
            i += 1
        return array.stack()

    note(f(tf.constant(8)))


def dataset_loop(tf, note):
    @tf.function
    def f(limit):
        total = tf.constant(0, tf.int64)
        for x in tf.data.Dataset.range(20):
            if x > limit:
                break
            total += x * x
        return total

    note(f(tf.constant(5, tf.int64)))


def retracing(tf, note):
    traces = []

    @tf.function
    def f(x, k=1, flag=None):
        traces.append((str(x.dtype) if hasattr(x, "dtype") else x, k, flag))
        return x * k

    f(tf.constant([1.0, 2.0]))
    f(tf.constant([3.0, 4.0]))
    f(tf.constant([1.0, 2.0, 3.0]))
    f(tf.constant([1, 2]))
    f(tf.constant([1, 2]), 1)
    f(tf.constant([1, 2]), k=2)
    f(tf.constant([1, 2]), flag=True)
    f(3)
    f(3)
    f(4)
    note(len(traces))
    note(f(4, 5))


def relaxed_shapes(tf, note):
    shapes = []

    @tf.function(experimental_relax_shapes=True)
    def f(x):
        shapes.append(str(x.shape.as_list()))
        return tf.reduce_sum(x)

    note([f(tf.ones([n, 2])) for n in (1, 2, 3, 4)])
    note(shapes)


def signatures(tf, note):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.float32)])
    def f(x, y):
        return tf.reduce_sum(x) * y

    note(f(tf.constant([1.0, 2.0]), tf.constant(3.0)))
    note(f([1.0, 2.0, 3.0], 2.0))
    for bad in [([[1.0]], 2.0), ([1.0],), ([1.0], 2.0, 3.0)]:
        refused(note, f, *bad)


def refused(note, f, *args, **kwargs):
    """Notes the class and the first sentence of what a call raises."""
    try:
        result = f(*args, **kwargs)
    except Exception as error:
        text = str(error)
        if "in converted code" in text:  # TensorFlow puts lines of the program before its message
            text = text.rsplit("Error: ", 1)[1]
        note([type(error).__name__, text.strip().split("\n")[0].split(". ")[0]])
    else:
        note(["no error", result])


def variables_made_once(tf, note):
    class Layer:
        def __init__(self):
            self.w = None

        @tf.function
        def __call__(self, x):
            if self.w is None:
                self.w = tf.Variable(tf.ones_like(x) * 2.0)
            self.w.assign_add(x)
            return self.w * 1.0

    first, second = Layer(), Layer()
    note(first(tf.constant([1.0, 2.0])))
    note(first(tf.constant([1.0, 2.0])))
    note(second(tf.constant([5.0])))


def variables_made_again(tf, note):
    @tf.function
    def f(x):
        return tf.Variable(1.0) + x

    refused(note, f, tf.constant(1.0))


def effects_in_order(tf, note):
    v = tf.Variable(1.0)

    @tf.function
    def f(x):
        v.assign(x)
        a = v + 1.0
        if x > 2.0:
            v.assign(a * 10.0)
        b = v * 1.0
        while v < 100.0:
            v.assign_add(30.0)
        return a, b, v.read_value()

    note(f(tf.constant(2.0)))
    note(f(tf.constant(3.0)))
    note(v)


def closures_and_partials(tf, note):
    scale = tf.constant(3.0)
    v = tf.Variable(2.0)

    def f(x, y, z):
        return scale * x + v * y + z

    part = tf.function(functools.partial(f, z=1.0))
    note(part(tf.constant(1.0), tf.constant(2.0)))
    v.assign(5.0)
    note(part(tf.constant(1.0), tf.constant(2.0)))
    note(tf.function(lambda x: f(x, x, x))(tf.constant(1.0)))


def concrete_functions(tf, note):
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def f(x, scale=2.0):
        return {"a": x * v, "b": (x * scale, None)}

    c = f.get_concrete_function(tf.TensorSpec([2], tf.float32, name="first"))
    note([t.op.name for t in c.inputs[:1]])
    note([str(t.dtype.name) for t in c.outputs])
    note(c(first=tf.constant([3.0, 4.0])))
    note(len(c.captured_inputs))
    note([x.name for x in c.graph.variables])
    refused(note, c, first=tf.constant([1.0, 2.0]), other=tf.constant(1.0))
    refused(note, c)


def gradients(tf, note):
    v = tf.Variable(3.0)

    @tf.function
    def f(x):
        y = x * x * v
        if y > 10.0:
            y = y * x
        return y

    for value in (1.0, 2.0):
        x = tf.constant(value)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(x)
            first = inner.gradient(y, [x, v])
        note(first)
        note(outer.gradient(first[0], [x, v]))


def gradients_of_loops(tf, note):
    w = tf.Variable([[1.0, 2.0], [0.5, -1.0]])

    @tf.function
    def f(x, n):
        for _ in tf.range(n):
            x = tf.tanh(tf.matmul(x, w))
        return tf.reduce_sum(x)

    x = tf.constant([[0.5, 0.25]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x, tf.constant(3))
    note([y, *tape.gradient(y, [x, w])])


def training(tf, note):
    w, b = tf.Variable(tf.zeros([2, 1])), tf.Variable([0.0])
    optimizer = tf.train.AdamOptimizer(0.1)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - y))
        grads = tape.gradient(loss, [w, b])
        optimizer.apply_gradients(zip(grads, [w, b]))
        return loss

    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
    y = tf.constant([[1.0], [2.0], [4.0]])
    note([step(x, y) for _ in range(5)])
    note([w, b])


def functions_call_functions(tf, note):
    traces = []

    @tf.function
    def inner(x):
        traces.append("inner")
        return x * 2.0

    @tf.function
    def outer(x):
        traces.append("outer")
        return inner(x) + inner(x * 2.0) + helper(x)

    def helper(x):
        return x if x > 0.0 else -x

    note([outer(tf.constant(1.0)), outer(tf.constant(-2.0))])
    note(traces)


def recursion(tf, note):
    def power(x, n):
        if n == 0:
            return tf.constant(1.0)
        return x * power(x, n - 1) if x > 1.0 else x

    note(tf.function(power)(tf.constant(2.0), 5))


def structures(tf, note):
    @tf.function
    def f(pair, options):
        return {"sum": pair[0] + pair[1], "more": [options["k"], pair[::-1]]}

    note(f((tf.constant(1), tf.constant(2)), {"k": tf.constant(3)}))


def errors(tf, note):
    @tf.function
    def one_side(x):
        if x > 0:
            y = 1
        return y

    @tf.function
    def other_type(x):
        y = 1
        while x > 0:
            y = 1.5
            x -= 1
        return y

    @tf.function
    def changes(items):
        items.append(tf.constant(1))
        return items[0]

    refused(note, one_side, tf.constant(1))
    refused(note, other_type, tf.constant(1))
    refused(note, changes, [tf.constant(1)])
    refused(note, tf.function(one_side.python_function, autograph=False), tf.constant(1))


def graph_of_calls(tf, note):
    """The nodes of calls, and of functions' definitions, in a graph."""
    with tf.Graph().as_default() as graph:
        v = tf.Variable(2.0, use_resource=True, name="v")
        c = tf.constant([1.0, 2.0], name="c")

        @tf.function
        def f(x, k=3.0):
            return {"a": x * c, "b": tf.reduce_sum(x) * k}

        @tf.function
        def g(x):
            v.assign_add(1.0)
            return f(x)["a"] * v

        x = tf.placeholder(tf.float32, [2], name="x")
        note([f(x)["a"].shape.as_list(), g(x).name])
        definition = graph.as_graph_def()
    note([[n.name, n.op, list(n.input)] for n in definition.node if n.op.endswith("Call")])
    for function in sorted(definition.library.function, key=lambda one: one.signature.name[:13]):
        signature = function.signature
        note(signature.name.rpartition("_")[0])
        note([[arg.name, arg.type] for arg in (*signature.input_arg, *signature.output_arg)])
        note([signature.is_stateful, sorted(signature.control_output)])
        note([[n.name, n.op, list(n.input)] for n in function.node_def])
        note(sorted(function.ret.items()))


PROGRAMS = [
    graph_of_calls,
    loops_and_jumps,
    early_returns,
    while_with_an_array,
    dataset_loop,
    retracing,
    relaxed_shapes,
    signatures,
    variables_made_once,
    variables_made_again,
    effects_in_order,
    closures_and_partials,
    concrete_functions,
    gradients,
    gradients_of_loops,
    training,
    tapes_around_choices,
    tapes_around_loops,
    tapes_in_loops,
    recurrent_training,
    gradients_of_gradients,
    functions_call_functions,
    recursion,
    structures,
    errors,
]


def observed(program, tf):
    """What a program notes, as JSON has it."""
    seen = []
    program(tf, lambda value: seen.append(_plain(value)))
    return seen


def _plain(value):
    if hasattr(value, "numpy"):
        return value.numpy().tolist()
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
