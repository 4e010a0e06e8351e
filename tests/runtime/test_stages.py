"""A run that waits for other threads: in which stages, and that they give what one stage gives."""

import itertools
import queue
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from together import SECONDS, times, together

import stillflow.api as tf
from stillflow.runtime import staged
from stillflow.runtime.stages import Stage


def host(function, *inputs, shape=()):
    """A float32 that a Python function gives."""
    value = tf.py_func(function, inputs, tf.float32)
    value.set_shape(shape)
    return value


def stages_of(session, fetches):
    """The op types of each stage of a run, those of free ones in lower case."""
    found = []

    def recording(plan, fed):
        divided = original(plan, fed)
        found.extend(divided if not found else [])
        return divided

    original, staged.stages = staged.stages, recording
    try:
        session.run(fetches)
    finally:
        staged.stages = original
    named = [[step.op.type for step in stage.steps] for stage in found]
    return [
        [name.lower() for name in names] if stage.is_free else names
        for stage, names in zip(found, named, strict=True)
    ]


@pytest.fixture
def session():
    with tf.Session() as session:
        yield session


class TestDivision:
    """What waits is in a stage of its own, unless it is part of an update."""

    def test_what_needs_no_variable_goes_first(self, session):
        w, seen = tf.Variable(1.0), tf.Variable(0)
        step = tf.group(tf.assign_add(w, host(lambda: np.float32(2))), tf.assign_add(seen, 1))
        session.run(tf.global_variables_initializer())
        assert stages_of(session, step) == [["pyfunc"], ["AssignAdd", "AssignAdd"]]
        assert session.run([w, seen]) == [3.0, 1]

    def test_what_was_written_is_kept_before_a_wait(self, session):
        w = tf.Variable(1.0)
        put = tf.py_func(lambda x: np.float32(session.run(w)), [tf.assign_add(w, 1.0)], tf.float32)
        session.run(w.initializer)
        assert stages_of(session, put) == [["AssignAdd"], ["pyfunc"]]
        assert session.run(put) == 3.0  # the function sees what its own run wrote

    def test_before_and_after(self, session):
        w, x = tf.Variable(1.0), host(lambda: np.float32(2))
        loss = w * x
        report = tf.py_func(lambda x: None, [loss], [])
        session.run(w.initializer)
        found = stages_of(session, [tf.assign_sub(w, x * 0.5), loss, report])
        assert [stage for stage in found if stage[0].islower()] == [["pyfunc"], ["pyfunc"]]
        assert len(found) == 3

    def test_a_function_within_an_update_is_part_of_it(self, session):
        w = tf.Variable(1.0)
        step = tf.assign(w, host(lambda x: x + 1, w))
        session.run(w.initializer)
        assert stages_of(session, step) == [["PyFunc", "Assign"]]

    def test_one_that_only_orders_is_not(self, session):
        w, u = tf.Variable(1.0), tf.Variable(1.0)
        with tf.control_dependencies([tf.assign_add(w, 1.0)]):
            x = host(lambda: np.float32(session.run(w)))
        session.run(tf.global_variables_initializer())
        step = tf.assign_add(u, x)
        assert stages_of(session, step) == [["AssignAdd"], ["pyfunc"], ["AssignAdd"]]
        assert session.run(u) == 3.0

    def test_a_run_that_only_reads_takes_all_values_at_one_moment(self, session):
        w = tf.Variable(1.0)
        x = host(lambda: np.float32(2))
        y = host(lambda x: x, w * x) + w
        session.run(w.initializer)
        assert stages_of(session, y) == [["pyfunc"], ["Mul", "PyFunc", "AddV2"]]

    def test_numbers_are_drawn_before_a_wait_and_used_after_it(self, session):
        w = tf.Variable(0.0)
        index = tf.random_uniform([], seed=1)
        step = tf.assign_add(w, host(lambda x: x, index))
        session.run(w.initializer)
        found = stages_of(session, step)
        drawing = ["RandomUniform", "Sub", "Mul", "Add"]
        assert found == [drawing, ["pyfunc"], ["AssignAdd"]]
        assert session.run(w) != 0.0

    def test_a_variable_is_read_when_the_function_runs(self, session):
        """The function takes the variable itself, which the same run changes afterwards."""
        w = tf.Variable(1.0)
        seen = host(lambda x: x, w)
        with tf.control_dependencies([seen]):
            step = tf.assign_add(w, 1.0)
        session.run(w.initializer)
        assert session.run([seen, step]) == [1.0, 2.0]
        assert session.run([seen, w, step.op]) == [2.0, 3.0, None]


@pytest.mark.usefixtures("tier")
class TestThreads:
    def test_a_counting_producer_and_a_training_consumer(self, session):
        """Both write variables, and each waits for the other."""
        items = queue.Queue(1)
        count, w = tf.Variable(0.0), tf.Variable(tf.zeros([3]))
        put = tf.py_func(lambda x: items.put(x, timeout=SECONDS), [tf.assign_add(count, 1.0)], [])
        step = tf.assign_add(w, tf.fill([3], host(lambda: items.get(timeout=SECONDS))))
        session.run(tf.global_variables_initializer())
        together(times(20, session.run, put), times(20, session.run, step.op))
        assert session.run([count, w[0]]) == [20.0, 210.0]

    def test_updates_through_a_function_lose_nothing(self, session):
        w = tf.Variable(0.0)
        step = tf.assign(w, host(lambda x: x + 1, w))
        session.run(w.initializer)
        together(*[times(25, session.run, step.op)] * 4)
        assert session.run(w) == 100.0

    def test_a_wait_that_fails_leaves_everything_as_it_was(self, session):
        w, seen = tf.Variable(1.0), tf.Variable(0)

        def ended():
            raise StopIteration

        step = tf.group(tf.assign_add(w, host(ended)), tf.assign_add(seen, 1))
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            with pytest.raises(tf.errors.OutOfRangeError):
                session.run(step)
        assert session.run([w, seen]) == [1.0, 0]

    def test_an_effect_happens_once(self, session):
        calls = itertools.count()
        w = tf.Variable(tf.zeros([2]))
        step = tf.assign_add(w, tf.fill([2], host(lambda: np.float32(next(calls)))))
        session.run(w.initializer)
        for _ in range(30):
            session.run(step.op)
        assert next(calls) == 30
        assert session.run(w).tolist() == [sum(range(30))] * 2

    def test_another_thread_reads_meanwhile(self, session):
        """The value that a function was given stays what it was."""
        started, go_on = threading.Event(), threading.Event()

        def wait(x):
            started.set()
            assert go_on.wait(SECONDS)
            return x[0]

        w = tf.Variable(tf.zeros([5000]))
        step = tf.assign_add(w, tf.ones([5000]))
        waiting = host(wait, step)
        session.run(w.initializer)

        def change():
            assert started.wait(SECONDS)
            for _ in range(3):
                session.run(step.op)
            go_on.set()

        value, _ = together(lambda: session.run(waiting), change)
        assert value == 1.0
        assert session.run(w)[0] == 4.0


VARIABLES = 3
MAKERS = ("read", "host", "host of", "add", "add to", "assign", "random", "gate")
programs = st.lists(
    st.tuples(st.sampled_from(MAKERS), st.integers(0, 20), st.integers(0, 20), st.booleans()),
    min_size=2,
    max_size=14,
)


def built(program):
    """The variables of a program and what it computes, one value after another."""
    variables = [tf.Variable(float(n + 1)) for n in range(VARIABLES)]
    values = [tf.constant(1.0)]
    for maker, first, second, gated in program:
        w, x, y = variables[first % VARIABLES], values[first % len(values)], values[-1]
        x = values[second % len(values)] if second % 2 else x
        with tf.control_dependencies([y] if gated else []):
            made = {
                "read": lambda w=w: tf.identity(w) * 2.0,
                "host": lambda: host(lambda: np.float32(3)),
                "host of": lambda x=x, y=y: host(lambda a, b: a * np.float32(0.5) + b, x, y),
                "add": lambda x=x, y=y: x + y,
                "add to": lambda w=w, x=x: tf.assign_add(w, x),
                "assign": lambda w=w, x=x: tf.assign(w, x * 0.5),
                "random": lambda: tf.random_uniform([], seed=7),
                "gate": lambda x=x: tf.identity(x),
            }[maker]()
        values.append(made)
    return variables, values[1:]


@settings(deadline=None, max_examples=60)
@given(programs)
def test_stages_give_what_one_stage_gives(program):
    outcomes = []
    original = staged.stages
    for divide in (original, lambda plan, fed: [Stage(plan.steps, False)]):
        with tf.Graph().as_default(), tf.Session() as session:
            variables, values = built(program)
            session.run(tf.global_variables_initializer())
            staged.stages = divide
            try:
                seen = [session.run([*values, *variables]) for _ in range(2)]
            finally:
                staged.stages = original
            outcomes.append((seen, session.run(variables)))
    assert outcomes[0] == outcomes[1]
