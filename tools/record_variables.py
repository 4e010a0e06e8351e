"""Records what TensorFlow 1.15's variables, scopes, initializers and regularizers do.

Run it with TensorFlow 1.15's own Python, from anywhere:

    python tools/record_variables.py

It rewrites `tests/golden/variables/`.
"""

import json
import os
import sys

import tensorflow as tf

TESTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests")
GOLDEN = os.path.join(TESTS, "golden", "variables")
sys.path[:0] = [TESTS, os.path.join(TESTS, "variables")]

import variable_programs as programs  # noqa: E402


def write(name, observed):
    """Writes one case to a line, so that a change to it is one line of a diff."""
    lines = [
        json.dumps(id) + ": " + json.dumps(observed[id], sort_keys=True, separators=(",", ":"))
        for id in observed
    ]
    with open(os.path.join(GOLDEN, name + ".json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    tf.get_logger().setLevel("ERROR")
    write("programs", {name: programs.observed(tf, name) for name in programs.PROGRAMS})
    write("failures", {name: programs.failed(tf, name) for name in programs.FAILURES})
