"""Programs of functions do what they did under TensorFlow 1.15."""

import json
from pathlib import Path

import numpy as np
import pytest
from functions import programs

import stillflow.api as tf
from stillflow.runtime.eager.mode import eager_mode

GOLDEN = Path(__file__).parents[1] / "golden" / "functions.json"
RECORDED = json.loads(GOLDEN.read_text("utf-8"))


def test_every_program_is_recorded():
    assert sorted(RECORDED) == sorted(program.__name__ for program in programs.PROGRAMS)


@pytest.mark.parametrize("program", programs.PROGRAMS, ids=lambda program: program.__name__)
def test_program(program):
    with eager_mode():
        assert_same(programs.observed(program, tf), RECORDED[program.__name__])


def assert_same(got, expected):
    if isinstance(expected, dict):
        assert got.keys() == expected.keys()
        for key, value in expected.items():
            assert_same(got[key], value)
    elif isinstance(expected, list):
        assert len(got) == len(expected), (got, expected)
        for pair in zip(got, expected, strict=True):
            assert_same(*pair)
    elif isinstance(expected, float):
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
    else:
        assert got == expected
