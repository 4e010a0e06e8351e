"""`stillflow export` writes what other programs read without Stillflow."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.numpy import load_file

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
        ("convolutional", "dynamic", [1, 4, 6]),
        ("convolutional", "6", [6]),
        ("recurrent", "4", [4]),
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
        ([RECORDED / "recurrent" / "saved_model"], "Give one: --batch 32"),
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
