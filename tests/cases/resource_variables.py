"""Programs with variables behind handles: how they are made, read, changed and trained.

Their runs and every node of their graphs are compared.
"""

import tempfile

import numpy as np

from .arrays import f32
from .suite import Suite
from .whole_graphs import OPTIMIZERS

suite = Suite("resource_variables")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def stories(variants):
    """Adds the decorated `fn(tf, run, variant)` for each of `variants`, {id: variant}."""

    def add(fn):
        for key, variant in variants.items():
            suite.case(
                f"{fn.__name__}_{key}",
                lambda tf, run, variant=variant: fn(tf, run, variant),
                grad=False,
            )
        return fn

    return add


def variable(tf, value, name=None, **options):
    return tf.Variable(value, name=name, use_resource=True, **options)


def started(tf, run, *values):
    """Initialised variables of `values`, named a, b, c, ..."""
    variables = [variable(tf, value, "abc"[i]) for i, value in enumerate(values)]
    run(tf.global_variables_initializer())
    return variables if len(values) > 1 else variables[0]


@story
def made(tf, run):
    """By the class, by name, in a scope, on devices, in a container."""
    v = variable(tf, [1.0, 2.0], "v")
    with tf.variable_scope("scope", use_resource=True):
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
        again = tf.get_variable("r", initializer=tf.constant([3, 4]), use_resource=False)
    with tf.device("/cpu:0"), tf.control_dependencies([v.initializer]):
        cached = tf.get_variable(
            "cached", initializer=[1.0], use_resource=True, caching_device="/cpu:0"
        )
        cached.assign_add([1.0], read_value=False)
    with tf.container("box"):
        boxed = variable(tf, lambda: tf.fill([2, 2], 5.0), dtype=tf.float32)
    loose = variable(tf, [1.0, 2.0], shape=tf.TensorShape([None]))
    unknown = variable(tf, tf.placeholder_with_default([1.0], None))
    every = [v, w, again, cached, boxed, loose, unknown]
    run.note([str(x) for x in every])
    run.note([type(x).__name__ for x in (v, again)])
    run.note([[x.name, x.op.name, x.dtype.name, str(x.shape), x.device] for x in every])
    run.note([v.handle.name, v.handle.dtype.name, v.create.name, v.initial_value.name])
    run(tf.report_uninitialized_variables())
    run(tf.global_variables_initializer())
    run(every)
    run([v.is_initialized(), tf.is_variable_initialized(w), tf.report_uninitialized_variables()])


@story
def read(tf, run):
    """As a tensor, by the methods, in part; what is fetched and fed in its name."""
    v, m = started(tf, run, f32(3), f32(3, 2))
    run([v, v.value(), v.read_value(), v + 1.0, 2.0 * v, -v, v > 0, v[1], v[1:], m[:, 0]])
    run([m.sparse_read([2, 0]), m.gather_nd([[1, 1], [0, 0]]), tf.gather(m, [[0], [1]])])
    run([tf.gather_nd(m, [[1]]), tf.nn.embedding_lookup(m, [1, 1]), tf.gather(m, [0], axis=1)])
    run([tf.shape(m), tf.cast(v, tf.float32), tf.cast(v, tf.float64), tf.identity(v)])
    run([v, v * 1.0], {v: f32(3, at=9)})
    run([tf.raw_ops.VariableShape(input=m.handle, out_type=tf.int64)])


@story
def changed(tf, run):
    """By the methods and the functions, whose results are read after the change."""
    v = started(tf, run, f32(3))
    set_, more, less = v.assign([1.0, 2.0, 3.0]), v.assign_add(f32(3)), v.assign_sub(f32(3))
    run.note([str(x) for x in (set_, more, less)])
    run.note([x.op.name for x in (set_, more, less)])
    for change in (set_, more, less, set_ + 1.0, more.value(), less.read_value()):
        run(change)
        run(v)
    run.note(v.assign(f32(3), read_value=False).name)
    run(tf.assign(v, f32(3), name="named"))
    run([tf.assign_add(v, f32(3)), tf.group(set_, v)][0])
    run(tf.assign_sub(v, f32(3)))
    run(set_.assign_add([1.0, 1.0, 1.0]))
    v.load([7.0, 8.0, 9.0], run.session)
    run(v)
    run.note(v.eval(session=run.session))
    count = started(tf, run, 0)
    for counted in (count.count_up_to(2), tf.count_up_to(count, 2)):
        run.attempt(counted)
        run.attempt(counted)


@story
def rows(tf, run):
    """Changed by index, a repeated one too."""
    v = started(tf, run, f32(4, 2))
    some = tf.IndexedSlices(f32(3, 2), [2, 0, 2])
    scalar = tf.raw_ops.ResourceScatterUpdate(resource=v.handle, indices=[1], updates=5.0)
    names = ("update", "add", "sub", "mul", "div", "min", "max")
    for name in names:
        run(getattr(v, f"scatter_{name}")(some))
        run(getattr(tf, f"scatter_{name}")(v, [3], [[2.0, 4.0]]))
    run(scalar)
    run(v)
    run(v.batch_scatter_update(tf.IndexedSlices([[1.0, 2.0]], [3])))
    for name in ("update", "add", "sub"):
        run(getattr(v, f"scatter_nd_{name}")([[0, 1], [3, 0]], [1.0, 2.0]))
        run(getattr(tf, f"scatter_nd_{name}")(v, [[2]], [[1.0, 2.0]]))
    run(v[1:3].assign([[1.0, 2.0], [3.0, 4.0]]))
    run(v[0, 1].assign(9.0))


@story
def order(tf, run):
    """A read shows what was written before it, and nothing that is written after it."""
    a = started(tf, run, 1.0)
    with tf.control_dependencies([a.assign(2.0)]):
        before = a.read_value()
    with tf.control_dependencies([before]):
        other = a.assign(3.0)
    with tf.control_dependencies([other]):
        late, after = tf.identity(before), a.read_value()
    run([before, late, after])
    first = a.value()
    with tf.control_dependencies([first]):
        once = a.assign_add(1.0, read_value=False)
    with tf.control_dependencies([once]):
        twice = a.assign_add(first, read_value=False)
    with tf.control_dependencies([twice]):
        run([first, first * 2.0, a.read_value()])


@story
def one_name(tf, run):
    """Handles of one name and container are of one variable."""
    ops = tf.raw_ops
    make = {"dtype": tf.float32, "shape": [2]}
    first, second = (ops.VarHandleOp(shared_name="x", **make) for _ in range(2))
    boxed = ops.VarHandleOp(shared_name="x", container="box", **make)
    nameless = [ops.VarHandleOp(**make) for _ in range(2)]
    run(ops.AssignVariableOp(resource=first, value=[1.0, 2.0]))
    run(ops.AssignVariableOp(resource=nameless[0], value=[3.0, 4.0]))
    for handle in (second, nameless[1], tf.identity(second)):
        run(ops.ReadVariableOp(resource=handle, dtype=tf.float32))
    read_boxed = ops.ReadVariableOp(resource=boxed, dtype=tf.float32)
    run.attempt(read_boxed)
    run(ops.AssignVariableOp(resource=boxed, value=[5.0, 6.0]))
    run(read_boxed)
    run(ops.DestroyResourceOp(resource=second))
    run.attempt(ops.ReadVariableOp(resource=first, dtype=tf.float32))
    run.attempt(ops.DestroyResourceOp(resource=second, ignore_lookup_error=False))
    run(ops.DestroyResourceOp(resource=second))


@story
def without_value(tf, run):
    """What a run says of a variable that has none depends on who asks."""
    v = variable(tf, [1.0, 2.0])
    raw = tf.raw_ops
    for fetch in (
        v,
        v.read_value(),
        v.assign_add([1.0, 1.0]),
        v.sparse_read([0]),
        v.gather_nd([[0]]),
        v.scatter_add(tf.IndexedSlices([1.0], [0])),
        v[:1].assign([1.0]),
        raw.VariableShape(input=v.handle),
        raw.ResourceApplyGradientDescent(var=v.handle, alpha=0.1, delta=[1.0, 1.0]),
    ):
        run.refused(lambda fetch=fetch: run.session.run(fetch))
    run(v.is_initialized())


@story
def refused(tf, run):
    """What does not fit a variable, while building and in a run."""
    v = started(tf, run, [1.0, 2.0, 3.0])
    fed, rows = tf.placeholder(tf.float32, None), tf.placeholder(tf.int32, None)
    raw = tf.raw_ops
    for build in (
        lambda: v.assign([1.0]),
        lambda: v.assign_add([1.0]),
        lambda: v.set_shape([3]),
        lambda: v.count_up_to(3),
        lambda: raw.AssignVariableOp(resource=v.handle, value=[1.0]),
        lambda: raw.AssignVariableOp(resource=v.handle, value=[1, 2, 3]),
        lambda: raw.ReadVariableOp(resource=v.handle, dtype=tf.int32),
        lambda: raw.ResourceGather(
            resource=variable(tf, 1.0).handle, indices=[0], dtype=tf.float32
        ),
        lambda: tf.convert_to_tensor(v, tf.int32),
        lambda: variable(tf, [1.0], shape=[2]),
        lambda: list(v),
        lambda: v.scatter_add(1.0),
        lambda: v.__iadd__(1.0),
        lambda: v.__ipow__(1.0),
        lambda: v.numpy(),
        lambda: int(v),
    ):
        run.refused(build)
    for fetch, feeds in (
        (v.assign_add(fed), {fed: 1.0}),
        (v.assign_sub(fed), {fed: [1.0, 2.0]}),
        (raw.ResourceApplyGradientDescent(var=v.handle, alpha=0.1, delta=fed), {fed: 1.0}),
        (v.sparse_read(rows), {rows: [5]}),
        (v.gather_nd(rows), {rows: [[5]]}),
        (tf.scatter_add(v, rows, [1.0]), {rows: [5]}),
        (tf.scatter_nd_add(v, rows, [1.0]), {rows: [[5]]}),
    ):
        run.refused(lambda fetch=fetch, feeds=feeds: run.session.run(fetch, feeds))
    run(v)


@story
def of_another_shape(tf, run):
    """An assignment does not look at the shape in a run."""
    v, fed = started(tf, run, [1.0, 2.0, 3.0]), tf.placeholder(tf.float32, None)
    total = tf.reduce_sum(v * 2.0)
    run(total)
    run(v.assign(fed), {fed: np.ones((2, 2), np.float32)})
    run([v, tf.shape(v.read_value()), total])
    run(tf.raw_ops.VariableShape(input=v.handle))
    run(v.initializer)
    run([v, total])


@story
def gradients(tf, run):
    """Of reads, whole and in part, with respect to the variable and to its handle."""
    v, m = started(tf, run, f32(3), f32(3, 2))
    y = tf.reduce_sum(v * v * v) + tf.reduce_sum(tf.gather(m, [1, 1]) * tf.gather_nd(m, [[2]]))
    grads = tf.gradients(y, [v, v.handle, m])
    run(grads)
    run(tf.gradients(grads[0], v))
    run(tf.gradients(m.gather_nd([[0, 1]]) * m.sparse_read([0]), m))
    run(tf.gradients(v + tf.stop_gradient(v), [v, m], unconnected_gradients="zero"))
    run.note(tf.gradients(v * 2.0, m))
    run(tf.gradients(v * v.value(), v, stop_gradients=[v]))


def line(tf):
    """The loss of a straight line through fed points."""
    x = tf.placeholder(tf.float32, [None, 3], "x")
    y = tf.placeholder(tf.float32, [None, 1], "y")
    w, b = variable(tf, f32(3, 1), "w"), variable(tf, [0.5], "b")
    return tf.reduce_mean(tf.square(tf.matmul(x, w) + b - y)), {x: f32(4, 3), y: f32(4, 1, at=5)}


def table(tf):
    """The loss of some rows of a table."""
    rows = tf.placeholder(tf.int32, [None], "rows")
    embedded = tf.nn.embedding_lookup(variable(tf, f32(5, 2), "table"), rows)
    return tf.reduce_sum(tf.square(embedded)), {rows: np.array([3, 1, 3], np.int32)}


@stories(OPTIMIZERS)
def trained(tf, run, optimizer):
    loss, feeds = line(tf)
    step = variable(tf, 0, "step", trainable=False)
    train = optimizer(tf).minimize(loss, global_step=step)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run(train, feeds)
    run(tf.global_variables())


@stories(OPTIMIZERS)
def trained_sparsely(tf, run, optimizer):
    loss, feeds = table(tf)
    train = optimizer(tf).minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(2):
        run(train, feeds)
    run(tf.global_variables())


@stories({"whole": line, "rows": table})
def trained_by_sums(tf, run, model):
    """AdagradDA counts steps."""
    loss, feeds = model(tf)
    step = variable(tf, np.int64(0), "step", trainable=False)
    train = tf.train.AdagradDAOptimizer(0.1, step).minimize(loss, global_step=step)
    run(tf.global_variables_initializer())
    for _ in range(2):
        run(train, feeds)
    run(tf.global_variables())


@story
def constrained(tf, run):
    w = variable(tf, [3.0, -2.0], "w", constraint=lambda w: tf.clip_by_value(w, -1.0, 1.0))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(w * w))
    run(tf.global_variables_initializer())
    run(train)
    run(w)


@story
def averaged(tf, run):
    """Averages of variables, of a tensor, and of a variable's initialised value."""
    v, r = variable(tf, f32(2), "v"), tf.Variable(f32(2), name="r", use_resource=False)
    t = v * 2.0
    average = tf.train.ExponentialMovingAverage(0.9, zero_debias=True)
    update = average.apply([v, r, t])
    run(tf.global_variables_initializer())
    with tf.control_dependencies([v.assign_add([1.0, 1.0])]):
        change = tf.no_op()
    for _ in range(2):
        run(change)
        run(update)
    run([average.average(x) for x in (v, r, t)])
    run.note([average.average_name(x) for x in (v, r)])
    run(v.initialized_value())


@story
def initial_values(tf, run):
    """That depend on other variables of either kind."""
    v, r = variable(tf, f32(2), "v"), tf.Variable(f32(2), name="r")
    of_read = variable(tf, r + 1.0, "of_read")
    of_value = variable(tf, v.initialized_value() * 2.0, "of_value")
    other_kind = tf.Variable(v.initialized_value(), name="other_kind", use_resource=False)
    run(tf.global_variables_initializer())
    run([of_read, of_value, other_kind])


@story
def by_default(tf, run):
    """`enable_resource_variables` decides where nothing else does."""
    run.note(tf.resource_variables_enabled())
    tf.enable_resource_variables()
    try:
        run.note(tf.resource_variables_enabled())
        made = [tf.Variable(1.0), tf.get_variable("w", []), tf.Variable(1.0, use_resource=False)]
        with tf.variable_scope("scope", use_resource=False):
            made += [tf.get_variable("w", []), tf.Variable(2.0)]
        step = tf.train.get_or_create_global_step()
        tf.train.AdamOptimizer(0.1).minimize(made[0] * made[2], global_step=step)
    finally:
        tf.disable_resource_variables()
    run.note([x.op.type for x in tf.global_variables()])
    run.note(tf.Variable(1.0).op.type)


@story
def saved(tf, run):
    """The nodes of a Saver of variables of both kinds, one of unknown shape."""
    kinds = [variable(tf, f32(2), "v"), tf.Variable(f32(2), name="r", use_resource=False)]
    variable(tf, [1.0], "u", shape=tf.TensorShape([None]))
    tf.train.Saver({"other": kinds[0], "name": kinds[1]}, reshape=True)
    run.note(tf.train.Saver().as_saver_def().restore_op_name)
    run.note([str(x.to_proto()).split() for x in kinds])
    again = type(kinds[0]).from_proto(kinds[0].to_proto())
    run.note([str(again), again.initializer.name, again.value().op.type, str(again.to_proto())])


@story
def saved_and_restored(tf, run):
    """Under the names of those behind references, into either kind, in this graph or another."""
    loss, feeds = line(tf)
    train = tf.train.AdamOptimizer(0.1).minimize(loss)
    saver = tf.train.Saver()
    run(tf.global_variables_initializer())
    run(train, feeds)
    with tempfile.TemporaryDirectory() as folder:
        path = saver.save(run.session, folder + "/c")
        run.note([[name, shape] for name, shape in tf.train.list_variables(path)])
        run(train, feeds)
        saver.restore(run.session, path)
        run(tf.global_variables())
        for use_resource in (True, False):
            with tf.Graph().as_default(), tf.Session() as session:
                w = tf.get_variable("w", [3, 1], use_resource=use_resource)
                tf.train.Saver([w]).restore(session, path)
                run.note(session.run(w))
        with tf.Graph().as_default(), tf.Session() as session:
            again = tf.train.import_meta_graph(path + ".meta")
            run.note([str(v) for v in tf.global_variables()])
            again.restore(session, path)
            session.run(tf.get_collection("train_op"), {t.name: feeds[t] for t in feeds})
            run.note(session.run(tf.global_variables()))


@story
def imported_twice(tf, run):
    """Handles keep their shared name, so that both copies are of one variable."""
    with tf.Graph().as_default():
        v = variable(tf, [1.0, 2.0], "v")
        tf.gradients(tf.reduce_sum(tf.gather(v, [0]) * v), v)
        meta_graph = tf.train.export_meta_graph()
    for scope in ("one", "two"):
        tf.train.import_meta_graph(meta_graph, import_scope=scope)
    one, two = tf.global_variables()
    run.note([[str(v), v.op.name, v.initial_value.name, v.trainable] for v in (one, two)])
    run(one.initializer)
    run(two.assign_add([1.0, 1.0]))
    run([one, two])
    run(tf.gradients(tf.gather(one, [1]), one)[0].dense_shape)


@story
def frozen(tf, run):
    """Reads become constants, and what gathers rows gathers from a constant."""
    loss, feeds = line(tf)
    lookup, rows = table(tf)
    out = tf.add(loss, lookup, name="out")
    run(tf.global_variables_initializer())
    feeds.update(rows)
    run(out, feeds)
    graph_def = tf.get_default_graph().as_graph_def()
    constants = tf.graph_util.convert_variables_to_constants(run.session, graph_def, ["out"])
    run.note([[node.name, node.op, list(node.input)] for node in constants.node])
    (again,) = tf.import_graph_def(constants, return_elements=["out:0"])
    run(again, {"import/" + tensor.name: feeds[tensor] for tensor in feeds})


#: Writes that depend on no variable.
WRITES = {
    "set": lambda tf, v: v.assign(f32(3)),
    "added": lambda tf, v: v.assign_add(tf.fill([3], 4.0)),
    "alone": lambda tf, v: v.assign_sub([1.0, 2.0, 3.0], read_value=False),
}


@stories(WRITES)
def unordered(tf, run, write):
    """A write beside reads that were built before it and after it."""
    for fetch in (
        lambda v: [write(tf, v), v],
        lambda v: [v * 3.0, write(tf, v)],
        lambda v: [write(tf, v), v.read_value(), v * 3.0],
    ):
        v = variable(tf, f32(3))
        run(v.initializer)
        run(fetch(v))


@story
def results_of_two_writes(tf, run):
    v = started(tf, run, 1.0)
    run([v.assign_add(10.0), v.assign_add(100.0)][:1])
    run(v)


@story
def custom_gradient(tf, run):
    """Of a function that reads a variable, for which its gradient function gives one, too."""
    with tf.variable_scope("scope", use_resource=True):

        @tf.custom_gradient
        def f(x):
            w = tf.get_variable("w", initializer=f32(3))

            def grad(dy, variables=None):
                return dy * 2.0, [dy * 3.0 for _ in variables]

            return x * w, grad

        x = tf.constant(f32(3, at=4))
        y = f(x)
    grads = tf.gradients(y, [x, *tf.trainable_variables()])
    run(tf.global_variables_initializer())
    run([y, *grads])


@story
def of_version_2(tf, run):
    """`tf.compat.v2.Variable` gives no choice, and takes variables of all kinds for its own."""
    class_2 = tf.compat.v2.Variable
    v, r = class_2(f32(2), name="v"), tf.Variable(1.0, use_resource=False)
    run.note([isinstance(v, tf.Variable), isinstance(r, class_2), issubclass(tf.Variable, class_2)])
    run.note([str(v), type(v).__name__])
    run.note([x.name for x in tf.trainable_variables()])

    def creator(next_creator, **kwargs):
        run.note(sorted(kwargs))
        return next_creator(**dict(kwargs, name="made"))

    with tf.variable_creator_scope(creator):
        class_2(2.0)
    run(tf.global_variables_initializer())
    run([v * 2.0, r])


@story
def own_optimizer(tf, run):
    """A program's optimizer has hooks of its own for handles; rows that occur twice are summed."""

    class Halving(tf.train.Optimizer):
        def __init__(self):
            super().__init__(False, "Halving")

        def _resource_apply_dense(self, grad, handle):
            return handle.assign_sub(grad * 0.5, read_value=False)

        def _resource_apply_sparse(self, grad, handle, indices):
            return handle.scatter_sub(tf.IndexedSlices(grad * 0.5, indices))

    w, rows = variable(tf, f32(2), "w"), variable(tf, f32(3, 2), "rows")
    loss = tf.reduce_sum(w * w) + tf.reduce_sum(tf.gather(rows, [1, 1]) * 2.0)
    step = variable(tf, 0, "step", trainable=False)
    train = Halving().minimize(loss, step)
    run(tf.global_variables_initializer())
    run(train)
    run([w, rows, step])
    tied = variable(tf, [1.0], "tied", constraint=tf.abs)
    by_rows = tf.reduce_sum(tf.gather(tied, [0]))
    run.refused(lambda: Halving().minimize(by_rows, var_list=[tied]))


@story
def network(tf, run):
    """Two layers and an embedding, with a schedule, clipped gradients, averages and summaries."""
    tf.set_random_seed(1)
    with tf.variable_scope("net", use_resource=True, regularizer=lambda w: tf.nn.l2_loss(w) * 0.01):
        ids, y = tf.placeholder(tf.int32, [None, 2]), tf.placeholder(tf.float32, [None, 3])
        h = tf.reshape(tf.nn.embedding_lookup(tf.get_variable("e", [5, 4]), ids), [-1, 8])
        for name, sizes in (("one", [8, 6]), ("two", [6, 3])):
            with tf.variable_scope(name):
                w, b = tf.get_variable("w", sizes), tf.get_variable("b", sizes[1:])
                h = tf.nn.relu(tf.matmul(h, w) + b)
    loss = tf.reduce_mean(tf.square(h - y)) + tf.add_n(tf.get_collection("regularization_losses"))
    step = tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(0.1, step, 2, 0.5)
    optimizer = tf.train.MomentumOptimizer(rate, 0.9)
    pairs = optimizer.compute_gradients(loss)
    clipped, _ = tf.clip_by_global_norm([grad for grad, _ in pairs], 1.0)
    clipped_pairs = [(clipped[i], pairs[i][1]) for i in range(len(pairs))]
    train = optimizer.apply_gradients(clipped_pairs, step)
    average = tf.train.ExponentialMovingAverage(0.9, step)
    with tf.control_dependencies([train]):
        averaged = average.apply()
    tf.summary.histogram("w", w)
    run(tf.global_variables_initializer())
    feeds = {ids: np.array([[0, 1], [2, 1], [4, 4]], np.int32), y: f32(3, 3)}
    for _ in range(4):
        run([loss, averaged], feeds)
    run(tf.global_variables())
