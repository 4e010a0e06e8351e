"""Programs that choose: `tf.cond`, `tf.case`, Switch and Merge, their gradients, what is in them.

Their runs and every node of their graphs are compared.
"""

import collections

from .arrays import f32, num
from .suite import Suite

suite = Suite("choices")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def condition(tf, name="p"):
    return tf.placeholder(tf.bool, [], name)


def shapes(tensors):
    return [str(tensor.shape) for tensor in tensors]


@story
def two_sides(tf, run):
    """Both read from outside; one has constants, and a wait for what is outside."""
    x, p = tf.placeholder(tf.float32, [None, 3], "x"), condition(tf)
    with tf.control_dependencies([tf.square(x)]):
        chosen = tf.cond(p, lambda: x * x + 1.0, lambda: tf.constant([[2.0, 3.0, 4.0]]))
    same = tf.cond(p, lambda: x, lambda: x, name="same")
    run.note(shapes([chosen, same]))
    for taken in (True, False):
        run([chosen, same], {x: f32(1, 3), p: taken})


@story
def gradients(tf, run):
    """Of a choice whose sides use two of its inputs, one each, and of one within another."""
    x, y, p = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.float32), condition(tf)
    once = tf.cond(p, lambda: x * x, lambda: tf.exp(y) * x)
    twice = tf.cond(p, lambda: tf.cond(y[0] > 0, lambda: once * y, lambda: -y), lambda: x)
    grads = tf.gradients(twice, [x, y]) + tf.gradients(once, y)
    grads += tf.gradients(tf.gradients(once, x)[0], x)
    run.note(shapes(grads))
    for taken in (True, False):
        for at in (0, 3):
            run(grads, {x: f32(2), y: f32(2, at=at), p: taken})


@story
def variables(tf, run):
    """Read and made inside."""
    p = condition(tf)
    v = tf.Variable([1.0, 2.0], name="v")

    def made():
        return v + tf.get_variable("own", [2], initializer=tf.constant_initializer(5.0))

    chosen = tf.cond(p, lambda: v * 2, made)
    slope = tf.gradients(chosen, [v])
    reference = tf.cond(p, lambda: v, lambda: v._ref(), name="reference")
    run(tf.global_variables_initializer())
    for taken in (True, False):
        run([chosen, slope, reference], {p: taken})


@story
def sides_that_assign(tf, run):
    """What the side not taken would assign is not assigned."""
    p, x = condition(tf), tf.placeholder(tf.float32, [2], "x")
    v, count = tf.Variable([1.0, 2.0], name="v"), tf.Variable(0, name="count")

    def change():
        with tf.control_dependencies([v.assign(v * 2)]):
            return tf.identity(v) + 1

    chosen = tf.cond(p, change, lambda: v)
    slope = tf.gradients(chosen, [v])
    reference = tf.cond(p, lambda: v.assign_add([1.0, 1.0]), lambda: v._ref(), name="reference")
    none = tf.cond(p, lambda: tf.no_op(), lambda: count.assign_add(1).op)
    sides = tf.raw_ops.RefSwitch(data=v._ref(), pred=p)
    either = tf.raw_ops.RefMerge(inputs=[sides[0], tf.assign(sides[1], x)])
    run(tf.global_variables_initializer())
    for taken in (True, False, True):
        run([chosen, slope], {p: taken})
        run(v)
        run([reference, none], {p: taken})
        run([v, count])
        run(list(either), {x: num([3, 4]), p: taken})
        run(v)


@story
def structures(tf, run):
    """Operations, nests, sparse gradients with indices of two types; `strict`."""
    x, p = tf.placeholder(tf.float32, [3], "x"), condition(tf)
    none = tf.cond(p, lambda: tf.no_op(), lambda: tf.group(x, p))
    nested = tf.cond(p, lambda: (x, {"a": [x]}), lambda: (x * 2, {"a": [-x]}))
    alone = tf.cond(p, lambda: [x], lambda: (x,)[0], name="alone")
    strict = tf.cond(p, lambda: [x], lambda: [-x], strict=True)
    rows = [tf.IndexedSlices(x, tf.constant([1, 2, 0]), tf.constant([5]))]
    rows.append(tf.IndexedSlices(-x, tf.constant([3, 4, 4], tf.int64), tf.constant([5])))
    sparse = tf.cond(p, lambda: rows[0], lambda: rows[1])
    run.note([str(type(strict).__name__), str(sparse.indices.dtype)])
    for taken in (True, False):
        feeds = {x: num([1, 2, 3]), p: taken}
        run([none, nested[0], nested[1]["a"][0], alone, strict[0]], feeds)
        run([sparse.values, sparse.indices], feeds)


@story
def seeds(tf, run):
    """Random numbers inside take the seeds that the number of nodes gives them."""
    tf.set_random_seed(7)
    p = condition(tf)
    chosen = tf.cond(p, lambda: tf.random_uniform([2]), lambda: tf.random_normal([2]) * 2)
    after = tf.random_uniform([2])
    for taken in (True, False, True):
        run([chosen, after], {p: taken})


@story
def cases(tf, run):
    x, y = tf.placeholder(tf.float32, [], "x"), tf.placeholder(tf.float32, [], "y")
    less, more = tf.less(x, y, name="less"), tf.greater(x, 1.0, name="more")
    double, triple = (lambda: x * 2), (lambda: y * 3)
    first = tf.case([(less, double), (more, triple)], default=lambda: tf.constant(-1.0))
    slope = tf.gradients(first, [x, y])
    ordered = collections.OrderedDict([(more, double), (less, triple)])
    tables = [{more: double, less: triple}, ordered]
    sure = [tf.case(tables[0], exclusive=True, name="sure"), tf.case(tables[1], exclusive=True)]
    for fed in ((0, 1), (2, 0)):
        run([first, slope, sure], {x: fed[0], y: fed[1]})
    run([first, slope], {x: 0, y: 0})
    run.attempt(sure[0], {x: 2, y: 3})
    run.attempt(sure[1], {x: 0, y: 0})


@story
def devices_and_scopes(tf, run):
    x, p = tf.placeholder(tf.float32, [], "x"), condition(tf)

    def inside():
        with tf.device("/cpu:0"), tf.name_scope("inner"), tf.control_dependencies([x]):
            y = x * 2
            with tf.control_dependencies(None):
                z = tf.constant(1.0)
            with tf.init_scope():
                w = tf.constant(2.0, name="w")
            with tf.colocate_with(y):
                return y + z + w

    with tf.device("/job:a"), tf.name_scope("outer"):
        chosen = tf.cond(p, inside, lambda: tf.identity(x))
    grad = tf.gradients(chosen, x, colocate_gradients_with_ops=True)
    run.note([op.name for op in (chosen.op, grad[0].op)])


@story
def raw(tf, run):
    """Switches and merges that no tf.cond made."""
    ops = tf.raw_ops
    x, p = tf.placeholder(tf.float32, [2], "x"), condition(tf)
    v = tf.Variable([1.0, 2.0], name="v")
    no, yes = ops.Switch(data=x, pred=p)
    merged, number = ops.Merge(inputs=[no * 2, yes + 1])
    grad = tf.gradients(merged, x)
    sides = ops.RefSwitch(data=v._ref(), pred=p)
    either = ops.RefMerge(inputs=list(sides))
    number_fed = tf.placeholder(tf.int32, [], "number")
    picked = ops.RefSelect(index=number_fed, inputs=[v._ref(), tf.Variable([5.0, 6.0])._ref()])
    same = ops.RefIdentity(input=v._ref())
    run.note(shapes([merged, number, either[0], same]))
    run(tf.global_variables_initializer())
    for taken in (False, True):
        run([merged, number, grad, list(either), same], {x: num([3, 4]), p: taken})
        run(picked, {number_fed: int(taken)})
    run.attempt(picked, {number_fed: 2})


@story
def assertions(tf, run):
    x, p = tf.placeholder(tf.float32, [2], "x"), condition(tf)

    def checked():
        with tf.control_dependencies([tf.assert_positive(x, message="sign")]):
            return tf.identity(x)

    chosen = tf.cond(p, checked, lambda: -x)
    run(chosen, {x: num([1, 2]), p: True})
    run(chosen, {x: num([-1, 2]), p: False})
    run.attempt(chosen, {x: num([-1, 2]), p: True})


@story
def smart_choices(tf, run):
    """What is known while building leaves no choice in the graph."""
    smart = tf.contrib.framework
    p = condition(tf)

    def one():
        return tf.constant(1, name="one")

    def two():
        return tf.constant(2, name="two")

    known = [True, 1, 0, tf.constant(True), tf.logical_not(tf.constant(True))]
    known += [tf.equal(tf.rank(tf.placeholder(tf.float32, [None, 2])), 2)]
    run.note([bool(smart.smart_constant_value(pred)) for pred in known])
    run.note(smart.smart_constant_value(p))
    chosen = [smart.smart_cond(pred, one, two) for pred in [*known, p]]
    chosen += [
        smart.smart_case([(False, one), (True, two)], default=one),
        smart.smart_case([(p, one), (False, two)], default=two),
        smart.smart_case([(p, one), (True, two)], exclusive=True),
    ]
    run(chosen, {p: False})
    for pred in (2, "x", None):
        run.refused(lambda pred=pred: smart.smart_cond(pred, one, two))
    run.refused(lambda: smart.smart_cond(True, one, None))
    run.refused(lambda: smart.smart_cond(True, None, two))


@story
def numbers_checked(tf, run):
    """Every float of a graph; what is in a choice cannot be."""
    x, n = tf.placeholder(tf.float32, [2], "x"), tf.placeholder(tf.int32, [], "n")
    y = tf.log(x) * tf.cast(n, tf.float32)
    checks = tf.add_check_numerics_ops()
    run([y, checks], {x: num([1, 2]), n: 3})
    run.attempt([y, checks], {x: num([0, 2]), n: 3})
    known = {y.experimental_ref(): "y"}
    run.note([known[y.experimental_ref()], y.experimental_ref().deref() is y])
    tf.cond(n > 0, lambda: x, lambda: -x)
    run.refused(tf.add_check_numerics_ops)


@story
def refusals(tf, run):
    x, p, inside = tf.placeholder(tf.float32, [2], "x"), condition(tf), []

    def refused(first, second, pred=p, **options):
        run.refused(lambda: tf.cond(pred, first, second, **options))

    one = lambda: tf.constant(1)
    tf.cond(p, lambda: inside.append(x * 2) or inside[0], lambda: x)
    run.refused(lambda: run.session.run(inside[0]))
    run.refused(lambda: run.session.run("cond/pred_id:0"))
    refused(one, lambda: tf.constant(1.0))
    refused(lambda: [x, x], lambda: [x])
    refused(lambda: {"a": x}, lambda: {"b": x})
    refused(lambda: None, one)
    refused(one, lambda: None)
    refused(lambda: [], lambda: [])
    refused(one, 2)
    refused(one, None)
    refused(one, one, fn1=one)
    refused(one, one, True)
    refused(one, one, tf.constant(1))
    refused(one, one, tf.constant([True]))
    refused(lambda: tf.IndexedSlices(x, tf.constant([1, 2])), lambda: x)
    for pairs in (3, [p], [(True, one)], [(tf.constant(1), one)], [(p, 1)]):
        run.refused(lambda pairs=pairs: tf.case(pairs))


@story
def a_copy_of_the_condition_is_fed(tf, run):
    v = tf.Variable(True, name="v")
    copy = tf.identity(v)
    constant = tf.identity(tf.constant(True))
    x = tf.constant([1.0, 2.0])
    made = [tf.cond(pred, lambda: x * 2.0, lambda: x * 3.0) for pred in (copy, constant)]
    run(v.initializer)
    for value in (True, False):
        run(made, {copy: value})
        run(made, {copy: value, constant: not value})
