"""A functional model of two inputs and two outputs on made data: `two_inputs.py [--epochs N]`."""

import argparse

import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--epochs", type=int, default=20)
options = parser.parse_args()

np.random.seed(1)
tf.set_random_seed(1)
words = np.random.randint(0, 50, (1000, 6))
numbers = np.random.rand(1000, 3).astype(np.float32)
price = numbers.sum(axis=1) + (words[:, 0] < 25)
is_dear = (price > 2).astype(np.float32)

keras = tf.keras
text = keras.Input((6,), dtype="int32", name="text")
facts = keras.Input((3,), name="facts")
embedded = keras.layers.Flatten()(keras.layers.Embedding(50, 4)(text))
both = keras.layers.concatenate([embedded, facts])
hidden = keras.layers.Dense(32, activation="relu")(both)
model = keras.Model(
    [text, facts],
    [
        keras.layers.Dense(1, name="price")(hidden),
        keras.layers.Dense(1, activation="sigmoid", name="dear")(hidden),
    ],
)
model.compile(
    "adam",
    {"price": "mse", "dear": "binary_crossentropy"},
    loss_weights={"price": 1.0, "dear": 0.5},
    metrics={"price": "mae", "dear": "accuracy"},
)
history = model.fit(
    {"text": words, "facts": numbers},
    {"price": price, "dear": is_dear},
    epochs=options.epochs,
    verbose=2,
    validation_split=0.2,
)
print(f"loss {history.history['loss'][-1]:.4f}")
