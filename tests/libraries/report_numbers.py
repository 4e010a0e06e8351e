"""Runs one of `programs` and prints its numbers as JSON; written for Python 3.7 too."""

import importlib
import json
import sys

import numpy as np

MARK = "numbers: "


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in sorted(value.items())}
    return np.asarray(value, np.float64).ravel().tolist()


if __name__ == "__main__":
    found = plain(importlib.import_module("programs." + sys.argv[1]).main())
    print(MARK + json.dumps(found))
