"""Records a Keras model that TensorFlow 1.15 saved in mid-training, and how its training goes on.

TF115_PYTHON tools/record_keras_saved_model.py
"""

import json
import os
import shutil

import numpy as np
import tensorflow as tf

FOLDER = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "objects", "keras")
shutil.rmtree(FOLDER, ignore_errors=True)
tf.compat.v1.enable_v2_behavior()
initial = tf.keras.initializers.glorot_uniform(seed=4)
model = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(
            3, activation="relu", input_shape=(2,), kernel_initializer=initial, name="first"
        ),
        tf.keras.layers.Dense(1, kernel_initializer=initial, name="second"),
    ]
)
model.compile(tf.keras.optimizers.SGD(0.1, momentum=0.9), "mse")
x = np.array([[1.0, 2.0], [3.0, -4.0]], np.float32)
y = np.array([[1.0], [-1.0]], np.float32)
losses = [float(model.train_on_batch(x, y)) for _ in range(3)]
model.save(FOLDER, save_format="tf")
expected = {"x": x.tolist(), "y": y.tolist(), "out": model.predict(x).tolist()}
expected["losses"] = [float(model.train_on_batch(x, y)) for _ in range(3)]
with open(os.path.join(FOLDER, "..", "keras.json"), "w") as file:
    json.dump(expected, file)
    file.write("\n")
