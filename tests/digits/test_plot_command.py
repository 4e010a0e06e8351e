"""`stillflow digits plot`: pictures of real runs."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from digit_commands import command, digits
from PIL import Image

from stillflow.digits.plots import moving_average, style, two_classes


@pytest.fixture
def model(tmp_path):
    """A folder with the figures of a training."""
    lines = [{"step": n, "loss": 1 / n, "rate": 0.1, "speed": 9.0} for n in range(10, 60, 10)]
    lines += [{"step": n, "accuracy": 1 - 1 / n} for n in (25, 50)]
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_all_figures(model, tmp_path):
    out = tmp_path / "made" / "plots"
    output, _ = digits("plot", "--model", model, "--out", out, "--steps", 50)
    names = ["learning", "two_classes", "learning_rate", "moving_average"]
    paths = [out / f"{name}.{kind}" for name in names for kind in ("png", "svg")]
    assert output.splitlines() == [str(path) for path in paths]
    for path in paths:
        if path.suffix == ".svg":
            assert "<svg" in path.read_text()
        else:
            with Image.open(path) as picture:
                assert np.asarray(picture.convert("L")).std() > 5


def test_one_figure_in_one_format(tmp_path):
    output, _ = digits("plot", "moving_average", "--out", tmp_path, "--format", "svg")
    assert [path.name for path in tmp_path.iterdir()] == ["moving_average.svg"]
    assert output == f"{tmp_path}/moving_average.svg\n"


def test_the_same_figure_is_the_same_file(tmp_path):
    paths = [style.save(moving_average.draw(), str(tmp_path), n, ("svg",))[0] for n in "ab"]
    first, second = (Path(path).read_text() for path in paths)
    assert first == second


def test_without_a_training(tmp_path):
    _, errors = digits("plot", "learning", "--model", tmp_path, "--out", tmp_path, code=1)
    assert f"There are no figures of a training in {tmp_path}." in errors


def test_of_no_such_figure():
    done = subprocess.run(command("plot", "nonsense"), capture_output=True, text=True)
    assert done.returncode == 2
    assert "'nonsense' is not one of" in done.stderr


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(style.NoMatplotlib, match=r"pip install 'stillflow\[plot\]'"):
        style.subplots()


def test_the_network_learns_the_two_classes_and_l2_holds_it_back():
    begun, free, held = (two_classes.fit(l2, steps) for l2, steps in ((0, 1), (0, 2000), (1, 2000)))
    assert free.error < begun.error
    assert held.error > free.error
