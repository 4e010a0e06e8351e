"""A perceptron that tells digits apart: `mnist_mlp.py FOLDER [--epochs N] [--images N]`."""

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
train_x = digits.train.images[: options.images]
train_y = digits.train.labels[: options.images]

model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Dense(512, activation="relu", input_shape=(784,)),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.summary()
model.fit(
    train_x,
    train_y,
    batch_size=128,
    epochs=options.epochs,
    verbose=2,
    validation_data=(digits.validation.images, digits.validation.labels),
    callbacks=[tf.keras.callbacks.EarlyStopping("val_loss", patience=2)],
)
loss, accuracy = model.evaluate(digits.test.images, digits.test.labels, verbose=0)
print(f"test loss {loss:.4f}, accuracy {accuracy:.4f}")
