"""Steps that repeat each other: their gradients come from a program, and are those of the walk."""

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.gradients import repeated_tapes, tape_walk

STEPS = 6  # more than are walked over


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    monkeypatch.setattr(repeated_tapes, "_walked", {})
    monkeypatch.setattr(repeated_tapes, "_programs", {})


@pytest.fixture
def no_walk(monkeypatch):
    """A function after whose call a walk over a tape fails."""

    def refuse(*args):
        raise AssertionError("a tape was walked over")

    return lambda: monkeypatch.setattr(tape_walk, "walked_gradients", refuse)


def numbers(*shape, at=0):
    return np.random.RandomState(at).randn(*shape).astype(np.float32)


def test_programs_give_the_numbers_of_the_walk():
    w, b = tf.Variable(numbers(5, 4)), tf.Variable(numbers(4, at=1))
    table = tf.Variable(numbers(7, 4, at=2), use_resource=True)
    for step in range(STEPS):
        x = tf.constant(numbers(3, 5, at=step))
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            rows = tf.gather(table, [step, 0, 2]) + tf.gather(table.read_value(), [1, 0, step])
            hidden = tf.nn.sigmoid(tf.matmul(x, w) + b) * rows
            loss = tf.reduce_mean(tf.square(hidden), axis=1)
        sources = [w, x, b, table, loss]
        grads = tape.gradient(loss, sources)
        handles = [w.handle, x, b.handle, table.handle, loss]
        walked = tape_walk.walked_gradients(tape._tape, [loss], handles, [None])
        for grad, expected in zip(grads, walked, strict=True):
            assert tf.convert_to_tensor(grad).numpy().tolist() == (
                tf.convert_to_tensor(expected).numpy().tolist()
            )
    assert [program is not None for program, _ in repeated_tapes._programs.values()] == [True]


def test_later_steps_are_not_walked_over(no_walk):
    w = tf.Variable(numbers(4))

    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(w * w)
        return tape.gradient(loss, w)

    for _ in range(STEPS):
        step()
    w.assign([1.0, 2.0, 3.0, 4.0])
    no_walk()
    assert step().numpy().tolist() == [2.0, 4.0, 6.0, 8.0]


def test_what_decides_about_shapes_is_part_of_the_form():
    x = tf.constant(numbers(2, 2))
    for axis in [0, 1] * STEPS:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(x, axis)
        grad = tape.gradient(y, x, output_gradients=tf.constant([1.0, 2.0]))
        assert grad.numpy().tolist() == ([[1, 2], [1, 2]] if axis == 0 else [[1, 1], [2, 2]])


def test_gradients_that_a_tape_records_are_walked_for():
    x = tf.constant(3.0)
    for _ in range(STEPS):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = x * x * x
            first = inner.gradient(y, x)
        assert float(outer.gradient(first, x)) == 18.0


def test_code_of_the_program_runs_each_time():
    seen = []

    @tf.custom_gradient
    def doubled(x):
        def backward(dy):
            seen.append(float(dy))
            return 2.0 * dy

        return 2.0 * x, backward

    x = tf.constant(1.0)
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = doubled(x)
        assert float(tape.gradient(y, x)) == 2.0
    assert seen == [1.0] * STEPS


def test_what_fails_says_so_as_the_first_time():
    x = tf.constant(1.0)
    for weight in [1.0] * STEPS + [np.inf]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.check_numerics(x * x, "no number")
        if weight == 1.0:
            assert float(tape.gradient(y, x, output_gradients=tf.constant(weight))) == 2.0
    with pytest.raises(tf.errors.InvalidArgumentError, match="CheckNumerics"):
        tape.gradient(y, x, output_gradients=tf.constant(weight))


def test_many_forms_get_programs_only_where_they_are_frequent(monkeypatch):
    monkeypatch.setattr(repeated_tapes, "_MOST_PROGRAMS", 1)
    monkeypatch.setattr(repeated_tapes, "_TIMES_WALKED_OF_MANY", 5)

    def ask(size, times):
        for _ in range(times):
            x = tf.ones([size])
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * x
            assert tape.gradient(y, x).numpy().tolist() == [2.0] * size

    ask(1, 3)
    (first,) = repeated_tapes._programs
    ask(2, 4)
    assert list(repeated_tapes._programs) == [first]
    ask(2, 2)
    assert list(repeated_tapes._programs) != [first]
    assert len(repeated_tapes._programs) == 1


def test_no_gradient_reaches_what_was_not_watched():
    x, w = tf.constant([1.0, 2.0]), tf.Variable([3.0, 4.0])
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            y = x * w
        of_x, of_w = tape.gradient(y, [x, w])
        assert of_x is None
        assert of_w.numpy().tolist() == [1.0, 2.0]


def test_numbers_among_the_arguments_leave_the_form_as_it_is(no_walk):
    x = tf.constant(numbers(4, 3))
    for step in range(STEPS):
        if step == STEPS - 1:
            no_walk()
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.maximum(tf.clip_by_value(x[1:, 0], -0.5, 0.5), 0)
        grad = tape.gradient(y, x)
    inside = (x.numpy()[1:, 0] >= 0) & (x.numpy()[1:, 0] <= 0.5)
    assert grad.numpy()[1:, 0].tolist() == inside.astype(np.float32).tolist()
    assert not grad.numpy()[:, 1:].any()


def test_variables_of_other_sizes_are_of_another_form():
    for size in [5, 7] * STEPS:
        table = tf.Variable(numbers(size, 2))
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 1, 3]) ** 2)
        grad = tape.gradient(loss, table)
        assert grad.indices.numpy().tolist() == [1, 1, 3]
        assert grad.dense_shape.numpy().tolist() == [size, 2]
        assert grad.values.numpy().tolist() == (2 * table.numpy()[[1, 1, 3]]).tolist()
    assert all(program is not None for program, _ in repeated_tapes._programs.values())
