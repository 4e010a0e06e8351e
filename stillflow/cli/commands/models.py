"""`stillflow inspect` and `stillflow export`: what checkpoints and models hold, and other forms."""

from __future__ import annotations

import click


@click.command(
    short_help="List what is in a checkpoint, a graph or a SavedModel.",
)
@click.option("--all", "show_all", is_flag=True, help="Long lists in full.")
@click.argument("path", type=click.Path())
def inspect(path: str, show_all: bool) -> None:
    """List what is in PATH.

    Of a checkpoint (its prefix, a file of it, or its folder) the variables with their types, shapes
    and sizes; of a GraphDef, a MetaGraphDef or a SavedModel the inputs, the outputs and the op
    types.
    """
    from stillflow.api import logging
    from stillflow.cli.inspect import Unreadable, report

    logging.set_verbosity(logging.ERROR)  # what is wrong is said in one line
    try:
        click.echo(report(path, show_all))
    except Unreadable as error:
        raise click.ClickException(str(error)) from None


@click.command(
    short_help="Write a model as StableHLO, ONNX, safetensors or npz.",
)
@click.option(
    "--to",
    "form",
    type=click.Choice(["stablehlo", "onnx", "safetensors", "npz"]),
    default="stablehlo",
)
@click.option("--inputs", help="Names of tensors or nodes, with commas between.")
@click.option("--outputs", help="The same.")
@click.option("--signature", help="Of a SavedModel.")
@click.option("--batch", default="dynamic", help="The batch's size, or dynamic (default).")
@click.argument("path", type=click.Path())
@click.argument("output", type=click.Path())
def export(
    form: str,
    inputs: str | None,
    outputs: str | None,
    signature: str | None,
    batch: str,
    path: str,
    output: str,
) -> None:
    """Write the model in PATH to the file OUTPUT, for programs without Stillflow.

    PATH is the folder of a SavedModel, a checkpoint's prefix beside its .meta file, or a frozen
    graph. stablehlo is what it computes, which jax.export.deserialize reads, and onnx the same for
    ONNX's runtimes; safetensors and npz are its variables.
    """
    from stillflow.api import errors, logging
    from stillflow.leaving.exporting import export as write

    if batch != "dynamic" and not (batch.isdecimal() and int(batch)):
        raise click.BadParameter("It is a positive number or dynamic.", param_hint="--batch")
    size = None if batch == "dynamic" else int(batch)
    logging.set_verbosity(logging.ERROR)  # what is wrong is said in a few lines
    taken, given = (None if names is None else names.split(",") for names in (inputs, outputs))
    try:
        lines = write(path, output, form, taken, given, batch=size, signature=signature)
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise click.ClickException(str(error)) from None
    except errors.OpError as error:
        raise click.ClickException(error.message) from None
    click.echo("\n".join([f"{output}: {form}", *(f"  {line}" for line in lines)]))
