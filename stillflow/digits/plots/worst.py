"""The images that a recogniser is most wrong about."""

from __future__ import annotations

from typing import Any

from stillflow.digits.dataset import Examples
from stillflow.digits.evaluate import Assessment
from stillflow.digits.forward import SIDE
from stillflow.digits.plots import style

_ROWS, _COLUMNS = 3, 8


def draw(assessment: Assessment, examples: Examples) -> Any:
    """A figure of the worst-classified images, each under what it is and what it was taken for."""
    figure, axes = style.subplots(_ROWS, _COLUMNS, width=7.2, height=3.6)
    guesses, labels = assessment.guesses, assessment.labels
    for place, number in zip(axes.ravel(), assessment.worst(axes.size), strict=False):
        place.imshow(examples.images[number].reshape(SIDE, SIDE), cmap="gray_r")
        wrong = guesses[number] != labels[number]
        title = f"{labels[number]} as {guesses[number]}"
        place.set_title(title, fontsize=9, color=style.RED if wrong else "black")
        place.axis("off")
    return figure
