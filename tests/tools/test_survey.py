"""The surveys of other people's programs: their lists, what they read, their tables."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.survey import (
    checks,
    libraries,
    package_tests,
    pages,
    printed,
    processes,
    repositories,
    tensorflow_tests,
    tutorials,
)
from tools.survey.__main__ import PARTS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", repositories.RECIPES)
def test_a_recipe_says_what_it_runs_and_makes(name):
    recipe = repositories.RECIPES[name]
    assert recipe["what"]
    assert recipe["commands"]
    assert recipe["numbers"]
    assert "made" not in recipe or callable(repositories.maker(recipe["made"]))


def test_numbers_are_read_in_order():
    lines = ["step 1 loss: 2.5, accuracy: .5", "nothing", "step 2 loss: 1e-3, accuracy: nan"]
    read = printed.numbers(lines, ["loss: #", "accuracy: #"])
    assert str(read) == "[2.5, 0.5, 0.001, nan]"


def test_rows_of_numbers_are_compared():
    assert printed.apart([1.0, 2.0], [1.0, 2.0]) == 0
    assert printed.apart([1.0], [1.1]) == pytest.approx(0.0909, 1e-3)
    assert printed.apart([float("nan")], [1.0]) == float("inf")


def test_a_row_says_why_a_program_ended():
    ended = {"seconds": 1.0, "failed": "lacks tf.x", "numbers": []}
    ran = {"seconds": 1.0, "failed": "", "numbers": [0.25]}
    recipe, row = {"what": "w", "numbers": []}, repositories.row
    assert row("a/b", recipe, {"here": ended, "there": ran}).split(" | ")[3] == "lacks tf.x"
    assert row("a/b", recipe, {"here": ran, "there": ran}).endswith("| equal | 1 : 1 |")
    assert row("a/b", recipe, {"here": ended, "there": ended}) is None


def test_a_row_says_how_far_rounding_alone_goes():
    recipe = {"what": "w", "numbers": []}
    sides = {"here": [1.0], "there": [1.25], "nudged": [1.0]}
    ran = {side: {"seconds": 1, "failed": "", "numbers": row} for side, row in sides.items()}
    said = repositories.compared(ran, recipe)
    assert said == "0.2 (TensorFlow an ulp away: 0.2)"


def run(code, **given):
    return processes.run([sys.executable, "-uc", code], ROOT, {}, **{"seconds": 60, **given})


def test_a_program_is_watched_to_its_end():
    ran = run("import sys; print(1); print(2, file=sys.stderr); sys.exit(3)")
    assert (ran.lines, ran.errors, ran.failed, ran.late) == (["1"], ["2"], True, False)


def test_a_program_is_ended_when_it_is_late_or_printed_enough():
    code = "import time; print(1); print(2); time.sleep(60)"
    enough = run(code, enough=lambda line: line == "1")
    assert (enough.lines, enough.failed, enough.late) == (["1"], False, False)
    late = run(code, seconds=1, together=True)
    assert late.failed
    assert late.late
    assert late.lines[-1].startswith("TimeoutError")


def test_texts_are_compared_by_their_numbers():
    ours, theirs = ["loss 1.00", "WARNING: x"], ["loss 1.01"]
    assert tutorials.difference(ours, theirs) == pytest.approx(0.0099, 1e-2)
    assert tutorials.difference(["cost 1"], theirs) is None


def test_a_collection_of_tutorials_is_counted():
    outcomes = ["ran; within 2e-06", "ran; other text", "runs on", "lacks tf.x", "KeyError: 1"]
    assert tutorials.row("a", outcomes) == "| a | 5 | 3 | 1 | 1 | 1 of 2 | 1 of 1 |"


def test_every_library_that_is_tested_is_in_the_table():
    folder = ROOT / "tests" / "libraries" / "programs"
    assert libraries.LIBRARIES.keys() == {path.stem for path in folder.glob("*.py")}


def test_tests_are_counted_by_area():
    ours = {
        ("ops/a", name): (kind,)
        for name, kind in {"a": "pass", "b": "fail", "c": "skip", "d": "fail"}.items()
    }
    theirs = {test: ("pass",) for test in ours} | {("client/b", "x"): ("fail",)}
    (row,) = tensorflow_tests.table(ours, theirs, listed={("ops/a", "b")})
    area = "arithmetic, arrays, reductions"
    assert row == f"| {area} | 1 | 4 | 1 | 1 | 33.3 % | 1 | 50.0 % |"
    (row,) = tensorflow_tests.table(ours, theirs, listed={("ops/a", "*")})
    assert row == f"| {area} | 1 | 4 | 1 | 1 | 33.3 % | 2 | 100.0 % |"


def test_results_are_read_whatever_parameters_a_test_shows(tmp_path):
    path = tmp_path / "results.tsv"
    path.write_text(
        "a_test.py\tA.test0 (x=array([1,\n 2]))\tfail\tE: x\na_test.py\tA.b=(1, 2)\tpass\t\n"
    )
    found = {("a_test.py", "A.test0"): ("fail", "E: x"), ("a_test.py", "A.b=(1, 2)"): ("pass", "")}
    assert tensorflow_tests.read([path]) == found


def test_listed_tests_are_in_areas():
    listed = tensorflow_tests.read([tensorflow_tests.LISTED])
    assert not [file for file, _ in listed if tensorflow_tests.area(file) == "other"]


def test_rows_take_the_place_of_those_of_the_same_name(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "x\n<!-- t -->\n| a | n |\n| --- | --- |\n| b | 1 |\n| c | 2 |\n<!-- /t -->\ny\n"
    )
    pages.write(page, "t", ["a", "n"], ["| c | 3 |", "| d | 4 |"])
    rows = "| a | n |\n| --- | --- |\n| b | 1 |\n| c | 3 |\n| d | 4 |"
    assert page.read_text() == f"x\n<!-- t -->\n{rows}\n<!-- /t -->\ny\n"


@pytest.mark.parametrize("name", PARTS)
def test_the_page_has_a_table_of_each_part(name):
    text = (ROOT / "docs" / "programs.md").read_text("utf-8")
    begin = text.index(f"<!-- {name} -->")
    assert text.index(f"<!-- /{name} -->") > begin
    assert pages.line(PARTS[name].HEAD) in text[begin:]


def test_names_that_a_package_spells_are_found(tmp_path):
    (tmp_path / "m.py").write_text("import tensorflow as tf\ntf.matmul\ntf.sysconfig\n")
    command = [sys.executable, "-m", "tools.survey.names", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "    1 sysconfig (1 files)\n"


@pytest.mark.parametrize(
    ("said", "came", "column"),
    [
        ("runs", "ran; within 1e-05", "runs, as it says"),
        ("runs", "FileNotFoundError: data.csv", "runs, as it says"),
        ("runs", "NameError: name 'xrange' is not defined", "apart"),
        ("stops", "lacks tf.contrib.nosuch", "stops, as it says"),
        ("stops", "runs on", "apart"),
        ("may stop", "ran", "may stop, it says"),
        ("may stop", "AttributeError: module 'tensorflow' has no x", "stops, as it says"),
        ("unread", "ran", "apart"),
    ],
)
def test_what_a_check_said_is_held_against_what_came(said, came, column):
    assert checks.agreement(said, came) == column


def test_programs_are_checked_as_they_are_run(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.py").write_text("from . import c\n")
    (tmp_path / "a" / "c.py").write_text("import tensorflow as tf\ntf.nosuch\n")
    said, verdict = checks.checked([["-m", "a.b"]], tmp_path, [])
    assert (said, verdict) == ("stops", "does not run: tf.nosuch (a/c.py:2)")


def test_tests_of_a_package_are_compared_with_those_that_pass_there():
    there = package_tests.outcomes(
        "tests/a_test.py::test_x[1-2] PASSED    [ 10%]\n"
        "tests/a_test.py::test_y[f(x, y)] SKIPPED (no)\ntests/a_test.py::test_y[f(x, *y)] PASSED\n"
        "tests/a_test.py::test_z PASSED [ 90%]\ntests/a_test.py::test_w FAILED [100%]\n"
    )
    here = package_tests.outcomes(
        "tests/a_test.py::test_x[1-2] PASSED\ntests/a_test.py::test_y[f(x, *y)] PASSED\n"
    )
    told = list(package_tests.compared(here, there))
    assert told == ["2 of 3", "tests/a_test.py::test_z: absent"]
