"""How many of TensorFlow 1.15's own unit tests pass on Stillflow, of those that it claims.

    python tools/tensorflow_tests.py RESULTS

RESULTS has a line for each test, its parts separated by tabs: file, test, one of pass, fail, error
and skip, and the last line of the error. Any runner that imports TensorFlow's test files with
Stillflow as `tensorflow` can write it; the files themselves are TensorFlow's and are not here.

`tensorflow_tests.tsv` names the tests that do not count, each with its reason: they need a family
that is not built, or look at the inside of TensorFlow. One that passes after all is listed.
"""

import collections
import sys
from pathlib import Path

EXCLUDED = Path(__file__).with_suffix(".tsv")


def main() -> None:
    outcomes = read(Path(sys.argv[1]))
    reasons = {test: reason for test, (reason, *_) in read(EXCLUDED).items()}
    counted = {test: told for test, told in outcomes.items() if test not in reasons}
    kinds = collections.Counter(kind for kind, *_ in counted.values())
    ran = sum(kinds.values()) - kinds["skip"]
    for (file, test), (kind, *why) in sorted(counted.items()):
        if kind not in ("pass", "skip"):
            print(f"{file} {test}: {' '.join(why)[:120]}")
    for test in sorted(test for test in reasons if outcomes.get(test, ("",))[0] == "pass"):
        print(f"{' '.join(test)} passes; take it off the list")
    print(f"{kinds['pass']} of {ran} pass ({kinds['pass'] / ran:.1%}), {len(reasons)} do not count")


def read(path: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """{(file, test): what the line says besides}."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {(file, test): tuple(rest) for file, test, *rest in rows}


if __name__ == "__main__":
    main()
