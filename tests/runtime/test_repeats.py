"""Steps that do the same again and again: which are found, and that they compile to a loop."""

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.runtime.cost import switch
from stillflow.runtime.plan import make_plan
from stillflow.runtime.repeats import Repeat, rolled


def repeats(fetches, feeds):
    """The period of each Repeat, and how often it comes."""
    plan = make_plan(fetches, feeds)
    found = rolled(plan.steps, set(plan.fetches), plan.constants.__getitem__)
    steps = [s for item in found for s in (item.steps if isinstance(item, Repeat) else [item])]
    assert steps == plan.steps
    return [(item.period, item.times) for item in found if isinstance(item, Repeat)]


def chain(value, turn, times):
    for _ in range(times):
        value = turn(value)
    return value


def test_a_chain_of_equal_steps_repeats():
    x = tf.placeholder(tf.float32, [3])
    assert repeats([chain(x, tf.tanh, 101)], [x]) == [(1, 100)]


def test_constants_of_equal_values_are_the_same():
    x = tf.placeholder(tf.float32, [3])
    y = chain(x, lambda v: tf.sin(v * 0.5 + 1.0), 41)
    ((period, times),) = repeats([y], [x])
    assert (period, times) == (3, 40)


def test_different_constants_are_not():
    x = tf.placeholder(tf.float32, [3])
    y = x
    for number in range(100):
        y = y * float(number)
    assert repeats([y], [x]) == []


def test_what_is_wanted_in_between_ends_a_repeat():
    x = tf.placeholder(tf.float32, [3])
    middle = chain(x, tf.tanh, 41)
    assert repeats([middle, chain(middle, tf.tanh, 51)], [x]) == [(1, 40), (1, 50)]


def test_a_few_steps_are_left_as_they_are():
    x = tf.placeholder(tf.float32, [3])
    assert repeats([chain(x, tf.tanh, 20)], [x]) == []


def test_a_repeat_takes_as_long_to_compile_as_its_block():
    x = tf.placeholder(tf.float32, [3])
    plan = make_plan([chain(x, tf.tanh, 1000)], [x])
    pieces = rolled(plan.steps, set(plan.fetches), plan.constants.__getitem__)
    slots = [np.zeros(3, np.float32)] * len(plan.constants)
    alone = switch(plan.steps[:2], slots).compiling
    assert switch(plan.steps, slots, (), pieces).compiling == alone
    assert switch(plan.steps, slots).compiling > 10 * alone


@pytest.mark.parametrize("shape", [[3], [2, 3]])
def test_values_are_the_same_on_both_tiers(tier, shape):
    """Where the second step gives another shape than it is given, too."""
    x, w = tf.placeholder(tf.float32, [3]), tf.placeholder(tf.float32, shape)
    with tf.Session() as session:
        y = chain(x, lambda v: tf.maximum(v, w) * 0.5, 60)
        fed = {x: [1.0, -2.0, 4.0], w: np.full(shape, 3.0)}
        for _ in range(2):
            np.testing.assert_array_equal(session.run(y, fed), np.full(shape, 1.5))


def test_it_is_compiled_as_a_loop(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [3])
    y = chain(x, tf.tanh, 100)
    with tf.Session() as session:
        result = session.run(y, {x: [0.5, 0.0, -2.0]})
        (executor,) = session._executors.values()
        (program,) = executor.learned.compiled.values()
        (part,) = program._parts
        arguments = [], [], [np.zeros(3, np.float32)]
        assert str(part._function.trace(*arguments).jaxpr).count("tanh") == 2
    expected = np.float32([0.5, 0.0, -2.0])
    for _ in range(100):
        expected = np.tanh(expected)
    np.testing.assert_allclose(result, expected, rtol=1e-5)
