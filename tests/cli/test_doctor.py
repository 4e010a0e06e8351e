"""`stillflow doctor`: what it finds on this machine, and on machines where something is wrong."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import stillflow
from stillflow.cli.doctor import cache, checks, packages, probe, problems, report, variables
from stillflow.cli.doctor.packages import Extra, Package

PACKAGE = Path(stillflow.__file__).parent
NUMPY = next(package.needed for package in packages.needed() if package.name == "numpy")
DOCS = PACKAGE.parent / "docs" / "doctor.md"


def doctor(*arguments, **variables):
    command = [sys.executable, "-m", "stillflow", "doctor", *arguments]
    inherited = {n: os.environ[n] for n in os.environ if n not in problems._CHOOSE_DEVICES}
    env = {**inherited, **variables}
    return subprocess.run(command, capture_output=True, text=True, env=env)


@pytest.fixture(scope="module")
def found():
    """What is found here, as data."""
    done = doctor("--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_a_machine_that_is_ready(found):
    assert found["problems"] == []
    assert [check["name"] for check in found["checks"]] == list(probe.CHECKS)
    assert all(check["said"] is None for check in found["checks"])
    assert found["python"]["version"] == sys.version.split()[0]
    assert {"numpy", "jax", "jaxlib", "protobuf"} <= {p["name"] for p in found["packages"]}
    assert found["devices"]
    assert found["threads"]["usable"] <= found["threads"]["cores"]


def test_every_key_is_explained(found):
    rows = re.findall(r"^\| `([a-z]\w*)` \|", DOCS.read_text("utf-8"), re.MULTILINE)
    assert rows == list(found)


def test_the_text_says_the_same(found):
    data = {
        **found,
        "packages": [Package(**package) for package in found["packages"]],
        "extras": {
            name: Extra(extra["installed"], [Package(**package) for package in extra["packages"]])
            for name, extra in found["extras"].items()
        },
        "cache": cache.Cache(**found["cache"]),
        "checks": [checks.Check(**check) for check in found["checks"]],
    }
    text = "\n".join(report.lines(report.Report(**data)))
    for package in found["packages"]:
        assert re.search(rf"^  {package['name']} +{package['version']} ", text, re.MULTILINE)
    for name in found["extras"]:
        assert re.search(rf"^  {name} +(not )?installed ", text, re.MULTILINE)
    assert text.endswith("\n\nNo problems.")


def test_all_that_is_wrong_is_named_with_what_mends_it(tmp_path):
    """One run on a machine where a good deal is wrong; the exit code is 1."""
    (tmp_path / "numpy-1.26.4.dist-info").mkdir()
    metadata = "Metadata-Version: 2.1\nName: numpy\nVersion: 1.26.4\n"
    (tmp_path / "numpy-1.26.4.dist-info" / "METADATA").write_text(metadata)
    (tmp_path / "file").write_text("no folder")
    done = doctor(
        PYTHONPATH=str(tmp_path),
        STILLFLOW_CACHE=str(tmp_path / "file"),
        STILLFLOW_TIER="gpu",
        STILLFLOW_DEVISE="cpu",
        STILLFLOW_NATIVE="off",
        JAX_PLATFORMS="nope",
    )
    assert (done.returncode, done.stderr) == (1, "")
    found = dict(re.findall(r"^Problem: (.*)\n  (.*)$", done.stdout, re.MULTILINE))
    numpy, tier, kept, jax, xla = found
    assert numpy == f"numpy is 1.26.4; {NUMPY} is needed."
    assert found[numpy] == f"python -m pip install 'numpy{NUMPY}'"
    assert tier == "STILLFLOW_TIER is 'gpu'; it may be auto, host, xla."
    assert found[tier] == "unset STILLFLOW_TIER"
    assert kept.startswith(f"Compiled code cannot be kept in {tmp_path / 'file'}: ")
    assert "STILLFLOW_CACHE" in found[kept]
    assert jax.startswith("JAX and its devices: RuntimeError: Unable to initialize backend 'nope'")
    assert found[jax].endswith("env -u JAX_PLATFORMS stillflow doctor")
    assert xla.startswith("A step of training in XLA: ")
    note = (
        "STILLFLOW_DEVISE is set, and Stillflow knows no such variable. Is STILLFLOW_DEVICE meant?"
    )
    assert f"\nNote: {note}\n" in done.stdout
    assert "\n  STILLFLOW_TIER=gpu\n" in done.stdout


def test_runs_that_hang_are_given_up():
    made, devices = checks.checks(0.01)
    first = next(iter(probe.CHECKS))
    assert made == [checks.Check(first, None, "It has not ended after 0.01 seconds.")]
    assert devices == []


@pytest.mark.parametrize(
    ("lines", "names", "last_said"),
    [
        ([], ["numpy"], "gone"),
        (['{"starts": "numpy"}'], ["numpy"], "gone"),
        (
            [
                '{"starts": "numpy"}',
                '{"ends": "numpy", "seconds": 1, "said": null}',
                '{"starts": "xla"}',
            ],
            ["numpy", "xla"],
            "gone",
        ),
        (['{"ends": "numpy", "seconds": 1, "said": null}'], ["numpy", "xla"], "gone"),
        (
            [
                '{"ends": "numpy", "seconds": 1, "said": "bad"}',
                '{"devices": [1]}',
                '{"ends": "xla", "seconds": 1, "said": null}',
            ],
            ["numpy", "xla"],
            None,
        ),
    ],
)
def test_a_process_that_ends_early_failed_at_what_it_was_at(monkeypatch, lines, names, last_said):
    monkeypatch.setattr(checks, "CHECKS", {"numpy": None, "xla": None})
    made, _ = checks.read(lines, "gone")
    assert [check.name for check in made] == names
    assert made[-1].said == last_said


def test_how_a_process_ended():
    killed = subprocess.CompletedProcess([], -4, b"", b"one\nIllegal instruction\n")
    assert checks._ended(killed) == "The process was ended by SIGILL. Illegal instruction"
    assert checks._ended(subprocess.CompletedProcess([], 3, b"", b"")).endswith("with code 3.")


def test_what_mends_a_failed_run(monkeypatch):
    for name in problems._CHOOSE_DEVICES:
        monkeypatch.delenv(name, raising=False)
    names = [*list(probe.CHECKS)[:4], "a convolution by stillflow-native"]
    numpy, graph, jax, xla, native = (
        problem.fix for problem in problems.of_checks([checks.Check(n, 1, "no") for n in names], [])
    )
    assert "STILLFLOW_NATIVE=off" in native
    assert numpy.endswith("--force-reinstall stillflow")
    assert graph.endswith("protobuf tensorboard")
    assert jax == xla
    assert jax.startswith("STILLFLOW_DEVICE=cpu ")


def test_packages_that_are_missing_or_too_old(monkeypatch):
    monkeypatch.setattr(packages, "version_of", {"jax": "0.10.2", "pillow": "1"}.get)
    needed, extras = packages.needed(), packages.extras()
    found = {p.what: p.fix for p in problems.of_packages(needed, extras)}
    missing = "numpy is not installed, and Stillflow needs it."
    assert found[missing] == f"python -m pip install 'numpy{NUMPY}'"
    old = "pillow is 1; >=11 is needed. The extra image uses it."
    assert found[old] == "python -m pip install --upgrade 'stillflow[image]'"
    assert not any("matplotlib" in what for what in found)  # an extra may be left out
    assert not extras["plot"].installed
    assert "dev" not in extras


def test_an_extra_brings_those_that_it_names():
    assert {"pillow", "starlette"} <= {p.name for p in packages.extras()["web"].packages}
    assert any("cuda" in p.name for p in packages.extras()["cuda"].packages)


def test_a_version_that_is_none_does_not_suit(monkeypatch):
    monkeypatch.setattr(packages, "version_of", lambda _: "a mess")
    assert not any(package.suits for package in packages.needed() if package.needed)


def test_a_checkout_that_is_not_installed():
    (problem,) = problems.of_packages([], {})
    assert "pip install -e ." in problem.fix


def test_a_gpu_that_jax_does_not_show(monkeypatch):
    monkeypatch.setattr(problems.accelerators, "platform", lambda: "gpu")
    (problem,) = problems.of_checks([], [{"platform": "cpu"}])
    assert "the processor alone" in problem.what
    assert list(problems.of_checks([], [{"platform": "gpu"}, {"platform": "cpu"}])) == []


def test_notes(monkeypatch):
    monkeypatch.setattr(problems.accelerators, "has_gpu", lambda: True)
    monkeypatch.setattr(problems.accelerators, "has_gpu_plugin", lambda: False)
    both, gpu, off = problems.notes(cache.Cache(None), "tensorflow 2.18.0")
    assert both.startswith("tensorflow 2.18.0 is installed too.")
    assert "stillflow[cuda]" in gpu
    assert "STILLFLOW_CACHE is off" in off


def test_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("STILLFLOW_CACHE", str(tmp_path / "a" / "b"))
    assert cache.cache() == cache.Cache(str(tmp_path / "a" / "b"))
    assert not (tmp_path / "a").exists()
    (tmp_path / "entry").write_bytes(bytes(100))
    monkeypatch.setenv("STILLFLOW_CACHE", str(tmp_path))
    assert cache.cache() == cache.Cache(str(tmp_path), 1, 100)
    monkeypatch.setenv("STILLFLOW_CACHE", "off")
    assert cache.cache().folder is None


def test_secrets_are_not_shown():
    environment = {"STILLFLOW_MEMBERSHIP": "token", "TF_CONFIG": "{}", "TF_TOKEN": "x", "HOME": "/"}
    shown = {"STILLFLOW_MEMBERSHIP": "(not shown)", "TF_CONFIG": "{}"}
    assert variables.those_set(environment) == shown


NO_SETTINGS = {
    "MAX_DIRECTORY_CREATION_ATTEMPTS",  # names in Python
    "O_BINARY",
    "USE_DEFAULT",
    "PYCHARM_HOSTED",  # changes how a bar of progress is drawn
    "NO_COLOR",
}


def test_every_variable_that_is_read_is_known():
    """A file that reads the environment names the variables as strings."""
    read = set()
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        if "environ" not in text or path.is_relative_to(PACKAGE / "cli" / "doctor"):
            continue
        strings = (n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant))
        name = r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+"
        read |= {s for s in strings if isinstance(s, str) and re.fullmatch(name, s)}
    assert "STILLFLOW_TIER" in read
    assert [name for name in sorted(read - NO_SETTINGS) if not variables.matters(name)] == []
    assert {name for name in read if name.startswith("STILLFLOW_")} == variables.OWN.keys()


def test_every_own_variable_is_explained():
    rows = dict(re.findall(r"^\| `(STILLFLOW_\w+)` \| (.*) \|$", DOCS.read_text(), re.MULTILINE))
    assert rows == variables.OWN
