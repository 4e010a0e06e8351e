"""Folders are stages, and imports point one way; importing Stillflow costs next to nothing."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import stillflow

PACKAGE = Path(stillflow.__file__).parent

# What each stage may import of the others.
MAY_IMPORT = {
    "graph": set(),
    "ops": {"graph"},
    "gradients": {"graph", "ops"},
    "gradients_custom": {"graph", "ops", "gradients"},
    "gradients_second": {"graph", "ops", "gradients"},
    "runtime": {"graph", "ops"},
    "platform": {"graph"},
    "checkpoint": {"graph", "platform"},
    "data": {"graph"},
    "train": {"graph", "ops", "gradients", "runtime", "platform", "checkpoint"},
    "interchange": {"graph", "ops", "platform", "checkpoint", "train"},
    "events": {"graph", "platform", "checkpoint", "train"},
    "testing": {"graph", "ops", "gradients", "runtime"},
    "api": {
        *("graph", "ops", "gradients", "gradients_custom", "gradients_second"),
        *("runtime", "platform", "checkpoint", "data", "train", "interchange", "events", "testing"),
    },
    "environment": {"api"},
    "digits": {"api"},
    "cli": {"api", "environment", "interchange", "digits"},
    "": {"api", "cli", "environment"},
}
HEAVY = ("jax", "absl", "matplotlib", "google.protobuf", "tensorboard", "PIL", "rich", "scipy")


def stage_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py") if first not in ("__init__.py", "__main__.py") else ""


def imported_modules(path: Path) -> set[str]:
    """Every module that a file imports, at the top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    stage = stage_of(path)
    modules = imported_modules(path)
    stages = {m.split(".")[1] for m in modules if m.startswith("stillflow.")}
    used = {s for s in stages if s in MAY_IMPORT} - {stage}
    assert used <= MAY_IMPORT[stage], f"{stage} must not import {used - MAY_IMPORT[stage]}"
    if any(m.split(".")[0] == "jax" for m in modules):
        assert path.relative_to(PACKAGE).match("runtime/xla*.py")


RUNS_CODE = {"cli/program.py", "runtime/host_code.py"}  # the user's program, and our own text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_that_is_read_is_run(path):
    """No pickle and no eval: what a checkpoint or a graph holds is data."""
    modules = {module.split(".")[0] for module in imported_modules(path)}
    assert not modules & {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
    tree = ast.parse(path.read_text("utf-8"))
    calls = {
        n.func.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    assert "eval" not in calls
    assert "exec" not in calls or path.relative_to(PACKAGE).as_posix() in RUNS_CODE
    options = {word.arg for node in ast.walk(tree) for word in getattr(node, "keywords", [])}
    assert "allow_pickle" not in options


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
