"""Records the random numbers, graphs and errors of TensorFlow 1.15's random ops.

Run it with TensorFlow 1.15's own Python, from anywhere:

    python tools/record_random.py

It rewrites `tests/golden/random/`.
"""

import json
import os
import sys

import tensorflow as tf

TESTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests")
GOLDEN = os.path.join(TESTS, "golden", "random")
sys.path[:0] = [TESTS, os.path.join(TESTS, "random")]

import observing  # noqa: E402
import stream_cases  # noqa: E402
from cases import observe  # noqa: E402


def write(name, observed):
    """Writes one case to a line, so that a change to it is one line of a diff."""
    lines = [
        json.dumps(id) + ": " + json.dumps(value, separators=(",", ":"), sort_keys=True)
        for id, value in observed
    ]
    with open(os.path.join(GOLDEN, name + ".json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    tf.get_logger().setLevel("ERROR")
    write("streams", [(case.id, observing.runs(tf, case.fn)) for case in stream_cases.STREAMS])
    write("programs", [(id, observe.log_of(tf, fn)) for id, fn in stream_cases.PROGRAMS.items()])
    write("graphs", [(id, observing.graph(tf, fn)) for id, fn in stream_cases.GRAPHS.items()])
    write("failures", [(c.id, observe.failure_of(tf, c)) for c in stream_cases.FAILURES])
