"""Lists which names of TensorFlow a package's source spells, and Stillflow lacks.

    python -m tools.survey.names FOLDER...

Names are found in the syntax (`tf.math.log`, for whatever name a module imports TensorFlow by), so
that what a package would need only later is seen too. A line for each missing name: how many times
it is spelled, the name, and in how many files.
"""

from __future__ import annotations

import ast
import importlib
import pathlib
import sys
from collections import Counter
from collections.abc import Iterator

import stillflow
from stillflow.api import _deferred, _missing


def spelled(source: str) -> Iterator[str]:
    """Dotted names below `tensorflow` of a module's source, the longest of each expression."""
    tree = ast.parse(source)
    roots = dict(_imports(tree))
    inner: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _below(node.module) is not None and not node.level:
            yield from (_joined(_below(node.module), name.name) for name in node.names)
        if not isinstance(node, ast.Attribute) or id(node) in inner:
            continue
        inner.update(id(part) for part in ast.walk(node) if isinstance(part, ast.Attribute))
        root, *path = _dotted(node)
        if root in roots and path:
            yield _joined(roots[root], *path)


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What local names stand for: ("tf", "compat.v2")."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                below = _below(alias.name)
                if below is not None:
                    yield (alias.asname, below) if alias.asname else ("tensorflow", "")
        elif isinstance(node, ast.ImportFrom) and _below(node.module) is not None:
            for alias in node.names:
                yield alias.asname or alias.name, _joined(_below(node.module), alias.name)


def _below(module: str | None) -> str | None:
    """ "math" of "tensorflow.math"; None of a module of another package."""
    root, _, rest = (module or "").partition(".")
    return rest if root == "tensorflow" else None


def _joined(*parts: str | None) -> str:
    return ".".join(filter(None, parts))


def _dotted(node: ast.AST) -> list[str]:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else ["", *names]


def lacking(name: str) -> str | None:
    """The part of a name that Stillflow lacks; None if it has it, or TensorFlow has no such."""
    found: object = importlib.import_module("tensorflow")
    parts = name.split(".")
    for count, part in enumerate(parts, 1):
        try:
            found = getattr(found, part)
            if _deferred.is_deferred(found):
                return name
        except _missing.NotInStillflowError:
            return ".".join(parts[:count])
        except AttributeError:
            try:
                found = importlib.import_module(".".join(["tensorflow", *parts[:count]]))
            except _missing.NotInStillflowError:
                return ".".join(parts[:count])
            except ImportError:
                return None
    return None


def survey(folder: str) -> Iterator[tuple[int, str, int]]:
    """(times spelled, missing name, files that spell it), the most frequent first."""
    times: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for path in sorted(pathlib.Path(folder).rglob("*.py")):
        try:
            names = list(spelled(path.read_text(encoding="utf-8")))
        except (SyntaxError, UnicodeDecodeError):
            continue  # Python 2's, or no Python
        times.update(names)
        files.update(set(names))
    missing: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for name, count in times.items():
        lack = lacking(name)
        if lack is not None:
            missing[lack] += count
            places[lack] += files[name]
    for name, count in missing.most_common():
        yield count, name, places[name]


def main() -> None:
    stillflow.as_tensorflow()
    for folder in sys.argv[1:]:
        for count, name, files in survey(folder):
            print(f"{count:5} {name} ({files} files)")


if __name__ == "__main__":
    main()
