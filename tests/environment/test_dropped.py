"""Modules that Python and SciPy have dropped: under their old names, with their old results."""

import importlib
import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
import scipy.special  # noqa: F401  # below modules are forgotten; NumPy's load once in a process
from cases import scipy_misc as pictures

from stillflow.environment import dropped
from stillflow.environment.dropped import imp, scipy_misc
from stillflow.environment.dropped.distutils import spawn, util, version

GOLDEN = Path(__file__).parents[1] / "golden" / "environment"
RECORDED = json.loads((GOLDEN / "scipy_misc.json").read_text())


@pytest.fixture
def installed(monkeypatch):
    """The finders, and what they find, for one test."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = dict(sys.modules)
    dropped.install()
    yield
    for name in sys.modules.keys() - before:
        del sys.modules[name]
    sys.modules.update(before)


@pytest.mark.parametrize("name", [*dropped.WHERE_NONE_IS, *dropped.INSTEAD])
def test_the_module_is_found_without_a_warning(name):
    code = (
        "import importlib, warnings; from stillflow.environment import period; period.install()\n"
        f"found = importlib.import_module({name!r}); print(found.__name__)"
    )
    if name in sys.stdlib_module_names:
        pytest.skip("Python has it still")
    if name == "distutils" and importlib.util.find_spec(name):
        pytest.skip("setuptools stands in for it")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == {**dropped.WHERE_NONE_IS, **dropped.INSTEAD}[name]


def test_eigen_is_where_scipy_has_it_today(installed, monkeypatch):
    monkeypatch.delitem(sys.modules, "scipy.sparse.linalg.eigen", raising=False)
    from scipy.sparse.linalg import eigsh
    from scipy.sparse.linalg.eigen import arpack

    assert arpack.eigsh is eigsh


@pytest.mark.parametrize("case", pictures.CASES)
def test_pictures_are_the_same_bytes(monkeypatch, case):
    """As SciPy 1.2 with Pillow 6 made them (tools/record_scipy_misc.py)."""
    monkeypatch.setitem(sys.modules, "scipy.misc", scipy_misc)
    assert pictures.outcome(pictures.CASES[case]) == RECORDED[case]


def test_every_recorded_picture_is_tried():
    assert RECORDED.keys() == pictures.CASES.keys()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (([0.0, 0.0],), 0.6931471805599453),
        (([1000.0, 1000.0],), 1000.6931471805599),
        (([-float("inf")] * 2,), -float("inf")),
        (([[0.0, 1.0], [2.0, 3.0]], 1), [1.3132616875182228, 3.3132616875182226]),
        (([1.0, 2.0], None, [3.0, 0.0]), 2.09861228866811),
        (([1.0, 2.0], None, [1.0, -1.0], False, True), (1.5413248546129181, -1.0)),
    ],
)
def test_logsumexp(arguments, expected):
    """SciPy 1.2's numbers."""
    assert scipy_misc.logsumexp(*arguments) == pytest.approx(expected, rel=1e-15)


VERSIONS = ["1.15.0", "1.2", "1.4.0rc1", "1.4.0", "2.0.0-beta1", "10.1", "1.4"]
LOOSE = ["1.2", "1.4", "1.4.0", "1.4.0rc1", "1.15.0", "2.0.0-beta1", "10.1"]
STRICT = ["0.4", "0.4.1", "0.5a1", "0.5b3", "0.5", "0.9.6", "1.0", "1.0.4a3", "1.0.4", "1.13"]


@pytest.mark.parametrize(("kind", "ascending"), [("Loose", LOOSE), ("Strict", STRICT)])
def test_versions_compare(kind, ascending):
    """With each other and with strings, as in distutils' own documentation."""
    kind = getattr(version, f"{kind}Version")
    for low, high in itertools.pairwise(ascending):
        assert kind(low) < kind(high)
        assert kind(high) >= low
        assert kind(low) != high
        assert kind(low) <= kind(low)
    assert kind(ascending[0]) == ascending[0]


def test_versions_are_shown_and_refused():
    assert repr(version.LooseVersion("1.4.0rc1")) == "LooseVersion ('1.4.0rc1')"
    assert version.LooseVersion("1.4.0rc1").version == [1, 4, 0, "rc", 1]
    assert str(version.StrictVersion("1.4.0")) == "1.4"
    assert str(version.StrictVersion("1.0.4a3")) == "1.0.4a3"
    with pytest.raises(ValueError, match=r"invalid version number '1\.4\.0rc1'"):
        version.StrictVersion("1.4.0rc1")
    with pytest.raises(TypeError):
        _ = version.LooseVersion("1.a") < version.LooseVersion("1.2")


def test_words_for_true_and_false():
    assert [util.strtobool(word) for word in ("Yes", "on", "1", "NO", "f", "0")] == [
        1,
        1,
        1,
        0,
        0,
        0,
    ]
    with pytest.raises(ValueError, match="invalid truth value 'maybe'"):
        util.strtobool("Maybe")


def test_a_program_is_found_on_the_path(tmp_path, monkeypatch):
    (tmp_path / "tool").touch()
    assert spawn.find_executable("tool", str(tmp_path)) == str(tmp_path / "tool")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert spawn.find_executable("tool") == str(tmp_path / "tool")
    assert spawn.find_executable("no such tool") is None


def test_imp_loads_files(tmp_path, monkeypatch):
    """`load_source` runs a file in the module that is there already, as `reload` does."""
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    (tmp_path / "settings.py").write_text("count = globals().get('count', 0) + 1")
    module = imp.load_source("settings_of_imp", str(tmp_path / "settings.py"))
    assert module.count == 1
    assert imp.load_source("settings_of_imp", str(tmp_path / "settings.py")) is module
    assert module.count == 2
    assert imp.new_module("empty").__name__ == "empty"
    assert imp.reload is importlib.reload


def test_imp_finds_what_it_loads(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    (tmp_path / "plain.py").write_text("x = 1")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("x = 2")
    for name, value in (("plain", 1), ("package", 2)):
        file, path, details = imp.find_module(name, [str(tmp_path)])
        assert imp.load_module(f"{name}_of_imp", file, path, details).x == value
        if file:
            file.close()
    with pytest.raises(ImportError, match="No module named 'absent'"):
        imp.find_module("absent", [str(tmp_path)])


def test_imp_forgets_a_module_that_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    (tmp_path / "broken.py").write_text("1 / 0")
    with pytest.raises(ZeroDivisionError):
        imp.load_source("broken_of_imp", str(tmp_path / "broken.py"))
    assert "broken_of_imp" not in sys.modules
