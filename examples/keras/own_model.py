"""A class of a model with a layer of its own, eagerly, saved to a folder and loaded without code.

`own_model.py [--epochs N]`
"""

import argparse
import os
import tempfile

import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--epochs", type=int, default=20)
options = parser.parse_args()

tf.enable_eager_execution()
keras = tf.keras


class Polynomial(keras.layers.Layer):
    """Sums of powers of each input, of which few are to matter."""

    def build(self, shape):
        size = int(shape[-1])
        sparse = keras.regularizers.l1(0.001)
        self.factors = self.add_weight("factors", (4, size), regularizer=sparse)
        super().build(shape)

    def call(self, inputs):
        return sum(self.factors[power] * inputs**power for power in range(4))


class Curve(keras.Model):
    def __init__(self):
        super().__init__()
        self.polynomial = Polynomial()
        self.noise = keras.layers.GaussianNoise(0.01)

    def call(self, inputs, training=None):
        return self.noise(self.polynomial(inputs), training=training)


np.random.seed(1)
tf.set_random_seed(1)
x = np.random.uniform(-1, 1, (500, 2)).astype(np.float32)
y = x**3 - 0.5 * x

model = Curve()
model.compile(keras.optimizers.Adam(0.05), "mse")
model.fit(x, y, epochs=options.epochs, verbose=2)

folder = os.path.join(tempfile.mkdtemp(), "curve")
model.save(folder, save_format="tf")
loaded = keras.models.load_model(folder)
difference = np.abs(loaded.predict(x) - model.predict(x)).max()
functions = tf.saved_model.load_v2(folder)
(answer,) = functions.signatures["serving_default"](tf.constant(x[:1])).values()
is_same = difference < 1e-6 and np.allclose(answer, model.predict(x[:1]))
print(f"loss {model.evaluate(x, y, verbose=0):.3f}, the same after loading: {is_same}")
