"""Programs about variables build, give and refuse what they did under TensorFlow 1.15."""

import json
from pathlib import Path

import pytest
from oracle import assert_agree
from variable_programs import FAILURES, PROGRAMS, failed, observed

import stillflow as tf

GOLDEN = Path(__file__).parent.parent / "golden" / "variables"
RECORDED = json.loads((GOLDEN / "programs.json").read_text())
FAILED = json.loads((GOLDEN / "failures.json").read_text())


#: What changes variables in ways of its own.
CHANGES = ("initialized_values", "operators", "assignments", "counting", "rows", "places", "parts")


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name):
    """Nodes in order, with names, inputs and attributes; and the values of every run."""
    assert_agree(observed(tf, name), RECORDED[name])


@pytest.mark.parametrize("name", CHANGES)
def test_runs_on_the_xla_tier(name, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    assert_agree(observed(tf, name)["log"], RECORDED[name]["log"])


@pytest.mark.parametrize("name", FAILURES)
def test_failure(name):
    """The exception's class, whether building or running raises it, and its first sentence."""
    assert_agree(failed(tf, name), FAILED[name])


def test_every_program_is_recorded():
    """Otherwise run tools/record_variables.py."""
    assert list(RECORDED) == list(PROGRAMS)
    assert list(FAILED) == list(FAILURES)
