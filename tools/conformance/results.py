"""The lines of a result, and what becomes of one test."""

import json
import re
import traceback
import unittest

ORDER = ("pass", "skip", "fail", "error")  # of a test with several parts the worst one holds


class Sink:
    """A result's file, and beside it the plan of what is to come and the tracebacks."""

    def __init__(self, path, anew=False):
        self._path = path
        mode = "w" if anew else "a"
        self._lines = path.open(mode, encoding="utf-8")
        self._traces = path.with_suffix(".jsonl").open(mode, encoding="utf-8")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._lines.close()
        self._traces.close()

    def plan(self, file, tests):
        lines = [f"{file}\t{one_line(test)}\n" for test in tests]
        self._path.with_suffix(".planned").write_text("".join(lines), "utf-8")

    def write(self, file, test, kind, why="", trace=""):
        test, why = one_line(test), one_line(why)[:400]
        self.add(["\t".join((file, test, kind, why))], "")
        if trace:
            part = {"file": file, "test": test, "kind": kind, "why": why, "trace": trace[-6000:]}
            self.add([], json.dumps(part) + "\n")

    def add(self, lines, traces):
        self._lines.writelines(line + "\n" for line in lines)
        self._traces.write(traces)
        self._lines.flush()
        self._traces.flush()


def one_line(text):
    """Without line breaks, which parameters in a test's name may have, and without addresses."""
    return re.sub(r"\s+", " ", re.sub(r" at 0x[0-9a-f]+", "", text)).strip()


def split(line):
    return tuple(line.split("\t"))


class Result(unittest.TestResult):
    """Writes a line for each test, after its side has had a look at it.

    Args:
      side: its `begin()` is told that a test begins, and its `verdict(kind, why)` gives what
        counts, for example a skip of what passed without a look at anything.
      clock: its `start()` and `stop()` surround a test.
    """

    def __init__(self, file, side, sink, clock):
        super().__init__()
        self._file, self._side, self._sink, self._clock = file, side, sink, clock
        self._now = None

    def startTest(self, test):
        super().startTest(test)
        self._now = None
        self._side.begin()
        self._clock.start()

    def stopTest(self, test):
        self._clock.stop()
        super().stopTest(test)
        kind, why, trace = self._now or ("pass", "", "")
        kind, why = self._side.verdict(kind, why)
        self._sink.write(self._file, name_of(test), kind, why, trace)

    def _note(self, kind, error=None, why=""):
        if self._now and ORDER.index(self._now[0]) >= ORDER.index(kind):
            return
        trace = ""
        if error is not None:
            why = f"{error[0].__name__}: {error[1]}"
            trace = "".join(traceback.format_exception(*error))
        self._now = (kind, why, trace)

    def addSuccess(self, test):
        self._note("pass")

    def addFailure(self, test, err):
        self._note("fail", err)

    def addError(self, test, err):
        self._note("error", err)

    def addSkip(self, test, reason):
        self._note("skip", why=reason)

    def addExpectedFailure(self, test, err):
        self._note("pass")

    def addUnexpectedSuccess(self, test):
        self._note("fail", why="unexpected success")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._note("fail" if issubclass(err[0], AssertionError) else "error", err)


def name_of(test):
    """Class and method, without the module."""
    return test.id().partition(".")[2] or test.id()
