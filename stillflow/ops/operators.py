"""Installs Python's operators on Tensor: `x + y`, `x @ y`, `x[1:]`, ..."""

from __future__ import annotations
