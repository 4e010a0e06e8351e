"""Paints one picture in the manner of another, by gradients for its pixels: `style.py [--steps N]`.

The layers are drawn at random; `tf.keras.applications.VGG19(weights=FILE)` in their place, and
pictures by `tf.keras.preprocessing.image`, give what the method is known for.
"""

import argparse

import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--steps", type=int, default=200)
parser.add_argument("--size", type=int, default=64, help="height and width of the pictures")
options = parser.parse_args()

np.random.seed(1)
tf.set_random_seed(1)
K, layers = tf.keras.backend, tf.keras.layers

across, down = np.meshgrid(np.linspace(0, 1, options.size), np.linspace(0, 1, options.size))
content = np.stack([across, down, (across - 0.5) ** 2 + (down - 0.5) ** 2 < 0.1], axis=-1)
manner = np.stack([np.sin(40 * across), np.sin(40 * down), np.sin(25 * (across + down))], axis=-1)

painted = K.placeholder((1, options.size, options.size, 3))
three = K.concatenate([K.constant(content[None]), K.constant(manner[None]), painted], axis=0)
seen = tf.keras.Input(tensor=three)
shallow = layers.Conv2D(16, 3, padding="same", activation="relu")(seen)
deep = layers.Conv2D(16, 3, activation="relu")(layers.AveragePooling2D()(shallow))


def gram(features):
    """How often two of the features are seen together, wherever that is."""
    rows = K.batch_flatten(K.permute_dimensions(features, (2, 0, 1)))
    return K.dot(rows, K.transpose(rows)) / float(options.size**2)


loss = 0.1 * K.mean(K.square(deep[2] - deep[0]))
for features in (shallow, deep):
    loss += K.mean(K.square(gram(features[2]) - gram(features[1])))
evaluate = K.function([painted], [loss, K.gradients(loss, [painted])[0]])

picture = content[None].astype(np.float32)
for step in range(options.steps):
    value, slope = evaluate([picture])
    picture -= 0.01 * slope / np.abs(slope).mean()
    if step % 20 == 0:
        print(f"{step}: {value:.5f}")
print(f"loss {value:.5f}")
