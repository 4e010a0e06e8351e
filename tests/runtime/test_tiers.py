"""The two tiers: when each runs, what is compiled and how often, and that neither shows."""

import math
import subprocess
import sys

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.runtime.cost import switch
from stillflow.runtime.expecting import expected_runs, expecting
from stillflow.runtime.xla import XlaProgram

_TRAINING = """
import sys
import stillflow as tf
x = tf.placeholder(tf.float32, [None, 2])
w = tf.Variable(tf.random_normal([2, 3], seed=1))
loss = tf.reduce_mean(tf.square(tf.matmul(x, w)))
step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(50):
        session.run(step, {x: [[1.0, 2.0]]})
print("jax" in sys.modules)
"""


def compiled_programs(session) -> list[XlaProgram]:
    return [p for e in session._executors.values() for p in e.learned.compiled.values()]


def training_step():
    """A small regression with batches of any size."""
    x = tf.placeholder(tf.float32, [None, 2])
    w = tf.Variable([[1.0], [2.0]])
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w)))
    return x, w, tf.train.GradientDescentOptimizer(0.01).minimize(loss)


def test_a_small_program_never_imports_jax():
    done = subprocess.run(
        [sys.executable, "-c", _TRAINING], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_a_second_run_does_not_trace_again(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x, _, step = training_step()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(step, {x: np.ones((4, 2))})
        programs = [p for p in compiled_programs(session) if p.runs == 3]
        assert [p.traces for p in programs] == [1]


def test_each_batch_size_is_traced_once(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x, _, step = training_step()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(2):
            for rows in (4, 7):
                session.run(step, {x: np.ones((rows, 2))})
        programs = [p for p in compiled_programs(session) if p.runs == 2]
        assert [p.traces for p in programs] == [1, 1]


def test_an_updated_variable_keeps_its_buffer(monkeypatch):
    """XLA writes the new value where the old one was: no copy of a variable on an update."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    w = tf.Variable(tf.zeros([64, 64]))
    add = tf.assign_add(w, tf.ones([64, 64])).op
    with tf.Session() as session:
        session.run(w.initializer)
        session.run(add)
        first = session._state.variables[w.op].unsafe_buffer_pointer()
        session.run(add)
        assert session._state.variables[w.op].unsafe_buffer_pointer() == first


def compiled_text(session, feeds) -> str:
    """What XLA made of the last compiled run, as text."""
    import jax

    executor = next(e for e in reversed(session._executors.values()) if e.learned.compiled)
    (program,) = executor.learned.compiled.values()
    (part,) = program._parts
    state = session._state.variables
    slots = {slot: state[variable] for variable, slot in executor.plan.variables.items()}
    slots.update(zip(executor.plan.feeds, feeds, strict=True))
    streams = executor.plan.streams.items()
    slots.update({slot: session._state.stream(op).words() for op, slot in streams})
    donated, inputs = ([slots[n] for n in found] for found in (part._donated, part._inputs))
    with jax.enable_x64(True):
        return part._function.lower([], donated, inputs).compile().as_text()


def test_variables_that_are_updated_together_are_updated_in_place(monkeypatch):
    """The moments are computed once, where they lie; the weights' old values alone are copied."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    w = tf.Variable(tf.ones([80, 80]))
    x = tf.placeholder(tf.float32, [5, 80])
    loss = tf.reduce_sum(tf.square(tf.matmul(x, w))) + tf.nn.l2_loss(w)
    step = tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss)
    images = np.ones((5, 80), np.float32)
    with tf.Session() as session:
        session.run(tf.variables_initializer(tf.global_variables()), {x: images})
        session.run(step, {x: images})
        text = compiled_text(session, [images])
    assert text.count("= f32[80,80]{1,0} copy(") <= 1


@pytest.mark.parametrize(("side", "branches"), [(200, 1), (20, 0)])
def test_many_numbers_are_drawn_once_for_all_their_uses(side, branches, monkeypatch):
    """By code of their own, which few are not worth."""
    drawn = {}
    for tier in ("host", "xla"):
        monkeypatch.setenv("STILLFLOW_TIER", tier)
        with tf.Graph().as_default(), tf.Session() as session:
            x = tf.placeholder(tf.float32, [side, side])
            kept = tf.nn.dropout(x, rate=0.25, seed=3)
            uses = [kept, tf.gradients(tf.square(kept), x)[0]]
            fed = np.arange(side * side, dtype=np.float32).reshape(side, side)
            drawn[tier] = session.run(uses, {x: fed})
            if tier == "xla":
                assert compiled_text(session, [fed]).count(" conditional(") == branches
    np.testing.assert_array_equal(drawn["host"], drawn["xla"])


def test_runs_that_follow_each_other_give_what_separate_ones_give(monkeypatch):
    """A run right after the same one starts from what that left; other runs come between."""

    def trained(tier: str, together: bool) -> list:
        monkeypatch.setenv("STILLFLOW_TIER", tier)
        with tf.Graph().as_default(), tf.Session() as session:
            big = tf.Variable(tf.ones([80, 80]))
            x, w, step = training_step()
            count = tf.Variable(0.0)
            more = tf.group(step, tf.assign_add(big, big * 0.1), tf.assign_add(count, 1.0))
            session.run(tf.global_variables_initializer())
            seen = []
            for run in range(6):
                seen.append(session.run([more, w, count], {x: np.full((4, 2), run)})[1:])
                assert (session._state.last_writer is None) == (tier == "host")
                if not together or run == 3:
                    session.run(tf.assign(count, count * 2.0))
                    seen.append(session.run([big, w]))
            return [value for values in seen for value in values]

    for together in (True, False):
        pairs = zip(trained("xla", together), trained("host", together), strict=True)
        for compiled, on_host in pairs:
            np.testing.assert_allclose(compiled, on_host, rtol=1e-6)


def test_a_failed_run_of_another_program_leaves_the_variables_to_the_last_one(monkeypatch):
    """It was given the buffers that the last program would have started from again."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    w = tf.Variable(tf.ones([80, 80]))
    count = tf.Variable(0.0)
    labels = tf.placeholder(tf.int32, [80])
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=w, labels=labels)
    checked = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(losses))
    doubled = tf.group(tf.assign(w, w * 2.0), tf.assign_add(count, 1.0))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(doubled)
        with pytest.raises(tf.errors.InvalidArgumentError, match="label"):
            session.run(checked, {labels: np.full(80, 99)})
        np.testing.assert_array_equal(session.run(w), np.full((80, 80), 8.0))
        session.run(doubled)
        np.testing.assert_array_equal(session.run(w), np.full((80, 80), 16.0))
        assert session.run(count) == 4.0


def test_a_fed_array_is_handed_over_once(monkeypatch):
    """One transfer to the device per feed and run, however many operations read it."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [2])
    y = tf.reduce_sum(x * x) + tf.reduce_sum(tf.exp(x)) + tf.reduce_sum(tf.tanh(x) * x)
    with tf.Session() as session:
        session.run(y, {x: [1.0, 2.0]})
        (program,) = compiled_programs(session)
        (part,) = program._parts
        calls = []
        compiled = part._function
        part._function = lambda *args: calls.append(list(map(type, args[2]))) or compiled(*args)
        session.run(y, {x: [3.0, 4.0]})
    assert calls == [[np.ndarray]]


def test_the_switch_comes_after_the_same_run_every_time(soon_compiled):
    """The cost model counts; it has no clock."""

    def first_compiled_run() -> int:
        with tf.Graph().as_default(), tf.Session() as session:
            x, _, step = training_step()
            session.run(tf.global_variables_initializer())
            for run in range(100):
                session.run(step, {x: np.ones((4, 2))})
                if compiled_programs(session):
                    return run
        raise AssertionError("it was never compiled")

    first = first_compiled_run()
    assert first > 1
    assert first_compiled_run() == first


def test_expected_runs_that_pay_are_compiled_at_once(soon_compiled):
    """Those of the feeds that come first; an epoch's last batch is as if nobody had said."""

    def host_runs(expected: int | None) -> list[float]:
        with tf.Graph().as_default(), tf.Session() as session:
            x, _, step = training_step()
            session.run(tf.global_variables_initializer())
            for rows in (4, 3):
                with expecting(expected):
                    session.run(step, {x: np.ones((rows, 2))})
            (learned,) = [e.learned for e in session._executors.values() if e.plan.feeds]
            return [known.host_runs_limit for known in learned.specialised.values()]

    unsaid, last = host_runs(None)
    assert unsaid > 2
    assert host_runs(int(unsaid)) == [unsaid, last]
    assert host_runs(int(unsaid) + 1) == [0, last]


def test_what_an_inner_run_expects_ends_with_it():
    with expecting(7):
        with expecting(None):
            assert expected_runs() == 0
        assert expected_runs() == 7
    assert expected_runs() == 0


def test_nothing_to_compute_is_never_worth_compiling():
    assert switch([], []).runs == math.inf


def test_a_program_is_written_as_a_function_that_gives_the_same(monkeypatch):
    """Run after run, through the loop over steps and then through the function."""
    monkeypatch.setenv("STILLFLOW_TIER", "host")

    def trained(runs_before_writing: float) -> list:
        monkeypatch.setattr("stillflow.runtime.executor.RUNS_BEFORE_WRITING", runs_before_writing)
        with tf.Graph().as_default(), tf.Session() as session:
            x, w, step = training_step()
            noise = tf.random_normal([3, 2], seed=1)
            session.run(tf.global_variables_initializer())
            return [session.run([step, w, noise, x], {x: np.ones((4, 2))})[1:] for _ in range(9)]

    for looped, written in zip(trained(math.inf), trained(2), strict=True):
        for a, b in zip(looped, written, strict=True):
            np.testing.assert_array_equal(a, b)


def test_an_error_in_the_function_names_the_operation(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    monkeypatch.setattr("stillflow.runtime.executor.RUNS_BEFORE_WRITING", 1)
    position = tf.placeholder(tf.int32, [1])
    found = tf.gather(tf.constant([1.0, 2.0]), position, name="looked_up")
    with tf.Session() as session:
        for _ in range(3):
            assert session.run(found, {position: [1]}) == [2.0]
        (executor,) = session._executors.values()
        assert [known.function is None for known in executor.learned.specialised.values()] == [
            False
        ]
        with pytest.raises(tf.errors.InvalidArgumentError, match="looked_up"):
            session.run(found, {position: [5]})


def test_training_goes_on_over_the_switch(monkeypatch, soon_compiled):
    """The values do not show where the host tier ended and the XLA tier began."""

    def trained(tier: str) -> np.ndarray:
        monkeypatch.setenv("STILLFLOW_TIER", tier)
        with tf.Graph().as_default(), tf.Session() as session:
            x, w, step = training_step()
            session.run(tf.global_variables_initializer())
            for _ in range(40):
                session.run(step, {x: np.ones((4, 2))})
            return session.run(w)

    on_host = trained("host")
    np.testing.assert_allclose(trained("auto"), on_host, rtol=1e-6)


def test_a_shape_that_a_feed_decides_is_compiled_for_each_value(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    rows = tf.placeholder(tf.int32, [])
    x = tf.placeholder(tf.float32, [12])
    y = tf.reduce_sum(tf.reshape(x, tf.stack([rows, -1])), 1)
    with tf.Session() as session:
        for size in (2, 3, 2):
            got = session.run(y, {rows: size, x: np.arange(12)})
            np.testing.assert_array_equal(got, np.arange(12.0).reshape(size, -1).sum(1))
        assert sorted(p.runs for p in compiled_programs(session)) == [1, 2]


def test_a_host_only_op_splits_the_plan(monkeypatch):
    """What lies before and after it is still compiled."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [3])
    squares = tf.square(x)
    places = tf.where(squares > 1.0)
    total = tf.reduce_sum(squares) + tf.cast(tf.size(places), tf.float32)
    with tf.Session() as session:
        assert session.run(total, {x: [1.0, 2.0, 3.0]}) == 16.0
        (program,) = compiled_programs(session)
        assert program.traces >= 1


def test_an_unknown_tier_is_refused(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "gpu")
    with pytest.raises(ValueError, match="STILLFLOW_TIER is 'gpu'; it may be auto, host, xla"):
        tf.Session()


def test_a_training_run_computes_no_gradient_that_nobody_asked_for(monkeypatch):
    """The images need none, though the rule of their product builds one."""
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    x, _, step = training_step()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step, {x: np.ones((4, 2))})
        (executor,) = [e for e in session._executors.values() if e.plan.feeds]
        (known,) = executor.learned.specialised.values()
        products = [s.op.name for s in known.host.steps if s.op.type == "MatMul"]
    assert products == ["MatMul", "gradients/MatMul_grad/MatMul_1"]
