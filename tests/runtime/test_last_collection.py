"""A process that has compiled ends without a last look for cycles, where none would do anything."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import atexit, gc, os, sys
atexit.register(lambda: print("spared" if gc.get_freeze_count() else "looked", flush=True))
import stillflow as tf

class Told:
    def __del__(self, tell=os.write):
        tell(1, b"told at its end")

class Holder:
    pass

def going_on(tell=os.write):
    try:
        yield
    finally:
        tell(1, b"went on to its end")

cycle = Holder()
cycle.itself = cycle
with tf.Session() as session:
    session.run(tf.constant(1.0) + tf.placeholder_with_default(1.0, []))
assert "jax" in sys.modules
"""
WITH_WORK = {
    "a __del__": ("cycle.held = Told()", "told at its end"),
    "a file": ("cycle.held = open(sys.argv[1], 'w')\ncycle.held.write('kept')", ""),
    "a function": ("cycle.held = going_on()\nnext(cycle.held)", "went on to its end"),
}


def said_by(program: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "STILLFLOW_TIER": "xla"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_it_is_spared_where_nothing_has_work_to_do():
    assert said_by(PROGRAM) == ["spared"]


@pytest.mark.parametrize("work", [*WITH_WORK])
def test_what_has_work_to_do_in_a_cycle_does_it(work, tmp_path):
    line, told = WITH_WORK[work]
    file = tmp_path / "file"
    assert said_by(PROGRAM + line, str(file)) == ["looked", *([told] if told else [])]
    if work == "a file":
        assert file.read_text() == "kept"


def test_a_program_that_looks_at_what_is_collected_is_left_alone():
    """Its collector keeps what it finds, or tells of it."""
    assert said_by(PROGRAM + "gc.set_debug(gc.DEBUG_UNCOLLECTABLE)")[0] == "looked"
