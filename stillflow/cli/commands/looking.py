"""`stillflow names`: what of TensorFlow is there."""

from __future__ import annotations

import click


@click.command(
    short_help="List the names of TensorFlow 1.15, and which are there.",
)
@click.argument("prefix", default="tf")
@click.option("--missing", is_flag=True, help="Only what Stillflow has not yet.")
def names(prefix: str, missing: bool) -> None:
    """List TensorFlow 1.15's names in PREFIX (tf, tf.nn, ...): + is there, - not yet."""
    from stillflow.cli.names import listing

    click.echo(listing(prefix, missing))
