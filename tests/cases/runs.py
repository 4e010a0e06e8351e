"""What one `Session.run` means: which reads see which writes, what is fetched, what may be fed.

A program is a function of `tf` and `run`; what is observed is every result of `run`, in order. Each
is recorded over many runs, on one thread and on several, since TensorFlow does not order all of it.
"""

import collections

import numpy as np

from .arrays import f32, num
from .suite import Suite

suite = Suite("runs")


def program(fn):
    """Adds `fn` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def programs(**variants):
    """Adds the decorated `fn(tf, run, variant)` once for each of `variants`."""

    def add(fn):
        for name, value in variants.items():
            suite.case(
                f"{fn.__name__}_{name}",
                lambda tf, run, value=value: fn(tf, run, value),
                grad=False,
            )
        return fn

    return add


def start(tf, run, *values):
    """Initialised variables of `values`, named a, b, c, ..."""
    variables = [tf.Variable(values[i], name="abcdef"[i]) for i in range(len(values))]
    run(tf.global_variables_initializer())
    return variables if len(values) > 1 else variables[0]


# A write, and a read that a control dependency puts after it.

WRITES = {
    "constant": lambda tf, w: tf.assign(w, np.full(w.shape.as_list(), 5, np.float32)),
    "computed": lambda tf, w: tf.assign(w, tf.exp(tf.zeros(tf.shape(w))) * 5),
    "of_itself": lambda tf, w: tf.assign(w, w * 2 + 1),
    "added": lambda tf, w: tf.assign_add(w, tf.fill(w.shape.as_list(), 4.0)),
    "subtracted": lambda tf, w: w.assign_sub(tf.fill(w.shape.as_list(), 4.0)),
    "gradient_descent": lambda tf, w: tf.train.GradientDescentOptimizer(0.25).minimize(
        tf.reduce_sum(w * w)
    ),
}
SIZES = {"scalar": num(1), "vector": f32(3), "matrix": f32(40, 50)}


def for_each_write_and_size(fn, writes=WRITES):
    """Adds `fn(tf, run, w, write)` for each of WRITES and SIZES; `write` makes the op."""
    for write_name, write in writes.items():
        for size_name, value in SIZES.items():

            def one(tf, run, write=write, value=value):
                w = start(tf, run, value)
                fn(tf, run, w, lambda: write(tf, w))
                run(w)

            suite.case(f"{fn.__name__}_{write_name}_{size_name}", one, grad=False)


def for_each_write_of_others_and_size(fn):
    """Like `for_each_write_and_size`, without the writes of what is computed from the variable."""
    of_others = ("constant", "computed", "added", "subtracted")
    for_each_write_and_size(fn, {name: WRITES[name] for name in of_others})


@for_each_write_and_size
def read_after_write(tf, run, w, write):
    with tf.control_dependencies([write()]):
        y = tf.identity(w)
    run(y)


@for_each_write_and_size
def use_after_write(tf, run, w, write):
    """The variable's `read` was made, of course, before the write."""
    with tf.control_dependencies([write()]):
        y = w * 3
    run(y)


@for_each_write_and_size
def read_value_after_write(tf, run, w, write):
    with tf.control_dependencies([write()]):
        y = w.read_value() * 3
    run(y)


@for_each_write_and_size
def value_after_write(tf, run, w, write):
    with tf.control_dependencies([write()]):
        y = w.value() * 3
    run(y)


@for_each_write_and_size
def use_after_write_of_identity_made_before(tf, run, w, write):
    before = tf.identity(w)
    with tf.control_dependencies([write()]):
        y = before * 3
    run(y)


@for_each_write_of_others_and_size
def use_after_write_of_computed_before(tf, run, w, write):
    before = tf.sin(w)
    with tf.control_dependencies([write()]):
        y = tf.exp(before)
    run(y)


@for_each_write_and_size
def use_both_before_and_after_write(tf, run, w, write):
    before = w * 3
    with tf.control_dependencies([before]):
        update = write()
    with tf.control_dependencies([update]):
        after = w * 3
    run([before, after])


# A write, and reads that nothing orders. Where the write itself reads the variable, or its reader
# is far from ready, TensorFlow's order is chance: see `races`.


@for_each_write_and_size
def fetch_write_and_variable(tf, run, w, write):
    run([write(), w])


@for_each_write_and_size
def fetch_variable_and_write(tf, run, w, write):
    run([w, write()])


@for_each_write_of_others_and_size
def fetch_use_and_write(tf, run, w, write):
    y = w * 3
    run([y, write()])


@for_each_write_of_others_and_size
def fetch_write_and_use(tf, run, w, write):
    update = write()
    run([update, w * 3])


@for_each_write_and_size
def fetch_write_and_identity(tf, run, w, write):
    update = write()
    run([update, tf.identity(w)])


@for_each_write_and_size
def fetch_write_and_read_tensor(tf, run, w, write):
    run([write(), w.name.replace(":0", "/read:0")])


@for_each_write_and_size
def fetch_write_and_read_value(tf, run, w, write):
    update = write()
    run([update, w.read_value()])


@for_each_write_and_size
def fetch_write_and_ref_by_name(tf, run, w, write):
    run([write(), w.name])


@for_each_write_and_size
def fetch_write_alone(tf, run, w, write):
    run(write())


# Writes in order, and not.


@program
def write_then_write(tf, run):
    w = start(tf, run, 1.0)
    with tf.control_dependencies([tf.assign(w, 2.0)]):
        second = tf.assign_add(w, 10.0)
    run(second)
    run(w)


@program
def three_writes_in_a_chain(tf, run):
    w = start(tf, run, 1.0)
    op = tf.no_op()
    for factor in (2.0, 3.0, 5.0):
        with tf.control_dependencies([op]):
            op = tf.assign(w, w * factor)
    run(op)
    run(w)


@program
def two_additions_unordered(tf, run):
    w = start(tf, run, 1.0)
    run(tf.group(tf.assign_add(w, 10.0), tf.assign_add(w, 100.0)))
    run(w)


@program
def two_additions_fetched(tf, run):
    w = start(tf, run, 1.0)
    run([tf.assign_add(w, 10.0), tf.assign_add(w, 100.0)])
    run(w)


@program
def write_through_result_of_write(tf, run):
    """What an assignment returns is the variable."""
    w = start(tf, run, 1.0)
    again = tf.assign_add(tf.assign(w, 7.0), 1.0)
    run(again)
    run(w)


@program
def use_result_of_write(tf, run):
    w = start(tf, run, 1.0)
    run(tf.assign_add(w, 2.0) * 10)
    run([tf.assign_add(w, 2.0) * 10, w])


@program
def result_of_write_after_another_write(tf, run):
    w = start(tf, run, 1.0)
    first = tf.assign(w, 2.0)
    with tf.control_dependencies([first]):
        second = tf.assign(w, 3.0)
    with tf.control_dependencies([second]):
        run([first * 3, second * 3])
    run([first, second])


@program
def swap_by_reads_first(tf, run):
    a, b = start(tf, run, 1.0, 2.0)
    old_a, old_b = a * 3, b * 3  # not `a + 0`, which TensorFlow would simplify to a reference
    with tf.control_dependencies([old_a, old_b]):
        run(tf.group(tf.assign(a, old_b), tf.assign(b, old_a)))
    run([a, b])


@program
def swap_by_tuple(tf, run):
    a, b = start(tf, run, 1.0, 2.0)
    old_a, old_b = tf.tuple([a * 3, b * 3])
    run([tf.assign(a, old_b), tf.assign(b, old_a)])
    run([a, b])


@program
def write_after_read(tf, run):
    w = start(tf, run, 1.0)
    read = tf.identity(w)
    with tf.control_dependencies([read]):
        write = tf.assign(w, 9.0)
    run([read, write])
    run([read, write])


@program
def write_after_use(tf, run):
    w = start(tf, run, 1.0)
    use = w * 3
    with tf.control_dependencies([use]):
        write = tf.assign_add(w, 9.0)
    run([use, write])
    run([write, use])


@program
def writes_need_not_be_fetched(tf, run):
    """A control dependency is enough to run a write; not to be needed is enough not to."""
    a, b = start(tf, run, 1.0, 2.0)
    write_a, write_b = tf.assign(a, 10.0), tf.assign(b, 20.0)
    with tf.control_dependencies([write_a]):
        y = tf.constant(3.0)
    run([y, write_b.op.name])
    run([a, b])


@program
def a_constant_waits(tf, run):
    w = start(tf, run, 1.0)
    with tf.control_dependencies([tf.assign(w, 2.0)]):
        y = tf.constant(3.0)
    run(y)
    run(w)


@program
def an_operator_outside_does_not_wait(tf, run):
    w = start(tf, run, 1.0)
    y = w * 3
    with tf.control_dependencies([tf.assign(w, 2.0)]):
        z = tf.identity(y)
    run([y, z])


@program
def control_dependencies_none_clears(tf, run):
    w = start(tf, run, 1.0)
    with tf.control_dependencies([tf.assign(w, 2.0)]), tf.control_dependencies(None):
        y = tf.constant(3.0)
    run(y)
    run(w)


@program
def a_variable_under_control_dependencies(tf, run):
    """A variable's own nodes stay outside."""
    with tf.control_dependencies([tf.constant(1.0)]):
        w = tf.Variable(2.0, name="w")
    run(tf.global_variables_initializer())
    run(w)


@program
def group_gives_none(tf, run):
    w = start(tf, run, 1.0)
    run(tf.group(tf.assign(w, 2.0)))
    run([tf.group(), tf.no_op(), w.initializer])
    run(w)


@program
def tuple_waits_for_all(tf, run):
    w = start(tf, run, 1.0)
    y = tf.constant(3.0)
    run(tf.tuple([y], control_inputs=[tf.assign(w, 5.0).op]))
    run(w)


@program
def fetched_result_is_a_copy(tf, run):
    w = start(tf, run, f32(3))
    value = run.session.run(w)
    value += 100
    run(w)
    initial = run.session.run(w.initial_value)
    initial += 100
    run(w.initializer)
    run(w)


@program
def fed_array_may_change_later(tf, run):
    w = start(tf, run, f32(3))
    x = tf.placeholder(tf.float32, [3])
    array = f32(3, at=1)
    run(tf.assign(w, x).op, {x: array})
    array += 100
    run(w)


@program
def initial_array_may_change_later(tf, run):
    array = f32(3)
    w = tf.Variable(array)
    array += 100
    run(w.initializer)
    run(w)


# Training.


def linear(tf, run):
    x = tf.placeholder(tf.float32, [None, 2], "x")
    w = tf.Variable([[1.0], [2.0]], name="w")
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w)))
    return {x: f32(4, 2)}, w, loss


@program
def train_loss_and_step(tf, run):
    """The loss is that before the step, the global step that after it."""
    feed, w, loss = linear(tf, run)
    step = tf.train.get_or_create_global_step()
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([train, loss, step], feed)
    run([loss, w, step], feed)


OPTIMIZERS = {
    "gradient_descent": lambda train: train.GradientDescentOptimizer(0.1),
    "momentum": lambda train: train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda train: train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda train: train.AdamOptimizer(0.1),
    "adagrad": lambda train: train.AdagradOptimizer(0.1),
    "adadelta": lambda train: train.AdadeltaOptimizer(0.1),
    "rmsprop": lambda train: train.RMSPropOptimizer(0.1, momentum=0.5),
    "rmsprop_centered": lambda train: train.RMSPropOptimizer(0.1, centered=True),
    "ftrl": lambda train: train.FtrlOptimizer(0.1, l1_regularization_strength=0.01),
    "ftrl_l2": lambda train: train.FtrlOptimizer(
        0.1, learning_rate_power=-0.25, l2_regularization_strength=0.1
    ),
    "proximal_gradient_descent": lambda train: train.ProximalGradientDescentOptimizer(0.1, 0.01),
    "proximal_adagrad": lambda train: train.ProximalAdagradOptimizer(0.1),
}


@programs(**OPTIMIZERS)
def optimizer(tf, run, make):
    feed, _w, loss = linear(tf, run)
    train = make(tf.train).minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(4):
        run([train, loss], feed)
        run(tf.global_variables())


@programs(**OPTIMIZERS)
def optimizer_with_slots_fetched(tf, run, make):
    """Loss, variable and slots, in the very run that updates them."""
    feed, _w, loss = linear(tf, run)
    train = make(tf.train).minimize(loss)
    run(tf.global_variables_initializer())
    run([loss, train, *tf.global_variables()], feed)
    run([train, loss, *tf.global_variables()], feed)


@programs(**OPTIMIZERS)
def optimizer_on_rows(tf, run, make):
    """A gradient by `gather` is a sparse one; repeated rows count together."""
    w = tf.Variable(f32(4, 2), name="w")
    loss = tf.reduce_sum(tf.square(tf.gather(w, [1, 3, 1])))
    train = make(tf.train).minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([train, loss])
    run(tf.global_variables())


@programs(**OPTIMIZERS)
def optimizer_rate_fed(tf, run, make):
    """Every learning rate may be a tensor."""
    feed, w, loss = linear(tf, run)
    rate = tf.placeholder(tf.float32, [])
    optimizer = make(tf.train)
    for attribute in ("_learning_rate", "_lr"):
        if hasattr(optimizer, attribute):
            setattr(optimizer, attribute, rate)
    train = optimizer.minimize(loss)
    run(tf.global_variables_initializer())
    for value in (0.1, 0.01):
        run([train, loss], {rate: value, **feed})
    run(w)


@program
def gradients_with_train(tf, run):
    feed, _w, loss = linear(tf, run)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    pairs = optimizer.compute_gradients(loss)
    train = optimizer.apply_gradients([(tf.clip_by_value(g, -1.0, 1.0), v) for g, v in pairs])
    run(tf.global_variables_initializer())
    run([train, pairs], feed)
    run(pairs, feed)


@program
def clip_by_global_norm(tf, run):
    feed, w, loss = linear(tf, run)
    grads, norm = tf.clip_by_global_norm(tf.gradients(loss, [w]), 1.0)
    train = tf.train.MomentumOptimizer(0.1, 0.9).apply_gradients([(grads[0], w)])
    run(tf.global_variables_initializer())
    run([train, norm], feed)
    run([train, norm], feed)
    run(w)


@program
def optimizer_var_list(tf, run):
    a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
    train = tf.train.AdamOptimizer(0.1).minimize(a * b * b, var_list=[b])
    run(tf.global_variables_initializer())
    run(train)
    run(tf.global_variables())


@program
def two_optimizers(tf, run):
    a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
    loss = a * a + b * b
    one = tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=[a])
    with tf.control_dependencies([one]):
        two = tf.train.GradientDescentOptimizer(0.1).minimize(a * b, var_list=[b])
    run(tf.global_variables_initializer())
    run(two)
    run([a, b])


@program
def average_after_train(tf, run):
    feed, w, loss = linear(tf, run)
    train_step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    ema = tf.train.ExponentialMovingAverage(0.5)
    with tf.control_dependencies([train_step]):
        train = ema.apply([w])
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([train, w, ema.average(w)], feed)
        run([w, ema.average(w)])


@programs(plain={}, num_updates={"num_updates": 3}, zero_debias={"zero_debias": True})
def moving_average(tf, run, options):
    w = tf.Variable(0.0, name="w")
    ema = tf.train.ExponentialMovingAverage(0.9, **options)
    update = ema.apply([w])
    run(tf.global_variables_initializer())
    for value in (1.0, 10.0, 5.0):
        run(tf.assign(w, value))
        run(update)
        run([w, ema.average(w)])


@program
def moving_average_of_tensor(tf, run):
    x = tf.placeholder(tf.float32, [2])
    y = x * 2
    ema = tf.train.ExponentialMovingAverage(0.5)
    update = ema.apply([y])
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([update, ema.average(y)], {x: [1.0, 2.0]})
        run(ema.average(y))


SCHEDULES = {
    "exponential": lambda tf, s: tf.train.exponential_decay(0.1, s, 2, 0.5),
    "exponential_staircase": lambda tf, s: tf.train.exponential_decay(0.1, s, 2, 0.5, True),
    "natural_exp": lambda tf, s: tf.train.natural_exp_decay(0.1, s, 2, 0.5),
    "natural_exp_staircase": lambda tf, s: tf.train.natural_exp_decay(0.1, s, 2, 0.5, True),
    "inverse_time": lambda tf, s: tf.train.inverse_time_decay(0.1, s, 2, 0.5),
    "inverse_time_staircase": lambda tf, s: tf.train.inverse_time_decay(0.1, s, 2, 0.5, True),
    "polynomial": lambda tf, s: tf.train.polynomial_decay(0.1, s, 3, 0.01, 2.0),
    "polynomial_cycle": lambda tf, s: tf.train.polynomial_decay(0.1, s, 3, 0.01, cycle=True),
    "piecewise": lambda tf, s: tf.train.piecewise_constant(s, [1, 3], [0.3, 0.2, 0.1]),
    "cosine": lambda tf, s: tf.train.cosine_decay(0.1, s, 4, 0.1),
    "cosine_restarts": lambda tf, s: tf.train.cosine_decay_restarts(0.1, s, 2),
    "linear_cosine": lambda tf, s: tf.train.linear_cosine_decay(0.1, s, 4),
    "noisy_linear_cosine": lambda tf, s: [
        tf.set_random_seed(1),
        tf.train.noisy_linear_cosine_decay(0.1, s, 4),
    ][1],
}


@programs(**SCHEDULES)
def schedule(tf, run, make):
    step = tf.Variable(0, trainable=False)
    rate = make(tf, step)
    with tf.control_dependencies([rate]):
        advance = tf.assign_add(step, 1)
    run(tf.global_variables_initializer())
    for _ in range(6):
        run([rate, advance])


@program
def schedule_with_train(tf, run):
    feed, w, loss = linear(tf, run)
    step = tf.Variable(0, trainable=False)
    rate = tf.train.exponential_decay(0.1, step, 1, 0.5, staircase=True)
    train = tf.train.GradientDescentOptimizer(rate).minimize(loss, global_step=step)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([train, rate, step], feed)
        run([rate, step])
    run(w)


@program
def schedule_of_python_step(tf, run):
    run([tf.train.exponential_decay(0.1, step, 10, 0.9) for step in (0, 5, 20)])


@program
def batch_of_updates(tf, run):
    """Gradients accumulated into another variable, then applied."""
    feed, w, loss = linear(tf, run)
    total = tf.Variable(tf.zeros_like(w.initialized_value()), trainable=False)
    grad = tf.gradients(loss, w)[0]
    accumulate = total.assign_add(grad)
    step = tf.train.GradientDescentOptimizer(0.1).apply_gradients([(total, w)])
    with tf.control_dependencies([step]):
        clear = total.assign(tf.zeros_like(total))
    run(tf.global_variables_initializer())
    run(accumulate, feed)
    run(accumulate, feed)
    run(clear)
    run([w, total])


# Variables.


@program
def variable_methods(tf, run):
    w = start(tf, run, [1.0, 2.0, 3.0])
    run([w.assign([4.0, 5.0, 6.0]), w.assign_add([1.0, 1.0, 1.0])][0])
    run(w.assign_sub([1.0, 1.0, 1.0]))
    run([w.value(), w.read_value(), w.initialized_value(), w.initial_value])
    run([w[0], w[1:], -w, w + 1, 2 * w, w / 2, w**2, abs(w), w > 4])
    w.load([7.0, 8.0, 9.0], run.session)
    run(w)
    run.note(w.eval(run.session))
    run.note([w.name, w.dtype.name, w.shape.as_list(), w.op.type, w.trainable])


@program
def sparse_updates(tf, run):
    w = start(tf, run, f32(4, 2))
    run(tf.scatter_update(w, [1], [[10.0, 20.0]]))
    run(tf.scatter_add(w, [1, 1], [[1.0, 2.0], [3.0, 4.0]]))
    run(tf.scatter_sub(w, 0, [1.0, 1.0]))
    run(tf.scatter_mul(w, [3], [[2.0, 2.0]]))
    run(tf.scatter_nd_update(w, [[2, 1]], [5.0]))
    run(w.scatter_sub(tf.IndexedSlices(num([[1, 1]]), [0])))
    run(w)


@program
def count_up_to(tf, run):
    n = tf.Variable(0)
    up = n.count_up_to(3)
    run(n.initializer)
    for _ in range(3):
        run(up)
    run.attempt(up)
    run(n)


@program
def assign_other_shape(tf, run):
    w = tf.Variable([1.0, 2.0], validate_shape=False)
    run(w.initializer)
    grow = tf.assign(w, [1.0, 2.0, 3.0], validate_shape=False)
    run(grow)
    run(w)
    run.note(str(w.shape))


def grown(tf, array, size, batch):
    """An update that appends to an array, which becomes larger where it is too small."""

    def reallocate():
        old = array.value()
        with tf.control_dependencies([old]):
            cleared = tf.assign(array, tf.zeros([size * 2 + 3]), validate_shape=False)
        with tf.control_dependencies([cleared]):
            copied = array[:size].assign(old[:size])
        with tf.control_dependencies([copied]):
            return tf.no_op()

    new_size = size + tf.shape(batch)[0]
    with tf.control_dependencies([tf.cond(new_size > tf.shape(array)[0], reallocate, tf.no_op)]):
        appended = array[size:new_size].assign(batch)
    with tf.control_dependencies([appended]):
        return tf.assign(size, new_size)


@program
def what_a_variable_held_before_it_grew(tf, run):
    array = tf.Variable([], validate_shape=False)
    size = tf.Variable(0)
    batch = tf.placeholder(tf.float32, [None])
    update = grown(tf, array, size, batch)
    run(tf.global_variables_initializer())
    for values in (f32(2), f32(1, at=1), f32(4, at=2), f32(1, at=3)):
        run(update, {batch: values})
        run([array[:size], tf.reduce_sum(array)])


@program
def a_read_stays_where_the_variable_was(tf, run):
    w = tf.Variable([1.0, 2.0], validate_shape=False)
    run(w.initializer)
    before = tf.identity(w)
    with tf.control_dependencies([before]):
        larger = tf.assign(w, tf.zeros([4]), validate_shape=False)
    with tf.control_dependencies([larger]):
        after = [before * 3, tf.identity(w)]
    for _ in range(2):
        run(w.initializer)
        run(after)


@program
def initialized_value(tf, run):
    a = tf.Variable(3.0)
    b = tf.Variable(a.initialized_value() * 2)
    c = tf.Variable(b.initialized_value() + a.initialized_value())
    run(tf.global_variables_initializer())
    run([a, b, c])


@program
def initialized_value_of_random(tf, run):
    a = tf.Variable(tf.random_normal([3], seed=1))
    b = tf.Variable(a.initialized_value() * 2)
    run(tf.global_variables_initializer())
    run(b - a * 2)


@program
def reinitialised(tf, run):
    w = start(tf, run, 1.0)
    run(tf.assign(w, 5.0))
    run(tf.global_variables_initializer())
    run(w)


@program
def initialised_one_by_one(tf, run):
    a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
    run(tf.report_uninitialized_variables())
    run([tf.is_variable_initialized(a), tf.is_variable_initialized(b)])
    run(a.initializer)
    run(tf.report_uninitialized_variables())
    run([tf.is_variable_initialized(a), tf.is_variable_initialized(b)])
    run(tf.variables_initializer([b]))
    run(tf.report_uninitialized_variables([a, b]))
    run.attempt([a, b])


@program
def uninitialised_read(tf, run):
    w = tf.Variable(1.0, name="w")
    run.attempt(w)
    run.attempt(w + 1)
    run.attempt(tf.assign_add(w, 1.0))
    run(w.initializer)
    run(w)


@program
def assign_initialises(tf, run):
    w = tf.Variable(1.0)
    run(tf.assign(w, 3.0))
    run(w)


@program
def local_variables(tf, run):
    w = tf.Variable(1, collections=[tf.GraphKeys.LOCAL_VARIABLES])
    tf.Variable(2, name="global")
    run.note([v.name for v in tf.local_variables()])
    run.note([v.name for v in tf.global_variables()])
    run(tf.global_variables_initializer())
    run.attempt(w)
    run(tf.local_variables_initializer())
    run(w)


@program
def dtypes_of_variables(tf, run):
    values = (1, 1.5, True, [1, 2], np.float64(2), np.int64(3), "text")
    variables = [tf.Variable(v) for v in values]
    run(tf.global_variables_initializer())
    run(variables)


@program
def variables_per_session(tf, run):
    w = start(tf, run, 1.0)
    run(tf.assign(w, 2.0))
    with tf.Session() as other:
        other.run(w.initializer)
        run.note(other.run(w))
    run(w)


@program
def variable_list_of_assigns(tf, run):
    variables = start(tf, run, 1.0, 2.0, 3.0)
    run([tf.assign(v, v * 10) for v in variables])
    run(variables)


@program
def assign_from_other_by_control(tf, run):
    """Target networks: copied after the update."""
    a, b = start(tf, run, 1.0, 0.0)
    with tf.control_dependencies([tf.assign_add(a, 1.0)]):
        copy = tf.assign(b, a)
    run(copy)
    run([a, b])


@program
def get_variable_value(tf, run):
    with tf.variable_scope("net"):
        w = tf.get_variable("w", [2], initializer=tf.constant_initializer(3.0))
    with tf.variable_scope("net", reuse=True):
        same = tf.get_variable("w")
    run(tf.global_variables_initializer())
    run([tf.assign(w, [1.0, 2.0]), same])
    run(same)
    run.note(w is same)


# Feeds.


@program
def feed_anything(tf, run):
    x = tf.constant(2.0)
    y = x * 3
    z = y + 1
    run(z)
    run(z, {x: 5.0})
    run(z, {y: 100.0})
    run([x, y, z], {y: 100.0, x: 1.0})
    run(z, {z: -1.0})


@program
def feed_by_name(tf, run):
    x = tf.placeholder(tf.float32, [], "x")
    run(x + 1, {"x:0": 3.0})


@program
def feed_a_variable(tf, run):
    w = start(tf, run, 1.0)
    y = w + 0
    run([y, w], {w: 5.0})
    run([y, "a/read:0"], {"a/read:0": 7.0})
    run([y, w])


@program
def feed_cuts_what_lies_before(tf, run):
    w = start(tf, run, 1.0)
    update = tf.assign(w, 2.0)
    y = update + 1
    run(y, {update: 10.0})
    run(w)
    with tf.control_dependencies([update]):
        z = tf.constant(1.0)
    run(z + 1, {z: 5.0})
    run(w)


@program
def feed_cuts_placeholder(tf, run):
    x = tf.placeholder(tf.float32, [])
    y = x * 2
    run(y + 1, {y: 3.0})


@program
def feed_keeps_control_dependencies_of_the_consumer(tf, run):
    w = start(tf, run, 1.0)
    x = tf.placeholder(tf.float32, [])
    with tf.control_dependencies([tf.assign(w, 2.0)]):
        y = x + 1
    run(y, {x: 3.0})
    run(w)


@program
def feed_converts(tf, run):
    x = tf.placeholder(tf.float32)
    for value in (1, 1.5, True, [1, 2], (1, 2), [[1], [2]], np.float64(0.1), np.arange(3), []):
        run(x, {x: value})
    for value in (None, np.float64(1e300)):
        run(x, {x: value})
    i = tf.placeholder(tf.int32)
    for value in (1.75, -1.75, np.float32(2.5), True, np.int64(7)):
        run.attempt(i, {i: value})
    n = tf.placeholder(tf.int64)
    for value in (1, [1, 2], np.int32(3), np.array([4], np.int8)):
        run(n, {n: value})
    b = tf.placeholder(tf.bool)
    for value in (True, [1, 0], np.array([2, 0])):
        run(b, {b: value})
    d = tf.placeholder(tf.float64)
    run(d, {d: np.float32(0.1)})
    s = tf.placeholder(tf.string)
    for value in ("text", b"bytes", ["a", "bc"]):
        run(s, {s: value})


@program
def feed_shapes(tf, run):
    x = tf.placeholder(tf.float32, [None, 2])
    y = tf.reduce_sum(x, 0)
    for n in (0, 1, 3):
        run(y, {x: f32(n, 2)})
    anything = tf.placeholder(tf.float32)
    run(tf.shape(anything), {anything: f32(2, 1, 3)})


@program
def feed_default(tf, run):
    x = tf.placeholder_with_default([1.0, 2.0], [None])
    run(x * 2)
    run(x * 2, {x: [5.0]})


@program
def feed_nothing(tf, run):
    run(tf.constant(1.0), {})
    run(tf.constant(1.0), None)


@program
def feed_is_fetched(tf, run):
    x = tf.placeholder(tf.int32, [2])
    run([x, x + 1], {x: [1, 2]})


@program
def feed_strided(tf, run):
    x = tf.placeholder(tf.float32, [3, 2])
    run(x * 1, {x: f32(2, 3).T})
    run(x * 1, {x: f32(6, 4)[::2, ::2]})


# Fetches.

Pair = collections.namedtuple("Pair", "first second")


@program
def fetch_structures(tf, run):
    a, b = tf.constant(1.0), tf.constant([1, 2])
    run(a)
    run([a])
    run([a, [b, (a, b)]])
    run((a, b))
    run({"a": a, "nested": {"b": [b]}})
    run(Pair(a, b))
    run([Pair(first=a, second=[b])])
    run([])
    run({})
    run(())


@program
def fetch_types(tf, run):
    """A structure comes back as it was given; a scalar as a NumPy scalar."""
    a, b, s = tf.constant(1.0), tf.constant([1, 2]), tf.constant("s")
    for fetch in (
        a,
        b,
        s,
        tf.constant(["s"]),
        tf.constant(True),
        [a],
        (a, b),
        {"a": a},
        Pair(a, b),
    ):
        run.note(type(run.session.run(fetch)).__name__.rstrip("_"))  # NumPy 2 dropped "bool_"
    for fetch in (tf.constant([], tf.float32), tf.zeros([2, 0]), tf.constant(3, tf.int64)):
        run.note(type(run.session.run(fetch)).__name__)
    ordered = collections.OrderedDict([("z", a), ("y", b)])
    run.note(list(run.session.run(ordered)))
    run.note(run.session.run(s))
    run.note(run.session.run(b).flags.writeable)


@program
def fetch_names(tf, run):
    w = start(tf, run, 1.0)
    y = tf.add(w, 1.0, name="y")
    run("y:0")
    run(["y:0", "a:0", "a/read:0", "init"])
    run.note(run.session.run("y"))
    run.note(y.eval(session=run.session))
    run.note(run.session.run(y.op))


@program
def fetch_twice(tf, run):
    x = tf.constant(1.0)
    run([x, x])
    r = tf.random_normal([2], seed=1)
    run([r, r])


@program
def fetch_sparse(tf, run):
    run(tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([3])))


@program
def callables(tf, run):
    x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    product = run.session.make_callable(x * y, [x, y])
    run.note([product(2, 3), product([1.0, 2.0], 4)])
    constant = run.session.make_callable([tf.constant(1), tf.no_op()])
    run.note(constant())
    w = start(tf, run, 1.0)
    add = run.session.make_callable(tf.assign_add(w, x).op, [x])
    add(5.0)
    run(w)


@program
def default_session(tf, run):
    with run.session.as_default():
        run.note(tf.constant(3.0).eval())
        w = tf.Variable(2.0)
        w.initializer.run()
        run.note(w.eval())
        x = tf.placeholder(tf.float32)
        run.note((x + 1).eval({x: 2.0}))
        tf.assign(w, 7.0).op.run()
        run.note(w.eval())
        run.note(tf.get_default_session() is run.session)


@program
def interactive_session(tf, run):
    session = tf.InteractiveSession()
    run.note(tf.constant(3.0).eval())
    session.close()


# Random numbers.


@program
def random_advances_each_run(tf, run):
    r = tf.random_uniform([2], seed=1)
    run(r)
    run(r)
    run(r)


@program
def random_once_per_run(tf, run):
    r = tf.random_uniform([2], seed=1)
    run([r, r + 1, r * 2])


@program
def random_advances_only_when_run(tf, run):
    a, b = tf.random_uniform([2], seed=1), tf.random_uniform([2], seed=1)
    run(a)
    run(a)
    run([a, b])


@program
def random_fresh_in_each_session(tf, run):
    r = tf.random_normal([2], seed=5)
    run(r)
    with tf.Session() as other:
        run.note(other.run(r))
    run(r)


@program
def random_of_graph_seed(tf, run):
    tf.set_random_seed(1)
    a = tf.random_normal([2])
    b = tf.random_uniform([2])
    c = tf.truncated_normal([2], seed=3)
    run([a, b, c])
    run([a, b, c])


@program
def random_kinds(tf, run):
    run(
        [
            tf.random_normal([5], 1.0, 2.0, seed=1),
            tf.random_uniform([5], -1.0, 3.0, seed=1),
            tf.random_uniform([5], 0, 100, tf.int32, seed=1),
            tf.random_uniform([3], maxval=2**40, dtype=tf.int64, seed=1),
            tf.truncated_normal([5], stddev=0.1, seed=1),
            tf.random_normal([3], dtype=tf.float64, seed=1),
            tf.random_uniform([3], dtype=tf.float64, seed=1),
            tf.random_shuffle(tf.range(6), seed=1),
            tf.multinomial([[1.0, 2.0, 0.5]], 6, seed=1),
            tf.random_gamma([3], 2.0, seed=1),
            tf.random_poisson(3.0, [4], seed=1),
            tf.random_crop(tf.reshape(tf.range(12), [3, 4]), [2, 2], seed=1),
        ]
    )


@program
def random_initial_weights(tf, run):
    tf.set_random_seed(3)
    w = tf.Variable(tf.random_normal([2, 3], stddev=1))
    v = tf.get_variable("v", [3, 1])
    run(tf.global_variables_initializer())
    run([w, v])
    run(tf.global_variables_initializer())
    run([w, v])


@program
def dropout_changes_each_run(tf, run):
    y = tf.nn.dropout(tf.ones([8]), 0.5, seed=1)
    run(y)
    run(y)


@program
def dropout_and_its_gradient_share_a_mask(tf, run):
    x = tf.placeholder(tf.float32, [8])
    y = tf.nn.dropout(x, 0.5, seed=1)
    g = tf.gradients(y, x)[0]
    run([y, g], {x: np.ones(8, np.float32)})
    run([y, g], {x: np.ones(8, np.float32)})


# Graph and session together.


@program
def graph_grows_between_runs(tf, run):
    w = start(tf, run, 1.0)
    run(w)
    run(w + 1)
    v = tf.Variable(5.0)
    run(v.initializer)
    run([w + v, w])


@program
def only_what_is_needed_runs(tf, run):
    x = tf.placeholder(tf.float32)
    unused = tf.reshape(x, [7])
    run(tf.constant(1.0))
    run.note(unused.shape.as_list())


@program
def assertions(tf, run):
    x = tf.placeholder(tf.float32, [])
    with tf.control_dependencies([tf.assert_positive(x)]):
        y = x * 2
    run(y, {x: 1.0})
    run.attempt(y, {x: -1.0})


@program
def closed_session(tf, run):
    session = tf.Session()
    run.note(session.run(tf.constant(1)))
    session.close()


@program
def session_of_graph(tf, run):
    graph = tf.Graph()
    with graph.as_default():
        y = tf.constant(4)
    with tf.Session(graph=graph) as session:
        run.note(session.run(y))
        run.note(tf.get_default_graph() is graph)
    run.note(tf.get_default_graph() is graph)


@program
def part_of_a_variable_assigned(tf, run):
    a = start(tf, run, f32(3, 4))
    run(tf.assign(a[1:, 0], num([7, 8])))
    run(a[:0, :0].assign(f32(1, 2)))
    run(a)
