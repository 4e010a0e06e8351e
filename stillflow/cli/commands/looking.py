"""`stillflow check` and `stillflow names`: what a program lacks, what of TensorFlow is there."""

from __future__ import annotations

import click


@click.command(short_help="Say what a program or a repository lacks, by reading it.")
@click.option("-m", "as_module", is_flag=True, help="PATH is a module's name, as in python -m.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
@click.option("--all", "show_all", is_flag=True, help="Every place of what is missing.")
@click.option("--py2", "python2", is_flag=True, help="As stillflow run --py2 runs it.")
@click.argument("path", type=click.Path())
@click.pass_context
def check(
    context: click.Context, path: str, as_module: bool, as_json: bool, show_all: bool, python2: bool
) -> None:
    """Say whether PATH runs, by reading it: a program, a notebook, or a repository's folder.

    What is missing of TensorFlow, of other packages and of Python 2 is listed, with what to do. The
    exit code is 0 where it runs, 1 where something is missing, 2 where nothing could be read.
    """
    from stillflow.checking import check as read
    from stillflow.cli.check import written

    report = read(path, python2, as_module)
    if (text := written(report, as_json, show_all)) is not None:
        click.echo(text)
    context.exit(report.exit_code)


@click.command(
    short_help="List the names of TensorFlow 1.15, and which are there.",
)
@click.argument("prefix", default="tf")
@click.option("--missing", is_flag=True, help="Only what Stillflow has not yet.")
def names(prefix: str, missing: bool) -> None:
    """List TensorFlow 1.15's names in PREFIX (tf, tf.nn, ...): + is there, - not yet."""
    from stillflow.cli.names import listing

    click.echo(listing(prefix, missing))
