"""The profiler's reports on the screen, of runs, of several steps, and what it has not."""

import numpy as np
import pytest

import stillflow.api as tf

BUILDER = tf.profiler.ProfileOptionBuilder


@pytest.fixture
def run():
    """Runs a small network once, traced; returns its RunMetadata."""
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    y = tf.nn.relu(tf.matmul(x, tf.get_variable("w", [3, 4])), name="y")

    def traced():
        metadata = tf.RunMetadata()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
            session.run(y, {x: np.ones((2, 3))}, options=options, run_metadata=metadata)
        return metadata

    return traced


def test_the_screen(run, capsys):
    found = tf.profiler.profile(options=BUILDER.trainable_variables_parameter())
    assert found.total_parameters == 12
    shown = capsys.readouterr().out
    assert shown.startswith(
        "Parsing Inputs...\n\n=========================Options=============================\n"
        "-max_depth                  10000\n"
    )
    assert shown.endswith(
        "Profile:\nnode name | # parameters\n_TFProfRoot (--/12 params)\n"
        "  w (3x4, 12/12 params)\n\n"
        "======================End of Report==========================\n"
    )


def test_time_and_memory(run):
    options = BUILDER(BUILDER.time_and_memory(min_micros=0)).with_empty_output().build()
    found = tf.profiler.profile(run_meta=run(), cmd="op", options=options)
    names, node = [], found
    while node.children:
        node = node.children[0]
        names.append(node.name)
    assert {"MatMul", "Relu"} <= set(names)
    assert found.total_requested_bytes >= 2 * 2 * 4 * 4
    assert found.total_exec_micros == found.total_cpu_exec_micros > 0


def test_several_steps(run, capsys):
    profiler = tf.profiler.Profiler()
    for step in (1, 5):
        profiler.add_step(step, run())
    options = BUILDER(BUILDER.float_operation()).with_empty_output()
    assert profiler.profile_operations(options.build()).total_float_ops >= 2 * 2 * 4 * 3
    whole = options.with_min_float_operations(0).with_step(5).select(["occurrence"]).build()
    assert profiler.profile_graph(whole).total_run_count > 0
    assert not profiler.profile_name_scope({**whole, "step": 3}).name
    assert "Available steps: 1 5" in capsys.readouterr().err


def test_a_log_in_a_file(run, tmp_path):
    tf.profiler.write_op_log(tf.get_default_graph(), str(tmp_path))
    log = tf.profiler.OpLogProto.FromString((tmp_path / "tfprof_log").read_bytes())
    by_name = {entry.name: entry for entry in log.log_entries}
    assert by_name["MatMul"].float_ops == 48
    assert list(by_name["w"].types) == ["_trainable_variables"]
    lines = [log.id_to_string[t.line_id] for t in by_name["MatMul"].code_def.traces]
    assert any("tf.matmul" in line for line in lines)


@pytest.mark.parametrize(
    "what",
    [
        lambda: tf.contrib.tfprof.ProfileContext("x"),
        lambda: tf.profiler.advise(),
        lambda: tf.profiler.profile(options=BUILDER().with_timeline_output("x").build()),
        lambda: tf.profiler.Profiler().serialize_to_string(),
    ],
)
def test_what_is_not_there_says_what_is(what):
    with pytest.raises(tf.errors.UnimplementedError, match=r"not in Stillflow\.\n  \w"):
        what()
