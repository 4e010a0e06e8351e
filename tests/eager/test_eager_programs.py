"""Eager programs compute, and are refused, as they were seen to under TensorFlow 1.15."""

import pytest
from cases import suites
from oracle import assert_agree, assert_all_recorded, each_case

import stillflow as tf


def test_every_case_is_recorded():
    assert_all_recorded([suites.EAGER])


@pytest.mark.parametrize(("case", "recorded"), each_case(suites.EAGER))
def test_program(case, recorded):
    assert_agree(suites.eager_log(tf, case), recorded, case.rtol, case.atol)
