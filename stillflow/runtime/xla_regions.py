"""Choices and loops as steps of a run that is traced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.runtime.regions import Choice, Loop, Region
from stillflow.runtime.xla_choosing import Choosing
from stillflow.runtime.xla_looping import Looping
from stillflow.runtime.xla_namespace import JaxNamespace
from stillflow.runtime.xla_tracing import Walk


def traced(region: Region, namespace: JaxNamespace, inputs: Sequence[Any], walk: Walk) -> Any:
    """What the step of `region` gives for `inputs`, some of which are traced."""
    if isinstance(region, Choice):
        return Choosing(region, namespace, inputs, walk).outputs()
    assert isinstance(region, Loop)
    return Looping(region, namespace, inputs, walk).outputs()
