"""The benchmark's own parts: what it measures is left to `make bench`."""

import sys

import pytest

from benchmarks import report
from benchmarks.measure import Timings, Workers, time_programs, time_steps
from benchmarks.peers import all_peers
from benchmarks.workloads import JAX, OURS, TF1, Results


@pytest.fixture
def ours():
    return all_peers(None, None, None)[0]


def test_a_worker_times_a_step_and_names_what_fails(ours):
    workers = Workers()
    good = time_steps(workers, [ours], "small_step", {}, rounds=2, seconds=0.01)
    absent = time_steps(workers, [ours], "no_such_step", {}, rounds=1, seconds=0.01)
    bad = time_steps(workers, [ours], "small_step", {"no": 1}, rounds=1, seconds=0.01)
    workers.close()
    assert len(good.rounds[OURS]) == 2
    assert all(0 < seconds < 1 for seconds in good.rounds[OURS])
    assert absent == Timings()
    assert "unexpected keyword argument" in bad.failed[OURS]


def test_a_program_is_timed_from_start_to_end(ours):
    found = time_programs([ours], "import", [], rounds=1)
    assert 0 < found.seconds.median(OURS) < 60
    assert 5 < found.memory.median(OURS) < 4000


def test_a_ratio_pairs_the_rounds():
    timings = Timings({TF1: [2.0, 30.0, 4.0], OURS: [1.0, 10.0, 2.0]})
    assert timings.ratio(TF1, OURS) == 2.0
    assert timings.ratio(TF1, JAX) is None


def test_the_page_says_what_is_met_and_what_was_not_measured(tmp_path):
    steps = {"small step": Timings({TF1: [300e-6], OURS: [20e-6], JAX: [10e-6]})}
    page = tmp_path / "benchmarks.md"
    report.write(Results(steps, {}, {}), {OURS: "", JAX: "1", TF1: "1.15"}, "here", ["X"], page)
    text = page.read_text()
    assert "| small network, one step | 10x faster than TensorFlow 1.15 | 15.00 | yes |" in text
    assert "| small network, one step | within 1.3x of hand-written JAX | 2.00 | **no** |" in text
    assert "| import | 8x faster than TensorFlow 1.15 | not measured |  |" in text
    assert "left out: X" in text


def test_growth_is_plotted(tmp_path):
    growth = {"width": {100: Timings({OURS: [1e-3]}), 500: Timings({OURS: [3e-3]})}}
    page = tmp_path / "benchmarks.md"
    report.write(Results({}, {}, growth), {OURS: ""}, "here", [], page)
    assert (tmp_path / "images" / "bench-width.svg").read_text().startswith("<?xml")
    assert "| 500 | 3 ms |" in page.read_text()


def test_a_command_that_is_not_there_is_refused():
    with pytest.raises(SystemExit, match="no command 'no-such-python'"):
        all_peers("no-such-python", None, None)


def test_this_python_runs_our_side(ours):
    assert ours.python == (sys.executable,)
    assert ours.version("stillflow") is not None
