"""`stillflow export` writes what other programs read without Stillflow."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from click.testing import CliRunner
from safetensors.numpy import load_file

import stillflow as tf
from stillflow.api import logging
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.cli.commands import stillflow

RECORDED = Path(__file__).parents[1] / "golden" / "leaving"
READS = """
import sys
sys.modules["stillflow"] = None  # it cannot be imported
import numpy as np
from jax import export
function = export.deserialize(open(sys.argv[1], "rb").read())
expected = np.load(sys.argv[2])
for count in map(int, sys.argv[3:]):
    scores = function.call(expected["x"][:count])["scores"]
    np.testing.assert_allclose(scores, expected["y"][:count], atol=1e-6)
print("equal")
"""


def exported(*arguments):
    """The command's result; it asks for errors alone, which is for this process only here."""
    verbosity = logging.get_verbosity()
    try:
        return CliRunner().invoke(stillflow, ["export", *map(str, arguments)])
    finally:
        logging.set_verbosity(verbosity)


@pytest.mark.parametrize(
    ("model", "batch", "counts"),
    [
        pytest.param("convolutional", "dynamic", [1, 4, 6], marks=pytest.mark.slow),
        ("convolutional", "6", [6]),
        pytest.param("recurrent", "4", [4], marks=pytest.mark.slow),
        ("recurrent", "dynamic", [1, 4, 6]),
    ],
)
def test_what_is_computed(model, batch, counts, tmp_path):
    folder, file = RECORDED / model, tmp_path / "model"
    result = exported(folder / "saved_model", file, "--batch", batch)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{file}: stablehlo\n  image: float32 (None, ")
    command = [sys.executable, "-c", READS, file, folder / "expected.npz", *map(str, counts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "equal\n", done.stderr


@pytest.mark.parametrize("batch", ["dynamic", "6"])
@pytest.mark.parametrize(
    ("model", "arguments", "names"),
    [
        ("convolutional", ["saved_model"], ("image", "scores")),
        ("convolutional", ["frozen.pb", "--outputs", "y"], ("x", "y")),
        ("recurrent", ["saved_model"], ("image", "scores")),
    ],
)
def test_onnx(model, arguments, names, batch, tmp_path):
    """The dropout of the first model, which is off, is no obstacle."""
    path, *options = arguments
    folder, file = RECORDED / model, tmp_path / "model.onnx"
    result = exported(folder / path, file, "--to", "onnx", "--batch", batch, *options)
    assert result.exit_code == 0, result.output
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(file, options)
    assert (session.get_inputs()[0].name, session.get_outputs()[0].name) == names
    with np.load(folder / "expected.npz") as expected:
        x, y = expected["x"], expected["y"]
    for count in (1, 6) if batch == "dynamic" else (6,):
        (scores,) = session.run([names[1]], {names[0]: x[:count]})
        np.testing.assert_allclose(scores, y[:count], atol=1e-6)


def frozen(build, folder):
    """A frozen graph of y = build(x), x: f32[None, 3]."""
    with tf.Graph().as_default() as graph:
        y = build(tf.placeholder(tf.float32, [None, 3], name="x"))
        tf.identity(y, name="y")
    path = folder / "frozen.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


@pytest.mark.parametrize("form", ["stablehlo", "onnx"])
def test_a_batch_that_is_computed_with(form, tmp_path):
    path = frozen(lambda x: tf.reshape(x, [2, -1]), tmp_path)
    result = exported(path, tmp_path / "out", "--to", form)
    assert result.exit_code != 0
    assert "Give one: --batch 32" in result.output
    assert exported(path, tmp_path / "out", "--to", form, "--batch", "4").exit_code == 0


def test_what_has_no_form_in_onnx(tmp_path):
    path = frozen(lambda x: tf.svd(x, compute_uv=False), tmp_path)
    result = exported(path, tmp_path / "out", "--to", "onnx", "--batch", "4")
    assert result.exit_code != 0
    assert "The model has no form in ONNX" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", ["safetensors", "npz"])
def test_variables_are_bit_for_bit(form, tmp_path):
    file = tmp_path / "variables"
    prefix = RECORDED / "convolutional" / "model.ckpt"
    result = exported(prefix, file, "--to", form, "--outputs", "y")
    assert result.exit_code == 0, result.output
    written = load_file(file) if form == "safetensors" else dict(np.load(file))
    reader = CheckpointReader(prefix)
    assert len(written) == 8  # without the averages, which the output does not need
    for name, value in written.items():
        stored = reader.get_tensor(name)
        assert (value.dtype, value.shape) == (stored.dtype, stored.shape)
        assert value.tobytes() == stored.tobytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "No such file"),
        ([RECORDED / "recurrent" / "frozen.pb", "--outputs", "z"], "no tensor 'z'"),
        ([RECORDED / "recurrent" / "frozen.pb", "--batch", "many"], "positive number or dynamic"),
    ],
)
def test_refusals(arguments, said, tmp_path):
    path, *options = arguments
    result = exported(path, tmp_path / "out", *options)
    assert result.exit_code != 0
    assert said in result.output
    assert not (tmp_path / "out").exists()
