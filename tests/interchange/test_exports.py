"""A network that TensorFlow 1.15 trained and exported runs here, and the other way round."""

import json
import os
import shlex
import subprocess
from pathlib import Path

import exchange
import pytest
import recorded_graphs

import stillflow as tf

TENSORFLOW = os.environ.get("STILLFLOW_TF115")
needs_tensorflow = pytest.mark.skipif(
    not TENSORFLOW, reason="STILLFLOW_TF115 names no command that runs TensorFlow 1.15's Python"
)
EXCHANGE = Path(exchange.__file__)


def flat(tree):
    return [leaf for branch in tree for leaf in flat(branch)] if isinstance(tree, list) else [tree]


def assert_same(got, want):
    """The same numbers, part by part, as closely as float32 sums in another order allow."""
    assert got.keys() == want.keys()
    for part, numbers in want.items():
        assert flat(got[part]) == pytest.approx(flat(numbers), abs=2e-6), part


def tensorflow(*arguments):
    """What exchange.py prints under TensorFlow."""
    command = [*shlex.split(TENSORFLOW), str(EXCHANGE), *map(str, arguments)]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_tensorflows_exports_run_here():
    """Frozen, as a meta graph that goes on training with the same losses, as a SavedModel."""
    want = recorded_graphs.load("exports")
    assert_same(exchange.use(tf, str(recorded_graphs.GOLDEN / "exports")), want)


def test_our_exports_run_here(tmp_path):
    exchange.export(tf, str(tmp_path))
    assert_same(exchange.use(tf, str(tmp_path)), recorded_graphs.load("exports"))


@needs_tensorflow
def test_our_exports_run_in_tensorflow(tmp_path):
    exchange.export(tf, str(tmp_path))
    assert_same(tensorflow("use", tmp_path), exchange.use(tf, str(tmp_path)))


@needs_tensorflow
def test_tensorflows_exports_run_here_live(tmp_path):
    tensorflow("export", tmp_path)
    assert_same(exchange.use(tf, str(tmp_path)), tensorflow("use", tmp_path))
