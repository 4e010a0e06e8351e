"""A perceptron of tf.keras on MNIST: an epoch of batches of 128, or with `predict` predictions.

`tf1_tf_keras.py FOLDER [predict]`; the latter tells how long predictions for 10,000 images take.
"""

import sys
import time

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

tf.logging.set_verbosity(tf.logging.ERROR)
digits = input_data.read_data_sets(sys.argv[1])
layers = tf.keras.layers
model = tf.keras.models.Sequential(
    [
        layers.Dense(512, activation="relu", input_shape=(784,)),
        layers.Dropout(0.2),
        layers.Dense(512, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
if sys.argv[2:] == ["predict"]:
    model.predict(digits.test.images)
    began = time.time()
    model.predict(digits.test.images)
    print(time.time() - began)
else:
    model.fit(digits.train.images, digits.train.labels, batch_size=128, verbose=2)
