"""Checkpoints of objects: what is in the files, what a restore gives, and what is refused."""

import hashlib
import os
import shutil
import tempfile

import numpy as np

from .suite import Suite, internal_module

suite = Suite("object_checkpoints")


def story(fn):
    """Adds `fn(tf, run, folder)` as a case, under its own name."""

    def told(tf, run):
        folder = tempfile.mkdtemp()
        try:
            with run.session.as_default():
                fn(tf, run, folder)
        finally:
            shutil.rmtree(folder)

    suite.case(fn.__name__, told, grad=False)
    return fn


def files(run, folder):
    """Notes the files of a folder, byte for byte."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and name != "checkpoint":
            with open(path, "rb") as file:
                run.note([name, hashlib.sha256(file.read()).hexdigest()[:16]])


def fails(run, build):
    """Notes an error: its class and the beginning of its text, which names objects later on."""
    try:
        build()
    except Exception as error:
        run.note([type(error).__name__.strip("_"), str(error).split("<")[0][:90]])
    else:
        run.note("nothing is refused")


class Group:
    """Made in each story of the module's own AutoTrackable."""

    def __new__(cls, tf):
        return tf.contrib.checkpoint.Checkpointable()


def model(tf):
    """A layer, its optimizer, and variables of both kinds, by the names that they have here."""
    layer = tf.layers.Dense(2, name="fc", kernel_initializer=tf.constant_initializer(0.5))
    step = tf.Variable(3, name="count", trainable=False)
    scale = tf.Variable([1.0, 2.0], name="scale", use_resource=True)
    optimizer = tf.train.AdamOptimizer(0.1)
    loss = tf.reduce_sum(layer(tf.ones([1, 3])) * scale)
    train = optimizer.minimize(loss)
    saved = tf.train.Checkpoint(layer=layer, scale=scale, optimizer=optimizer, step=step)
    return saved, layer, step, scale, train


@story
def saved_and_restored(tf, run, folder):
    saved, layer, step, scale, train = model(tf)
    run(tf.global_variables_initializer())
    run(train)
    first = saved.save(folder + "/a")
    run(step.assign(7))
    second = saved.save(folder + "/a")
    third = saved.write(folder + "/sub/b")
    run.note([os.path.relpath(p, folder) for p in (first, second, third)])
    run.note(os.path.basename(tf.train.latest_checkpoint(folder)))
    files(run, folder)
    run.note(tf.train.list_variables(first))
    run.note(str(tf.contrib.checkpoint.object_metadata(first)))
    status = saved.restore(first).assert_consumed().assert_nontrivial_match()
    status.run_restore_ops()
    run([step, scale, saved.save_counter])
    saved.restore(second).assert_existing_objects_matched().initialize_or_restore()
    run([step, scale, layer.kernel, saved.save_counter])


@story
def structures(tf, run, folder):
    make = tf.contrib.checkpoint
    one, two, three = (tf.Variable(float(n), use_resource=True) for n in range(3))
    root = tf.train.Checkpoint()
    root.plain = [one, {"two": two, "k": [1]}, []]
    root.mapping = make.Mapping(three=three)
    root.listed = make.List([one])
    root.listed.append(two)
    root.apart = make.NoDependency([one])
    root.names = make.UniqueNameTracker()
    for variable in (one, two, three):
        root.names.track(variable, "v")
    run.note([type(item).__name__.strip("_") for item in (root.plain, root.plain[1], root.apart)])
    run.note([len(make.list_objects(root)), repr(root.plain[2]), len(root.listed)])
    run([variable.initializer for variable in (one, two, three)])
    prefix = root.save(folder + "/c")
    files(run, folder)
    run.note(str(make.object_metadata(prefix)))
    run.note(make.dot_graph_from_checkpoint(prefix))
    root.plain.append(three)
    fails(run, lambda: make.List([3]))
    fails(run, lambda: make.Mapping({3: one}))
    fails(run, lambda: root.mapping.update(three=one))
    root.plain[0] = two
    fails(run, lambda: root.save(folder + "/c"))
    root.plain = {1: one}
    fails(run, lambda: root.save(folder + "/c"))


@story
def restored_when_made(tf, run, folder):
    saved, *_, train = model(tf)
    run(tf.global_variables_initializer())
    run(train)
    prefix = saved.save(folder + "/a")
    late = tf.train.Checkpoint()
    status = late.restore(prefix)
    fails(run, status.assert_consumed)
    late.scale = tf.Variable([0.0, 0.0], use_resource=True)
    late.optimizer = tf.train.AdamOptimizer(0.1)
    late.layer = tf.layers.Dense(2, name="other")
    status.run_restore_ops()
    run(late.scale)
    loss = tf.reduce_sum(late.layer(tf.ones([1, 3])) * late.scale)
    train = late.optimizer.minimize(loss)
    late.step = tf.Variable(0)
    status.assert_consumed()
    status.initialize_or_restore()
    run([late.step, late.layer.bias, late.optimizer.get_slot(late.scale, "m")])
    run(train)
    run([late.layer.kernel, late.scale])


@story
def with_what_else_there_is(tf, run, folder):
    saved = tf.train.Checkpoint(v=tf.Variable(1.0))
    run(saved.v.initializer)
    prefix = saved.save(folder + "/a")
    other = tf.train.Checkpoint(v=tf.Variable(2.0), more=tf.Variable(3.0))
    status = other.restore(prefix)
    fails(run, status.assert_consumed)
    fails(run, status.assert_existing_objects_matched)
    status.assert_nontrivial_match()
    status.initialize_or_restore()
    run([other.v, other.more])
    alone = tf.train.Checkpoint(w=tf.Variable(2.0))
    status = alone.restore(prefix).expect_partial()
    fails(run, status.assert_nontrivial_match)
    none = other.restore(None)
    fails(run, none.assert_consumed)
    fails(run, none.run_restore_ops)
    none.initialize_or_restore()
    run([other.v, other.more])
    fails(run, lambda: tf.train.Checkpoint(v=3))
    fails(run, lambda: saved.restore(folder + "/nothing"))


@story
def between_savers(tf, run, folder):
    v = tf.get_variable("v", initializer=1.0)
    r = tf.get_variable("r", initializer=[2.0], use_resource=True)
    saver = tf.train.Saver()
    saved = tf.train.Checkpoint(v=v, r=r)
    run(tf.global_variables_initializer())
    named = saver.save(run.session, folder + "/named", write_meta_graph=False)
    objects = saved.write(folder + "/objects")
    run([v.assign(5.0), r.assign([6.0])])
    saver.restore(run.session, objects)
    run([v, r])
    run([v.assign(5.0), r.assign([6.0])])
    only = tf.train.Checkpoint(group=tf.train.Checkpoint(v=v), r=r)
    status = only.restore(named)
    run.note(type(status).__name__)


@story
def python_state(tf, run, folder):
    class Counted(tf.train.experimental.PythonState):
        def __init__(self, text):
            self.text = text

        def serialize(self):
            return self.text

        def deserialize(self, string_value):
            self.text = string_value

    arrays = tf.contrib.checkpoint.NumpyState()
    arrays.x = np.arange(3.0)
    saved = tf.train.Checkpoint(counted=Counted("one"), arrays=arrays)
    first = saved.save(folder + "/a")
    saved.counted.text, arrays.x = "two", np.zeros([2])
    saved.save(folder + "/a")
    run.note(str(tf.contrib.checkpoint.object_metadata(first)))
    saved.restore(first).assert_consumed()
    run.note([saved.counted.text.decode(), arrays.x.tolist()])
    fails(run, lambda: setattr(arrays, "y", "no array"))
    fresh = tf.train.Checkpoint(arrays=tf.contrib.checkpoint.NumpyState())
    fresh.restore(folder + "/a-2").expect_partial()
    run.note(fresh.arrays.x.tolist())


@story
def of_an_iterator_and_a_table(tf, run, folder):
    numbers = tf.data.Dataset.range(5).make_initializable_iterator()
    following = numbers.get_next()
    table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1, name="table")
    saved = tf.train.Checkpoint(numbers=numbers, table=table)
    run(numbers.initializer)
    run(table.insert(tf.constant(["a"]), tf.constant([1], tf.int64)))
    run([following])
    prefix = saved.save(folder + "/a")
    run.note([name for name, _ in tf.train.list_variables(prefix)])
    run([following])
    run(table.insert(tf.constant(["a", "b"]), tf.constant([2, 3], tf.int64)))
    saved.restore(prefix).assert_consumed().run_restore_ops()
    run([following, table.lookup(tf.constant(["a", "b"]))])


@story
def templates_and_cells(tf, run, folder):
    def inner():
        return tf.get_variable("x", initializer=2.0)

    def outer():
        below = tf.make_template("below", inner)
        return below() + tf.get_variable("y", shape=[], initializer=tf.ones_initializer())

    template = tf.make_template("above", outer)
    template()
    cells = [tf.nn.rnn_cell.GRUCell(2), tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.GRUCell(3))]
    cell = tf.nn.rnn_cell.MultiRNNCell(cells)
    tf.nn.static_rnn(cell, [tf.ones([1, 2])], dtype=tf.float32)
    saved = tf.train.Checkpoint(template=template, cell=cell)
    run.note(len(tf.contrib.checkpoint.list_objects(saved)))
    run(tf.global_variables_initializer())
    prefix = saved.write(folder + "/a")
    run.note(tf.train.list_variables(prefix))
    with tf.variable_scope("captured") as scope:
        group = Group(tf)
        group.variable_scope = scope
        with tf.contrib.checkpoint.capture_dependencies(group):
            tf.get_variable("inside/w", shape=[2])
    run.note([name for name, _ in group._checkpoint_dependencies])


@story
def split(tf, run, folder):
    whole = tf.Variable([1.0, 2.0, 3.0], use_resource=True)

    def fill(buffer):
        buffer["low"], buffer["high"] = whole[:1], whole[1:]

    def consume(buffer):
        return whole.assign(tf.concat([buffer["low"], buffer["high"]], 0))

    parts = tf.contrib.checkpoint.split_dependency(
        ("low", "high"), (tf.float32,) * 2, fill, consume, device="/cpu:0"
    )
    saved = tf.train.Checkpoint(low=parts["low"], high=parts["high"])
    run(whole.initializer)
    prefix = saved.save(folder + "/a")
    run.note(tf.train.list_variables(prefix))
    run(whole.assign([0.0, 0.0, 0.0]))
    saved.restore(prefix).assert_consumed().run_restore_ops()
    run(whole)


@story
def managed(tf, run, folder):
    saved = tf.train.Checkpoint(v=tf.Variable(1.0))
    run(saved.v.initializer)
    manager = tf.train.CheckpointManager(saved, folder, max_to_keep=2)
    run.note([manager.latest_checkpoint, manager.checkpoints])
    for number in (None, None, 7, "counter"):
        number = saved.save_counter if number == "counter" else number
        run.note(os.path.relpath(manager.save(number), folder))
        run.note([os.path.basename(path) for path in manager.checkpoints])
    files(run, folder)
    after = tf.contrib.checkpoint.CheckpointManager(saved, folder, 1, 0.5, "other")
    run.note([os.path.basename(path) for path in after.checkpoints])
    run.note(os.path.basename(after.save()))
    run.note(sorted(name for name in os.listdir(folder) if name.endswith("index")))
    fails(run, lambda: tf.train.CheckpointManager(saved, folder, 0))


@story
def modules(tf, run, folder):
    class Affine(tf.Module):
        def __init__(self, size, name=None):
            super().__init__(name)
            self.size = size
            self.weights = {}

        @tf.Module.with_name_scope
        def __call__(self, x):
            if not self.weights:
                self.weights["w"] = tf.Variable(tf.ones([2, self.size]), name="w")
                self.b = tf.Variable(tf.zeros([self.size]), name="b", trainable=False)
            return tf.matmul(x, self.weights["w"]) + self.b

    class Net(tf.Module):
        def __init__(self):
            super().__init__(name="net")
            with self.name_scope:
                self.layers = [Affine(2), Affine(1, "last")]

        def __call__(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    net = Net()
    result = net(tf.ones([1, 2]))
    run.note([net.name, [v.name for v in net.variables], [m.name for m in net.submodules]])
    run.note([v.name for v in net.trainable_variables])
    found = net._flatten(predicate=lambda item: hasattr(item, "name"), with_path=True)
    run.note([list(map(str, path)) for path, _ in found])
    run([v.initializer for v in net.variables])
    run(result)
    prefix = tf.train.Checkpoint(net=net).write(folder + "/a")
    files(run, folder)
    run.note(tf.train.list_variables(prefix))
    fails(run, lambda: tf.Module(name="no name"))


@story
def fixed(tf, run, folder):
    util = internal_module(tf, "python.training.tracking.util")
    saved = tf.train.Checkpoint(v=tf.Variable(1.0, use_resource=True))
    saver = util.frozen_saver(saved)
    prefix = tf.placeholder(tf.string, [])
    run(saved.v.initializer)
    run.session.run(saver.save(prefix), {prefix: folder + "/a"})
    files(run, folder)
    run(saved.v.assign(3.0))
    run.session.run(list(saver.restore(prefix).values()), {prefix: folder + "/a"})
    run(saved.v)
    group = Group(tf)
    util.add_variable(group, "own", shape=[2], initializer=tf.zeros_initializer)
    run(util.gather_initializers(group))
    run(group._lookup_dependency("own"))
    fails(run, lambda: util.add_variable(group, "own", shape=[2]))
    fails(run, lambda: util.add_variable(group, "new", shape=[2], initializer=1.0))
    fails(run, lambda: group._track_trackable(3, "number"))
