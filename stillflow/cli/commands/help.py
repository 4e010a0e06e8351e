"""`stillflow completion`: what has a shell complete commands, options and files."""

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
