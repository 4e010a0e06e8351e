"""A convolutional network on digits, saved and loaded: `mnist_cnn.py FOLDER [--images N]`."""

import argparse
import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", help="where the four files of MNIST are, or go")
parser.add_argument("--epochs", type=int, default=2)
parser.add_argument("--images", type=int, default=55000, help="how many to train with")
options = parser.parse_args()

tf.set_random_seed(1)
digits = input_data.read_data_sets(options.folder)
train_x = digits.train.images[: options.images].reshape(-1, 28, 28, 1)
train_y = tf.keras.utils.to_categorical(digits.train.labels[: options.images], 10)
test_x = digits.test.images.reshape(-1, 28, 28, 1)

layers = tf.keras.layers
model = tf.keras.models.Sequential(
    [
        layers.Conv2D(16, 3, activation="relu", input_shape=(28, 28, 1)),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.25),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
with tempfile.TemporaryDirectory() as folder:
    best = os.path.join(folder, "best.h5")
    callbacks = [
        tf.keras.callbacks.ModelCheckpoint(best, "val_acc", save_best_only=True),
        tf.keras.callbacks.ReduceLROnPlateau("loss", patience=1, verbose=1),
    ]
    model.fit(
        *(train_x, train_y, 128),
        epochs=options.epochs,
        verbose=2,
        validation_split=0.1,
        callbacks=callbacks,
    )
    loaded = tf.keras.models.load_model(best)
right = np.argmax(loaded.predict(test_x), axis=1) == digits.test.labels
print(f"accuracy of the best epoch {right.mean():.4f}")
