"""The stubs: they list what is there, and type checkers know the public tree by them."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from mypy import api as mypy

import stillflow
from stillflow.api import _stubs

TREE = Path(stillflow.__file__).parent / "api"
MODULES = {
    ".".join(("stillflow", "api", *path.relative_to(TREE).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(TREE.rglob("*.py"))
    if path.name == "__init__.py" or not path.name.startswith("_")
}
del MODULES["stillflow.api.raw_ops"]  # it shows all that is declared, and has no stub


@pytest.mark.parametrize("name", MODULES)
def test_every_name_of_a_stub_loads(name):
    """And is what the stub says; `dir` and `import *` show it."""
    module = importlib.import_module(name)
    exports = _stubs.re_exports(MODULES[name])
    for public, (source, there) in exports.items():
        found = importlib.import_module(source)
        assert getattr(module, public) is getattr(found, there), public
    assert set(exports) <= set(dir(module))
    assert set(module.__all__) == {public for public in dir(module) if public[0] != "_"}


@pytest.mark.parametrize(
    "name", [name for name, path in MODULES.items() if path.stem == "__init__"]
)
def test_a_package_lists_the_modules_in_it(name):
    """`tf.examples` alone is no attribute of TensorFlow 1.15 before it is imported."""
    inside = {other.rpartition(".")[2] for other in MODULES if other.rpartition(".")[0] == name}
    assert inside - {"examples"} <= set(_stubs.re_exports(MODULES[name]))


def test_import_star_gives_every_public_name():
    namespace = {}
    exec("from stillflow.api.nn import *", namespace)
    assert {"relu", "conv2d", "softmax"} <= set(namespace)
    assert not [name for name in namespace if name.startswith("_") and name != "__builtins__"]


def by_ast(path):
    """What `re_exports` gives, by Python's own parser."""
    imported, exported = {}, {}
    for node in ast.parse(path.read_text()).body:
        match node:
            case ast.ImportFrom(module=module, names=names, level=0):
                for alias in names:
                    imported[alias.asname or alias.name] = module, alias.name
                    if alias.name == alias.asname:
                        exported[alias.name] = module, alias.name
            case ast.Assign(targets=[ast.Name(name)], value=ast.Name(known)):
                exported[name] = imported[known]
            case _:
                assert isinstance(node, ast.AnnAssign), ast.unparse(node)
    return exported


@pytest.mark.parametrize("name", MODULES)
def test_stubs_are_read_as_python_reads_them(name):
    assert _stubs.re_exports(MODULES[name]) == by_ast(MODULES[name].with_suffix(".pyi"))


def read(tmp_path, stub):
    (tmp_path / "module.pyi").write_text(stub)
    return _stubs.re_exports(tmp_path / "module.py")


def test_a_stub_re_exports_what_type_checkers_say(tmp_path):
    """PEP 484: `as` the same name is public, another import is not; an assignment is."""
    stub = """
from a.b import c as c, d as d, e as private
# The last one.
from a.b import (
    f as f,
)
from a import g
h = g
VERSION: str  # of TensorFlow
"""
    at = {"c": ("a.b", "c"), "d": ("a.b", "d"), "f": ("a.b", "f"), "h": ("a", "g")}
    assert read(tmp_path, stub) == at == by_ast(tmp_path / "module.pyi")


@pytest.mark.parametrize(
    "statement",
    [
        "import a",
        "from . import a as a",
        "from a import *",
        "def f(): ...",
        "x = (1)",
        "class A: ...",
    ],
)
def test_a_stub_that_holds_more_is_refused(tmp_path, statement):
    with pytest.raises(ValueError, match=re.escape(f"no re-export: {statement}")):
        read(tmp_path, statement)


def test_a_missing_stub_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"module\.pyi"):
        _stubs.re_exports(tmp_path / "module.py")


TENSOR = "stillflow.graph.operation.Tensor"
TYPES = {
    "tf.matmul": f"def (a: Any, b: Any, .*) -> {TENSOR}",
    "tf.matmul(1, 2)": TENSOR,
    "tf.abs": f"def (x: Any, name: str | None =) -> {TENSOR}",
    "tf.add": "stillflow.declare.opdef.OpDef",
    "tf.float32": "stillflow.graph.dtypes.DType",
    "tf.Session()": "stillflow.runtime.session.Session",
    "tf.nn.relu": "stillflow.declare.opdef.OpDef",
    "tf.nn.relu(1)": TENSOR,
    "tf.add(1, 2) * 3": TENSOR,
    "tf.qr(1).q": "Any",
    "tf.nn.softmax(1)": TENSOR,
    "tf.train.AdamOptimizer(0.1)": "stillflow.train.adam.AdamOptimizer",
    "tf.train.AdamOptimizer(0.1).minimize(1)": "stillflow.graph.operation.Operation",
    "tf.gradients": "def (ys: Any, xs: Any, .*",
    "tf.gfile.FastGFile('f')": "stillflow.platform.files.GFile",
    "tf.compat.v1.matmul(1, 2)": TENSOR,
    "tf.contrib.layers.xavier_initializer": "def (uniform: bool =, .*",
    "tf.VERSION": "str",
    "tf.as_tensorflow()": "types.ModuleType",
}


def test_type_checkers_know_what_a_public_name_is(tmp_path):
    """`reveal_type` of mypy for a program outside; a name that is missing is an error."""
    program = tmp_path / "program.py"
    lines = [
        "import stillflow as tf",
        *(f"reveal_type({name})" for name in TYPES),
        "tf.sysconfig",
    ]
    program.write_text("\n".join(lines))
    project = TREE.parents[1]
    options = f"--config-file={project}/pyproject.toml", f"--cache-dir={project}/.mypy_cache"
    output, errors, _ = mypy.run([*options, str(program)])
    assert not errors
    revealed = re.findall(r'Revealed type is "(.*)"', output)
    for (name, wanted), found in zip(TYPES.items(), revealed, strict=True):
        assert re.fullmatch(re.escape(wanted).replace(r"\.\*", ".*"), found), (name, found)
    assert 'Module has no attribute "sysconfig"' in output
    assert "Found 1 error" in output
