"""Programs whose graphs are compared, node for node: types, names, inputs, control inputs, order.

A program may return plain data to compare besides, such as the names that it sees.
"""

from .arrays import f32, ints, num
from .suite import Suite, lookup

suite = Suite("graphs")


def graph(fn):
    """Adds `fn` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def names(things):
    """The names of ops, tensors or variables."""
    return [thing.name for thing in things]


# Constants and operators.


@graph
def constants(tf):
    tf.constant(1)
    tf.constant(2.0)
    tf.constant([1, 2], name="k")
    tf.constant([1, 2], name="k")
    tf.zeros([2])
    tf.ones([2, 3])
    tf.zeros([2], name="z")
    tf.fill([2], 3.0)


@graph
def operators(tf):
    x, y = tf.placeholder(tf.float32, [2], "x"), tf.placeholder(tf.float32, [2], "y")
    return names(
        [
            x + y,
            x - y,
            x * y,
            x / y,
            x // y,
            x % y,
            x**y,
            -x,
            abs(x),
            x < y,
            x <= y,
            x > y,
            x >= y,
            x + 1,
            1 + x,
            x - 1,
            1 - x,
            2 * x,
            x / 2,
            2 / x,
            x**2,
            2**x,
            x + y,
        ]
    )


@graph
def operators_on_ints(tf):
    n = tf.placeholder(tf.int32, [], "n")
    return names([n + 1, n - 1, n * 2, n // 2, n % 2, n / 2, -n, n > 0, n**2])


@graph
def logical_operators(tf):
    a, b = tf.placeholder(tf.bool, name="a"), tf.placeholder(tf.bool, name="b")
    return names([a & b, a | b, a ^ b, ~a, tf.logical_and(a, True), tf.logical_not(b)])


@graph
def named_operators(tf):
    x = tf.constant(1.0, name="x")
    return names(
        [
            tf.add(x, 2.0, name="plus"),
            tf.add(x, 2.0, name="plus"),
            tf.multiply(x, x, name="x"),
            tf.identity(x),
            tf.identity(x, name="same"),
            tf.subtract(x, 1.0),
            tf.square(x),
            tf.add(x, x),
            tf.add_n([x, x]),
            tf.negative(x),
            tf.reduce_sum(x),
            tf.reduce_mean([1.0, x]),
        ]
    )


@graph
def names_differing_in_case(tf):
    return names([tf.constant(1, name=n) for n in ("A", "a", "a", "A", "a_1", "a")])


@graph
def name_with_suffix_taken(tf):
    return names([tf.constant(1, name=n) for n in ("c_1", "c", "c", "c", "c_1")])


@graph
def indexing(tf):
    x = tf.placeholder(tf.float32, [3, 4], "x")
    return names([x[0], x[:, 1], x[1:, ::2], x[..., None], x[tf.constant(1)], x[-1:]])


@graph
def arrays_become_constants(tf):
    x = tf.placeholder(tf.float32, [2, 2], "x")
    return names(
        [
            tf.matmul(x, [[1.0], [2.0]]),
            x * f32(2, 2),
            tf.concat([x, f32(1, 2)], 0),
            tf.stack([x, f32(2, 2)]),
            tf.where(x > 0, x, f32(2, 2)),
            tf.maximum(x, 0.0),
            tf.reshape(x, [4]),
            tf.transpose(x),
            tf.reduce_sum(x, 1),
            tf.argmax(x, 1),
            tf.clip_by_value(x, 0.0, 1.0),
            tf.one_hot([1, 0], 2),
            tf.cast(x, tf.int32),
            tf.cast(x, tf.float32),
        ]
    )


# Scopes.


@graph
def name_scopes(tf):
    with tf.name_scope("outer") as outer:
        a = tf.constant(1)
        with tf.name_scope("inner"):
            b = tf.constant(1)
        with tf.name_scope("inner"):
            c = tf.constant(1)
        with tf.name_scope(None):
            d = tf.constant(1)
    with tf.name_scope("outer"):
        e = tf.constant(1)
    with tf.name_scope(outer):
        f = tf.constant(1)
    with tf.name_scope("default", "given"), tf.name_scope(None, "default_name"):
        g = tf.constant(1)
    with tf.name_scope("a/b"):
        h = tf.constant(1)
    return [*names([a, b, c, d, e, f, g, h]), outer, tf.get_default_graph().unique_name("outer")]


@graph
def unique_names(tf):
    g = tf.get_default_graph()
    return [
        g.unique_name("n"),
        g.unique_name("n"),
        g.unique_name("n", mark_as_used=False),
        g.unique_name("n"),
        g.unique_name("scope/n"),
    ]


@graph
def scope_of_an_op_named_as_a_scope(tf):
    tf.constant(1, name="s")
    with tf.name_scope("s"):
        x = tf.constant(1, name="x")
    tf.constant(1, name="s/x")
    return x.name


@graph
def variable_scopes(tf):
    def variable(name="w"):
        return tf.get_variable(name, [2], initializer=tf.zeros_initializer())

    seen = []
    with tf.variable_scope("one") as one:
        seen += [variable(), tf.constant(1)]
        with tf.variable_scope("two"):
            seen += [variable(), tf.constant(1)]
    with tf.variable_scope("one"):
        seen += [variable("v"), tf.constant(1)]
    with tf.variable_scope(one, reuse=True):
        seen += [variable(), tf.constant(1)]
    with tf.variable_scope("one", reuse=tf.AUTO_REUSE):
        seen += [variable("v"), variable("u")]
    with tf.variable_scope(None, default_name="layer"):
        seen += [variable()]
    with tf.variable_scope(None, default_name="layer") as scope:
        seen += [variable()]
        outer = [scope.name, scope.original_name_scope, tf.get_variable_scope().name]
    with tf.name_scope("names"):
        seen += [variable("in_name_scope"), tf.Variable(1.0, name="plain")]
        with tf.variable_scope("three"):
            seen += [variable(), tf.Variable(1.0, name="plain"), tf.constant(1)]
    return names(seen) + outer


@graph
def variable_scope_reuse_variables(tf):
    with tf.variable_scope("net") as scope:
        a = tf.get_variable("a", [1])
        scope.reuse_variables()
        same = tf.get_variable("a", [1])
    with tf.variable_scope("net"):
        tf.get_variable_scope().reuse_variables()
        again = tf.get_variable("a")
    return [a is same, a is again, scope.reuse]


@graph
def variable_scope_defaults(tf):
    with tf.variable_scope(
        "s",
        initializer=tf.constant_initializer(2.0),
        regularizer=tf.contrib.layers.l2_regularizer(0.1),
        dtype=tf.float64,
    ):
        w = tf.get_variable("w", [2])
        b = tf.get_variable(
            "b", [2], regularizer=tf.no_regularizer, initializer=tf.zeros_initializer()
        )
    return [w.dtype.name, b.dtype.name]


@graph
def reused_network(tf):
    def net(x):
        w = tf.get_variable("w", [2, 2], initializer=tf.truncated_normal_initializer(stddev=0.1))
        b = tf.get_variable("b", [2], initializer=tf.constant_initializer(0.1))
        return tf.nn.relu(tf.matmul(x, w) + b)

    x = tf.placeholder(tf.float32, [None, 2])
    with tf.variable_scope("net"):
        net(x)
    with tf.variable_scope("net", reuse=True):
        net(x * 2)


# Variables.


@graph
def variables(tf):
    return names(
        [
            tf.Variable(1.0),
            tf.Variable(1.0),
            tf.Variable([1, 2], name="n"),
            tf.Variable(0, name="n"),
            tf.Variable(tf.zeros([2])),
            tf.Variable(tf.random_normal([2, 3], stddev=1, seed=1)),
            tf.Variable(tf.constant(0.1, shape=[3]), trainable=False, name="b"),
            tf.Variable(f32(2), dtype=tf.float64, name="d"),
            tf.Variable(lambda: tf.ones([2]), name="f"),
        ]
    )


@graph
def variable_uses(tf):
    w = tf.Variable([1.0, 2.0], name="w")
    return names(
        [
            w + 1,
            w * w,
            tf.identity(w),
            w.value(),
            w.read_value(),
            w.initialized_value(),
            w[0],
            w.assign([1.0, 1.0]),
            w.assign_add([1.0, 1.0]),
            w.assign_sub([1.0, 1.0]),
            tf.assign(w, [2.0, 2.0]),
            tf.assign_add(w, [1.0, 1.0], name="add"),
            tf.is_variable_initialized(w),
            w.initializer,
            w.op,
            w.initial_value,
            tf.convert_to_tensor(w),
            w,
            tf.reduce_sum(w),
            -w,
            tf.group(w.initializer),
            tf.scatter_add(w, [0], [1.0]),
        ]
    )


@graph
def get_variables(tf):
    return names(
        [
            tf.get_variable("default", [3, 2]),
            tf.get_variable("ints", [2], tf.int32),
            tf.get_variable("zeros", [2], initializer=tf.zeros_initializer()),
            tf.get_variable("constant", [2], initializer=tf.constant_initializer(0.5)),
            tf.get_variable("array", initializer=num([1, 2])),
            tf.get_variable("tensor", initializer=tf.random_uniform([2], seed=1)),
            tf.get_variable("number", initializer=3.0),
            tf.get_variable("frozen", [1], trainable=False),
            tf.get_variable("regularised", [2], regularizer=tf.contrib.layers.l2_regularizer(0.1)),
        ]
    )


INITIALIZERS = {
    "zeros": "zeros_initializer",
    "ones": "ones_initializer",
    "constant": "constant_initializer",
    "random_normal": "random_normal_initializer",
    "random_uniform": "random_uniform_initializer",
    "truncated_normal": "truncated_normal_initializer",
    "glorot_uniform": "glorot_uniform_initializer",
    "glorot_normal": "glorot_normal_initializer",
    "orthogonal": "orthogonal_initializer",
    "uniform_unit_scaling": "uniform_unit_scaling_initializer",
    "identity": "initializers.identity",
    "variance_scaling": "variance_scaling_initializer",
    "he_normal": "initializers.he_normal",
    "he_uniform": "initializers.he_uniform",
    "lecun_normal": "initializers.lecun_normal",
    "lecun_uniform": "initializers.lecun_uniform",
    "xavier": "contrib.layers.xavier_initializer",
    "contrib_variance_scaling": "contrib.layers.variance_scaling_initializer",
}
for kind, path in INITIALIZERS.items():
    suite.case(
        "initializer_" + kind,
        lambda tf, path=path: tf.get_variable("w", [4, 3], initializer=lookup(tf, path)()).name,
        grad=False,
    )


@graph
def initializers_called(tf):
    return names(
        [
            tf.zeros_initializer()([2]),
            tf.constant_initializer([1.0, 2.0])([2]),
            tf.random_normal_initializer(seed=1)([2]),
            tf.glorot_uniform_initializer(seed=2)([2, 3]),
            tf.constant_initializer(3)([2], dtype=tf.int32),
        ]
    )


@graph
def random_ops(tf):
    return names(
        [
            tf.random_normal([2], 1.0, 2.0, seed=1),
            tf.random_uniform([2], -1.0, 1.0),
            tf.random_normal([2]),
            tf.random_uniform([2], 0, 9, tf.int32, seed=3),
            tf.truncated_normal([2], stddev=0.1),
            tf.random_shuffle(tf.range(3)),
            tf.multinomial([[1.0, 2.0]], 3),
        ]
    )


@graph
def random_ops_with_graph_seed(tf):
    tf.set_random_seed(42)
    tf.constant(1)
    tf.random_normal([2])
    tf.random_normal([2], seed=5)
    tf.constant(1)
    tf.random_uniform([2])
    tf.nn.dropout(tf.ones([2]), 0.5)
    tf.get_variable("w", [2, 2])
    tf.truncated_normal([2])


@graph
def initializers_of_variables(tf):
    tf.Variable(1.0)
    tf.get_variable("v", [1])
    return names(
        [
            tf.global_variables_initializer(),
            tf.global_variables_initializer(),
            tf.local_variables_initializer(),
            tf.initialize_all_variables(),
            tf.variables_initializer(tf.global_variables(), name="mine"),
            tf.report_uninitialized_variables(),
            tf.tables_initializer(),
        ]
    )


@graph
def collections(tf):
    w = tf.Variable(1.0, name="w")
    tf.Variable(1.0, name="frozen", trainable=False)
    tf.Variable(1.0, name="local", collections=[tf.GraphKeys.LOCAL_VARIABLES])
    tf.add_to_collection("losses", tf.nn.l2_loss(w))
    tf.add_to_collection("losses", tf.constant(2.0, name="two"))
    total = tf.add_n(tf.get_collection("losses"), name="total")
    with tf.variable_scope("s"):
        tf.get_variable("v", [1])
    return [
        total.name,
        names(tf.get_collection("losses")),
        names(tf.trainable_variables()),
        names(tf.global_variables()),
        names(tf.local_variables()),
        names(tf.all_variables()),
        names(tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="s")),
        names(tf.trainable_variables("w")),
        sorted(tf.get_default_graph().get_all_collection_keys()),
    ]


# Layers, losses, regularisers.


@graph
def course_forward(tf):
    x = tf.placeholder(tf.float32, shape=(None, 2))
    w1 = tf.Variable(tf.random_normal([2, 3], stddev=1, seed=1))
    w2 = tf.Variable(tf.random_normal([3, 1], stddev=1, seed=1))
    return names([tf.matmul(tf.matmul(x, w1), w2), w1, w2])


@graph
def course_backward(tf):
    x = tf.placeholder(tf.float32, shape=(None, 2))
    y_ = tf.placeholder(tf.float32, shape=(None, 1))
    w1 = tf.Variable(tf.random_normal([2, 3], stddev=1, seed=1))
    w2 = tf.Variable(tf.random_normal([3, 1], stddev=1, seed=1))
    y = tf.matmul(tf.matmul(x, w1), w2)
    loss = tf.reduce_mean(tf.square(y - y_))
    train = tf.train.GradientDescentOptimizer(0.001).minimize(loss)
    return names([loss, train, tf.global_variables_initializer()])


def mnist_layers(tf, x):
    def weight(shape, regularizer):
        w = tf.Variable(tf.truncated_normal(shape, stddev=0.1))
        if regularizer is not None:
            tf.add_to_collection("losses", tf.contrib.layers.l2_regularizer(regularizer)(w))
        return w

    w1, b1 = weight([784, 500], 0.0001), tf.Variable(tf.zeros([500]))
    y1 = tf.nn.relu(tf.matmul(x, w1) + b1)
    w2, b2 = weight([500, 10], 0.0001), tf.Variable(tf.zeros([10]))
    return tf.matmul(y1, w2) + b2


@graph
def course_mnist(tf):
    x = tf.placeholder(tf.float32, [None, 784])
    y_ = tf.placeholder(tf.float32, [None, 10])
    y = mnist_layers(tf, x)
    global_step = tf.Variable(0, trainable=False)
    ce = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=y, labels=tf.argmax(y_, 1))
    loss = tf.reduce_mean(ce) + tf.add_n(tf.get_collection("losses"))
    rate = tf.train.exponential_decay(0.1, global_step, 60000 / 200, 0.99, staircase=True)
    train_step = tf.train.GradientDescentOptimizer(rate).minimize(loss, global_step=global_step)
    ema = tf.train.ExponentialMovingAverage(0.99, global_step)
    ema_op = ema.apply(tf.trainable_variables())
    with tf.control_dependencies([train_step, ema_op]):
        train = tf.no_op(name="train")
    saver = tf.train.Saver()
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1)), tf.float32))
    return [*names([loss, train, accuracy]), saver.saver_def.filename_tensor_name]


@graph
def seeded_two_layers(tf):
    """The whole of invariant 1: `set_random_seed` alone, layers, regularised loss, optimiser."""
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [None, 4], "x")
    with tf.variable_scope("one", regularizer=tf.contrib.layers.l2_regularizer(0.01)):
        h = tf.nn.relu(
            tf.matmul(x, tf.get_variable("w", [4, 3])) + tf.Variable(tf.zeros([3]), name="b")
        )
    with tf.variable_scope("two"):
        y = tf.matmul(h, tf.Variable(tf.random_normal([3, 1]), name="w"))
    loss = tf.reduce_mean(tf.square(y)) + tf.losses.get_regularization_loss()
    tf.train.AdamOptimizer(0.01).minimize(loss)
    return names(tf.global_variables())


@graph
def mnist_conv(tf):
    x = tf.placeholder(tf.float32, [2, 28, 28, 1], "x")
    w = tf.Variable(tf.truncated_normal([5, 5, 1, 4], stddev=0.1), name="w")
    b = tf.Variable(tf.zeros([4]), name="b")
    conv = tf.nn.conv2d(x, w, strides=[1, 1, 1, 1], padding="SAME")
    pool = tf.nn.max_pool(tf.nn.relu(tf.nn.bias_add(conv, b)), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    shape = pool.get_shape().as_list()
    flat = tf.reshape(pool, [shape[0], shape[1] * shape[2] * shape[3]])
    return [flat.name, shape, tf.nn.dropout(flat, 0.5).name]


REGULARIZERS = {
    "l1": lambda layers: layers.l1_regularizer(0.1),
    "l2": lambda layers: layers.l2_regularizer(0.1),
    "l1_l2": lambda layers: layers.l1_l2_regularizer(0.1, 0.2),
    "sum": lambda layers: layers.sum_regularizer(
        [layers.l1_regularizer(0.1), layers.l2_regularizer(0.2)]
    ),
    "none": lambda layers: layers.l2_regularizer(0.0),
}
for kind, make in REGULARIZERS.items():

    def regularised(tf, make=make):
        loss = make(tf.contrib.layers)(tf.Variable([[1.0, 2.0]], name="w"))
        return loss is not None and loss.name

    suite.case("regularizer_" + kind, regularised, grad=False)


@graph
def apply_regularization(tf):
    w, v = tf.Variable([1.0], name="w"), tf.Variable([2.0], name="v")
    loss = tf.contrib.layers.apply_regularization(tf.contrib.layers.l2_regularizer(0.1), [w, v])
    return [loss.name, names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))]


@graph
def regularization_collection(tf):
    with tf.variable_scope("net", regularizer=tf.contrib.layers.l2_regularizer(0.1)):
        tf.get_variable("w", [2, 2])
        tf.get_variable("v", [2])
    return [
        names(tf.losses.get_regularization_losses()),
        tf.losses.get_regularization_loss().name,
        names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)),
    ]


@graph
def cross_entropies(tf):
    x, y = tf.placeholder(tf.float32, [None, 3], "x"), tf.placeholder(tf.float32, [None, 3], "y")
    nn = tf.nn
    return names(
        [
            nn.softmax_cross_entropy_with_logits(labels=y, logits=x),
            nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=x),
            nn.sparse_softmax_cross_entropy_with_logits(labels=tf.argmax(y, 1), logits=x),
            nn.sigmoid_cross_entropy_with_logits(labels=y, logits=x),
            nn.weighted_cross_entropy_with_logits(targets=y, logits=x, pos_weight=2.0),
            nn.softmax(x),
            nn.log_softmax(x),
            nn.softmax(x, axis=0),
        ]
    )


# Optimisers: names of slots and updates.

OPTIMIZERS = {
    "gradient_descent": lambda train: train.GradientDescentOptimizer(0.1),
    "momentum": lambda train: train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda train: train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda train: train.AdamOptimizer(),
    "adagrad": lambda train: train.AdagradOptimizer(0.1),
    "adadelta": lambda train: train.AdadeltaOptimizer(),
    "rmsprop": lambda train: train.RMSPropOptimizer(0.1),
    "rmsprop_centered": lambda train: train.RMSPropOptimizer(0.1, momentum=0.1, centered=True),
    "ftrl": lambda train: train.FtrlOptimizer(0.1),
    "proximal_gradient_descent": lambda train: train.ProximalGradientDescentOptimizer(0.1),
    "proximal_adagrad": lambda train: train.ProximalAdagradOptimizer(0.1),
}


def model(tf):
    x = tf.placeholder(tf.float32, [None, 2], "x")
    w = tf.Variable([[1.0], [2.0]], name="w")
    with tf.variable_scope("layer"):
        b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
    return tf.reduce_mean(tf.square(tf.matmul(x, w) + b))


def optimised(tf, make, sparse=False, **options):
    loss = model(tf)
    if sparse:
        table = tf.Variable(f32(4, 2), name="table")
        loss = loss + tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 1, 2]))
    optimizer = make(tf.train)
    if options.pop("with_step", False):
        options["global_step"] = tf.train.get_or_create_global_step()
    train = optimizer.minimize(loss, **options)
    slots = {
        v.op.name: {
            name: optimizer.get_slot(v, name).name
            for name in optimizer.get_slot_names()
            if optimizer.get_slot(v, name) is not None
        }
        for v in tf.trainable_variables()
    }
    return [
        train.name,
        train.type,
        slots,
        names(tf.global_variables()),
        names(optimizer.variables()),
        optimizer.get_name(),
    ]


for kind, make in OPTIMIZERS.items():
    suite.case("optimizer_" + kind, lambda tf, make=make: optimised(tf, make), grad=False)
    suite.case(
        f"optimizer_{kind}_with_step",
        lambda tf, make=make: optimised(tf, make, with_step=True),
        grad=False,
    )
    suite.case(
        f"optimizer_{kind}_sparse",
        lambda tf, make=make: optimised(tf, make, sparse=True),
        grad=False,
    )


@graph
def optimizer_named(tf):
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9, name="Fast")
    return [optimizer.minimize(model(tf), name="step").name, names(tf.global_variables())]


@graph
def optimizer_var_list(tf):
    loss = model(tf)
    train = tf.train.AdamOptimizer().minimize(loss, var_list=[tf.trainable_variables()[1]])
    return [train.name, names(tf.global_variables())]


@graph
def two_optimizers(tf):
    loss = model(tf)
    return names(
        [
            tf.train.AdamOptimizer().minimize(loss),
            tf.train.AdamOptimizer().minimize(loss * 2),
            *tf.global_variables(),
        ]
    )


@graph
def one_optimizer_twice(tf):
    loss = model(tf)
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    return names([optimizer.minimize(loss), optimizer.minimize(loss * 2), *tf.global_variables()])


@graph
def optimizer_in_scope(tf):
    loss = model(tf)
    with tf.name_scope("training"):
        a = tf.train.AdamOptimizer().minimize(loss)
    with tf.variable_scope("more"):
        b = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    return names([a, b, *tf.global_variables()])


@graph
def optimizer_with_tensor_rate(tf):
    rate = tf.placeholder(tf.float32, [], "rate")
    return [tf.train.AdamOptimizer(rate).minimize(model(tf)).name]


@graph
def compute_and_apply(tf):
    loss = model(tf)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    pairs = optimizer.compute_gradients(loss)
    clipped = [(tf.clip_by_norm(g, 1.0), v) for g, v in pairs]
    return [optimizer.apply_gradients(clipped).name, [v.name for _, v in pairs]]


@graph
def apply_without_some_gradients(tf):
    loss = model(tf)
    unused = tf.Variable(1.0, name="unused")
    optimizer = tf.train.AdamOptimizer()
    pairs = optimizer.compute_gradients(loss, tf.trainable_variables())
    return [optimizer.apply_gradients(pairs).name, [g is None for g, _ in pairs], unused.name]


@graph
def global_steps(tf):
    before = tf.train.get_global_step()
    step = tf.train.get_or_create_global_step()
    return [
        before,
        step.name,
        step.dtype.name,
        tf.train.get_global_step() is step,
        tf.train.get_or_create_global_step() is step,
    ]


# Averages and schedules.


@graph
def moving_average(tf):
    w, b = tf.Variable([1.0, 2.0], name="w"), tf.Variable(0.0, name="b", trainable=False)
    ema = tf.train.ExponentialMovingAverage(0.99)
    op = ema.apply([w, b])
    restore = {name: variable.name for name, variable in ema.variables_to_restore().items()}
    return [
        op.name,
        ema.average(w).name,
        ema.average_name(b),
        restore,
        names(tf.moving_average_variables()),
        names(tf.global_variables()),
    ]


@graph
def moving_average_with_step(tf):
    step = tf.Variable(0, trainable=False, name="step")
    w = tf.Variable(0.0, name="w")
    ema = tf.train.ExponentialMovingAverage(0.99, step)
    return names([ema.apply(tf.trainable_variables()), ema.average(w)])


@graph
def moving_average_debiased(tf):
    w = tf.Variable(0.0, name="w")
    tensor = w * 2
    ema = tf.train.ExponentialMovingAverage(0.9, zero_debias=True, name="Mean")
    return names([ema.apply([w]), ema.average(w), ema.apply([tensor]), ema.average(tensor)])


SCHEDULES = {
    "exponential": lambda train, s: train.exponential_decay(0.1, s, 10, 0.9),
    "exponential_staircase": lambda train, s: train.exponential_decay(
        0.1, s, 10, 0.9, staircase=True
    ),
    "natural_exp": lambda train, s: train.natural_exp_decay(0.1, s, 10, 0.9),
    "inverse_time": lambda train, s: train.inverse_time_decay(0.1, s, 10, 0.9, staircase=True),
    "polynomial": lambda train, s: train.polynomial_decay(0.1, s, 10),
    "polynomial_cycle": lambda train, s: train.polynomial_decay(0.1, s, 10, cycle=True),
    "piecewise": lambda train, s: train.piecewise_constant(s, [1, 3], [0.3, 0.2, 0.1]),
    "cosine": lambda train, s: train.cosine_decay(0.1, s, 10),
    "linear_cosine": lambda train, s: train.linear_cosine_decay(0.1, s, 10),
    "noisy_linear_cosine": lambda train, s: train.noisy_linear_cosine_decay(0.1, s, 10),
}
for kind, make in SCHEDULES.items():
    suite.case(
        "schedule_" + kind,
        lambda tf, make=make: make(tf.train, tf.Variable(0, trainable=False, name="step")).name,
        grad=False,
    )


# Saving.


@graph
def saver(tf):
    tf.Variable(1.0, name="w")
    tf.Variable([1, 2], name="n")
    made = tf.train.Saver()
    definition = made.saver_def
    return [
        definition.filename_tensor_name,
        definition.save_tensor_name,
        definition.restore_op_name,
        definition.max_to_keep,
        names(tf.get_collection(tf.GraphKeys.SAVERS)),
    ]


@graph
def saver_of_some(tf):
    w, v = tf.Variable(1.0, name="w"), tf.Variable(2.0, name="v")
    tf.train.Saver([w])
    tf.train.Saver({"other": v}, max_to_keep=3, name="mine")


@graph
def saver_of_averages(tf):
    w = tf.Variable(1.0, name="w")
    ema = tf.train.ExponentialMovingAverage(0.9)
    ema.apply([w])
    tf.train.Saver(ema.variables_to_restore())


@graph
def saver_of_none(tf):
    tf.train.Saver(allow_empty=True)


# Control dependencies.


@graph
def control_dependencies(tf):
    a, b = tf.constant(1, name="a"), tf.constant(2, name="b")
    with tf.control_dependencies([a]):
        tf.constant(3, name="c")
        with tf.control_dependencies([b, a]):
            tf.constant(4, name="d")
            with tf.control_dependencies(None):
                tf.constant(5, name="e")
        tf.identity(a, name="f")
        tf.add(a, b, name="g")
        tf.no_op(name="h")


@graph
def control_dependencies_already_implied(tf):
    a = tf.constant(1.0, name="a")
    with tf.control_dependencies([a]):
        b = tf.negative(a, name="b")
        tf.exp(b, name="c")
    with tf.control_dependencies([a.op, b]):
        tf.exp(b, name="d")
        tf.Variable(1.0, name="w")
        tf.get_variable("v", [1])


@graph
def control_dependencies_on_variable(tf):
    w = tf.Variable(1.0, name="w")
    with tf.control_dependencies([w]):
        tf.constant(1.0, name="c")
        tf.identity(w, name="i")
        tf.assign(w, 2.0, name="set")


@graph
def groups(tf):
    a, b = tf.constant(1, name="a"), tf.constant(2, name="b")
    return names(
        [
            tf.group(a, b),
            tf.group([a, b], name="both"),
            tf.group(),
            tf.group(a.op),
            tf.no_op(),
            tf.group(a, a),
        ]
    )


@graph
def tuples(tf):
    a, b = tf.constant(1.0, name="a"), tf.constant(2.0, name="b")
    both = tf.tuple([a, None, b], control_inputs=[tf.no_op()])
    return [both[0].name, both[1], both[2].name]


# Devices, graph queries.


@graph
def devices(tf):
    with tf.device("/cpu:0"):
        a = tf.constant(1)
        w = tf.Variable(1.0)
    with tf.device("/gpu:0"), tf.device(None):
        b = tf.constant(1)
    return [a.device, w.device, b.device]


@graph
def queries(tf):
    x = tf.placeholder(tf.float32, [None, 2], "x")
    y = tf.matmul(x, tf.ones([2, 3]), name="y")
    z = y + 1
    g = tf.get_default_graph()
    return [
        g.get_operation_by_name("y").type,
        g.get_tensor_by_name("y:0").name,
        g.as_graph_element("x").name,
        names(y.consumers()),
        names(y.op.inputs),
        names(y.op.outputs),
        y.value_index,
        y.dtype.name,
        str(y.shape),
        y.get_shape().as_list(),
        y.shape.ndims,
        str(y),
        repr(x),
        str(z.op.name),
        y.op.get_attr("transpose_a"),
        y.op.type,
        x.op.node_def.name,
        g.version,
        z.op.graph is g,
        g.is_feedable(y),
        g.is_fetchable(y),
        str(x.op.get_attr("dtype")),
        y.device,
        tf.get_default_session(),
        g.building_function,
        g.finalized,
    ]


@graph
def placeholders(tf):
    return [
        str(p)
        for p in (
            tf.placeholder(tf.float32),
            tf.placeholder(tf.float32, []),
            tf.placeholder("int32", (None, 3)),
            tf.placeholder(tf.string, [2], "s"),
            tf.placeholder(tf.bool, [None]),
            tf.placeholder_with_default(1.0, []),
            tf.placeholder(tf.float32, tf.TensorShape([1, None])),
        )
    ]


@graph
def variables_spelled(tf):
    w = tf.Variable([[1.0, 2.0]], name="w")
    v = tf.get_variable("v", [2], tf.int32)
    return [str(w), repr(v), str(w.initial_value), str(w + 1), str(w.dtype), str(w.op.type)]


@graph
def graph_switching(tf):
    outer = tf.get_default_graph()
    tf.constant(1, name="outside")
    with tf.Graph().as_default() as inner:
        tf.constant(1, name="inside")
        seen = [tf.get_default_graph() is inner, names(inner.get_operations())]
    return [*seen, tf.get_default_graph() is outer]


@graph
def op_of_list_inputs(tf):
    x = tf.placeholder(tf.float32, [2, 2], "x")
    return names(
        [
            *tf.split(x, 2),
            *tf.unstack(x),
            tf.concat([x, x], 1),
            tf.stack([x, x]),
            tf.add_n([x, x, x]),
            *tf.nn.top_k(x),
            *tf.nn.moments(x, [0]),
            *tf.unique([1, 2, 1]),
            *tf.meshgrid([1, 2], [3]),
        ]
    )


@graph
def embedding(tf):
    w = tf.Variable(f32(4, 2), name="table")
    return tf.nn.embedding_lookup(w, ints([1, 2])).name


@graph
def gradient_scopes(tf):
    """The second `tf.gradients` opens `gradients_1`; what follows is named as without it."""
    x = tf.constant(2.0, name="x")
    y = x * x
    tf.gradients(y, x)
    tf.gradients(y, x)
    z = x * x
    return [z.name, tf.get_default_graph().unique_name("gradients")]
