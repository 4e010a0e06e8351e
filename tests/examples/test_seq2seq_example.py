"""The program of examples/seq2seq, beside TensorFlow 1.15.5."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "seq2seq" / "dates.py"

# TensorFlow 1.15.5 on a CPU, the same program with these arguments.
ARGUMENTS = ["--steps", "12", "--log-every", "4", "--tested", "8"]
LOSSES = {4: 2.9079, 8: 2.3754, 12: 1.9859}


@pytest.mark.slow
def test_training_gives_tensorflows_losses_and_then_dates_are_written():
    """The same initial weights, batches and gradients give the same numbers."""
    command = [sys.executable, "-m", "stillflow", "run", str(EXAMPLE), *ARGUMENTS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.findall(r"step +(\d+)   loss (\S+)", done.stdout)
    losses = {int(step): float(loss) for step, loss in found}
    assert losses == pytest.approx(LOSSES, rel=1e-3)
    written = re.findall(r" -> \S{1,11}   \S{1,11}   \S{1,11}\n", done.stdout)
    assert len(written) == 5
