"""The programs of examples/records, for a few steps, beside TensorFlow 1.15.5."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "records"

# TensorFlow 1.15.5 on a CPU, with the same arguments: the loss and the first digits of each batch.
STEPS = {
    "train_by_dataset.py": [
        (2.5263, "6 3 2 2 0 7 1 6 8 3 1 5 3 6 6 4"),
        (2.2454, "3 2 2 0 1 6 5 0 7 6 2 1 5 0 5 9"),
        (2.0449, "7 0 2 6 4 1 3 2 1 8 2 7 3 2 9 7"),
    ],
    "train_by_queues.py": [
        (2.3941, "5 8 9 1 0 7 0 9 1 6 6 7 7 1 8 6"),
        (2.1934, "5 9 7 6 9 6 6 6 6 7 4 3 7 1 5 5"),
        (1.9766, "7 2 5 0 7 5 0 4 7 9 1 6 6 3 1 8"),
    ],
}


def printed(program, *arguments):
    command = [sys.executable, "-m", "stillflow", "run", str(EXAMPLE / program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("records"))
    told = printed("write_records.py", "--records", folder, "--limit", "600")
    assert told.endswith(f"600 pictures in 4 files of {folder}\n")
    return folder


@pytest.mark.parametrize("program", STEPS)
def test_both_ways_give_tensorflows_batches(records, program):
    told = printed(program, "--records", records, "--steps", "3")
    found = re.findall(r"step +\d   loss (\S+)   digits (.*) \.\.\.\n", told)
    assert [digits for _, digits in found] == [digits for _, digits in STEPS[program]]
    losses = [float(loss) for loss, _ in found]
    assert losses == pytest.approx([loss for loss, _ in STEPS[program]], abs=2e-4)
