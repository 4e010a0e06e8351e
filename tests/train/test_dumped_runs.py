"""tfdbg: runs that write their tensors to files, and what is found in these."""

import os

import numpy as np
import pytest

import stillflow as tf
from stillflow.environment.internals import internal_module

tf_debug = internal_module("python.debug")
debug_data = internal_module("python.debug.lib.debug_data")


def _division():
    x = tf.placeholder(tf.float32, [2], name="x")
    v = tf.Variable([1.0, 2.0], name="v")
    return x, v, tf.multiply(tf.divide(v, x, name="ratio"), 3.0, name="scaled")


def _only_run(root):
    (run,) = os.listdir(root)
    return debug_data.DebugDumpDir(os.path.join(root, run))


def test_where_an_infinity_comes_from(tmp_path):
    with tf.Graph().as_default() as graph:
        x, v, scaled = _division()
        with tf.Session() as session:
            session.run(v.initializer)
            dumping = tf_debug.DumpingDebugWrapperSession(session, str(tmp_path / "dumps"))
            assert np.isinf(dumping.run(scaled, {x: [0.0, 1.0]})[0])
        dump = _only_run(tmp_path / "dumps")
        first, *_ = dump.find(tf_debug.has_inf_or_nan, first_n=1)
        assert (first.node_name, first.output_slot) == ("ratio", 0)
        assert np.isinf(first.get_tensor()[0])
        assert dump.get_tensors("v", 0, "DebugIdentity")[0].tolist() == [1.0, 2.0]
        assert dump.run_fetches_info == repr(scaled)
        assert dump.core_metadata.output_names == ["scaled:0"]
        assert dump.node_inputs("scaled") == ["ratio", "scaled/y"]
        assert dump.node_recipients("ratio") == ["scaled"]
        assert "v" in dump.transitive_inputs("scaled")
        assert dump.node_op_type("ratio") == "RealDiv"
        dump.set_python_graph(graph)
        assert dump.node_traceback("ratio:0")
        with pytest.raises(debug_data.WatchKeyDoesNotExistInDebugDumpDirError):
            dump.get_tensors("v", 1, "DebugIdentity")


def test_a_run_that_fails_is_dumped_too(tmp_path):
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, name="x")
        checked = tf.check_numerics(tf.log(x, name="log"), "bad")
        options = tf.RunOptions()
        graph = tf.get_default_graph()
        tf_debug.watch_graph(options, graph, debug_urls=f"file://{tmp_path}")
        with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="bad"):
            session.run(checked, {x: -1.0}, options=options)
    dump = debug_data.DebugDumpDir(str(tmp_path))
    assert [datum.node_name for datum in dump.find(tf_debug.has_inf_or_nan)] == ["log"]


def test_only_some_tensors_and_counts_of_nan(tmp_path):
    with tf.Graph().as_default() as graph:
        x, v, scaled = _division()
        options = tf.RunOptions()
        tf_debug.watch_graph(
            options,
            graph,
            debug_ops=["DebugNanCount"],
            debug_urls=f"file://{tmp_path}",
            node_name_regex_whitelist="rat.*",
        )
        with tf.Session() as session:
            session.run(v.initializer)
            session.run(scaled, {x: [np.nan, 1.0]}, options=options)
    dump = debug_data.DebugDumpDir(str(tmp_path))
    assert [datum.watch_key for datum in dump.dumped_tensor_data] == ["ratio:0:DebugNanCount"]
    assert dump.get_tensors("ratio", 0, "DebugNanCount") == [1]


def test_a_hook_dumps_each_run(tmp_path):
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        bump = tf.assign_add(step, 1)
        hook = tf_debug.DumpingDebugHook(str(tmp_path / "dumps"))
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            for _ in range(2):
                session.run(bump)
    runs = [debug_data.DebugDumpDir(str(path)) for path in (tmp_path / "dumps").iterdir()]
    found = sorted(int(dump.get_tensors(bump.op.name, 0, "DebugIdentity")[0]) for dump in runs)
    assert found == [1, 2]


def test_what_is_refused(tmp_path):
    (tmp_path / "there").write_text("x")
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(ValueError, match="session_root path points to a non-empty directory"):
            tf_debug.DumpingDebugWrapperSession(session, str(tmp_path))
        with pytest.raises(tf.errors.UnimplementedError, match="DumpingDebugWrapperSession"):
            tf_debug.LocalCLIDebugWrapperSession(session)
