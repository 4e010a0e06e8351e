"""Networks rebuilt for integers of few bits: `tf.contrib.quantize`."""

from .arrays import f32
from .suite import Suite

suite = Suite("simulated_bits")


def convolved(tf, x, training):
    layers = tf.contrib.layers
    norm = {"is_training": training, "fused": True, "decay": 0.9, "scale": True}
    ones = tf.constant_initializer(0.2)
    with tf.contrib.framework.arg_scope(
        [layers.conv2d, layers.separable_conv2d],
        normalizer_fn=layers.batch_norm,
        normalizer_params=norm,
        weights_initializer=ones,
        activation_fn=tf.nn.relu6,
    ):
        y = layers.conv2d(x, 3, 3, scope="first")
        y = layers.separable_conv2d(y, None, 3, 1, scope="deep")
        y = y + layers.conv2d(y, 3, 1, activation_fn=None, scope="beside")
    y = tf.reduce_mean(tf.nn.relu(y), [1, 2])
    return layers.fully_connected(y, 2, activation_fn=None, weights_initializer=ones, scope="last")


def unfused(tf, x, training):
    layers = tf.contrib.layers
    norm = {"is_training": training, "fused": False, "decay": 0.9}
    ones = tf.constant_initializer(0.2)
    with tf.contrib.framework.arg_scope(
        [layers.conv2d, layers.separable_conv2d, layers.fully_connected],
        normalizer_fn=layers.batch_norm,
        weights_initializer=ones,
        activation_fn=tf.nn.relu6,
    ):
        y = layers.conv2d(x, 3, 3, scope="first", normalizer_params={"scale": True, **norm})
        y = layers.separable_conv2d(y, None, 3, 1, scope="deep", normalizer_params=norm)
        y = tf.reduce_mean(y, [1, 2])
        return layers.fully_connected(y, 2, scope="last", normalizer_params=norm)


def connected(tf, x, training):
    y = tf.contrib.layers.flatten(x)
    for units in (3, 2):
        ones = tf.constant_initializer(0.1 * units)
        y = tf.contrib.layers.fully_connected(y, units, weights_initializer=ones)
    return y


def rebuilt(id, network, rewrite, training=True):
    """Adds five steps of a network that `rewrite(tf.contrib.quantize)` has rebuilt."""

    def program(tf, run):
        x = tf.reshape(tf.constant(f32(2, 16)), [2, 4, 4, 1]) / 8.0
        y = network(tf, x, training)
        rewrite(tf.contrib.quantize)
        run.note([v.name for v in tf.global_variables()])
        fetches = y
        if training:
            loss = tf.reduce_sum(tf.square(y - [[0.5, 1.0], [1.0, 0.25]]))
            step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
            with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
                fetches = tf.group(step)
        run(tf.global_variables_initializer())
        for _ in range(5 if training else 1):
            run(fetches)
            run(y)

    suite.case(id, program, grad=False)


rebuilt("connected", connected, lambda q: q.create_training_graph())
rebuilt("connected_later", connected, lambda q: q.create_training_graph(quant_delay=3))
rebuilt("connected_evaluated", connected, lambda q: q.create_eval_graph(), training=False)
rebuilt(
    "connected_symmetric",
    connected,
    lambda q: q.experimental_create_training_graph(weight_bits=4, symmetric=True),
)
rebuilt("convolved", convolved, lambda q: q.create_training_graph())
rebuilt("convolved_evaluated", convolved, lambda q: q.create_eval_graph(), training=False)
rebuilt(
    "convolved_frozen",
    convolved,
    lambda q: q.experimental_create_training_graph(quant_delay=1, freeze_bn_delay=3),
)
rebuilt("unfused", unfused, lambda q: q.create_training_graph())
rebuilt("unfused_evaluated", unfused, lambda q: q.create_eval_graph(), training=False)
rebuilt(
    "unfused_frozen",
    unfused,
    lambda q: q.experimental_create_training_graph(quant_delay=1, freeze_bn_delay=3),
)
