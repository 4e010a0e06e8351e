"""The character LSTM of examples/char_lstm, trained for a few steps on a small text."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "examples" / "char_lstm" / "char_lstm.py"


def run(*arguments):
    command = [sys.executable, "-m", "stillflow", "run", str(PROGRAM), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_sampling_before_training_says_what_to_do(tmp_path):
    done = run("sample", "--model", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.endswith(f"No model in {tmp_path}: train one first.\n")


@pytest.mark.slow
def test_it_learns_and_writes_on(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("abcdefgh " * 400)
    trained = run("train", "--text", str(text), "--steps", "200", "--model", str(tmp_path / "m"))
    losses = [float(loss) for loss in re.findall(r"loss (\S+)", trained.stdout)]
    assert losses[-1] < 0.3
    sampled = run(
        *("sample", "--model", str(tmp_path / "m")),
        *("--start", "abc", "--length", "20", "--temperature", "0.1"),
    )
    assert sampled.stdout == "abcdefgh abcdefgh abcde\n"
