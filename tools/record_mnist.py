"""Records the batches that TensorFlow 1.15's MNIST reader serves, into tests/golden/data/.

usage: PYTHON-WITH-TF-1.15 tools/record_mnist.py     (written for Python 3.7)
"""

import json
import os
import zlib

import numpy as np
import tensorflow as tf
from tensorflow.contrib.learn.python.learn.datasets import mnist

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILES = os.path.join(ROOT, "stillflow", "data", "files")
GOLDEN = os.path.join(ROOT, "tests", "golden", "data", "mnist_batches.json")

# validation_size=59990 leaves ten training images: epochs end quickly.
CASES = [
    {"name": "numpy state", "numpy_seed": 0, "calls": [[100, True]] * 3},
    {"name": "one hot", "read": {"one_hot": True}, "numpy_seed": 3, "calls": [[50, True]] * 2},
    {"name": "seed", "read": {"seed": 42}, "calls": [[64, True]] * 2},
    {"name": "seed 0", "read": {"seed": 0}, "calls": [[64, True]]},
    {"name": "graph seed", "graph_seed": 7, "calls": [[64, True]] * 2},
    {"name": "both seeds", "graph_seed": 7, "read": {"seed": 5}, "calls": [[64, True]]},
    {"name": "uint8", "read": {"dtype": "uint8"}, "numpy_seed": 1, "calls": [[20, True]]},
    {"name": "not reshaped", "read": {"reshape": False}, "numpy_seed": 1, "calls": [[20, True]]},
    {"name": "in order", "numpy_seed": 1, "calls": [[30, False]] * 2},
    {
        "name": "no validation",
        "read": {"validation_size": 0},
        "numpy_seed": 1,
        "calls": [[9, True]],
    },
    {
        "name": "epoch ends",
        "read": {"validation_size": 59990},
        "numpy_seed": 2,
        "calls": [[4, True]] * 6,
    },
    {
        "name": "epoch ends exactly",
        "read": {"validation_size": 59990},
        "numpy_seed": 2,
        "calls": [[5, True]] * 5,
    },
    {
        "name": "shuffle now and then",
        "read": {"validation_size": 59990},
        "numpy_seed": 2,
        "calls": [[4, False], [3, True], [5, True], [9, False], [6, True], [3, False]],
    },
    {
        "name": "batch longer than the set",
        "read": {"validation_size": 59990},
        "numpy_seed": 2,
        "calls": [[25, True], [4, True], [3, True]],
    },
    {"name": "fake", "read": {"fake_data": True}, "fake_calls": [2]},
    {"name": "fake, one hot", "read": {"fake_data": True, "one_hot": True}, "fake_calls": [2]},
    {"name": "negative validation", "read": {"validation_size": -1}},
    {"name": "too much validation", "read": {"validation_size": 60001}},
    {"name": "other dtype", "read": {"dtype": "float64"}},
]


def summary(array):
    """An array as shape, dtype and CRC-32 of its bytes."""
    array = np.ascontiguousarray(array)
    return [list(array.shape), array.dtype.name, zlib.crc32(array.tobytes())]


def record(case):
    tf.reset_default_graph()
    if "graph_seed" in case:
        tf.set_random_seed(case["graph_seed"])
    try:
        sets = mnist.read_data_sets(FILES, **case.get("read", {}))
    except (ValueError, TypeError) as error:
        return {"error": [type(error).__name__, str(error)]}
    if "numpy_seed" in case:
        np.random.seed(case["numpy_seed"])
    train = sets.train
    if "fake_calls" in case:
        return {
            "num_examples": train.num_examples,
            "batches": [train.next_batch(size, fake_data=True) for size in case["fake_calls"]],
        }
    batches = []
    for size, shuffle in case["calls"]:
        images, labels = train.next_batch(size, shuffle=shuffle)
        batches.append([summary(images), summary(labels), train.epochs_completed])
    return {
        "num_examples": [s.num_examples for s in sets],
        "batches": batches,
        "whole": [[summary(s.images), summary(s.labels)] for s in sets],
        "next_random": np.random.randint(2**31 - 1),
    }


def main():
    golden = {
        "source": f"TensorFlow {tf.__version__}, NumPy {np.__version__}, tools/record_mnist.py",
        "cases": [dict(case, want=record(case)) for case in CASES],
    }
    with open(GOLDEN, "w") as f:
        f.write(f'{{"source": {json.dumps(golden["source"])}, "cases": [\n')
        f.write(",\n".join(json.dumps(case) for case in golden["cases"]))
        f.write("\n]}\n")


if __name__ == "__main__":
    main()
