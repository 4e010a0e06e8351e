"""`stillflow digits`: the group of commands. A command's module is imported when it is used."""

from __future__ import annotations

import importlib
from typing import Any

import click

from stillflow.digits.model import ModelError

# Each module of `stillflow.digits.commands` holds the click command of the same name.
_COMMANDS = ["train", "test", "plot", "predict", "serve"]


class _Commands(click.Group):
    """A group that imports a command's module when the command is used or described."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return _COMMANDS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"stillflow.digits.commands.{cmd_name}")
        return getattr(module, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ModelError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands)
def digits() -> None:
    """Train, test and use a recogniser of handwritten digits."""
