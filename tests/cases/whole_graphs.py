"""Small programs that train, of which every node must be TensorFlow's.

That is the GraphDef: its nodes in order, their names, types, inputs, control inputs and devices,
and all attributes, colocation included.
"""

import itertools

from .suite import Suite

suite = Suite("whole_graphs")


def program(fn):
    """Adds `fn` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def programs(name, variants, build):
    """Adds `build(tf, variant)` for each of `variants`, {id: variant}."""
    for key in variants:
        variant = variants[key]
        suite.case(f"{name}_{key}", lambda tf, variant=variant: build(tf, variant), grad=False)


def variable(tf, name, shape, value=0.5):
    return tf.Variable(tf.fill(shape, value), name=name)


def line(tf, batch=4):
    """The loss of a straight line through fed points."""
    x = tf.placeholder(tf.float32, [batch, 3], "x")
    y = tf.placeholder(tf.float32, [batch, 1], "y")
    w, b = variable(tf, "w", [3, 1]), variable(tf, "b", [1])
    return tf.reduce_mean(tf.square(tf.matmul(x, w) + b - y))


def table(tf):
    """The loss of some rows of a table."""
    rows = tf.placeholder(tf.int32, [None], "rows")
    embedded = tf.nn.embedding_lookup(variable(tf, "table", [5, 2]), rows)
    return tf.reduce_sum(tf.square(embedded))


# Optimizers.

OPTIMIZERS = {
    "gradient_descent": lambda tf: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adagrad": lambda tf: tf.train.AdagradOptimizer(0.1),
    "adadelta": lambda tf: tf.train.AdadeltaOptimizer(0.1),
    "adam": lambda tf: tf.train.AdamOptimizer(0.1),
    "rmsprop": lambda tf: tf.train.RMSPropOptimizer(0.1),
    "rmsprop_centered": lambda tf: tf.train.RMSPropOptimizer(0.1, momentum=0.5, centered=True),
    "ftrl": lambda tf: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01),
    "proximal_descent": lambda tf: tf.train.ProximalGradientDescentOptimizer(0.1),
    "proximal_adagrad": lambda tf: tf.train.ProximalAdagradOptimizer(0.1),
}


def trained(tf, optimizer):
    step = tf.train.get_or_create_global_step()
    optimizer(tf).minimize(line(tf), global_step=step)


def trained_sparsely(tf, optimizer):
    optimizer(tf).minimize(table(tf))


programs("optimizer", OPTIMIZERS, trained)
programs("sparse", OPTIMIZERS, trained_sparsely)


@program
def optimizer_adagrad_da(tf):
    step = tf.train.get_or_create_global_step()
    tf.train.AdagradDAOptimizer(0.1, step).minimize(line(tf), global_step=step)


@program
def optimizer_by_hand(tf):
    """Gradients clipped between computing and applying them."""
    optimizer = tf.train.AdamOptimizer(0.1)
    pairs = optimizer.compute_gradients(line(tf, None))
    optimizer.apply_gradients([(tf.clip_by_value(g, -1.0, 1.0), v) for g, v in pairs], name="step")


# Schedules.

SCHEDULES = {
    "exponential": lambda tf, step: tf.train.exponential_decay(0.1, step, 10, 0.9, staircase=True),
    "natural_exponential": lambda tf, step: tf.train.natural_exp_decay(0.1, step, 10, 0.9),
    "inverse_time": lambda tf, step: tf.train.inverse_time_decay(0.1, step, 10, 0.9),
    "polynomial": lambda tf, step: tf.train.polynomial_decay(0.1, step, 10, power=2.0),
    "cosine": lambda tf, step: tf.train.cosine_decay(0.1, step, 10),
    "linear_cosine": lambda tf, step: tf.train.linear_cosine_decay(0.1, step, 10),
    "noisy_linear_cosine": lambda tf, step: tf.train.noisy_linear_cosine_decay(0.1, step, 10),
}


def scheduled(tf, schedule):
    tf.set_random_seed(1)
    step = tf.Variable(0, trainable=False, name="step")
    rate = schedule(tf, step)
    tf.train.GradientDescentOptimizer(rate).minimize(line(tf), global_step=step)
    tf.random_normal([2])


programs("schedule", SCHEDULES, scheduled)

# Losses.

LOSSES = {
    "absolute_difference": "absolute_difference",
    "hinge": "hinge_loss",
    "huber": "huber_loss",
    "log": "log_loss",
    "mean_squared": "mean_squared_error",
    "sigmoid": "sigmoid_cross_entropy",
    "softmax": "softmax_cross_entropy",
}


def lost(tf, name):
    x = tf.placeholder(tf.float32, [4, 3], "x")
    labels = tf.placeholder(tf.float32, [4, 2], "labels")
    outputs = tf.nn.sigmoid(tf.matmul(x, variable(tf, "w", [3, 2])))
    tf.train.GradientDescentOptimizer(0.1).minimize(getattr(tf.losses, name)(labels, outputs))


programs("loss", LOSSES, lost)


@program
def loss_sparse_softmax(tf):
    x, labels = tf.placeholder(tf.float32, [None, 3], "x"), tf.placeholder(tf.int64, [None], "y")
    logits = tf.matmul(x, variable(tf, "w", [3, 2]))
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    tf.train.AdamOptimizer().minimize(tf.reduce_mean(loss))


@program
def loss_cosine_distance(tf):
    x = tf.nn.l2_normalize(variable(tf, "w", [3, 2]), 1)
    tf.gradients(tf.losses.cosine_distance(tf.fill([3, 2], 0.5), x, axis=1), x)


# Networks, by hand.


@program
def course(tf):
    """Two layers, regularised, with decaying rate and moving averages."""
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [None, 6])
    labels = tf.placeholder(tf.float32, [None, 3])

    def weight(shape):
        w = tf.Variable(tf.truncated_normal(shape, stddev=0.1))
        tf.add_to_collection("losses", tf.contrib.layers.l2_regularizer(0.01)(w))
        return w

    hidden = tf.nn.relu(tf.matmul(x, weight([6, 5])) + tf.Variable(tf.zeros([5])))
    y = tf.matmul(hidden, weight([5, 3])) + tf.Variable(tf.zeros([3]))
    step = tf.Variable(0, trainable=False)
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=y, labels=tf.argmax(labels, 1))
    loss = tf.reduce_mean(entropy) + tf.add_n(tf.get_collection("losses"))
    rate = tf.train.exponential_decay(0.1, step, 10, 0.99, staircase=True)
    descent = tf.train.GradientDescentOptimizer(rate).minimize(loss, global_step=step)
    average = tf.train.ExponentialMovingAverage(0.99, step)
    with tf.control_dependencies([descent, average.apply(tf.trainable_variables())]):
        tf.no_op(name="train")
    right = tf.equal(tf.argmax(y, 1), tf.argmax(labels, 1))
    tf.reduce_mean(tf.cast(right, tf.float32))
    tf.random_uniform([2])


@program
def convolutional(tf):
    images = tf.placeholder(tf.float32, [None, 8, 8, 1], "images")
    labels = tf.placeholder(tf.float32, [None, 2], "labels")
    kernel, bias = variable(tf, "kernel", [3, 3, 1, 4]), variable(tf, "bias", [4])
    conv = tf.nn.conv2d(images, kernel, [1, 1, 1, 1], "SAME")
    pooled = tf.nn.max_pool(
        tf.nn.relu(tf.nn.bias_add(conv, bias)), [1, 2, 2, 1], [1, 2, 2, 1], "SAME"
    )
    shape = pooled.get_shape().as_list()
    flat = tf.reshape(pooled, [-1, shape[1] * shape[2] * shape[3]])
    logits = tf.matmul(tf.nn.dropout(flat, 0.5, seed=1), variable(tf, "dense", [64, 2]))
    loss = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_mean(loss))


@program
def normalised(tf):
    images = tf.placeholder(tf.float32, [2, 4, 4, 2], "images")
    scale, offset = variable(tf, "scale", [2]), variable(tf, "offset", [2])
    y, _, _ = tf.nn.fused_batch_norm(images, scale, offset)
    pooled = tf.nn.avg_pool(tf.nn.lrn(y), [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(pooled))


@program
def normalised_by_hand(tf):
    x = tf.placeholder(tf.float32, [None, 3], "x")
    hidden = tf.matmul(x, variable(tf, "w", [3, 4]))
    mean, variance = tf.nn.moments(hidden, [0])
    scale, offset = variable(tf, "scale", [4], 1.0), variable(tf, "offset", [4])
    y = tf.nn.batch_normalization(hidden, mean, variance, offset, scale, 1e-3)
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(tf.nn.elu(y)))


@program
def separable(tf):
    images = tf.placeholder(tf.float32, [None, 6, 6, 2], "images")
    deep, mixing = variable(tf, "deep", [3, 3, 2, 2]), variable(tf, "mixing", [1, 1, 4, 3])
    conv = tf.nn.separable_conv2d(images, deep, mixing, [1, 1, 1, 1], "SAME")
    up = tf.nn.conv2d_transpose(
        conv, variable(tf, "up", [2, 2, 1, 3]), tf.stack([tf.shape(images)[0], 12, 12, 1]), 2
    )
    tf.train.AdamOptimizer().minimize(tf.reduce_sum(tf.sigmoid(up)))


@program
def recurrent_by_hand(tf):
    x = tf.placeholder(tf.float32, [2, 3, 4], "x")
    state, w = tf.zeros([2, 4]), variable(tf, "w", [8, 4])
    for now in tf.unstack(x, axis=1):
        state = tf.tanh(tf.matmul(tf.concat([now, state], 1), w))
    grads, _ = tf.clip_by_global_norm(tf.gradients(tf.reduce_sum(state), [w]), 1.0)
    tf.train.GradientDescentOptimizer(0.1).apply_gradients([(grads[0], w)])


@program
def attention(tf):
    x = tf.placeholder(tf.float32, [None, None, 4], "x")
    w = variable(tf, "w", [4, 4])
    queries = tf.tensordot(x, w, [[2], [0]])
    scores = tf.nn.softmax(tf.matmul(queries, x, transpose_b=True))
    out = tf.reduce_max(tf.matmul(scores, x), axis=1)
    tf.train.AdamOptimizer().minimize(tf.reduce_mean(tf.nn.softplus(out)))


@program
def two_models(tf):
    """The second one's weights are drawn by the number of nodes of the first."""
    tf.set_random_seed(3)
    for name in ("first", "second"):
        with tf.variable_scope(name):
            w = tf.get_variable("w", [3, 2])
            x = tf.placeholder(tf.float32, [None, 3])
            loss = tf.reduce_mean(tf.nn.leaky_relu(tf.matmul(x, w)))
            tf.train.RMSPropOptimizer(0.1).minimize(loss)


# Clipping, averaging.


@program
def clipping(tf):
    x, y = variable(tf, "x", [2, 3]), variable(tf, "y", [3])
    for clip in (tf.clip_by_norm, tf.clip_by_average_norm):
        tf.gradients(clip(x * y, 1.0), [x, y])
    clipped, norm = tf.clip_by_global_norm([x, y], 2.0)
    tf.gradients([*clipped, norm], [x, y])


@program
def averaging(tf):
    w = variable(tf, "w", [2])
    step = tf.train.AdamOptimizer().minimize(tf.reduce_sum(w * w))
    average = tf.train.ExponentialMovingAverage(0.9)
    with tf.control_dependencies([step]):
        average.apply([w])
    tf.train.Saver(average.variables_to_restore())


# Arguments of tf.gradients.

METHODS = {"add_n": 0, "tree": 1, "accumulate_n": 2}


def aggregated(tf, method):
    x = variable(tf, "x", [2])
    y = x * x + tf.exp(x) - tf.sin(x)
    tf.gradients(y, x, aggregation_method=method)


programs("aggregated", METHODS, aggregated)

GATES = {"none": 0, "op": 1, "graph": 2}


def gated(tf, gate):
    tf.train.GradientDescentOptimizer(0.1).minimize(line(tf, None), gate_gradients=gate)


programs("gated", GATES, gated)


@program
def gated_rows(tf):
    tf.gradients(table(tf) * 2.0, tf.trainable_variables(), gate_gradients=True)


@program
def colocated(tf):
    with tf.device("/cpu:0"):
        loss = line(tf, None)
    step = tf.train.GradientDescentOptimizer(0.1)
    step.minimize(loss, colocate_gradients_with_ops=True)


@program
def on_devices(tf):
    """Parts of a sum on two devices; groups sort by device."""
    with tf.device("/device:CPU:1"):
        a = variable(tf, "a", [2])
    with tf.device("/device:CPU:0"):
        b = variable(tf, "b", [2])
        left = a * b
    with tf.device("/device:CPU:1"):
        right = tf.exp(a) + b
    tf.train.MomentumOptimizer(0.1, 0.5).minimize(tf.reduce_sum(left + right))


@program
def stopped(tf):
    x = variable(tf, "x", [2])
    a = tf.sin(x)
    b = tf.multiply(a, x)
    tf.gradients(tf.stop_gradient(a) * b, [x, a, b], stop_gradients=[b])
    tf.gradients(b, [x, a], unconnected_gradients="zero")


@program
def weighted(tf):
    x = variable(tf, "x", [2, 2])
    y, z = tf.sqrt(x), tf.reciprocal(x)
    tf.gradients([y, z, y], x, grad_ys=[tf.fill([2, 2], 2.0), None, [[1.0, 2.0], [3.0, 4.0]]])


@program
def tupled(tf):
    x = variable(tf, "x", [2])
    a, b = tf.tuple([x * 2.0, tf.square(x)])
    tf.gradients(a * b, x)


@program
def second_derivatives(tf):
    x = variable(tf, "x", [3])
    y = tf.sigmoid(x) * tf.sqrt(x) + tf.pow(x, 3.0) / tf.log(x)
    (first,) = tf.gradients(y, x)
    tf.gradients(first, x)


# Rules of one's own.


@program
def overridden(tf):
    """By a rule under a name, and by another op type's."""
    name = f"CustomGradient-own{next(NUMBERS)}"
    tf.RegisterGradient(name)(lambda op, dy: dy * 0.5)
    x = variable(tf, "x", [2])
    graph = tf.get_default_graph()
    with graph.gradient_override_map({"Identity": name}):
        y = tf.identity(x)
    with graph.gradient_override_map({"Sign": "Identity", "Round": "Tanh"}):
        z = tf.sign(x) + tf.round(x)
    tf.gradients(y * z, x)


NUMBERS = itertools.count()


@program
def custom(tf):
    @tf.custom_gradient
    def clipped(x):
        return tf.exp(x), lambda dy: tf.clip_by_value(dy, -1.0, 1.0)

    x = variable(tf, "x", [2])
    tf.gradients(clipped(x * 2.0), x)


# Shapes.


@program
def broadcast_known(tf):
    x, y, z = (variable(tf, n, s) for n, s in (("x", [2, 3]), ("y", [3]), ("z", [1, 1])))
    sums = x + y - z, x * y / z, tf.maximum(x, z), tf.squared_difference(x, y), x**y
    tf.gradients(list(sums), [x, y, z])


@program
def broadcast_unknown(tf):
    x = tf.placeholder(tf.float32, [None, 3], "x")
    y, z = tf.placeholder(tf.float32, None, "y"), variable(tf, "z", [3])
    sums = x + y - z, x * y / z, tf.minimum(x, z), tf.squared_difference(x, y), x**z
    tf.gradients(list(sums), [x, y, z])


REDUCTIONS = ("sum", "mean", "prod", "max", "min", "logsumexp")


def reduced(tf, shape):
    x = tf.placeholder(tf.float32, shape, "x")
    axis = tf.placeholder(tf.int32, [None], "axis")
    for name in REDUCTIONS:
        reduce = getattr(tf, f"reduce_{name}")
        tf.gradients([reduce(x), reduce(x, 1), reduce(x, [0, -1], keepdims=True)], x)
    tf.gradients([tf.reduce_mean(x, axis), tf.reduce_prod(x, axis)], x)


programs("reduced", {"known": [2, 3], "part": [None, 3]}, reduced)


def laid_out(tf, shape):
    x = tf.placeholder(tf.float32, shape, "x")
    ys = [
        tf.concat([x, x * 2.0], 1),
        tf.transpose(x),
        tf.tile(x, [2, 1]),
        tf.pad(x, [[1, 1], [0, 2]]),
        tf.slice(x, [0, 1], [-1, 1]),
        x[0, ::2],
        tf.expand_dims(x, 0),
        tf.reverse(x, [1]),
        tf.gather(x, [0, 0]),
        tf.gather(x, [1, 1], axis=1),
        tf.where(x > 0.0, x, -x),
        *tf.split(x, 3, 1),
        *tf.unstack(x, 3, 1),
        tf.stack([x, x], 2),
        tf.cast(x, tf.float64),
    ]
    for y in ys:
        tf.gradients(y, x)


programs("laid_out", {"known": [2, 3], "part": [None, 3]}, laid_out)


@program
def products(tf):
    a, b = tf.placeholder(tf.float32, [None, 2, 3], "a"), variable(tf, "b", [3, 4])
    tf.gradients(tf.einsum("bij,jk->bik", a, b), [a, b])
    tf.gradients(tf.tensordot(a, b, 1), [a, b])
    tf.gradients(tf.matmul(a, a, transpose_a=True), a)
    tf.gradients(tf.matmul(b, b, transpose_b=True), b)


@program
def picked(tf):
    x = tf.placeholder(tf.float32, [None, 5], "x")
    values, _ = tf.nn.top_k(x, 2)
    tf.gradients(values, x)
    tf.gradients(tf.gather_nd(x, [[0, 1], [1, 1]]), x)
    tf.gradients(tf.boolean_mask(x, x > 0.0), x)
    tf.gradients(tf.segment_sum(x, [0, 0, 1]), x)
    tf.gradients(tf.unsorted_segment_max(x, [0, 0, 1], 2), x)
    tf.gradients(tf.dynamic_partition(x, [0, 1, 0], 2), x)
