"""The program of examples/leaving goes on where the course's left off."""

import re
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_losses_in_optax_are_the_sessions(tmp_path):
    train = [sys.executable, "-m", "stillflow", "run", str(EXAMPLES / "mnist/mnist_backward.py")]
    subprocess.run(
        [*train, "--steps", "20", "--model", "model"], cwd=tmp_path, check=True, capture_output=True
    )
    program = str(EXAMPLES / "leaving/continue_in_optax.py")
    arguments = "--checkpoint", str(tmp_path / "model" / "mnist-20"), "--steps", "10"
    done = subprocess.run(
        [sys.executable, program, *arguments], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert float(re.search(r"differ by (\S+) at most", done.stdout)[1]) < 1e-5
