"""Records a SavedModel of TensorFlow 2 for the tests of `stillflow serve`, and what it computes.

TF2_PYTHON tools/record_serving_tf2.py
"""

import os
import shutil

import numpy as np
import tensorflow as tf

FOLDER = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "serving", "tf2")

shutil.rmtree(FOLDER, ignore_errors=True)
initial = tf.keras.initializers.GlorotUniform(seed=4)
model = tf.keras.Sequential(
    [
        tf.keras.layers.Input((6, 6, 1)),
        tf.keras.layers.Conv2D(2, 3, activation="relu", kernel_initializer=initial),
        tf.keras.layers.BatchNormalization(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(3, activation="softmax", kernel_initializer=initial),
    ]
)
model.export(os.path.join(FOLDER, "1"), verbose=False)
images = np.random.RandomState(2).rand(2, 6, 6, 1).astype(np.float32)
np.savez(os.path.join(FOLDER, "expected.npz"), images=images, scores=model.predict(images))
