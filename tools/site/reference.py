"""A page for each public module, made of the stubs: every name, what it takes and what it does.

Of a docstring the first paragraph is shown, and each later one that speaks of TensorFlow: those say
where the two differ.
"""

import functools
import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType

import stillflow.api
from stillflow.api import _missing, _stubs
from stillflow.cli.names import has
from stillflow.platform.flags import Flags

_ROOT = Path(stillflow.api.__file__).parent
# Where a page of docs/ says what a module means, and how it differs.
_READ = {
    "": "supported",
    "autograph": "autograph",
    "compat.v2": "programs",
    "contrib": "contrib",
    "contrib.distributions": "distributions",
    "contrib.eager": "eager",
    "contrib.learn": "estimators",
    "contrib.lookup": "input",
    "contrib.rnn": "recurrent",
    "contrib.seq2seq": "recurrent",
    "data": "input",
    "distribute": "replicas",
    "distributions": "distributions",
    "estimator": "estimators",
    "feature_column": "input",
    "graph_util": "graphs",
    "image": "pictures",
    "keras": "keras",
    "linalg": "mathematics",
    "lookup": "input",
    "math": "mathematics",
    "nn.rnn_cell": "recurrent",
    "queue": "input",
    "ragged": "strings",
    "random": "random-numbers",
    "saved_model": "graphs",
    "sparse": "sparse",
    "strings": "strings",
    "train": "training",
}
_CODE = re.compile(r"(`[^`]*`)")
_SPECIAL = re.compile(r"([*_<\[\]|])")


def pages():
    """Yields (path in the site, Markdown) for each public module and for the list of them."""
    modules = [*_modules()]
    yield "reference/index.md", _index(modules)
    for path in modules:
        yield _page_of(path), _page(path)


def navigation(paths):
    """The entries of the navigation: the list, then a module each, in groups by their names."""
    groups = {name: [] for name in ("tf", "tf.keras", "tf.contrib", "tf.compat.v2")}
    for path in sorted(p for p in paths if p != "reference/index.md"):
        name = Path(path).stem
        group = next(g for g in reversed(groups) if f"{name}.".startswith(f"{g}."))
        groups[group].append({name: path})
    return ["reference/index.md", *({name: pages} for name, pages in groups.items())]


def _modules():
    """The dotted paths below `tf` that have a stub; "" is `tf` itself."""
    for stub in sorted(_ROOT.rglob("*.pyi")):
        parts = stub.relative_to(_ROOT).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__")


def _page_of(path):
    return f"reference/{_dotted(path)}.md"


def _dotted(path):
    return f"tf.{path}" if path else "tf"


def _module(path):
    return importlib.import_module(f"{stillflow.api.__name__}.{path}".rstrip("."))


def _index(modules):
    lines = [
        "# Every name",
        "",
        "All public modules, with how many of TensorFlow 1.15's names are there. "
        "`stillflow names tf.nn` says the same in a terminal. `tf.compat.v1` is the root module "
        "itself, and `tf.raw_ops` has a function for each op type that Stillflow declares.",
        "",
        "| module | there | in TensorFlow 1.15 |",
        "| --- | --- | --- |",
    ]
    for path in modules:
        names = _missing.names().get(path)
        there = sum(has(_module(path), name) for name in names or _exports(path))
        of = len(names) if names else ""
        lines.append(f"| [{_dotted(path)}]({_dotted(path)}.md) | {there} | {of} |")
    return "\n".join(lines) + "\n"


def _exports(path):
    return _stubs.re_exports(_module(path).__file__)


def _page(path):
    module = _module(path)
    values = {name: getattr(module, name) for name in sorted(_exports(path)) if has(module, name)}
    about = _READ[max((m for m in _READ if f"{path}.".startswith(f"{m}.") or not m), key=len)]
    lines = [f"# {_dotted(path)}", "", f"See also: [{about}](../{about}.md).", ""]
    below = [name for name, value in values.items() if isinstance(value, ModuleType)]
    lines += _links(path, below)
    for name, value in values.items():
        if name not in below:
            lines += _entry(name, value)
    absent = [n for n in sorted(_missing.names().get(path, ())) if not has(module, n)]
    if absent:
        lines += ["## Not there yet", "", ", ".join(f"`{name}`" for name in absent), ""]
    return "\n".join(lines)


def _links(path, below):
    known = set(_modules())
    inner = {name: f"{path}.{name}".lstrip(".") for name in below}
    shown = [f"[{n}]({_dotted(p)}.md)" if p in known else f"`{n}`" for n, p in inner.items()]
    return [f"Modules: {', '.join(shown)}", ""] if shown else []


def _entry(name, value):
    lines = [f"## {_plain(name)}", ""]
    if _is_called(value):
        lines += ["```python", f"{name}{_signature(value)}", "```", ""]
    for paragraph in _told(value):
        lines += [_plain(paragraph), ""]
    return lines


def _is_called(value):
    """A function, a class or an op; `tf.flags.FLAGS` too can be called, but parses `sys.argv`."""
    return callable(value) and not isinstance(value, Flags)


def _signature(value):
    """The parameters with their defaults; their types are in the stubs' sources, for editors."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return "(...)"
    bare = [
        p.replace(annotation=p.empty, default=_default(p.default))
        for p in signature.parameters.values()
    ]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))


def _default(value):
    """A default that is shown by its name, where Python would show where it lies in memory."""
    if value is inspect.Parameter.empty or not re.match("<", repr(value)):
        return value
    name = getattr(value, "__qualname__", type(value).__name__)
    return _Shown("lambda" if "lambda" in name else name.split(".<")[0])


class _Shown(str):
    __slots__ = ()

    def __repr__(self):
        return str(self)


def _told(value):
    """The first paragraph of a docstring, and those that say where TensorFlow differs."""
    if not _is_called(value):
        return [f"A value: `{type(value).__name__}`."]
    documented = value.func if isinstance(value, functools.partial) else value
    paragraphs = (inspect.getdoc(documented) or "").split("\n\n")
    told = [p for p in paragraphs[1:] if "TensorFlow" in p and ":\n" not in p]
    return [" ".join(paragraph.split()) for paragraph in [paragraphs[0], *told] if paragraph]


def _plain(text):
    """Text in which only what stands in backquotes is marked up."""
    parts = _CODE.split(text)
    return "".join(p if p.startswith("`") else _SPECIAL.sub(r"\\\1", p) for p in parts)
