"""Updates of eager mode that repeat each other: one plan, the numbers of operations one by one."""

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.runtime.eager.mode import eager_mode
from stillflow.train import optimizer as optimizers
from stillflow.train import repeated_updates

STEPS = 6  # more than are carried out one by one

OPTIMIZERS = {
    "adam": lambda: tf.train.AdamOptimizer(0.1, beta1=0.8),
    "descent": lambda: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "rmsprop": lambda: tf.train.RMSPropOptimizer(0.1, momentum=0.5, centered=True),
}


@pytest.fixture(autouse=True)
def _eagerly():
    with eager_mode():
        yield


def numbers(step, *shape):
    return tf.constant(np.float32(np.random.RandomState(step).randn(*shape)))


def trained(optimizer, steps=STEPS):
    """What variables and slots are after some steps, whose gradients are always the same."""
    count = tf.Variable(0, dtype=tf.int64, trainable=False)
    variables = [tf.Variable(numbers(10, 2, 3)), tf.Variable(2.0)]
    for step in range(steps):
        pairs = [(numbers(step, 2, 3), variables[0]), (numbers(step), variables[1])]
        assert optimizer.apply_gradients(pairs, global_step=count) is None
    everything = [*variables, *sorted(optimizer.variables(), key=lambda v: v._order), count]
    return [v.numpy().tolist() for v in everything]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_plan_gives_the_same_bits(name, monkeypatch):
    repeating = trained(OPTIMIZERS[name]())
    monkeypatch.setattr(repeated_updates, "_TIMES", STEPS + 1)
    assert repeating == trained(OPTIMIZERS[name]())


@pytest.fixture
def no_single_update(monkeypatch):
    """A function after whose call an update that is carried out one by one fails."""

    def refuse(*args):
        raise AssertionError("an update was carried out one by one")

    return lambda: monkeypatch.setattr(optimizers.Optimizer, "_build_update", refuse)


def test_later_steps_are_one_plan(no_single_update):
    optimizer, v = tf.train.GradientDescentOptimizer(0.5), tf.Variable([1.0, 2.0])
    for step in range(STEPS):
        if step == STEPS - 1:
            no_single_update()
        optimizer.apply_gradients([(tf.ones([2]), v)])
    assert v.numpy().tolist() == [1 - 0.5 * STEPS, 2 - 0.5 * STEPS]


def test_a_new_rate_is_another_update():
    optimizer, v = tf.train.GradientDescentOptimizer(1.0), tf.Variable(0.0)
    for rate in [1.0] * STEPS + [10.0] * STEPS + [1.0]:
        optimizer._learning_rate = rate
        optimizer.apply_gradients([(tf.constant(-1.0), v)])
    assert float(v.numpy()) == 11 * STEPS + 1


def test_a_rate_that_a_function_gives_is_asked_for_each_time():
    rates = iter(range(STEPS))
    optimizer, v = tf.train.GradientDescentOptimizer(lambda: float(next(rates))), tf.Variable(0.0)
    for _ in range(STEPS):
        optimizer.apply_gradients([(tf.constant(-1.0), v)])
    assert float(v.numpy()) == sum(range(STEPS))


def test_a_derived_class_is_asked_each_time():
    seen = []

    class Watching(tf.train.GradientDescentOptimizer):
        def _resource_apply_dense(self, grad, handle):
            seen.append(float(grad))
            return super()._resource_apply_dense(grad, handle)

    optimizer, v = Watching(1.0), tf.Variable(0.0)
    for step in range(STEPS):
        optimizer.apply_gradients([(tf.constant(float(step)), v)])
    assert seen == list(range(STEPS))


def test_a_constraint_is_applied_each_time():
    optimizer = tf.train.GradientDescentOptimizer(1.0)
    v = tf.Variable(0.0, constraint=lambda x: tf.minimum(x, 2.0))
    for _ in range(STEPS):
        optimizer.apply_gradients([(tf.constant(-1.0), v)])
    assert float(v.numpy()) == 2.0


def test_what_fails_says_so_as_the_first_time_and_is_not_done_twice():
    optimizer, v, w = tf.train.GradientDescentOptimizer(1.0), tf.Variable(0.0), tf.Variable([0.0])
    for _ in range(STEPS):
        optimizer.apply_gradients([(tf.constant(-1.0), v), (tf.ones([1]), w)])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"same shape.*\[Op:Resource"):
        optimizer.apply_gradients([(tf.constant(-1.0), v), (tf.ones([3]), w)])
    assert float(v.numpy()) == STEPS + 1  # which came before


def test_a_variable_that_is_gone_is_not_mistaken_for_another():
    optimizer = tf.train.MomentumOptimizer(1.0, 0.5)
    for _ in range(2):
        v = tf.Variable(0.0)
        for _ in range(STEPS):
            optimizer.apply_gradients([(tf.constant(-1.0), v)])
        expected = sum(sum(0.5**k for k in range(step + 1)) for step in range(STEPS))
        assert float(v.numpy()) == pytest.approx(expected)
        del v


KERAS = {
    "adam": lambda: tf.keras.optimizers.Adam(0.1, decay=0.5, amsgrad=True),
    "sgd": lambda: tf.keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
}


def trained_by_keras(optimizer):
    """`trained`, by an optimizer whose rate is changed in the middle, as by a callback."""
    variables = [tf.Variable(numbers(10, 2, 3)), tf.Variable(2.0)]
    for step in range(2 * STEPS):
        if step == STEPS:
            optimizer.learning_rate = 0.5
        pairs = [(numbers(step, 2, 3), variables[0]), (numbers(step), variables[1])]
        assert optimizer.apply_gradients(pairs) is None
    return [v.numpy().tolist() for v in [*variables, *optimizer.weights]]


@pytest.mark.parametrize("name", KERAS)
def test_a_plan_gives_the_same_bits_for_optimizers_of_keras(name, monkeypatch):
    repeating = trained_by_keras(KERAS[name]())
    monkeypatch.setattr(repeated_updates, "_TIMES", 2 * STEPS + 1)
    assert repeating == trained_by_keras(KERAS[name]())


def test_later_steps_of_keras_are_one_plan(monkeypatch):
    optimizer, v = tf.keras.optimizers.SGD(0.5), tf.Variable([1.0, 2.0])
    for step in range(STEPS):
        if step == STEPS - 1:
            monkeypatch.setattr(optimizer, "_build_update", None)
        optimizer.apply_gradients([(tf.ones([2]), v)])
    assert v.numpy().tolist() == [1 - 0.5 * STEPS, 2 - 0.5 * STEPS]
    assert int(optimizer.iterations.numpy()) == STEPS


def trained_rows(optimizer):
    """What a variable and its slots are after steps that change some of its rows, some twice."""
    table = tf.Variable(numbers(10, 6, 2))
    for step in range(STEPS):
        rows = [step, 2, 2, 0][: 2 + step % 3]  # of another number in each step
        grad = tf.IndexedSlices(numbers(step, len(rows), 2), tf.constant(rows), tf.constant([6, 2]))
        optimizer.apply_gradients([(grad, table)])
    return [v.numpy().tolist() for v in [table, *optimizer.variables()]]


@pytest.mark.parametrize("make", [*OPTIMIZERS.values(), *KERAS.values()])
def test_a_plan_gives_the_same_bits_for_gradients_of_rows(make, monkeypatch):
    optimizer = make()
    repeating = trained_rows(optimizer)
    assert [callable(kind) for kind in repeated_updates._known[optimizer].values()] == [True]
    monkeypatch.setattr(repeated_updates, "_TIMES", STEPS + 1)
    assert repeating == trained_rows(make())
