"""Matrices of float16, which linear algebra computes with in float32."""

from __future__ import annotations

from typing import Any

import numpy as np


def widened(x: Any) -> Any:
    """`x`, as float32 when it is float16: f[...] -> f[...]"""
    return x.astype(np.float32) if x.dtype == np.float16 else x
