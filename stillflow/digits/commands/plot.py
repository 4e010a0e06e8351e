"""`stillflow digits plot`."""

from __future__ import annotations

import importlib
from typing import Any

import click

from stillflow.digits import model

# Each is a module of `stillflow.digits.plots` that draws a figure.
_FIGURES = ("learning", "two_classes", "learning_rate", "moving_average")


@click.command()
@click.argument("figures", nargs=-1, type=click.Choice(_FIGURES))
@click.option(
    "--model",
    "folder",
    type=click.Path(file_okay=False),
    default=model.FOLDER,
    show_default=True,
    help="Model folder.",
)
@click.option("--out", default="plots", show_default=True, help="Folder for the pictures.")
@click.option("--format", "kinds", multiple=True, type=click.Choice(["png", "svg"]))
@click.option(
    "--steps", type=click.IntRange(min=1), help="Of two_classes' training.  [default: 40000]"
)
def plot(
    figures: tuple[str, ...], folder: str, out: str, kinds: tuple[str, ...], steps: int | None
) -> None:
    """Draw FIGURES, all of them by default, as PNG and SVG.

    learning: loss and errors of the model's training. two_classes: the boundary that a network
    draws between two classes of points, with and without L2. learning_rate: how it decays.
    moving_average: how it follows its variable.
    """
    from stillflow.digits.plots import style

    arguments: dict[str, Any] = {"learning": [folder], "two_classes": [steps] if steps else []}
    try:
        for name in figures or _FIGURES:
            drawing = importlib.import_module(f"stillflow.digits.plots.{name}")
            figure = drawing.draw(*arguments.get(name, []))
            for path in style.save(figure, out, name, kinds or style.FORMATS):
                click.echo(path)
    except style.NoMatplotlib as error:
        raise click.ClickException(str(error)) from error
