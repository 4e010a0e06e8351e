"""The commands of `stillflow`: what they take and say. Each imports what it needs when it runs."""

from __future__ import annotations

from collections.abc import Callable

import click

from stillflow.digits.cli import digits


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stillflow", prog_name="stillflow")
def stillflow() -> None:
    """TensorFlow 1.x programs, unchanged, on today's Python and hardware."""


@stillflow.command(context_settings={"allow_interspersed_args": False})
@click.option("-m", "as_module", is_flag=True, help="PROGRAM is a module's name, as in python -m.")
@click.option("-c", "as_code", is_flag=True, help="PROGRAM is Python code, as in python -c.")
@click.option(
    "--period-shims/--no-period-shims",
    "period",
    default=True,
    help="Supply names that Python, NumPy and Pillow have dropped since TensorFlow 1.x (default).",
)
@click.option("--devices", help="How many local devices share each compiled run: a number, or all.")
@click.argument("program")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(
    program: str,
    args: tuple[str, ...],
    as_module: bool,
    as_code: bool,
    period: bool,
    devices: str | None,
) -> Callable[[], None]:
    """Run PROGRAM as python does, `import tensorflow` meaning Stillflow.

    PROGRAM is a script, or - for standard input. ARGS are the program's own.
    """
    from stillflow.cli import program as programs

    if devices is not None:
        try:
            programs.spread_over(devices)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--devices") from None
    load: Callable[[str], programs.Program] = programs.script
    if as_module:
        load = programs.module
    elif as_code:
        load = programs.code
    elif program == "-":
        load = programs.standard_input
    return lambda: programs.run(load, program, args, period)


@stillflow.command()
@click.argument("prefix", default="tf")
@click.option("--missing", is_flag=True, help="Only what Stillflow has not yet.")
def names(prefix: str, missing: bool) -> None:
    """List TensorFlow 1.15's names in PREFIX (tf, tf.nn, ...): + is there, - not yet."""
    from stillflow.cli.names import listing

    click.echo(listing(prefix, missing))


@stillflow.command()
@click.option("--all", "show_all", is_flag=True, help="Long lists in full.")
@click.argument("path")
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


@stillflow.command()
@click.option(
    "--to", "form", type=click.Choice(["stablehlo", "safetensors", "npz"]), default="stablehlo"
)
@click.option("--inputs", help="Names of tensors or nodes, with commas between.")
@click.option("--outputs", help="The same.")
@click.option("--signature", help="Of a SavedModel.")
@click.option("--batch", default="dynamic", help="The batch's size, or dynamic (default).")
@click.argument("path")
@click.argument("output")
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
    graph. stablehlo is what it computes, which jax.export.deserialize reads; safetensors and npz
    are its variables.
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


stillflow.add_command(digits)
