"""`stillflow digits predict`: says which digits are in picture files."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stillflow.digits import model

if TYPE_CHECKING:
    import numpy as np

_LARGEST_FILE = 100 * 2**20


class _Unread(Exception):
    """A file in which no digit was found, with the reason."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option(
    "--model",
    "folder",
    type=click.Path(file_okay=False),
    default=model.FOLDER,
    show_default=True,
    help="Model folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each file.")
def predict(files: tuple[str, ...], folder: str, as_json: bool) -> None:
    """Say which digit is in each FILE: a PNG, JPEG or BMP of a handwritten digit.

    A photograph or a scan of any size will do, dark on light or light on dark. A file that cannot
    be read is named on the error output and makes the exit code 1; the others are still answered.
    """
    from stillflow.digits.recogniser import Recogniser

    show = _print_json if as_json else _print_bars
    recogniser = Recogniser.open(folder)
    failures = 0
    for name in files:
        try:
            image = _image_of(name)
        except _Unread as error:
            failures += 1
            click.echo(f"{name}: {error}", err=True)
        else:
            show(name, recogniser.run(image.reshape(1, -1)).probabilities[0])
    if failures:
        sys.exit(1)


def _image_of(name: str) -> np.ndarray:
    """The digit in a file, f32[28, 28]."""
    try:
        from stillflow.digits import locate, picture
    except ImportError as error:
        raise click.ClickException(
            f"Pictures need {error.name}.\n  pip install 'stillflow[image]'"
        ) from None
    try:
        with warnings.catch_warnings(action="ignore"):  # a broken file's reason is given below
            return locate.digit(picture.read(_bytes_of(name)))
    except picture.PictureError as error:
        raise _Unread(str(error)) from None


def _bytes_of(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise _Unread(f"{error.strerror}.") from None
    if len(data) > _LARGEST_FILE:
        raise _Unread(f"The file is larger than {_LARGEST_FILE // 2**20} MiB.")
    return data


def _print_json(name: str, probabilities: np.ndarray) -> None:
    answer: dict[str, Any] = {"file": name, "digit": int(probabilities.argmax())}
    answer["probabilities"] = [round(float(p), 6) for p in probabilities]
    click.echo(json.dumps(answer, ensure_ascii=False))


def _print_bars(name: str, probabilities: np.ndarray) -> None:
    from rich import console, table
    from rich.bar import Bar
    from rich.text import Text

    likeliest = int(probabilities.argmax())
    rows = table.Table.grid(padding=(0, 2))
    for digit, probability in enumerate(map(float, probabilities)):
        style = "bold green" if digit == likeliest else "dim"
        bar = Bar(1, 0, probability, width=30, color="green" if digit == likeliest else "default")
        rows.add_row(f"  {digit}", bar, Text(f"{probability:7.2%}", style))
    out = console.Console(highlight=False)
    out.print(Text.assemble(name, ": ", (str(likeliest), "bold green")), soft_wrap=True)
    out.print(rows)
