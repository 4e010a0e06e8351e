"""The benchmark's own parts: what it measures is left to `make bench`."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import measure, report
from benchmarks.measure import Workers, time_programs, time_steps
from benchmarks.peers import all_peers
from benchmarks.results import Processes, Results, Run, Timings, keep, kept
from benchmarks.targets import TARGETS
from benchmarks.workloads import JAX, OURS, PROGRAMS, STEPS, TF1, Program, Step

FOLDER = Path(measure.__file__).parent


@pytest.fixture
def ours():
    return all_peers(None, None, None)[0]


def run(results, jax="0.10.2", missing=()):
    return Run("here", {OURS: "1", JAX: jax, TF1: "1.15"}, list(missing), results)


def timed(**rounds):
    names = {"ours": OURS, "jax": JAX, "tf1": TF1}
    return Timings({names[name]: times for name, times in rounds.items()}, {}, [90.0, 80.0])


def test_a_worker_times_steps_beside_each_other_and_names_what_fails(ours):
    good = Step("good", "", "small_step", {}, seconds=0.01)
    absent = Step("absent", "", "no_such_step", seconds=0.01)
    bad = Step("bad", "", "small_step", {"no": 1}, seconds=0.01)
    workers = Workers()
    pairs = [(good, [ours]), (replace(good, key="again"), [ours])]
    found = time_steps(workers, pairs, rounds=2)
    others = {s.key: time_steps(workers, [(s, [ours])], 1)[s.key] for s in (absent, bad)}
    workers.close()
    for timings in found.values():
        assert len(timings.rounds[OURS]) == 2
        assert all(0 < seconds < 1 for seconds in timings.rounds[OURS])
        assert all(rate > 0 for rate in timings.machine)
    assert others["absent"].rounds == others["absent"].failed == {}
    assert "unexpected keyword argument" in others["bad"].failed[OURS]


def test_a_program_is_timed_from_start_to_end(ours):
    program = Program("import", "", "import")
    found = time_programs([ours], [program], 1, {})["import"]
    assert 0 < found.seconds.median(OURS) < 60
    assert 5 < found.memory.median(OURS) < 4000


def test_a_program_may_tell_its_own_time(ours, monkeypatch):
    said = iter(["cold 7", "warm 0.25", "warm 0.5"])
    monkeypatch.setattr(measure, "_run", lambda *_: (0, 9.0, 1.0, next(said)))
    program = Program("p", "", "small", tells=True, warm=True)
    found = time_programs([ours], [program], 2, {})["p"]
    assert found.seconds.rounds[OURS] == [0.25, 0.5]


def test_a_ratio_pairs_the_rounds_and_has_a_spread():
    step = timed(tf1=[30.0, 600.0, 40.0], ours=[1.0, 10.0, 2.0], jax=[2.0, 10.0, 1.0])
    first, second = (target.reached(Results({"small step": step})) for target in TARGETS[:2])
    assert (first.ratio, first.spread, first.met) == (30.0, (20.0, 60.0), True)
    assert (second.ratio, second.met) == (1.0, True)
    assert TARGETS[0].reached(Results()) is None


def test_growth_and_prices_are_of_rows_beside_each_other():
    def reached(row, **steps):
        (target,) = (t for t in TARGETS if t.rows[0] == row and len(t.rows) > 1)
        return target.reached(Results({key.replace("_", " "): t for key, t in steps.items()}))

    built = {"build_1000": timed(ours=[1.0, 2.0]), "build_20000": timed(ours=[30.0, 40.0])}
    assert reached("build", **built).values == [1.0, 1.5]
    priced = {"choice": timed(ours=[9e-6]), "no_choice": timed(ours=[4e-6])}
    assert reached("choice", **priced).ratio == pytest.approx(5.0)
    hooked = {"hooks": timed(ours=[3.0], tf1=[9.0]), "no_hooks": timed(ours=[1.0], tf1=[1.0])}
    assert reached("hooks", **hooked).ratio == pytest.approx(0.25)


def test_every_row_has_a_workload_and_every_target_its_rows():
    rows = {row.key for row in (*STEPS, *PROGRAMS)}
    assert len(rows) == len(STEPS) + len(PROGRAMS)
    assert {row for target in TARGETS for row in target.rows} <= rows
    assert {row.beside for row in (*STEPS, *PROGRAMS)} - {""} <= rows
    system = (FOLDER / "systems" / "tf1.py").read_text("utf-8")
    assert all(f"def {step.workload}(" in system for step in STEPS)
    assert all((FOLDER / "programs" / f"tf1_{p.program}.py").exists() for p in PROGRAMS)


def test_a_row_is_chosen_by_name_or_by_a_part_with_what_it_is_compared_with():
    assert command._wanted(["lstm"]) == {"lstm"}
    assert command._wanted(["lst"]) == {"lstm", "lstm process"}
    assert command._wanted(["hooks"]) == {"hooks", "no hooks"}
    with pytest.raises(SystemExit, match="no row has 'nothing' in it"):
        command._wanted(["nothing"])


def test_a_row_is_printed_with_its_targets_and_the_machine():
    results = Results({"chain": timed(ours=[2.0], tf1=[1.0])})
    text = "\n".join(report.lines(results, "chain", results.steps["chain"]))
    assert "target no slower than TensorFlow 1.15: 0.50 (0.50-0.50), MISSED" in text
    assert "machine 90, 80 GFLOP/s" in text


def test_the_page_has_columns_for_each_release_of_jax(tmp_path):
    old = Results({"small step": timed(tf1=[300e-6], ours=[15e-6], jax=[10e-6])})
    new = Results({"small step": timed(tf1=[300e-6], ours=[30e-6])})
    page = tmp_path / "benchmarks.md"
    report.write([run(old, missing=["X"]), run(new, "0.12.0")], page)
    text = page.read_text()
    assert "| work | target | with JAX 0.10.2 | GFLOP/s | met | with JAX 0.12.0 |" in text
    work = "small network 2-3-1, batch 8: one step"
    both = "20.00 (20.00-20.00) | 90, 80 | yes | 10.00 (10.00-10.00) | 90, 80 | **no** |"
    assert f"| {work} | 15x as fast as TensorFlow 1.15 | {both}" in text
    assert "left out: X" in text
    assert "Rounds: 1 to 1 for steps." in text
    assert "| import | 8x as fast as TensorFlow 1.15 | not measured |" in text


def test_growth_is_plotted(tmp_path):
    steps = {"width 100": timed(ours=[1e-3]), "width 500": timed(ours=[3e-3])}
    page = tmp_path / "benchmarks.md"
    report.write([run(Results(steps))], page)
    assert (tmp_path / "images" / "bench-width.svg").read_text().startswith("<?xml")
    assert "| 500 | 3 ms |" in page.read_text()


def test_what_is_measured_later_joins_what_is_kept(tmp_path):
    keep(run(Results({"chain": timed(ours=[1.0])}), "0.12.0"), tmp_path)
    keep(run(Results({}, {"import": Processes(timed(ours=[1.23456]))}), "0.12.0"), tmp_path)
    keep(run(Results()), tmp_path)
    old, new = kept(tmp_path)
    assert (old.jax, new.jax) == ("0.10.2", "0.12.0")
    assert new.results.steps["chain"] == timed(ours=[1.0])
    assert new.results.processes["import"].seconds.rounds[OURS] == [1.235]


def test_a_command_that_is_not_there_is_refused():
    with pytest.raises(SystemExit, match="no command 'no-such-python'"):
        all_peers("no-such-python", None, None)


def test_this_python_runs_our_side(ours):
    assert ours.python == (sys.executable,)
    assert ours.version("stillflow") is not None
