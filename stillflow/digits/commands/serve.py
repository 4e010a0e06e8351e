"""`stillflow digits serve`: a page on which to draw digits, and its API."""

from __future__ import annotations

import warnings

import click

from stillflow.digits import model
from stillflow.serving import listening


@click.command()
@listening.at_address(8000)
@click.option(
    "--model",
    "folder",
    type=click.Path(file_okay=False),
    default=model.FOLDER,
    show_default=True,
    help="Model folder.",
)
def serve(host: str, port: int, folder: str) -> None:
    """Serve a web page on which to draw a digit and watch the network read it.

    It takes up each new checkpoint of the model folder by itself. The API beside the page is
    described at /docs. Ctrl-C ends it.
    """
    try:
        from stillflow.digits.web import app, newest
        from stillflow.serving import server
    except ImportError as error:
        raise click.ClickException(
            f"The page needs {error.name}.\n  pip install 'stillflow[web]'"
        ) from None
    warnings.filterwarnings("ignore", module="PIL")  # a client is told what is wrong instead
    current = newest.Newest(folder)
    current.look()
    if current.recogniser is None:
        click.echo(current.reason)
    listener = listening.listener_at(host, port)
    if listening.is_open(host):
        click.echo("Other machines can reach this address.")
    click.echo(f"Draw a digit at {server.address_of(listener)} (Ctrl-C ends it)")
    server.serve(app.create(current), listener)
