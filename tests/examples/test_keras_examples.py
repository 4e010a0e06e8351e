"""The programs of examples/keras, shortened; TensorFlow 1.15.5 on a CPU ends with the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "keras"


def last_line_of(program, *arguments):
    command = [sys.executable, "-m", "stillflow", "run", str(EXAMPLES / program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("program", "arguments", "last"),
    [
        ("two_inputs.py", ["--epochs", "3"], "loss 2.0119"),
        ("sums_lstm.py", ["--epochs", "1", "--length", "4"], "0.645, by the model 0.948"),
    ],
)
def test_made_data_give_tensorflows_numbers(program, arguments, last):
    assert last_line_of(program, *arguments) == last


@pytest.mark.slow
def test_a_class_of_a_model_is_loaded_without_its_code():
    found = last_line_of("own_model.py", "--epochs", "3")
    assert re.fullmatch(r"loss 0\.01\d, the same after loading: True", found)


def test_batches_are_made_by_workers():
    found = last_line_of("batches.py", "--epochs", "1")
    assert re.fullmatch(r"loss 0\.\d+, accuracy 0\.[789]\d+", found)


def test_a_perceptron_gives_tensorflows_numbers(tmp_path):
    found = last_line_of("mnist_mlp.py", str(tmp_path), "--epochs", "1", "--images", "2000")
    assert found == "test loss 0.6705, accuracy 0.8205"


@pytest.mark.slow
def test_the_best_epoch_is_loaded(tmp_path):
    pytest.importorskip("h5py")
    found = last_line_of("mnist_cnn.py", str(tmp_path), "--epochs", "1", "--images", "1000")
    assert re.fullmatch(r"accuracy of the best epoch 0\.\d+", found)
