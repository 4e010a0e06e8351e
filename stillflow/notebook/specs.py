"""Kernel specs: how Jupyter is told of the kernel, where they are, and whose they are."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from typing import Any, NamedTuple

from stillflow.notebook.kernel import PYTHON_2, WITHOUT_SHIMS
from stillflow.notebook.needed import NotForNotebooks, check_installed

NAME = "stillflow"
TITLE = "TensorFlow 1.x (Stillflow)"
_MODULE = "stillflow.notebook.kernel"
_FILE = "kernel.json"


def command(period: bool = True, python2: bool = False) -> list[str]:
    """What starts a kernel of this Python."""
    flags = [flag for flag, is_set in ((WITHOUT_SHIMS, not period), (PYTHON_2, python2)) if is_set]
    return [sys.executable, "-m", _MODULE, *flags, "-f", "{connection_file}"]


def described(name: str = NAME, period: bool = True, python2: bool = False) -> dict[str, Any]:
    """A kernel spec, as kernel.json has it."""
    from ipykernel.kernelspec import get_kernel_dict

    title = TITLE if name == NAME else f"{TITLE[:-1]}, {name})"
    return {**get_kernel_dict(), "argv": command(period, python2), "display_name": title}


class Installed(NamedTuple):
    """A kernel of Stillflow's that Jupyter finds."""

    name: str
    folder: str
    title: str
    python: str

    @property
    def is_there(self) -> bool:
        """Whether its Python still is."""
        return shutil.which(self.python) is not None


def usual_prefix() -> str | None:
    """Where a kernel goes that nobody says a place for: this virtual environment, else the user."""
    of_conda = os.path.isdir(os.path.join(sys.prefix, "conda-meta"))
    is_own = sys.prefix != sys.base_prefix or of_conda
    return sys.prefix if is_own else None


def install(name: str, prefix: str | None, period: bool = True) -> str:
    """Has Jupyter know the kernel, of the user where there is no `prefix`; returns what was done.

    Raises:
      NotForNotebooks: Jupyter is not installed, the name is bad or that of another kernel, or its
        folder cannot be written.
    """
    check_installed()
    from jupyter_client.kernelspec import KernelSpecManager

    specs = KernelSpecManager()
    specs.log.disabled = True  # what it warns of is said below
    name = name.lower()
    folder = _folder(name, prefix)
    wanted, there = described(name, period), _read(folder)
    if there == wanted:
        return f"{wanted['display_name']} is installed already, in {folder}; nothing was changed."
    if os.path.lexists(folder) and not _is_ours(there):
        raise NotForNotebooks(
            f"{folder} is another kernel, {_title(there)!r}; --name gives this one another name."
        )
    with tempfile.TemporaryDirectory() as made:
        with open(os.path.join(made, _FILE), "w", encoding="utf-8") as file:
            json.dump(wanted, file, indent=1)
        try:
            specs.install_kernel_spec(made, name, user=prefix is None, prefix=prefix)
        except ValueError as error:
            raise NotForNotebooks(str(error)) from None
        except OSError as error:
            raise NotForNotebooks(
                f"{folder}: {error.strerror}. --user or --prefix DIR is another place."
            ) from None
    done = "now of this Python" if there else "installed"
    lines = [f"{wanted['display_name']} is {done}, in {folder}."]
    if os.path.dirname(folder) not in specs.kernel_dirs:
        share = os.path.dirname(os.path.dirname(folder))
        lines.append(f"Jupyter does not look there unless JUPYTER_PATH has {share}.")
    elif prefix is not None and prefix == usual_prefix():
        lines.append(
            "A Jupyter outside of this environment finds it after `stillflow kernel install "
            "--user`."
        )
    return "\n".join(lines)


def remove(name: str, prefix: str | None = None) -> str:
    """Removes a kernel that `install` installed; returns the line that says so.

    Raises:
      NotForNotebooks: there is none of that name, or it is not Stillflow's, or cannot be removed.
    """
    check_installed()
    name = name.lower()
    folder = _folder(name, prefix) if prefix else _found().get(name, "")
    if not os.path.isdir(folder):
        raise NotForNotebooks(f"There is no kernel {name!r}{f' in {prefix}' if prefix else ''}.")
    spec = _read(folder)
    if not _is_ours(spec):
        raise NotForNotebooks(f"{folder} is not a kernel of Stillflow's: {_title(spec)!r}.")
    try:
        if os.path.islink(folder):
            os.unlink(folder)
        else:
            shutil.rmtree(folder)
    except OSError as error:
        raise NotForNotebooks(f"{folder}: {error.strerror}") from None
    return f"{_title(spec)} is removed from {folder}."


def installed() -> list[Installed]:
    """Stillflow's kernels among those that Jupyter finds."""
    check_installed()
    read = {name: (folder, _read(folder)) for name, folder in sorted(_found().items())}
    return [
        Installed(name, folder, _title(spec), spec["argv"][0])
        for name, (folder, spec) in read.items()
        if _is_ours(spec)
    ]


def _found() -> dict[str, str]:
    from jupyter_client.kernelspec import KernelSpecManager

    return KernelSpecManager().find_kernel_specs()


def _folder(name: str, prefix: str | None) -> str:
    from jupyter_core.paths import jupyter_data_dir

    own = os.path.join(os.path.abspath(prefix), "share", "jupyter") if prefix else None
    data = own or jupyter_data_dir()
    return os.path.join(data, "kernels", name)


def _read(folder: str) -> dict[str, Any]:
    """What kernel.json in a folder says; nothing where it cannot be read."""
    try:
        with open(os.path.join(folder, _FILE), encoding="utf-8") as file:
            spec = json.load(file)
    except (OSError, ValueError):
        return {}
    return spec if isinstance(spec, dict) else {}


def _is_ours(spec: dict[str, Any]) -> bool:
    argv = spec.get("argv")
    return isinstance(argv, list) and len(argv) > 2 and argv[2] == _MODULE


def _title(spec: dict[str, Any]) -> str:
    return str(spec.get("display_name", ""))
