"""Records what TensorFlow 1.15 does with the programs of `tests/cases`.

Run it with TensorFlow 1.15's own Python, from anywhere:

    python tools/record_oracle.py [suite | suite:text ...]

It rewrites `tests/golden/oracle/<suite>.json` for the suites named, or for all of them; after a
colon, only for the cases whose id contains the text, leaving what was recorded of the others.
A case that TensorFlow itself refuses is reported, left out, and makes the exit code 1.
"""

import json
import os
import platform
import sys

import numpy
import tensorflow as tf

TESTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests")
sys.path.insert(0, TESTS)

from cases import suites  # noqa: E402

SOURCE = (
    f"TensorFlow {tf.__version__}, NumPy {numpy.__version__}, CPython {platform.python_version()}"
)


def record(wanted):
    """Records "suite" or "suite:text". Returns how many of its cases TensorFlow refused."""
    name, _, text = wanted.partition(":")
    path = os.path.join(TESTS, "golden", "oracle", name + ".json")
    before = read(path) if text else {}
    observed, refused = {}, 0
    for id, observe in suites.observations(name):
        if text not in id:
            observed.update({id: before[id]} if id in before else {})
            continue
        try:
            observed[id] = observe(tf)
        except Exception as error:
            refused += 1
            print(f"{name}:{id}: {type(error).__name__}: {str(error)[:300]}")
    write(path, observed)
    print(f"{name}: {len(observed)} cases")
    return refused


def read(path):
    """What was recorded before: {case id: observation}."""
    with open(path) as file:
        return json.load(file)["cases"]


def write(path, observed):
    """Writes one case to a line, so that a change to it is one line of a diff."""
    lines = [
        json.dumps(id) + ": " + json.dumps(observed[id], sort_keys=True, separators=(",", ":"))
        for id in sorted(observed)
    ]
    with open(path, "w") as file:
        file.write('{"source": ' + json.dumps(SOURCE) + ',\n"cases": {\n')
        file.write(",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    tf.get_logger().setLevel("ERROR")
    refused = sum(record(name) for name in sys.argv[1:] or suites.NAMES)
    sys.exit(1 if refused else 0)
