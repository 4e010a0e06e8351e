"""Programs that reach outside of TensorFlow: what they print, call, save and restore."""

import os
import tempfile

import numpy as np

from .arrays import f32, ints, longs, num
from .suite import Suite

suite = Suite("effects")


def program(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@program
def old_print(tf, run):
    """What is printed is another test's; here it lets its input through, beside a gradient."""
    x = tf.placeholder(tf.float32, [3])
    y = tf.Print(x * 2, [x, tf.shape(x)], "seen: ", first_n=1)
    run([y, tf.gradients(y * y, x)], {x: num([1, 2, 3])})
    run(y + 1, {x: num([3, 2, 1])})


@program
def prints_to_a_file(tf, run):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "printed")
        x = tf.placeholder(tf.float32)
        stream = "file://" + path
        ops = [
            tf.print("x is", x, "and its shape", tf.shape(x), output_stream=stream),
            tf.print(x, [x[0], "text"], sep="|", end="!\n", summarize=1, output_stream=stream),
        ]
        for value in (f32(2), f32(4, 3)):
            for printing in ops:
                run(printing, {x: value})
        with open(path) as file:
            run.note(file.read())


@program
def formatted(tf, run):
    x = tf.placeholder(tf.int32)
    text = tf.strings.format("a {} b {}", (x, tf.shape(x)), summarize=2)
    run(text, {x: ints([1, 2, 3, 4, 5, 6])})
    run([text, tf.strings.format("#, {}", x, placeholder="#")], {x: ints([[1, 2], [3, 4]])})


@program
def functions(tf, run):
    x = tf.placeholder(tf.float32, [2, 3])
    calls = []

    def counted(a):
        calls.append(a.shape)
        return a.T * 2, np.float32(len(calls))

    y, n = tf.py_func(counted, [x], [tf.float32, tf.float32])
    z = tf.py_func(np.sum, [x], tf.float32, stateful=False)
    run([y, n, z], {x: f32(2, 3)})
    run([tf.reduce_sum(y), n, z + 1], {x: f32(2, 3, at=1)})
    run.note(calls)


def saved(tf, run, **options):
    """Saves variables of three types, changes them, and restores them."""
    numbers = [
        tf.Variable(values, name=name)
        for name, values in (("a", f32(2, 3)), ("b", longs([1, -2])), ("c", np.array(7, np.int32)))
    ]
    saver = tf.train.Saver(**options)
    changes = [
        tf.assign(numbers[0], numbers[0] * 2),
        tf.assign_add(numbers[1], [1, 1]),
        tf.assign(numbers[2], 3),
    ]
    with tempfile.TemporaryDirectory() as folder:
        run(tf.global_variables_initializer())
        path = saver.save(run.session, os.path.join(folder, "model"), write_meta_graph=False)
        run.note(sorted(name for name in os.listdir(folder) if name != "checkpoint"))
        reader = tf.train.load_checkpoint(path)
        run.note({key: reader.get_tensor(key) for key in reader.get_variable_to_shape_map()})
        run(changes)
        saver.restore(run.session, path)
        run(numbers)


for version in (1, 2):
    for sharded in (False, True):
        suite.case(
            "saved_v{}{}".format(version, "_sharded" * sharded),
            lambda tf, run, version=version, sharded=sharded: saved(
                tf, run, write_version=version, sharded=sharded
            ),
            grad=False,
        )


@program
def meta_graph_without_default_attributes(tf, run):
    x = tf.placeholder(tf.float32, [1, 4, 4, 1])
    y = tf.nn.conv2d(x, f32(1, 1, 1, 1), [1, 1, 1, 1], "SAME")
    tf.matmul(x[0, :, :, 0], y[0, ..., 0], transpose_b=True)
    tf.nn.leaky_relu(tf.reduce_sum(y, keepdims=True))
    tf.stack(tf.unstack(tf.one_hot(tf.argmax(y, 1), 2), axis=-2), axis=1)
    tf.random_normal([2], seed=3)
    tf.Variable(1.0)
    meta = tf.train.export_meta_graph(strip_default_attrs=True)
    for node in meta.graph_def.node:
        run.note([node.op, *sorted(node.attr)])
    run.note(meta.meta_info_def.stripped_default_attrs)


@program
def graphs_in_event_files(tf, run):
    """A writer adds the meta graph of the graph that it is made with, of no other."""
    tf.Variable(1.0)
    graph = tf.get_default_graph()
    for suffix, given in enumerate([{"graph": graph}, {"graph_def": graph.as_graph_def()}, {}]):
        with tempfile.TemporaryDirectory() as folder:
            writer = tf.summary.FileWriter(folder, filename_suffix=f".{suffix}", **given)
            run.note([os.path.splitext(name)[1] for name in os.listdir(folder)])
            writer.add_graph(graph, 7)
            writer.close()
            (name,) = os.listdir(folder)
            for event in tf.train.summary_iterator(os.path.join(folder, name)):
                run.note([event.WhichOneof("what"), event.step])
                meta = tf.MetaGraphDef.FromString(event.meta_graph_def)
                run.note([sorted(meta.collection_def), len(meta.graph_def.node)])


@program
def a_slice_restored(tf, run):
    """Of the first format, by its own operations."""
    v = tf.Variable(f32(2, 4), name="v")
    ops = tf.raw_ops
    with tempfile.TemporaryDirectory() as folder:
        run(tf.global_variables_initializer())
        path = os.path.join(folder, "model")
        run(ops.SaveSlices(filename=path, tensor_names=["v"], shapes_and_slices=[""], data=[v]))
        part = ops.RestoreSlice(
            file_pattern=path, tensor_name="v", shape_and_slice="2 4 1,1:1,2", dt=tf.float32
        )
        run.note(str(part.shape))
        run(part)


@program
def files_by_uri(tf, run):
    v = tf.Variable(1.0)
    saver = tf.train.Saver()
    with tempfile.TemporaryDirectory() as folder:
        uri = "file://" + folder

        def note(value):
            run.note(str(value).replace(folder, "folder"))

        run.session.run(v.initializer)
        note(saver.save(run.session, uri + "/model"))
        note(saver.save(run.session, uri + "/model", 3))
        note(saver.last_checkpoints)
        note(tf.train.latest_checkpoint(folder))
        note(tf.train.latest_checkpoint(uri))
        note(tf.train.checkpoint_exists(uri + "/model"))
        note(tf.train.list_variables(uri + "/model"))
        saver.restore(run.session, uri + "/model-3")
        note(tf.train.write_graph(run.session.graph, uri, "graph"))
        tf.train.import_meta_graph(uri + "/model.meta", import_scope="again")
        tf.summary.FileWriter(uri + "/logs", filename_suffix=".x").close()
        with tf.gfile.GFile(uri + "/text", "w") as file:
            file.write("text")
        note(tf.gfile.GFile(uri + "/text").read())
        note(tf.gfile.Glob(uri + "/t*"))
        tf.gfile.MakeDirs(uri + "/a/b")
        note(list(tf.gfile.Walk(uri + "/a")))
        note([tf.gfile.Exists(uri + "/a"), tf.gfile.IsDirectory(uri + "/text")])
        tf.gfile.Copy(uri + "/text", folder + "/copy")
        tf.gfile.Rename(uri + "/copy", uri + "/moved")
        note(sorted(os.listdir(folder)))


@program
def files_read_and_written(tf, run):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        for mode in ("w+", "r+", "a+", "rb+"):
            with tf.gfile.GFile(path, mode) as file:
                if mode != "w+":
                    run.note(file.read(1))
                file.write(mode)
                file.flush()
            run.note(tf.gfile.GFile(path, "rb").read().decode())
