"""Makes the tables of docs/programs.md: what other people's programs do on Stillflow.

    python -m tools.survey [PART...] --work DIR [--sources FOLDER] [--tf115 COMMAND]
        [--packages DIR] [--tf115-packages DIR] [--here TSV... --there TSV...]
        [--only NAME]... [--no-run] [--write docs/programs.md]

A PART is one of tutorials, repositories, checks, libraries and tests; without one it is all. FOLDER
holds the repositories that tutorials and recipes name, as owner+name; nothing in it is changed.
--tf115, a command that runs TensorFlow 1.15's Python, gives the numbers beside ours; what packages
recipes need is found in --packages and --tf115-packages. --here and --there are results of
TensorFlow's own tests (see tensorflow_tests.py). Results stay in DIR, so that parts, and names in
them, may be run one at a time; --write puts the tables of all results in DIR into a page.
"""

import argparse
from pathlib import Path

from tools import summarise

from . import checks, libraries, pages, repositories, tensorflow_tests, tutorials

PARTS = {part.NAME: part for part in (tutorials, repositories, checks, libraries, tensorflow_tests)}


def main():
    options = arguments().parse_args()
    unknown = set(options.parts) - PARTS.keys()
    if unknown:
        raise SystemExit(
            f"No such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}"
        )
    for name in options.parts or PARTS:
        carry_out(PARTS[name], options)


def carry_out(part, options):
    """Surveys a part where there is what it needs, and writes its table."""
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    for named in ("packages", "tf115_packages"):
        setattr(options, named, [path.resolve() for path in getattr(options, named)])
    if not options.no_run:
        part.survey(options)
    if options.write:
        pages.write(options.write, part.NAME, part.HEAD, part.rows(options))
        if options.write.resolve() == summarise.PROGRAMS:
            summarise.write()


def arguments():
    parser = argparse.ArgumentParser(
        prog="python -m tools.survey", description=__doc__.splitlines()[0]
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    parser.add_argument("--sources", type=Path, default=Path(), metavar="FOLDER")
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--tf115", metavar="COMMAND")
    parser.add_argument("--packages", type=Path, action="append", default=[], metavar="DIR")
    parser.add_argument("--tf115-packages", type=Path, action="append", default=[], metavar="DIR")
    parser.add_argument(
        "--side", choices=["here", "there", "nudged"], help="run only this side again"
    )
    parser.add_argument("--seconds", type=float, default=30, help="for a tutorial")
    parser.add_argument("--here", type=Path, nargs="*", default=[], metavar="TSV")
    parser.add_argument("--there", type=Path, nargs="*", default=[], metavar="TSV")
    parser.add_argument("--no-run", action="store_true", help="write the tables of what was run")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    return parser


if __name__ == "__main__":
    main()
