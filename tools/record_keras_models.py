"""Records models of tf.keras in files, under TensorFlow 1.15 (Python 3.7) with h5py.

    python tools/record_keras_models.py tests/golden/keras

The models are those of tests/keras/kept_models.py. Each is trained for two steps, kept in all
formats, and trained for two more, of which the losses are recorded.
"""

import json
import os
import sys

import numpy as np
import tensorflow as tf

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tests", "keras"))
import kept_models

tf.compat.v1.logging.set_verbosity("FATAL")


def numbers(values):
    return [np.asarray(each, "f8").tolist() for each in values]


def record(name, folder):
    tf.compat.v1.set_random_seed(7)
    model = kept_models.MODELS[name](tf.compat.v1)
    inputs, targets = kept_models.batch(name)
    for _ in range(2):
        model.train_on_batch(inputs, targets)
    path = os.path.join(folder, name)
    model.save(path + ".h5")
    model.save_weights(path + "_weights.h5")
    model.save_weights(path + "_checkpoint", save_format="tf")
    predictions = model.predict(inputs)
    told = {
        "predictions": numbers(predictions if isinstance(predictions, list) else [predictions]),
        "json": json.loads(model.to_json()),
        "losses": [numbers(np.atleast_1d(model.train_on_batch(inputs, targets))) for _ in "12"],
    }
    with open(path + ".json", "w") as file:
        json.dump(told, file, sort_keys=True, indent=1)
        file.write("\n")


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name in kept_models.MODELS:
        tf.compat.v1.keras.backend.clear_session()
        record(name, folder)
    os.remove(os.path.join(folder, "checkpoint"))


if __name__ == "__main__":
    main()
