"""Programs about variables: what they build, what their runs give, and how they fail.

A program is a function of `tf` and `run` (see `cases.observe.Run`). PROGRAMS are compared node for
node and run for run, FAILURES by the exception that they raise.
"""

import collections

import numpy as np
from cases import observe
from cases.suite import Case

PROGRAMS, FAILURES = collections.OrderedDict(), collections.OrderedDict()


def observed(tf, name):
    """What a program built, and what its runs gave."""
    with tf.Graph().as_default() as graph:
        run = observe.Run(tf)
        with run.session:
            PROGRAMS[name](tf, run)
    # TensorFlow lists control inputs in no particular order.
    nodes = [[*node, sorted(controls)] for *node, controls in observe.nodes(graph)]
    return {"nodes": nodes, "attributes": observe.attributes(graph), "log": run.log}


def failed(tf, name):
    """How one of FAILURES failed."""
    return observe.failure_of(tf, FAILURES[name])


def program(fn):
    """Adds `fn` to PROGRAMS."""
    PROGRAMS[fn.__name__] = fn
    return fn


def failure(name, fn, why=""):
    """Adds `fn(tf)`, which must raise, to FAILURES; `why` its words are not compared."""
    FAILURES[name] = Case(name, lambda tf, run: fn(tf), (), False, 0, 0, why)


def note_all(run, *things):
    """Logs how each thing is spelled."""
    for thing in things:
        run.note(str(thing))


def initialize(tf, run):
    run(tf.global_variables_initializer())


def slices(tf, values, indices):
    return tf.IndexedSlices(tf.constant(values), tf.constant(indices))


# Making a variable.


@program
def initial_values(tf, run):
    variables = [
        tf.Variable(1),
        tf.Variable([1.0, 2.0]),
        tf.Variable([[1, 2]], dtype=tf.float32, name="converted"),
        tf.Variable(np.arange(3.0), name="array"),
        tf.Variable(np.float32(3), name="scalar"),
        tf.Variable(True, name="truth"),
        tf.Variable("text", name="text"),
        tf.Variable(2**40, name="large"),
        tf.Variable(tf.zeros([2, 3]), name="tensor"),
        tf.Variable(lambda: tf.ones([2]), name="function"),
        tf.Variable(lambda: 3, dtype=tf.float64, name="typed"),
        tf.Variable(tf.zeros([0, 2]), name="empty"),
    ]
    note_all(run, *variables)
    initialize(tf, run)
    run(variables)


@program
def spellings(tf, run):
    w = tf.Variable([[1.0, 2.0]], name="w", trainable=False)
    note_all(run, w.name, w.op.name, w.dtype, w.shape, w.get_shape(), w.device, w.trainable)
    note_all(run, w.initializer.name, w.initial_value, w.value(), w.graph is tf.get_default_graph())
    note_all(run, w.synchronization, w.aggregation, w.constraint, repr(w), bool(w), w == 1)
    note_all(run, tf.Variable(1.0, constraint=tf.abs).constraint is tf.abs)


@program
def shapes_known_in_runs_only(tf, run):
    p = tf.placeholder(tf.float32, [None, 2])
    a = tf.Variable(p, validate_shape=False, name="a")
    b = tf.get_variable("b", initializer=p, validate_shape=False)
    note_all(run, a, b)
    initializer = tf.global_variables_initializer()
    for size in (3, 2):
        run(initializer, {p: np.ones((size, 2), np.float32)})
        run([a, tf.shape(a), b])


@program
def initial_value_of_a_variable(tf, run):
    """What lies between the variables is built again, of initialised values."""
    a = tf.Variable([1.0, 2.0], name="a")
    doubled = a * 2
    with tf.name_scope("scope"):
        b = tf.Variable(doubled + tf.constant(1.0), name="b")
    c = tf.Variable([a, b], name="c")
    d = tf.Variable(lambda: b - 1, name="d")
    e = tf.get_variable("inner/e", initializer=tf.identity(d))
    f = tf.Variable(e.initialized_value() * 2, name="f")
    # What is behind the initial value itself is not: so each has its turn.
    for variable in (a, b, c, d, e, f):
        run(variable.initializer)
    run([a, b, c, d, e, f])


@program
def initialized_values(tf, run):
    a = tf.Variable([1.0, 2.0], name="a")
    b = tf.Variable(a.initialized_value() * 2, name="b")
    c = tf.Variable(a, name="c")
    value = a.initialized_value()
    run(value)
    initialize(tf, run)
    run([a, b, c])
    run(a.assign([5.0, 6.0]))
    run([value, a.initialized_value() + 1])


@program
def under_control_dependencies(tf, run):
    """A variable waits for nothing, neither does its regularizer."""
    with tf.control_dependencies([tf.no_op()]):
        a = tf.Variable(1.0)
        b = tf.get_variable("b", [2], regularizer=tf.contrib.layers.l2_regularizer(0.1))
        a.read_value()
        a.assign(2.0)
        tf.constant(1.0)
    return b


@program
def beside_another(tf, run):
    w = tf.get_variable("w", [2])
    with tf.colocate_with(w):
        tf.get_variable("v", [2], initializer=tf.zeros_initializer())
        tf.Variable([1.0])
    with tf.variable_scope("s", regularizer=tf.contrib.layers.l1_regularizer(0.5)):
        tf.get_variable("w", [1])
    tf.assign_add(w, w)
    for op in tf.get_default_graph().get_operations():
        note_all(run, [group.decode() for group in op.colocation_groups()])


@program
def devices(tf, run):
    with tf.device("/device:CPU:0"):
        tf.get_variable("w", [1])
        tf.Variable(tf.zeros([2]))
    for op in tf.get_default_graph().get_operations():
        note_all(run, op.device)


# Using and changing one.


@program
def operators(tf, run):
    v, n = tf.Variable([[1.0, -2.0], [3.0, 4.0]]), tf.Variable([5, -7])
    initialize(tf, run)
    run([v + 1, 1 - v, v * v, v / 2, 2 / v, v**2, 2**v, -v, abs(v), v % 2, v // 2, v @ v])
    run([n + 1, n / 2, n // 2, 3 % n, n > 0, n <= -7, v[0], v[:, 1], n[-1]])
    run([tf.reduce_sum(v), tf.convert_to_tensor(n), tf.stack([n, n]), v.value(), v.read_value()])
    v += 1.0
    run(v)


@program
def assignments(tf, run):
    v = tf.Variable([1.0, 2.0])
    initialize(tf, run)
    run(v.assign([3.0, 4.0]))
    run(v.assign_add([1.0, 1.0], name="more"))
    run(v.assign_sub(v))
    run(v.assign([5.0, 6.0], read_value=False))
    run([tf.assign(v, v * 2), v])
    run(tf.assign_sub(v, [1.0, 1.0], use_locking=True))
    run(tf.assign_add(v, [1, 1]))
    v.load([7.0, 8.0], run.session)
    run.note(v.eval(run.session))
    run(tf.assign(v, [1.0, 2.0, 3.0], validate_shape=False))


@program
def counting(tf, run):
    n = tf.Variable(0)
    count, counted = n.count_up_to(2), tf.count_up_to(n, 3)
    initialize(tf, run)
    for _ in range(3):
        run.attempt(count)
    run(counted)
    run.attempt(counted)
    run(n)


ROWS = {
    "scatter_update": ([[9.0, 9.0]], [1]),
    "scatter_add": ([[1.0, 2.0], [3.0, 4.0]], [1, 1]),
    "scatter_sub": ([[1.0, 2.0], [3.0, 4.0]], [2, 2]),
    "scatter_mul": ([[2.0, 2.0], [3.0, 3.0]], [0, 0]),
    "scatter_div": ([[2.0, 4.0]], [2]),
    "scatter_min": ([[2.0, 0.0]], [2]),
    "scatter_max": ([[5.5, 5.5]], [2]),
    "batch_scatter_update": ([[10.0], [20.0], [30.0]], [[0], [1], [0]]),
}


@program
def rows(tf, run):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    n = tf.Variable([7, -7, 9])
    initialize(tf, run)
    for name, (values, indices) in ROWS.items():
        run(getattr(v, name)(slices(tf, values, indices)))
        run(getattr(tf, name)(v, indices, values))
    run(tf.scatter_add(v, 1, 0.5))
    run(tf.scatter_div(n, [0, 1], [2, 2]))
    run.attempt(tf.scatter_update(v, [3], [[1.0, 1.0]]))
    run([v, n])


@program
def places(tf, run):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    initialize(tf, run)
    for name in ("scatter_nd_update", "scatter_nd_add", "scatter_nd_sub"):
        run(getattr(v, name)([[0, 1], [2, 0]], [7.0, 8.0]))
        run(getattr(tf, name)(v, [[1]], [[1.0, -1.0]]))
    run(tf.scatter_nd_add(v, [[0], [0]], [[1.0, 1.0], [2.0, 2.0]]))
    run.attempt(tf.scatter_nd_update(v, [[0, 5]], [1.0]))
    run([v, tf.gather_nd(v, [[1]]), tf.gather(v, [2, 0])])


@program
def parts(tf, run):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    initialize(tf, run)
    run(v[1:, 0].assign([7.0, 8.0]))
    run(v[0, 1].assign(5.0))
    run(v[..., 1:].assign([[1.0], [2.0], [3.0]], name="last"))
    run(v[::2].assign(v[::2] * 10))
    run(v)


@program
def feeds_and_fetches(tf, run):
    v = tf.Variable([1.0, 2.0], name="v")
    y = v * 2
    initialize(tf, run)
    run({"v": v, "by_name": "v:0", "op": v.op, "twice": [y, v, v]})
    run([v, y], {v: [3.0, 4.0]})
    run([v, y], {v.value(): [5.0, 6.0]})
    run([v, y])


@program
def whether_initialized(tf, run):
    v = tf.Variable([1.0, 2.0], name="v")
    tf.Variable(1, name="b", collections=[tf.GraphKeys.LOCAL_VARIABLES])
    names, ranks = tf.report_uninitialized_variables(), tf.assert_variables_initialized()
    run([names, tf.report_uninitialized_variables([]), tf.is_variable_initialized(v)])
    run.attempt(ranks)
    run(v.initializer)
    run([names, tf.report_uninitialized_variables([v]), tf.is_variable_initialized(v)])
    run(tf.local_variables_initializer())
    run([names, ranks, tf.assert_variables_initialized([v])])


@program
def by_proto(tf, run):
    with tf.name_scope("scope"):
        w = tf.Variable([1.0, 2.0], name="w", trainable=False)
    proto = w.to_proto()
    run.note(str(proto))
    note_all(run, w.to_proto("scope"), w.to_proto("other"))
    same = tf.Variable.from_proto(proto)
    inner = tf.Variable(variable_def=w.to_proto("scope"), import_scope="scope")
    note_all(run, same, same.initializer is w.initializer, same.trainable, inner)
    run(same.initializer)
    run([w, same, inner.value()])


# Sets of variables.


@program
def collections_of_variables(tf, run):
    tf.Variable(1.0, name="plain")
    tf.Variable(1.0, trainable=False, name="frozen")
    tf.Variable(1.0, collections=["mine"], name="mine")
    tf.Variable(1.0, collections=[], trainable=False, name="nowhere")
    with tf.variable_scope("scope"):
        tf.get_variable("plain", [1])
        tf.get_variable("mine", [1], collections=["mine", tf.GraphKeys.MODEL_VARIABLES])
        tf.get_local_variable("local", [1])
        tf.get_local_variable("both", [1], collections=["mine"])
    note_all(run, tf.global_variables(), tf.all_variables(), tf.trainable_variables())
    note_all(run, tf.local_variables(), tf.model_variables(), tf.moving_average_variables())
    note_all(
        run, tf.get_collection("mine"), tf.global_variables("scope"), tf.global_variables("pl")
    )
    for initializer in (
        tf.global_variables_initializer(),
        tf.local_variables_initializer(),
        tf.initialize_all_variables(),
        tf.initialize_variables(tf.get_collection("mine")),
        tf.variables_initializer([], name="none"),
        tf.tables_initializer(),
    ):
        note_all(run, initializer.name)
        run(initializer)


# Names and sharing.


@program
def scope_names(tf, run):
    def here(scope=None):
        scope = scope or tf.get_variable_scope()
        v = tf.get_variable("v", [1], initializer=tf.zeros_initializer())
        note_all(run, scope.name, scope.original_name_scope, v.name, tf.constant(1).name)

    here()
    with tf.variable_scope("a") as a:
        here(a)
        with tf.variable_scope("b") as b:
            here(b)
        with tf.variable_scope(None, "b"):
            here()
    with tf.variable_scope(a, reuse=True):
        here()
        with tf.variable_scope("b"):
            here()
    with tf.variable_scope("c"), tf.variable_scope(b, reuse=True) as again:
        here(again)
    with tf.variable_scope("a", auxiliary_name_scope=False, reuse=True) as bare:
        here(bare)
    with tf.name_scope("n"), tf.variable_scope("d") as d:
        here(d)
        note_all(run, tf.Variable(1).name)
    with tf.variable_scope("a/b", reuse=True) as path:
        here(path)
    with tf.variable_scope("", reuse=True) as root:
        here(root)
    with tf.variable_op_scope([tf.constant(1)], None, "old") as old:
        here(old)
    with tf.name_scope(a.original_name_scope):
        note_all(run, tf.constant(1).name)


@program
def default_scope_names(tf, run):
    for outer in (None, None, "d_2", None, "x", "x", "y"):
        if outer in (None, "d_2"):
            with tf.variable_scope(outer, "d") as scope:
                note_all(run, scope.name, tf.constant(1).name)
        else:
            with tf.variable_scope(outer), tf.variable_scope(None, "d") as scope:
                note_all(run, scope.name, tf.constant(1).name)
    with tf.variable_scope(scope), tf.variable_scope(None, "d") as inner:
        note_all(run, inner.name)
    with tf.variable_scope(None, "d") as last:
        note_all(run, last.name)


@program
def reuse(tf, run):
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE) as a:
        v, w = tf.get_variable("v", [1]), tf.get_variable("v", [1])
        note_all(run, v is w, a.reuse)
        for given in (None, False, True, tf.AUTO_REUSE):
            with tf.variable_scope("inner", reuse=given) as inner:
                note_all(run, inner.reuse)
    with tf.variable_scope("a", reuse=True):
        note_all(run, tf.get_variable("v") is v)
        for given in (None, False, tf.AUTO_REUSE):
            with tf.variable_scope("inner", reuse=given) as inner:
                note_all(run, inner.reuse)
    with tf.variable_scope("a") as a:
        a.reuse_variables()
        note_all(run, a.reuse, tf.get_variable("v", [1]) is v, tf.get_variable_scope().reuse)
    note_all(run, tf.get_variable_scope().reuse, repr(tf.get_variable_scope().name))
    tf.get_variable_scope().reuse_variables()
    note_all(run, tf.get_variable_scope().reuse, tf.get_variable("a/v") is v)


@program
def taken_names(tf, run):
    """A name that `tf.Variable` took is no name of `get_variable`'s, which then numbers its op."""
    a = tf.Variable(1, name="w")
    b = tf.get_variable("w", [1], regularizer=tf.contrib.layers.l2_regularizer(0.5))
    with tf.variable_scope("", reuse=True):
        c = tf.get_variable("w")
    note_all(run, a.name, b.name, c is b, tf.get_collection("regularization_losses"))


@program
def scope_defaults(tf, run):
    with tf.variable_scope(
        "s",
        initializer=tf.constant_initializer(2.0),
        regularizer=tf.contrib.layers.l2_regularizer(0.5),
        dtype=tf.float64,
        caching_device="/device:CPU:0",
        constraint=tf.abs,
    ) as s:
        w = tf.get_variable("w", [2])
        with tf.variable_scope("inner") as inner:
            note_all(run, inner.dtype, inner.caching_device, inner.constraint is tf.abs)
            v = tf.get_variable("v", [1], dtype=tf.float32, regularizer=tf.no_regularizer)
        inner.set_dtype(tf.float16)
        s.set_initializer(tf.ones_initializer())
        s.set_regularizer(None)
        s.set_caching_device(None)
        s.set_use_resource(False)
        u = tf.get_variable("u", [2])
    with tf.variable_scope(s, reuse=True) as again:
        note_all(run, again.constraint, again.dtype)
    with tf.variable_scope(inner, reuse=tf.AUTO_REUSE):
        t = tf.get_variable("t", [1], initializer=tf.zeros_initializer())
    note_all(run, w, v, u, t, w.constraint is tf.abs, s.global_variables(), s.trainable_variables())
    note_all(run, s.local_variables(), s.get_collection("regularization_losses"))
    initialize(tf, run)
    run([w, v, u, t])


@program
def custom_getters(tf, run):
    def noting(label):
        def getter(getter, name, *args, **kwargs):
            note_all(run, label, name, args, sorted(kwargs), kwargs["dtype"], kwargs["trainable"])
            return getter(name, *args, **kwargs)

        return getter

    def doubled(getter, *args, **kwargs):
        return getter(*args, **kwargs) * 2

    with tf.variable_scope("a", custom_getter=noting("outer")):
        with tf.variable_scope("b", custom_getter=noting("inner"), dtype=tf.float64):
            v = tf.get_variable("v", [1])
        with tf.variable_scope("c") as c:
            c.set_custom_getter(doubled)
            w = tf.get_variable("w", [1], trainable=False)
        u = tf.get_variable("u", [1], custom_getter=noting("own"))
    note_all(run, v, w, u)


@program
def from_initializers_of_every_form(tf, run):
    variables = [
        tf.get_variable("class", [2], initializer=tf.ones_initializer),
        tf.get_variable("instance", [2], initializer=tf.ones_initializer()),
        tf.get_variable(
            "plain_function", [2], initializer=lambda s, dtype, partition_info: tf.ones(s)
        ),
        tf.get_variable("without_shape", initializer=lambda: tf.ones([3])),
        tf.get_variable("list", initializer=[1.0, 2.0]),
        tf.get_variable("array", initializer=np.arange(2)),
        tf.get_variable("number", initializer=3, dtype=tf.int32),
        tf.get_variable("integers", [2], dtype=tf.int64),
        tf.get_variable("truth", [2], dtype=tf.bool),
        tf.get_variable("text", [2], dtype=tf.string),
        tf.get_variable("shape", shape=3, initializer=tf.zeros_initializer()),
        tf.get_variable("scalar", [], initializer=tf.zeros_initializer()),
        tf.get_variable("shape_object", tf.TensorShape([2]), initializer=tf.zeros_initializer()),
        tf.get_variable("a/path", [1], initializer=tf.zeros_initializer()),
    ]
    note_all(run, *variables)
    initialize(tf, run)
    run(variables)


# Initializers and regularizers.

INITIALIZERS = (
    "zeros_initializer()",
    "ones_initializer(tf.int32)",
    "constant_initializer(2)",
    "constant_initializer([1, 2, 3])",
    "random_uniform_initializer(-1, 1, seed=1)",
    "random_uniform_initializer(0, 9, seed=2, dtype=tf.int32)",
    "random_normal_initializer(1.0, 2.0, seed=3)",
    "truncated_normal_initializer(stddev=0.1, seed=4)",
    "uniform_unit_scaling_initializer(2.0, seed=5)",
    "variance_scaling_initializer(seed=6)",
    "variance_scaling_initializer(2.0, 'fan_out', 'uniform', seed=7)",
    "variance_scaling_initializer(1.0, 'fan_avg', 'untruncated_normal', seed=8)",
    "glorot_uniform_initializer(9)",
    "glorot_normal_initializer(10, tf.float64)",
    "orthogonal_initializer(2.0, seed=11)",
    "initializers.identity(3.0)",
    "initializers.he_normal(12)",
    "initializers.he_uniform(13)",
    "initializers.lecun_normal(14)",
    "initializers.lecun_uniform(15)",
    "contrib.layers.xavier_initializer(seed=16)",
    "contrib.layers.xavier_initializer(uniform=False, seed=17)",
    "contrib.layers.variance_scaling_initializer(seed=18)",
    "contrib.layers.variance_scaling_initializer(1.0, 'FAN_OUT', True, seed=19)",
)


@program
def initializers(tf, run):
    made = [eval("tf." + text, {"tf": tf}) for text in INITIALIZERS]
    run([initializer([4, 3]) for initializer in made])


# Not every initializer of convolutions' weights is defined for them.
INITIALIZERS_OF_FEWER_AXES = [
    text for text in INITIALIZERS if "identity" not in text and "orthogonal" not in text
]


@program
def initializers_of_other_ranks(tf, run):
    made = [eval("tf." + text, {"tf": tf}) for text in INITIALIZERS_OF_FEWER_AXES]
    run([initializer([3]) for initializer in made])
    run([initializer([2, 2, 3, 2]) for initializer in made])
    run([tf.orthogonal_initializer(seed=1)(shape) for shape in ([2, 5], [2, 2, 3])])


@program
def initializer_configurations(tf, run):
    for text in INITIALIZERS:
        if "contrib" in text:
            continue
        initializer = eval("tf." + text, {"tf": tf})
        run.note(initializer.get_config())
        run.note(type(initializer).from_config(initializer.get_config()).get_config())
    note_all(run, tf.zeros_initializer is tf.initializers.zeros)


@program
def graph_seed_alone(tf, run):
    """The numbers of random operations follow from how many nodes precede them."""
    tf.set_random_seed(1)
    with tf.variable_scope("one", regularizer=tf.contrib.layers.l2_regularizer(0.01)):
        w1 = tf.get_variable("w", [2, 3])
        b1 = tf.get_variable("b", [3], initializer=tf.random_normal_initializer())
    w2 = tf.Variable(tf.truncated_normal([3, 2], stddev=0.1))
    w3 = tf.Variable(w2.initialized_value() + tf.random_uniform([3, 2]))
    w4 = tf.Variable(w3 * 2)
    w5 = tf.Variable(tf.random_normal([2]))
    initialize(tf, run)
    run([w1, b1, w2, w3, w4, w5, tf.get_collection("regularization_losses")])


@program
def regularizers(tf, run):
    layers = tf.contrib.layers
    w = tf.get_variable("w", initializer=[[1.0, -2.0], [3.0, 0.5]])
    losses = [
        layers.l1_regularizer(0.1)(w),
        layers.l2_regularizer(0.1)(w),
        layers.l2_regularizer(0.1, scope="named")(w),
        layers.l1_l2_regularizer()(w),
        layers.l1_l2_regularizer(0.0, 0.2)(w),
        layers.l1_l2_regularizer(0.2, 0.0, "scope")(w),
        layers.sum_regularizer([layers.l1_regularizer(0.5), None, layers.l2_regularizer(0.5)])(w),
        layers.apply_regularization(layers.l2_regularizer(0.3), [w, w]),
        layers.apply_regularization(lambda _: None, [w]),
    ]
    note_all(run, layers.l2_regularizer(0.0)(w), layers.sum_regularizer([]))
    note_all(run, tf.get_collection("regularization_losses"))
    initialize(tf, run)
    run(losses)


# Gradients that a program defines.


@program
def custom_gradients(tf, run):
    @tf.custom_gradient
    def softplus(x):
        e = tf.exp(x)
        return tf.log(1 + e), lambda dy: dy * (1 - 1 / (1 + e))

    @tf.custom_gradient
    def product_and_sum(x, y):
        return (x * y, x + y), lambda dp, ds: (dp * 2, ds * 3)

    @tf.custom_gradient
    def listed(x):
        return [x, x * 2], lambda a, b: a + b

    x = tf.placeholder(tf.float32, [2], "x")
    y, (p, s), two = softplus(x * 2), product_and_sum(x, [2.0, 5.0]), listed(x)
    note_all(run, y.name, p.name, s.name, [t.name for t in two], softplus.__name__)
    grads = [tf.gradients(t, x)[0] for t in (y * 3, [p, s], p, two, two[1])]
    run([y, p, s, two, grads], {x: [1.0, 3.0]})


@program
def written_graphs(tf, run):
    """A GraphDef holds all that was built."""
    tf.Variable([1.0, 2.0], name="v")
    graph = tf.get_default_graph()
    note_all(run, graph.graph_def_versions, graph.get_operation_by_name("v/read"))
    with_shapes = graph.as_graph_def(add_shapes=True).node[0].attr["_output_shapes"]
    note_all(run, with_shapes.list.shape[0].dim[0].size)


# What goes wrong.

failure("no_initial_value", lambda tf: tf.Variable(None))
failure("initial_value_of_a_dict", lambda tf: tf.Variable({}))
failure("collections_not_listed", lambda tf: tf.Variable(1, collections="mine"))
failure("constraint_not_callable", lambda tf: tf.Variable(1, constraint=3))
failure("both_value_and_proto", lambda tf: tf.Variable(1, variable_def=1))
failure("type_of_initial_value", lambda tf: tf.Variable(tf.constant(1.0), dtype=tf.int32))
failure("shape_unknown", lambda tf: tf.Variable(tf.placeholder(tf.float32, [None])))
failure("name_not_valid", lambda tf: tf.Variable(1, name="a b"))
failure("iterated", lambda tf: list(tf.Variable([1])))
failure("converted_to_another_type", lambda tf: tf.convert_to_tensor(tf.Variable(1), tf.float32))
failure("assign_to_a_tensor", lambda tf: tf.assign(tf.constant(1), 2))
failure("assign_sub_to_a_tensor", lambda tf: tf.assign_sub(tf.constant(1), 2))
failure("assign_another_type", lambda tf: tf.Variable(1).assign(1.5))
failure("assign_another_shape", lambda tf: tf.Variable([1]).assign([1, 2]))
failure("add_another_type", lambda tf: tf.Variable(1) + 1.5)
failure("rows_not_of_slices", lambda tf: tf.Variable([1.0]).scatter_add([1.0]))
failure("eval_uninitialized", lambda tf: tf.Variable(1).eval())
failure("exists", lambda tf: [tf.get_variable("w", [2]) for _ in range(2)])


def shared(tf, *args, **kwargs):
    tf.get_variable("w", [2])
    with tf.variable_scope("", reuse=True):
        tf.get_variable("w", *args, **kwargs)


failure("shared_with_another_shape", lambda tf: shared(tf, [3]))
failure("shared_with_another_type", lambda tf: shared(tf, [2], tf.int32))
failure("shape_missing", lambda tf: tf.get_variable("w"))
failure("shape_partial", lambda tf: tf.get_variable("w", [None, 2]))
failure("shape_of_a_value", lambda tf: tf.get_variable("w", [2], initializer=tf.constant(3)))
failure("initializer_by_name", lambda tf: tf.get_variable("w", [2], initializer="zeros"))
failure(
    "initializer_of_another_type",
    lambda tf: tf.get_variable("w", dtype=tf.float64, initializer=[3.0]),
)
failure("initializer_of_complex", lambda tf: tf.get_variable("w", [2], dtype=tf.complex64))
failure(
    "initializer_with_an_argument",
    lambda tf: tf.get_variable("w", initializer=lambda shape: tf.zeros([2])),
)
failure("name_empty", lambda tf: tf.get_variable("", [2]))
failure("getter_not_callable", lambda tf: tf.get_variable("w", [1], custom_getter=3))


def in_scope(*args, **kwargs):
    def fail(tf):
        with tf.variable_scope(*args, **kwargs):
            tf.get_variable("w", [1])

    return fail


failure("scope_without_a_name", in_scope(None))
failure("scope_of_a_number", in_scope(3))
failure("scope_reuse_of_a_number", in_scope("a", reuse=3))
failure("scope_reuse_of_a_default_name", in_scope(None, "d", reuse=True))
failure("does_not_exist", in_scope("a", reuse=True))

failure("regularizer_of_an_integer", lambda tf: tf.contrib.layers.l2_regularizer(1))
failure("regularizer_below_zero", lambda tf: tf.contrib.layers.l1_regularizer(-0.5))
failure("regularizer_l1_l2", lambda tf: tf.contrib.layers.l1_l2_regularizer(1.0, 2))
failure(
    "regularizer_without_weights",
    lambda tf: tf.contrib.layers.apply_regularization(tf.contrib.layers.l1_regularizer(0.1)),
)
failure(
    "regularizer_not_scalar",
    lambda tf: tf.contrib.layers.apply_regularization(lambda w: w + 0, [tf.Variable([1.0])]),
)
failure("scale_not_positive", lambda tf: tf.variance_scaling_initializer(0.0))
failure("mode_unknown", lambda tf: tf.variance_scaling_initializer(mode="x"), why="a tuple")
failure(
    "distribution_unknown",
    lambda tf: tf.variance_scaling_initializer(distribution="x"),
    why="a tuple",
)
failure("normal_of_integers", lambda tf: tf.random_normal_initializer(dtype=tf.int32))
failure("orthogonal_vector", lambda tf: tf.orthogonal_initializer()([3]))
failure("identity_vector", lambda tf: tf.initializers.identity()([3]))
failure("constant_of_a_dict", lambda tf: tf.constant_initializer({}))
failure("constant_too_large", lambda tf: tf.constant_initializer([1, 2])([1]))
failure(
    "constant_of_another_shape", lambda tf: tf.constant_initializer([1], verify_shape=True)([3])
)
failure(
    "contrib_mode",
    lambda tf: tf.contrib.layers.variance_scaling_initializer(mode="x"),
    why="a tuple",
)
failure("contrib_type", lambda tf: tf.contrib.layers.xavier_initializer(dtype=tf.int32))


def custom(tf, result, *args, **kwargs):
    return tf.custom_gradient(lambda *xs, **_: result(*xs))(*args, **kwargs)


failure(
    "custom_gradient_by_keyword",
    lambda tf: custom(tf, lambda x: (x, None), tf.constant(1.0), k=2),
)
