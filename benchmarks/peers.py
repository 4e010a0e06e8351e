"""The systems that are compared, and how each is started."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.workloads import NATIVE

HERE = Path(__file__).parent
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True)
class Peer:
    """A system: the command of its Python, its module in `systems/`, the prefix of its programs."""

    name: str
    python: tuple[str, ...]
    system: str
    programs: str
    launcher: tuple[str, ...] = ()  # before a program's path
    env: dict[str, str] = field(default_factory=dict)

    def worker(self) -> list[str]:
        return [*self.python, str(HERE / "worker.py"), self.system]

    def program(self, name: str) -> list[str] | None:
        """The command that runs a program of `programs/`; None when this system has none."""
        path = HERE / "programs" / f"{self.programs}_{name}.py"
        return [*self.launcher, str(path)] if self.programs and path.exists() else None

    def environment(self) -> dict[str, str]:
        quiet = {
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TF_ENABLE_ONEDNN_OPTS": "1",
            "PYTHONWARNINGS": "ignore",
        }
        # A package that is installed has its bytecode; one from a checkout may keep it, too.
        kept = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
        return kept | quiet | self.env

    def version(self, package: str) -> str | None:
        """The version of `package` there; None when it cannot be imported."""
        code = f"import {package} as p; print(p.__version__)"
        try:
            done = subprocess.run(
                [*self.python, "-c", code],
                capture_output=True,
                text=True,
                env=self.environment(),
                timeout=900,
            )
        except OSError:
            return None
        return done.stdout.split()[-1] if done.returncode == 0 and done.stdout else None


def all_peers(
    tf115: str | None, tf2: str | None, torch: str | None, native: str | None = None
) -> list[Peer]:
    """The systems, in the order of the tables. A command is that of a Python with the package."""
    here = (sys.executable,)
    command = str(Path(sys.executable).with_name("stillflow"))
    peers = [
        Peer(
            "Stillflow",
            here,
            "tf1",
            "tf1",
            (command, "run"),
            {"BENCH_ALIAS": "stillflow", "STILLFLOW_NATIVE": "off"},
        ),
        Peer("JAX", here, "jax_jit", "jax", here),
    ]
    if native:
        python = _command(native)
        alias = {"BENCH_ALIAS": "stillflow"}
        launcher = (*python, "-m", "stillflow", "run")
        peers.insert(1, Peer(NATIVE, python, "tf1", "tf1", launcher, alias))
    if tf115:
        python = _command(tf115)
        peers.append(Peer("TensorFlow 1.15", python, "tf1", "tf1", python))
    if tf2:
        python = _command(tf2)
        launcher = (*python, str(HERE / "programs" / "compat_v1.py"))
        alias = {"BENCH_ALIAS": "compat.v1"}
        peers.append(Peer("TensorFlow 2", python, "tf1", "tf1", launcher, alias))
    if torch:
        python = _command(torch)
        peers.append(Peer("PyTorch", python, "torch_eager", "torch", python))
        peers.append(Peer("torch.compile", python, "torch_compiled", ""))
    return peers


def gemm_peers(peers: list[Peer]) -> list[Peer]:
    """The libraries whose matrix products the floor is taken from."""
    floors = [Peer("NumPy GEMM", (sys.executable,), "gemm", "", env={"BENCH_GEMM": "numpy"})]
    floors.append(Peer("JAX GEMM", (sys.executable,), "gemm", "", env={"BENCH_GEMM": "jax"}))
    floors += [
        Peer("PyTorch GEMM", peer.python, "gemm", "", env={"BENCH_GEMM": "torch"})
        for peer in peers
        if peer.name == "PyTorch"
    ]
    return floors


PACKAGES = {
    "Stillflow": "stillflow",
    NATIVE: "stillflow_native",
    "JAX": "jax",
    "TensorFlow 1.15": "tensorflow",
    "TensorFlow 2": "tensorflow",
    "PyTorch": "torch",
    "torch.compile": "torch",
}


def _command(text: str) -> tuple[str, ...]:
    words = shlex.split(text)
    found = shutil.which(words[0])
    if found is None:
        raise SystemExit(f"benchmarks: there is no command {words[0]!r}.")
    return (os.path.abspath(found), *words[1:])
