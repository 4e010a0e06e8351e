"""The learning curve of a model: loss and accuracy, from its metrics."""

from __future__ import annotations

from typing import Any

from stillflow.digits import metrics
from stillflow.digits.model import ModelError
from stillflow.digits.plots import style


def draw(folder: str) -> Any:
    """A figure of the batches' loss and of the share of errors on the validation images.

    Raises:
      ModelError: the folder holds no metrics.
    """
    figures = metrics.read(folder)
    losses = [(line["step"], line["loss"]) for line in figures if "loss" in line]
    errors = [
        (line["step"], 100 - 100 * line["accuracy"]) for line in figures if "accuracy" in line
    ]
    if not losses or not errors:
        raise ModelError(
            f"There are no figures of a training in {folder}."
            f"\n  `stillflow digits train --model {folder}` writes them as it goes."
        )
    figure, (left, right) = style.subplots(columns=2, width=8.4, height=3.4)
    left.plot(*zip(*losses, strict=True), color=style.BLUE, linewidth=0.8)
    left.set(title="loss of a batch", xlabel="step", yscale="log")
    right.plot(*zip(*errors, strict=True), color=style.RED, linewidth=1.2)
    right.set(title="errors on 5,000 validation images, %", xlabel="step", yscale="log")
    for panel in (left, right):
        panel.yaxis.set_major_formatter("{x:g}")
        panel.yaxis.set_minor_formatter("{x:g}")
    return figure
