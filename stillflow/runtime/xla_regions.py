"""Choices and loops as steps of a run that is traced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.runtime.regions import Choice, Loop, Region
from stillflow.runtime.towers import Towers
from stillflow.runtime.xla_choosing import Choosing
from stillflow.runtime.xla_looping import Looping
from stillflow.runtime.xla_namespace import JaxNamespace
from stillflow.runtime.xla_tracing import Walk


def traced(
    region: Region | Towers, namespace: JaxNamespace, inputs: Sequence[Any], walk: Walk
) -> Any:
    """What the step of `region` gives for `inputs`, some of which are traced."""
    if isinstance(region, Choice):
        return Choosing(region, namespace, inputs, walk).outputs()
    if isinstance(region, Towers):
        from stillflow.runtime import xla_towers  # few programs have them

        return xla_towers.traced(region, namespace, inputs, walk)
    assert isinstance(region, Loop)
    return Looping(region, namespace, inputs, walk).outputs()
