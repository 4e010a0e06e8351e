"""Records what TensorFlow 1.15 does with the programs of `tests/functions/programs.py`.

Run it with TensorFlow 1.15's own Python, from anywhere: it rewrites tests/golden/functions.json.
"""

import json
import os
import sys

import tensorflow as tf

TESTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests")
sys.path.insert(0, os.path.join(TESTS, "functions"))

import programs  # noqa: E402

tf.enable_eager_execution()
found = {program.__name__: programs.observed(program, tf) for program in programs.PROGRAMS}
lines = [json.dumps(name) + ": " + json.dumps(seen) for name, seen in sorted(found.items())]
with open(os.path.join(TESTS, "golden", "functions.json"), "w") as file:
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
