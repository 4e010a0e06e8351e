"""How loops and choices run: as one step each, on both tiers, and in each form of a run."""

import jax
import numpy as np
import pytest

import stillflow as tf
from stillflow.graph import errors
from stillflow.runtime.plan import make_plan
from stillflow.runtime.regions import Choice, Loop
from stillflow.runtime.trips import trips_of

RUNS = 25  # enough for a host program to be written as a function


def executor_of(session):
    (prepared,) = session._prepared.values()
    return prepared.executor


def regions_of(plan):
    found = [step.region for step in plan.steps if step.region is not None]
    return found + [r for region in found for part in region.parts for r in regions_of(part.plan)]


def powers(x, turns=5):
    return tf.while_loop(lambda i, _: i < turns, lambda i, v: (i + 1, v * x), [0, x])[1]


def test_a_loop_and_a_choice_are_steps_with_plans_of_their_own(tier):
    x = tf.placeholder(tf.float32, [])
    y = tf.cond(x > 0, lambda: powers(x), lambda: x)
    with tf.Session() as sess:
        assert sess.run(y, {x: 2.0}) == 64.0
        choice, loop = regions_of(executor_of(sess).plan)
    assert isinstance(choice, Choice)
    assert isinstance(loop, Loop)


def test_a_loop_and_its_gradient_compile_to_one_while_each(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x, w = tf.placeholder(tf.float32, [3]), tf.placeholder(tf.float32, [3])
    y = tf.while_loop(lambda i, _: i < 7, lambda i, v: (i + 1, tf.tanh(v * w)), [0, x])[1]
    slope = tf.gradients(y, w)[0]
    fed = [np.ones(3, np.float32), np.full(3, 0.5, np.float32)]
    with tf.Session() as sess:
        sess.run(slope, dict(zip([x, w], fed, strict=True)))
        (program,) = executor_of(sess).learned.compiled.values()
    (part,) = program._parts
    with jax.enable_x64(True):
        text = part._function.lower([], [], fed).as_text()
    assert text.count("stablehlo.while") == 2


@pytest.mark.parametrize(
    ("condition", "exact", "at_most"),
    [
        (lambda i, v, n: i < 6, 6, 6),
        (lambda i, v, n: tf.logical_and(i < 6, v < 100.0), None, 6),
        (lambda i, v, n: i < tf.minimum(n, 9), None, 9),
        (lambda i, v, n: i <= tf.minimum(n, 9), None, 10),
        (lambda i, v, n: i < n, None, None),
        (lambda i, v, n: v < 100.0, None, None),
        (lambda i, v, n: i < 10**9, None, None),
    ],
)
def test_how_many_turns_are_known(condition, exact, at_most):
    x, n = tf.placeholder(tf.float32, []), tf.placeholder(tf.int32, [])
    y = tf.while_loop(
        lambda i, v: condition(i, v, n), lambda i, v: (i + 2 - 1, v * 1.5 + 1.0), [0, x]
    )
    plan = make_plan([y[1]], [x, n])
    (step,) = [step for step in plan.steps if step.region is not None]
    inputs = [plan.constants[slot] for slot in step.inputs]  # None is what is not known
    assert trips_of(step.region, inputs)[:2] == (exact, at_most)


def test_a_loop_of_unknown_length_that_fills_a_stack_stays_on_the_host(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [1, 1])
    y = tf.while_loop(lambda v: tf.reduce_sum(v) < 100.0, lambda v: tf.matmul(v, v), [x])
    slope = tf.gradients(y, x)[0] + tf.square(x)
    with tf.Session() as sess:
        for _ in range(3):
            assert sess.run(slope, {x: [[2.0]]}) == 8 * 2.0**7 + 4.0
        executor = executor_of(sess)
    assert any("LoopCond" in op.type for op in executor.refused)
    (program,) = executor.learned.compiled.values()
    assert not program.refused


def test_a_failing_check_in_a_loop_is_that_of_its_first_turn(tier):
    v = tf.Variable(1.0)
    x = tf.placeholder(tf.float32, [])

    def body(i, y):
        below = tf.Assert(y < 20.0, ["too large:", y], name="below")
        with tf.control_dependencies([below]):
            return i + 1, y * 2.0

    y = tf.while_loop(lambda i, _: i < 8, body, [0, x])[1]
    changed = tf.assign_add(v, y)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(RUNS):
            with pytest.raises(errors.InvalidArgumentError) as caught:
                sess.run(changed, {x: 3.0})
            assert caught.value.message.startswith("assertion failed: [too large:] [24]")
            assert "below" in caught.value.op.name
            assert sess.run(v) == 1.0
        assert sess.run(changed, {x: 0.0}) == 1.0


def test_an_error_in_a_written_loop_names_its_operation(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    x, n = tf.placeholder(tf.float32, [4]), tf.placeholder(tf.int32, [])
    y = tf.while_loop(
        lambda i, _: i < 3, lambda i, v: (i + 1, v + tf.gather(x, n, name="chosen")), [0, 0.0]
    )[1]
    with tf.Session() as sess:
        for _ in range(RUNS):
            assert sess.run(y, {x: np.arange(4.0), n: 2}) == 6.0
        (known,) = executor_of(sess).learned.specialised.values()
        assert known.function is not None
        with pytest.raises(errors.InvalidArgumentError) as caught:
            sess.run(y, {x: np.arange(4.0), n: 9})
        assert caught.value.op.name == "while/chosen"


def test_a_written_choice_takes_either_side(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    x = tf.placeholder(tf.float32, [None])
    v = tf.Variable(1.0)
    y = tf.cond(x[0] > 0, lambda: tf.assign_add(v, tf.reduce_sum(x)) * 1.0, lambda: x[0] - v)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(RUNS):
            sess.run(y, {x: [1.0, 1.0]})
        assert sess.run(y, {x: [-1.0, 5.0]}) == -2.0 - 2.0 * RUNS
        assert sess.run(y, {x: [2.0, 5.0]}) == 1.0 + 2.0 * RUNS + 7.0
        assert sess.run(v) == 1.0 + 2.0 * RUNS + 7.0


def test_random_numbers_in_a_loop_go_on_from_turn_to_turn_and_run_to_run(monkeypatch):
    drawn = {}
    for tier in ("host", "xla"):
        monkeypatch.setenv("STILLFLOW_TIER", tier)
        with tf.Graph().as_default():
            n = tf.placeholder(tf.int32, [])
            array = tf.TensorArray(tf.float32, 6, clear_after_read=False)
            draw = lambda i, a: (i + 1, a.write(i, tf.random_uniform([3], seed=2)))
            _, filled = tf.while_loop(lambda i, _, n=n: i < n, draw, [0, array])
            rows = filled.gather(tf.range(n))
            with tf.Session() as sess:
                drawn[tier] = [sess.run(rows, {n: count}) for count in (2, 3, 2)]
    for host, compiled in zip(drawn["host"], drawn["xla"], strict=True):
        np.testing.assert_array_equal(host, compiled)
    every = np.concatenate(drawn["host"])
    assert len(np.unique(every)) == every.size


def test_only_the_side_that_is_taken_needs_its_variable(tier):
    p = tf.placeholder(tf.bool, [])
    with tf.variable_scope("", use_resource=True):
        v = tf.get_variable("v", initializer=2.0)
    y = tf.cond(p, lambda: v.read_value() * 2, lambda: tf.constant(1.0))
    with tf.Session() as sess:
        assert sess.run(y, {p: False}) == 1.0
        with pytest.raises((errors.FailedPreconditionError, errors.NotFoundError)):
            sess.run(y, {p: True})
        sess.run(v.initializer)
        assert sess.run(y, {p: True}) == 4.0


@pytest.mark.parametrize("size", [4, 300])
def test_sides_of_either_weight_give_the_values_of_the_one_taken(size, tier):
    """Small ones are both computed when compiled, others are branched to."""
    x = tf.placeholder(tf.float32, [size, size])
    y = tf.cond(x[0, 0] > 0, lambda: tf.sqrt(x), lambda: tf.matmul(x, x))
    slope = tf.gradients(y, x)[0]
    with tf.Session() as sess:
        for sign in (1, -1):
            fed = sign * np.ones((size, size), np.float32)
            value, grad = sess.run([y, slope], {x: fed})
            np.testing.assert_allclose(value, np.full_like(fed, 1.0 if sign > 0 else size))
            np.testing.assert_allclose(grad, np.full_like(fed, 0.5 if sign > 0 else -2.0 * size))


def test_work_in_loops_counts_turn_by_turn():
    x = tf.placeholder(tf.float32, [])
    y = powers(x, turns=2000)
    with tf.Session() as sess:
        sess.run(y, {x: 1.0})
        (known,) = executor_of(sess).learned.specialised.values()
        assert 10 < known.host_runs_limit < 1000


def test_nothing_is_learned_of_a_choice_in_a_run_that_fails(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    x, take = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.bool, [])
    y = tf.cond(take, lambda: x + tf.cast(tf.shape(x)[0], tf.float32), lambda: x)
    with tf.control_dependencies([tf.Assert(tf.reduce_sum(y) < 100.0, [y])]):
        z = tf.identity(y) * 1.0
    with tf.Session() as sess:
        with pytest.raises(errors.InvalidArgumentError):
            sess.run(z, {x: [0.0] * 99, take: True})
        sess.run(z, {x: [0.0, 0.0], take: False})
        assert sess.run(z, {x: [0.0, 0.0], take: True}).tolist() == [2.0, 2.0]


def test_a_variable_that_a_side_writes_does_not_keep_the_fed_array(tier):
    x, take = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.bool, [])
    v = tf.Variable([0.0, 0.0])
    y = tf.cond(take, lambda: v.assign(x), lambda: v.assign(x * 2.0))
    with tf.Session() as sess:
        sess.run(v.initializer)
        for _ in range(RUNS):
            sess.run(y.op, {x: [1.0, 1.0], take: False})
        fed = np.ones(2, np.float32)
        sess.run(y.op, {x: fed, take: True})
        fed[:] = 7.0
        assert sess.run(v).tolist() == [1.0, 1.0]


def test_a_variable_written_after_a_loop_without_turns_does_not_keep_the_fed_array(tier):
    x, turns = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.int32, [])
    v = tf.Variable([0.0, 0.0])
    y = v.assign(tf.while_loop(lambda i, _: i < turns, lambda i, a: (i + 1, a * 2.0), [0, x])[1])
    with tf.Session() as sess:
        sess.run(v.initializer)
        for _ in range(RUNS):
            sess.run(y.op, {x: [1.0, 1.0], turns: 1})
        fed = np.ones(2, np.float32)
        sess.run(y.op, {x: fed, turns: 0})
        fed[:] = 7.0
        assert sess.run(v).tolist() == [1.0, 1.0]


def test_strings_go_through_choices_and_loops(tier):
    take = tf.placeholder(tf.bool, [])
    chosen = tf.cond(take, lambda: tf.constant("a"), lambda: tf.constant("bc"))
    last = tf.while_loop(lambda i, _: i < 3, lambda i, _: (i + 1, chosen), [0, ""])[1]
    with tf.Session() as sess:
        for _ in range(2):
            assert sess.run([chosen, last], {take: True}) == [b"a", b"a"]
            assert sess.run([chosen, last], {take: False}) == [b"bc", b"bc"]


def test_a_loop_without_turns_needs_no_value_of_what_its_body_reads_by_a_handle(tier):
    v = tf.Variable(3.0, use_resource=True)
    turns = tf.placeholder(tf.int32, [])
    y = tf.while_loop(lambda i, _: i < turns, lambda i, a: (i + 1, a + v.read_value()), [0, 0.0])[1]
    with tf.Session() as sess:
        for _ in range(RUNS):
            assert sess.run(y, {turns: 0}) == 0.0
            with pytest.raises(errors.FailedPreconditionError):
                sess.run(y, {turns: 1})
        sess.run(v.initializer)
        for _ in range(RUNS):
            assert sess.run(y, {turns: 2}) == 6.0


def test_a_shape_that_a_side_asks_for_holds_no_segments_apart(monkeypatch):
    """The gradient of the side divides up what was broadcast in it, by shapes of what was there."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x, training = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.int32, [])
    w = tf.placeholder(tf.float32, [None, 1])
    y = tf.cond(training > 0, lambda: tf.tanh(x * w) * w, lambda: tf.tanh(x))
    slopes = tf.gradients(y, [x, w])
    fed = {x: np.ones((200, 3), np.float32), w: np.full((200, 1), 2.0, np.float32)}
    squared = np.tanh(2.0) ** 2
    with tf.Session() as sess:
        dx, dw = sess.run(slopes, {**fed, training: 1})
        np.testing.assert_allclose(dx, np.full((200, 3), 4 * (1 - squared)), rtol=1e-5)
        np.testing.assert_allclose(
            dw, np.full((200, 1), 3 * (2 * (1 - squared) + np.tanh(2.0))), rtol=1e-5
        )
        assert not sess.run(slopes, {**fed, training: 0})[1].any()
        (program,) = executor_of(sess).learned.compiled.values()
    assert len(program._parts) == 1
