"""Whether what a module uses is there: TensorFlow's names, other packages, Python 2's names."""

from __future__ import annotations

import functools

from stillflow.checking import packages, tree
from stillflow.checking.packages import Lack
from stillflow.checking.program import Repository
from stillflow.checking.uses import Parts, Use


class Judge:
    """Judges the uses of modules, as seen from one program."""

    def __init__(self, repository: Repository, program: str):
        self._repository = repository
        self._program = program

    def lacks(self, parts: Parts) -> list[tuple[Use, Lack]]:
        """What is lacking of all that a module uses."""
        units = (parts.top, *parts.units.values())
        judged = ((use, self.lack(use, parts)) for unit in units for use in unit.uses)
        return [(use, lack) for use, lack in judged if lack is not None]

    def lack(self, use: Use, parts: Parts) -> Lack | None:
        """What is lacking of what a use names, whatever that stands for; None if nothing is."""
        if use.how == "method":
            return self._method(use.names[0])
        if use.how == "unbound":
            return self._unbound(use, parts)
        path = parts.module.path
        if use.how in ("import", "star"):
            return self._imported(use.names[0], path)
        lacks = [self._asked(name, use.how) for name in self._outside(use.names, parts)]
        return lacks[0] if lacks and all(lacks) else None

    def _outside(self, names: tuple[str, ...], parts: Parts) -> list[str]:
        """What names stand for outside of the program."""
        found = (self._repository.meant(name, parts, self._program) for name in names)
        return [one for several in found for one in several if isinstance(one, str)]

    def _imported(self, name: str, path: str) -> Lack | None:
        if not name.strip(".") or self._repository.find(name, path, self._program) is not None:
            return None
        if name == "tensorflow" or name.startswith("tensorflow."):
            return tensorflow_lack(name, "import")
        return None if name.startswith(".") else packages.module_lacking(name)

    def _asked(self, name: str, how: str) -> Lack | None:
        if name.startswith("tensorflow."):
            return tensorflow_lack(name, how)
        return packages.name_lacking(name)

    def _unbound(self, use: Use, parts: Parts) -> Lack | None:
        name, *starred = use.names
        for full in starred:
            if full.startswith("tensorflow."):
                module = full.rpartition(".")[0].removeprefix("tensorflow").removeprefix(".")
                if name in tree.names_of(module):
                    return tensorflow_lack(full, "ask")
            elif self._repository.find(full, parts.module.path, self._program) is None:
                return None  # another package may hold it
            elif self._outside((full,), parts) or self._is_defined(full, parts):
                return None
        if name in packages.tables()["builtins"]:
            return Lack("Python 2", name, f"write {packages.tables()['builtins'][name]}")
        return None

    def _is_defined(self, name: str, parts: Parts) -> bool:
        return bool(self._repository.meant(name, parts, self._program))

    def _method(self, name: str) -> Lack | None:
        told = packages.tables()["methods"].get(name)
        if told is None:
            return None
        is_of_function = name.startswith(("map(", "filter(", "zip("))
        return Lack("Python 2", name if is_of_function else f".{name}", f"write {told}")


def is_own(use: Use, own: set[str]) -> bool:
    """Whether the program has made what a use names: a method of that name, or `tf.x = ...`."""
    if use.how == "method":
        return use.names[0] in own
    pieces = [name.split(".") for name in use.names]
    return any(".".join(p[:count]) in own for p in pieces for count in range(2, len(p) + 1))


@functools.cache
def tensorflow_lack(name: str, how: str) -> Lack | None:
    """What is lacking of `tensorflow.<...>`, used in a way."""
    below = name.removeprefix("tensorflow").removeprefix(".")
    found = tree.look(below)
    spelled = f"tf.{found.name}"
    match found.state:
        case "not yet":
            owner = found.name.rpartition(".")[0]
            listed = f": see `stillflow names tf.{owner}`".replace("tf.`", "tf`")
            more = listed if found.name.split(".")[-1] in tree.names_of(owner) else ""
            return Lack("TensorFlow", spelled, f"not yet in Stillflow{more}")
        case "later" if how == "call" and found.name == below:
            return Lack("TensorFlow", spelled, "not yet in Stillflow")
        case "internal":
            return Lack("internal", spelled, "inside TensorFlow, and not in Stillflow")
        case "unknown":
            hint = (
                found.hint.removeprefix(". ")
                or "no public name of TensorFlow 1.15, nor of Stillflow"
            )
            return Lack("unknown", spelled, hint)
    return None
