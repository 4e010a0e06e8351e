"""Misused arrays of tensors and stacks say what TensorFlow 1.15 says, on both tiers."""

import pytest
from cases import observe, suites
from oracle import assert_agree, assert_all_recorded, each_case

import stillflow as tf


def test_every_case_is_recorded():
    """The golden file holds exactly these cases."""
    assert_all_recorded([suites.TENSOR_ARRAY_ERRORS])


@pytest.mark.parametrize(("case", "recorded"), each_case(suites.TENSOR_ARRAY_ERRORS))
def test_error(case, recorded, tier):
    """The exception's class, whether building or running raises it, and its first sentence."""
    assert_agree(observe.failure_of(tf, case), recorded)
