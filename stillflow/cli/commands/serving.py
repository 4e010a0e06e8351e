"""`stillflow serve`: models that answer TensorFlow Serving's REST API."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import click

from stillflow.serving import listening


def _number(name: str, default: float, least: float, told: str) -> Callable[[Any], Any]:
    """An option: a whole number where its default is one."""
    kind = click.IntRange(int(least)) if isinstance(default, int) else click.FloatRange(least)
    return click.option(name, default=default, type=kind, show_default=True, help=told)


@click.command(short_help="Answer requests with models, by TensorFlow Serving's REST API.")
@click.argument("path", type=click.Path(), required=False)
@click.option("--name", help="Of PATH's model in addresses; its folder's name by default.")
@click.option("--model", "models", multiple=True, metavar="NAME=PATH", help="A model more.")
@listening.at_address(8501)
@click.option(
    "--versions", default="all", show_default=True, help="all, latest, or numbers with commas."
)
@click.option(
    "--label", "labels", multiple=True, metavar="[NAME/]LABEL=VERSION", help="A name of a version."
)
@click.option(
    "--inputs", help="Where no signature says so: tensors or nodes, [KEY=]NAME with commas."
)
@click.option("--outputs", help="The same.")
@click.option("--tags", default="serve", show_default=True, help="Of a SavedModel, with commas.")
@_number("--batch", 1, 1, "Rows of several requests that go into one run.")
@_number("--wait", 0.0, 0, "Milliseconds that a batch waits for more.")
@_number("--timeout", 30.0, 0.001, "Seconds that a request may take.")
@_number("--queue", 4096, 1, "Requests of a model that may wait.")
@_number("--body", 16, 1, "MiB that a request may have.")
@_number("--memory", 256, 1, "MiB of all requests together.")
@_number("--every", 1.0, 0.01, "Seconds between looks for versions.")
@click.option(
    "--warm-up/--no-warm-up", default=True, help="Run and compile models when they are loaded."
)
def serve(
    path: str | None,
    name: str | None,
    models: tuple[str, ...],
    host: str,
    port: int,
    versions: str,
    labels: tuple[str, ...],
    **options: Any,
) -> None:
    """Answer requests with the model in PATH, as TensorFlow Serving's REST API does.

    PATH is a SavedModel's folder, a folder with one for each version (PATH/1, PATH/2, ...), which
    are taken up as they come and dropped as they go, a .meta file beside its checkpoint, or the
    .pb file of a frozen graph.

    Ask it at /v1/models/NAME:predict, :classify and :regress; / lists what is there. Ctrl-C ends it
    once what it has begun is answered.
    """
    try:
        from stillflow.serving import server, starting
    except ImportError as error:
        raise click.ClickException(
            f"Serving needs {error.name}.\n  pip install 'stillflow[web]'"
        ) from None
    try:
        settings = starting.Settings(
            inputs=_named(options.pop("inputs")),
            outputs=_named(options.pop("outputs")),
            tags=tuple(options.pop("tags").split(",")),
            wait=options.pop("wait") / 1000,
            **options,
        )
        paths = _paths(path, name, models)
        made = starting.Server(paths, _versions(versions), _labels(labels, paths), settings)
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    listener = listening.listener_at(host, port)
    if listening.is_open(host):
        click.echo("Other machines can reach this address: there are no users or passwords.")
    _show_log()
    try:
        made.take_up()
    except (OSError, ValueError) as error:
        listener.close()
        raise click.ClickException(str(error)) from None
    address = server.address_of(listener)
    for model in paths:
        click.echo(f"{address}v1/models/{model}:predict")
    click.echo(f"What is there, and how to ask it: {address} (Ctrl-C ends it)")
    # A body may come for as long as it then takes to be answered.
    server.serve(made.app, listener, 2 * settings.timeout + 5, int(settings.timeout) + 1)


def _show_log() -> None:
    """Has what becomes of models written to the error output, and nothing of TensorFlow's."""
    import logging

    from stillflow.api import logging as tf_logging

    tf_logging.set_verbosity(tf_logging.ERROR)
    log = logging.getLogger("stillflow")
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)


def _paths(path: str | None, name: str | None, models: Iterable[str]) -> dict[str, str]:
    """{name: path} of all models."""
    found: dict[str, str] = {}
    if path is not None:
        found[name or _name_of(path)] = path
    elif name is not None:
        raise click.UsageError("--name is that of PATH's model, and there is no PATH.")
    for given in models:
        key, equals, value = given.partition("=")
        if not (key and equals and value):
            raise click.BadParameter(f"{given!r} is not NAME=PATH.", param_hint="--model")
        if key in found:
            raise click.BadParameter(f"Two models are called {key}.", param_hint="--model")
        found[key] = value
    if not found:
        raise click.UsageError("Name a model: stillflow serve PATH, or --model NAME=PATH.")
    for key in found:
        if any(letter in key for letter in "/:?#"):
            raise click.UsageError(f"{key!r} cannot be a part of an address: --name another.")
    return found


def _name_of(path: str) -> str:
    """The folder's name; of a version's folder, its parent's; of a file, without the ending."""
    full = os.path.abspath(path)
    base = os.path.basename(full)
    if base.endswith((".meta", ".pb")):
        return base.rpartition(".")[0]
    return os.path.basename(os.path.dirname(full)) or base if base.isdecimal() else base


def _versions(text: str) -> str | list[int]:
    if text in ("all", "latest"):
        return text
    if all(part.isdecimal() for part in text.split(",")):
        return [int(part) for part in text.split(",")]
    raise click.BadParameter(f"{text!r} is not all, latest or numbers.", param_hint="--versions")


def _labels(given: Iterable[str], paths: Iterable[str]) -> dict[tuple[str, str], int]:
    found = {}
    for text in given:
        named, _, number = text.rpartition("=")
        model, slash, label = named.rpartition("/")
        if not label or not number.isdecimal():
            hint = "[NAME/]LABEL=VERSION"
            raise click.BadParameter(f"{text!r} is not {hint}.", param_hint="--label")
        if slash and model not in paths:
            raise click.BadParameter(f"There is no model {model}.", param_hint="--label")
        for name in [model] if slash else paths:
            found[name, label] = int(number)
    return found


def _named(text: str | None) -> dict[str, str] | None:
    """{key: name} of [KEY=]NAME with commas between."""
    if text is None:
        return None
    pairs = [part.rpartition("=") for part in text.split(",")]
    return {key or name.partition(":")[0]: name for key, _, name in pairs}
