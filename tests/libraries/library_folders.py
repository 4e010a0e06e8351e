"""Where libraries of TensorFlow 1's time are installed for their tests: each in a folder of its own
below `build/`, as it is, without what it asks for (TensorFlow first of all). For Python 3.7 too.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "build", "libraries", "python{}.{}".format(*sys.version_info))
#: What pip says where there is no package index.
NO_INDEX = ("from versions: none", "Connection", "Could not fetch URL", "Network is unreachable")

_PROBABILITY = ("tensorflow-probability==0.8.0", "decorator", "cloudpickle", "gast==0.2.2")
_SONNET = ("dm-sonnet==1.36", *_PROBABILITY, "semantic-version", "contextlib2", "wrapt")
_PYTEST = ("pytest", "pluggy", "iniconfig", "exceptiongroup", "tomli")
_PICTURES = (
    'opencv-python-headless==4.5.5.64; python_version<"3.8"',
    'opencv-python-headless; python_version>="3.8"',
)
_IPYTHON = (
    *("ipython", "traitlets", "prompt-toolkit", "wcwidth", "pygments", "pexpect", "ptyprocess"),
    *("jedi", "parso", "matplotlib-inline", "backcall", "pickleshare", "stack-data", "executing"),
    *("asttokens", "pure-eval"),
)
_KERAS = (
    *("keras==2.2.4", "keras-applications==1.0.8", "keras-preprocessing==1.1.2", "pyyaml"),
    *("six", "scipy", 'h5py<3; python_version<"3.8"', 'h5py; python_version>="3.8"'),
)
#: {program of `programs`: what it needs}
NEEDS = {
    "adversarial": ("tensorflow-gan==2.0.0", "tensorflow-hub==0.7.0", *_PROBABILITY),
    "cart_poles": (
        *("stable-baselines==2.10.2", "gym==0.17.3", "cloudpickle", "joblib", "pandas", "pytz"),
        *("scipy", "future", *_PICTURES),
    ),
    "gaussian_processes": (
        *("gpflow==1.5.1", "multipledispatch", "tabulate", "pandas", "pytz", "scipy", "h5py"),
        *("decorator", "setuptools<81", *_PYTEST),  # later ones have no pkg_resources
    ),
    "graph_networks": ("graph-nets==1.0.5", *_SONNET, "networkx", "future"),
    "keras_adversaries": _KERAS,
    "keras_pictures": _KERAS,
    "keras_saving": _KERAS,
    "keras_sequences": _KERAS,
    "kfac_training": ("kfac==0.2.3", *_PROBABILITY),
    "mesh": ("mesh-tensorflow==0.1.13", "future", "gin-config"),
    "probability": _PROBABILITY,
    "probability_layers": _PROBABILITY,
    "reinforced": ("tensorforce==0.4.4", "tqdm", "scipy", *_PYTEST),
    "sonnet_modules": _SONNET,
    "tensor_trains": ("t3f==1.1.0",),
    "tensorpack_training": (
        *("tensorpack==0.11", "termcolor", "tabulate", "tqdm", "msgpack", "msgpack-numpy"),
        *("pyzmq", "psutil"),
    ),
    "visualised": (
        *("lucid==0.3.10", "scipy", "scikit-learn", "joblib", "threadpoolctl", "future"),
        *("decorator", "filelock", "cachetools", "more-itertools", *_IPYTHON),
    ),
}


class NoIndexError(Exception):
    """No package index can be reached."""


def folders(program):
    """The folders with what a program needs, installed now where they are not there."""
    return [_installed(requirement) for requirement in NEEDS[program]]


def _installed(requirement):
    folder = os.path.join(FOLDER, re.sub(r"[^\w.-]+", "-", requirement))
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
