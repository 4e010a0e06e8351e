"""The `stillflow` command. Knows the public tree, and of what is below it files of graphs."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Runs the command line; exits as the command or the program that it runs does."""
    import click

    from stillflow.cli.commands import stillflow

    try:
        outcome = stillflow.main(prog_name="stillflow", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)  # as shells say of what Ctrl-C ended
    # A program runs out here, with click's work done, so that its exceptions, exit code and signals
    # are treated by Python itself. Other commands give None, or by `ctx.exit` an exit code.
    if callable(outcome):
        outcome()
        outcome = None
    sys.exit(outcome)
