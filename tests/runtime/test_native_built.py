"""The optional library itself: built with the compiler that is here, and used by processes."""

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_INDEX = ("from versions: none", "Connection", "Network is unreachable", "resolution")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the library and oneDNN, for PYTHONPATH."""
    if shutil.which("g++") is None:
        pytest.skip("there is no compiler")
    folder = tmp_path_factory.mktemp("native")
    source = shutil.copytree(ROOT / "native", folder / "source")
    # In a prefix oneDNN's library lies where its package says that it does.
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--ignore-installed", "--prefix"]
    done = subprocess.run([*command, folder, source], capture_output=True, text=True)
    if done.returncode and any(said in done.stderr for said in NO_INDEX):
        pytest.skip(f"no package index: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    bases = {"base": str(folder), "platbase": str(folder)}
    return sysconfig.get_path("purelib", "posix_prefix", bases)


def says(site, program, tmp_path, **variables):
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("native_programs.py"), program],
        env={
            **os.environ,
            "PYTHONPATH": f"{site}{os.pathsep}{ROOT}",
            "STILLFLOW_NATIVE": "always",
            "STILLFLOW_CACHE": str(tmp_path / "cache"),
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_it_computes_what_numpy_does(site, tmp_path):
    (count,) = says(site, "equal", tmp_path)
    assert int(count) > 100


def test_it_multiplies_as_numpy_does(site, tmp_path):
    assert says(site, "multiplied", tmp_path) == ["32"]


@pytest.mark.parametrize("tier", ["host", "xla"])
def test_training_is_the_same_and_repeats(site, tmp_path, tier):
    """Also where the compiled form is read from disk: the second process finds it there."""
    without, _ = says(site, "trained", tmp_path, STILLFLOW_TIER=tier, STILLFLOW_NATIVE="off")
    first = says(site, "trained", tmp_path, STILLFLOW_TIER=tier)
    assert says(site, "trained", tmp_path, STILLFLOW_TIER=tier) == first
    assert ast.literal_eval(first[0]) == pytest.approx(ast.literal_eval(without), rel=1e-5)
