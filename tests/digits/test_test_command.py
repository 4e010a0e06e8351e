"""`stillflow digits test`: figures, the table, the picture, and watching a folder."""

import re
import subprocess
import time

import numpy as np
import pytest
from digit_commands import command, digits, train
from digit_models import untrained
from PIL import Image

from stillflow.digits.evaluate import Assessment


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tested")
    train(folder, 60)
    return folder


def test_accuracy_confusion_and_the_worst(trained):
    output, errors = digits("test", "--model", trained)
    assert errors == ""
    last = output.splitlines()[-1]
    accuracy = re.fullmatch(r"After 60 training steps, test accuracy = ([\d.]+) %", last)
    rows = [re.findall(r"\d+|\.", line) for line in output.splitlines()]
    counts = [[0 if c == "." else int(c) for c in row[1:]] for row in rows if len(row) == 11]
    counts = np.array(counts)
    assert counts.shape == (10, 10)
    assert counts.sum() == 10_000
    assert np.trace(counts) / 100 == pytest.approx(float(accuracy[1]))
    with Image.open(trained / "worst.png") as picture:
        assert picture.width > 400


def test_the_picture_may_be_elsewhere(trained, tmp_path):
    digits("test", "--model", trained, "--worst", tmp_path / "made" / "worst.svg")
    assert (tmp_path / "made" / "worst.svg").read_text().startswith("<?xml")


def test_the_picture_is_of_a_known_kind(trained):
    _, errors = digits("test", "--model", trained, "--worst", "worst.doc", code=2)
    assert "worst.doc ends neither in .png nor in .svg." in errors


def test_without_a_model(tmp_path):
    output, errors = digits("test", "--model", tmp_path / "none", code=1)
    assert output == ""
    assert f"There is no trained model in {tmp_path / 'none'}." in errors


def test_watching_a_training_until_its_last_step(trained):
    output, _ = digits("test", "--model", trained, "--watch", "--every", 0.1)
    assert re.findall(r"After (\d+) training steps", output) == ["30", "60"]
    assert "Rows: the digit; columns: taken for" in output


def test_watching_sees_what_appears(tmp_path):
    process = subprocess.Popen(
        command("test", "--model", tmp_path, "--watch", "--every", 0.1),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == f"Waiting for a model in {tmp_path} ...\n"
        for step in (7, 8):
            untrained(tmp_path, steps=(step,))
            assert process.stdout.readline().startswith(f"After {step} training steps, ")
            assert process.stdout.readline().startswith("The worst-classified digits are in ")
            time.sleep(0.01)  # the state file is read anew when its time has changed
        process.send_signal(2)
        assert process.wait(timeout=60) == 130
    finally:
        process.kill()
        process.stdout.close()


def test_assessment():
    probabilities = np.eye(10, dtype=np.float32)[[3, 3, 5, 0]] * 0.5 + 0.05
    assessed = Assessment(1, probabilities, np.array([3, 5, 5, 1]))
    assert assessed.accuracy == 0.5
    assert assessed.confusion[5].tolist() == [0, 0, 0, 1, 0, 1, 0, 0, 0, 0]
    assert sorted(assessed.worst(2)) == [1, 3]
