"""A run that fails teaches nothing, and what one form of a run refuses every form refuses.

The outcomes are those that TensorFlow 1.15.5 was seen to give.
"""

import numpy as np
import pytest

import stillflow as tf
from stillflow.graph.errors import InvalidArgumentError

REFUSED = "Assign requires shapes of both tensors to match. lhs shape= "
RUNS = 60  # past the runs after which a plan is written as a function, and compiled


def initialised():
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


@pytest.fixture
def x():
    return tf.placeholder(tf.float32)


def test_a_refused_assignment_is_refused_for_ever(x, tier):
    v = tf.Variable(tf.zeros([2]))
    assign = tf.assign(v, x)
    with initialised() as session:
        for _ in range(RUNS):
            with pytest.raises(InvalidArgumentError, match=f"^{REFUSED}.2. rhs shape= .3."):
                session.run(assign, {x: [1, 2, 3]})
        assert session.run(v).tolist() == [0, 0]
        assert session.run(assign, {x: [1, 2]}).tolist() == [1, 2]


def test_a_shape_that_data_decides_is_looked_at_in_every_run(x, tier):
    v = tf.Variable(tf.zeros([2]))
    x.set_shape([None])
    assign = tf.assign(v, tf.boolean_mask(x, x > 0))
    with initialised() as session:
        for _ in range(RUNS):
            assert session.run(assign, {x: [1, 2, -1]}).tolist() == [1, 2]
        with pytest.raises(InvalidArgumentError, match=REFUSED):
            session.run(assign, {x: [1, 2, 3]})
        assert session.run(v).tolist() == [1, 2]


def test_a_refused_value_that_is_overwritten_in_the_same_run(x, tier):
    v = tf.Variable(tf.zeros([2]))
    with tf.control_dependencies([tf.assign(v, x)]):
        again = tf.assign(v, [5.0, 6.0])
    with initialised() as session:
        for _ in range(RUNS):
            with pytest.raises(InvalidArgumentError, match=REFUSED):
                session.run(again, {x: [1, 2, 3]})
        assert session.run(v).tolist() == [0, 0]


@pytest.mark.parametrize("declared", [None, [None]])
def test_a_variable_of_unknown_shape_keeps_the_one_that_it_has(x, tier, declared):
    first = tf.placeholder_with_default(tf.zeros([2]), declared)
    v = tf.Variable(first, validate_shape=False)
    assign, change = tf.assign(v, x), tf.assign(v, x, validate_shape=False)
    with initialised() as session:
        with pytest.raises(InvalidArgumentError, match=f"{REFUSED}.2. rhs shape= .3."):
            session.run(assign, {x: [1, 2, 3]})
        assert session.run(change, {x: [1, 2, 3]}).tolist() == [1, 2, 3]
        assert session.run(assign, {x: [4, 5, 6]}).tolist() == [4, 5, 6]
        with pytest.raises(InvalidArgumentError, match=f"{REFUSED}.3. rhs shape= .2."):
            session.run(assign, {x: [1, 2]})


def test_a_changed_shape_reaches_plans_that_ran_before(x, tier):
    """What was learned while the variable had its declared shape no longer holds."""
    v = tf.Variable(tf.ones([2]))
    assign, change = tf.assign(v, x), tf.assign(v, x, validate_shape=False)
    double, grow = v * 2, tf.assign_add(v, x)
    with initialised() as session:
        for _ in range(RUNS):
            session.run(double)
            session.run(grow, {x: [0, 0]})
        session.run(change, {x: [1, 2, 3]})
        for _ in range(RUNS):
            assert session.run(double).tolist() == [2, 4, 6]
            assert session.run(grow, {x: [0, 0, 0]}).tolist() == [1, 2, 3]
            assert session.run(assign, {x: [1, 2, 3]}).tolist() == [1, 2, 3]
        with pytest.raises(InvalidArgumentError, match=f"{REFUSED}.3. rhs shape= .2."):
            session.run(assign, {x: [1, 2]})


@pytest.mark.parametrize("value", [[1.0], 1.0, [1.0, 2.0, 3.0]])
@pytest.mark.parametrize("update", [tf.assign_add, tf.assign_sub])
def test_an_update_is_not_broadcast(x, tier, update, value):
    v = tf.Variable(tf.zeros([2]))
    add = update(v, x)
    with initialised() as session:
        for _ in range(RUNS):
            with pytest.raises(InvalidArgumentError, match="Parameters and update must be the sam"):
                session.run(add, {x: value})
        assert session.run(v).tolist() == [0, 0]


def test_what_ran_before_a_segment_that_cannot_be_compiled_is_not_run_again(
    monkeypatch, caplog, soon_compiled
):
    """The segment goes on without a compiler."""
    import stillflow.runtime.xla as xla

    def fails(*_):
        raise RuntimeError("no compiler")

    monkeypatch.setattr(xla, "trace", fails)
    seen = []
    image = tf.py_func(lambda: seen.append(1) or np.ones([100, 100], np.float32), [], tf.float32)
    v = tf.Variable(tf.zeros([100, 100]))
    step = tf.assign(v, tf.tanh(tf.ensure_shape(image, [100, 100])) + v)
    with initialised() as session:
        for run in range(5):
            session.run(step.op)
            assert len(seen) == run + 1
        np.testing.assert_allclose(session.run(v), 5 * np.tanh(1) * np.ones([100, 100]), 1e-6)
    assert "Compiling a run failed" in caplog.text
