"""Functions of a graph: `Defun`, calls, gradients of calls, what calls functions by attribute."""

import numpy as np

from .suite import Suite, internal_module

suite = Suite("functions")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def defun(tf, *types, **options):
    """The decorator, which is in one of TensorFlow's internal modules."""
    return internal_module(tf, "python.framework.function").Defun(*types, **options)


def names(things):
    return [thing.name for thing in things]


@story
def calls(tf, run):
    @defun(tf, tf.float32, tf.float32, func_name="Several")
    def several(x, y):
        """Three things at once."""
        z = x + y
        with tf.name_scope("s"):
            product = tf.matmul(z, tf.transpose(z), name="Prod.1")
            return product, x - y, tf.split(x, 2)[1]

    @defun(tf, func_name="Nothing")
    def three():
        return tf.constant(3.0)

    a = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    named = several(a, 2.0 * a, name="named")
    with tf.name_scope("scope"), tf.device("/cpu:0"):
        again = several(a, a, noinline=True)
    run.note([type(named).__name__, names(named), names(again), str(named[0].shape)])
    run.note([three().op.type, str(three().shape)])
    run([named, again, three()])
    run.note([several.name, list(several.declared_input_types) == [tf.float32] * 2])
    run.note([several.captured_inputs, several.stateful_ops])
    run.note(several.definition.signature.description)
    run.refused(lambda: several(a))
    run.refused(lambda: several(a, a, a))


@story
def arguments_are_returned(tf, run):
    @defun(tf, tf.float32, tf.float32, func_name="Swaps")
    def swaps(x, y):
        return y, x

    x, y = tf.placeholder(tf.float32, [], "x"), tf.placeholder(tf.float32, [], "y")
    swapped = swaps(x, y)
    run(swapped, {x: 1.0, y: 2.0})
    run(swapped[0], {x: 1.0, y: 2.0})
    run(swapped[1], {x: 1.0, y: 2.0, swapped[0]: 5.0})


@story
def captures(tf, run):
    v = tf.Variable([[1.0, 2.0]], name="v")
    outside = tf.constant([[5.0], [6.0]], name="outside")

    @defun(tf, tf.float32, func_name="Captures")
    def captures(x):
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
        made = tf.Variable([3.0, 4.0], name="made")
        return x * v + outside + w * made

    y = captures([[1.0, 1.0]])
    run.note([names(captures.captured_inputs), names(tf.global_variables())])
    run(tf.global_variables_initializer())
    run(y)
    run(v.assign([[0.0, 0.0]]))
    run(y)


@story
def captures_by_value(tf, run):
    c = tf.constant([1.0, 2.0], name="c")
    p = tf.placeholder(tf.float32, [2], "p")
    v = tf.Variable([1.0, 2.0], name="v")

    @defun(tf, tf.float32, func_name="ByValue", capture_by_value=True)
    def by_value(x):
        return x * (c + 1.0)

    run(by_value(3.0))
    for outside in (p, v):
        by = defun(tf, tf.float32, func_name="Refused", capture_by_value=True)

        def takes(x, outside=outside):
            return x + outside

        run.refused(lambda by=by, takes=takes: by(lambda x: takes(x))(1.0))


@story
def overloads(tf, run):
    @defun(tf, func_name="Double")
    def double(x):
        return x + x

    results = [double(1.0), double(2), double(3.0)]
    run.note([result.op.type for result in results])
    run(results)


@story
def functions_call_functions(tf, run):
    @defun(tf, tf.float32, func_name="Sq")
    def square(x):
        return x * x

    @defun(tf, tf.float32, func_name="Fourth")
    def fourth(x):
        return square(square(x, name="first"))

    x = tf.placeholder(tf.float32, [], "x")
    y = fourth(x)
    run([y, tf.gradients(y, x)], {x: 2.0})


@story
def gradients(tf, run):
    @defun(tf, tf.float32, tf.float32, func_name="Plain")
    def plain(x, y):
        return tf.exp(x) * y, tf.cast(x, tf.int32), x

    @defun(tf, tf.float32, tf.float32, func_name="DoubleGrad")
    def double_gradient(x, dy):
        return 2.0 * dy * x

    @defun(tf, tf.float32, func_name="Own", grad_func=double_gradient, out_names=["result"])
    def own(x):
        return x * x

    @defun(tf, tf.float32, func_name="Ruled", python_grad_func=lambda op, dy: dy * 3.0)
    def ruled(x):
        return x * x

    a, b = tf.constant(1.0), tf.constant(2.0)
    y, _, same = plain(a, b)
    run(tf.gradients(y, [a, b]))
    run(tf.gradients([y, same], [a, b]))
    run(tf.gradients(own(b), b))
    run(tf.gradients(ruled(b), b))
    run.note([own.grad_func_name, plain.grad_func_name])


@story
def trained(tf, run):
    """Through a function, and what it takes from outside."""
    w = tf.get_variable("w", initializer=tf.constant([[1.0], [2.0]]))

    @defun(tf, tf.float32, func_name="Linear")
    def linear(x):
        return tf.tanh(tf.matmul(x, w))

    loss = tf.reduce_sum(tf.square(linear([[1.0, 0.5]]) - 3.0))
    step = tf.train.GradientDescentOptimizer(0.125).minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([loss, step])
    run(w)


@story
def choices_in_functions(tf, run):
    @defun(tf, tf.float32, tf.bool, func_name="Chooses")
    def chooses(x, pred):
        return tf.cond(pred, lambda: x * x, lambda: -x)

    x, p = tf.placeholder(tf.float32, [], "x"), tf.placeholder(tf.bool, [], "p")
    y = chooses(x, p)
    for taken in (True, False):
        run(y, {x: 3.0, p: taken})


@story
def effects(tf, run):
    v = tf.Variable(1.0, name="v", use_resource=True)

    @defun(tf, tf.float32, func_name="Adds")
    def adds(x):
        with tf.control_dependencies([tf.assert_positive(x, message="sign")]):
            return tf.identity(x)

    y = adds(tf.placeholder_with_default(1.0, [], "x"))
    with tf.control_dependencies([v.assign_add(y)]):
        after = adds(v)
    run(tf.global_variables_initializer())
    run([y, after])
    run.attempt(y, {"x:0": -1.0})


@story
def calls_that_do_not_happen(tf, run):
    """Nothing of a function runs on the side of a choice that is not taken."""

    @defun(tf, tf.float32, func_name="Fails")
    def fails(x):
        with tf.control_dependencies([tf.Assert(False, ["always"])]):
            return tf.identity(x)

    x, p = tf.placeholder(tf.float32, [], "x"), tf.placeholder(tf.bool, [], "p")
    chosen = tf.cond(p, lambda: x + 1.0, lambda: fails(x))
    loop = tf.while_loop(lambda y: p, lambda y: fails(y), [x], [tf.TensorShape(None)])
    run(chosen, {x: 1.0, p: True})
    run.attempt(chosen, {x: 1.0, p: False})
    run(loop, {x: 1.0, p: False})
    run.attempt(loop, {x: 1.0, p: True})


@story
def random_numbers(tf, run):
    tf.set_random_seed(3)

    @defun(tf, tf.float32, func_name="Noisy")
    def noisy(x):
        return x + tf.random_uniform([2], seed=5)

    a, b = noisy(1.0), noisy(1.0)
    for _ in range(2):
        run([a, b])


def functional(tf):
    """TensorFlow's internal module of what takes functions."""
    return internal_module(tf, "python.ops.functional_ops")


@story
def called_by_attribute(tf, run):
    v = tf.Variable(1.0, name="v", use_resource=True)

    @defun(tf, tf.float32, tf.float32, func_name="Pure")
    def pure(x, y):
        return x * y, x

    @defun(tf, tf.float32, func_name="Effect")
    def effect(x):
        return x + v.read_value()

    @defun(tf, tf.float32, func_name="Silent")
    def silent(x):
        x + 1.0

    call = functional(tf).partitioned_call
    x = tf.constant(3.0)
    results = call([x, x], pure), call([x, *effect.captured_inputs], effect)
    nothing = call([x], silent)
    run.note([[tensor.name for tensor in result] for result in results])
    run.note([nothing.name, nothing.type])
    run(tf.global_variables_initializer())
    run([results, nothing])
    run(tf.gradients(results[0][0], x))


@story
def choices_of_functions(tf, run):
    @defun(tf, tf.float32, func_name="Twice")
    def twice(x):
        return x * 2.0

    @defun(tf, tf.float32, func_name="Thrice")
    def thrice(x):
        return x * 3.0 + 1.0

    api = functional(tf)
    x = tf.placeholder(tf.float32, [], "x")
    chosen = api.If(tf.greater(x, 0.0), [x], twice, thrice)
    by_number = api.If(x, [x], twice, thrice, name="by_number")
    by_text = api.If(tf.constant(""), [x], twice, thrice)
    stateless = tf.raw_ops.StatelessIf(
        cond=x, input=[x], Tout=[tf.float32], then_branch=twice, else_branch=thrice
    )
    run.note([tensor.name for tensor in [*chosen, *by_number, *by_text, *stateless]])
    for value in (3.0, 0.0, -2.0):
        run([chosen, by_number, by_text, stateless], {x: value})


@story
def loops_of_functions(tf, run):
    v = tf.constant(1.0, name="v")

    @defun(tf, tf.float32, tf.float32, func_name="Goes")
    def goes(n, x):
        return n > 0.0

    @defun(tf, tf.float32, tf.float32, func_name="Step")
    def step(n, x):
        return n - 1.0, x + n

    @defun(tf, tf.float32, tf.float32, func_name="Takes")
    def takes(n, x):
        return n - 1.0, x + n * v

    api = functional(tf)
    n = tf.placeholder(tf.float32, [], "n")
    plain = api.While([n, 0.0], goes, step)
    taking = api.While([n, 0.0], goes, takes, name="taking", hostmem=[1])
    stateless = tf.raw_ops.StatelessWhile(input=[n, tf.ones([])], cond=goes, body=step)
    run.note([[t.name, str(t.shape)] for t in [*plain, *taking, *stateless]])
    for value in (4.0, 0.0):
        run([plain, taking, stateless], {n: value})

    @defun(tf, tf.float32, tf.float32, func_name="Two")
    def two(n, x):
        return n > 0.0, x

    @defun(tf, tf.float32, tf.float32, func_name="Three")
    def three(n, x):
        return n, x, x

    @defun(tf, tf.float32, func_name="One")
    def one(n):
        return n > v

    run.refused(lambda: run(api.While([n, 0.0], two, step), {n: 1.0}))
    run.refused(lambda: run(api.While([n, 0.0], goes, three), {n: 1.0}))
    run.refused(lambda: api.While([n], one, one))


@story
def counted_loops(tf, run):
    v = tf.constant(2.0, name="v")

    @defun(tf, tf.int32, tf.float32, func_name="Adds")
    def adds(i, x):
        return x + tf.cast(i, tf.float32)

    @defun(tf, tf.int32, tf.float32, tf.float32, func_name="Scales")
    def scales(i, x, y):
        return x + y * v, y + 1.0

    @defun(tf, tf.int32, tf.float32, func_name="Pair")
    def pair(i, x):
        return x, x

    api = functional(tf)
    n = tf.placeholder(tf.int32, [], "n")
    results = [
        api.For(0, n, 1, [0.0], adds),
        api.For(10, 0, -3, [0.0], adds, name="down"),
        api.For(5, 5, 1, [3.0], adds),
        api.For(0, n, 2, [0.0, 1.0], scales),
        api.For(1, 5, 1, [0.0], adds, rewrite_with_while=True),
    ]
    run.note([[t.name, str(t.shape)] for result in results for t in result])
    for value in (7, 0):
        run(results, {n: value})
    run.refused(lambda: run(api.For([0], 10, 1, [0.0], adds)))
    run.refused(lambda: run(api.For(0, 10, 1, [0.0], pair)))
    run.attempt(api.For(0, 10, -1, [0.0], adds))


@story
def gradients_by_name(tf, run):
    @defun(tf, tf.float32, func_name="Poly")
    def poly(x):
        return 2.0 * x * x * x + 3.0 * x * x

    @defun(tf, tf.float32, func_name="Slope")
    def slope(x):
        return functional(tf).Gradient([x, 1.0], poly)[0]

    run([poly(2.0), slope(2.0)])


@story
def shapes_by_the_program(tf, run):
    @defun(tf, tf.float32, func_name="Shaped", shape_func=lambda op: [op.inputs[0].shape])
    def shaped(x):
        return x * 2.0

    run.note(str(shaped([1.0, 2.0]).shape))
    wrong = defun(tf, tf.float32, func_name="Wrong", shape_func=lambda op: [])
    run.refused(lambda: wrong(lambda x: x + 1.0)(1.0))


@story
def refusals(tf, run):
    run.refused(lambda: defun(tf, tf.float32)(3))
    run.refused(lambda: defun(tf, tf.float32)(lambda: 1.0))
    run.refused(lambda: defun(tf, tf.float32)(lambda x, y: x))
    run.refused(lambda: defun(tf, tf.float32, func_name="G")(lambda x: (x, None))(1.0))
    run.refused(lambda: defun(tf, tf.float32, func_name="H")(lambda x: x)(1.0, foo=3))


@story
def for_every_row(tf, run):
    @defun(tf, tf.int32, tf.int32, func_name="both")
    def both(x, factor):
        return tf.reduce_sum(x) * factor, tf.cast(x * 2 + 3, tf.float64)

    def mapped(values, types=(tf.int32, tf.float64), shapes=((), (2,)), f=both):
        return tf.raw_ops.MapDefun(
            arguments=values,
            captured_inputs=[tf.constant(3)],
            output_types=list(types),
            output_shapes=list(shapes),
            f=f,
        )

    rows = tf.placeholder(tf.int32, name="rows")
    fed = [[1, 2], [3, 4], [5, 6]]
    known = mapped([tf.constant(fed)])
    run.note([str(each.shape) for each in known])
    run(known)
    given = mapped([rows])
    run.note([str(each.shape) for each in given])
    run(given, {rows: fed})
    run(given, {rows: np.zeros([0, 2], np.int32)})
    run(mapped([rows], shapes=[(), (None,)]), {rows: fed})
    run.attempt(given, {rows: 3})
    run.attempt(given, {rows: np.ones([2, 4], np.int32)})
    run.refused(lambda: mapped([tf.constant(3)]))
    run.refused(lambda: mapped([tf.constant(fed)], shapes=[()]))

    @defun(tf, tf.int32, tf.int32, tf.int32, func_name="joined")
    def joined(x, y, unused):
        return tf.concat([x, [y]], 0)

    def two(y):
        return mapped([tf.constant(fed), y], [tf.int32], [(3,)], joined)

    run(two(tf.constant([7, 8, 9])))
    run.refused(lambda: two(tf.constant([7, 8])))
    run.attempt(two(rows), {rows: [7, 8]})
