"""Training programs build and give what they did under TensorFlow 1.15."""

import json
from pathlib import Path

import pytest
from cases import observe
from cases.suite import ATOL, RTOL
from oracle import assert_agree
from training_programs import GRAPHS, VALUES, nodes

import stillflow as tf

RECORDED = json.loads(
    (Path(__file__).parent.parent / "golden" / "training" / "programs.json").read_text()
)


# Compiling takes seconds; tests/cases has each optimizer on either tier.
COMPILED = [
    "double_adam",
    "double_ftrl_shrinkage",
    "half",
    "rows_adagrad_da",
    "rows_ftrl_shrinkage",
    "schedule_linear_cosine",
    "schedule_piecewise_long",
    "restarts_of_tensor_longer",
    "assign_moving_average_debiased",
]
RUNS = [("host", name) for name in (*GRAPHS, *VALUES)] + [("xla", name) for name in COMPILED]


@pytest.mark.parametrize(("tier", "name"), RUNS)
def test_runs(tier, name, monkeypatch):
    """The values of every run."""
    monkeypatch.setenv("STILLFLOW_TIER", tier)
    program = GRAPHS.get(name) or VALUES[name]
    # XLA computes half precision in single precision, and rounds the result.
    rtol, atol = (4e-3, 4e-3) if name == "half" else (RTOL, ATOL)
    assert_agree(observe.log_of(tf, program), RECORDED[name]["log"], rtol, atol)


@pytest.mark.parametrize("name", GRAPHS)
def test_nodes(name):
    """Types, names, inputs and control inputs of the nodes, in order."""
    with tf.Graph().as_default() as graph:
        run = observe.Run(tf)
        with run.session:
            GRAPHS[name](tf, run)
    assert_agree(nodes(graph, observe), RECORDED[name]["nodes"])


def test_every_program_is_recorded():
    assert list(RECORDED) == [*GRAPHS, *VALUES]
