"""The commands of `stillflow`: what they take and say. Each imports what it needs when it runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from stillflow.digits.cli import digits

if TYPE_CHECKING:
    from stillflow.distribute.membership import Membership

devices_option = click.option(
    "--devices", help="How many local devices share each compiled run: a number, or all."
)
batch_option = click.option(
    "--batch",
    type=click.Choice(["global", "local"]),
    default="global",
    help="Whether all ranks feed the whole batch (default), or each its part of one.",
)
heartbeat_option = click.option(
    "--heartbeat", default=30.0, help="Seconds after which a silent rank is given up (30)."
)


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
@devices_option
@batch_option
@heartbeat_option
@click.option("--hosts", help="The machines of all processes, rank 0's first: a,b:PORT,...")
@click.option("--rank", type=int, help="Which of the hosts this process is; 0 is the first.")
@click.option("--patience", default=60.0, help="Seconds to wait for all ranks to come (60).")
@click.argument("program")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(
    program: str,
    args: tuple[str, ...],
    as_module: bool,
    as_code: bool,
    period: bool,
    devices: str | None,
    batch: str,
    heartbeat: float,
    hosts: str | None,
    rank: int | None,
    patience: float,
) -> Callable[[], None]:
    """Run PROGRAM as python does, `import tensorflow` meaning Stillflow.

    PROGRAM is a script, or - for standard input. ARGS are the program's own. With --hosts, or
    where srun, mpirun, torchrun or TF_CONFIG have started several processes, they run it together.
    """
    from stillflow.cli import program as programs

    if devices is not None:
        _spread_over(devices)
    place = _place(hosts, rank)
    if place is not None:
        local = place.has_local_batches or batch == "local"
        place = replace(place, has_local_batches=local, heartbeat=heartbeat, patience=patience)
    load: Callable[[str], programs.Program] = programs.script
    if as_module:
        load = programs.module
    elif as_code:
        load = programs.code
    elif program == "-":
        load = programs.standard_input
    return lambda: programs.run(load, program, args, period, place)


@stillflow.command(context_settings={"allow_interspersed_args": False})
@click.option("--processes", "-n", required=True, type=click.IntRange(1), help="How many.")
@click.option("--restarts", default=0, help="How often all start again when one has failed (0).")
@click.option("-m", "as_module", is_flag=True, help="PROGRAM is a module's name, as in python -m.")
@click.option("-c", "as_code", is_flag=True, help="PROGRAM is Python code, as in python -c.")
@devices_option
@batch_option
@heartbeat_option
@click.argument("program")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def launch(
    processes: int,
    restarts: int,
    as_module: bool,
    as_code: bool,
    devices: str | None,
    batch: str,
    heartbeat: float,
    program: str,
    args: tuple[str, ...],
) -> Callable[[], None]:
    """Run PROGRAM in several processes of this machine, which compute together.

    What rank 0 prints is printed.
    """
    from stillflow.distribute.launching import launch as start

    if devices is not None:
        _spread_over(devices)
    flags = [flag for flag, is_set in (("-m", as_module), ("-c", as_code)) if is_set]
    flags += ["--batch", batch, "--heartbeat", str(heartbeat)]
    return lambda: start([*flags, program, *args], processes, restarts)


def _spread_over(devices: str) -> None:
    from stillflow.cli import program as programs

    try:
        programs.spread_over(devices)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--devices") from None


def _place(hosts: str | None, rank: int | None) -> Membership | None:
    """This process's place among several, by its flags or its environment."""
    from stillflow.distribute import membership

    try:
        if hosts is not None:
            return membership.of_hosts(hosts, rank)
        return membership.taken_from(os.environ)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


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
    "--to",
    "form",
    type=click.Choice(["stablehlo", "onnx", "safetensors", "npz"]),
    default="stablehlo",
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


stillflow.add_command(digits)
