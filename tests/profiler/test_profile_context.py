"""ProfileContext: runs of sessions as steps, of which some are traced and reported."""

import threading

import pytest

import stillflow.api as tf

BUILDER = tf.profiler.ProfileOptionBuilder
QUIET = BUILDER(BUILDER.time_and_memory(min_micros=0)).with_empty_output().build()


@pytest.fixture
def product():
    x = tf.get_variable("x", [4, 4], initializer=tf.ones_initializer())
    return tf.matmul(x, x, name="product")


def context(folder, **options):
    return tf.contrib.tfprof.ProfileContext(str(folder), dump_steps=[], **options)


def run(session, fetched, times):
    for _ in range(times):
        session.run(fetched)


def test_named_steps_are_reported(product, tmp_path):
    with context(tmp_path, trace_steps=[1]) as profiles, tf.Session() as session:
        profiles.add_auto_profiling("op", QUIET, [2, 4])
        profiles.add_auto_profiling("scope", QUIET, [3])
        session.run(tf.global_variables_initializer())
        run(session, product, 5)
    assert list(profiles.get_profiles("op")) == [2, 4]
    (scope,) = profiles.get_profiles("scope").values()
    assert "product" in {node.name for node in scope.children}
    assert profiles.profiler._nodes.steps == {1, 2, 3, 4}
    with pytest.raises(ValueError, match="No autoprofiler for command: graph, was run"):
        profiles.get_profiles("graph")


def test_one_step_by_hand(product, tmp_path):
    options = BUILDER(BUILDER.float_operation()).with_empty_output().build()
    with context(tmp_path, trace_steps=[]) as profiles, tf.Session() as session:
        session.run(tf.global_variables_initializer())
        profiles.trace_next_step()
        run(session, product, 3)
    assert profiles.profiler._nodes.steps == {1}
    by_line = profiles.profiler.profile_python(options)
    (line,) = by_line.children
    assert line.name.startswith("test_profile_context.py:")
    assert line.name.endswith(":product")
    assert line.float_ops == 2 * 4**3


def test_what_is_new_is_traced_after_ten_steps(product, tmp_path, capsys):
    with context(tmp_path, debug=True) as profiles, tf.Session() as session:
        session.run(tf.global_variables_initializer())
        run(session, product, 9)
        assert not profiles._traced
        run(session, product, 2)
        run(session, [product, tf.negative(product)], 1)
    assert profiles.profiler._nodes.steps >= {11}
    assert "debug: tracing step: 11" in capsys.readouterr().err
    assert "product" in (tmp_path / "run_meta_11").read_text()


def test_a_run_beside_another_is_not_traced(tmp_path):
    began, may_end = threading.Event(), threading.Event()

    def wait():
        began.set()
        assert may_end.wait(20)
        return 1.0

    slow = tf.py_func(wait, [], tf.float64)
    with context(tmp_path, trace_steps=[0, 1]) as profiles, tf.Session() as session:
        thread = threading.Thread(target=session.run, args=(slow,))
        thread.start()
        assert began.wait(20)
        session.run(tf.constant(1.0))
        may_end.set()
        thread.join()
    assert len(profiles.profiler._nodes.steps) == 1


def test_runs_are_plain_outside_and_where_it_is_not_enabled(product, tmp_path):
    plain = tf.Session.run
    with context(tmp_path, trace_steps=[]), tf.Session() as session:
        assert tf.Session.run is not plain
        with pytest.raises(tf.errors.InternalError, match="Already in context"):
            context(tmp_path, trace_steps=[]).__enter__()
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(product)
    assert tf.Session.run is plain
    with tf.contrib.tfprof.ProfileContext("", enabled=False) as profiles:
        assert tf.Session.run is plain
        profiles.add_auto_profiling("op", QUIET, [1])
        assert profiles.profiler is None


@pytest.mark.parametrize(
    ("folder", "options", "message"),
    [("", {}, "Must have a directory"), ("x", {"trace_steps": range(101)}, "up to 100 steps")],
)
def test_bad_contexts(folder, options, message):
    with pytest.raises(ValueError, match=message):
        tf.contrib.tfprof.ProfileContext(folder, dump_steps=[], **options)
