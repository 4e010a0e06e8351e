"""Libraries from PyPI, unchanged, give the numbers that they give on TensorFlow 1.15.

Recorded by tools/record_libraries.py. Each runs in a process of its own.
"""

import json
import sys
from pathlib import Path

import library_folders
import numpy as np
import pytest
from report_numbers import numbers_of

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden" / "libraries"
#: Relative and absolute.
TOLERANCE = (1e-4, 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("program", sorted(library_folders.NEEDS))
def test_a_library_gives_its_numbers(program, tmp_path):
    try:
        found = numbers_of([sys.executable, "-m", "stillflow", "run"], program, tmp_path)
    except library_folders.NoIndexError as error:
        pytest.skip(f"no package index: {error}")
    recorded = json.loads((GOLDEN / f"{program}.json").read_text("utf-8"))
    assert found.keys() == recorded.keys()
    for name, numbers in recorded.items():
        np.testing.assert_allclose(found[name], numbers, *TOLERANCE, err_msg=name)


def test_every_program_is_recorded():
    programs = {path.stem for path in (HERE / "programs").glob("*.py")}
    assert programs == set(library_folders.NEEDS)
    assert programs == {path.stem for path in GOLDEN.glob("*.json")}
