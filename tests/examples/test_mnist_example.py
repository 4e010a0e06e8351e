"""The programs of examples/mnist, which `make mnist` runs, beside TensorFlow 1.15.5."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "mnist"

# TensorFlow 1.15.5 on a CPU, the same two programs with --steps 600.
LOSSES = {500: 0.1991, 600: 0.2393}
RATES = {500: 0.09900, 600: 0.09801}
ACCURACY = 97.36


def run(program, *arguments):
    command = [sys.executable, "-m", "stillflow", "run", str(EXAMPLE / program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert not done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(folder of the checkpoint, what the training program printed)"""
    model = tmp_path_factory.mktemp("model")
    return model, run("mnist_backward.py", "--steps", "600", "--model", str(model))


def test_training_shows_its_progress_and_tensorflows_losses(trained):
    """The same batches, initial weights and update rule give the same numbers."""
    found = re.findall(r"step +(\d+) of 600   loss (\S+)   learning rate (\S+)", trained[1])
    assert {int(step): float(rate) for step, _, rate in found} == RATES
    losses = {int(step): float(loss) for step, loss, _ in found}
    assert losses == pytest.approx(LOSSES, rel=1e-2)


def test_the_averaged_network_is_as_good_as_tensorflows(trained):
    printed = run("mnist_test.py", "--model", str(trained[0])).splitlines()[-1]
    accuracy = re.fullmatch(r"After 600 training steps, test accuracy = (\S+) %", printed)
    assert float(accuracy[1]) == pytest.approx(ACCURACY, abs=0.1)


def test_testing_before_training_says_what_to_do(tmp_path):
    command = [sys.executable, "-m", "stillflow", "run", str(EXAMPLE / "mnist_test.py")]
    done = subprocess.run([*command, "--model", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == f"No checkpoint in {tmp_path}: run mnist_backward.py first.\n"
