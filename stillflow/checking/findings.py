"""What a check found, and its verdict in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

# `stops`: every run meets it; `may stop`: a run that comes there does; `unused`: nothing that runs
# calls it; `guarded`: the program has something else for that case; `translated`: by --py2.
Effect = Literal["stops", "may stop", "unused", "guarded", "translated"]
EFFECTS: tuple[Effect, ...] = ("stops", "may stop", "unused", "guarded", "translated")
RUNS, LACKS, NOTHING_READ = 0, 1, 2
_NAMED = 3  # so many names are in a verdict


@dataclass(frozen=True)
class Finding:
    """Something that is missing or wrong, at a place of a file.

    `place` is a line, or `cell:line` of a notebook; `kind` is one of TensorFlow, internal (to
    TensorFlow), unknown (to TensorFlow 1.15), package, dropped, Python 2, syntax, encoding.
    """

    file: str
    place: str
    kind: str
    name: str
    advice: str
    effect: Effect

    @property
    def where(self) -> str:
        return f"{self.file}:{self.place}"

    @property
    def counts(self) -> bool:
        return self.effect in ("stops", "may stop")


@dataclass
class Report:
    """What a check found. `programs` are the files that a run starts with, and the effect of the
    worst that each meets ("runs" of none); `unread` are files that could not be read, and why;
    `names` is how many names of TensorFlow the code uses.
    """

    path: str
    files: int = 0
    names: int = 0
    findings: list[Finding] = field(default_factory=list)
    programs: dict[str, str] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0: it runs; 1: something is missing; 2: nothing could be read."""
        if not self.files:
            return NOTHING_READ
        return LACKS if any(finding.counts for finding in self.findings) else RUNS

    @property
    def verdict(self) -> str:
        """What came of the check, in one line."""
        if not self.files:
            return f"nothing could be read: {self._why_nothing()}"
        counting = [finding for finding in self.findings if finding.counts]
        if not counting:
            return "runs" if self.names else "runs: it names nothing of TensorFlow"
        if any(finding.kind == "Python 2" for finding in counting):
            return f"{self._what_stops(counting)}; `stillflow run --py2` translates Python 2"
        return self._what_stops(counting)

    def _what_stops(self, counting: list[Finding]) -> str:
        stopping = [finding for finding in counting if finding.effect == "stops"]
        stopped = [program for program, effect in self.programs.items() if effect == "stops"]
        if not stopped:
            return f"runs but for {_listed(counting)}"
        if len(stopped) == len(self.programs):
            return f"does not run: {_listed(stopping)}"
        share = f"{len(stopped)} of {len(self.programs)} programs"
        return f"runs but for {share}: {_listed(stopping)}"

    def as_json(self) -> dict[str, Any]:
        """What `stillflow check --json` writes; docs/check.md says what it means."""
        return {
            "schema": 1,
            "path": self.path,
            "verdict": self.verdict,
            "runs": self.exit_code == RUNS,
            "exit_code": self.exit_code,
            "files": self.files,
            "tensorflow_names": self.names,
            "programs": [{"file": f, "effect": effect} for f, effect in self.programs.items()],
            "findings": [asdict(finding) for finding in self.findings],
            "unread": [{"file": file, "why": why} for file, why in self.unread],
        }

    def _why_nothing(self) -> str:
        if not self.unread:
            return f"{self.path} holds no Python"
        file, why = self.unread[0]
        more = len(self.unread) - 1
        return f"{file} {why}" + (f", and {more} more" if more else "")


def _listed(findings: Sequence[Finding]) -> str:
    """The first names of some findings, each with a place, and how many there are besides."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(_named(finding), finding)
    shown = [f"{name} ({finding.where})" for name, finding in list(first.items())[:_NAMED]]
    more = len(first) - len(shown)
    if more:
        shown.append(f"{more} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _named(finding: Finding) -> str:
    if finding.kind == "Python 2":
        return "Python 2"
    if finding.kind in ("syntax", "encoding"):
        return finding.name
    return f"the package {finding.name}" if finding.kind == "package" else finding.name


def worst(effects: Iterable[Effect]) -> str:
    """The effect that matters most, or "runs"."""
    order = [effect for effect in EFFECTS if effect in set(effects)]
    return order[0] if order and order[0] in ("stops", "may stop") else "runs"
