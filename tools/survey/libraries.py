"""Libraries of the time from PyPI: the programs of tests/libraries, beside the recorded numbers.

`tools/record_libraries.py` has recorded what each gives on TensorFlow 1.15.
"""

import json
import sys
import tempfile
import tomllib
from itertools import chain
from pathlib import Path

from . import printed
from .pages import line

NAME = "libraries"
HEAD = ["library", "what the program does", "numbers", "apart", ""]
LIBRARIES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
TESTS = Path(__file__).parents[2] / "tests"


def survey(options):
    """Runs the program of each library; keeps its numbers' count and how far off they are."""
    sys.path.insert(0, str(TESTS / "libraries"))
    from report_numbers import numbers_of

    for program in options.only or LIBRARIES:
        recorded = json.loads((TESTS / "golden" / "libraries" / f"{program}.json").read_text())
        with tempfile.TemporaryDirectory() as folder:
            launcher = [sys.executable, "-m", "stillflow", "run"]
            given = numbers_of(launcher, program, folder)
        assert given.keys() == recorded.keys(), program
        ours, theirs = (list(chain(*map(side.get, recorded))) for side in (given, recorded))
        found = {"numbers": len(ours), "apart": printed.apart(ours, theirs)}
        kept(options, program).write_text(json.dumps(found))
        print(row(LIBRARIES[program], found), flush=True)


def kept(options, program):
    return options.work / f"{program}.library.json"


def rows(options):
    for program, library in LIBRARIES.items():
        if kept(options, program).exists():
            yield row(library, json.loads(kept(options, program).read_text()))


def row(library, found):
    apart = printed.told(found["apart"])
    return line(
        [library["title"], library["what"], found["numbers"], apart, library.get("note", "")]
    )
