"""`stillflow doctor` and `stillflow completion`: a machine made ready, and a shell."""

from __future__ import annotations

import click

_SHELLS = ["bash", "zsh", "fish"]

_HOW = """\
bash   add to ~/.bashrc:  eval "$(stillflow completion bash)"
zsh    add to ~/.zshrc, below compinit:  eval "$(stillflow completion zsh)"
fish   stillflow completion fish > ~/.config/fish/completions/stillflow.fish
Shells that are started after that complete commands, options and files."""


@click.command(short_help="Complete commands, options and files in bash, zsh or fish.")
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@click.pass_context
def completion(context: click.Context, shell: str | None) -> None:
    """Print the script by which SHELL completes commands, options and files.

    Without SHELL, say where each shell's script goes.
    """
    if shell is None:
        click.echo(_HOW)
        return
    from click.shell_completion import get_completion_class

    root = context.find_root()
    kind = get_completion_class(shell)
    assert kind is not None
    # The variable by which click's script asks this same command for completions.
    click.echo(kind(root.command, {}, "stillflow", "_STILLFLOW_COMPLETE").source())


@click.command(short_help="Say what is installed and set here, and whether runs work.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object, for programs.")
@click.option("--patience", default=120.0, help="Seconds that the runs may take in all (120).")
@click.pass_context
def doctor(context: click.Context, as_json: bool, patience: float) -> None:
    """Say what is installed and set on this machine, and whether programs run.

    Small runs are made in a process of their own. The exit code is 1 where something is broken;
    each problem is named with what mends it. A report of a bug needs what this prints.
    """
    from stillflow.cli.doctor.report import examined, lines

    report = examined(patience)
    if as_json:
        import dataclasses
        import json

        click.echo(json.dumps(dataclasses.asdict(report), indent=2))
    else:
        click.echo("\n".join(lines(report)))
    context.exit(1 if report.problems else 0)
