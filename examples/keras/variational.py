"""A variational autoencoder of digits: `variational.py FOLDER [--epochs N] [--images N]`."""

import argparse

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", help="where the four files of MNIST are, or go")
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--images", type=int, default=55000, help="how many to train with")
options = parser.parse_args()

tf.set_random_seed(1)
digits = input_data.read_data_sets(options.folder)
K, layers = tf.keras.backend, tf.keras.layers

picture = tf.keras.Input((784,))
hidden = layers.Dense(256, activation="relu")(picture)
mean = layers.Dense(2, name="mean")(hidden)
log_variance = layers.Dense(2, name="log_variance")(hidden)


def drawn(of):
    mean, log_variance = of
    return mean + K.exp(log_variance / 2) * K.random_normal(K.shape(mean), seed=2)


code = layers.Lambda(drawn)([mean, log_variance])
decoder = tf.keras.Sequential(
    [
        layers.Dense(256, activation="relu", input_shape=(2,)),
        layers.Dense(784, activation="sigmoid"),
    ]
)
drawing = decoder(code)
model = tf.keras.Model(picture, drawing)

likeness = 784 * tf.keras.losses.binary_crossentropy(picture, drawing)
divergence = -0.5 * K.sum(1 + log_variance - K.square(mean) - K.exp(log_variance), axis=1)
model.add_loss(K.mean(likeness + divergence))
model.compile("adam")

history = model.fit(
    digits.train.images[: options.images], batch_size=128, epochs=options.epochs, verbose=2
)
ink = decoder.predict([[[0.0, 0.0]]]).mean()
print(f"loss {history.history['loss'][-1]:.2f}; the digit in the middle has {ink:.3f} of its ink")
