"""What a name that is absent says: not yet in Stillflow, or never in TensorFlow 1.15.

A module of the public tree ends with `__getattr__, __dir__ = _missing.fallback(__name__)`: then
what its stub re-exports loads when first named, and every other absent name explains itself. Knows
names only; `tf115_names.json` (recorded by tools/record_names.py) is read once a name is really
missing.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from stillflow.api import _stubs

ROOT = __name__.rpartition(".")[0]  # stillflow.api
PACKAGE = ROOT.rpartition(".")[0]  # stillflow, which shows the same names
# Modules of which all names are there, and missing once they are used.
DEFERRED = {
    "keras": ("estimator",),
    "distribute": ("experimental",),
}
# Classes that are there, and missing once one is made.
DEFERRED_CLASSES = {
    "distribute": ("MirroredStrategy", "OneDeviceStrategy", "Strategy"),
}
_RENAMED_IN_1_0 = {
    "tf.audio_summary": "tf.summary.audio",
    "tf.complex_abs": "tf.abs",
    "tf.histogram_summary": "tf.summary.histogram",
    "tf.image_summary": "tf.summary.image",
    "tf.inv": "tf.reciprocal",
    "tf.list_diff": "tf.setdiff1d",
    "tf.merge_all_summaries": "tf.summary.merge_all",
    "tf.merge_summary": "tf.summary.merge",
    "tf.mul": "tf.multiply",
    "tf.neg": "tf.negative",
    "tf.nn.bidirectional_rnn": "tf.nn.static_bidirectional_rnn",
    "tf.nn.rnn": "tf.nn.static_rnn",
    "tf.pack": "tf.stack",
    "tf.scalar_summary": "tf.summary.scalar",
    "tf.select": "tf.where",
    "tf.sub": "tf.subtract",
    "tf.train.SummaryWriter": "tf.summary.FileWriter",
    "tf.unpack": "tf.unstack",
}


# Modules of which TensorFlow 1.15 has nothing but the name.
_EMPTIED_IN_1_15 = {
    "tf.contrib.boosted_trees": "its trees are tf.estimator.BoostedTreesClassifier and "
    "BoostedTreesRegressor, which are not yet in Stillflow",
}


class NotInStillflowError(NotImplementedError):
    """TensorFlow 1.15 has this and Stillflow has not yet."""


class MissingNameError(AttributeError, NotInStillflowError):
    """So that `hasattr` and `getattr` with a default work."""


class MissingImportError(ImportError, NotInStillflowError):
    """So that `try: from tensorflow... import x; except ImportError:` works."""


class MissingModuleError(MissingImportError, ModuleNotFoundError):
    """So that `try: import tensorflow.x; except ModuleNotFoundError:` works."""


def fallback(module_name: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Returns the `__getattr__` and `__dir__` of a module of the public tree.

    The names that the module's stub re-exports are there, and load when first asked for.
    """
    module = sys.modules[module_name]
    exports = _stubs.re_exports(str(module.__file__))

    def __getattr__(name: str) -> Any:
        if name in exports:
            value = _imported(*exports[name])
            setattr(module, name, value)  # found without this detour from now on
            return value
        if name == "__all__":  # for `import *`, which asks for all that there is
            return [name for name in __dir__() if not name.startswith("_")]
        if name in DEFERRED.get(public_path(module_name), ()):
            from stillflow.api import _deferred

            return _deferred.module(".".join(filter(None, (public_path(module_name), name))))
        if is_deferred_class(public_path(module_name), name):
            from stillflow.api import _deferred

            path = public_path(module_name)
            return _deferred.stand_in(path, name, not_yet(path, name))
        path = public_path(module_name)
        if (found := _elsewhere(path, name)) is not None:
            return found
        raise missing(path, name)

    def __dir__() -> list[str]:
        return sorted({*vars(module), *exports})

    return __getattr__, __dir__


# Asked for what a module of the tree lacks, by its path and the name: another module, or None.
elsewhere: list[Callable[[str, str], Any]] = []


def _elsewhere(path: str, name: str) -> Any:
    if not path or name.startswith("_"):
        return None
    found = (find(path, name) for find in elsewhere)
    return next((module for module in found if module is not None), None)


def is_deferred_class(path: str, name: str) -> bool:
    """Whether `tf.<path>.<name>` is there for libraries to mention, and missing once it is used."""
    is_part = path.startswith("keras.") and name in names().get(path, ())
    return is_part or name in DEFERRED_CLASSES.get(path, ())


def _imported(module_name: str, name: str) -> Any:
    """What `from module_name import name` gives."""
    module = importlib.import_module(module_name)
    submodule = f"{module_name}.{name}"
    # Asked first, as a package's `__getattr__` would ask us again.
    if hasattr(module, "__path__") and importlib.util.find_spec(submodule):
        return importlib.import_module(submodule)
    return getattr(module, name)


def public_path(module_name: str) -> str:
    """The path below `tf` of a module of the public tree; "" for the root."""
    return module_name.removeprefix(ROOT).removeprefix(".")


def missing(path: str, name: str) -> Exception:
    """The exception for attribute `name` of public module `path`."""
    module = f"tensorflow.{path}" if path else "tensorflow"
    if name.startswith("_"):  # tools ask every module for such names: spare the table
        return AttributeError(f"module {module!r} has no attribute {name!r}")
    asker = _asker()
    if is_public(path, name):
        return refusal(module, name, not_yet(path, name), asker)
    more = hint(path, name)
    if _is_importing(asker):
        return ImportError(f"cannot import name {name!r} from {module!r}{more}", name=module)
    return AttributeError(f"module {module!r} has no attribute {name!r}{more}")


def refusal(module: str, name: str, why: str, asker: FrameType | None) -> NotInStillflowError:
    """A MissingNameError, or a MissingImportError for `from module import name`.

    Python would replace an AttributeError there by one of its own, and lose what ours says.
    """
    if _is_importing(asker):
        return MissingImportError(
            f"cannot import name {name!r} from {module!r}: {why}", name=module
        )
    return MissingNameError(why)


def missing_module(path: str) -> ImportError:
    """The exception for `import tensorflow.<path>`."""
    name = f"tensorflow.{path}"
    parent, _, leaf = path.rpartition(".")
    if is_public(parent, leaf):
        return MissingModuleError(not_yet(parent, leaf), name=name)
    return ModuleNotFoundError(f"No module named {name!r}{hint(parent, leaf)}", name=name)


@functools.cache
def names() -> dict[str, frozenset[str]]:
    """The public names of TensorFlow 1.15: {module path below tf: names}."""
    import json

    with open(os.path.join(os.path.dirname(__file__), "tf115_names.json"), "rb") as file:
        table = json.load(file)
    return {path: frozenset(members.split()) for path, members in table.items()}


def is_public(path: str, name: str) -> bool:
    """Whether TensorFlow 1.15 shows a name in `tf.<path>`, or has a public module of that name.

    `tf.contrib` does not show each of its packages: some are there once they are imported.
    """
    return name in names().get(path, ()) or f"{path}.{name}" in names()


def not_yet(path: str, name: str) -> str:
    """What to say of a public name that Stillflow lacks."""
    spelling = _spelling(path, name)
    owner = f"tf.{path}" if path else "tf"
    return (
        f"{spelling} is in TensorFlow 1.15 but not yet in Stillflow."
        f"\n  `stillflow names {owner}` lists what is there and what is missing."
    )


def hint(path: str, name: str) -> str:
    """A hint: what took its place in 1.0, near names of its module, other modules that have it."""
    if successor := _successor(_spelling(path, name)):
        return f". TensorFlow 1.0 took it away: use {successor}."
    if instead := _EMPTIED_IN_1_15.get(_spelling(path, name)):
        return f". TensorFlow 1.15 has nothing in it: {instead}."
    from difflib import get_close_matches

    near = [_spelling(path, n) for n in get_close_matches(name, names().get(path, ()), n=3)]
    same = [_spelling(other, name) for other, members in names().items() if name in members]
    found = near or sorted(same, key=lambda s: (s.startswith("tf.contrib"), len(s)))[:2]
    return f". Did you mean {' or '.join(found)}?" if found else ""


def _successor(spelling: str) -> str | None:
    """What to use for a name that TensorFlow had before 1.0."""
    if spelling.startswith("tf.batch_"):  # matmul, matrix_inverse, cholesky, ...
        single = spelling.removeprefix("tf.batch_")
        return f"tf.{single}" if single in names()[""] else None
    return _RENAMED_IN_1_0.get(spelling)


def _spelling(path: str, name: str) -> str:
    return ".".join(filter(None, ("tf", path, name)))


def _asker() -> FrameType | None:
    """The frame that looks a name up in the public tree: the nearest one outside the tree."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_of_tree(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    return frame


def _is_of_tree(module_name: str) -> bool:
    return module_name == PACKAGE or f"{module_name}.".startswith(f"{ROOT}.")


def _is_importing(frame: FrameType | None) -> bool:
    """Whether the frame is executing `from ... import ...`."""
    import dis

    wanted = dis.opmap["IMPORT_FROM"]
    return frame is not None and frame.f_code.co_code[frame.f_lasti] == wanted
