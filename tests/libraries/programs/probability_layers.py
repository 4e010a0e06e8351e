"""TensorFlow Probability 0.8: layers whose weights are random, or that give distributions."""

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

tfd, layers = tfp.distributions, tfp.layers
RNG = np.random.RandomState(1)
PICTURES = RNG.rand(16, 6, 6, 2).astype(np.float32)
CLASSES = RNG.randint(3, size=16)
ROWS = PICTURES.reshape(16, -1)
SUMS = ROWS.sum(1, keepdims=True) / 10


def dense(units, seed, **kwargs):
    weights = tf.keras.initializers.glorot_normal(seed=seed)
    return tf.keras.layers.Dense(units, kernel_initializer=weights, **kwargs)


def losses(model, x, y, loss, rate=0.01):
    model.compile(tf.keras.optimizers.Adam(rate), loss)
    return model.fit(x, y, batch_size=8, epochs=3, shuffle=False, verbose=0).history["loss"]


def likelihood(y, distribution):
    return -distribution.log_prob(y)


def of_random_weights(layer, *args):
    front = tf.keras.layers.Flatten(input_shape=(6, 6, 2))
    if "Convolution" in layer:
        front = tf.keras.layers.Lambda(tf.identity, input_shape=(6, 6, 2))
    varied = getattr(layers, layer)(*args, activation="relu")
    model = tf.keras.Sequential(
        [front, varied, tf.keras.layers.Flatten(), dense(3, 2, activation="softmax")]
    )
    return losses(model, PICTURES, CLASSES, "sparse_categorical_crossentropy")


def regression():
    def normal(values):
        return tfd.Normal(values[..., :1], 1e-3 + tf.nn.softplus(values[..., 1:]))

    made = [dense(2, 1, input_shape=(72,)), layers.DistributionLambda(normal)]
    return losses(tf.keras.Sequential(made), ROWS, SUMS, likelihood)


def autoencoder():
    """A variational one: what its encoder gives, a distribution, is what its decoder takes."""
    prior = tfd.Independent(tfd.Normal(tf.zeros(2), 1.0), 1)
    nearness = layers.KLDivergenceRegularizer(prior, weight=0.1)
    size = layers.MultivariateNormalTriL.params_size(2)
    encoder = tf.keras.Sequential(
        [
            dense(size, 1, input_shape=(72,)),
            layers.MultivariateNormalTriL(2, activity_regularizer=nearness),
        ]
    )
    decoder = tf.keras.Sequential(
        [dense(72, 2, input_shape=(2,)), layers.IndependentBernoulli((72,))]
    )
    model = tf.keras.Model(encoder.inputs, decoder(encoder.outputs[0]))
    bits = (ROWS > 0.5).astype(np.float32)
    return losses(model, bits, bits, likelihood)


def variational():
    def posterior(kernel, bias=0, dtype=None):
        size = kernel + bias

        def around(values):
            scale = 1e-5 + tf.nn.softplus(values[..., size:] - 3)
            return tfd.Independent(tfd.Normal(values[..., :size], scale), 1)

        made = [layers.VariableLayer(2 * size, dtype=dtype), layers.DistributionLambda(around)]
        return tf.keras.Sequential(made)

    def prior(kernel, bias=0, dtype=None):
        def around(values):
            return tfd.Independent(tfd.Normal(values, 1.0), 1)

        made = [
            layers.VariableLayer(kernel + bias, dtype=dtype),
            layers.DistributionLambda(around),
        ]
        return tf.keras.Sequential(made)

    layer = layers.DenseVariational(1, posterior, prior, kl_weight=1 / 16, input_shape=(72,))
    return losses(tf.keras.Sequential([layer]), ROWS, SUMS, "mse")


def categories():
    size = layers.OneHotCategorical.params_size(3)
    made = [dense(size, 1, input_shape=(72,)), layers.OneHotCategorical(3)]
    one_hot = np.eye(3, dtype=np.float32)[CLASSES]
    return losses(tf.keras.Sequential(made), ROWS, one_hot, likelihood)


def main():
    programs = {
        "flipout": lambda: of_random_weights("DenseFlipout", 4),
        "reparameterized": lambda: of_random_weights("DenseReparameterization", 4),
        "locally": lambda: of_random_weights("DenseLocalReparameterization", 4),
        "convolved": lambda: of_random_weights("Convolution2DFlipout", 3, 2),
        "convolved_once": lambda: of_random_weights("Convolution2DReparameterization", 3, 2),
        "regression": regression,
        "autoencoder": autoencoder,
        "variational": variational,
        "categories": categories,
    }
    numbers = {}
    for name, program in programs.items():
        tf.keras.backend.clear_session()
        tf.set_random_seed(3)
        numbers[name] = program()
    return numbers
