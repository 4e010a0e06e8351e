"""`stillflow run` and `stillflow launch`: programs in this process, or in several."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from stillflow.cli.commands import notebooks

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from stillflow.distribute.membership import Membership


def _as_files(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """What a shell is told of a program's own arguments: they may be files."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


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


@click.command(
    short_help="Run a program, `import tensorflow` meaning Stillflow.",
    context_settings={"allow_interspersed_args": False},
)
@click.option("-m", "as_module", is_flag=True, help="PROGRAM is a module's name, as in python -m.")
@click.option("-c", "as_code", is_flag=True, help="PROGRAM is Python code, as in python -c.")
@click.option(
    "--period-shims/--no-period-shims",
    "period",
    default=True,
    help="Supply names that Python, NumPy and Pillow have dropped since TensorFlow 1.x (default).",
)
@click.option("--py2", "python2", is_flag=True, help="Translate the program from Python 2.")
@devices_option
@batch_option
@heartbeat_option
@click.option("--hosts", help="The machines of all processes, rank 0's first: a,b:PORT,...")
@click.option("--rank", type=int, help="Which of the hosts this process is; 0 is the first.")
@click.option("--patience", default=60.0, help="Seconds to wait for all ranks to come (60).")
@notebooks.outputs
@click.argument("program", type=click.Path(allow_dash=True))
@click.argument("args", nargs=-1, type=click.UNPROCESSED, shell_complete=_as_files)
def run(
    program: str,
    args: tuple[str, ...],
    as_module: bool,
    as_code: bool,
    period: bool,
    python2: bool,
    devices: str | None,
    batch: str,
    heartbeat: float,
    hosts: str | None,
    rank: int | None,
    patience: float,
    save: str | None,
    pictures: str | None,
) -> Callable[[], None]:
    """Run PROGRAM as python does, `import tensorflow` meaning Stillflow.

    PROGRAM is a script, - for standard input, or a notebook (.ipynb), whose cells are run in
    order and show what they show. ARGS are the program's own. With --hosts, or where srun, mpirun,
    torchrun or TF_CONFIG have started several processes, they run it together.
    """
    from stillflow.cli import program as programs

    if devices is not None:
        _spread_over(devices)
    if program.endswith(notebooks.SUFFIX) and not (as_module or as_code):
        if hosts is not None:
            raise click.UsageError("A notebook is run by one process, without --hosts.")
        return notebooks.runner(program, args, save, pictures, period, python2)
    if save is not None or pictures is not None:
        raise click.UsageError("--save and --pictures are for notebooks.")
    place = _place(hosts, rank)
    if place is not None:
        local = place.has_local_batches or batch == "local"
        place = replace(place, has_local_batches=local, heartbeat=heartbeat, patience=patience)
    load: Callable[[str, programs.Compiler], programs.Program] = programs.script
    if as_module:
        load = programs.module
    elif as_code:
        load = programs.code
    elif program == "-":
        load = programs.standard_input
    return lambda: programs.run(load, program, args, period, place, python2)


@click.command(
    short_help="Run a program in several processes of this machine.",
    context_settings={"allow_interspersed_args": False},
)
@click.option("--processes", "-n", required=True, type=click.IntRange(1), help="How many.")
@click.option("--restarts", default=0, help="How often all start again when one has failed (0).")
@click.option("-m", "as_module", is_flag=True, help="PROGRAM is a module's name, as in python -m.")
@click.option("-c", "as_code", is_flag=True, help="PROGRAM is Python code, as in python -c.")
@devices_option
@batch_option
@heartbeat_option
@click.argument("program", type=click.Path(allow_dash=True))
@click.argument("args", nargs=-1, type=click.UNPROCESSED, shell_complete=_as_files)
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
