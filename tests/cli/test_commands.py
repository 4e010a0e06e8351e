"""The command line itself: help, version, wrong usage, and the list of names."""

import subprocess
import sys

import pytest


def stillflow(*arguments):
    command = [sys.executable, "-m", "stillflow", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_help_names_the_commands():
    done = stillflow("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "run " in done.stdout
    assert "names " in done.stdout


def test_version():
    assert stillflow("--version").stdout.startswith("stillflow, version ")


@pytest.mark.parametrize("arguments", [["run"], ["run", "--nonsense", "x.py"], ["nonsense"]])
def test_wrong_usage_exits_with_2(arguments):
    done = stillflow(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: stillflow")


def test_help_loads_no_numpy():
    """The command line answers at once: numpy and the public tree wait until they are needed."""
    code = """
import sys
sys.argv[1:] = ["--help"]
from stillflow.cli import main
try:
    main()
finally:
    assert "numpy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_names_lists_what_is_there_and_what_is_not():
    lines = stillflow("names", "tf").stdout.splitlines()
    assert "+ tf.Session" in lines
    assert "- tf.lite" in lines
    assert any(line.endswith("  tf.train") for line in lines)


def test_names_can_leave_out_what_is_there():
    out = stillflow("names", "tf.errors", "--missing").stdout
    assert "+ " not in out
    assert "  tf.errors" in out


def test_names_of_no_module():
    done = stillflow("names", "tf.nonsense")
    assert done.returncode == 2
    assert "TensorFlow 1.15 has no public module tf.nonsense." in done.stderr
