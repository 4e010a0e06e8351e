"""`stillflow digits test`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import click

from stillflow.digits import model
from stillflow.digits import settings as settings_file

_STOPPED = 130
_WORST = "worst.png"


def _picture(ctx: click.Context, param: click.Parameter, path: str | None) -> str | None:
    if path is not None and not path.endswith((".png", ".svg")):
        raise click.BadParameter(f"{path} ends neither in .png nor in .svg.")
    return path


@click.command()
@click.option(
    "--model",
    "folder",
    type=click.Path(file_okay=False),
    default=model.FOLDER,
    show_default=True,
    help="Model folder.",
)
@click.option("--watch", is_flag=True, help="Test each new checkpoint as it appears.")
@click.option(
    "--every", type=click.FloatRange(min=0.1), default=5, show_default=True, help="Seconds."
)
@click.option(
    "--worst",
    "picture",
    callback=_picture,
    help=f"Picture of the worst-classified digits, .png or .svg.  [default: MODEL/{_WORST}]",
)
def test(folder: str, watch: bool, every: float, picture: str | None) -> None:
    """Measure the averaged weights on the 10,000 test images.

    Shows which digits are taken for which, and draws the worst-classified ones. With --watch, tests
    every checkpoint of a training that runs in another process, until its last step or Ctrl-C.
    """
    picture = picture or os.path.join(folder, _WORST)
    if watch:
        try:
            _watch(folder, every, picture)
        except KeyboardInterrupt:
            sys.exit(_STOPPED)
    else:
        _test_newest(folder, picture)


def _test_newest(folder: str, picture: str) -> None:
    from stillflow.digits import dataset, evaluate
    from stillflow.digits.recogniser import Recogniser

    examples = dataset.mnist()[2]
    assessment = evaluate.assess(Recogniser.open(folder), examples)
    _show(assessment.confusion)
    _draw(assessment, examples, picture)
    click.echo(_line(assessment))


def _watch(folder: str, every: float, picture: str) -> None:
    """Tests what appears in the folder, oldest first; draws the newest; shows the last."""
    from stillflow.digits import dataset

    examples, seen = dataset.mnist()[2], set[str]()
    if not model.checkpoints(folder):
        click.echo(f"Waiting for a model in {folder} ...")
    while True:
        new = [path for path in reversed(model.checkpoints(folder)) if path not in seen]
        seen.update(new)
        newest = None
        for assessment in _assessments(new, examples):
            click.echo(_line(assessment))
            newest = assessment
        if newest is not None:
            _draw(newest, examples, picture)
            settings = settings_file.load(folder)
            if settings is not None and newest.step >= settings.steps:
                _show(newest.confusion)
                return
        time.sleep(every)


def _assessments(checkpoints: list[str], examples: Any) -> Iterator[Any]:
    """An Assessment of each checkpoint that is intact and still there."""
    from stillflow.digits import evaluate
    from stillflow.digits.recogniser import Recogniser

    for checkpoint in checkpoints:
        recogniser = model.open_or_pass_over(checkpoint, Recogniser)
        if recogniser is not None:
            yield evaluate.assess(recogniser, examples)
            recogniser.close()


def _draw(assessment: Any, examples: Any, picture: str) -> None:
    """Draws the worst-classified digits in the file `picture`."""
    from stillflow.digits.plots import style, worst

    path, kind = os.path.splitext(picture)
    try:
        figure = worst.draw(assessment, examples)
        style.save(figure, os.path.dirname(path) or ".", os.path.basename(path), (kind[1:],))
    except style.NoMatplotlib as error:
        click.echo(str(error), err=True)
    else:
        click.echo(f"The worst-classified digits are in {picture}")


def _line(assessment: Any) -> str:
    accuracy = 100 * assessment.accuracy
    return f"After {assessment.step} training steps, test accuracy = {accuracy:.2f} %"


def _show(confusion: Any) -> None:
    """A table of how often each digit was taken for each."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Rows: the digit; columns: taken for", box=box.SIMPLE)
    table.add_column("", style="bold")
    for digit in range(len(confusion)):
        table.add_column(str(digit), justify="right")
    for digit, row in enumerate(confusion):
        cells = [_cell(count, digit == guess) for guess, count in enumerate(row)]
        table.add_row(str(digit), *cells)
    Console().print(table)


def _cell(count: int, right: bool) -> str:
    if count == 0:
        return "."
    return f"[green]{count}[/]" if right else f"[red]{count}[/]"
