"""What TensorFlow 1.15 exports runs here, and the other way round.

The tests that need a TensorFlow are given one by STILLFLOW_TF115, a command that runs its Python.
"""

import json
import os
import shlex
import subprocess
from pathlib import Path

import exported_network
import exported_suites
import numpy as np
import pytest
import recorded_graphs

import stillflow as tf

TENSORFLOW = os.environ.get("STILLFLOW_TF115")
needs_tensorflow = pytest.mark.skipif(
    not TENSORFLOW, reason="STILLFLOW_TF115 names no command that runs TensorFlow 1.15's Python"
)

#: Graphs of TensorFlow's with sparse tensors in their gradients.
REFUSED = {"layout-extract_image_patches_same", "layout-extract_image_patches_valid"}


def flat(tree):
    return [leaf for branch in tree for leaf in flat(branch)] if isinstance(tree, list) else [tree]


def assert_same(got, want, rtol=1e-6, atol=2e-6):
    """The same numbers, part by part, as closely as float32 sums in another order allow."""
    assert got.keys() == want.keys()
    for part, numbers in want.items():
        np.testing.assert_allclose(
            flat(got[part]), flat(numbers), rtol, atol, equal_nan=True, err_msg=part
        )


def tensorflow(module, *arguments):
    """What a module prints under TensorFlow."""
    command = [*shlex.split(TENSORFLOW), str(Path(module.__file__)), *map(str, arguments)]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("tier", ["host", pytest.param("xla", marks=pytest.mark.slow)])
def test_tensorflows_exports_run_here(tier, monkeypatch):
    """Frozen, as a meta graph that goes on training with the same losses, as a SavedModel."""
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    want = recorded_graphs.load("exports")
    assert_same(exported_network.use(tf, str(recorded_graphs.GOLDEN / "exports")), want)


def test_our_exports_run_here(tmp_path):
    exported_network.export(tf, str(tmp_path))
    assert_same(exported_network.use(tf, str(tmp_path)), recorded_graphs.load("exports"))


@needs_tensorflow
def test_our_exports_run_in_tensorflow(tmp_path):
    exported_network.export(tf, str(tmp_path))
    theirs = tensorflow(exported_network, "use", tmp_path)
    assert_same(theirs, exported_network.use(tf, str(tmp_path)))


@needs_tensorflow
def test_tensorflows_exports_run_here_live(tmp_path):
    tensorflow(exported_network, "export", tmp_path)
    theirs = tensorflow(exported_network, "use", tmp_path)
    assert_same(exported_network.use(tf, str(tmp_path)), theirs)


@needs_tensorflow
@pytest.mark.slow
def test_everything_of_ours_runs_in_tensorflow(tmp_path):
    """Every optimizer, and the suites' cases with their gradients."""
    exported_suites.export(tf, str(tmp_path))
    ours = exported_suites.use(tf, str(tmp_path))
    assert_same(tensorflow(exported_suites, "use", tmp_path), ours, 1e-4, 1e-5)


@needs_tensorflow
@pytest.mark.slow
def test_everything_of_tensorflows_runs_here(tmp_path):
    tensorflow(exported_suites, "export", tmp_path)
    theirs = tensorflow(exported_suites, "use", tmp_path)
    ours = exported_suites.use(tf, str(tmp_path))
    assert {name for name, result in ours.items() if result is None} == REFUSED
    for name in REFUSED:
        del ours[name], theirs[name]
    assert_same(ours, theirs, 1e-4, 1e-5)
