"""The program of examples/mnist_cnn, for a few steps, beside TensorFlow 1.15.5."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "mnist_cnn"

# TensorFlow 1.15.5 on a CPU, with the same arguments: the mean loss of the four steps.
LOSS = 2.6927


def test_training_gives_tensorflows_loss_and_saves_the_network(tmp_path):
    """Within what rounding becomes in four steps of Adam, whose first ones take signs alone."""
    few = ["--epochs", "0.0015", "--batch", "20", "--limit", "20", "--model", str(tmp_path)]
    command = [sys.executable, "-m", "stillflow", "run", str(EXAMPLE / "train.py"), *few]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (found,) = re.findall(r"step +4 of 4   loss (\S+)   validation accuracy", done.stdout)
    assert float(found) == pytest.approx(LOSS, rel=1e-2)
    assert re.search(r"After 4 training steps, test accuracy = \S+ %", done.stdout)
    assert (tmp_path / "mnist_cnn.index").exists()


def test_a_distorted_picture_is_still_that_picture(monkeypatch):
    """It keeps its size and its type, and about its ink, and is another each time."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    import augment

    picture = np.zeros((28, 28), np.float32)
    picture[8:20, 10:18] = 1.0
    pictures = np.tile(picture.reshape(1, -1), (50, 1))
    found = augment.distorted(pictures, np.random.RandomState(0))
    assert found.shape == pictures.shape
    assert found.dtype == np.float32
    assert found.min() >= 0
    assert found.max() <= 1.0001
    assert found.sum(1) == pytest.approx(pictures.sum(1), rel=0.35)
    assert found.sum(1).mean() == pytest.approx(pictures.sum(1).mean(), rel=0.05)
    assert np.abs(found[0] - found[1]).max() > 0.1
    np.testing.assert_array_equal(found, augment.distorted(pictures, np.random.RandomState(0)))
