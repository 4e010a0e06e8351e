"""A group of commands whose help lists them by section. Knows no command."""

from __future__ import annotations

import enum
import os
from typing import Any

import click


class Section(enum.Enum):
    """The headings of `stillflow --help`, in its order."""

    RUNNING = "Running programs"
    MODELS = "Models and checkpoints"
    LOOKING = "Looking into things"
    DIGITS = "The digits example"
    HELP = "Help"


class SectionedGroup(click.Group):
    """A group each of whose commands belongs to a section: `group.add(section, command)`.

    Within a section, commands are listed in the order in which they were added.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sections: dict[str, Section] = {}

    def add(self, section: Section, command: click.Command) -> None:
        """Has `command` listed in `section`."""
        assert command.name is not None
        self.add_command(command)
        self._sections[command.name] = section

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuses a file that stands where a command does with what would take it."""
        name = args[0]
        if name not in self.commands and os.path.isfile(name):
            told = f"{name!r} is no command. `{ctx.info_name} run {name}` runs a program."
            raise click.UsageError(told, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes a heading and the commands of each section that has any."""
        widest = max(map(len, self.commands))
        room = formatter.width - widest - 6  # what click leaves beside names and indents
        for section in Section:
            names = [name for name, its in self._sections.items() if its is section]
            rows = [(n.ljust(widest), self.commands[n].get_short_help_str(room)) for n in names]
            if rows:
                with formatter.section(section.value):
                    formatter.write_dl(rows)
