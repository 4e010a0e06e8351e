"""Libraries from PyPI, unchanged, give the numbers that they give on TensorFlow 1.15.

Recorded by tools/record_libraries.py. Each runs in a process of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import library_folders
import numpy as np
import pytest
from report_numbers import MARK

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden" / "libraries"
#: Relative and absolute.
TOLERANCE = (1e-4, 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("program", sorted(library_folders.NEEDS))
def test_a_library_gives_its_numbers(program, tmp_path):
    try:
        path = library_folders.search_path(program)
    except library_folders.NoIndexError as error:
        pytest.skip(f"no package index: {error}")
    done = subprocess.run(
        [sys.executable, "-m", "stillflow", "run", HERE / "report_numbers.py", program],
        env={**os.environ, "PYTHONPATH": path, "MPLBACKEND": "Agg"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (line,) = (line for line in done.stdout.splitlines() if line.startswith(MARK))
    found = json.loads(line.removeprefix(MARK))
    recorded = json.loads((GOLDEN / f"{program}.json").read_text("utf-8"))
    assert found.keys() == recorded.keys()
    for name, numbers in recorded.items():
        np.testing.assert_allclose(found[name], numbers, *TOLERANCE, err_msg=name)


def test_every_program_is_recorded():
    programs = {path.stem for path in (HERE / "programs").glob("*.py")}
    assert programs == set(library_folders.NEEDS)
    assert programs == {path.stem for path in GOLDEN.glob("*.json")}
