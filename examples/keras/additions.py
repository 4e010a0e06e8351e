"""Learns to add by reading and writing characters: `additions.py [--epochs N] [--sums N]`."""

import argparse

import numpy as np
import tensorflow as tf

CHARACTERS = "0123456789+ "
PLACES = 2  # of each number

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--epochs", type=int, default=60)
parser.add_argument("--sums", type=int, default=6000, help="how many to train with")
options = parser.parse_args()

np.random.seed(1)
tf.set_random_seed(1)
layers = tf.keras.layers


def one_hot(texts):
    numbers = [[CHARACTERS.index(character) for character in text] for text in texts]
    return np.eye(len(CHARACTERS), dtype=np.float32)[np.array(numbers)]


terms = np.random.randint(10**PLACES, size=(options.sums, 2))
questions = one_hot([f"{a}+{b}".ljust(2 * PLACES + 1) for a, b in terms])
answers = one_hot([str(total).ljust(PLACES + 1) for total in terms.sum(axis=1)])

model = tf.keras.Sequential(
    [
        layers.LSTM(64, input_shape=questions.shape[1:]),
        layers.RepeatVector(PLACES + 1),
        layers.LSTM(64, return_sequences=True),
        layers.TimeDistributed(layers.Dense(len(CHARACTERS), activation="softmax")),
    ]
)
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
history = model.fit(
    questions, answers, batch_size=64, epochs=options.epochs, verbose=2, validation_split=0.1
)
written = model.predict(one_hot(["12+34"]))[0].argmax(axis=-1)
print("12+34 =", "".join(CHARACTERS[character] for character in written).strip())
print(f"loss {history.history['val_loss'][-1]:.4f}")
