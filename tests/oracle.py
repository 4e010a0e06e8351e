"""Reading what was recorded from TensorFlow 1.15, and asserting agreement with it."""

import functools
import json
from pathlib import Path

import pytest
from cases import suites
from cases.compare import difference
from cases.suite import ATOL, RTOL

GOLDEN = Path(__file__).parent / "golden" / "oracle"


@functools.cache
def recorded(name):
    """{case id: what TensorFlow did} of a suite."""
    return json.loads((GOLDEN / f"{name}.json").read_text())["cases"]


def each_case(*names, gaps=None):
    """A pytest.param of (case, what was recorded of it) for each case of the suites `names`.

    `gaps` tells why some cases are known to differ; one that agrees after all fails.
    """
    gaps = gaps or {}
    return [
        pytest.param(
            case,
            observed.get(case.id),
            id=f"{name}-{case.id}",
            marks=[pytest.mark.xfail(reason=gaps[case.id])] if case.id in gaps else [],
        )
        for name in names
        for observed in [recorded(name)]
        for case in suites.load(name)
    ]


def assert_agree(got, want, rtol=RTOL, atol=ATOL):
    """Fails with what differs between two encoded observations."""
    message = difference(got, want, rtol, atol)
    assert not message, message


def assert_all_recorded(names):
    """The golden files of `names` hold exactly their suites' cases."""
    for name in names:
        ids = {case.id for case in suites.load(name)}
        assert set(recorded(name)) == ids, f"run tools/record_oracle.py {name}"
