"""Layers of `tf.keras`: names, weights of a seed, outputs, gradients, configurations, refusals."""

import contextlib
import json

import numpy as np

from .suite import Suite

suite = Suite("keras_layers")

WHY = "sums of many products, and functions that other libraries round otherwise"


def batch(*sizes):
    return np.linspace(-1, 1, int(np.prod(sizes)), dtype=np.float32).reshape(sizes)


def names(of):
    return [each.name for each in of]


def as_json(config):
    """A configuration with its order; arrays by their numbers, functions by their names."""

    def plain(value):
        if isinstance(value, dict):  # one that is tracked
            return dict(value)
        return value.tolist() if hasattr(value, "tolist") else value.__name__

    return json.dumps(config, default=plain)


def shape_told(layer, shape):
    try:
        return str(layer.compute_output_shape(shape))
    except NotImplementedError:
        return "not implemented"


def layer(id, make, *arrays, training=False, **options):
    """A case of a layer `make(tf.keras.layers)` of inputs like `arrays`, one or several.

    Args:
      training: whether it is run as in training too, with its updates.
    """

    def story(tf, run):
        tf.set_random_seed(3)
        np.random.seed(3)
        inputs = [
            tf.keras.Input(batch_shape=(None, *array.shape[1:]), dtype=str(array.dtype))
            for array in arrays
        ]
        made = make(tf.keras.layers)
        y = made(inputs if len(inputs) > 1 else inputs[0])
        run.note([made.name, y.name, str(y.shape), names(made.weights)])
        run.note([names(made.trainable_weights), names(made.losses), names(made.updates)])
        shapes = [x.shape for x in inputs]
        run.note(shape_told(made, shapes if len(inputs) > 1 else shapes[0]))
        run.note(as_json(tf.keras.layers.serialize(made)))
        told = tf.keras.layers.serialize(made)
        run.note(as_json(tf.keras.layers.deserialize(told).get_config()) == as_json(told["config"]))
        watched = made.trainable_weights + [x for x in inputs if x.dtype == tf.float32]
        found = tf.gradients(tf.reduce_sum(tf.square(tf.sin(y))), watched)
        gradients = [tf.convert_to_tensor(each) for each in found if each is not None]
        feeds = dict(zip(inputs, arrays))  # noqa: B905 (Python 3.7)
        run(tf.global_variables_initializer())
        if made.weights:
            run(made.weights)
        run(y, feeds)
        if training:
            feeds = {**feeds, tf.keras.backend.learning_phase(): True}
            run([y, *made.updates], feeds)
            run(y, feeds)
        if gradients:
            run(gradients, feeds)
        if made.losses:
            run(made.losses, feeds)

    suite.case(id, story, grad=False, **(options or {"rtol": 1e-4, "atol": 1e-5, "why": WHY}))


SEQUENCES, IMAGES, VOLUMES = batch(2, 6, 3), batch(2, 6, 5, 3), batch(2, 4, 5, 4, 2)
FIRST = "channels_first"

# Layers of any network.

layer("dense", lambda L: L.Dense(4, "relu", kernel_regularizer="l2"), batch(3, 5))
layer("dense_of_sequences", lambda L: L.Dense(4, activation="softmax", use_bias=False), SEQUENCES)
layer("dropout", lambda L: L.Dropout(0.4, seed=2), batch(3, 5), training=True)
layer(
    "dropout_of_rows", lambda L: L.Dropout(0.4, noise_shape=(None, 1)), batch(3, 5), training=True
)
layer("spatial_dropout1d", lambda L: L.SpatialDropout1D(0.5), SEQUENCES, training=True)
layer("spatial_dropout2d", lambda L: L.SpatialDropout2D(0.5), IMAGES, training=True)
layer("spatial_dropout3d", lambda L: L.SpatialDropout3D(0.5, FIRST), VOLUMES, training=True)
layer("flatten", lambda L: L.Flatten(), IMAGES)
layer("flatten_channels_first", lambda L: L.Flatten(data_format=FIRST), IMAGES)
layer("reshape", lambda L: L.Reshape((-1, 6)), SEQUENCES)
layer("permute", lambda L: L.Permute((2, 1)), SEQUENCES)
layer("repeat_vector", lambda L: L.RepeatVector(3), batch(2, 3))
layer("activation", lambda L: L.Activation("tanh"), batch(3, 5))
layer("activity_regularization", lambda L: L.ActivityRegularization(0.1, 0.2), batch(3, 5))
layer("masking", lambda L: L.Masking(-1.0), SEQUENCES)
layer(
    "embedding",
    lambda L: L.Embedding(5, 3, mask_zero=True),
    np.arange(6, dtype=np.int32).reshape(2, 3) % 5,
)
layer(
    "embedding_of_floats",
    lambda L: L.Embedding(7, 2, embeddings_regularizer="l2", input_length=3),
    np.arange(6, dtype=np.float32).reshape(2, 3),
)

# Convolutions.

layer("conv1d", lambda L: L.Conv1D(4, 3, padding="causal", dilation_rate=2), SEQUENCES)
layer("conv2d", lambda L: L.Conv2D(4, (3, 2), 2, "same", activation="elu"), IMAGES)
layer(
    "conv2d_bounded",
    lambda L: L.Conv2D(2, 2, bias_regularizer="l2", kernel_constraint="non_neg"),
    IMAGES,
)
layer("conv3d", lambda L: L.Conv3D(3, 2, use_bias=False), VOLUMES)
layer("separable_conv1d", lambda L: L.SeparableConv1D(4, 3, depth_multiplier=2), SEQUENCES)
layer("separable_conv2d", lambda L: L.SeparableConv2D(4, 3, padding="same"), IMAGES)
layer("depthwise_conv2d", lambda L: L.DepthwiseConv2D(3, depth_multiplier=2), IMAGES)
layer("conv2d_transpose", lambda L: L.Conv2DTranspose(4, 3, 2, "same", output_padding=1), IMAGES)
layer("conv2d_transpose_dilated", lambda L: L.Conv2DTranspose(2, 3, dilation_rate=2), IMAGES)
layer("conv3d_transpose", lambda L: L.Conv3DTranspose(2, 2, 2), VOLUMES)
for implementation in (1, 2, 3):
    layer(
        f"locally_connected1d_{implementation}",
        lambda L, i=implementation: L.LocallyConnected1D(2, 3, 2, implementation=i),
        SEQUENCES,
    )
    layer(
        f"locally_connected2d_{implementation}",
        lambda L, i=implementation: L.LocallyConnected2D(
            2, (3, 2), padding="valid" if i == 1 else "same", implementation=i, activation="relu"
        ),
        IMAGES,
    )
layer(
    "locally_connected2d_channels_first",
    lambda L: L.LocallyConnected2D(2, 2, data_format=FIRST, implementation=2, use_bias=False),
    IMAGES,
)
layer("up_sampling1d", lambda L: L.UpSampling1D(3), SEQUENCES)
layer("up_sampling2d", lambda L: L.UpSampling2D((2, 3)), IMAGES)
layer("up_sampling2d_bilinear", lambda L: L.UpSampling2D(interpolation="bilinear"), IMAGES)
layer("up_sampling2d_channels_first", lambda L: L.UpSampling2D(data_format=FIRST), IMAGES)
layer("up_sampling3d", lambda L: L.UpSampling3D((2, 1, 2)), VOLUMES)
layer("zero_padding1d", lambda L: L.ZeroPadding1D((1, 2)), SEQUENCES)
layer("zero_padding2d", lambda L: L.ZeroPadding2D(((1, 0), (2, 1))), IMAGES)
layer("zero_padding3d", lambda L: L.ZeroPadding3D((1, 0, 2), FIRST), VOLUMES)
layer("cropping1d", lambda L: L.Cropping1D((1, 2)), SEQUENCES)
layer("cropping2d", lambda L: L.Cropping2D(((1, 0), (2, 1))), IMAGES)
layer("cropping3d", lambda L: L.Cropping3D(1, FIRST), batch(2, 2, 4, 5, 4))

# Poolings.

layer("max_pooling1d", lambda L: L.MaxPool1D(), SEQUENCES)
layer("average_pooling1d", lambda L: L.AveragePooling1D(2, 1, "same"), SEQUENCES)
layer("max_pooling2d", lambda L: L.MaxPooling2D((2, 3), padding="same"), IMAGES)
layer("average_pooling2d", lambda L: L.AvgPool2D(3, 2), IMAGES)
layer("max_pooling3d", lambda L: L.MaxPooling3D(), VOLUMES)
layer("average_pooling3d", lambda L: L.AveragePooling3D(2, data_format=FIRST), VOLUMES)
for reduced, array in ((1, SEQUENCES), (2, IMAGES), (3, VOLUMES)):
    for kind in ("Max", "Average"):
        name = f"Global{kind}Pooling{reduced}D"
        layer(name, lambda L, n=name: getattr(L, n)(), array)
        layer(f"{name}_channels_first", lambda L, n=name: getattr(L, n)(FIRST), array)

# Several tensors in one.

PAIR = (batch(2, 3, 4), batch(2, 3, 4)[::-1].copy())
for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
    layer(name, lambda L, n=name: getattr(L, n)(), *PAIR)
layer("add_of_other_ranks", lambda L: L.Add(), batch(2, 4), batch(2, 3, 4), batch(2, 1, 4))
layer("concatenate_rows", lambda L: L.Concatenate(1), batch(2, 2, 4), batch(2, 3, 4))
layer("dot", lambda L: L.Dot(-1), batch(2, 4), batch(2, 4) + 1)
layer("dot_of_matrices", lambda L: L.Dot((2, 1), normalize=True), batch(2, 3, 4), batch(2, 4, 5))

# Activations, noise.

layer("leaky_relu", lambda L: L.LeakyReLU(0.2), batch(3, 5))
layer("prelu", lambda L: L.PReLU("ones", alpha_regularizer="l1"), batch(3, 5))
layer("prelu_shared", lambda L: L.PReLU("uniform", shared_axes=[1, 2]), IMAGES)
layer("elu", lambda L: L.ELU(0.5), batch(3, 5))
layer("thresholded_relu", lambda L: L.ThresholdedReLU(0.25), batch(3, 5))
layer("softmax", lambda L: L.Softmax(axis=1), SEQUENCES)
layer("relu", lambda L: L.ReLU(), batch(3, 5))
layer("relu_bounded", lambda L: L.ReLU(0.75, negative_slope=0.1, threshold=0.25), batch(3, 5))
layer("gaussian_noise", lambda L: L.GaussianNoise(0.5), batch(3, 5), training=True)
layer("gaussian_dropout", lambda L: L.GaussianDropout(0.5), batch(3, 5), training=True)
layer("alpha_dropout", lambda L: L.AlphaDropout(0.5, seed=3), batch(3, 5), training=True)

# Normalisation, attention.

layer("batch_normalization", lambda L: L.BatchNormalization(), batch(4, 3), training=True)
layer(
    "batch_normalization_fused", lambda L: L.BatchNormalization(momentum=0.5), IMAGES, training=True
)
layer(
    "batch_normalization_unfused",
    lambda L: L.BatchNormalization(1, fused=False, center=False),
    IMAGES,
    training=True,
)
layer(
    "batch_normalization_renorm",
    lambda L: L.BatchNormalization(renorm=True, renorm_clipping={"rmax": 2.0}, scale=False),
    batch(4, 3),
    training=True,
)
layer(
    "batch_normalization_of_virtual_batches",
    lambda L: L.BatchNormalization(virtual_batch_size=2),
    batch(4, 3),
    training=True,
)
layer("layer_normalization", lambda L: L.LayerNormalization(), batch(4, 3))
layer("layer_normalization_of_axes", lambda L: L.LayerNormalization((1, 3), center=False), IMAGES)
layer("attention", lambda L: L.Attention(use_scale=True), batch(2, 3, 4), batch(2, 5, 4))
layer("attention_causal", lambda L: L.Attention(causal=True), *[batch(2, 3, 4)] * 3)
layer("additive_attention", lambda L: L.AdditiveAttention(), batch(2, 3, 4), batch(2, 5, 4))


# Masks, and what is refused.


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False, rtol=1e-4, atol=1e-5, why=WHY)
    return fn


@story
def masks(tf, run):
    tf.set_random_seed(5)
    layers = tf.keras.layers
    x = tf.keras.Input((4,), dtype="int32")
    z = tf.keras.Input((4, 3))
    embedded = layers.Embedding(6, 3, mask_zero=True)(x)
    masked = layers.Masking(0.0)(z)
    outputs = [
        layers.Add()([embedded, masked]),
        layers.Concatenate()([embedded, masked]),
        layers.Concatenate(1)([embedded, masked]),
        layers.Concatenate()([embedded, z]),
        layers.Average()([embedded, z]),
        layers.Dropout(0.5)(layers.Activation("relu")(embedded)),
        layers.BatchNormalization()(layers.LayerNormalization()(layers.Dense(2)(embedded))),
        layers.Lambda(lambda t, mask: t * 2, mask=lambda t, mask: mask)(embedded),
        layers.Lambda(lambda t: t + 1)(embedded),
        layers.ReLU()(layers.LeakyReLU()(embedded)),
        layers.Dot(-1)([embedded, masked]),
        layers.Attention()([embedded, masked]),
        layers.GlobalAveragePooling1D()(embedded),
    ]
    run.note([None if y._keras_mask is None else y._keras_mask.name for y in outputs])
    run(tf.global_variables_initializer())
    feeds = {x: np.array([[1, 2, 0, 0], [3, 0, 4, 0]]), z: batch(2, 4, 3) * (batch(2, 4, 1) > -0.5)}
    for y in outputs:
        run([y] if y._keras_mask is None else [y, y._keras_mask], feeds)
    run.note(str(getattr(layers.Conv1D(2, 2)(embedded), "_keras_mask", None)))


@story
def a_function_as_a_layer(tf, run):
    tf.set_random_seed(6)

    def scaled(x, by, training=None):
        run.note(str(training))
        return x * tf.Variable(by, name="factor") + tf.Variable(1.0, name="kept", trainable=False)

    layer = tf.keras.layers.Lambda(scaled, arguments={"by": 3.0}, output_shape=(7,))
    x = tf.keras.Input((4,))
    outputs = [layer(x), layer(x + 1.0, training=True)]
    run.note([names(layer.trainable_weights), names(layer.non_trainable_weights)])
    run.note([str(y.shape) for y in outputs] + [str(layer.compute_output_shape((5, 4)))])
    config = layer.get_config()
    run.note([list(config), config["function_type"], config["output_shape"]])
    run.note([config["output_shape_type"], config["output_shape_module"]])
    again = tf.keras.layers.Lambda.from_config(config)
    run.note([again.name, str(again.compute_output_shape([None, 4]))])
    guessed = tf.keras.layers.Lambda(lambda x: [x[:, :2], tf.reduce_sum(x, axis=1)])
    run.note([str(shape) for shape in guessed.compute_output_shape((None, 4))])
    told = tf.keras.layers.Lambda(lambda x: x, output_shape=lambda shape: (shape[0], 2 * shape[1]))
    run.note(str(told.compute_output_shape((None, 4))))
    run(tf.global_variables_initializer())
    run(outputs, {x: batch(2, 4)})


@story
def refused_arguments(tf, run):
    L = tf.keras.layers
    for make in (
        lambda: L.Dense(2, none_such=1),
        lambda: L.Dense(2, activation="none such"),
        lambda: L.Dense(2, kernel_initializer="none such"),
        lambda: L.Dense(2, kernel_regularizer="none such"),
        lambda: L.Dense(2, kernel_constraint=3),
        lambda: L.SpatialDropout2D(0.5, data_format="none such"),
        lambda: L.Permute((0, 1)),
        lambda: L.Conv2D(2, (1, 2, 3)),
        lambda: L.Conv2D(2, 3, padding="none such"),
        lambda: L.Conv2D(2, 3, padding="causal"),
        lambda: L.Conv2D(2, 3, data_format="none such"),
        lambda: L.Conv2DTranspose(2, 3, 2, output_padding=2),
        lambda: L.LocallyConnected1D(2, 3, padding="same"),
        lambda: L.LocallyConnected2D(2, 3, padding="same"),
        lambda: L.UpSampling2D(interpolation="none such"),
        lambda: L.ZeroPadding2D((1, 2, 3)),
        lambda: L.ZeroPadding2D(1.5),
        lambda: L.ZeroPadding2D(((1, 2, 3), 1)),
        lambda: L.ZeroPadding3D((1, 2)),
        lambda: L.ZeroPadding3D(None),
        lambda: L.Cropping1D((1, 2, 3)),
        lambda: L.Cropping2D((1,)),
        lambda: L.Cropping3D(1.5),
        lambda: L.MaxPooling2D((2, 2, 2)),
        lambda: L.ReLU(max_value=-1),
        lambda: L.ReLU(negative_slope=-1),
        lambda: L.Dot("ab"),
        lambda: L.Dot((1, 2, 3)),
        lambda: L.Dot((1, 1.5)),
        lambda: L.BatchNormalization(axis="ab"),
        lambda: L.BatchNormalization(renorm=True, renorm_clipping={"none": 1}),
        lambda: L.LayerNormalization(axis="a"),
        lambda: L.Lambda(lambda x: x, mask=3).get_config(),
        lambda: L.deserialize({"class_name": "NoneSuch", "config": {}}),
        lambda: L.deserialize({"class_name": "Dense"}),
        lambda: L.Dense.from_config({"units": 2, "none_such": 1}),
    ):
        run.refused(make)


@story
def refused_inputs(tf, run):
    L = tf.keras.layers
    x, sequences, images = tf.zeros([2, 3]), tf.zeros([2, 4, 3]), tf.zeros([2, 4, 4, 3])
    unknown = tf.placeholder(tf.float32)
    no_channels = tf.placeholder(tf.float32, [None, 4, 4, None])
    for build in (
        lambda: L.Dense(2)(tf.zeros([3])),
        lambda: L.Dense(2)(unknown),
        lambda: L.Dense(2)(tf.placeholder(tf.float32, [2, None])),
        lambda: L.Dense(2)(tf.zeros([2, 3], tf.int32)),
        lambda: L.Conv2D(2, 3)(sequences),
        lambda: L.Conv2D(2, 3)(no_channels),
        lambda: L.Conv2D(2, 5)(images),
        lambda: L.DepthwiseConv2D(3)(no_channels),
        lambda: L.Conv2DTranspose(2, 3)(no_channels),
        lambda: L.LocallyConnected2D(2, 3)(tf.placeholder(tf.float32, [None, None, 4, 3])),
        lambda: L.LocallyConnected1D(2, 3)(tf.placeholder(tf.float32, [None, 4, None])),
        lambda: L.LocallyConnected1D(2, 3, implementation=4)(sequences),
        lambda: L.MaxPooling1D()(x),
        lambda: L.GlobalAveragePooling2D()(sequences),
        lambda: L.Reshape((5,)).compute_output_shape((2, 3)),
        lambda: L.Reshape((-1, -1)).compute_output_shape((2, 3)),
        lambda: L.Reshape((-1, 2)).compute_output_shape((2, 3)),
        lambda: L.Permute((2, 1))(x),
        lambda: L.RepeatVector(2)(sequences),
        lambda: L.Embedding(2, 3, input_length=4).compute_output_shape((2, 3)),
        lambda: L.Add()(x),
        lambda: L.Add()([x]),
        lambda: L.Add()([x, tf.zeros([3, 3])]),
        lambda: L.Add()([x, tf.zeros([2, 4])]),
        lambda: L.Subtract()([x, x, x]),
        lambda: L.Concatenate()([x]),
        lambda: L.Concatenate()([x, sequences]),
        lambda: L.Concatenate(1)([sequences, tf.zeros([2, 4, 2])]),
        lambda: L.Dot(1)([x]),
        lambda: L.Dot(1)([x, tf.zeros([2, 4])]),
        lambda: L.BatchNormalization(axis=3)(x),
        lambda: L.BatchNormalization()(unknown),
        lambda: L.BatchNormalization()(tf.placeholder(tf.float32, [2, None])),
        lambda: L.BatchNormalization(virtual_batch_size=-1)(x),
        lambda: L.LayerNormalization(axis=3)(x),
        lambda: L.LayerNormalization(axis=[1, -1])(x),
        lambda: L.Attention()(x),
        lambda: L.Attention()([x]),
        lambda: L.Attention()([sequences, sequences], mask=x),
        lambda: L.Attention()([sequences, sequences], mask=[x]),
        lambda: L.Masking().count_params(),
        lambda: L.Dense(2).count_params(),
    ):
        run.refused(build)


@story
def features(tf, run):
    tf.set_random_seed(7)
    column = tf.feature_column
    numbers = column.categorical_column_with_identity("b", 4)
    layer = tf.keras.layers.DenseFeatures(
        [column.numeric_column("a"), column.embedding_column(numbers, 2)], name="told"
    )
    config = tf.keras.layers.serialize(layer)
    run.note(as_json(config))
    again = tf.keras.layers.deserialize(config)
    run.note(as_json(again.get_config()) == as_json(layer.get_config()))
    y = again({"a": tf.constant([[1.0], [2.0]]), "b": tf.constant([[1], [3]])})
    run.note([y.name, str(y.shape), names(again.weights)])
    run(tf.global_variables_initializer())
    run(y)


@story
def premade_models(tf, run):
    tf.set_random_seed(8)
    premade, layers = tf.keras.experimental, tf.keras.layers
    linear = premade.LinearModel(2, kernel_regularizer="l2")
    deep = tf.keras.Sequential([layers.Dense(3, "relu"), layers.Dense(2)])
    model = premade.WideDeepModel(linear, deep, "tanh")
    model.compile([tf.keras.optimizers.SGD(0.1), tf.keras.optimizers.SGD(0.2)], "mse")
    tf.keras.backend.manual_variable_initialization(True)  # else in any order
    try:
        with contextlib.suppress(tf.errors.FailedPreconditionError):  # built, all the same
            model.train_on_batch(batch(4, 5), batch(4, 2))
        run(tf.global_variables_initializer())
        for _ in range(3):
            run.note(model.train_on_batch(batch(4, 5), batch(4, 2)))
        run.note([names(model.weights), model.predict_on_batch(batch(2, 5))])
    finally:
        tf.keras.backend.manual_variable_initialization(False)
    run.note(as_json(linear.get_config()))
    again = premade.LinearModel.from_config(linear.get_config())
    run.note(as_json(again.get_config()) == as_json(linear.get_config()))
    several = premade.LinearModel(1, use_bias=False)
    y = several([tf.constant(batch(2, 3)), tf.constant(batch(2, 4))])
    run.note([y.name, names(several.weights)])


def mixed_precision(tf, run):
    tf.set_random_seed(9)
    layers, mixed = tf.keras.layers, tf.keras.mixed_precision.experimental
    run.note([repr(mixed.Policy(name)) for name in ("float32", "infer_with_float32_vars")])
    run.note(repr(mixed.Policy("mixed_bfloat16")))
    run.refused(lambda: mixed.Policy(tf.float16))
    run.refused(lambda: mixed.Policy("none such"))
    run.refused(lambda: mixed.set_policy("float16"))
    x = tf.constant(batch(3, 4).astype(np.float16))
    made = [
        layers.Dense(2, dtype=mixed.Policy("infer_with_float32_vars")),
        layers.Dense(2, dtype=mixed.Policy("mixed_float16"), kernel_regularizer="l2"),
        layers.BatchNormalization(dtype=mixed.Policy("infer_with_float32_vars")),
    ]
    outputs = [layer(x) for layer in made]
    run.note([y.dtype.name for y in outputs])
    run.note([w.dtype.base_dtype.name for layer in made for w in layer.weights])
    run.note([loss.dtype.name for layer in made for loss in layer.losses])
    optimizer = mixed.LossScaleOptimizer(tf.keras.optimizers.SGD(0.5), 8.0)
    loss = tf.reduce_sum(tf.square(tf.cast(outputs[1], tf.float32)))
    updates = optimizer.get_updates(loss, made[1].trainable_weights)
    run.refused(lambda: mixed.LossScaleOptimizer(tf.keras.optimizers.SGD(clipnorm=1.0), 8.0))
    run.refused(optimizer.get_config)
    run(tf.global_variables_initializer())
    run(outputs)
    for _ in range(2):
        run([loss, *updates])
        run([w.read_value() for w in made[1].weights])


suite.case(
    "mixed_precision",
    mixed_precision,
    grad=False,
    rtol=3e-3,
    atol=1e-3,
    why="products of float16, which has 11 bits, are added up in another order",
)
