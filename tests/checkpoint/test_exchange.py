"""Checkpoints both ways, live: with TensorFlow 1.15 and 2, where there is a command that runs them.

STILLFLOW_TF115=... STILLFLOW_TF2=... pytest tests/checkpoint/test_exchange.py
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import recorded
import variables_exchange as exchange

import stillflow as tf
from stillflow.data import mnist

EXAMPLES = Path(__file__).parents[2] / "examples" / "mnist"
STEPS = "300"


def tensorflow(variable):
    """The command of an environment variable; skips the test where it is not set."""
    command = os.environ.get(variable)
    if not command:
        pytest.skip(f"{variable} names no command that runs the Python of that TensorFlow")
    return shlex.split(command)


def output(command):
    """What a command prints. A PYTHONPATH is for this Python alone."""
    is_ours = command[0] == sys.executable
    environment = {k: v for k, v in os.environ.items() if is_ours or k != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def theirs(variable, *arguments):
    return json.loads(output([*tensorflow(variable), exchange.__file__, *arguments]))


def test_we_restore_what_tensorflow_2_saved():
    """Recorded by tools/record_tf2_checkpoints.py; `split` is in three parts there."""
    prefix = str(recorded.FOLDER / "tf2")
    assert exchange.run(tf, "restore", prefix, version=2, split=1) == recorded.load("tf2")


each = pytest.mark.parametrize(
    ("variable", "version"), [("STILLFLOW_TF115", 2), ("STILLFLOW_TF115", 1), ("STILLFLOW_TF2", 2)]
)


@each
def test_tensorflow_restores_what_we_save(variable, version, tmp_path):
    """Also into the parts of a variable that is whole here."""
    saved = exchange.run(tf, "save", f"{tmp_path}/c", version, split=1)
    assert theirs(variable, "restore", f"{tmp_path}/c", str(version)) == saved


@each
def test_we_restore_what_tensorflow_saves(variable, version, tmp_path):
    """Also as a whole what is in parts there."""
    saved = theirs(variable, "save", f"{tmp_path}/c", str(version))
    assert exchange.run(tf, "restore", f"{tmp_path}/c", version, split=1) == saved


def accuracy_of(run, model, data):
    printed = output([*run, str(EXAMPLES / "mnist_test.py"), "--model", model, "--data", data])
    return re.search(r"test accuracy = (\d\d\.\d\d) %", printed)[1]


@pytest.mark.slow
@pytest.mark.parametrize("trainer", ["ours", "theirs"])
def test_a_trained_network_is_as_accurate_on_the_other_side(trainer, tmp_path):
    """To all four digits: examples/mnist, trained on one side and tested on both."""
    data, model = str(tmp_path / "data"), str(tmp_path / "model")
    shutil.copytree(Path(mnist.__file__).parent / "files", data)
    run = {
        "ours": [sys.executable, "-m", "stillflow", "run"],
        "theirs": tensorflow("STILLFLOW_TF115"),
    }
    training = [str(EXAMPLES / "mnist_backward.py"), "--steps", STEPS]
    output([*run[trainer], *training, "--model", model, "--data", data])
    accuracies = {side: accuracy_of(command, model, data) for side, command in run.items()}
    print(trainer, accuracies)
    assert accuracies["ours"] == accuracies["theirs"]
    assert float(accuracies["ours"]) > 90
