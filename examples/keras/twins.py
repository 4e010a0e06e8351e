"""Are two digits the same? By twins of one network: `twins.py FOLDER [--epochs N] [--pairs N]`."""

import argparse

import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", help="where the four files of MNIST are, or go")
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--pairs", type=int, default=40000, help="how many to train with")
options = parser.parse_args()

np.random.seed(1)
tf.set_random_seed(1)
digits = input_data.read_data_sets(options.folder)
K, layers = tf.keras.backend, tf.keras.layers


def pairs(of, count):
    """Two rows of pictures, and whether those of a pair are of one class: so is every other."""
    by_class = [np.flatnonzero(of.labels == digit) for digit in range(10)]
    classes = np.random.randint(10, size=count)
    others = (classes + np.random.randint(1, 10, size=count) * (np.arange(count) % 2)) % 10
    rows = [[np.random.choice(by_class[digit]) for digit in some] for some in (classes, others)]
    return [of.images[each] for each in rows], np.float32(classes == others)


def distance(of):
    first, second = of
    squares = K.sum(K.square(first - second), axis=1, keepdims=True)
    return K.sqrt(K.maximum(squares, K.epsilon()))


def contrastive(same, apart):
    return K.mean(same * K.square(apart) + (1 - same) * K.square(K.maximum(1 - apart, 0)))


def agreement(same, apart):
    return K.mean(K.equal(same, K.cast(apart < 0.5, "float32")))


half = tf.keras.Sequential(
    [layers.Dense(128, activation="relu", input_shape=(784,)), layers.Dense(32)]
)
first, second = tf.keras.Input((784,)), tf.keras.Input((784,))
model = tf.keras.Model([first, second], layers.Lambda(distance)([half(first), half(second)]))
model.compile(tf.keras.optimizers.RMSprop(), contrastive, metrics=[agreement])
model.fit(*pairs(digits.train, options.pairs), batch_size=128, epochs=options.epochs, verbose=2)
loss, right = model.evaluate(*pairs(digits.test, 2000), verbose=0)
print(f"test loss {loss:.4f}, right of {right:.3f}")
