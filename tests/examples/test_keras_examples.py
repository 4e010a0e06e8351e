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
        ("style.py", ["--steps", "10", "--size", "16"], "loss 0.00083"),
        pytest.param(
            "reviews.py",
            ["--epochs", "1", "--reviews", "400"],
            "loss 0.6933, others 0.6938",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "additions.py",
            ["--epochs", "2", "--sums", "1000"],
            "loss 2.2858",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_made_data_give_tensorflows_numbers(program, arguments, last):
    assert last_line_of(program, *arguments) == last


@pytest.mark.parametrize(
    ("program", "arguments", "last"),
    [
        ("twins.py", ["--epochs", "1", "--pairs", "2000"], "test loss 0.2145, right of 0.656"),
        ("adversaries.py", ["--steps", "30"], "the generator's loss 3.8009"),
        pytest.param(
            "variational.py",
            ["--epochs", "1", "--images", "2000"],
            "loss 479.90; the digit in the middle has 0.487 of its ink",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "autoencoder.py",
            ["--epochs", "1", "--images", "1000"],
            "mean squared error 0.1157 with noise, 0.2223 without",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_digits_give_tensorflows_numbers(program, arguments, last, tmp_path):
    assert last_line_of(program, str(tmp_path), *arguments) == last


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
