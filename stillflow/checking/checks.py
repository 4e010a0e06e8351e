"""Checks a file or a folder: reads what runs, judges what that uses, and reports."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Iterator

from stillflow.checking import modules, sources
from stillflow.checking.findings import EFFECTS, Effect, Finding, Report, worst
from stillflow.checking.judging import Judge, is_own
from stillflow.checking.packages import Lack
from stillflow.checking.program import Repository
from stillflow.checking.reach import MAYBE, NEVER, SURELY, Reached, reach
from stillflow.checking.uses import Attempt, Parts, Use

_SETUP = {"setup.py", "conf.py"}


def check(path: str, python2: bool = False, as_module: bool = False) -> Report:
    """Reads the program, notebook or folder at `path`, and what it imports of its repository.

    With `python2`, as `stillflow run --py2` would run it; with `as_module`, the module of that
    name, found from the working folder on, as `-m` does.
    """
    report = Report(path)
    if as_module:
        path = _module_file(path)
    full = os.path.realpath(path)
    if os.path.isdir(full):
        _check_folder(report, full, python2)
    elif (why := sources.why_absent(path)) is not None:
        report.unread.append((path, why))
    elif not os.path.exists(full):
        report.unread.append((path, "is a link that leads nowhere"))
    else:
        repository = Repository(sources.root_of(full))
        base = os.getcwd() if as_module else os.path.dirname(full)
        _Check(report, repository, base, python2).programs([full], False, as_module)
    return report


def _module_file(name: str) -> str:
    """The file of a module, or of a package's `__main__`, here or on `sys.path`."""
    inside = os.path.join(*name.split("."))
    for base in ("", *sys.path):
        for file in (os.path.join(base, inside, "__main__.py"), os.path.join(base, f"{inside}.py")):
            if os.path.exists(file):
                return file
    return f"{inside}.py"


def _check_folder(report: Report, folder: str, python2: bool) -> None:
    found = sources.files_below(folder)
    report.unread += [(_shown(path, folder), why) for path, why in found.left]
    repository = Repository(folder)
    checking = _Check(report, repository, folder, python2)
    checking.programs(_programs(repository, found.paths), True)


def _programs(repository: Repository, paths: list[str]) -> list[str]:
    """The files that are run: those that no other imports, or that ask whether they are."""
    imported: set[str] = set()
    guarded: set[str] = set()
    for path in paths:
        parts = repository.parts(path, False)
        if parts is None:
            continue
        if any(name.id == "__name__" for name in _names_at_top(parts)):
            guarded.add(path)
        for use in _imports(parts):
            place = repository.find(use.names[0], path, path)
            if place is not None and place.path not in (None, path):
                imported.add(str(place.path))
    chosen = [path for path in paths if path in guarded or path not in imported]
    return [p for p in chosen if os.path.basename(p) not in _SETUP] or chosen or paths


def _names_at_top(parts: Parts):
    import ast

    tests = [node.test for node in parts.module.tree.body if isinstance(node, ast.If)]
    return [n for test in tests for n in ast.walk(test) if isinstance(n, ast.Name)]


def _imports(parts: Parts) -> Iterator[Use]:
    for unit in (parts.top, *parts.units.values()):
        yield from (use for use in unit.uses if use.how in ("import", "take", "star"))


class _Check:
    def __init__(self, report: Report, repository: Repository, base: str, python2: bool):
        self._report = report
        self._repository = repository
        self._base = base
        self._python2 = python2
        self._found: dict[tuple[str, str, str, str, str], set[Effect]] = {}
        self._names: set[str] = set()
        self._read: set[str] = set()
        self._lacking: dict[tuple[str, Parts], list[tuple[Use, Lack]]] = {}

    def programs(self, paths: list[str], is_whole: bool, as_module: bool = False) -> None:
        """Checks programs; `is_whole`: what none of them calls may be called from elsewhere."""
        unused: Effect = "may stop" if is_whole else "unused"
        for path in paths:
            reached = reach(self._repository, path)
            effects = list(self._of_program(path, reached, unused))
            if not (is_whole or as_module):
                effects += self._relative_imports(path)
            if path in reached.modules:
                self._report.programs[self._shown(path)] = worst(effects)
        self._fill()

    def _of_program(self, program: str, reached: Reached, unused: Effect) -> Iterator[Effect]:
        """The effects of what is lacking in the modules that a program imports."""
        self._read |= reached.modules.keys()
        own = _own_names(reached)
        for path, parts in reached.modules.items():
            yield from self._troubles(path, parts, reached.units.get(parts.top, NEVER))
            found = [one for one in self._lacks(program, parts) if not is_own(one[0], own)]
            failing = _failing(use for use, _ in found)
            for use, lack in found:
                level = reached.units.get(use.unit, NEVER)
                yield self._note(path, use.line, lack, _effect(use, level, failing, unused))

    def _relative_imports(self, path: str) -> Iterator[Effect]:
        """A program that is run by its path is in no package."""
        module = self._repository.module(path)
        if module is None:
            return
        name = ".".join(filter(None, (module.package, modules.name_of(path))))
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom) and node.level:
                lack = Lack(
                    "package", "." * node.level + (node.module or ""), f"run it by -m {name}"
                )
                yield self._note(path, node.lineno, lack, "stops")

    def _lacks(self, program: str, parts: Parts) -> list[tuple[Use, Lack]]:
        key = (os.path.dirname(program), parts)  # imports look the same from one folder
        if key not in self._lacking:
            self._lacking[key] = Judge(self._repository, program).lacks(parts)
            for unit in (parts.top, *parts.units.values()):
                for use in unit.uses:
                    if use.how in ("ask", "call", "take"):
                        self._names |= {n for n in use.names if n.startswith("tensorflow.")}
        return self._lacking[key]

    def _troubles(self, path: str, parts: Parts, level: int) -> Iterator[Effect]:
        effect: Effect = {SURELY: "stops", MAYBE: "may stop"}.get(level, "may stop")  # type: ignore[assignment]
        for trouble in parts.module.troubles:
            lack = Lack(trouble.kind, trouble.what, f"write {trouble.instead}")
            if trouble.kind != "Python 2":
                lack = lack._replace(advice=trouble.instead)
            yield self._note(path, trouble.line, lack, effect)

    def _note(self, path: str, line: int, lack: Lack, effect: Effect) -> Effect:
        if lack.kind == "Python 2" and self._python2:
            effect = "translated"
        module = self._repository.module(path)
        place = module.place(line) if module is not None else str(line)
        key = (self._shown(path), place, *lack)
        self._found.setdefault(key, set()).add(effect)
        return effect

    def _shown(self, path: str) -> str:
        return _shown(path, self._base)

    def _fill(self) -> None:
        report = self._report
        report.files = len(self._read)
        report.names = len(self._names)
        unread = self._repository.unread.items()
        report.unread += [(self._shown(path), why) for path, why in unread]
        for (file, place, kind, name, advice), effects in self._found.items():
            effect = next(effect for effect in EFFECTS if effect in effects)
            report.findings.append(Finding(file, place, kind, name, advice, effect))
        report.findings.sort(key=_order)


def _own_names(reached: Reached) -> set[str]:
    """What the program puts into modules, and what its functions and methods are called."""
    own: set[str] = set()
    for parts in reached.modules.values():
        own |= parts.set_names
        own |= {unit.name for unit in parts.units.values()}
    return own


def _failing(lacking: Iterable[Use]) -> set[Attempt]:
    """The attempts of a module that come to their handlers, as something lacks."""
    return {attempt for use in lacking for attempt in use.context.within if _takes(attempt, use)}


def _takes(attempt: Attempt, use: Use) -> bool:
    by_import = use.how in ("import", "take", "star")
    return attempt.takes_imports if by_import else attempt.takes_names


def _effect(use: Use, level: int, failing: set[Attempt], unused: Effect) -> Effect:
    context = use.context
    if context.asked or any(attempt not in failing for attempt in context.after):
        return "guarded"
    if any(_takes(attempt, use) and not attempt.gives_up for attempt in context.within):
        return "guarded"
    if level == NEVER:
        return unused
    is_guess = use.how == "method"
    return "stops" if level == SURELY and context.certain and not is_guess else "may stop"


def _shown(path: str, base: str) -> str:
    return os.path.relpath(path, base)


def _order(finding: Finding) -> tuple:
    numbers = tuple(int(part) for part in finding.place.split(":"))
    return (EFFECTS.index(finding.effect), finding.file, numbers, finding.kind, finding.name)
