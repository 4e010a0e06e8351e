"""`tf.contrib.layers`: what layers build, compute, collect and refuse; `optimize_loss`."""

import functools

import numpy as np

from .suite import Suite

suite = Suite("contrib_layers")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def fed(tf, *shape, unknown=True):
    """A placeholder whose first size is unknown, and numbers to feed it."""
    numbers = np.random.RandomState(3).randn(*shape).astype(np.float32)
    x = tf.placeholder(tf.float32, (None, *shape[1:]) if unknown else shape, name="x")
    return x, {x: numbers}


def names(things):
    return [thing.name for thing in things]


def seeded_start(tf, run):
    """The initial values that TensorFlow draws where only the graph has a seed."""
    run(tf.global_variables_initializer())


# Normalisation of each example.


@story
def layer_norm(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 4, 3)
    outputs = [
        layers.layer_norm(x),
        layers.layer_norm(x, scale=False, activation_fn=tf.nn.relu, outputs_collections="out"),
        layers.layer_norm(x, center=False, begin_norm_axis=-1, begin_params_axis=1, scope="last"),
        layers.layer_norm(tf.cast(x, tf.float16), variables_collections={"beta": ["mine"]}),
    ]
    run.note([names(tf.model_variables()), names(tf.get_collection("mine"))])
    run.note([tensor.aliases for tensor in tf.get_collection("out")])
    seeded_start(tf, run)
    run(outputs[:3], feeds)
    run(tf.gradients(outputs[0][:, 0, 0], x), feeds)
    run.refused(lambda: layers.layer_norm(tf.placeholder(tf.float32)))
    run.refused(lambda: layers.layer_norm(x, begin_norm_axis=3))
    run.refused(lambda: layers.layer_norm(x, begin_params_axis=0))


@story
def instance_norm(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 3, 4, 3)
    outputs = [
        layers.instance_norm(x, param_initializers={"beta": tf.ones_initializer()}),
        layers.instance_norm(x, data_format="NCHW", activation_fn=tf.nn.relu),
        layers.instance_norm(x, center=False, scale=False, epsilon=0.1, scope="plain"),
    ]
    seeded_start(tf, run)
    run(outputs, feeds)
    run.refused(lambda: layers.instance_norm(tf.placeholder(tf.float32)))
    run.refused(lambda: layers.instance_norm(x, data_format="NHCW"))


@story
def group_norm(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 2, 3, 6)
    outputs = [
        layers.group_norm(x, groups=2),
        layers.group_norm(x, groups=3, mean_close_to_zero=True, activation_fn=tf.nn.relu),
        layers.group_norm(x, 2, channels_axis=1, reduction_axes=[2, 3], center=False),
    ]
    seeded_start(tf, run)
    run(outputs, feeds)
    run.refused(lambda: layers.group_norm(x))
    run.refused(lambda: layers.group_norm(x, 4))
    run.refused(lambda: layers.group_norm(x, 2, reduction_axes=[3]))
    run.refused(lambda: layers.group_norm(x, 2, reduction_axes=[0]))
    run.refused(lambda: layers.group_norm(x, 2, channels_axis=4))


@story
def unit_norm(tf, run):
    x, feeds = fed(tf, 2, 3, 2)
    run([tf.contrib.layers.unit_norm(x, dim) for dim in range(3)], feeds)
    run.refused(lambda: tf.contrib.layers.unit_norm(x, 3))
    run.refused(lambda: tf.contrib.layers.unit_norm(tf.placeholder(tf.float32), 0))


# Layers of few weights, and of none.


@story
def rearranged(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 2, 3, 4)
    outputs = [
        layers.one_hot_encoding(tf.constant([1, 2]), 3, outputs_collections="hot"),
        layers.one_hot_encoding(tf.constant([[0]], tf.int64), 2, on_value=5.0, off_value=-1.0),
        layers.softmax(x),
        layers.maxout(x, 2),
        layers.maxout(x, 1, axis=1),
        layers.images_to_sequence(x),
        layers.images_to_sequence(x, data_format="NCHW"),
        layers.sequence_to_images(tf.reshape(x, [4, -1, 3]), 2),
        layers.sequence_to_images(tf.ones([2, 4, 3]), 2, "channels_first"),
    ]
    run.note([str(output.shape) for output in outputs])
    run.note([tensor.aliases for tensor in tf.get_collection("hot")])
    run(outputs, feeds)
    run.refused(lambda: layers.maxout(x, 3))
    run.refused(lambda: layers.images_to_sequence(x, "NWHC"))
    run.refused(lambda: layers.softmax(tf.placeholder(tf.float32, [2, None])))


@story
def spatial_softmax(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 3, 2, 2)
    outputs = [
        layers.spatial_softmax(x),
        layers.spatial_softmax(x, temperature=2.0, trainable=False, name="cold"),
        layers.spatial_softmax(x, data_format="NCHW", variables_collections=["mine"]),
    ]
    run.note([names(tf.trainable_variables()), names(tf.get_collection("mine"))])
    seeded_start(tf, run)
    run(outputs, feeds)
    run.refused(lambda: layers.spatial_softmax(x, data_format="HWCN"))
    run.refused(lambda: layers.spatial_softmax(tf.placeholder(tf.float32, [1, 2, 3, None])))


@story
def bias_add(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 2, 3, 2)
    regularizer = layers.l2_regularizer(0.1)
    ones = tf.ones_initializer()
    outputs = [
        layers.bias_add(x),
        layers.bias_add(x, tf.nn.relu, ones, regularizer, data_format="NCHW", scope="first"),
        layers.bias_add(tf.ones([2, 3]), initializer=ones, variables_collections=["mine"]),
    ]
    run.note([names(tf.get_collection("mine")), names(tf.losses.get_regularization_losses())])
    seeded_start(tf, run)
    run(outputs, feeds)
    run.refused(lambda: layers.bias_add(tf.placeholder(tf.float32)))
    run.refused(lambda: layers.bias_add(tf.ones([2, 3]), data_format="NCHW"))
    run.refused(lambda: layers.bias_add(tf.placeholder(tf.float32, [2, None])))


@story
def convolution_in_plane(tf, run):
    tf.set_random_seed(2)
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 3, 4, 2)
    outputs = [
        layers.conv2d_in_plane(x, [2, 3]),
        layers.conv2d_in_plane(
            x,
            2,
            stride=[2, 2],
            padding="VALID",
            activation_fn=None,
            normalizer_fn=layers.instance_norm,
            normalizer_params={"scale": False},
            weights_regularizer=layers.l2_regularizer(0.1),
        ),
    ]
    seeded_start(tf, run)
    run(outputs, feeds)


@story
def legacy_fully_connected(tf, run):
    tf.set_random_seed(2)
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 2, 3)
    outputs = [
        layers.legacy_fully_connected(x, 2),
        layers.legacy_relu(x[:, 0], 2, name="relu"),
        layers.legacy_linear(x, 2, bias_init=None, weight_collections=["mine"]),
    ]
    run.note([names(tf.get_collection(key)) for key in ("mine", "weights", "biases")])
    run.note(names(tf.get_collection(tf.GraphKeys.ACTIVATIONS)))
    seeded_start(tf, run)
    run(outputs, feeds)
    run.refused(lambda: layers.legacy_fully_connected(tf.ones([2]), 2))
    run.refused(lambda: layers.legacy_fully_connected(tf.placeholder(tf.float32), 2))
    run.refused(lambda: layers.legacy_fully_connected(tf.placeholder(tf.float32, [2, None]), 2))


@story
def embedded(tf, run):
    tf.set_random_seed(2)
    layers = tf.contrib.layers
    ids = tf.placeholder(tf.int32, [None, 3])
    outputs = [
        layers.embed_sequence(ids, 5, 2),
        layers.embed_sequence(ids, 5, 2, unique=True, scope="once"),
        layers.embed_sequence(ids, scope="once", reuse=True),
        layers.embedding_lookup_unique(tf.ones([5, 2]), ids),
    ]
    seeded_start(tf, run)
    run(outputs, {ids: [[1, 4, 1]]})
    run.refused(lambda: layers.embed_sequence(ids))


@story
def repeated(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 2, 2, 2)
    identity = tf.ones_initializer()
    outputs = [
        layers.repeat(x, 2, layers.bias_add, initializer=identity),
        layers.repeat(x, 1, layers.bias_add, tf.nn.relu, scope="named"),
        layers.repeat(x, 1, functools.partial(layers.bias_add, activation_fn=tf.tanh)),
        layers.stack(x, layers.conv2d_in_plane, [(2, 2), 1], weights_initializer=identity),
    ]
    run.note(names([*outputs, *tf.global_variables()]))
    seeded_start(tf, run)
    run(outputs, feeds)
    run.refused(lambda: layers.stack(x, layers.bias_add, 3))


# Dense layers, by tf.layers.


@story
def fully_connected(tf, run):
    tf.set_random_seed(2)
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 2, 3)
    l2 = layers.l2_regularizer(0.1)
    outputs = [
        layers.fully_connected(x, 2),
        layers.linear(x, 2, weights_regularizer=l2, biases_regularizer=l2, scope="penalised"),
        layers.relu6(x[:, 0], 2, biases_initializer=None, outputs_collections="out"),
        layers.elu(x, 2, trainable=False, variables_collections={"weights": ["w"]}),
        layers.relu(x, 2, normalizer_fn=layers.layer_norm, normalizer_params={"scale": False}),
        layers.fully_connected(x, 2, reuse=True, scope="fully_connected"),
    ]
    with tf.variable_scope("parts", partitioner=tf.fixed_size_partitioner(2)):
        outputs.append(layers.fully_connected(x, 2, variables_collections=["parts"]))
    run.note([names(tf.get_collection(key)) for key in ("w", "parts", "model_variables")])
    run.note([tensor.aliases for tensor in tf.get_collection("out")])
    run.note(names(tf.losses.get_regularization_losses()))
    seeded_start(tf, run)
    run(outputs, feeds)
    run.refused(lambda: layers.fully_connected(x, 2.0))
    run.refused(lambda: layers.fully_connected(tf.placeholder(tf.float32), 3))
    run.refused(lambda: layers.fully_connected(tf.placeholder(tf.float32, [2, None]), 3))


@story
def dropout(tf, run):
    tf.set_random_seed(2)
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 4)
    training = tf.placeholder(tf.bool)
    outputs = [
        layers.dropout(x),
        layers.dropout(x, is_training=False),
        layers.dropout(x, 0.3, is_training=training, scope="either", outputs_collections="out"),
        layers.dropout(x, tf.constant(0.2), noise_shape=[1, 4], seed=3),
    ]
    run.note([tensor.aliases for tensor in tf.get_collection("out")])
    for is_training in (True, False):
        run(outputs, {**feeds, training: is_training})


@story
def flatten(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 2, 3)
    outputs = [
        layers.flatten(x, outputs_collections="out"),
        layers.flatten(tf.ones([2, 3]), scope="named"),
        layers.flatten(tf.placeholder_with_default([[[1.0], [2.0]]], [1, None, 1])),
    ]
    run.note([str(output.shape) for output in outputs])
    run.note([tensor.aliases for tensor in tf.get_collection("out")])
    run(outputs, feeds)


# Convolutions and pooling, by tf.layers.


@story
def convolutions(tf, run):
    tf.set_random_seed(2)
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 5, 4, 2)
    words = tf.ones([2, 4, 2])
    volume = tf.ones([1, 3, 3, 3, 2])
    outputs = [
        layers.conv2d(x, 2, 3),
        layers.conv2d(
            x,
            2,
            [2, 3],
            stride=2,
            padding="VALID",
            normalizer_fn=layers.layer_norm,
            outputs_collections="out",
            scope="named",
        ),
        layers.conv2d(
            x,
            2,
            3,
            rate=2,
            activation_fn=None,
            weights_regularizer=layers.l2_regularizer(0.1),
            variables_collections={"weights": ["w"], "biases": ["b"]},
        ),
        layers.conv1d(words, 2, 2, stride=2),
        layers.conv3d(volume, 2, [1, 2, 3]),
        layers.convolution(words, 2, 3, biases_initializer=None),
        layers.conv2d(x, 2, 3, reuse=True, scope="Conv"),
    ]
    with tf.variable_scope("parts", partitioner=tf.fixed_size_partitioner(2)):
        outputs.append(layers.conv2d(x, 2, 1, variables_collections=["parts"]))
    run.note([names(tf.get_collection(key)) for key in ("w", "b", "parts", "model_variables")])
    run.note([tensor.aliases for tensor in tf.get_collection("out")])
    run.note(names(tf.losses.get_regularization_losses()))
    seeded_start(tf, run)
    run(outputs, feeds)
    run.refused(lambda: layers.conv1d(x, 2, 3))
    run.refused(lambda: layers.convolution(tf.ones([2, 3]), 2, 3))
    run.refused(lambda: layers.conv2d(x, 2, 3, data_format="CHWN"))
    run.refused(lambda: layers.conv2d(tf.placeholder(tf.float32, [1, 2, 3, None]), 2, 3))
    run.refused(lambda: layers.conv2d(x, 2, 3, stride=2, rate=2))


@story
def transposed_convolutions(tf, run):
    tf.set_random_seed(2)
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 3, 2, 2)
    outputs = [
        layers.conv2d_transpose(x, 2, 3, 2),
        layers.conv2d_transpose(x, 1, [2, 3], padding="VALID", normalizer_fn=layers.layer_norm),
        layers.conv3d_transpose(tf.ones([1, 2, 2, 1, 2]), 1, 2, 2),
    ]
    seeded_start(tf, run)
    run(outputs, feeds)
    run.refused(lambda: layers.conv2d_transpose(x, 2, 3, data_format="CHWN"))


@story
def separable_convolutions(tf, run):
    tf.set_random_seed(2)
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 4, 4, 2)
    separable = layers.separable_conv2d
    outputs = [
        separable(x, 2, 3),
        separable(
            x,
            2,
            [3, 3],
            2,
            stride=2,
            padding="VALID",
            activation_fn=None,
            normalizer_fn=layers.layer_norm,
            weights_regularizer=layers.l2_regularizer(0.1),
            variables_collections=["mine"],
        ),
        separable(x, None, 2, 2),
        separable(x, None, 2, 1, rate=2, normalizer_fn=layers.layer_norm),
        separable(x, None, 2, 1, biases_initializer=None),
        separable(x, 1, 2, pointwise_initializer=tf.ones_initializer(), biases_initializer=None),
    ]
    run.note([names(tf.get_collection("mine")), names(tf.losses.get_regularization_losses())])
    seeded_start(tf, run)
    run(outputs, feeds)


@story
def pooling(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 4, 5, 2)
    volume = tf.reshape(tf.range(54.0), [1, 3, 3, 3, 2])
    outputs = [
        layers.max_pool2d(x, 2),
        layers.avg_pool2d(x, [3, 2], [1, 2], "SAME", scope="named", outputs_collections="out"),
        layers.max_pool3d(volume, 2),
        layers.avg_pool3d(volume, 2, 1),
    ]
    run.note([tensor.aliases for tensor in tf.get_collection("out")])
    run(outputs, feeds)
    run.refused(lambda: layers.max_pool2d(x, 2, data_format="CHWN"))
    run.refused(lambda: layers.max_pool3d(x, 2))


@story
def in_an_argument_scope(tf, run):
    tf.set_random_seed(2)
    slim = tf.contrib.slim
    x, feeds = fed(tf, 2, 4, 4, 2)
    usual = tf.truncated_normal_initializer(stddev=0.1)
    both = slim.arg_scope([slim.conv2d, slim.fully_connected], weights_initializer=usual)
    narrow = slim.arg_scope([slim.conv2d], padding="VALID", activation_fn=None)
    with both, narrow as inner:
        outputs = [slim.conv2d(x, 2, 2)]
    with slim.arg_scope(inner):
        outputs.append(slim.repeat(x, 2, slim.conv2d, 2, 2, scope="again"))
        outputs.append(slim.flatten(slim.max_pool2d(outputs[-1], 2)))
        outputs.append(slim.stack(outputs[-1], slim.fully_connected, [2, 3]))
    outputs.append(slim.conv2d(x, 2, 2))
    run.note(slim.arg_scoped_arguments(slim.conv2d))
    run.note([slim.has_arg_scope(slim.conv2d), slim.has_arg_scope(tf.nn.conv2d)])
    seeded_start(tf, run)
    run(outputs, feeds)


@story
def divisive_normalization(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 3, 2, 2)
    outputs = [
        layers.gdn(x),
        layers.gdn(x, inverse=True, name="inverse"),
        layers.gdn(tf.ones([2, 3, 2])),
    ]
    slopes = tf.gradients(outputs[0], [x, *tf.trainable_variables()[:2]])
    seeded_start(tf, run)
    run([outputs, slopes], feeds)
    run.refused(lambda: layers.gdn(x, data_format="channels_middle"))
    run.refused(lambda: layers.gdn(tf.ones([2, 3])))
    run.refused(lambda: layers.gdn(tf.placeholder(tf.float32, [1, 2, None])))


@story
def sparse_of_dense(tf, run):
    layers = tf.contrib.layers
    sentences = tf.placeholder(tf.int32, [None, 3])
    sparse = layers.dense_to_sparse(sentences, outputs_collections="out")
    words = layers.dense_to_sparse(tf.constant(["a", ""]), eos_token="")
    run.note(sparse.aliases)
    run([sparse, words], {sentences: [[1, 0, 2], [0, 0, 3]]})


# Batch normalisation, in its three forms.


@story
def batch_norm_by_layer(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 2, 3, 2)
    training = tf.placeholder(tf.bool)
    feeds[training] = True
    outputs = [
        layers.batch_norm(x, decay=0.5),
        layers.batch_norm(
            x,
            center=False,
            scale=True,
            is_training=False,
            param_initializers={"gamma": tf.constant_initializer(2.0)},
            param_regularizers={"gamma": layers.l2_regularizer(0.1)},
        ),
        layers.batch_norm(
            x,
            is_training=training,
            activation_fn=tf.nn.relu,
            outputs_collections="out",
            variables_collections={"moving_mean": ["averages"], "beta": ["offsets"]},
            scope="named",
        ),
        layers.batch_norm(x, fused=False, decay=0.9),
        layers.batch_norm(x, renorm=True, renorm_clipping={"rmax": 2.0}),
        layers.batch_norm(tf.reshape(tf.range(12.0), [2, 3, 2])),
        layers.batch_norm(x, reuse=True, scope="named", is_training=False),
        layers.fully_connected(x, 2, normalizer_fn=layers.batch_norm),
    ]
    run.note([names(tf.get_collection(key)) for key in ("averages", "offsets", "update_ops")])
    run.note([names(tf.trainable_variables()), names(tf.model_variables())])
    run(tf.global_variables_initializer())
    run(outputs[:-1], feeds)
    run(tf.get_collection(tf.GraphKeys.UPDATE_OPS)[:-2], feeds)
    run(outputs[-2], feeds)


@story
def batch_norm_fused(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 3, 2)
    images = tf.reshape(tf.range(24.0), [2, 2, 3, 2])
    training = tf.placeholder(tf.bool)
    outputs = [
        layers.batch_norm(x, decay=0.5),
        layers.batch_norm(x, is_training=False, scale=True, center=False),
        layers.batch_norm(x, 0.5, is_training=training, updates_collections=None, scope="now"),
        layers.batch_norm(x, 0.5, is_training=training, updates_collections="later"),
        layers.batch_norm(images, 0.5, updates_collections=None, zero_debias_moving_mean=True),
    ]
    averages = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, "now/moving")
    run.note([names(tf.get_collection(key)) for key in ("later", "update_ops")])
    run(tf.global_variables_initializer())
    for is_training in (True, False):
        run(outputs, {**feeds, training: is_training})
        run(averages)
        run(tf.get_collection("later"), {**feeds, training: is_training})
    run.refused(lambda: layers.batch_norm(x, data_format="NHCW"))
    run.refused(lambda: layers.batch_norm(tf.placeholder(tf.float32, [2, None])))


@story
def batch_norm_from_parts(tf, run):
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 2, 3, 2)
    weights, training = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.bool)
    first = {"fused": False, "data_format": "NCHW", "decay": 0.5}
    outputs = [
        layers.batch_norm(x, batch_weights=weights, decay=0.5),
        layers.batch_norm(
            x, batch_weights=weights, scale=True, is_training=training, updates_collections=None
        ),
        layers.batch_norm(x, is_training=training, updates_collections="later", **first),
        layers.batch_norm(x, zero_debias_moving_mean=True, center=False, scale=True, **first),
        layers.batch_norm(x, batch_weights=weights, is_training=False, data_format="NCHW"),
    ]
    run.note([names(tf.get_collection(key)) for key in ("later", "update_ops")])
    run(tf.global_variables_initializer())
    for is_training in (True, False):
        fed_too = {**feeds, weights: [1.0, 3.0], training: is_training}
        run(outputs, fed_too)
        run([tf.get_collection("later"), tf.get_collection("update_ops")], fed_too)
    run.refused(lambda: layers.batch_norm(x, updates_collections=None, renorm=True))
    run.refused(lambda: layers.batch_norm(tf.placeholder(tf.float32), batch_weights=weights))


# What is computed again for the gradient. With several variables their order is a hash's.


@story
def reversible_block(tf, run):
    tf.set_random_seed(2)
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 3, unknown=False)
    side = tf.ones([2, 3], name="side")
    f = lambda x, sides: tf.tanh(x) * sides[0]
    g = lambda x: tf.layers.dense(x, 3, use_bias=False)
    y1, y2 = layers.rev_block(x, x * 2.0, f, g, f_side_input=[side])
    slopes = tf.gradients(y1 + y2, [x, side, *tf.trainable_variables()])
    block = layers.RevBlock([tf.tanh, tf.sin], tf.cos, 2, use_efficient_backprop=False)
    outputs = block.forward(x, side)
    inputs = block.backward(*outputs)
    run(tf.global_variables_initializer())
    run([[y1, y2], slopes, outputs, inputs], feeds)


@story
def recomputed(tf, run):
    tf.set_random_seed(2)
    layers = tf.contrib.layers
    x, feeds = fed(tf, 2, 3, unknown=False)

    @layers.recompute_grad
    def dense(x):
        return tf.tanh(tf.layers.dense(x, 2, use_bias=False, name="inner"))

    @layers.recompute_grad(use_data_dep=True, tupleize_grads=True)
    def scaled(x, y):
        return x * tf.exp(y)

    @layers.recompute_grad(tupleize_grads=True)
    def two(x, is_recomputing=False):
        run.note(is_recomputing)
        return x * 2.0, tf.sin(x)

    with tf.variable_scope("outer", use_resource=True):
        y = dense(x)
    slopes = tf.gradients(y, [x, *tf.trainable_variables()])
    slopes += tf.gradients([scaled(x, x), *two(x)], x)
    run(tf.global_variables_initializer())
    run([y, slopes], feeds)
    run.refused(lambda: dense(3.0))
    run.refused(lambda: layers.recompute_grad(lambda y: x * y))


# Summaries and training.


@story
def summaries(tf, run):
    layers = tf.contrib.layers
    x, _feeds = fed(tf, 2, 3)
    for activation in (tf.nn.relu, tf.nn.relu6, tf.nn.softplus, tf.nn.tanh):
        tf.add_to_collection(tf.GraphKeys.ACTIVATIONS, activation(x))
    tf.get_variable("v", initializer=[1.0, 2.0])
    made = [
        *layers.summarize_activations(),
        *layers.summarize_activations("Relu6", layers.summarize_tensor),
        *layers.summarize_collection(tf.GraphKeys.GLOBAL_VARIABLES, "v"),
        *layers.summarize_tensors([x, tf.constant(1.0), tf.constant("text"), tf.constant(True)]),
        layers.summarize_tensor(tf.constant(2.0), "tag"),
    ]
    run.note([None if summary is None else summary.name for summary in made])
    run.note(names(tf.get_collection(tf.GraphKeys.SUMMARIES)))


def line(tf):
    """A loss with its input, weights, and a step."""
    x = tf.placeholder(tf.float32, [], name="x")
    w = tf.get_variable("w", initializer=[1.0, -2.0])
    b = tf.get_variable("b", initializer=0.5)
    loss = tf.reduce_sum(tf.square(w * x + b), name="loss")
    return x, w, b, loss, tf.train.get_or_create_global_step()


@story
def optimizers_by_name(tf, run):
    x, w, b, loss, step = line(tf)
    names = ("Adagrad", "Adam", "Ftrl", "Momentum", "RMSProp", "SGD")
    trains = [tf.contrib.layers.optimize_loss(loss, step, 0.1, name) for name in names]
    run(tf.global_variables_initializer())
    for train in trains:
        run(train, {x: 2.0})
        run([w, b, step])


@story
def optimize_loss_with_everything(tf, run):
    x, w, b, loss, _step = line(tf)
    tf.set_random_seed(5)
    summaries = ["learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm"]
    train = tf.contrib.layers.optimize_loss(
        loss,
        None,
        0.1,
        lambda rate: tf.train.GradientDescentOptimizer(rate),
        gradient_noise_scale=0.5,
        gradient_multipliers={"w:0": 2.0, b: 3},
        clip_gradients=1.0,
        learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(rate, step, 1, 0.5),
        summaries=summaries,
        name="everything",
    )
    run.note(names(tf.get_collection(tf.GraphKeys.SUMMARIES)))
    run(tf.global_variables_initializer())
    for _ in range(3):
        run(train, {x: 2.0})
        run([w, b])


@story
def optimize_loss_after_updates(tf, run):
    x, w, b, loss, step = line(tf)
    seen = tf.get_variable("seen", initializer=0.0, trainable=False)
    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, seen.assign_add(1.0))
    train = tf.contrib.layers.optimize_loss(
        loss,
        step,
        tf.constant(0.1),
        tf.train.GradientDescentOptimizer,
        increment_global_step=False,
        variables=[w],
        summaries=[],
    )
    run(tf.global_variables_initializer())
    run(train, {x: 2.0})
    run([w, b, seen, step])


@story
def optimize_loss_of_rows(tf, run):
    table = tf.get_variable("table", initializer=np.ones([4, 2], np.float32))
    loss = tf.reduce_sum(tf.gather(table, [1, 2, 1]))
    train = tf.contrib.layers.optimize_loss(
        loss,
        tf.train.create_global_step(),
        0.1,
        "SGD",
        gradient_multipliers={"table:0": 2.0},
        clip_gradients=1.0,
        summaries=["gradients", "gradient_norm"],
    )
    run(tf.global_variables_initializer())
    run(train.op)
    run(table)


@story
def optimize_loss_refuses(tf, run):
    _x, w, _b, loss, step = line(tf)
    optimize = tf.contrib.layers.optimize_loss
    run.refused(lambda: optimize(loss, step, "0.1", "SGD"))
    run.refused(lambda: optimize(loss, step, 0.1, "SDG"))
    run.refused(lambda: optimize(loss, step, 0.1, 1))
    run.refused(lambda: optimize(loss, step, None, "SGD"))
    run.refused(lambda: optimize(loss, step, 0.1, lambda rate: 1))
    run.refused(lambda: optimize(loss, step, 0.1, "SGD", summaries=["norm"]))
    run.refused(lambda: optimize(loss, step, 0.1, "SGD", clip_gradients=1))
    run.refused(lambda: optimize(w, step, 0.1, "SGD"))
    run.refused(lambda: optimize(loss, w, 0.1, "SGD"))
