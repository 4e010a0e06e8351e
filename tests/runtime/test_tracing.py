"""Runs that are traced: what RunMetadata says of them, and how a trace is shown."""

import json

import numpy as np
import pytest

import stillflow as tf
from stillflow.events.timeline import Timeline

X = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture
def traced():
    """A run with a variable that it changes: its result and its RunMetadata."""
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    v = tf.Variable(tf.ones([3, 2]), name="v")
    y = tf.matmul(x, v, name="y")
    with tf.control_dependencies([y]):
        change = v.assign_add(tf.ones([3, 2]), name="change")
    total = tf.reduce_sum(y, name="total")
    metadata = tf.RunMetadata()
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, output_partition_graphs=True)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            plain = session.run([total, change], {x: X})
        result = session.run([total, change], {x: X}, options=options, run_metadata=metadata)
        after = session.run(v)
    return plain, result, after, metadata


def test_a_traced_run_is_a_run(traced):
    plain, result, after, _ = traced
    assert result[0] == plain[0] + X.sum() * 2
    np.testing.assert_array_equal(after, np.full((3, 2), 5.0))


def test_each_step_has_its_times_and_its_results(traced):
    metadata = traced[3]
    (device,) = metadata.step_stats.dev_stats
    assert device.device.endswith("device:CPU:0")
    nodes = {node.node_name: node for node in device.node_stats}
    assert {"y", "total", "change"} <= nodes.keys()
    product = nodes["y"]
    assert product.timeline_label == "y = MatMul(x, v/read)"
    assert product.all_end_rel_nanos > 0
    assert product.all_start_nanos + product.all_end_rel_nanos <= nodes["total"].all_start_nanos
    (output,) = product.output
    assert [dim.size for dim in output.tensor_description.shape.dim] == [2, 2]
    assert output.tensor_description.allocation_description.requested_bytes == 16


def test_the_graph_of_the_run_is_told(traced):
    (graph,) = traced[3].partition_graphs
    names = {node.name for node in graph.node}
    assert {"v", "y", "total", "change"} <= names
    assert "v/Assign" not in names


def test_nothing_is_told_unasked():
    metadata = tf.RunMetadata()
    with tf.Session() as session:
        session.run(tf.constant(1.0), options=tf.RunOptions(), run_metadata=metadata)
        session.run(tf.constant(1.0), run_metadata=metadata)
    assert metadata == tf.RunMetadata()


def test_a_timeline_shows_steps_arrows_and_memory(traced):
    shown = Timeline(traced[3].step_stats).generate_chrome_trace_format(show_memory=True)
    events = json.loads(shown)["traceEvents"]
    by_phase = {}
    for event in events:
        by_phase.setdefault(event["ph"], []).append(event)
    device, allocators = (event["args"]["name"] for event in by_phase["M"])
    assert device.endswith("CPU:0 Compute")
    assert allocators == "Allocators"
    product = next(e for e in by_phase["X"] if e["args"]["name"] == "y")
    assert product["name"] == "MatMul"
    assert product["args"] == {"name": "y", "op": "MatMul", "input0": "x", "input1": "v/read"}
    assert len(by_phase["s"]) == len(by_phase["t"])
    taken = [event["args"]["cpu"] for event in by_phase["C"]]
    assert max(taken) > taken[-1] == 0
    assert "s" not in {
        e["ph"]
        for e in json.loads(
            Timeline(traced[3].step_stats).generate_chrome_trace_format(show_dataflow=False)
        )["traceEvents"]
    }


def test_steps_at_the_same_time_are_in_lanes_of_their_own():
    stats = tf.RunMetadata().step_stats
    device = stats.dev_stats.add(device="d")
    for name, start, duration in (("a", 10, 5), ("b", 12, 5), ("c", 15, 1)):
        device.node_stats.add(
            node_name=name,
            all_start_micros=start,
            all_end_rel_micros=duration,
            timeline_label=f"{name} = Op()",
        )
    events = json.loads(Timeline(stats).generate_chrome_trace_format())["traceEvents"]
    assert [event["tid"] for event in events if event["ph"] == "X"] == [0, 1, 0]


def test_hooks_and_slim_write_traces(tmp_path):
    step = tf.train.get_or_create_global_step()
    loss = tf.get_variable("w", [], initializer=tf.ones_initializer()) ** 2
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, step)
    hook = tf.train.ProfilerHook(save_steps=2, output_dir=str(tmp_path))
    with tf.train.MonitoredSession(hooks=[hook]) as session:
        for _ in range(5):
            session.run(train)
    written = sorted(path.name for path in tmp_path.glob("timeline-*.json"))
    assert written == ["timeline-2.json", "timeline-4.json"]
    assert json.loads((tmp_path / written[0]).read_text())["traceEvents"]
    slim = tf.contrib.slim.learning
    tf.get_default_graph()._unsafe_unfinalize()
    with tf.control_dependencies([train]):
        gives_loss = tf.identity(loss)
    with pytest.warns(UserWarning, match="closed FileWriter"):
        slim.train(gives_loss, str(tmp_path), number_of_steps=3, trace_every_n_steps=2)
    assert (tmp_path / "tf_trace-0.json").exists() or (tmp_path / "tf_trace-1.json").exists()
