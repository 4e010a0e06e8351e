"""TensorFlow 1.15's own tests by area: how many of those that it passes itself pass here.

Results are files with a line for each test, its parts separated by tabs: file (below
tensorflow/python), test, one of pass, fail, error and skip, and the last line of the error.
`tools.conformance` writes them, here on Stillflow and there on TensorFlow 1.15; the tests
themselves are TensorFlow's and are not here. What TensorFlow 1.15.5 has given so far is kept,
packed, in `tools/conformance`, so that it need not be run again; what --there has holds instead.

`tools/tensorflow_tests.tsv` names tests that fail here for a reason: they need a family that is not
built, or look at the inside of TensorFlow; `*` stands for all of a file, whose module is not built.
The table counts all, and says how many these are.
"""

import gzip
import re
import tomllib
from collections import Counter, defaultdict
from fnmatch import fnmatch
from pathlib import Path

from .pages import line

NAME = "tests"
HEAD = [
    *("area", "files", "TensorFlow 1.15 passes", "skipped here", "pass here", "share"),
    *("fail with a reason that is listed", "share of the others"),
]
AREAS = tomllib.loads(Path(__file__).with_name("areas.toml").read_text("utf-8"))["areas"]
# A test whose parameters are arrays has a name of many lines.
BEGIN = re.compile(r"^(?=[^\t\n]+\.py\t)", re.MULTILINE)
LISTED = Path(__file__).parents[1] / "tensorflow_tests.tsv"
RECORDED = Path(__file__).parents[1] / "conformance" / "tensorflow-1.15.5.tsv.gz"


def survey(options):
    """Says what fails, which listed tests pass after all, and which files were run there alone."""
    ours, theirs, listed = everything(options)
    ran = {file for file, _ in ours}
    areas = {area(file) for file in ran}
    for file in sorted({file for file, _ in theirs} - ran):
        if area(file) in areas:
            print(f"{file} was not run here, so that it does not count")
    for file, test in sorted(test for test in theirs if passes(theirs, test) and test[0] in ran):
        kind, *why = ours.get((file, test), ("absent",))
        if kind not in ("pass", "skip") and not is_listed(listed, (file, test)):
            print(f"{file} {test}: {kind} {' '.join(why)[:120]}")
    for test in sorted(test for test in listed if passes(ours, test)):
        print(f"{' '.join(test)} passes; take it off the list")


def everything(options):
    """What was given here and there, and the list of those that fail for a reason."""
    return read(options.here), read([RECORDED, *options.there]), read([LISTED])


def read(paths):
    """{(file, test): what the line says besides}; a later line about a test holds."""
    texts = (text for path in paths for text in BEGIN.split(contents(path)) if text)
    parts = (text.rstrip("\n").split("\t") for text in texts)
    # Behind its name a test may show its parameters, which NumPy does not always print alike.
    return {(file, test.split(" (")[0]): tuple(rest) for file, test, *rest in parts}


def contents(path):
    packed = path.read_bytes()
    return (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8")


def passes(results, test):
    return results.get(test, ("",))[0] == "pass"


def is_listed(listed, test):
    return test in listed or (test[0], "*") in listed


def rows(options):
    """A row for each area that TensorFlow's results have tests of."""
    if options.here:
        yield from table(*everything(options))


def table(ours, theirs, listed):
    counts, files = defaultdict(Counter), defaultdict(set)
    ran = {file for file, _ in ours}
    for test in (test for test in theirs if passes(theirs, test) and test[0] in ran):
        where = area(test[0])
        files[where].add(test[0])
        kind = ours.get(test, ("absent",))[0]
        failed = "listed" if is_listed(listed, test) else "failed"
        counts[where]["passed"] += 1
        counts[where][kind if kind in ("pass", "skip") else failed] += 1
    for where in filter(counts.get, [*AREAS, "other"]):
        yield row(where, len(files[where]), counts[where])


def row(where, files, count):
    """An area's line of the table. What is skipped here has run in neither graph half."""
    ran = count["passed"] - count["skip"]
    shares = (share(count["pass"], of) for of in (ran, ran - count["listed"]))
    all_of_them, others = shares
    cells = [where, files, count["passed"], count["skip"], count["pass"], all_of_them]
    return line([*cells, count["listed"], others])


def share(passed, of):
    return f"{100 * passed / of:.1f} %" if of else ""


def area(file):
    """The area that owns a file of tests."""
    for where, patterns in AREAS.items():
        if any(fnmatch(file, pattern) for pattern in patterns):
            return where
    return "other"
