"""`stillflow digits train`: what it shows, saves and reports, and how it goes on."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
from digit_commands import SMALL, command, train
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import stillflow as tf


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(folder, output) of a training of 60 steps, saved after 30 and 60."""
    folder = tmp_path_factory.mktemp("trained")
    return folder, train(folder, 60)[0]


@pytest.fixture
def copied(trained, tmp_path):
    """A folder of its own with that training."""
    return Path(shutil.copytree(trained[0], tmp_path / "model"))


def weights(folder):
    """{name: array} of the newest checkpoint."""
    reader = tf.train.NewCheckpointReader(tf.train.latest_checkpoint(str(folder)))
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}


def metrics(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_it_shows_its_progress(trained):
    lines = trained[1].splitlines()
    steps = [
        re.match(r"step +(\d+) of 60   loss [\d.]+   learning rate 0.10000 ", s) for s in lines
    ]
    assert [int(step[1]) for step in steps if step] == [20, 40, 60]
    saved = [re.match(r"step +(\d+): [\d.]+ % of the validation images; saved ", s) for s in lines]
    assert [int(step[1]) for step in saved if step] == [30, 60]
    assert lines[-1].startswith("Trained for 60 steps: ")


def test_on_a_terminal_it_shows_a_bar(tmp_path):
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb") as screen:
        process = subprocess.Popen(
            command("train", "--model", tmp_path, "--steps", 20, *SMALL), stdout=theirs
        )
        os.close(theirs)
        shown = b""
        while not shown.endswith(b"tests it.\r\n"):
            shown += os.read(screen.fileno(), 1 << 16)
        assert process.wait() == 0
    text = shown.decode()
    assert "20/20" in text
    assert "steps/s" in text


def test_metrics(trained):
    figures = metrics(trained[0])
    assert [line["step"] for line in figures if "loss" in line] == [20, 40, 60]
    assert [line["step"] for line in figures if "accuracy" in line] == [30, 60]


def test_tensorboard_shows_it(trained):
    shown = EventAccumulator(str(trained[0] / "events"), {"histograms": 0, "images": 0})
    shown.Reload()
    losses = {line["step"]: line["loss"] for line in metrics(trained[0]) if "loss" in line}
    assert {e.step: e.value for e in shown.Scalars("batch_loss")} == pytest.approx(losses)
    assert [event.step for event in shown.Scalars("learning_rate")] == [20, 40, 60]
    assert [event.step for event in shown.Scalars("accuracy")] == [30, 60]
    assert [e.histogram_value.num for e in shown.Histograms("values/layer1/weights")] == [
        784 * 16
    ] * 2
    assert len([tag for tag in shown.Tags()["images"] if tag.startswith("digits/image/")]) == 10
    assert {"images", "layer2/weights"} <= {node.name for node in shown.Graph().node}


def test_what_was_reported_before_a_stop_stays(copied):
    train(copied, 80)
    shown = EventAccumulator(str(copied / "events"))
    shown.Reload()
    assert [event.step for event in shown.Scalars("batch_loss")] == [20, 40, 60, 80]


def test_a_training_in_two_parts_is_the_same_training(trained, tmp_path):
    """Weights, averages and the optimizer's slots, bit for bit: so few steps are not compiled."""
    train(tmp_path, 37)
    output, _ = train(tmp_path, 60)
    assert output.startswith("continues after step 37\n")
    whole, parts = weights(trained[0]), weights(tmp_path)
    assert whole.keys() == parts.keys()
    for name, value in whole.items():
        np.testing.assert_array_equal(value, parts[name], err_msg=name)


def test_settings_are_those_of_the_model_unless_given(copied):
    done = subprocess.run(
        command("train", "--model", copied, "--steps", 61), capture_output=True, text=True
    )
    assert done.stdout.startswith("continues after step 60\n"), done.stderr
    settings = json.loads((copied / "settings.json").read_text())
    assert (settings["hidden"], settings["batch"], settings["steps"]) == ([16], 20, 61)


@pytest.mark.parametrize("text", ["", "{}", '{"hidden": [16], "nonsense": 1}'])
def test_settings_that_cannot_be_read(copied, text):
    (copied / "settings.json").write_text(text)
    done = subprocess.run(command("train", "--model", copied), capture_output=True, text=True)
    assert done.returncode == 1
    assert "settings.json does not hold the settings of a training: " in done.stderr


def test_a_preset_with_options_over_it(tmp_path):
    train(tmp_path, 2, "--preset", "best", "--keep", "0.5", "--optimizer", "adam")
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert (settings["distort"], settings["stddev"], settings["l2"]) == (0.7, None, 0.0)
    assert (settings["hidden"], settings["keep"], settings["optimizer"]) == ([16], 0.5, "adam")
    assert "layer1/weights/Adam" in weights(tmp_path)


def test_a_finished_training_says_so(copied):
    output, _ = train(copied, 60)
    assert "has been trained for 60 steps already.\n  --steps 120 would" in output


def test_a_damaged_newest_checkpoint_is_passed_over(copied):
    damaged = copied / "digits-60.data-00000-of-00001"
    damaged.write_bytes(damaged.read_bytes()[:-9])
    output, errors = train(copied, 60)
    assert output.startswith("continues after step 30\n")
    assert "digits-60 is passed over" in errors
    assert [line["step"] for line in metrics(copied) if "loss" in line] == [20, 40, 60]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--hidden", "8"], "has hidden layers of 16 units, not of 8.\n  Continue it with"),
        (["--preset", "best"], "has hidden layers of 16 units, not of "),
        (["--optimizer", "adam"], "was not trained with --optimizer adam"),
    ],
)
def test_another_model_in_the_folder_is_refused(trained, options, said):
    before = sorted(trained[0].iterdir())
    done = subprocess.run(
        command("train", "--model", trained[0], "--steps", 90, *options),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert sorted(trained[0].iterdir()) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_saves_and_stops(tmp_path, number):
    arguments = command("train", "--model", tmp_path, "--steps", 1000000, *SMALL)
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("step")
    process.send_signal(number)
    rest = process.communicate()[0]
    assert process.returncode == 130
    last = rest.splitlines()[-1]
    stopped = re.match(r"Stopped and saved after step (\d+). `stillflow digits train", last)
    assert weights(tmp_path)["global_step"] == int(stopped[1])


def test_until_an_accuracy(tmp_path):
    output, _ = train(tmp_path, 5000, "--until-accuracy", "0.2")
    assert int(re.search(r"Trained for (\d+) steps", output)[1]) < 1000


def test_divergence_is_told_and_not_saved(copied):
    _, errors = train(copied, 90, "--rate", "1e9", code=1)
    assert re.search(r"Training diverged: after step \d+ the loss is (nan|inf)", errors)
    assert weights(copied)["global_step"] == 60
    assert json.loads((copied / "settings.json").read_text())["rate"] == 0.1


@pytest.mark.parametrize("size", ["0", "a", "10,", "5,-1"])
def test_sizes_that_are_none(tmp_path, size):
    arguments = command("train", "--model", tmp_path / "new", "--hidden", size)
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"'{size}' is not a size such as 500, or several such as 1000,500." in done.stderr
    assert not (tmp_path / "new").exists()
