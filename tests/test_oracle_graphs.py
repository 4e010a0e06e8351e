"""Whole graphs are TensorFlow 1.15's, node for node, with all that a node has."""

import pytest
from cases import gaps, suites
from cases.observe import FED, PARTIAL, UNRANKED
from oracle import assert_all_recorded, each_case, recorded

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


DIGESTS = recorded(suites.GRADIENT_GRAPHS)
VALUES = {name: recorded(name) for name in suites.VALUES}


def digested():
    """A pytest.param of each case with its values and what was recorded of its gradients' graph."""
    for name in suites.VALUES:
        for case in suites.load(name):
            key = f"{name}:{case.id}"
            if key in DIGESTS and case.id in VALUES[name]:
                yield pytest.param(key, case, VALUES[name][case.id]["values"], id=key)


@pytest.mark.parametrize(("key", "case", "values"), list(digested()))
def test_gradients(key, case, values):
    """Of what is fed with known shapes, with an unknown first size, and of unknown rank.

    Where TensorFlow refuses, so must we; tools/compare_graphs.py tells what else differs.
    """
    got = suites.gradient_digests(tf, case, values)
    for mode in (FED, PARTIAL, UNRANKED):
        if (key, mode) not in gaps.GRADIENT_GRAPHS:
            assert got[mode] == DIGESTS[key][mode], mode


def test_gaps_differ():
    """A gap that closes must go."""
    for key, mode in gaps.GRADIENT_GRAPHS:
        name, _, id = key.partition(":")
        case = next(case for case in suites.load(name) if case.id == id)
        values = VALUES[name][id]["values"]
        assert suites.gradient_digests(tf, case, values)[mode] != DIGESTS[key][mode], (key, mode)
