"""Whole graphs are TensorFlow 1.15's, node for node, with all that a node has."""

import pytest
from cases import suites
from oracle import assert_all_recorded, each_case

import stillflow as tf


def test_every_program_is_recorded():
    assert_all_recorded([suites.WHOLE_GRAPHS])


@pytest.mark.parametrize(("case", "lines"), each_case(suites.WHOLE_GRAPHS))
def test_program(case, lines):
    """Order, names, types, inputs, control inputs, devices, attributes, colocation."""
    got = suites.whole_graph(tf, case)
    different = [pair for pair in zip(got, lines, strict=False) if pair[0] != pair[1]]
    assert different[:1] == []
    assert len(got) == len(lines)
