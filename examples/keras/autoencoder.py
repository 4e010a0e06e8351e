"""Takes noise out of digits: `autoencoder.py FOLDER [--epochs N] [--images N]`."""

import argparse

import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", help="where the four files of MNIST are, or go")
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--images", type=int, default=55000, help="how many to train with")
options = parser.parse_args()

np.random.seed(1)
tf.set_random_seed(1)
digits = input_data.read_data_sets(options.folder, reshape=False)


def noisy(images):
    return np.clip(images + 0.5 * np.random.normal(size=images.shape), 0.0, 1.0)


layers = tf.keras.layers
picture = tf.keras.Input((28, 28, 1))
narrow = layers.Conv2D(16, 3, padding="same", activation="relu")(picture)
narrow = layers.MaxPooling2D()(narrow)
narrow = layers.Conv2D(8, 3, padding="same", activation="relu")(narrow)
narrow = layers.MaxPooling2D(name="code")(narrow)
wide = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu")(narrow)
wide = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(wide)
clean = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(wide)
model = tf.keras.Model(picture, clean)
model.compile("adam", "binary_crossentropy")

wanted = digits.train.images[: options.images]
model.fit(noisy(wanted), wanted, batch_size=128, epochs=options.epochs, verbose=2)

unseen = digits.test.images[:1000]
given = noisy(unseen)
before = np.mean((given - unseen) ** 2)
after = np.mean((model.predict(given) - unseen) ** 2)
print(f"mean squared error {before:.4f} with noise, {after:.4f} without")
