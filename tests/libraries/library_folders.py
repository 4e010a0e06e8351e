"""Where libraries of TensorFlow 1's time are installed for their tests: each in a folder of its own
below `build/`, as it is, without what it asks for (TensorFlow first of all). For Python 3.7 too.
"""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "build", "libraries", "python{}.{}".format(*sys.version_info))
#: What pip says where there is no package index.
NO_INDEX = ("from versions: none", "Connection", "Could not fetch URL", "Network is unreachable")

_PROBABILITY = ("tensorflow-probability==0.8.0", "decorator", "cloudpickle", "gast==0.2.2")
_SONNET = ("dm-sonnet==1.36", *_PROBABILITY, "semantic-version", "contextlib2", "wrapt")
#: {program of `programs`: what it needs}
NEEDS = {
    "gaussian_processes": (
        *("gpflow==1.5.1", "multipledispatch", "tabulate", "pandas", "pytz", "scipy", "h5py"),
        *("decorator", "pytest", "pluggy", "iniconfig", "exceptiongroup", "tomli"),
    ),
    "graph_networks": ("graph-nets==1.0.5", *_SONNET, "networkx", "future"),
    "kfac_training": ("kfac==0.2.3", *_PROBABILITY),
    "probability": _PROBABILITY,
    "sonnet_modules": _SONNET,
    "tensor_trains": ("t3f==1.1.0",),
}


class NoIndexError(Exception):
    """No package index can be reached."""


def folders(program):
    """The folders with what a program needs, installed now where they are not there."""
    return [_installed(requirement) for requirement in NEEDS[program]]


def _installed(requirement):
    folder = os.path.join(FOLDER, requirement.replace("==", "-"))
    ready = os.path.join(folder, ".ready")
    if not os.path.exists(ready):
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--upgrade", "--target", folder, requirement]
        done = subprocess.run(command, capture_output=True)
        words = done.stderr.decode("utf-8", "replace")
        if done.returncode and any(sign in words for sign in NO_INDEX):
            raise NoIndexError(words)
        if done.returncode:
            raise RuntimeError(words)
        open(ready, "w").close()
    return folder


def search_path(program):
    """`PYTHONPATH` of a process that runs a program."""
    return os.pathsep.join(folders(program))
