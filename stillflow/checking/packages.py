"""What a program imports besides TensorFlow: whether it is here, what `stillflow run` supplies, and
what to do else. Finds packages without importing them; `packages.toml` has what is known of each.
"""

from __future__ import annotations

import functools
import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import os
import sys
import tomllib
from typing import Any, NamedTuple

from stillflow.checking import tree
from stillflow.environment import dropped, horovod, period

# Modules of Python's that may be asked what they hold, as it has dropped some of it.
_ASKED = {
    *("array", "base64", "collections", "fractions", "inspect", "itertools", "math", "operator"),
    *("os", "random", "string", "sys", "threading", "time", "types", "urllib", "numpy"),
}
_INSTALL_IT = "no module {} is here: install it, or set PYTHONPATH"
_OF_OTHER_SYSTEMS = {"startfile", "getuid", "geteuid", "O_BINARY", "fork", "nice", "wait4", "tzset"}
# Gone since Python 3.12 or 3.13; the package standard-NAME has each as it was.
_DEAD_BATTERIES = {
    *("aifc", "asynchat", "asyncore", "cgi", "cgitb", "chunk", "crypt", "imghdr", "mailcap"),
    *("nntplib", "pipes", "smtpd", "sndhdr", "sunau", "telnetlib", "uu", "xdrlib"),
}
_MAKES_ITS_OWN = {"six"}  # modules below it are made when it is imported


class Lack(NamedTuple):
    """What is not there: `package`, `dropped` or `Python 2`; its name, and what to do."""

    kind: str
    name: str
    advice: str


@functools.cache
def tables() -> dict[str, dict[str, str]]:
    """The tables of `packages.toml`."""
    with open(os.path.join(os.path.dirname(__file__), "packages.toml"), "rb") as file:
        return tomllib.load(file)


@functools.cache
def module_lacking(name: str) -> Lack | None:
    """What is lacking of a module that is imported; None if it is there."""
    top, _, below = name.partition(".")
    if top == "horovod":
        return None if horovod.is_there(below) else Lack("package", name, "write it without")
    if name in dropped.INSTEAD:
        return _lacking_package(top)
    if _is_found(top):
        if top == "keras" and _major("keras") >= 3:
            return Lack("package", "keras 2", f"pip install {tables()['versions']['keras']}")
        return _lacking_below(name)
    if top in dropped.WHERE_NONE_IS:
        return (
            None
            if tree.file_of(f"{dropped.WHERE_NONE_IS[top]}.{below}".strip("."))
            else (Lack("dropped", name, "write it without: Python has dropped it"))
        )
    if top in tables()["python2"]:
        return Lack("Python 2", name, f"import {tables()['python2'][top]}")
    if top in _DEAD_BATTERIES:
        return Lack("package", name, f"pip install standard-{top}: Python has dropped it")
    return _lacking_package(top)


def _lacking_package(top: str) -> Lack | None:
    if _is_found(top):
        return None
    versions, distributions = tables()["versions"], tables()["distributions"]
    if top in versions:
        return Lack("package", top, f"pip install {versions[top]}")
    if top in distributions or top in _WELL_KNOWN:
        return Lack("package", top, f"pip install {distributions.get(top, top)}")
    return Lack("package", top, _INSTALL_IT.format(top))


_WELL_KNOWN = {
    *("pandas", "scipy", "matplotlib", "tqdm", "h5py", "six", "requests", "nltk", "gensim"),
    *("librosa", "mpi4py", "seaborn", "networkx", "joblib", "simplejson", "numba", "sympy"),
    *("pydot", "pycocotools", "imageio", "moviepy", "scikits", "termcolor", "colorama", "pytest"),
    *("lxml", "psutil", "jieba", "nibabel", "pyaudio", "easydict", "tabulate", "sentencepiece"),
    *("spacy", "tensorflow_datasets", "sacred", "hyperopt", "edward", "ipdb", "Cython", "pyglet"),
    *("bottleneck", "theano", "lasagne", "xgboost", "lightgbm", "torch", "torchvision", "flask"),
    *("cloudpickle", "dill", "docopt", "fire", "pyDOE", "svgwrite", "toposort"),
    *("prettytensor", "regex", "unidecode", "inflect", "munch", "toolz", "pygame", "mock"),
}


def _lacking_below(name: str) -> Lack | None:
    """Of a package that is here, a module below it that is not."""
    if name.partition(".")[0] in _MAKES_ITS_OWN or _has_module(name):
        return None
    if (told := tables()["dropped"].get(name)) is not None:
        return Lack("dropped", name, f"use {told}")
    if (told := tables()["python2"].get(name)) is not None:
        return Lack("Python 2", name, f"import {told}")
    if _is_shared(name.partition(".")[0]):
        return Lack("package", name, _INSTALL_IT.format(name))
    return Lack("dropped", name, "the version here has no such module: see its changes")


def name_lacking(name: str) -> Lack | None:
    """What is lacking of a dotted name that a program asks of a module that is here."""
    if (told := tables()["dropped"].get(name)) is not None and module_lacking(name) is not None:
        return Lack("dropped", name, f"use {told}")
    module, _, rest = name.partition(".")
    if name.startswith("scipy.misc."):
        return _of_scipy_misc(name)
    if module not in _ASKED or not rest or _is_supplied(module, rest):
        return None
    first = rest.partition(".")[0]
    if first in _OF_OTHER_SYSTEMS or _holds(module, first):
        return None
    short = f"{module}.{first}"
    if (told := tables()["python2"].get(short)) is not None:
        return Lack("Python 2", short, f"use {told}")
    return Lack("dropped", short, f"the {module} here has no {first}")


def _of_scipy_misc(name: str) -> Lack | None:
    held = tree.held(dropped.INSTEAD["scipy.misc"]) or frozenset()
    part = name.split(".")[2]
    if part in held or part == "pilutil" or part.startswith("__"):
        return None
    where = "scipy.datasets" if part in ("face", "ascent") else "scipy.special"
    return Lack("dropped", f"scipy.misc.{part}", f"see {where}")


def _is_supplied(module: str, rest: str) -> bool:
    """Whether `stillflow run` gives a name of the period back."""
    supplied = {*period.RENAMED.get(module, ()), *period.ADDED.get(module, ())}
    return rest in supplied or any(rest.startswith(f"{name}.") for name in supplied)


def _holds(module: str, name: str) -> bool:
    return hasattr(importlib.import_module(module), name) or _has_module(f"{module}.{name}")


@functools.cache
def _is_found(top: str) -> bool:
    """Whether a top-level module is here; it is not imported."""
    if top in sys.builtin_module_names or top in sys.stdlib_module_names:
        return True
    return _spec(top) is not None


@functools.cache
def _spec(top: str) -> Any:
    try:
        return importlib.machinery.PathFinder.find_spec(top) or importlib.util.find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return None


def _is_shared(top: str) -> bool:
    """Whether several distributions put modules into a package that is here, as into `google`."""
    return getattr(_spec(top), "origin", "") is None


@functools.cache
def _has_module(name: str) -> bool:
    """Whether a package that is here has the file of a module below it."""
    top, *below = name.split(".")
    spec = _spec(top)
    folders = list(getattr(spec, "submodule_search_locations", None) or [])
    if not folders:
        return not below or name in ("os.path", "xml.etree.cElementTree")
    suffixes = importlib.machinery.all_suffixes()
    for part in below:
        paths = [os.path.join(folder, part) for folder in folders]
        if any(os.path.exists(path + suffix) for path in paths for suffix in suffixes):
            return True  # what is below a file is its own affair
        folders = [path for path in paths if os.path.isdir(path)]
        if not folders:
            return False
    return True


def _major(distribution: str) -> int:
    try:
        return int(importlib.metadata.version(distribution).split(".")[0])
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return 0
