"""Records Keras models that TensorFlow 1.15 saved in mid-training, and how their training goes on.

TF115_PYTHON tools/record_keras_saved_model.py
"""

import json
import os
import shutil
import sys

import tensorflow as tf

TESTS = os.path.join(os.path.dirname(__file__), "..", "tests")
sys.path.insert(0, os.path.join(TESTS, "keras"))

from saved_models import MODELS, X, Y  # noqa: E402

tf.compat.v1.enable_eager_execution()
for name, build in MODELS.items():
    folder = os.path.join(TESTS, "golden", "objects", name)
    shutil.rmtree(folder, ignore_errors=True)
    model = build(tf)
    for _ in range(3):
        model.train_on_batch(X, Y)
    model.save(folder, save_format="tf")
    expected = {"out": model.predict(X).tolist(), "loss": float(model.evaluate(X, Y, verbose=0))}
    expected["losses"] = [float(model.train_on_batch(X, Y)) for _ in range(3)]
    with open(folder + ".json", "w") as file:
        json.dump(expected, file)
        file.write("\n")
