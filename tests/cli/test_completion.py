"""`stillflow completion`: the scripts, and what a shell is answered."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("stillflow"))


def stillflow(*arguments, **variables):
    command = [sys.executable, "-m", "stillflow", *arguments]
    env = {**os.environ, **variables}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=True).stdout


def completions(words):
    """What the command answers when a shell asks for the last of `words`."""
    place = str(len(words.split(" ")) - 1)
    answer = stillflow(_STILLFLOW_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=place)
    return answer.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_asks_this_command(shell):
    script = stillflow("completion", shell)
    assert f"_STILLFLOW_COMPLETE={shell}_complete" in script


def test_without_a_shell_it_says_where_each_script_goes():
    lines = stillflow("completion").splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["bash", "zsh", "fish"]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("stillflow ins", ["plain,inspect"]),
        ("stillflow digits pre", ["plain,predict"]),
        ("stillflow export --to sa", ["plain,safetensors"]),
        ("stillflow inspect mod", ["file,mod"]),
        ("stillflow run prog", ["file,prog"]),
        ("stillflow run program.py da", ["file,da"]),
        ("stillflow digits predict se", ["file,se"]),
        ("stillflow digits test --model di", ["dir,di"]),
    ],
)
def test_what_is_completed(words, wanted):
    """Commands, theirs, choices, and files where files are meant."""
    assert completions(words) == wanted


def test_bash_takes_the_script():
    code = """
eval "$("$1" completion bash)"
COMP_WORDS=("$1" comp) COMP_CWORD=1
_stillflow_completion "$1"
echo "${COMPREPLY[@]}"
"""
    done = subprocess.run(["bash", "-c", code, "bash", COMMAND], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("completion\n", "")


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_takes_the_script():
    code = 'stillflow completion fish | source; complete -C "stillflow ru"'
    path = os.pathsep.join((os.path.dirname(COMMAND), os.environ["PATH"]))
    done = subprocess.run(
        ["fish", "-c", code], capture_output=True, text=True, env={**os.environ, "PATH": path}
    )
    assert (done.stdout, done.stderr) == ("run\tRun a program\n", "")


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_takes_the_script():
    """Completion itself needs a terminal: its hooks are stood in for."""
    code = """
compdef() { :; }
compadd() { echo compadd "$@"; }
_describe() { print -rl -- "${(@P)3}"; }
path=("$1" $path)
eval "$("$1"/stillflow completion zsh)"
words=(stillflow ru) CURRENT=2
_stillflow_completion
"""
    done = subprocess.run(
        ["zsh", "-f", "-c", code, "zsh", os.path.dirname(COMMAND)], capture_output=True, text=True
    )
    assert "run:Run a program" in done.stdout
    assert done.stderr == ""
