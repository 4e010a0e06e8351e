"""SavedModels are written, and loaded, as TensorFlow 1.15 does it."""

import json

import pytest
import recorded_graphs
import saved_model_cases

import stillflow as tf

RECORDED = recorded_graphs.load("saved_models")


@pytest.mark.parametrize("name", saved_model_cases.CASES)
def test_saved_model(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case = saved_model_cases.CASES[name]
    recorded_graphs.check(lambda: json.loads(json.dumps(case(tf, str(tmp_path)))), RECORDED[name])


def test_every_case_is_recorded():
    """Otherwise run tools/record_graphs.py."""
    assert list(RECORDED) == list(saved_model_cases.CASES)
