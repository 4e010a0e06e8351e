"""Programs in which nothing orders a read and a write of the same variable.

What TensorFlow does with them differs from run to run, by the order in which ready ops reach its
threads: the recording shows which outcomes occur. Stillflow reads first; `EXPECTED` says what that
gives.
"""

import numpy as np

from .arrays import f32
from .suite import Suite

suite = Suite("races")

#: {case id: the results of its runs where every read comes first}
EXPECTED = {}


def race(*expected):
    """Adds the decorated `fn(tf, run)`, whose runs give `expected` where reads come first."""

    def add(fn):
        suite.case(fn.__name__, fn, grad=False)
        EXPECTED[fn.__name__] = expected
        return fn

    return add


def variables(tf, run, *values):
    made = [tf.Variable(values[i], name="abc"[i]) for i in range(len(values))]
    run.session.run(tf.global_variables_initializer())
    return made


@race([np.float32(3), np.float32(3)], np.float32(3))
def use_beside_write_of_itself(tf, run):
    """TensorFlow 1.15 writes first, whatever the number of threads."""
    (w,) = variables(tf, run, 1.0)
    run([w * 3, tf.assign(w, w * 2 + 1)])
    run(w)


@race([np.float32(16), np.float32(0.5)], np.float32(0.5))
def long_use_beside_write(tf, run):
    """Each of many uses of a variable may see another value."""
    (w,) = variables(tf, run, 1.0)
    y = w * 1
    for _ in range(15):
        y = tf.square(tf.sqrt(y)) + w
    run([y, tf.assign(w, w * 0.5)])
    run(w)


@race([np.float32(2), np.float32(5)], [np.float32(2), np.float32(5)])
def write_of_another_variable(tf, run):
    """In TensorFlow 1.15 a later takes b's new value, for `b/read` is b itself."""
    a, b = variables(tf, run, 1.0, 2.0)
    run([tf.assign(a, b), tf.assign(b, 5.0)])
    run([a, b])


@race(None, np.float32(100))
def two_assignments(tf, run):
    """The one that was made last is the last."""
    (w,) = variables(tf, run, 1.0)
    run(tf.group(tf.assign(w, 10.0), tf.assign(w, 100.0)))
    run(w)


def regression(tf):
    """A loss of three variables, all ones, of which two are regularised."""
    x = tf.placeholder_with_default(f32(4, 2), [None, 2])
    v = tf.Variable(np.ones((2, 3), np.float32), name="v")
    w = tf.Variable(np.ones((3, 1), np.float32), name="w")
    bias = tf.Variable(np.ones(3, np.float32), name="bias")
    y = tf.matmul(tf.nn.relu(tf.matmul(x, v) + bias), w)
    penalties = [tf.nn.l2_loss(v), tf.nn.l2_loss(w)]
    loss = tf.reduce_mean(tf.square(y)) / 3 / 3 + 0.1 * tf.add_n(penalties) / 2 / 3
    return loss, v, w, penalties


@race([np.float32(3), np.float32(1.5)])
def penalty_beside_step(tf, run):
    """A regularisation term feeds no gradient, so the step may come before it is computed.

    It follows that TensorFlow's loss, fetched with the step, is not the same number every time.
    """
    loss, _, _, penalties = regression(tf)
    step = tf.Variable(0, trainable=False, name="step")
    train = tf.train.GradientDescentOptimizer(0.01).minimize(loss, global_step=step)
    run.session.run(tf.global_variables_initializer())
    run.note(run.session.run([train, loss, step, *penalties])[3:])


@race([np.ones((2, 3), np.float32), np.ones((3, 1), np.float32)])
def average_beside_step(tf, run):
    """`train_step` and `ema.apply` under one `no_op`: the average may or may not see the step."""
    loss, v, w, _ = regression(tf)
    step = tf.Variable(0, trainable=False, name="step")
    train_step = tf.train.GradientDescentOptimizer(0.01).minimize(loss, global_step=step)
    ema = tf.train.ExponentialMovingAverage(0.99, step)
    with tf.control_dependencies([train_step, ema.apply([v, w])]):
        train = tf.no_op(name="train")
    run.session.run(tf.global_variables_initializer())
    run.session.run(train)
    run([ema.average(v), ema.average(w)])


@race([None, np.float32(1)], np.float32(1))
def initialise_and_fetch(tf, run):
    """TensorFlow 1.15 refuses: the variable is fetched before it has a value."""
    w = tf.Variable(1.0, name="w")
    run.attempt([w.initializer, w])
    run(w)
