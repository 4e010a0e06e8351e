"""Batches that are made as they are needed, by a generator and by a Sequence: `batches.py`."""

import argparse

import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--workers", type=int, default=2)
options = parser.parse_args()

tf.set_random_seed(1)


def made_batch(seed):
    """Points [64, 2] around the origin, and whether each is within the unit circle."""
    points = np.random.RandomState(seed).uniform(-1.5, 1.5, (64, 2)).astype(np.float32)
    return points, (np.square(points).sum(axis=1) < 1).astype(np.float32)


def without_end():
    seed = 0
    while True:
        yield made_batch(seed)
        seed += 1


class Circle(tf.keras.utils.Sequence):
    """A hundred batches, which several workers may make at once."""

    def __len__(self):
        return 100

    def __getitem__(self, number):
        return made_batch(1000 + number)


model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Dense(32, activation="relu", input_shape=(2,)),
        tf.keras.layers.Dense(32, activation="relu"),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit_generator(without_end(), steps_per_epoch=100, epochs=options.epochs, verbose=2)
model.fit_generator(
    Circle(), epochs=options.epochs, verbose=2, workers=options.workers, shuffle=True
)
loss, accuracy = model.evaluate_generator(Circle(), workers=options.workers)
print(f"loss {loss:.4f}, accuracy {accuracy:.4f}")
