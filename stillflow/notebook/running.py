"""`stillflow run notebook.ipynb`: a notebook's cells in order, in a kernel of their own."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from stillflow.notebook import specs
from stillflow.notebook.needed import NotForNotebooks, check_installed
from stillflow.notebook.reading import code_cells, read
from stillflow.notebook.showing import Show, place_of


class Settings(NamedTuple):
    """How a notebook is run.

    save: the file that the notebook is written to, with its outputs.
    pictures: the folder that pictures are written to.
    period: whether names that Python and NumPy have dropped are supplied.
    python2: whether cells are translated from Python 2.
    """

    save: str | None = None
    pictures: str | None = None
    period: bool = True
    python2: bool = False


def run_notebook(path: str, settings: Settings) -> None:
    """Runs the cells of a notebook in its folder and prints what they show; exits as it ends.

    A cell that raises ends it, unless it is tagged `raises-exception`; what is to be saved is,
    even then. The exit code is 0, or 1 after an error, or 2 where there is no such file. Ctrl-C
    interrupts the cell, and then ends this process as it would end Python; SIGTERM ends both.
    """
    try:
        check_installed()
        if settings.python2:
            _require_translator()
        notebook = read(path, settings.python2)
        if settings.save:
            _check_writable(settings.save)
    except NotForNotebooks as refusal:
        _give_up(1, f"{path}: {refusal}")
    except OSError as error:
        _give_up(2, f"can't open file {path!r}: [Errno {error.errno}] {error.strerror}")
    try:
        failure = _Run(path, notebook, settings).run()
    except BrokenPipeError:  # who reads what it shows has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _give_up(1, f"{path}: {error}")
    if failure is None:
        return
    print(f"stillflow: {path}: {failure}", file=sys.stderr)
    if failure.signal is not None:
        signal.signal(failure.signal, signal.SIG_DFL)
        os.kill(os.getpid(), failure.signal)
    sys.exit(1)


class Failure(NamedTuple):
    """How a notebook ended, and where; `signal` is what ended it from outside."""

    place: str
    what: str
    signal: int | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


class _Run:
    """A run of one notebook."""

    def __init__(self, path: str, notebook: Any, settings: Settings):
        self._notebook = notebook
        self._settings = settings
        self._cells = code_cells(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code":  # what an earlier run left is not of this one
                cell.outputs, cell.execution_count = [], None
        pictures = os.path.abspath(settings.pictures) if settings.pictures else None
        self._show = Show(len(self._cells), pictures)
        self._folder = os.path.dirname(os.path.abspath(path))
        self._number = 0
        self._signal: int | None = None

    def run(self) -> Failure | None:
        try:
            return asyncio.run(self._run())
        finally:
            self._show.end()
            if self._settings.save:
                _write(self._notebook, self._settings.save)

    async def _run(self) -> Failure | None:
        from nbclient.exceptions import CellExecutionError, DeadKernelError

        client = _client(self._notebook, self._show.output, self._settings)
        try:
            async with client.async_setup_kernel(cwd=self._folder):
                self._take_interrupts(client)
                await self._tell_language(client)
                for index, cell in enumerate(self._notebook.cells):
                    self._begin(cell)
                    await client.async_execute_cell(cell, index)
        except CellExecutionError:
            return self._failure()
        except (DeadKernelError, RuntimeError) as error:  # RuntimeError: it died as it started
            if self._signal is not None:
                return self._interrupted()
            return Failure(f"cell In[{self._number}]", f"The kernel died. {error}".rstrip(". "))
        return None

    def _begin(self, cell: Any) -> None:
        if any(cell is other for other in self._cells):
            self._number += 1
            self._show.begin(self._number)

    def _take_interrupts(self, client: Any) -> None:
        """Ctrl-C interrupts the cell; a second one, and SIGTERM, ends the kernel."""

        def stop(number: int) -> None:
            is_first = self._signal is None and number == signal.SIGINT
            self._signal = number
            manager = client.km
            end = manager.interrupt_kernel() if is_first else manager.shutdown_kernel(now=True)
            self._stopping = asyncio.ensure_future(end)

        if sys.platform != "win32":  # whose loops take no signals
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, stop, number)

    async def _tell_language(self, client: Any) -> None:
        reply = await client.async_wait_for_reply(client.kc.kernel_info())
        self._notebook.metadata["language_info"] = reply["content"]["language_info"]

    def _failure(self) -> Failure:
        outputs = self._cells[self._number - 1].outputs
        error = next((o for o in reversed(outputs) if o["output_type"] == "error"), None)
        if error is None:
            return Failure(f"cell In[{self._number}]", "It failed.")
        if self._signal is not None and error["ename"] == "KeyboardInterrupt":
            return self._interrupted()
        first = (error["evalue"].splitlines() or [""])[0]
        what = f"{error['ename']}: {first}".removesuffix(": ")
        return Failure(place_of(error, self._number), what)

    def _interrupted(self) -> Failure:
        return Failure(f"cell In[{self._number}]", "interrupted", self._signal)


def _client(notebook: Any, show: Callable[[Any], None], settings: Settings) -> Any:
    """What carries a notebook out in a kernel of this Python, whatever kernel it names."""
    import zmq
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    period, python2 = settings.period, settings.python2

    class Specs(KernelSpecManager):
        """Knows one kernel, installed or not."""

        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            return KernelSpec(**specs.described(period=period, python2=python2))

    class Client(NotebookClient):
        """Shows outputs as they come."""

        def output(self, outs: Any, msg: Any, display_id: Any, cell_index: Any) -> Any:
            output = super().output(outs, msg, display_id, cell_index)
            if output is not None:
                show(output)
            return output

    logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # the failure is told once, by us
    manager = AsyncKernelManager(kernel_name=specs.NAME, kernel_spec_manager=Specs())
    if manager.has_trait("transport_encryption") and zmq.has("curve"):
        manager.transport_encryption = "auto"  # else the kernel warns that others could listen
    client = Client(notebook, km=manager, timeout=None, coalesce_streams=True)
    client.owns_km = True  # it ends the kernel
    return client


def _require_translator() -> None:
    from stillflow.environment.python2 import require

    try:
        require()
    except ImportError as error:
        raise NotForNotebooks(str(error)) from None


def _check_writable(path: str) -> None:
    """OSError, before anything has run, where a file cannot be written in the end."""
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise NotForNotebooks(f"There is no folder {folder!r} to save the notebook in.")
    if os.path.isdir(path) or not os.access(folder, os.W_OK):
        raise NotForNotebooks(f"{path!r} cannot be written.")


def _write(notebook: Any, path: str) -> None:
    """Writes a notebook whole or not at all."""
    import nbformat

    under_way = f"{path}.{os.getpid()}.tmp"
    try:
        nbformat.write(notebook, under_way)
        os.replace(under_way, path)
    finally:
        if os.path.exists(under_way):
            os.unlink(under_way)


def _give_up(code: int, message: str) -> NoReturn:
    print(f"stillflow: {message}", file=sys.stderr)
    sys.exit(code)
