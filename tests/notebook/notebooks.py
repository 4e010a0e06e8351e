"""Notebooks that tests make, and `stillflow run` of them."""

import json
import subprocess
import sys

RUN = (sys.executable, "-m", "stillflow", "run")


def notebook(*cells, **metadata):
    """A notebook of code cells, as JSON; without metadata it is of Python 3."""
    made = {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": []}
    for cell in cells:
        tags, source = cell if isinstance(cell, tuple) else ([], cell)
        made["cells"].append(
            {
                "cell_type": "code",
                "source": source.splitlines(keepends=True),
                "metadata": {"tags": tags} if tags else {},
                "outputs": [],
                "execution_count": None,
            }
        )
    return json.dumps(made)


def run(path, *options, **kwargs):
    return subprocess.run(
        [*RUN, str(path), *map(str, options)], capture_output=True, text=True, **kwargs
    )
