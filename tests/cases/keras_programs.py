"""Programs with models of tf.keras, as its public examples are written: names, losses, nodes."""

import numpy as np

from .suite import Suite

suite = Suite("keras_programs")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False, rtol=1e-4, atol=1e-5, why="rounding adds up over steps")
    return fn


def data(*shape):
    return np.random.RandomState(5).rand(*shape).astype("f4")


def seeded(tf):
    tf.set_random_seed(3)
    np.random.seed(3)
    return tf.keras, tf.keras.layers


def weighed(run, model):
    """Logs a number for each weight."""
    run.note([[weight.name, str(weight.shape)] for weight in model.weights])
    run.note(np.array([np.sum(value * value) for value in model.get_weights()]))


def trained(run, model, x, y, steps=3):
    run.note(np.array([np.atleast_1d(model.train_on_batch(x, y)) for _ in range(steps)]))
    run.note(model.metrics_names)
    weighed(run, model)


@story
def variational_autoencoder(tf, run):
    keras, layers = seeded(tf)
    inputs = keras.Input((6,), name="encoder_input")
    hidden = layers.Dense(5, activation="relu")(inputs)
    mean, log_variance = layers.Dense(2, name="mean")(hidden), layers.Dense(2, name="log")(hidden)

    def sample(args):
        z_mean, z_log = args
        noise = keras.backend.random_normal(keras.backend.shape(z_mean), seed=2)
        return z_mean + keras.backend.exp(0.5 * z_log) * noise

    z = layers.Lambda(sample, output_shape=(2,), name="z")([mean, log_variance])
    encoder = keras.Model(inputs, [mean, log_variance, z], name="encoder")
    latent = keras.Input((2,), name="z_sampling")
    decoder = keras.Model(latent, layers.Dense(6, activation="sigmoid")(latent), name="decoder")
    vae = keras.Model(inputs, decoder(encoder(inputs)[2]), name="vae")
    reconstruction = keras.losses.binary_crossentropy(inputs, vae.outputs[0]) * 6
    kl = keras.backend.sum(
        1 + log_variance - keras.backend.square(mean) - keras.backend.exp(log_variance), axis=-1
    )
    vae.add_loss(keras.backend.mean(reconstruction - 0.5 * kl))
    vae.compile(optimizer="rmsprop")
    run.note([layer.name for layer in vae.layers])
    trained(run, vae, data(8, 6), None)


@story
def siamese(tf, run):
    keras, layers = seeded(tf)
    base = keras.Sequential([layers.Dense(4, activation="relu", input_shape=(3,)), layers.Dense(2)])
    a, b = keras.Input((3,)), keras.Input((3,))
    distance = layers.Lambda(
        lambda pair: keras.backend.sqrt(
            keras.backend.sum(keras.backend.square(pair[0] - pair[1]), 1, keepdims=True)
            + keras.backend.epsilon()
        )
    )([base(a), base(b)])
    model = keras.Model([a, b], distance)

    def contrastive(y_true, y_pred):
        return keras.backend.mean(
            y_true * keras.backend.square(y_pred)
            + (1 - y_true) * keras.backend.square(keras.backend.maximum(1 - y_pred, 0))
        )

    model.compile("adam", contrastive, metrics=["accuracy"])
    trained(run, model, [data(6, 3), data(6, 3)[::-1]], np.array([1, 0, 1, 0, 1, 1], "f4"))
    lines = []
    model.summary(print_fn=lines.append)
    run.note(lines)


@story
def adversarial(tf, run):
    keras, layers = seeded(tf)
    judge = keras.Sequential(
        [layers.Dense(4, input_dim=2), layers.LeakyReLU(0.2), layers.Dense(1)], name="judge"
    )
    judge.compile(keras.optimizers.SGD(0.1), keras.losses.BinaryCrossentropy(from_logits=True))
    maker = keras.Sequential(
        [layers.Dense(4, input_dim=3), layers.BatchNormalization(momentum=0.8), layers.Dense(2)],
        name="maker",
    )
    judge.trainable = False
    noise = keras.Input((3,))
    both = keras.Model(noise, judge(maker(noise)))
    both.compile(
        keras.optimizers.SGD(0.1, momentum=0.5), keras.losses.BinaryCrossentropy(from_logits=True)
    )
    for _ in range(2):
        made = maker.predict(data(4, 3))
        run.note(np.array(judge.train_on_batch(data(4, 2), np.ones([4, 1]))))
        run.note(np.array(judge.train_on_batch(made, np.zeros([4, 1]))))
        run.note(np.array(both.train_on_batch(data(4, 3), np.ones([4, 1]))))
    run.note([len(judge.trainable_weights), len(both.trainable_weights)])
    weighed(run, both)


@story
def features_of_layers(tf, run):
    keras, layers = seeded(tf)
    model = keras.Sequential(
        [
            layers.Conv2D(2, 3, activation="relu", input_shape=(8, 8, 1), name="conv"),
            layers.MaxPooling2D(name="pool"),
            layers.Flatten(),
            layers.Dropout(0.25, seed=3),
            layers.Dense(3, activation="softmax", name="classes"),
        ]
    )
    seen = keras.Model(model.input, [model.get_layer("pool").output, model.layers[-1].output])
    run.note(np.array([np.sum(each) for each in seen.predict(data(2, 8, 8, 1))]))
    top = layers.Dense(1, name="top")(model.get_layer("pool").output)
    tuned = keras.Model(inputs=model.inputs, outputs=layers.GlobalAveragePooling2D()(top))
    for layer in tuned.layers[:2]:
        layer.trainable = False
    tuned.compile(keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), "mae")
    trained(run, tuned, data(4, 8, 8, 1), data(4, 1))
    run.note([layer.name for layer in tuned.layers])
    inside = keras.backend.function([model.layers[0].input], [model.get_layer("conv").output])
    run.note(np.array(np.sum(inside([data(2, 8, 8, 1)])[0])))


@story
def several_inputs_and_outputs(tf, run):
    keras, layers = seeded(tf)
    title = keras.Input((None,), name="title")
    tags = keras.Input((4,), name="tags")
    words = layers.Embedding(10, 3)(title)
    words = layers.GlobalAveragePooling1D()(words)
    x = layers.concatenate([words, tags])
    priority = layers.Dense(1, activation="sigmoid", name="priority")(x)
    department = layers.Dense(4, activation="softmax", name="department")(x)
    model = keras.Model([title, tags], [priority, department])
    model.compile(
        keras.optimizers.RMSprop(1e-2),
        loss={"priority": "binary_crossentropy", "department": "categorical_crossentropy"},
        metrics={"department": ["accuracy"]},
        loss_weights={"priority": 1.0, "department": 0.2},
    )
    x = {"title": np.arange(30).reshape(5, 6) % 10, "tags": data(5, 4)}
    y = {"priority": np.array([[1], [0], [1], [1], [0]]), "department": np.eye(4)[[0, 1, 2, 3, 0]]}
    trained(run, model, x, y)
    found = model.predict(x)
    run.note([each.shape for each in found])


@story
def own_layer_with_weights_and_masks(tf, run):
    keras, layers = seeded(tf)

    class Attention(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.supports_masking = True

        def build(self, input_shape):
            self.w = self.add_weight(
                name="w",
                shape=(int(input_shape[-1]), 1),
                initializer="glorot_uniform",
                regularizer=keras.regularizers.l2(0.01),
                constraint=keras.constraints.NonNeg(),
            )
            super().build(input_shape)

        def compute_mask(self, inputs, mask=None):
            return None

        def call(self, x, mask=None):
            scores = keras.backend.exp(keras.backend.squeeze(keras.backend.dot(x, self.w), -1))
            if mask is not None:
                scores *= keras.backend.cast(mask, keras.backend.floatx())
            scores /= keras.backend.sum(scores, axis=1, keepdims=True) + keras.backend.epsilon()
            return keras.backend.sum(x * keras.backend.expand_dims(scores), axis=1)

        def compute_output_shape(self, input_shape):
            return input_shape[0], input_shape[-1]

    model = keras.Sequential(
        [
            layers.Embedding(8, 4, mask_zero=True, input_length=5),
            layers.LSTM(
                3,
                return_sequences=True,
                kernel_initializer="glorot_uniform",
                recurrent_initializer="glorot_uniform",
            ),
            Attention(name="attention"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adagrad", "binary_crossentropy")
    words = np.array([[1, 2, 3, 0, 0], [4, 5, 0, 0, 0], [7, 1, 2, 3, 4]])
    trained(run, model, words, np.array([1, 0, 1]))


@story
def residual_blocks(tf, run):
    keras, layers = seeded(tf)

    def block(x, filters):
        shortcut = layers.Conv2D(filters, 1)(x)
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
        return layers.add([x, shortcut])

    inputs = keras.Input((6, 6, 2))
    x = block(block(inputs, 3), 2)
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalMaxPooling2D()(x)))
    model.compile("nadam", "logcosh", metrics=["mae"])
    trained(run, model, data(3, 6, 6, 2), data(3, 2), steps=2)
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    run.note(np.abs(again.predict(data(2, 6, 6, 2)) - model.predict(data(2, 6, 6, 2))).max() < 1e-6)


@story
def subclass_in_a_functional_model(tf, run):
    keras, layers = seeded(tf)

    class Mlp(keras.Model):
        def __init__(self, units):
            super().__init__(name="mlp")
            self.hidden = [layers.Dense(units, activation="tanh") for _ in range(2)]
            self.norm = layers.BatchNormalization()

        def call(self, inputs, training=None):
            for layer in self.hidden:
                inputs = layer(inputs)
            return self.norm(inputs, training=training)

    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Dense(1)(Mlp(4)(inputs)))
    model.compile("sgd", "mse")
    trained(run, model, data(6, 3), data(6, 1))
    alone = Mlp(3)
    alone.compile("adamax", "mse")
    trained(run, alone, data(6, 3), data(6, 3))
    run.note([update.name for update in alone.updates])


@story
def with_tf_layers_sessions_and_ops(tf, run):
    keras, layers = seeded(tf)
    images = tf.placeholder(tf.float32, [None, 5])
    labels = tf.placeholder(tf.float32, [None, 2])
    x = layers.Dense(4, activation="relu")(images)
    x = layers.Dropout(0.5, seed=1)(x)
    logits = tf.layers.dense(x, 2)
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits))
    step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    run(tf.global_variables_initializer())
    feeds = {images: data(4, 5), labels: np.eye(2)[[0, 1, 0, 1]], keras.backend.learning_phase(): 0}
    for _ in range(2):
        run([loss], feeds)
        run.session.run(step, feeds)
    run.note([variable.name for variable in tf.global_variables()])


@story
def metrics_and_losses_inside(tf, run):
    keras, layers = seeded(tf)

    class Watching(layers.Layer):
        def __init__(self):
            super().__init__()
            self.seen = keras.metrics.Mean(name="seen")

        def call(self, inputs):
            self.add_metric(keras.backend.sum(inputs), name="total", aggregation="mean")
            self.add_metric(self.seen(inputs))
            self.add_loss(0.01 * keras.backend.sum(inputs), inputs=inputs)
            return inputs * 2.0

    inputs = keras.Input((3,))
    x = Watching()(layers.Dense(2)(inputs))
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.add_metric(keras.backend.mean(x), name="mean_x", aggregation="mean")
    model.compile("sgd", "mse", metrics=["mae"])
    trained(run, model, data(4, 3), data(4, 1))
    run.note([metric.name for metric in model.metrics])
