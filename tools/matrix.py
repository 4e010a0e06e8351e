"""Runs a quick share of the tests with each Python that is here, on the oldest and newest packages.

Run it in a checkout's own environment, as `make matrix` does:

    python tools/matrix.py [--python 3.13] [--packages oldest] [-- pytest's arguments]

Pythons are those of the path, of pyenv and of uv; none is downloaded. The oldest packages are the
first releases that pyproject.toml admits and that have a wheel for the Python. What is done, and
what pytest prints, is shown as it comes; at the end there is a row for each pair, and the exit code
is 1 where one failed.
"""

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILT = ROOT / "build" / "matrix"
VERSIONS = ["3.11", "3.12", "3.13", "3.14"]
PACKAGES = {"oldest": "lowest-direct", "newest": "highest"}
TEST_TOOLS = ["pytest>=8.3", "pytest-xdist>=3.6", "hypothesis>=6.120", "fissix>=24.4.24"]
# Short, and between them each part that needs no optional package: the command, graphs, numbers of
# both tiers, layers, input, training, eager programs, functions, processes, gone names, files.
SHARE = [
    "tests/autograph",
    "tests/cli/test_doctor.py",
    "tests/cli/test_run.py",
    "tests/graph",
    "tests/random",
    "tests/variables",
    "tests/functions",
    "tests/eager/test_tape.py",
    "tests/eager/test_iterating.py",
    "tests/layers/test_samplers.py",
    "tests/keras/test_metrics.py",
    "tests/ops/test_queues.py",
    "tests/train/test_coordinator.py",
    "tests/train/test_updates.py",
    "tests/summaries/test_summaries.py",
    "tests/interchange/test_importer.py",
    "tests/distribute/test_ranks.py",
    "tests/environment/test_dropped.py",
    "tests/environment/test_translation.py",
    "tests/checkpoint/test_saver.py",
    "tests/runtime/test_regions.py",
    "tests/runtime/test_xla_cache.py",
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", choices=VERSIONS, action="append")
    parser.add_argument("--packages", choices=PACKAGES, action="append")
    parser.add_argument("pytest", nargs="*", help="in place of the quick share")
    asked = parser.parse_args()
    rows, failed = [], False
    for version, packages in itertools.product(
        asked.python or VERSIONS, asked.packages or PACKAGES
    ):
        python = found(version)
        if python is None:
            rows.append(f"{version:5} {packages}  is not here")
            continue
        began = time.monotonic()
        outcome, is_good = tried(python, version, packages, asked.pytest or SHARE)
        took = time.monotonic() - began
        rows.append(f"{version:5} {packages}  {outcome}  ({took:.0f} s)")
        failed |= not is_good
    print(*rows, sep="\n", flush=True)
    return int(failed)


def found(version: str) -> str | None:
    """A Python of that version which runs; None where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [
        sys.executable,
        shutil.which(f"python{version}"),
        *sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python")), reverse=True),
        said(uv("python", "find", "--no-python-downloads", "--managed-python", version)),
    ]
    tell = "import sys; print('%d.%d' % sys.version_info[:2])"
    runs = (python for python in filter(None, candidates) if said([python, "-c", tell]) == version)
    return next(runs, None)


def tried(python: str, version: str, packages: str, tests: list[str]) -> tuple[str, bool]:
    """Makes the environment and runs the tests: what to say of them, and whether all passed."""
    folder = BUILT / f"{version}-{packages}"
    lock = folder.with_suffix(folder.suffix + ".txt")
    BUILT.mkdir(parents=True, exist_ok=True)
    into = ["--python", str(folder)]
    solve = ["--python-version", version, "--resolution", PACKAGES[packages], "--upgrade"]
    steps = {
        "finds packages": uv(
            *("pip", "compile", *solve, "--only-binary", ":all:", "pyproject.toml"),
            *("-o", str(lock)),
        ),
        "makes an environment": uv("venv", "--clear", "--python", python, str(folder)),
        "installs packages": uv(
            *("pip", "install", "--compile-bytecode", *into, "-r", str(lock), *TEST_TOOLS),
        ),
        "installs Stillflow": uv("pip", "install", *into, "--no-deps", "--editable", "."),
    }
    for what, step in steps.items():
        print(f"{version} {packages}: {what}", flush=True)
        done = subprocess.run(step, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            return f"cannot be installed: {done.stderr.strip()}", False
    print(f"{version} {packages}: tests {versions(folder)}", flush=True)
    command = [str(folder / "bin" / "pytest"), "-m", "not slow", "-n", "auto"]
    options = ["--dist", "loadfile", "-p", "no:cacheprovider"]
    last, code = shown([*command, *options, *tests])
    return f"{versions(folder)}: {last}", code == 0


def shown(command: list[str]) -> tuple[str, int]:
    """Runs the tests and passes on what they print: the last line of it, and the exit code."""
    last = "pytest said nothing"
    # What Python makes of modules is kept; else each process of the tests takes seconds for it.
    kept = {"PYTHONDONTWRITEBYTECODE": "", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **kept}, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip("= \n") or last
    return last, process.returncode


def versions(folder: Path) -> str:
    """The packages whose versions matter most."""
    tell = (
        "import importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in ('jax', 'numpy')))"
    )
    return said([str(folder / "bin" / "python"), "-c", tell])


def uv(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("uv")), *arguments]


def said(command: list[str]) -> str:
    """What a command printed; empty where it failed."""
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main())
