"""Runs one of `programs` and prints its numbers as JSON; written for Python 3.7 too."""

import importlib
import json
import os
import subprocess
import sys

import library_folders
import numpy as np

MARK = "numbers: "


def numbers_of(launcher, program, folder):
    """{name: numbers} of `program`, with what it needs beside; `launcher` runs a Python file."""
    env = dict(os.environ, PYTHONPATH=library_folders.search_path(program), MPLBACKEND="Agg")
    command = [*launcher, os.path.abspath(__file__), program]
    pipe = subprocess.PIPE
    done = subprocess.run(command, env=env, cwd=str(folder), stdout=pipe, stderr=pipe)
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    (line,) = (line for line in lines if line.startswith(MARK))
    return json.loads(line[len(MARK) :])


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in sorted(value.items())}
    return np.asarray(value, np.float64).ravel().tolist()


if __name__ == "__main__":
    found = plain(importlib.import_module("programs." + sys.argv[1]).main())
    print(MARK + json.dumps(found))
