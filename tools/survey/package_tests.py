"""How many of a package's own tests, of those that pass on TensorFlow 1.15, pass on Stillflow.

    stillflow run -m pytest -v TESTS > HERE
    TF115 -m pytest -v TESTS > THERE
    python -m tools.survey.package_tests HERE THERE

TF115 is TensorFlow 1.15's Python; TESTS are of the package's source distribution, and TESTS and
options are the same for both. Tells how many pass there, how many of them here, and which do not.
"""

import re
import sys
from pathlib import Path

# Parameters in a test's name may have spaces.
OUTCOME = re.compile(r"^(\S+\.py::.+?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b")


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    here, there = (outcomes(Path(path).read_text("utf-8", "replace")) for path in sys.argv[1:])
    print("\n".join(compared(here, there)))


def outcomes(text):
    """{test: its outcome} of what `pytest -v` printed; of a test that ran twice the last one."""
    lines = map(OUTCOME.match, text.splitlines())
    return {line[1]: line[2] for line in lines if line}


def compared(here, there):
    """Lines that tell what became here of the tests that pass there."""
    passed = [test for test, outcome in there.items() if outcome == "PASSED"]
    others = {test: here.get(test, "absent") for test in passed if here.get(test) != "PASSED"}
    yield f"{len(passed) - len(others)} of {len(passed)}"
    yield from (f"{test}: {outcome}" for test, outcome in sorted(others.items()))


if __name__ == "__main__":
    main()
