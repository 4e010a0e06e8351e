"""Records what the pictures of `scipy.misc` were: bytes of small arrays, scaled, resized and read.

usage: PYTHON-3.7 tools/record_scipy_misc.py     (with scipy==1.2.3, pillow==6.2.2, numpy<1.19)

Writes tests/golden/environment/scipy_misc.json: {case: [dtype, shape, base64]}, or [class, message]
of an error. The cases are in tests/cases/scipy_misc.py, which both sides run.
"""

import json
import os
import sys
import warnings

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests"))

from cases import scipy_misc  # noqa: E402

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    path = os.path.join(ROOT, "tests", "golden", "environment", "scipy_misc.json")
    lines = [
        json.dumps(name) + ": " + json.dumps(scipy_misc.outcome(case))
        for name, case in sorted(scipy_misc.CASES.items())
    ]
    with open(path, "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
