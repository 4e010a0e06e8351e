"""All families at once: a program loads those that it names, a graph from a file may name any."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from stillflow import ops
from stillflow.declare.opdef import OPS, OpDef


@functools.cache
def all_ops() -> dict[str, OpDef]:
    """Every op type that is declared below `stillflow.ops`, by name."""
    for module in pkgutil.walk_packages(ops.__path__, f"{ops.__name__}."):
        importlib.import_module(module.name)
    return OPS
