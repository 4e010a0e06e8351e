"""`stillflow explain`: a program run as `stillflow run` runs it, and what its runs did."""

from __future__ import annotations

import atexit
import os
import sys
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from stillflow.cli.commands import notebooks
from stillflow.cli.commands.running import run

if TYPE_CHECKING:
    from stillflow.runtime.recording.recorder import Recorder


@click.command(
    short_help="Run a program and say what its runs did, and where.",
    context_settings={"allow_interspersed_args": False},
)
@click.option("--json", "as_json", is_flag=True, help="All of it, for programs.")
@click.option("--output", "-o", type=click.Path(), help="A file for it; else standard error.")
@click.option("--trace", type=click.Path(), help="Also a file for chrome://tracing or Perfetto.")
@click.pass_context
def explain(
    context: click.Context,
    as_json: bool,
    output: str | None,
    trace: str | None,
    program: str,
    **options: Any,
) -> Callable[[], None]:
    """Run PROGRAM, and when it ends say what its runs did.

    Which runs there were, from which lines, on which tier and why, when they were compiled and how
    long that took, what stays on the host, and what took the time. The other options are those of
    `stillflow run`.
    """
    for path in (output, trace):
        if path and not os.path.isdir(os.path.dirname(path) or "."):
            raise click.BadParameter(f"There is no folder {os.path.dirname(path)!r}.")
    start: Callable[[], None] = context.invoke(run, program=program, **options)
    if program.endswith(notebooks.SUFFIX):
        if trace:
            raise click.UsageError("--trace is for scripts.")
        return lambda: _explained_elsewhere(start, as_json, output)

    def explained() -> None:
        from stillflow.runtime.recording.asking import record

        if output:
            _clear(output)
        ended = None if trace is None else lambda recorder: _write_trace(recorder, trace)
        record(output and os.path.abspath(output), as_json, bool(trace), ended)
        start()

    return explained


explain.params += run.params


def _clear(output: str) -> None:
    """Fails at once where the file cannot be written."""
    try:
        with open(output, "w"):
            pass
    except OSError as error:
        print(f"stillflow: {output}: {error.strerror}", file=sys.stderr)
        sys.exit(1)


def _explained_elsewhere(start: Callable[[], None], as_json: bool, output: str | None) -> None:
    """A notebook's kernel writes its report to a file when it ends."""
    if output:
        _clear(output)
    folder = tempfile.mkdtemp(prefix="stillflow-")
    path = os.path.join(folder, "report.json" if as_json else "report.txt")
    os.environ["STILLFLOW_EXPLAIN"] = path

    def tell() -> None:
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                report = file.read()
            os.unlink(path)
            if output:
                with open(output, "w", encoding="utf-8") as file:
                    file.write(report)
            else:
                print(f"\n{report}", file=sys.stderr, end="")
        os.rmdir(folder)

    atexit.register(tell)
    start()


def _write_trace(recorder: Recorder, path: str) -> None:
    from stillflow.api import RunMetadata
    from stillflow.events.timeline import Timeline
    from stillflow.runtime.tracing import fill_step_stats

    metadata = RunMetadata()
    events = recorder.events or []
    for device in dict.fromkeys(device for device, _ in events):
        fill_step_stats(metadata, [event for own, event in events if own == device], device)
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(Timeline(metadata.step_stats).generate_chrome_trace_format(False))
    except OSError as error:
        print(f"stillflow explain: {path}: {error.strerror}", file=sys.stderr)
    if recorder.lost_events:
        print(
            f"stillflow explain: {path} lacks {recorder.lost_events:,} later steps", file=sys.stderr
        )
