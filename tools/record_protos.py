"""Records the TensorProtos that TensorFlow 1.15 makes of values.

Run it with TensorFlow 1.15's own Python, from anywhere:

    python tools/record_protos.py

It rewrites `tests/golden/graph/`.
"""

import json
import os
import sys

import tensorflow as tf

TESTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests")
sys.path.insert(0, os.path.join(TESTS, "graph"))

import proto_values  # noqa: E402

if __name__ == "__main__":
    protos = {id: proto_values.encoded(tf, id) for id in proto_values.VALUES}
    with open(os.path.join(TESTS, "golden", "graph", "tensor_protos.json"), "w") as file:
        json.dump(protos, file, indent=0)
        file.write("\n")
