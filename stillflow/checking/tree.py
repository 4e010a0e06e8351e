"""What Stillflow has of TensorFlow, read from stubs and tables; nothing of it is imported.

`look("nn.softmax")` follows a name below `tf` as far as modules go: what an object of a program
holds is beyond reading.
"""

from __future__ import annotations

import ast
import functools
import os
from typing import Literal, NamedTuple

from stillflow.api import _missing, _stubs
from stillflow.environment import internals, protos

_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_TREE = f"{_missing.ROOT}."
_GENERATED = "raw_ops"

State = Literal["there", "module", "later", "not yet", "internal", "unknown"]


class Found(NamedTuple):
    """What is known of a name.

    `there`: an object or value; `module`; `later`: to be mentioned, and missing once it is used;
    `not yet`: TensorFlow 1.15 has it in public, `internal`: inside; `unknown`: it has no such name.
    `name` is the part of it, below tf, that this is said of; `hint` what to use instead.
    """

    state: State
    name: str
    hint: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether asking for it is an error."""
        return self.state in ("not yet", "internal", "unknown")


@functools.cache
def look(path: str) -> Found:
    """What Stillflow has under a dotted name below `tf`; "" is `tf` itself."""
    public = _without_v1(path)
    here = Found("module", "")
    module: str | None = _missing.ROOT
    parts = public.split(".") if public else []
    for count, part in enumerate(parts, 1):
        if module is None:
            return here
        name = ".".join(parts[:count])
        here, module = _member(module, ".".join(parts[: count - 1]), part, name)
        if here.state != "module":
            return here
    return here


def names_of(path: str) -> frozenset[str]:
    """What TensorFlow 1.15 shows in public in the module `tf.<path>`, for `import *`."""
    return _missing.names().get(_without_v1(path), frozenset())


def _without_v1(path: str) -> str:
    if path == "compat.v1" or path.startswith("compat.v1."):
        return path.removeprefix("compat.v1").removeprefix(".")
    return path


def _member(module: str, path: str, part: str, name: str) -> tuple[Found, str | None]:
    """What `part` of a module is, and the module where its own names are looked for.

    Args:
        module: the module's name in Stillflow, or "tensorflow.x" for one that stands for another.
        path: its name below tf.
    """
    if module.startswith("tensorflow."):
        return _of_internal(module.removeprefix("tensorflow."), part, name)
    if part.startswith("__") and part.endswith("__"):
        return Found("there", name), None
    if f"{module}.".startswith(_TREE):
        return _of_public(module, path, part, name)
    names = held(module)
    if names is None or part in names:
        return Found("there", name), None
    if file_of(f"{module}.{part}"):
        return Found("module", name), f"{module}.{part}"
    return _absent(path, part, name)


def _of_public(module: str, path: str, part: str, name: str) -> tuple[Found, str | None]:
    public = _missing.public_path(module)
    if public == _GENERATED:
        return (_op(part, name), None)
    exports, values = _stub(module)
    if not name.endswith(f"{public}.{part}".removeprefix(".")) and internals.is_internal(name):
        return Found("module", name), _standing(name)  # its package stands for a public one
    if part in exports:
        return _exported(*exports[part], name)
    if part in values:
        return Found("there", name), None
    if part in _missing.DEFERRED.get(public, ()):
        return Found("later", name), None
    if _missing.is_deferred_class(public, part):
        return Found("later", name), None
    if not part.startswith("_") and file_of(f"{module}.{part}"):
        return Found("module", name), f"{module}.{part}"
    below = f"{public}.{part}".removeprefix(".")
    if below == "python" or internals.is_internal(below):
        return Found("module", name), _standing(below)
    if protos.is_proto(below):
        return _proto(below, name)
    return _absent(public, part, name)


def _exported(module: str, there: str, name: str) -> tuple[Found, str | None]:
    full = f"{module}.{there}"
    if module.startswith("stillflow") and file_of(full):
        return Found("module", name), full
    return Found("there", name), None


def _of_internal(path: str, part: str, name: str) -> tuple[Found, str | None]:
    if path in protos.PACKAGES:
        below = f"{path}.{part}"
        return _proto(below, name) if protos.is_proto(below) else (Found("internal", name), None)
    place = internals.place_of(path, part)
    if place is None:
        if part.startswith("__"):
            return Found("there", name), None
        return Found("internal", name), None
    match place.kind:
        case "own":
            return Found("there", name), None
        case "deferred":
            return Found("later", name), None
        case "module":
            return Found("module", name), _standing(place.name)
        case "generated":
            return _op(place.name, name), None
    found = look(place.name)
    if found.state == "module":
        return Found("module", name), _TREE + found.name
    return Found(found.state, name, found.hint), None


def _standing(path: str) -> str:
    """The module of Stillflow that an internal one is, or `tensorflow.<path>` itself."""
    whole = internals.stands_for(path) if path != "python" else None
    return whole or f"tensorflow.{path}"


def _op(op_type: str, name: str) -> Found:
    return Found("there" if _is_declared(op_type) else "not yet", name)


@functools.cache
def _is_declared(op_type: str) -> bool:
    # Op types have no stub: this loads the declarations, for the few programs that name one.
    from stillflow.api import _below

    return _below.generated_function(op_type) is not None


def _proto(path: str, name: str) -> tuple[Found, str | None]:
    if path in protos.PACKAGES:
        return Found("module", name), f"tensorflow.{path}"
    state: State = "there" if protos.is_served(path) else "internal"
    return Found(state, name), None


def _absent(path: str, part: str, name: str) -> tuple[Found, str | None]:
    if part.startswith("_"):
        return Found("internal", name), None
    if _missing.is_public(path, part):
        return Found("not yet", name), None
    return Found("unknown", name, _missing.hint(path, part)), None


@functools.cache
def _stub(module: str) -> tuple[dict[str, tuple[str, str]], set[str]]:
    """What the stub beside a public module gives: what it re-exports, and values."""
    file = file_of(module)
    if file is None or not os.path.exists(f"{os.path.splitext(file)[0]}.pyi"):
        return {}, set()
    return _stubs.re_exports(file), _stubs.values(file)


@functools.cache
def file_of(module: str) -> str | None:
    """The file of a module of Stillflow, not imported."""
    base = os.path.join(_PACKAGE, *module.split(".")[1:])
    candidates = (os.path.join(base, "__init__.py"), f"{base}.py")
    return next((file for file in candidates if os.path.exists(file)), None)


@functools.cache
def held(module: str) -> frozenset[str] | None:
    """What a module of Stillflow outside of the public tree defines; None if that is not fixed."""
    file = file_of(module)
    if file is None:
        return None
    with open(file, encoding="utf-8") as source:
        body = ast.parse(source.read()).body
    names: set[str] = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if node.name == "__getattr__":
                return None
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        elif not isinstance(node, ast.Expr):
            return None
    return frozenset(names)
