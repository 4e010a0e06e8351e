"""An LSTM that adds numbers of a sequence that are marked: `sums_lstm.py [--epochs N]`."""

import argparse

import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--epochs", type=int, default=10)
parser.add_argument("--length", type=int, default=12)
options = parser.parse_args()

np.random.seed(1)
tf.set_random_seed(1)


def marked_sums(count, length):
    """Sequences [count, length, 2] of numbers and marks, and the sums of the marked numbers."""
    numbers = np.random.rand(count, length)
    marks = np.zeros((count, length))
    for row in marks:
        row[np.random.choice(length, 2, replace=False)] = 1
    return np.stack([numbers, marks], axis=2), (numbers * marks).sum(axis=1)


model = tf.keras.models.Sequential(
    [
        tf.keras.layers.LSTM(32, input_shape=(options.length, 2)),
        tf.keras.layers.Dense(1),
    ]
)
model.compile(tf.keras.optimizers.Adam(0.005), "mse", metrics=["mae"])
sequences, sums = marked_sums(4000, options.length)
model.fit(sequences, sums, batch_size=64, epochs=options.epochs, verbose=2, validation_split=0.1)
sequences, sums = marked_sums(3, options.length)
for guess, right in zip(model.predict(sequences)[:, 0], sums):
    print(f"{right:.3f}, by the model {guess:.3f}")
