"""Trains a network of the keras package on MNIST, saves it, and measures what is loaded again.

python train.py [--epochs 3] [--limit IMAGES] [--folder .]
"""

import argparse
import os

import keras
import numpy as np
import tensorflow as tf
from keras import callbacks, layers
from tensorflow.examples.tutorials.mnist import input_data

SEED = 1


def network():
    """Pixels f[n, 28, 28, 1] -> likelihoods of digits f[n, 10], compiled."""
    model = keras.models.Sequential(
        [
            layers.Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adadelta(), "categorical_crossentropy", metrics=["accuracy"])
    return model


def pixels(data):
    return data.images.reshape(-1, 28, 28, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--limit", type=int, help="use only so many images of each set")
    parser.add_argument("--folder", default=".", help="for the best network and the summaries")
    options = parser.parse_args()
    np.random.seed(SEED)
    tf.set_random_seed(SEED)
    digits = input_data.read_data_sets("MNIST_data", one_hot=True)
    part = slice(options.limit)
    best = os.path.join(options.folder, "best.h5")
    network().fit(
        pixels(digits.train)[part],
        digits.train.labels[part],
        batch_size=128,
        epochs=options.epochs,
        verbose=2,
        validation_data=(pixels(digits.validation)[part], digits.validation.labels[part]),
        callbacks=[
            callbacks.ModelCheckpoint(best, monitor="val_loss", save_best_only=True),
            callbacks.EarlyStopping(monitor="val_loss", patience=2),
            callbacks.TensorBoard(os.path.join(options.folder, "logs")),
        ],
    )
    loaded = keras.models.load_model(best)
    scores = loaded.evaluate(pixels(digits.test)[part], digits.test.labels[part], verbose=0)
    print("Test loss {:.4f}, accuracy {:.2%}".format(*scores))


if __name__ == "__main__":
    main()
