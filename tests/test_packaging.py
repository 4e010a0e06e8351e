"""What is built of the package holds what it must and nothing else; the lock fits what is asked."""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "stillflow"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# What a wheel holds beside Python: data that the package reads, and the page.
DATA = {".csv", ".css", ".gz", ".html", ".js", ".json", ".svg", ".toml", ".txt", ".typed"}
NO_INDEX = ("from versions: none", "Connection", "Network is unreachable", "resolution")


def built(kind, folder):
    """The file of a wheel or an sdist of this checkout."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory"]
    done = subprocess.run([*command, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    return built("sdist", tmp_path_factory.mktemp("sdist"))


def files_of(folder):
    """Every file below a folder, by its path from there, but for what Python has compiled."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {p.relative_to(folder).as_posix() for p in paths if "__pycache__" not in p.parts}


def test_a_wheel_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entries = archive.read(next(n for n in names if n.endswith("/entry_points.txt"))).decode()
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == {f"stillflow/{name}" for name in files_of(PACKAGE)}
    assert {name.partition("/")[2] for name in about} == {
        *("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"),
    }
    assert "stillflow = stillflow.cli:main" in entries


def test_beside_python_a_wheel_holds_data_of_known_kinds(wheel):
    others = {Path(name).suffix for name in files_of(PACKAGE)} - {".py", ".pyi"}
    assert others - {".md"} == DATA
    assert [n for n in files_of(PACKAGE) if n.endswith(".md")] == ["data/files/README.md"]


def test_what_a_wheel_says_of_itself(wheel):
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(next(n for n in archive.namelist() if n.endswith("/METADATA")))
    lines = metadata.decode().splitlines()
    assert f"Version: {PROJECT['version']}" in lines
    assert "License-Expression: Apache-2.0" in lines
    needed = [line for line in lines if line.startswith("Requires-Dist: ") and "extra" not in line]
    assert len(needed) == len(PROJECT["dependencies"])


# The lock -----------------------------------------------------------------------------------------


def pins():
    """{package: the versions that constraints.txt pins, one for each range of Pythons}."""
    found = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            requirement = Requirement(line)
            (pin,) = requirement.specifier
            assert pin.operator == "==", line
            found.setdefault(normal(requirement.name), []).append(pin.version)
    return found


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


EXTRAS = PROJECT["optional-dependencies"]
APART = ("cuda", "native")  # nothing here installs them
ASKED = [
    requirement
    for text in (
        *PROJECT["dependencies"],
        *(t for n in EXTRAS if n not in APART for t in EXTRAS[n]),
    )
    if (requirement := Requirement(text)).name != "stillflow"
]


@pytest.mark.parametrize("requirement", ASKED, ids=str)
def test_the_lock_pins_what_is_asked(requirement):
    """Where this fails, `make lock` renews constraints.txt."""
    versions = pins().get(normal(requirement.name), [])
    assert versions, f"{requirement.name} is not in constraints.txt: run `make lock`."
    assert all(requirement.specifier.contains(version) for version in versions)


def test_the_lock_names_no_place_that_packages_come_from():
    text = (ROOT / "constraints.txt").read_text("utf-8")
    assert not re.search(r"://|--|@", text)


# What takes minutes or an index -------------------------------------------------------------------


@pytest.mark.slow
def test_tests_run_in_an_unpacked_sdist(sdist, tmp_path):
    """Those that read files beside the package: documents, benchmarks, records, examples."""
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
    tests = ["test_docs.py", "test_benchmarks.py", "tools", "examples/test_mnist_example.py"]
    done = subprocess.run(
        [*command, *(f"tests/{name}" for name in tests)],
        cwd=unpacked,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.slow
def test_without_extras_the_example_trains_tests_and_the_doctor_is_content(wheel, tmp_path):
    """In an environment that holds Stillflow and what it needs, away from the checkout."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "bare"], check=True)
    bin_ = tmp_path / "bare" / "bin"
    lock = ["--constraint", ROOT / "constraints.txt"]
    install = [bin_ / "python", "-m", "pip", "install", "--quiet", *lock, wheel]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode and any(said in done.stderr for said in NO_INDEX):
        pytest.skip(f"no package index: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    shutil.copytree(ROOT / "examples" / "mnist", tmp_path / "programs")

    def says(*command):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    run = [bin_ / "stillflow", "run"]
    says(*run, "programs/mnist_backward.py", "--steps", "200", "--model", "model")
    tested = says(*run, "programs/mnist_test.py", "--model", "model")
    assert float(re.search(r"accuracy = (\S+) %", tested)[1]) > 90
    found = json.loads(says(bin_ / "stillflow", "doctor", "--json"))
    assert Path(found["stillflow"]["folder"]).is_relative_to(tmp_path)
    there = {name for name, extra in found["extras"].items() if extra["installed"]}
    assert not there & {"onnx", "plot", "keras", "web", "browser"}
