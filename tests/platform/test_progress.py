"""What takes long says so on a terminal, in a line that goes away and touches no other."""

import re
import subprocess
import sys
from contextlib import contextmanager

import pytest

import stillflow.api as tf
from stillflow.ops.saving import save_restore
from stillflow.platform import progress
from tests.terminals import BACK, BELOW, on_a_terminal

WORK = """
import threading
from stillflow.platform import progress
from stillflow.platform.progress import long_work
said, show = threading.Event(), progress.Line.show
progress.Line.show = lambda line, text: (show(line, text), said.set())
print("begun", end="", flush=True)
with long_work("thinking", patience=0.05):
    said.wait(60 if progress.terminal() else 0.2)
print(", done")
with long_work("nodding"):
    pass
"""
COMPILES = """
import stillflow as tf
from stillflow.platform import progress
progress.PATIENCE = 0.0
with tf.Session() as session:
    print(session.run(tf.square(3.0)))
"""


def test_long_work_says_what_and_how_long_and_goes_away():
    """The line is below; what the program prints before and after is whole."""
    seen = on_a_terminal([sys.executable, "-c", WORK])
    line = re.escape(BELOW) + r"stillflow: thinking: \d+ s" + re.escape(BACK)
    gone = re.escape(BELOW + BACK)
    assert re.fullmatch(rf"begun({line})+{gone}, done\r\n", seen)


@pytest.mark.parametrize("how", [{"STILLFLOW_PROGRESS": "off"}, {"TERM": "dumb"}], ids=str)
def test_it_can_be_left_out(how):
    assert on_a_terminal([sys.executable, "-c", WORK], **how) == "begun, done\r\n"


def test_what_is_no_terminal_is_told_nothing():
    done = subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("begun, done\n", "")


def test_starting_jax_and_compiling_are_said():
    seen = on_a_terminal([sys.executable, "-c", COMPILES], STILLFLOW_TIER="xla")
    assert "stillflow: starting JAX: " in seen
    assert "stillflow: compiling a run up to Square (1 operation): " in seen
    assert seen.endswith("9.0\r\n")


def test_a_line_is_as_wide_as_the_terminal(monkeypatch):
    class Narrow:
        written = ""

        def fileno(self):
            raise ValueError("none")

        def write(self, text):
            self.written += text

        def flush(self):
            pass

    stream = Narrow()
    line = progress.Line(stream)
    line.clear()
    assert stream.written == ""
    line.show("x" * 200)
    assert stream.written == f"{BELOW}{'x' * 76}...{BACK}"


def test_a_terminal_that_has_gone_ends_nothing():
    class Gone:
        def write(self, text):
            raise OSError("gone")

    progress.Line(Gone()).show("x")


def test_saving_and_restoring_say_how_far_they_are(monkeypatch, tmp_path):
    said = []

    @contextmanager
    def kept(what):
        yield
        said.append(what())

    monkeypatch.setattr(save_restore, "long_work", kept)
    first, second = tf.Variable([1.0]), tf.Variable([2.0])
    saver = tf.train.Saver()
    path = str(tmp_path / "model")
    with tf.Session() as session:
        session.run([first.initializer, second.initializer])
        saver.save(session, path)
        saver.restore(session, path)
    assert said[0].startswith("saving ")
    assert said[0].endswith(", 2 of 2 tensors")
    assert said[1] == f"restoring {path}, 2 of 2 tensors"
