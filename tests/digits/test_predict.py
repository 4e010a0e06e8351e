"""`stillflow digits predict` on pictures as people take them."""

import json
import subprocess
import sys

import digit_models
import drawn
import numpy as np
import pytest
from PIL import Image

from stillflow.api.examples.tutorials.mnist import input_data


@pytest.fixture(scope="module")
def handwritten(tmp_path_factory):
    """{digit: images of it in MNIST's test set, f32[n, 28, 28]}"""
    test = input_data.read_data_sets(str(tmp_path_factory.mktemp("data"))).test
    images, labels = test.images[:200].reshape(-1, 28, 28), test.labels[:200]
    return {digit: images[labels == digit] for digit in range(10)}


def drawings(digit, images, number):
    """One digit by two hands, with a pen and in print."""
    return [
        drawn.from_mnist(images[number % 3]),
        drawn.in_ink(digit, 3 + number),
        drawn.in_print(digit, drawn.FONTS[number % 4]),
        drawn.from_mnist(images[3 + number % 3]),
    ]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory, handwritten):
    """{path: its digit}: every scene with four digits, by hand, by pen and in print."""
    folder, answers = tmp_path_factory.mktemp("pictures"), {}
    for number, (name, scene) in enumerate(drawn.SCENES.items()):
        for kind in range(4):
            digit = (number + 3 * kind) % 10
            drawing = drawings(digit, handwritten[digit], number)[kind]
            path = folder / f"{name.replace(' ', '-')}-{kind}.{('png', 'jpg', 'bmp')[number % 3]}"
            drawn.photograph(drawing, scene, seed=number).save(path)
            answers[str(path)] = digit
    return answers


def run(*arguments):
    command = [sys.executable, "-m", "stillflow", "digits", "predict", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def test_nine_of_ten_pictures_are_recognised(model_folder, pictures):
    done = run("--json", "--model", model_folder, *pictures)
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["file"] for answer in answers] == list(pictures)
    wrong = [a["file"] for a in answers if a["digit"] != pictures[a["file"]]]
    assert len(pictures) >= 30
    assert len(wrong) <= len(pictures) / 10, wrong
    assert sum(answers[0]["probabilities"]) == pytest.approx(1, abs=1e-4)


def test_people_see_bars(model_folder, pictures):
    first = next(iter(pictures))
    done = run("--model", model_folder, first)
    assert done.stderr == ""
    head, *rows = done.stdout.splitlines()
    assert head == f"{first}: {pictures[first]}"
    assert [row.split()[0] for row in rows] == [str(digit) for digit in range(10)]
    likeliest = max(rows, key=lambda row: float(row.split()[-1].removesuffix("%")))
    assert likeliest.split()[0] == str(pictures[first])
    assert "█" in likeliest


def test_what_fails_is_a_line_and_the_others_run(model_folder, pictures, tmp_path):
    (tmp_path / "text.png").write_text("seven")
    Image.new("L", (60, 60), 255).save(tmp_path / "blank.png")
    good = next(iter(pictures))
    names = [tmp_path / "none.png", tmp_path / "text.png", tmp_path, tmp_path / "blank.png", good]
    done = run("--json", "--model", model_folder, *names)
    assert done.returncode == 1
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == [good]
    reasons = ["No such file", "not a picture", "Is a directory", "no digit"]
    lines = done.stderr.splitlines()
    assert len(lines) == len(reasons)
    for line, name, reason in zip(lines, names, reasons, strict=False):
        assert line.startswith(f"{name}: ")
        assert reason in line


def test_without_a_model_it_says_how_to_make_one(tmp_path):
    done = run("--model", tmp_path / "none", "picture.png")
    assert done.returncode == 1
    assert f"stillflow digits train --model {tmp_path / 'none'}" in done.stderr


def test_any_network_answers(tmp_path, pictures):
    digit_models.untrained(tmp_path, hidden=())
    done = run("--json", "--model", tmp_path, next(iter(pictures)))
    assert np.sum(json.loads(done.stdout)["probabilities"]) == pytest.approx(1, abs=1e-4)
