"""Axes moved round."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import joining, ranging, selecting, shape_of
from stillflow.ops.array.transposing import transpose
from stillflow.ops.debug.checks import assert_integer
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import comparison
from stillflow.ops.math.division import floormod


def rotate_transpose(x: Any, shift: Any, name: str = "rotate_transpose") -> Tensor:
    """Returns `x` with its axes moved right by `shift`, the last ones becoming the first."""
    with name_scope(name, values=[x, shift]):
        x = convert_to_tensor(x, name="x")
        shift = convert_to_tensor(shift, name="shift")
        assert_integer(shift)
        known, ndims = constant_value(shift), x.shape.ndims
        if ndims is not None and known is not None:
            steps = np.sign(known) * (abs(known) % ndims) if ndims > 1 else 0
            return x if steps == 0 else transpose(x, perm=np.roll(np.arange(ndims), steps))
        rank = shape_of.rank(x)
        is_left = comparison.less(shift, 0)
        left = floormod(-shift, rank)
        right = rank - floormod(shift, rank)
        start = selecting.where_v2(is_left, left, right)
        first = ranging.range_(0, start)
        last = ranging.range_(start, rank)
        return transpose(x, perm=joining.concat([last, first], 0))
