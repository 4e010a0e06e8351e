"""The examples of a page of the documentation: what runs, and what it prints. Runs nothing itself.

| in the page | |
| --- | --- |
| ```python | a program; one that does not begin with an import goes on from the one before it |
| ```text, next after it | what the program prints |
| ```python title="NAME.py" | a file, for the programs and commands below it |
| ```console | commands after `$`, and what each prints; only `stillflow` runs |
| ```sh | commands for the reader, which do not run |

A line `<!-- not run: REASON -->` before a block says why it is not run. In what is printed, a line
`...` stands for any lines.
"""

import re
import shlex
from itertools import pairwise
from typing import NamedTuple

_BLOCK = re.compile(
    r"^(?:<!-- not run: (?P<reason>.+?) -->\n)?"
    r'^```(?P<language>\w*)(?: title="(?P<title>[\w.]+)")?\n(?P<text>.*?)^```$',
    re.MULTILINE | re.DOTALL,
)
LANGUAGES = {"python", "text", "console", "sh", "yaml", "toml", "pycon", "json"}


class Block(NamedTuple):
    """A fenced block; `title` names a file, `reason` says why it is not run."""

    language: str
    text: str
    title: str | None
    reason: str | None


class Program(NamedTuple):
    """`output` is None where the page does not say what is printed."""

    text: str
    output: str | None


class File(NamedTuple):
    name: str
    text: str


class Command(NamedTuple):
    arguments: list[str]
    output: str


def blocks(page):
    return [
        Block(found["language"], found["text"], found["title"], found["reason"])
        for found in _BLOCK.finditer(page)
    ]


def steps(page):
    """What a reader of the page would do, in order: programs, files and commands."""
    found, all_blocks = [], blocks(page)
    for block, after in pairwise([*all_blocks, None]):
        if block.reason:
            continue
        if block.language == "console":
            found += _commands(block.text)
        elif block.title:
            found.append(File(block.title, block.text))
        elif block.language == "python":
            printed = after.text if after and after.language == "text" else None
            found.append(Program(block.text, printed))
    return found


def goes_on(program):
    """Whether a program needs what the one before it has defined."""
    return not re.match(r'(""".*?"""\s*)?(import|from)\s', program.text, re.DOTALL)


def _commands(text):
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        yield Command(shlex.split(line), output)


def agrees(shown, printed):
    """Whether a program printed what the page shows; spaces at the ends of lines do not count."""
    shown, printed = _lines(shown), _lines(printed)
    pattern = "".join("(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in shown)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


def _lines(text):
    return [line.rstrip() for line in text.strip("\n").splitlines()]
