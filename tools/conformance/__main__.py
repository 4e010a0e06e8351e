"""Runs TensorFlow 1.15's own tests on Stillflow, or on TensorFlow 1.15 itself.

    python -m tools.conformance --tree FOLDER --out RESULT.tsv [--half both] FILE...
    TF115 -m tools.conformance --on tensorflow --tree FOLDER --out THERE.tsv [--half both] FILE...

FOLDER is `tensorflow/` of TensorFlow's source at its tag v1.15.5, kept outside of this repository;
a FILE is a path below FOLDER/python or FOLDER. TF115 is TensorFlow 1.15's Python, so this and the
modules that both sides share are of Python 3.7. The result has a line for each test: file, test,
one of pass, fail, error and skip, and the last line of the error; `python -m tools.survey tests`
makes the table of two such results. Tracebacks are in RESULT.jsonl.
"""

import argparse
import os
from pathlib import Path

from . import forking, running
from .halves import Halves


def main():
    options = arguments().parse_args()
    options.tree = options.tree.resolve()
    paths = [located(options.tree, file) for file in options.files]
    # Before the first import of NumPy: each file has one processor.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    side = side_of(options, paths)
    forking.run_all(paths, lambda path, sink: running.run_file(side, path, sink, options), options)


def side_of(options, paths):
    """What the tests are run on, imported."""
    halves = Halves(options.half)
    if options.on == "stillflow":
        from .on_stillflow import Stillflow

        return Stillflow(options.tree, halves)
    from .on_tensorflow import TensorFlow

    return TensorFlow(options.tree, halves, any("contrib" in path.parts for path in paths))


def located(tree, file):
    """A file by its path, or by what follows the tree's own, or that of its folder python.

    Raises:
      SystemExit: there is no such file.
    """
    for path in (Path(file), tree / "python" / file, tree / file):
        if path.is_file():
            return path.resolve()
    raise SystemExit(f"No such file: {file}; it is sought in {tree}/python and in {tree}")


def arguments():
    parser = argparse.ArgumentParser(
        prog="python -m tools.conformance", description=__doc__.splitlines()[0]
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--tree", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--out", type=Path, required=True, metavar="TSV")
    parser.add_argument("--on", choices=["stillflow", "tensorflow"], default="stillflow")
    parser.add_argument(
        "--half",
        choices=["graph", "eager", "both"],
        default="both",
        help="of a test that runs in a graph and then eagerly; it passes where all do that run",
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="files at a time")
    parser.add_argument("--per-test", type=int, default=60, metavar="SECONDS")
    parser.add_argument("--per-file", type=int, default=400, metavar="SECONDS")
    parser.add_argument("--only", default="", metavar="TEXT", help="tests whose name has it")
    return parser


if __name__ == "__main__":
    main()
