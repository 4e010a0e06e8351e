"""What the two READMEs show is what happens."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import stillflow.api as tf
from stillflow.cli.names import has

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text("utf-8")


def example(text):
    """(the program, its output): the block of Python, and the one after it."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.S | re.M)
    at = [language for language, _ in blocks].index("python")
    return blocks[at][1], blocks[at + 1][1]


def test_the_example_prints_what_is_shown(tmp_path):
    program, output = example(README)
    (tmp_path / "example.py").write_text(program)
    command = [sys.executable, "-m", "stillflow", "run", "example.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == output, done.stderr


def test_both_show_the_same_example():
    assert example(CHINESE) == example(README)


@pytest.mark.parametrize("text", [README, CHINESE], ids=["English", "Chinese"])
def test_what_is_not_there_yet_is_not_there(text):
    """A name that has come since leaves the list, in both languages."""
    line = re.search(r"^\*\*(?:Not yet|尚未支持)\*\*.*$", text, re.M).group()
    assert_missing(line)


@pytest.mark.parametrize("page", ["supported.md", "supported.zh.md"])
def test_what_the_site_says_is_not_there_is_not_there(page):
    text = (ROOT / "docs" / page).read_text("utf-8")
    assert_missing(re.split(r"^## (?:Not yet|尚未支持)$", text, flags=re.M)[1])


def assert_missing(text):
    names = set(re.findall(r"`tf\.(\w+)`", text)) - {"keras"}  # of which a use is missing
    assert names
    assert [name for name in names if has(tf, name)] == []
