"""TensorFlow's tools for models in files: `saved_model_cli`, and graphs cut and folded."""

import contextlib
import functools
import io
import os
import shutil
import tempfile

import numpy as np

from .suite import Suite, internal_module

suite = Suite("model_tools")


def story(fn):
    """Adds `fn(tf, run)`, told in a folder of its own, as a case under its own name."""

    def told(tf, run):
        folder, before = tempfile.mkdtemp(), os.getcwd()
        os.chdir(folder)
        try:
            fn(tf, run)
        finally:
            os.chdir(before)
            shutil.rmtree(folder)

    suite.case(fn.__name__, told, grad=False)
    return fn


def saved(tf):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        w = tf.get_variable("w", initializer=[[1.0], [2.0]])
        text = tf.placeholder(tf.string, name="text")
        session.run(w.initializer)
        outputs = {"y": tf.matmul(x, w, name="y"), "same": tf.identity(text, name="same")}
        tf.saved_model.simple_save(session, "m", {"x": x, "text": text}, outputs)


def command(tf, run, *arguments):
    """Notes what a command prints, or how it fails."""
    module = internal_module(tf, "python.tools.saved_model_cli")
    args = module.create_parser().parse_args(arguments)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            args.func(args)
        except Exception as error:
            print(type(error).__name__, str(error)[:60])
    run.note(printed.getvalue().replace("\\", "/"))


@story
def shown(tf, run):
    saved(tf)
    command(tf, run, "show", "--dir", "m")
    command(tf, run, "show", "--dir", "m", "--tag_set", "serve")
    key = ("--tag_set", "serve", "--signature_def", "serving_default")
    command(tf, run, "show", "--dir", "m", *key)
    command(tf, run, "show", "--dir", "m", "--all")
    command(tf, run, "show", "--dir", "m", "--tag_set", "other")
    command(tf, run, "scan", "--dir", "m", "--tag_set", "serve")


@story
def ran(tf, run):
    saved(tf)
    np.save("x.npy", np.array([[1.0, 1.0]], np.float32))
    np.savez("x.npz", a=np.array([[2.0, 1.0]], np.float32), b=np.zeros(3))
    given = ["run", "--dir", "m", "--tag_set", "serve", "--signature_def", "serving_default"]
    text = "--input_exprs", "text=[b'a', b'b']"
    command(tf, run, *given, "--inputs", "x=x.npy", *text)
    command(tf, run, *given, "--inputs", "x=x.npz[a]", *text, "--outdir", "out")
    run.note([sorted(os.listdir("out")), np.load("out/y.npy").tolist()])
    command(tf, run, *given, "--inputs", "x=x.npz[a]", *text, "--outdir", "out")
    exprs = "x=np.ones((1, 2)) * 3 - np.array([[1, 0]]);text=['c']"
    command(tf, run, *given, "--input_exprs", exprs)
    command(tf, run, *given, "--inputs", "x=x.npz", *text)
    command(tf, run, *given)
    module = internal_module(tf, "python.tools.saved_model_cli")
    examples = module.preprocess_input_examples_arg_string('e=[{"a": [1, 2]}, {"b": [0.5]}]')
    run.note([str(tf.train.Example.FromString(example)) for example in examples["e"]])


@story
def convolutions_fused(tf, run):
    optimize = internal_module(tf, "python.tools.optimize_for_inference_lib")
    kind = tf.float32.as_datatype_enum
    weights = np.linspace(-1, 1, 24).reshape(2, 2, 2, 3)
    around = [[0, 0], [1, 1], [1, 2], [0, 0]]
    fed = np.linspace(1, 2, 24).reshape(1, 3, 4, 2)
    for resizes, mirrors in ((1, 1), (1, 0), (0, 1), (0, 0)):
        with tf.Graph().as_default() as graph:
            y = tf.placeholder(tf.float32, [1, 3, 4, 2], name="x")
            if resizes:
                y = tf.image.resize_bilinear(y, [6, 7], align_corners=True, name="larger")
            if mirrors:
                y = tf.pad(y, around, mode="REFLECT", name="mirrored")
            y = tf.nn.conv2d(y, tf.constant(weights, tf.float32), 1, "VALID", name="conv")
            tf.nn.relu(y, name="out")
            whole = graph.as_graph_def()
        for apart in (False, True):
            fused = optimize.optimize_for_inference(whole, ["x"], ["out"], kind, apart)
            run.note([(node.name, node.op, list(node.input)) for node in fused.node])
            with tf.Graph().as_default(), tf.Session() as session:
                tf.import_graph_def(fused, name="")
                run.note(session.run("out:0", {"x:0": fed}))
    fuse = functools.partial(
        tf.raw_ops.FusedPadConv2D,
        input=tf.constant(fed, tf.float32),
        filter=tf.constant(weights, tf.float32),
        padding="SAME",
    )
    options = {"mode": "REFLECT", "strides": [1, 1, 1, 1]}
    run.attempt(fuse(paddings=[[0, 0], [3, 0], [0, 0], [0, 0]], **options))
    run.refused(lambda: fuse(paddings=[[0, 0], [-1, 0], [0, 0], [0, 0]], **options))
    run.refused(lambda: fuse(paddings=around, mode="REFLECT", strides=[1, 1, 1]))
    run.refused(lambda: fuse(paddings=around, mode="CONSTANT", strides=[1, 1, 1, 1]))


@story
def stripped_and_folded(tf, run):
    strip = internal_module(tf, "python.tools.strip_unused_lib")
    optimize = internal_module(tf, "python.tools.optimize_for_inference_lib")
    with tf.Graph().as_default() as graph:
        before = tf.constant(np.linspace(0, 1, 32).reshape(1, 4, 4, 2), tf.float32, name="before")
        x = tf.identity(before, name="x")
        weights = tf.constant(np.linspace(-1, 1, 24).reshape(2, 2, 2, 3), tf.float32, name="w")
        y = tf.nn.conv2d(x, weights, 1, "VALID", name="conv")
        numbers = [tf.constant([0.5, 1.0, float(n)], name=f"n{n}") for n in (1, 2, 3, 4)]
        y, _, _ = tf.nn.fused_batch_norm(y, *numbers, epsilon=0.01, is_training=False, name="norm")
        tf.nn.relu(tf.identity(y), name="out")
        tf.constant(1.0, name="apart")
        whole = graph.as_graph_def()
    kind = tf.float32.as_datatype_enum
    cut = strip.strip_unused(whole, ["x"], ["out"], kind)
    run.note([(node.name, node.op) for node in cut.node])
    run.refused(lambda: strip.strip_unused(whole, ["x:0"], ["out"], kind))
    run.refused(lambda: strip.strip_unused(whole, ["z"], ["out"], kind))
    folded = optimize.optimize_for_inference(whole, ["x"], ["out"], kind)
    run.note([(node.name, node.op, list(node.input)) for node in folded.node])
    fed = np.linspace(1, 2, 32).reshape(1, 4, 4, 2)
    for graph_def in (cut, folded):
        with tf.Graph().as_default(), tf.Session() as session:
            tf.import_graph_def(graph_def, name="")
            run.note(session.run("out:0", {"x:0": fed}))
    tf.train.write_graph(whole, ".", "whole.pb", as_text=False)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        strip.strip_unused_from_files("whole.pb", True, "cut.pb", True, "x", "out", kind)
        strip.strip_unused_from_files("none.pb", True, "cut.pb", True, "x", "out", kind)
    run.note(printed.getvalue())
    with open("cut.pb", "rb") as file:
        run.note(tf.GraphDef.FromString(file.read()) == cut)
