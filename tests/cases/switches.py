"""Choices among functions: `tf.switch_case`, `functional_ops.If`, and their gradients."""

from .functions import defun
from .suite import Suite, internal_module

suite = Suite("switches")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def functional(tf):
    """The module of `functional_ops.If`."""
    return internal_module(tf, "python.ops.functional_ops").If


def number(tf):
    return tf.placeholder(tf.int32, [], "number")


@story
def by_number(tf, run):
    i, x, w = number(tf), tf.constant(3.0, name="x"), tf.constant(0.5, name="w")
    y = tf.switch_case(i, [lambda: x * 2.0, lambda: tf.exp(x * w) * w, lambda: tf.constant(1.0)])
    gradients = tf.gradients(y, [x, w])
    for value in (0, 1, 2, 3, -1):
        run([y, gradients], {i: value})


@story
def by_key(tf, run):
    i, x = number(tf), tf.constant([1.0, 2.0], name="x")
    pairs = {1: lambda: {"a": x, "b": (x[0],)}, 0: lambda: {"a": -x, "b": (x[1],)}}
    y = tf.switch_case(i, pairs, default=lambda: {"a": x * x, "b": (x[0],)}, name="by_key")
    run.note([str(y["a"].shape), y["b"][0].name])
    for value in (0, 1, 2):
        run([y["a"], y["b"][0]], {i: value})


@story
def shapes_in_common(tf, run):
    i = number(tf)
    y = tf.switch_case(i, [lambda: tf.zeros([2, 3]), lambda: tf.ones([2, 1])])
    z = tf.switch_case(i, [lambda: tf.zeros([2, 3]), lambda: tf.ones([2])])
    run.note([str(y.shape), str(z.shape)])
    run([y, z], {i: 1})


@story
def one_function(tf, run):
    x = tf.constant(3.0, name="x")
    y = tf.switch_case(tf.constant(5), [lambda: x * x])
    run([y, tf.gradients(y, x)])


@story
def effects(tf, run):
    i = number(tf)
    v = tf.get_variable("v", [2], initializer=tf.zeros_initializer(), use_resource=True)
    y = tf.switch_case(i, [lambda: v.assign_add([1.0, 1.0]), lambda: v.assign([5.0, 6.0])])
    op = tf.switch_case(i, [lambda: v.assign_sub([1.0, 2.0]).op, lambda: tf.no_op()])
    run(tf.global_variables_initializer())
    for value in (0, 1, 0):
        run(y, {i: value})
        run(op, {i: value})
        run(v)


@story
def of_a_variable(tf, run):
    i = number(tf)
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer(), use_resource=True)
    y = tf.switch_case(i, [lambda: v * 1.0, lambda: v.read_value()])
    gradients = tf.gradients(y, tf.trainable_variables())
    run(tf.global_variables_initializer())
    for value in (0, 1):
        run([y, gradients], {i: value})


@story
def sparse_gradients(tf, run):
    i, t = number(tf), tf.constant([[1.0, 2.0], [3.0, 4.0]], name="t")
    rows = tf.switch_case(i, [lambda: tf.gather(t, [1, 0]), lambda: tf.gather(t, [0, 0])])
    mixed = tf.switch_case(i, [lambda: t * t, lambda: tf.gather(t, [1, 1])])
    gradients = tf.gradients(rows, t) + tf.gradients(mixed, t)
    run.note([type(gradient).__name__ for gradient in gradients])
    for value in (0, 1):
        run([tf.convert_to_tensor(gradient) for gradient in gradients], {i: value})


@story
def in_each_other(tf, run):
    i, t = number(tf), tf.constant([1.0, 2.0], name="t")

    def inner():
        return tf.switch_case(i - 1, [lambda: tf.exp(tf.sin(t)), lambda: tf.tanh(t * 2.0)])

    y = tf.switch_case(i, [lambda: t * 3.0, inner, inner])
    gradient = tf.gradients(y, t)
    for value in (0, 1, 2):
        run([y, gradient], {i: value})


@story
def gradients_again(tf, run):
    i, t = number(tf), tf.constant(2.0, name="t")
    y = tf.switch_case(i, [lambda: t * t * t, lambda: tf.exp(tf.sin(t))])
    first, again = tf.gradients(y, t), tf.gradients(y, t)
    for value in (0, 1):
        run([y, first, again], {i: value})


@story
def in_a_loop(tf, run):
    t = tf.constant(2.0, name="t")

    def body(j, y):
        return j + 1, tf.switch_case(j, [lambda: y * 3.0, lambda: tf.exp(tf.sin(y)), lambda: y * t])

    run(tf.while_loop(lambda j, y: j < 4, body, [0, t]))


@story
def random_numbers(tf, run):
    tf.set_random_seed(3)
    i = number(tf)
    y = tf.switch_case(i, [lambda: tf.random_normal([2]), lambda: 1.0 + tf.random_uniform([2])])
    for value in (0, 1, 0, 1):
        run(y, {i: value})


@story
def imported(tf, run):
    with tf.Graph().as_default() as graph:
        i, x = number(tf), tf.constant(3.0, name="x")
        y = tf.switch_case(i, [lambda: x * x, lambda: tf.exp(tf.sin(x))])
        tf.identity(tf.gradients(y, x)[0], name="slope")
        tf.identity(y, name="y")
    tf.import_graph_def(graph.as_graph_def(), name="")
    for value in (0, 1, 2):
        run(["y:0", "slope:0"], {"number:0": value})


@story
def either(tf, run):
    @defun(tf, tf.float32, tf.float32, func_name="Then")
    def then(x, w):
        return tf.exp(tf.tanh(x * w)), w

    @defun(tf, tf.float32, tf.float32, func_name="Else")
    def otherwise(x, w):
        return x + tf.reduce_sum(w), x

    p = tf.placeholder(tf.bool, [], "p")
    x, w = tf.constant(3.0, name="x"), tf.constant(0.5, name="w")
    y = functional(tf)(p, [x, w], then, otherwise)
    run.note(len(tf.gradients(y, [x, w])))


@story
def values_of_either(tf, run):
    @defun(tf, tf.float32, func_name="Then")
    def then(x):
        return tf.exp(tf.tanh(x))

    @defun(tf, tf.float32, func_name="Else")
    def otherwise(x):
        return -x

    p, x = tf.placeholder(tf.bool, [], "p"), tf.constant(3.0, name="x")
    y = functional(tf)(p, [x], then, otherwise)
    gradient = tf.gradients(y, x)
    for value in (True, False):
        run([y, gradient], {p: value})


@story
def optional_values(tf, run):
    raw = tf.raw_ops
    there = raw.OptionalFromValue(components=[tf.constant(2.0), tf.constant([1, 2])])
    absent = raw.OptionalNone()
    run([raw.OptionalHasValue(optional=optional) for optional in (there, absent)])
    kinds = {"output_types": [tf.float32, tf.int32], "output_shapes": [[], [2]]}
    given = raw.OptionalGetValue(optional=there, **kinds)
    zeros = raw.OptionalGetValue(optional=tf.zeros_like(there), **kinds)
    twice = raw.OptionalGetValue(optional=tf.add_n([there, there]), **kinds)
    run.note([str(tensor.shape) for tensor in given])
    run([list(given), list(zeros), list(twice)])
    none = tf.zeros_like(absent)
    run(raw.OptionalHasValue(optional=tf.add_n([none, none])))
    run.attempt(raw.OptionalGetValue(optional=absent, **kinds)[0])
    run.attempt(raw.OptionalHasValue(optional=tf.add_n([there, absent])))


@story
def optional_values_in_others(tf, run):
    raw = tf.raw_ops

    def of(*values):
        return raw.OptionalFromValue(components=list(values))

    both = [of(of(tf.constant([1.0, 2.0])), n) for n in (3, 4)]
    for optional in (tf.add_n(both), tf.zeros_like(both[0])):
        inner, n = raw.OptionalGetValue(
            optional=optional, output_types=[tf.variant, tf.int32], output_shapes=[[], []]
        )
        value = raw.OptionalGetValue(optional=inner, output_types=[tf.float32], output_shapes=[[2]])
        run([value, n])
    run.attempt(raw.OptionalHasValue(optional=tf.add_n([of(1, 2), of(1)])))


@story
def refused(tf, run):
    i, one = number(tf), lambda: tf.constant(1.0)
    run.refused(lambda: tf.switch_case(0, [one]))
    run.refused(lambda: tf.switch_case(tf.constant(0.0), [one]))
    run.refused(lambda: tf.switch_case(i, []))
    run.refused(lambda: tf.switch_case(i, one))
    run.refused(lambda: tf.switch_case(i, [one, 1.0]))
    run.refused(lambda: tf.switch_case(i, [(0, one, one)]))
    run.refused(lambda: tf.switch_case(i, [("a", one)]))
    run.refused(lambda: tf.switch_case(i, [(0, 1.0)]))
    run.refused(lambda: tf.switch_case(i, {0: one, 2: one}))
    run.refused(lambda: tf.switch_case(i, [one, lambda: None]))
    run.refused(lambda: tf.switch_case(i, [one, lambda: tf.constant(1)]))
    run.refused(lambda: tf.switch_case(i, [lambda: (1.0, 2.0), lambda: [1.0, 2.0]]))
    within = []

    def builds():
        within.append(tf.constant(1.0, name="within"))
        return within[0]

    run.refused(lambda: tf.switch_case(i, [builds, lambda: within[0] * 2.0]))
