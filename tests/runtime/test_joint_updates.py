"""Updates of several small variables are made at once, to the last bit as one after another."""

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.opdef import OPS
from stillflow.runtime.joint_updates import _JointUpdate

SIZES = [(2, 3), (3,), (3, 1), (1,)]
RUNS = 30  # of which the last ones are of the function that is written


def array(shape, seed, dtype=np.float32):
    return np.random.RandomState(seed).randn(*shape).astype(dtype)


def executor_of(session):
    (executor,) = (e for e in session._executors.values() if e.plan.feeds)
    return executor


def joint_steps(session):
    (known,) = executor_of(session).learned.specialised.values()
    return [step for step in known.host.steps if isinstance(step.kernel, _JointUpdate)]


def counts(session):
    """How many variables each joint update writes, slots included."""
    return [len(step.outputs) for step in joint_steps(session)]


OPTIMIZERS = {
    "adam": lambda: tf.train.AdamOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "rms": lambda: tf.train.RMSPropOptimizer(0.1, momentum=0.5),
    "centered": lambda: tf.train.RMSPropOptimizer(0.1, centered=True),
    "adagrad": lambda: tf.train.AdagradOptimizer(0.1),
    "adadelta": lambda: tf.train.AdadeltaOptimizer(0.1),
}


@pytest.mark.parametrize("resource", [False, True])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_it_is_as_if_each_variable_were_alone(optimizer, resource):
    """The same variables trained by as many losses, so that each has a session of its own."""
    rate = tf.placeholder(tf.float32, [])

    def trained(shapes, seeds):
        variables = [
            tf.Variable(array(shape, seed), use_resource=resource)
            for shape, seed in zip(shapes, seeds, strict=True)
        ]
        losses = [
            tf.reduce_sum(rate * v * array(shape, 9 + seed) + tf.square(v))
            for v, shape, seed in zip(variables, shapes, seeds, strict=True)
        ]
        step = OPTIMIZERS[optimizer]().minimize(tf.add_n(losses), var_list=variables)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for turn in range(RUNS):
                session.run(step, {rate: 0.1 * turn})
            return session.run(variables), counts(session)

    together, joint = trained(SIZES, range(4))
    assert len(joint) == 1
    assert joint[0] % 4 == 0
    for n, shape in enumerate(SIZES):
        (alone,), none = trained([shape], [n])
        assert none == []
        np.testing.assert_array_equal(together[n], alone, strict=True)


def adam_of(shapes):
    """Variables and what updates them by a gradient that is fed, times each shape's own numbers."""
    fed = tf.placeholder(tf.float32, [])
    variables = [tf.Variable(array(shape, n)) for n, shape in enumerate(shapes)]
    pairs = [(fed * array(v.shape, 7 + n), v) for n, v in enumerate(variables)]
    return fed, variables, tf.train.AdamOptimizer(0.1).apply_gradients(pairs)


def test_what_is_assigned_or_fetched_between_runs():
    fed, (first, *others), step = adam_of(SIZES)
    reset = first.assign(np.zeros(SIZES[0], np.float32))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(RUNS):
            session.run(step, {fed: 0.5})
        before = session.run([first, *others])
        kept = [value.copy() for value in before]
        session.run(reset)
        session.run(step, {fed: 0.5})
        after = session.run([first, *others])
    assert are_equal(before, kept)
    assert np.abs(after[0]).max() < 0.2  # from zero on, by less than twice the rate
    assert all(np.any(a != b) for a, b in zip(after[1:], before[1:], strict=True))


def are_equal(values, copies):
    return all(np.array_equal(a, b) for a, b in zip(values, copies, strict=True))


def test_few_large_or_other_types_stay_alone():
    fed, _, step = adam_of([(3,), (4,), (50, 50), (60, 60)])
    wide = [tf.Variable(array((n,), n, np.float64)) for n in (3, 4, 5)]
    pairs = [
        (tf.cast(fed, tf.float64) * array((n,), n, np.float64), v)
        for n, v in zip((3, 4, 5), wide, strict=True)
    ]
    wide_step = tf.train.MomentumOptimizer(0.1, 0.9).apply_gradients(pairs)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run([step, wide_step], {fed: 0.5})
        assert counts(session) == [6]


def test_a_read_between_two_updates_sees_what_it_saw():
    """The second update waits for a sum that waits for the first, and is not made with it."""
    fed = tf.placeholder(tf.float32, [])
    rate = tf.constant(0.1)
    variables = [tf.Variable(array((3,), n)) for n in range(4)]
    slots = [tf.Variable(tf.zeros([3])) for _ in variables]

    def update(n):
        raw = OPS["ApplyMomentum"]
        return raw(variables[n]._ref(), slots[n]._ref(), rate, fed * tf.ones([3]), rate)

    first = [update(0), update(1), update(2)]
    with tf.control_dependencies(first):
        seen = tf.reduce_sum(variables[0].read_value())
    with tf.control_dependencies([seen]):
        last = update(3)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for turn in range(RUNS):
            total, _ = session.run([seen, last], {fed: float(turn)})
            value = session.run(variables[0])
            np.testing.assert_allclose(total, value.sum(), rtol=1e-6)
        assert counts(session) == [6]


def test_a_variable_that_is_a_gradient_is_taken_before_it_changes():
    """The gradients of w0 * w1 + w1 * w2 by w0 and w2 are w1 itself."""
    fed = tf.placeholder(tf.float32, [])
    values = [array((3,), n) for n in range(3)]
    w = [tf.Variable(value) for value in values]
    loss = tf.reduce_sum(fed * (w[0] * w[1] + w[1] * w[2]))
    step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    accumulated = [np.zeros(3, np.float32) for _ in w]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(RUNS):
            session.run(step, {fed: 1.0})
            gradients = [values[1], values[0] + values[2], values[1]]
            for n, gradient in enumerate(gradients):
                accumulated[n] = accumulated[n] * np.float32(0.9) + gradient
                values[n] = values[n] - accumulated[n] * np.float32(0.1)
        for found, wanted in zip(session.run(w), values, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=2e-5)


def test_a_run_that_fails_changes_nothing():
    fed, variables, step = adam_of(SIZES)
    with tf.control_dependencies([step]):
        checked = tf.check_numerics(fed * 1, "no number")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(RUNS):
            session.run(checked, {fed: 0.5})
        before = session.run(variables)
        with pytest.raises(tf.errors.InvalidArgumentError, match="no number"):
            session.run(checked, {fed: np.nan})
        for a, b in zip(before, session.run(variables), strict=True):
            np.testing.assert_array_equal(a, b)
        session.run(checked, {fed: 0.5})
        assert any(np.any(a != b) for a, b in zip(before, session.run(variables), strict=True))


def test_one_update_computes_as_the_op_does():
    """One call, compared with the op's own function."""
    shapes = [(2, 2), (3,), (1, 4)]
    fed, _, step = adam_of(shapes)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step, {fed: 0.5})
        session.run(step, {fed: 0.5})
        (joint,) = joint_steps(session)
    numbers = [np.asarray(x, np.float32) for x in (0.9, 0.999, 0.1, 0.9, 0.999, 1e-8)]
    columns = [[array(s, 20 * c + n) ** 2 for n, s in enumerate(shapes)] for c in range(4)]
    found = joint.kernel(*(a for column in columns for a in column), *numbers)
    for n in range(3):
        var, m, v, grad = (column[n] for column in columns)
        wanted = OPS["ApplyAdam"].fn(NUMPY, var, m, v, *numbers, grad)
        for c in range(3):
            np.testing.assert_array_equal(found[3 * c + n], wanted[c], strict=True)
