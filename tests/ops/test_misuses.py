"""Ops refuse, and take, what TensorFlow 1.15's kernels were seen to, in their words."""

import pytest
from cases import observe, suites
from oracle import assert_agree, assert_all_recorded, each_case

import stillflow as tf

CASES = each_case(suites.MISUSES, suites.UNLIKE, suites.LENIENCE)


def on_xla(cases):
    """`cases`, all but the first of each op type marked slow: compiling takes far longer."""
    seen = set()
    for parameters in cases:
        op_type = parameters.values[0].id.partition("[")[0].partition("_")[0]
        slow = [pytest.mark.slow] if op_type in seen else []
        seen.add(op_type)
        yield pytest.param(*parameters.values, id=parameters.id, marks=slow)


def test_every_case_is_recorded():
    """The golden files hold exactly these cases."""
    assert_all_recorded([suites.MISUSES, suites.UNLIKE, suites.LENIENCE])


@pytest.mark.parametrize(("case", "recorded"), CASES)
def test_on_host(case, recorded, monkeypatch):
    """The value; or the exception's class, that the run raises it, and its first sentence."""
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    assert_agree(observe.ending_of(tf, case), recorded)


@pytest.mark.parametrize(("case", "recorded"), list(on_xla(CASES)))
def test_on_xla(case, recorded, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    assert_agree(observe.ending_of(tf, case), recorded)
