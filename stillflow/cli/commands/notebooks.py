"""`stillflow run notebook.ipynb` and `stillflow kernel`: what they take and say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

SUFFIX = ".ipynb"


def outputs(command: Any) -> Any:
    """Adds the options of what becomes of a notebook's outputs."""
    save = click.option(
        "--save",
        type=click.Path(),
        help="Of a notebook: the file to write it to, with its outputs.",
    )
    pictures = click.option(
        "--pictures", type=click.Path(), help="Of a notebook: the folder to write pictures to."
    )
    return save(pictures(command))


def runner(
    path: str,
    args: tuple[str, ...],
    save: str | None,
    pictures: str | None,
    period: bool,
    python2: bool,
) -> Callable[[], None]:
    """What runs a notebook; `args` are options that stand behind its name."""
    with _after.make_context("stillflow run", list(args)) as given:
        save = given.params["save"] or save
        pictures = given.params["pictures"] or pictures

    def run() -> None:
        from stillflow.notebook.running import Settings, run_notebook

        run_notebook(path, Settings(save, pictures, period, python2))

    return run


@click.command(add_help_option=False, options_metavar="NOTEBOOK [OPTIONS]")
@outputs
def _after(save: str | None, pictures: str | None) -> None:
    """The options that may follow a notebook, which takes no arguments of its own."""


@click.group()
def kernel() -> None:
    """Jupyter kernels in which `import tensorflow` means Stillflow."""


_name = click.option("--name", default="stillflow", help="What Jupyter calls it (stillflow).")


@kernel.command()
@click.option("--user", is_flag=True, help="For this user.")
@click.option("--sys-prefix", is_flag=True, help="For this environment (default in one).")
@click.option("--prefix", type=click.Path(), help="For what is installed in this folder.")
@_name
@click.option(
    "--period-shims/--no-period-shims",
    "period",
    default=True,
    help="Supply names that Python, NumPy and Pillow have dropped since TensorFlow 1.x (default).",
)
def install(user: bool, sys_prefix: bool, prefix: str | None, name: str, period: bool) -> None:
    """Have Jupyter offer the kernel "TensorFlow 1.x (Stillflow)"."""
    import sys

    from stillflow.notebook import specs

    if user + sys_prefix + (prefix is not None) > 1:
        raise click.UsageError("Only one of --user, --sys-prefix and --prefix says where.")
    place = prefix or (sys.prefix if sys_prefix else None if user else specs.usual_prefix())
    click.echo(_told(lambda: specs.install(name, place, period)))


@kernel.command()
@click.option(
    "--prefix", type=click.Path(), help="From this folder; else from where Jupyter finds it."
)
@_name
def remove(name: str, prefix: str | None) -> None:
    """Remove a kernel that `stillflow kernel install` installed."""
    from stillflow.notebook import specs

    click.echo(_told(lambda: specs.remove(name, prefix)))


@kernel.command("list")
def list_() -> None:
    """List the kernels of Stillflow that Jupyter finds."""
    from stillflow.notebook import specs

    found = _told(specs.installed)
    for spec in found:
        gone = "" if spec.is_there else ", which is not there any more"
        click.echo(f"{spec.name}: {spec.title}, in {spec.folder}, runs {spec.python}{gone}")
    if not found:
        click.echo("Jupyter finds none. `stillflow kernel install` installs one.")


def _told(do: Callable[[], Any]) -> Any:
    """What it returns; its refusal is one of the command."""
    from stillflow.notebook.needed import NotForNotebooks

    try:
        return do()
    except NotForNotebooks as refusal:
        raise click.ClickException(str(refusal)) from None
