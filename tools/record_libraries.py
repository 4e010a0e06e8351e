"""Records the numbers that libraries give on TensorFlow 1.15: tests/golden/libraries/.

usage: PYTHON-WITH-TF-1.15 tools/record_libraries.py [PROGRAM...]     (written for Python 3.7)

Runs each of tests/libraries/programs, or those named, with what it needs from PyPI beside.
"""

import json
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIBRARIES = os.path.join(ROOT, "tests", "libraries")
GOLDEN = os.path.join(ROOT, "tests", "golden", "libraries")
sys.path.insert(0, LIBRARIES)
import library_folders  # noqa: E402
from report_numbers import numbers_of  # noqa: E402


def main():
    os.makedirs(GOLDEN, exist_ok=True)
    for program in sys.argv[1:] or sorted(library_folders.NEEDS):
        with tempfile.TemporaryDirectory() as folder:
            numbers = numbers_of([sys.executable], program, folder)
        with open(os.path.join(GOLDEN, program + ".json"), "w") as file:
            rows = ",\n".join(
                json.dumps(name)
                + ": "
                + json.dumps([float(format(number, ".9g")) for number in values])
                for name, values in sorted(numbers.items())
            )
            file.write("{\n" + rows + "\n}\n")
        print(program)


if __name__ == "__main__":
    main()
