"""The commands of `stillflow`: what they take and say. Each imports what it needs when it runs."""

from __future__ import annotations

import click

from stillflow.cli.commands.explaining import explain
from stillflow.cli.commands.help import completion, doctor
from stillflow.cli.commands.looking import check, names
from stillflow.cli.commands.models import export, inspect
from stillflow.cli.commands.notebooks import kernel
from stillflow.cli.commands.running import launch, run
from stillflow.cli.commands.serving import serve
from stillflow.cli.sections import Section, SectionedGroup
from stillflow.digits.cli import digits

_FIRST = """\
stillflow run program.py    runs a TensorFlow 1.x program, unchanged
stillflow doctor            says whether this machine is ready
stillflow --help            lists all commands; each has a --help of its own"""


@click.group(
    cls=SectionedGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="stillflow", prog_name="stillflow")
@click.pass_context
def stillflow(context: click.Context) -> None:
    """TensorFlow 1.x programs, unchanged, on today's Python and hardware."""
    if context.invoked_subcommand is None:
        click.echo(_FIRST)


# The order within a section is that of its help.
for section, command in (
    (Section.RUNNING, run),
    (Section.RUNNING, launch),
    (Section.RUNNING, kernel),
    (Section.MODELS, inspect),
    (Section.MODELS, export),
    (Section.MODELS, serve),
    (Section.LOOKING, check),
    (Section.LOOKING, explain),
    (Section.LOOKING, names),
    (Section.DIGITS, digits),
    (Section.HELP, doctor),
    (Section.HELP, completion),
):
    stillflow.add(section, command)
