"""Tells reviews of any length apart, by a masked LSTM both ways: `reviews.py [--epochs N]`."""

import argparse

import numpy as np
import tensorflow as tf

WORDS, LONGEST = 500, 40

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--reviews", type=int, default=2000, help="how many to train with")
options = parser.parse_args()

np.random.seed(1)
tf.set_random_seed(1)
layers, sequence = tf.keras.layers, tf.keras.preprocessing.sequence

liked = np.random.randint(2, size=options.reviews)
lengths = np.random.randint(5, 2 * LONGEST, size=options.reviews)
reviews = []  # in one that is liked, words below 100 are a little more frequent
for likes, length in zip(liked, lengths):
    common = np.random.rand(length) < (0.35 if likes else 0.15)
    drawn = np.where(common, np.random.randint(1, 100, length), np.random.randint(1, WORDS, length))
    reviews.append(drawn.tolist())
rows = sequence.pad_sequences(reviews, LONGEST)  # the last words; zeros before those of a short one

model = tf.keras.Sequential(
    [
        layers.Embedding(WORDS, 16, mask_zero=True),
        layers.Bidirectional(layers.LSTM(16)),
        layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(rows, liked, 32, epochs=options.epochs, verbose=2, validation_split=0.2)
print(f"loss {history.history['loss'][-1]:.4f}, others {history.history['val_loss'][-1]:.4f}")
