"""One file of tests: imported as if it were the main program, its tests found and run."""

import importlib.util
import os
import re
import signal
import sys
import time
import traceback
import unittest

from . import asserting
from .missing import NOTES
from .results import Result, name_of

# What a file does as the main program makes tests too, or has all of them run eagerly.
MAIN = re.compile(r"""if __name__ == ["']__main__["']:""")


class OverTimeError(BaseException):
    """Not an Exception, so that no test takes it for what it expects."""


class Clock:
    """Ends a test that takes too long."""

    def __init__(self, seconds):
        self._seconds = seconds
        signal.signal(signal.SIGALRM, self._ring)

    def _ring(self, *frame):
        raise OverTimeError("over the time for one test")

    def start(self):
        signal.alarm(self._seconds)

    def stop(self):
        signal.alarm(0)


def run_file(side, path, sink, options):
    """Writes a line for each test of a file; one for the file if it cannot be imported."""
    # As `tools.survey` and TensorFlow's own paths have it: ../contrib beside eager/.
    file = os.path.relpath(str(path), str(options.tree / "python"))
    try:
        tests = [test for test in found(side, path) if options.only in test.id()]
    except BaseException as error:
        why = f"IMPORT {type(error).__name__}: {error}"
        sink.write(file, "<import>", "error", why, traceback.format_exc())
        return
    sink.plan(file, map(name_of, tests))
    if side.halves.leaves_out_whole_file():
        for test in tests:
            sink.write(file, name_of(test), "skip", "the whole file runs eagerly")
        return
    result = Result(file, side, sink, Clock(options.per_test))
    latest = time.time() + options.per_file
    for name, of_class in by_class(tests).items():
        try:
            run_class(of_class, result, sink, file, latest)
        except BaseException as error:
            sink.write(file, name, "error", f"SUITE {error!r}", traceback.format_exc())


def run_class(tests, result, sink, file, latest):
    if time.time() < latest:
        unittest.TestSuite(tests).run(result)
        return
    for test in tests:
        sink.write(file, name_of(test), "error", "over the time for the file")


def found(side, path):
    """The tests of a file, which is imported for that."""
    from absl import flags

    if not flags.FLAGS.is_parsed():
        flags.FLAGS(["conformance"])
    name = "t_" + re.sub(r"\W", "_", str(path.with_suffix("")))
    module = importlib.util.module_from_spec(importlib.util.spec_from_file_location(name, path))
    sys.modules[name] = module
    text = side.source(MAIN.sub("if True:", path.read_text("utf-8")))
    with side.importing():
        vars(module)[asserting.NAME] = NOTES.look
        exec(asserting.compiled(text, str(path)), vars(module))
        every = list(flat(unittest.defaultTestLoader.loadTestsFromModule(module)))
    return [test for test in every if not test.id().endswith(".test_session")]


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def by_class(tests):
    """{name: tests}, so that what a class sets up for all is set up once."""
    classes = {}
    for test in tests:
        classes.setdefault(type(test).__name__, []).append(test)
    return classes
