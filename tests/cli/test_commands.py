"""The command line itself: help, version, wrong usage, and the list of names."""

import re
import subprocess
import sys

import pytest

from stillflow.cli.commands import stillflow as group
from stillflow.cli.sections import Section


def stillflow(*arguments):
    command = [sys.executable, "-m", "stillflow", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_help_names_each_command_in_its_section():
    """In the sections' order, each on one line that is not cut."""
    done = stillflow("--help")
    assert (done.returncode, done.stderr) == (0, "")
    headings = [line for line in done.stdout.splitlines() if line.endswith(":")]
    assert headings == ["Options:", *(f"{section.value}:" for section in Section)]
    commands = done.stdout.partition(f"{Section.RUNNING.value}:")[2]
    rows = re.findall(r"^  (\w+)  +\S.*\.$", commands, re.MULTILINE)
    assert sorted(rows) == sorted(group.commands)
    assert "..." not in commands


def test_no_command_says_what_to_do_first():
    done = stillflow()
    assert (done.returncode, done.stderr) == (0, "")
    first, second, third = done.stdout.splitlines()
    assert first.startswith("stillflow run program.py ")
    assert second.startswith("stillflow doctor ")
    assert third.startswith("stillflow --help ")


def test_ctrl_c_at_a_question_ends_without_a_traceback():
    code = """
import click
from stillflow.cli import commands, main
commands.stillflow.commands["names"].callback = lambda **_: click.prompt("really")
import sys
sys.argv[1:] = ["names"]
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, input="")
    assert (done.returncode, "Traceback" in done.stderr) == (130, False)


def test_version():
    assert stillflow("--version").stdout.startswith("stillflow, version ")


@pytest.mark.parametrize("arguments", [["run"], ["run", "--nonsense", "x.py"], ["nonsense"]])
def test_wrong_usage_exits_with_2(arguments):
    done = stillflow(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: stillflow")


def test_a_program_where_a_command_stands_is_told_of_run(tmp_path):
    program = tmp_path / "train.py"
    program.write_text("")
    done = stillflow(str(program))
    assert done.returncode == 2
    assert f"`stillflow run {program}` runs a program." in done.stderr


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
