"""`stillflow digits train`."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

import click

from stillflow.digits import model
from stillflow.digits import settings as settings_file
from stillflow.digits.settings import OPTIMIZERS, PRESETS, Settings

_POSITIVE = click.IntRange(min=1)
_SHARE = click.FloatRange(0, 1)
_STOPPED = 130  # what a shell reports of a command that Ctrl-C ended


class _Sizes(click.ParamType):
    """Whole numbers with commas between them: 500 or 1000,500."""

    name = "sizes"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        try:
            sizes = tuple(int(part) for part in str(value).split(","))
        except ValueError:
            sizes = ()
        if not sizes or min(sizes) < 1:
            self.fail(f"{value!r} is not a size such as 500, or several such as 1000,500.")
        return sizes


@click.command()
@click.option(
    "--model",
    "folder",
    type=click.Path(file_okay=False),
    default=model.FOLDER,
    show_default=True,
    help="Model folder.",
)
@click.option("--preset", type=click.Choice(list(PRESETS)), help="Settings to begin with.")
@click.option("--hidden", type=_Sizes(), help="Units in the hidden layer, or layers: 1000,500.")
@click.option("--steps", type=_POSITIVE, help="How many batches in all.")
@click.option("--batch", type=_POSITIVE, help="Images in a batch.")
@click.option("--optimizer", type=click.Choice(OPTIMIZERS), help="How weights are updated.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="Learning rate at first.")
@click.option("--decay", type=_SHARE, help="What is left of the rate after each epoch.")
@click.option("--l2", type=click.FloatRange(0), help="Weight of the L2 regularisation.")
@click.option("--average", type=_SHARE, help="Decay of the moving averages of the weights.")
@click.option("--keep", type=click.FloatRange(0, 1, min_open=True), help="Share left by dropout.")
@click.option("--distort", type=click.FloatRange(0), help="Strength of distortions, 0 for none.")
@click.option("--seed", type=click.IntRange(min=0), help="Of all that is random.")
@click.option("--log-every", type=_POSITIVE, default=200, show_default=True, help="Steps.")
@click.option("--save-every", type=_POSITIVE, default=1000, show_default=True, help="Steps.")
@click.option("--until-accuracy", type=_SHARE, help="Stop at this validation accuracy: 0.98.")
def train(
    folder: str,
    preset: str | None,
    log_every: int,
    save_every: int,
    until_accuracy: float | None,
    **given: Any,
) -> None:
    """Train the network, or go on training it.

    A model in the folder is continued from its newest checkpoint, with the settings that it had
    where an option is not given. A new one begins with the course's: 500 hidden units, batches of
    200, 50,000 steps. Ctrl-C saves and stops.
    """
    settings = _settings(folder, preset, given)
    from stillflow.digits import training
    from stillflow.digits.commands.progress import watcher

    pace = training.Pace(log_every, save_every, until_accuracy)
    with watcher() as watching:
        outcome = training.train(settings, folder, watching, pace)
    _say(outcome, folder)
    if outcome.stopped:
        sys.exit(_STOPPED)


def _settings(folder: str, preset: str | None, given: dict[str, Any]) -> Settings:
    """The options given, over the preset, over those of the model in the folder."""
    stored = settings_file.load(folder) if preset is None else None
    base = stored or PRESETS[preset or "course"]
    return dataclasses.replace(base, **{k: v for k, v in given.items() if v is not None})


def _say(outcome: Any, folder: str) -> None:
    option = "" if folder == model.FOLDER else f" --model {folder}"
    if outcome.accuracy is None:
        click.echo(
            f"The model in {folder} has been trained for {outcome.step} steps already."
            f"\n  --steps {2 * outcome.step} would train it further."
        )
    elif outcome.stopped:
        click.echo(
            f"Stopped and saved after step {outcome.step}."
            f" `stillflow digits train{option}` goes on from there."
        )
    else:
        click.echo(
            f"Trained for {outcome.step} steps: {100 * outcome.accuracy:.2f} % of the validation"
            f" images. `stillflow digits test{option}` tests it."
        )
