"""What is recorded of runs: where, how often, on which tier and why, what compiling took."""

import functools
import time

import numpy as np
import pytest

import stillflow
import stillflow.api as tf
from stillflow.runtime.recording.current import current
from stillflow.runtime.recording.recorder import Recorder
from stillflow.runtime.recording.report import report
from stillflow.runtime.recording.text import text

X = np.ones([4, 3], np.float32)


@pytest.fixture
def recorder(monkeypatch):
    """What records the runs of a test."""
    monkeypatch.setattr(current, "recorder", Recorder(traces=True))
    return current.recorder


def network():
    """A training step, and the placeholder that it is fed."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    weights = tf.Variable(tf.ones([3, 2]), name="weights")
    loss = tf.reduce_mean(tf.square(tf.matmul(x, weights, name="product")), name="loss")
    return tf.train.GradientDescentOptimizer(0.1).minimize(loss), loss, x


def kind_of(found, fetch):
    return next(kind for kind in found["runs"] if fetch in kind["fetches"])


def test_runs_are_counted_by_their_fetches_and_lines(recorder):
    train, loss, x = network()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(5):
            session.run([train, loss], {x: X})
        session.run([train, loss], {x: X[:2]})
    kind = kind_of(report(recorder), "loss:0")
    assert (kind["fetches"], kind["feeds"]) == (["GradientDescent", "loss:0"], ["x:0"])
    assert kind["count"] == 6
    assert [row["count"] for row in kind["lines"]] == [5, 1]
    assert all(row["line"].startswith("test_recording.py:") for row in kind["lines"])
    shapes = [(row["shapes"], row["count"]) for row in kind["shapes"]]
    assert shapes == [([[4, 3]], 5), ([[2, 3]], 1)]
    assert kind["seconds"] > 0


def test_a_host_only_op_is_named_with_its_line(recorder, monkeypatch):
    """And so is what it took; what can be compiled around it is."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [4, 3], name="x")
    line = "test_recording.py:%d"
    here = 1 + test_a_host_only_op_is_named_with_its_line.__code__.co_firstlineno
    sorted_rows = tf.py_func(np.sort, [tf.square(x)], tf.float32, name="sorting")
    with tf.Session() as session:
        session.run(sorted_rows, {x: X})
    kind = kind_of(report(recorder), "sorting:0")
    (row,) = kind["stays"]
    assert (row["type"], row["name"]) == ("PyFunc", "sorting")
    assert row["line"].startswith(line % (here + 5))
    assert row["why"] == "it waits for other threads, or runs the program's own Python"
    assert (row["count"], row["seconds"] > 0) == (1, True)
    assert kind["compiled"] == 1
    assert "PyFunc 'sorting' (test_recording.py:" in text(report(recorder))


@pytest.mark.usefixtures("soon_compiled")
def test_a_program_that_compiles_says_when_and_how_long(recorder):
    """The runs before are NumPy's; the compiled ones are counted without the first."""
    train, _, x = network()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(60):
            session.run(train, {x: X})
    found = report(recorder)
    kind = kind_of(found, "GradientDescent")
    (compiled,) = kind["compiles"]
    assert 1 < compiled["run"] < 60
    assert 0 < compiled["xla"] <= compiled["seconds"] < kind["seconds"]
    assert compiled["cache"] in ("hit", "miss", "off")
    assert kind["compiled"] == 60 - compiled["run"] + 1
    (segment,) = kind["segments"]
    assert segment["count"] == kind["compiled"] - 1
    assert segment["flops"] > 0
    assert segment["bytes"] > 0
    assert kind["tiers"] == ["XLA"]
    assert f"run {compiled['run']} compiled a run up to " in text(found)
    devices = {device for device, _ in recorder.events}
    assert devices == {"host", "XLA", "compiling"}


def test_what_numpy_does_faster_says_so(recorder):
    counter = tf.Variable(0.0)
    add = counter.assign_add(1.0)
    with tf.Session() as session:
        session.run(counter.initializer)
        session.run(add)
    (tier,) = kind_of(report(recorder), add.name)["tiers"]
    assert tier == "NumPy: its runs are so small that compiled code would not be faster"


def test_a_value_that_compiling_needs_is_blamed(recorder):
    """And after it what cannot be compiled because its input has no known shape."""
    size = tf.Variable([2, 2], name="size", dtype=tf.int32)
    filled = tf.fill(size, 1.0, name="filled")
    grown = tf.square(filled, name="grown")
    with tf.Session() as session:
        session.run(size.initializer)
        session.run(grown)
    why = {row["name"]: row["why"] for row in kind_of(report(recorder), "grown:0")["stays"]}
    assert why["filled"] == "compiling needs an input's value, which only a run knows"
    assert why["grown"] == "the shape of an input depends on values that only a run knows"


def test_a_failed_run_is_one(recorder):
    x = tf.placeholder(tf.float32, name="x")
    y = tf.matmul(x, x, name="y")
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError):
        session.run(y, {x: X})
    kind = kind_of(report(recorder), "y:0")
    assert (kind["count"], kind["failed"]) == (1, 1)


def test_a_loop_leaves_its_time_to_what_is_in_it(recorder, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    x = tf.constant(np.eye(40), tf.float32)
    loop = tf.while_loop(lambda n, _: n < 50, lambda n, y: (n + 1, tf.matmul(y, x)), [0, x])
    with tf.Session() as session:
        session.run(loop)
    found = report(recorder)
    counts = {row["type"]: row["count"] for row in found["types"]}
    assert counts["MatMul"] == 50
    spent = sum(row["seconds"] for row in found["types"])
    assert spent <= found["runs"][0]["seconds"]


def test_functions_of_pipelines_are_recorded_too(recorder):
    data = tf.data.Dataset.range(3).map(lambda n: tf.square(n, name="squared"))
    element = tf.data.make_one_shot_iterator(data).get_next()
    with tf.Session() as session:
        assert [session.run(element) for _ in range(3)] == [0, 1, 4]
    assert {"Square", "IteratorGetNext"} <= {row["type"] for row in report(recorder)["types"]}


def test_a_queue_runners_runs_are_of_a_thread(recorder):
    queue = tf.FIFOQueue(10, tf.int32)
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(1)]))
    element = queue.dequeue(name="element")
    with tf.Session() as session:
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        session.run(element)
        coordinator.request_stop()
        coordinator.join(threads)
    found = report(recorder)
    assert [row["line"] for row in kind_of(found, "element:0")["lines"]] != [""]
    others = [kind for kind in found["runs"] if "element:0" not in kind["fetches"]]
    assert {row["line"] for kind in others for row in kind["lines"]} == {""}
    assert "a thread: " in text(found)


def test_graphs_that_are_built_again_are_told_of_once(recorder):
    for n in range(3):
        with tf.Graph().as_default(), tf.Session() as session:
            session.run(tf.constant(n) + 1)
    found = report(recorder)
    assert [kind["count"] for kind in found["runs"]] == [1, 1, 1]
    shown = text(found)
    assert shown.count(": add\n") == 1
    assert "\n  3 runs of 1 operation, " in shown
    assert "in 3 sessions or graphs, of the first of which:\n" in shown


def test_stages_say_each_where_they_are(recorder):
    """A run that waits and then changes a variable is two."""
    queue = tf.FIFOQueue(10, tf.float32, shapes=[[]])
    total = tf.Variable(0.0)
    add = total.assign_add(queue.dequeue())
    with tf.Session() as session:
        session.run([total.initializer, queue.enqueue(1.0)])
        session.run(add)
    tiers = kind_of(report(recorder), add.name)["tiers"]
    assert tiers[0] == "NumPy: nothing in it can be compiled"
    assert len(tiers) == 2
    assert ("  stage 1 of 2: NumPy: nothing in it can be compiled\n  stage 2 of 2: ") in text(
        report(recorder)
    )


def test_what_ran_once_and_took_little_is_told_of_in_short(recorder):
    named = tf.as_string(tf.constant(1.0), name="named")
    large = tf.py_func(lambda: time.sleep(0.2) or np.float32(1), [], tf.float32)
    with tf.Session() as session:
        session.run(named)
        session.run(large)
        session.run(large)
        assert "AsString 'named'" not in text(report(recorder))
        session.run(named)
        assert "AsString 'named'" in text(report(recorder))
        assert "PyFunc" in text(report(recorder))


def test_nobody_asks_and_nothing_is_wrapped():
    """Runs, steps and compiled segments are what they would be if this could not be asked."""
    train, _, x = network()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train, {x: X})
        executor = session._prepare(train, [x]).executor
        assert executor._way is type(executor)._run_alone
        (known,) = executor.learned.specialised.values()
        for (call, *_), step in zip(known.host.calls, known.host.steps, strict=True):
            assert call is step.kernel or type(call) is functools.partial


def test_explain_tells_of_a_run_without_running_it():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    named = tf.as_string(tf.reduce_sum(x), name="named")
    with tf.Session() as session:
        before = stillflow.explain(session, named, [x])
        assert before["tiers"][0].startswith("NumPy at first; no run has told yet")
        session.run(named, {x: X})
        session.run(named, {x: X})
        found = stillflow.explain(session, named, {x: X})
    assert (found["on_host"], found["on_xla"], found["steps"]) == (2, 0, 2)
    (row,) = found["stays"]
    assert (row["type"], row["why"]) == ("AsString", "it works on the host only")
    shown = str(found)
    assert shown.startswith("named, fed x: 2 operations\n  2 runs in NumPy, 0 compiled\n")
    assert "<td>AsString</td>" in found._repr_html_()


def test_explain_refuses_what_run_refuses():
    with tf.Session() as session:
        tf.constant(1.0, name="c")
        with pytest.raises(ValueError, match="nothing"):
            stillflow.explain(session, "nothing:0")
        with pytest.raises(TypeError, match=r"must be a tf\.Session"):
            stillflow.explain(tf.get_default_graph(), "c:0")
