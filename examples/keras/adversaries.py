"""A generator of digits and its critic, trained in turn: `adversaries.py FOLDER [--steps N]`."""

import argparse

import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", help="where the four files of MNIST are, or go")
parser.add_argument("--steps", type=int, default=2000)
options = parser.parse_args()

np.random.seed(1)
tf.set_random_seed(1)
digits = input_data.read_data_sets(options.folder).train
layers, adam = tf.keras.layers, tf.keras.optimizers.Adam
size, drawn = 64, 32

critic = tf.keras.Sequential(
    [
        layers.Dense(256, input_shape=(784,)),
        layers.LeakyReLU(0.2),
        layers.Dense(1, activation="sigmoid"),
    ]
)
critic.compile(adam(0.0002, 0.5), "binary_crossentropy", metrics=["accuracy"])
generator = tf.keras.Sequential(
    [
        layers.Dense(256, input_shape=(drawn,)),
        layers.LeakyReLU(0.2),
        layers.BatchNormalization(momentum=0.8),
        layers.Dense(784, activation="sigmoid"),
    ]
)
critic.trainable = False  # in what is compiled from now on
noise = tf.keras.Input((drawn,))
both = tf.keras.Model(noise, critic(generator(noise)))
both.compile(adam(0.0002, 0.5), "binary_crossentropy")

real, made = np.ones((size, 1)), np.zeros((size, 1))
for step in range(options.steps):
    images, _ = digits.next_batch(size)
    drawings = generator.predict(np.random.normal(size=(size, drawn)))
    of_images = critic.train_on_batch(images, real)
    of_drawings = critic.train_on_batch(drawings, made)
    of_generator = both.train_on_batch(np.random.normal(size=(size, drawn)), real)
    if step % 100 == 0:
        told = (of_images[1] + of_drawings[1]) / 2
        print(f"{step}: the critic is right of {told:.3f}; its loss is {of_images[0]:.3f}")
print(f"the generator's loss {of_generator:.4f}")
