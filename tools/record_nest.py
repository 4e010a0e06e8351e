"""Records what TensorFlow's `python.util.nest` gives for structures of every form.

usage: PYTHON-WITH-TF-1.15 tools/record_nest.py

Writes tests/golden/graph/nest.json: {expression: repr of its value, or [class, message] of its
error}.
"""

import json
import os
import sys

from tensorflow.python.util import nest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests"))

from cases.nest import CASES, outcome  # noqa: E402

if __name__ == "__main__":
    lines = [json.dumps(case) + ": " + json.dumps(outcome(case, nest)) for case in CASES]
    with open(os.path.join(ROOT, "tests", "golden", "graph", "nest.json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
