"""Eager programs compute, and are refused, as they were seen to under TensorFlow 1.15."""

import pytest
from cases import suites
from oracle import assert_agree, assert_all_recorded, each_case

import stillflow as tf

SUITES = [suites.EAGER, suites.EAGER_MODELS]


def test_every_case_is_recorded():
    assert_all_recorded(SUITES)


@pytest.mark.parametrize(("case", "recorded"), each_case(*SUITES))
def test_program(case, recorded):
    assert_agree(suites.eager_log(tf, case), recorded, case.rtol, case.atol)
