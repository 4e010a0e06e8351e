"""Ops on handles that do to a variable what their twins do to a reference.

`ApplyMomentum` takes references to a variable and its slot and gives one back;
`ResourceApplyMomentum` takes handles and gives nothing. They compute the same.
"""

from __future__ import annotations

import re
from typing import Any

from stillflow.declare.handles import OfVariables
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.shapes import ShapeContext


def on_handles(reference: OpDef, **changes: Any) -> OpDef:
    """Declares and returns the twin of `reference`, an op that writes variables.

    `changes` are options of the declaration that differ, and `fn` where the attributes do.
    """
    inputs = reference.signature_text.partition("->")[0]
    options: dict[str, Any] = {
        "signature": re.sub(r": ref \w+", ": resource", inputs) + "->",
        "fn": reference.fn,
        "shape": lambda ctx: fits(reference, ctx),
        "types": reference.types,
        "writes": reference.writes,
        "writes_rows": reference.writes_rows,
        "static": reference.static,
        "near_zero": reference.near_zero,
        "host": reference.host,
        "fitted": reference.fitted,
        **changes,
    }
    signature, fn = options.pop("signature"), options.pop("fn")
    return op(f"Resource{reference.type}", signature, **options)(fn)


def fits(reference: OpDef, ctx: ShapeContext) -> list:
    """The inputs must fit as those of the twin must; there is no output."""
    if reference.shape is not None:
        reference.shape(OfVariables(ctx))
    return []
