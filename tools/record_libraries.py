"""Records the numbers that libraries give on TensorFlow 1.15: tests/golden/libraries/.

usage: PYTHON-WITH-TF-1.15 tools/record_libraries.py [PROGRAM...]     (written for Python 3.7)

Runs each of tests/libraries/programs, or those named, with what it needs from PyPI beside.
"""

import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIBRARIES = os.path.join(ROOT, "tests", "libraries")
GOLDEN = os.path.join(ROOT, "tests", "golden", "libraries")
sys.path.insert(0, LIBRARIES)
import library_folders  # noqa: E402
from report_numbers import MARK  # noqa: E402


def main():
    os.makedirs(GOLDEN, exist_ok=True)
    for program in sys.argv[1:] or sorted(library_folders.NEEDS):
        env = dict(os.environ, PYTHONPATH=library_folders.search_path(program), MPLBACKEND="Agg")
        command = [sys.executable, os.path.join(LIBRARIES, "report_numbers.py"), program]
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(command, env=env, cwd=folder, stdout=subprocess.PIPE, check=True)
        out = done.stdout.decode()
        (line,) = (line for line in out.splitlines() if line.startswith(MARK))
        numbers = json.loads(line[len(MARK) :])
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
