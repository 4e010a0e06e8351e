"""`stillflow explain` and STILLFLOW_EXPLAIN: a report at the end, however that comes."""

import json
import os
import signal
import subprocess
import sys

import pytest

OURS = (sys.executable, "-m", "stillflow")
PROGRAM = """
import sys
import numpy as np
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 2], name="x")
named = tf.as_string(tf.reduce_sum(x), name="named")
with tf.Session() as session:
    for _ in range(3):
        print(session.run(named, {x: np.ones([1, 2])}), sys.argv[1:], flush=True)
    if "fail" in sys.argv:
        session.run(tf.matmul(x, x), {x: np.ones([1, 2])})
    if "wait" in sys.argv:
        sys.stdin.read()
"""
RUNS = ["b'2.000000' ['fail']\n", "b'2.000000' []\n"]


@pytest.fixture(autouse=True)
def program(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "program.py").write_text(PROGRAM)


def explained(*arguments, **environment):
    return subprocess.run(
        [*OURS, *arguments], capture_output=True, text=True, env=os.environ | environment
    )


def test_a_report_follows_the_program(tmp_path):
    """Its output is as it was; the report names runs, lines, the op that stays on the host."""
    done = explained("explain", "program.py")
    assert (done.returncode, done.stdout) == (0, RUNS[1] * 3)
    assert "stillflow explain: program.py: 3 runs of 1 kind, " in done.stderr
    assert "program.py:9: named, fed x\n  3 runs of 2 operations, " in done.stderr
    assert "AsString 'named' (program.py:6): it works on the host only" in done.stderr
    assert "time by type\n" in done.stderr


def test_an_eager_program_is_told_what_is_not_recorded():
    """It has no session's runs, and no line says that nothing took any time."""
    done = explained("explain", "-c", "import tensorflow as tf; tf.enable_eager_execution()")
    assert done.returncode == 0
    assert "stillflow explain: -c: no session's runs in " in done.stderr
    assert "\nWhat is carried out eagerly is not recorded; " in done.stderr


def test_a_program_that_fails_reports_after_its_traceback(tmp_path):
    """To a file as JSON, with a trace, as Perfetto reads it."""
    options = ("--json", "--output", "report.json", "--trace", "trace.json")
    done = explained("explain", *options, "program.py", "fail")
    assert (done.returncode, done.stdout) == (1, RUNS[0] * 3)
    assert done.stderr.startswith("Traceback (most recent call last):\n")
    assert "explain" not in done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["program"] == ["program.py", "fail"]
    assert sorted((kind["count"], kind["failed"]) for kind in report["runs"]) == [(1, 1), (3, 0)]
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert [e["args"]["name"] for e in events if e["name"] == "AsString"] == ["named"] * 3


def test_an_interrupted_program_reports(tmp_path):
    process = subprocess.Popen(
        [*OURS, "run", "program.py", "wait"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"STILLFLOW_EXPLAIN": "report.txt"},
    )
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert "program.py: 3 runs of 1 kind" in (tmp_path / "report.txt").read_text()


def test_the_variable_alone_will_do():
    done = explained("run", "program.py", STILLFLOW_EXPLAIN="1")
    assert "stillflow explain: program.py: 3 runs of 1 kind" in done.stderr
    assert explained("run", "program.py", STILLFLOW_EXPLAIN="0").stderr == ""


SPAWNS = """
import multiprocessing
import tensorflow as tf

def work(n):
    with tf.Session() as session:
        return int(session.run(tf.square(n)))

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(work, [2]), work(3))
        pool.close()
        pool.join()
"""


@pytest.mark.slow
def test_other_processes_have_files_of_their_own(tmp_path):
    (tmp_path / "spawns.py").write_text(SPAWNS)
    done = explained("run", "spawns.py", STILLFLOW_EXPLAIN="report.txt")
    assert done.stdout == "[4] 9\n", done.stderr
    assert "1 run of 1 kind" in (tmp_path / "report.txt").read_text()


@pytest.mark.slow
def test_a_notebook_is_explained(tmp_path):
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    source = "import tensorflow as tf\nx = tf.constant(2.)\nprint(tf.Session().run(tf.square(x)))"
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}}
    notebook["cells"] = [cell | {"source": source}]
    (tmp_path / "n.ipynb").write_text(json.dumps(notebook))
    done = explained("explain", "n.ipynb")
    assert (done.returncode, done.stdout) == (0, "4.0\n")
    assert "stillflow explain: notebook: 1 run of 1 kind" in done.stderr
    assert "cell In[1]:3: Square" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--output", "nowhere/report", "program.py"], "There is no folder 'nowhere'."),
        (["--output", ".", "program.py"], "stillflow: .: Is a directory"),
        (["--trace", "t.json", "n.ipynb"], "--trace is for scripts."),
        ([], "Missing argument 'PROGRAM'"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said_before_anything_runs(arguments, said):
    done = explained("explain", *arguments)
    assert done.returncode
    assert (said in done.stderr, done.stdout) == (True, "")
