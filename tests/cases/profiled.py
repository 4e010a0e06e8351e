"""Reports of the profiler: what graphs hold, by names, inputs and op types."""

import os
import re
import tempfile

from .suite import Suite, internal_module

suite = Suite("profiled")


def story(fn):
    """Adds `fn(tf, report, run)` as a case; `report` notes the text and the message of a report."""

    def told(tf, run):
        network(tf)

        def report(options, **settings):
            handle, path = tempfile.mkstemp()
            os.close(handle)
            builder = tf.profiler.ProfileOptionBuilder(options).with_file_output(path)
            found = tf.profiler.profile(options=builder.build(), **settings)
            with open(path) as file:
                run.note(file.read())
            os.remove(path)
            run.note(str(found))

        fn(tf, report, run)

    suite.case(fn.__name__, told, grad=False)
    return fn


def network(tf):
    x = tf.placeholder(tf.float32, [2, 6, 6, 3], name="x")
    with tf.variable_scope("net"):
        y = tf.layers.conv2d(x, 4, 3, activation=tf.nn.relu, name="conv")
        y = tf.layers.max_pooling2d(y, 2, 2)
        y = tf.layers.dense(tf.layers.flatten(y), 5, name="out")
    loss = tf.reduce_mean(tf.nn.softmax(y))
    return tf.train.GradientDescentOptimizer(0.1).minimize(loss)


@story
def sizes(tf, report, run):
    builder = tf.profiler.ProfileOptionBuilder
    report(builder.trainable_variables_parameter())
    report(builder.trainable_variables_parameter(), cmd="graph")
    report(builder.trainable_variables_parameter(), cmd="op")


@story
def arithmetic(tf, report, run):
    builder = tf.profiler.ProfileOptionBuilder
    for cmd in ("scope", "graph", "op"):
        report(builder.float_operation(), cmd=cmd)


@story
def columns_and_names(tf, report, run):
    builder = tf.profiler.ProfileOptionBuilder
    columns = ["params", "float_ops", "bytes", "micros", "op_types", "occurrence", "input_shapes"]
    report(builder().select(columns).with_max_depth(2).build())
    report(builder().select(columns).order_by("params").with_max_depth(4).build(), cmd="op")
    report(
        builder()
        .with_node_names(
            start_name_regexes=["net.*"],
            show_name_regexes=["net/.*"],
            hide_name_regexes=[".*kernel.*"],
            trim_name_regexes=["net/out"],
        )
        .select(["params"])
        .with_min_parameters(4)
        .build()
    )
    report(builder().with_accounted_types(["Mul|Add"]).select(["occurrence"]).build(), cmd="op")


@story
def logged_by_a_program(tf, report, run):
    log = tf.profiler.OpLogProto()
    entry = log.log_entries.add()
    entry.name = "net/conv/Conv2D"
    entry.float_ops = 7
    entry.types.append("mine")
    options = tf.profiler.ProfileOptionBuilder().with_accounted_types(["mine"])
    report(options.select(["float_ops", "op_types"]).build(), op_log=log)
    run.refused(lambda: tf.profiler.profile(cmd="none"))


@story
def counted_by_a_program(tf, report, run):
    ops = internal_module(tf, "python.framework.ops")
    definition = tf.get_default_graph().get_operation_by_name("net/out/MatMul").node_def
    found = ops.get_stats_for_node_def(tf.get_default_graph(), definition, "flops")
    run.note([found.statistic_type, int(found.value)])
    none = ops.get_stats_for_node_def(tf.get_default_graph(), definition, "other")
    run.note(none.value is None)
    run.refused(lambda: ops.RegisterStatistics("a,b", "flops"))


def lines_of_network(tf, run):
    """TensorFlow shows each line within those that called it, and nothing as the line's own."""
    network(tf)
    handle, path = tempfile.mkstemp()
    os.close(handle)
    builder = tf.profiler.ProfileOptionBuilder
    options = (
        builder(builder.trainable_variables_parameter())
        .with_accounted_types([".*"])
        .with_node_names(show_name_regexes=[".*:network.*"])
        .account_displayed_op_only(False)
        .select(["params", "float_ops"])
        .with_file_output(path)
    )
    found = tf.profiler.profile(cmd="code", options=options.build())
    with open(path) as file:
        _, lines = file.read().split("Profile:\n")
    os.remove(path)
    totals = [re.sub(r"[\w.-]+/", "/", line.strip()) for line in lines.splitlines()]
    run.note(sorted(totals))
    run.note([found.name, found.total_parameters, found.total_float_ops])


suite.case("lines of code", lines_of_network, grad=False)
