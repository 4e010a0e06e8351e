"""`stillflow inspect`: checkpoints, graphs and models; one line for what is none of them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import stillflow as tf
from stillflow.cli.inspect import Unreadable, report

GOLDEN = Path(__file__).parent.parent / "golden"
EXPORTS = GOLDEN / "graph" / "exports"


def inspected(path, show_all=False):
    return report(str(path), show_all).splitlines()


@pytest.fixture
def folder(tmp_path):
    """A checkpoint of TensorFlow's in a folder of its own."""
    for path in EXPORTS.glob("training-5.*"):
        shutil.copy(path, tmp_path)
    state = 'model_checkpoint_path: "training-5"\n'
    (tmp_path / "checkpoint").write_text(state)
    return tmp_path


@pytest.mark.parametrize(
    "name", [".", "checkpoint", "training-5", "training-5.index", "training-5.data-00000-of-00001"]
)
def test_a_checkpoint_by_any_name(folder, name):
    lines = inspected(folder / name)
    assert lines[0] == f"Checkpoint {folder / 'training-5'}"
    assert "  conv/w                            float32  [3,3,1,4]  144 B" in lines
    assert "  global_step                       int64    []         8 B" in lines
    assert lines[-1] == "13 tensors, 2,071 elements, 8288 B"


def test_strings_and_slices_in_a_checkpoint():
    lines = inspected(GOLDEN / "checkpoint" / "sharded")
    assert "  third   string   []     -" in lines
    assert "  split   float32  [7,4]  112 B" in lines


@pytest.mark.parametrize("name", ["frozen.pb", "frozen.pbtxt"])
def test_a_graph(name):
    """As bytes and as text."""
    lines = inspected(EXPORTS / name)
    assert lines[:3] == [f"GraphDef {EXPORTS / name}", "54 nodes, GraphDef version 0", "inputs"]
    assert lines[3].split() == ["x", "Placeholder", "float32", "[?,64]"]
    assert lines[lines.index("outputs") + 1].split() == ["probabilities", "Softmax", "float32"]
    assert lines[lines.index("op types") + 1].split() == ["Const", "15"]
    assert lines[-1] == "  and 6 more; --all shows them"
    assert len(inspected(EXPORTS / name, show_all=True)) == len(lines) + 5


def test_a_meta_graph():
    lines = inspected(EXPORTS / "training-5.meta", show_all=True)
    assert lines[1:3] == ["written for TensorFlow 1.15.5", "508 nodes, GraphDef version 134"]
    collections = [line.split() for line in lines[lines.index("collections") + 1 :]]
    assert ["trainable_variables", "4"] in collections
    assert ["losses", "1"] in collections


def test_a_saved_model():
    lines = inspected(EXPORTS / "model")
    assert "graph with the tags serve" in lines
    signature = lines.index("signature serving_default: tensorflow/serving/predict")
    assert lines[signature + 1].split() == ["in", "images", "x:0", "float32", "[?,64]"]
    assert lines[-1] == "13 tensors, 2,071 elements, 8288 B"


def test_what_stillflow_writes(tmp_path):
    tf.Variable([1.0, 2.0], name="v")
    tf.train.write_graph(tf.get_default_graph(), str(tmp_path), "graph.pb", as_text=False)
    lines = inspected(tmp_path / "graph.pb")
    assert lines[1:3] == ["4 nodes, GraphDef version 134", "inputs: none"]
    assert [line.split()[0] for line in lines[4:6]] == ["v/Assign", "v/read"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nothing", "There is no such file, folder or checkpoint."),
        ("empty", "There is no checkpoint and no SavedModel in this folder."),
        ("text.txt", "It is no GraphDef, MetaGraphDef or SavedModel, or it is damaged."),
        ("cut.meta", "It is no GraphDef, MetaGraphDef or SavedModel, or it is damaged."),
        ("cut.index", "Unable to read file"),
        ("none", "It is no GraphDef, MetaGraphDef or SavedModel, or it is damaged."),
    ],
)
def test_what_cannot_be_read(tmp_path, name, reason):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("some text")
    (tmp_path / "cut.meta").write_bytes((EXPORTS / "training-5.meta").read_bytes()[:5000])
    (tmp_path / "cut.index").write_bytes((EXPORTS / "training-5.index").read_bytes()[:-20])
    (tmp_path / "none").write_bytes(b"")
    with pytest.raises(Unreadable) as caught:
        report(str(tmp_path / name), False)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{tmp_path / name}: ")
    assert reason in line


def test_the_command():
    command = [sys.executable, "-m", "stillflow", "inspect"]
    done = subprocess.run([*command, str(EXPORTS / "model")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("SavedModel ")
    done = subprocess.run([*command, "nothing"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: nothing: There is no such file, folder or checkpoint.\n"
