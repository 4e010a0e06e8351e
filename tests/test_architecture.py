"""Folders are stages, and imports point one way; importing Stillflow costs next to nothing."""

import ast
import functools
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from at_once import for_each

import stillflow

PACKAGE = Path(stillflow.__file__).parent

# What each stage may import of the others.
MAY_IMPORT = {
    "graph": set(),
    "declare": {"graph"},
    "platform": {"graph"},
    "checkpoint": {"graph", "platform"},
    "data": {"graph"},
    "tracking": {"graph"},
    "ops": {"graph", "declare", "platform", "checkpoint", "tracking"},
    "autograph": {"graph", "declare", "ops", "platform"},
    "gradients": {"graph", "declare", "ops", "platform"},
    "functions": {"graph", "declare", "ops", "gradients", "runtime", "autograph", "platform"},
    "runtime": {"graph", "declare", "platform"},
    "train": {
        *("graph", "declare", "ops", "gradients", "runtime", "platform", "checkpoint", "tracking"),
    },
    "distributions": {"graph", "declare", "ops", "platform", "layers"},
    "layers": {
        *("graph", "declare", "ops", "gradients", "runtime", "platform", "train", "tracking"),
        *("autograph", "functions"),
    },
    "input": {
        *("graph", "declare", "ops", "gradients", "runtime", "platform", "checkpoint"),
        *("train", "layers", "tracking", "autograph"),
    },
    "distribute": {
        *("graph", "declare", "ops", "gradients", "runtime", "platform", "train", "input"),
        *("autograph", "monitored"),
    },
    "graph_editor": {"graph", "ops", "platform"},
    "interchange": {
        *("graph", "declare", "ops", "runtime", "platform", "checkpoint", "train", "tracking"),
        "functions",
    },
    "leaving": {
        *("graph", "declare", "ops", "gradients", "runtime", "checkpoint", "interchange", "train"),
    },
    "events": {"graph", "platform", "checkpoint", "train"},
    "monitored": {
        *("graph", "declare", "ops", "runtime", "platform", "checkpoint", "train", "events"),
        "profiler",
    },
    "estimator": {
        *("graph", "declare", "ops", "runtime", "platform", "checkpoint", "train", "input"),
        *("events", "interchange", "monitored", "layers", "distribute", "keras"),
    },
    "keras": {
        *("graph", "declare", "ops", "gradients", "runtime", "platform", "checkpoint", "data"),
        *("train", "layers", "input", "events", "interchange", "tracking", "distribute"),
        "functions",
    },
    "eager": {
        *("graph", "declare", "ops", "checkpoint", "train", "input", "functions", "tracking"),
        "runtime",
    },
    "learn": {
        *("graph", "declare", "ops", "gradients", "runtime", "platform", "checkpoint", "data"),
        *("train", "layers", "input", "events", "interchange", "monitored", "estimator"),
    },
    "profiler": {"graph", "platform"},
    "predictor": {
        *("graph", "runtime", "platform", "checkpoint", "interchange", "monitored", "estimator"),
        "learn",
    },
    "testing": {"graph", "declare", "ops", "gradients", "runtime", "platform", "train", "events"},
    "api": {
        *("graph", "declare", "ops", "gradients", "runtime", "platform", "checkpoint", "data"),
        *("train", "layers", "input", "distributions", "graph_editor", "interchange", "events"),
        *("testing", "monitored", "estimator", "tracking", "learn", "distribute", "keras"),
        *("profiler", "predictor", "autograph", "functions", "eager"),
    },
    "environment": {"api", "runtime", "distribute"},
    "notebook": {"graph", "platform", "checkpoint", "api", "environment"},
    "serving": {"graph", "runtime", "platform", "checkpoint", "train", "interchange"},
    "digits": {"api", "serving"},
    "checking": {"api", "environment", "platform"},
    "cli": {
        *("api", "environment", "interchange", "digits", "leaving", "runtime", "distribute"),
        *("serving", "notebook", "platform", "checking", "events"),
    },
    "": {"declare", "ops", "runtime", "api", "cli", "environment", "leaving", "notebook"},
}
HEAVY = ("jax", "absl", "matplotlib", "google.protobuf", "tensorboard", "PIL", "rich", "scipy")


def stage_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first if path.parent != PACKAGE else ""


def named_in(statements) -> set[str]:
    """The modules that import statements name, and what they take from them."""
    found = set()
    for node in statements:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def run_at_import(body: list[ast.stmt]):
    """The statements of a module that importing it runs, but for what is inside of functions."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from run_at_import(node.orelse)
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from run_at_import([*node.body, *getattr(node, "orelse", [])])


class Source:
    """What the tests ask of a file, whose text is parsed once."""

    def __init__(self, path: Path):
        self.path = path.relative_to(PACKAGE)
        tree = ast.parse(path.read_text("utf-8"))
        nodes = list(ast.walk(tree))
        self.imported = named_in(nodes)
        self.imported_at_once = named_in(run_at_import(tree.body))
        called = (node.func for node in nodes if isinstance(node, ast.Call))
        self.called = {function.id for function in called if isinstance(function, ast.Name)}
        self.options = {word.arg for node in nodes for word in getattr(node, "keywords", [])}


@functools.cache
def source(path: Path) -> Source:
    return Source(path)


FILES = {
    str(path.relative_to(PACKAGE)): path
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyi")])
}
MODULES = {
    ".".join(("stillflow", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def cycles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of nodes that reach each other."""
    done, groups = set(), []
    reach = {node: reached_from(node, edges) for node in edges}
    for node in edges:
        group = sorted(other for other in reach[node] if node in reach[other])
        if group and node not in done:
            groups.append(group)
        done |= set(group)
    return groups


def reached_from(node: str, edges: dict[str, set[str]]) -> set[str]:
    found, waiting = set(), list(edges[node])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += edges[other]
    return found


def test_cycles_are_found():
    edges = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d"}}
    assert cycles(edges) == [["b", "c"], ["d"]]


def test_no_import_is_circular():
    edges = {}
    for module, path in MODULES.items():
        named = source(path).imported_at_once & MODULES.keys()
        # `from package import module` asks for the module, not for the package's own names.
        packages = {m for m in named if any(other.startswith(f"{m}.") for other in named)}
        edges[module] = named - packages - {module}
    assert cycles(edges) == []


@for_each(FILES)
def test_imports_point_one_way(path):
    stage, modules = stage_of(path), source(path).imported
    stages = {m.split(".")[1] for m in modules if m.startswith("stillflow.")}
    used = {s for s in stages if s in MAY_IMPORT} - {stage}
    assert used <= MAY_IMPORT[stage], f"{stage} must not import {used - MAY_IMPORT[stage]}"
    if any(m.split(".")[0] == "jax" for m in modules):
        assert source(path).path.match("*/xla*.py")


RUNS_CODE = {"cli/program.py", "runtime/host_code.py"}  # the user's program, and our own text


@for_each(FILES)
def test_no_file_that_is_read_is_run(path):
    """No pickle and no eval: what a checkpoint or a graph holds is data."""
    found = source(path)
    modules = {module.split(".")[0] for module in found.imported}
    assert not modules & {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
    assert "eval" not in found.called
    assert "exec" not in found.called or found.path.as_posix() in RUNS_CODE
    assert "allow_pickle" not in found.options


def loaded_after(statement: str) -> set[str]:
    """The modules that a new process has loaded after `statement`; no accelerator is there."""
    program = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"JAX_PLATFORMS": "nope"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    ["import stillflow", "import stillflow as tf; tf.Variable", "import stillflow as tf; tf.train"],
)
def test_importing_loads_nothing_heavy(statement):
    """Nor does it touch a device: with this platform setting that would raise."""
    loaded = loaded_after(statement)
    assert not [name for name in HEAVY if name in loaded]


def test_the_name_tensorflow_loads_no_numpy():
    loaded = loaded_after("import stillflow; stillflow.as_tensorflow(); import tensorflow")
    assert "numpy" not in loaded


def test_constants_alone_have_operators():
    loaded_after("import stillflow as tf; -(tf.constant(1.0) + tf.constant(2.0))[tf.newaxis]")


def test_no_two_test_files_have_one_name():
    """Pytest imports them by name alone, and collects nothing where two have the same."""
    names = Counter(path.name for path in Path(__file__).parent.rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
