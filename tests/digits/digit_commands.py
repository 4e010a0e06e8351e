"""Runs `stillflow digits ...`, as installed."""

import subprocess
import sys
from pathlib import Path

STILLFLOW = Path(sys.executable).with_name("stillflow")
SMALL = ["--hidden", "16", "--batch", "20", "--log-every", "20", "--save-every", "30"]


def command(*arguments):
    return [str(STILLFLOW), "digits", *map(str, arguments)]


def digits(*arguments, code=0):
    """What the command printed: (output, errors). It must exit with `code`."""
    done = subprocess.run(command(*arguments), capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stdout, done.stderr


def train(folder, steps, *options, **expected):
    return digits("train", "--model", folder, "--steps", steps, *SMALL, *options, **expected)
