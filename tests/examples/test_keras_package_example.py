"""The program of examples/keras_package, for a few images, beside Keras on TensorFlow 1.15."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# On TensorFlow 1.15.5 on a CPU, with the same arguments: losses of two epochs, of the test.
LOSSES = (2.2822, 2.1038, 2.0267)


@pytest.mark.slow
def test_training_gives_tensorflows_losses(tmp_path, monkeypatch):
    """Within what may come of gradients that read weights beside their update, on TensorFlow."""
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "libraries"))
    import library_folders

    try:
        search_path = library_folders.search_path("keras_pictures")
    except library_folders.NoIndexError as error:
        pytest.skip(f"no package index: {error}")
    program = ROOT / "examples" / "keras_package" / "train.py"
    few = ["--epochs", "2", "--limit", "256", "--folder", str(tmp_path)]
    command = [sys.executable, "-m", "stillflow", "run", str(program), *few]
    env = os.environ | {"PYTHONPATH": search_path}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    found = re.findall(r"- loss: (\S+)|Test loss (\S+),", done.stdout)
    losses = [float(of_epoch or of_test) for of_epoch, of_test in found]
    assert losses == pytest.approx(LOSSES, rel=2e-2)
    assert (tmp_path / "best.h5").exists()
    assert any((tmp_path / "logs").iterdir())
