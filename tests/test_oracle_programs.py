"""Whole programs build the graphs, run and fail as they were seen to under TensorFlow 1.15."""

import pytest
from cases import observe, suites
from cases.compare import difference
from cases.suite import ATOL, RTOL
from oracle import assert_agree, assert_all_recorded, each_case, tier

import stillflow as tf

__all__ = ["tier"]  # a fixture


def test_every_case_is_recorded():
    """The golden files hold exactly these cases."""
    assert_all_recorded([suites.RUNS, suites.GRAPHS, suites.ERRORS])


@pytest.mark.parametrize(("case", "recorded"), each_case(suites.GRAPHS))
def test_graph(case, recorded):
    """A graph agrees with TensorFlow's, node for node outside `gradients`.

    That is types, names, inputs and control inputs, in order; attributes; and what the program
    returns, such as names.
    """
    assert_agree(suites.graph_case(tf, case), recorded)


@pytest.mark.parametrize(("case", "recorded"), each_case(suites.RUNS))
def test_run(case, recorded, tier):
    """A program's runs give what they gave, or one of the outcomes where TensorFlow had several."""
    log = observe.log_of(tf, case.fn)
    differences = [difference(log, outcome, RTOL, ATOL) for outcome in recorded["outcomes"]]
    assert "" in differences, differences[0]


@pytest.mark.parametrize(("case", "recorded"), each_case(suites.ERRORS))
def test_error(case, recorded):
    """The exception's class, whether building or running raises it, and its first sentence."""
    assert_agree(observe.failure_of(tf, case), recorded)
