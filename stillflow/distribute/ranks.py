"""This process as one of several: how it meets the others, and how all end together.

A rank that fails says why, one that is killed is missed; the others hear of it, whatever they do.
The main thread gets an error to end by. Where it cannot, because it waits in compiled code for the
rank that is gone, the process is ended.
"""

from __future__ import annotations

import atexit
import os
import queue
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any

from stillflow.distribute.hub import THE_END, Answer, Hub, NotAllHere
from stillflow.distribute.membership import FOLLOWED, Membership
from stillflow.distribute.wire import Wire
from stillflow.graph.errors import InternalError, InvalidArgumentError
from stillflow.platform import processes

_GRACE = 1.0  # seconds that a failed program has to end by itself
_SIGNAL = getattr(signal, "SIGURG", None)  # ignored where nobody asks for it
_GO_ON = (
    "The ranks of a program end together; with `stillflow launch --restarts 1` they start again, "
    "and a program that restores its last checkpoint goes on."
)


class Ranks(processes.Alone):
    """The group of a process that was started with others. See `join`."""

    def __init__(self, membership: Membership):
        self.rank = membership.rank
        self.size = membership.size
        self.local_rank = membership.local_rank
        self.local_size = membership.local_size
        self.has_local_batches = membership.has_local_batches
        self.leader = membership.leader_address[0]
        self.host = membership.host or self.leader
        self._own = membership
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._turn = threading.Lock()
        self._hub: Hub | None = None
        self._wire: Wire | None = None
        self._failure: str | None = None
        self._failed = threading.Event()
        self._is_leaving = False
        self._is_over = False
        self._dealt: tuple[Any, Any] = (None, None)
        self._exit_code: int | None = None  # of a process that must not wait for others any more

    def meet(self) -> bytes:
        """Waits until all ranks are there; returns the seed that they share.

        Raises:
          NotAllHere: some do not come.
        """
        if self.rank == 0:
            seed = os.urandom(16)
            self._hub = Hub(self._own, self._take)
            self._hub.wait_for_all(seed)
            return seed
        self._wire = self._found()
        try:
            welcome = self._wire.receive(self._own.patience)
        except OSError:
            raise NotAllHere(
                f"Rank 0 at {self._own.leader} has not begun within {self._own.patience:g} seconds."
            ) from None
        if "refused" in welcome:
            raise NotAllHere(f"Rank {self.rank} was turned away: {welcome['refused']}.")
        threading.Thread(target=self._listen, args=(self._wire,), daemon=True).start()
        threading.Thread(target=self._beat, args=(self._wire,), daemon=True).start()
        return bytes.fromhex(welcome["seed"])

    def _found(self) -> Wire:
        end = time.monotonic() + self._own.patience
        while True:
            try:
                wire = Wire(_connected(self._own.leader_address))
                wire.send({"rank": self.rank, "size": self.size, "token": self._own.token})
                return wire
            except OSError as error:
                if time.monotonic() > end:
                    raise NotAllHere(
                        f"Rank 0 was not found at {self._own.leader} within "
                        f"{self._own.patience:g} seconds: {error}."
                    ) from None
                time.sleep(0.05)

    # Together -------------------------------------------------------------------------------------

    def exchange(self, what: str, value: Any) -> list[Any]:
        with self._turn:
            self.check(0.0)
            if self._hub is not None:
                self._hub.arrive(0, what, value)
            else:
                assert self._wire is not None
                with suppress(OSError):  # `_listen` says so
                    self._wire.send({"at": what, "value": value})
            answer = self._answers.get()
        if "values" in answer:
            return answer["values"]
        if "differ" in answer:
            raise _difference(answer["differ"])
        raise self._error()

    def check(self, patience: float) -> None:
        if self._failed.wait(patience):
            raise self._error()

    def _error(self) -> Exception:
        return InternalError(None, None, f"{self._failure}\n  {_GO_ON}")

    def _take(self, answer: Answer) -> None:
        """An answer to what this process has asked, or a failure that it has not asked for."""
        if "failed" in answer:
            told = answer["failed"]
            self._hear(f"Rank {told['rank']} {told['why']}.")
        else:
            # Who has been answered may be gone before this process has noted that it leaves too.
            self._is_over |= self._is_leaving and "values" in answer
            self._answers.put(answer)

    def _listen(self, wire: Wire) -> None:
        while True:
            try:
                message = wire.receive(self._own.heartbeat)
            except TimeoutError:
                self._hear(f"Rank 0 has not answered for {self._own.heartbeat:g} seconds.")
                return
            except OSError:
                self._hear(
                    "Rank 0 has ended without a word: it was killed, or its machine is gone."
                )
                return
            if "alive" not in message:
                self._take(message)

    def _beat(self, wire: Wire) -> None:
        with suppress(OSError):
            while True:
                time.sleep(min(5.0, self._own.heartbeat / 4))
                wire.send({"alive": True})

    def deal(self, seed: bytes) -> None:
        """Has Python's and NumPy's unseeded numbers be the same in all ranks."""
        import random

        import numpy as np

        random.seed(seed)
        np.random.seed(np.frombuffer(seed, np.uint32))
        self._dealt = random.getstate(), np.random.get_state()

    def go_apart(self) -> None:
        import random

        import numpy as np

        if self.is_apart:
            return
        self.is_apart = True
        python, numpy = self._dealt
        if random.getstate() == python:  # else the program has seeded it
            random.seed()
        if str(np.random.get_state()) == str(numpy):
            np.random.seed()

    # The end --------------------------------------------------------------------------------------

    def _hear(self, failure: str) -> None:
        """Ends this process because another one has failed."""
        if self._is_over or self._failure is not None:
            return
        self._failure = failure
        self._failed.set()
        self._answers.put({"failed": True})
        main = threading.main_thread().ident
        if _SIGNAL is not None and main is not None:
            signal.pthread_kill(main, _SIGNAL)
        self._end_within(_GRACE, f"stillflow: rank {self.rank} ends. {failure}")

    def _end_within(self, seconds: float, last_words: str = "") -> None:
        def end() -> None:
            time.sleep(seconds)
            if last_words:
                os.write(2, f"{last_words}\n".encode())
            with suppress(Exception):
                sys.stdout.flush()
            os._exit(self._exit_code or FOLLOWED)

        threading.Thread(target=end, daemon=True).start()

    def _interrupt(self, *_: Any) -> None:
        """What the signal does in the main thread, whatever it waits for there."""
        if not self._is_over:
            raise self._error()

    def __enter__(self) -> Ranks:
        if _SIGNAL is not None:
            signal.signal(_SIGNAL, self._interrupt)
        atexit.register(self._end_now)  # before all else of this process, so it is called last
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Leaves with the others, or tells them what the program has failed with."""
        why = None if error is None else _reason(error)
        if why is None and self._failure is None:
            try:
                self._leave()
            except BaseException as late:
                self._give_up(late)
                raise
        else:
            self._give_up(error)

    def _leave(self) -> None:
        self._is_leaving = True
        self.exchange(THE_END, None)
        processes.close_all()

    def _give_up(self, error: BaseException | None) -> None:
        why = None if error is None else _reason(error)
        self._is_over = True
        if self._failure is None:
            with suppress(OSError):
                if self._hub is not None:
                    self._hub.fail(0, why or "has ended")
                elif self._wire is not None:
                    self._wire.send({"failed": why})
            time.sleep(0.05)  # for the word to be heard before the connection is gone
        self._exit_code = _code(error) if self._failure is None else FOLLOWED
        self._end_within(_GRACE)

    def _end_now(self) -> None:
        """Ends a failed process before XLA waits for the others to end well."""
        if self._exit_code is not None:
            with suppress(Exception):
                sys.stdout.flush()
            os._exit(self._exit_code)


def _connected(address: tuple[str, int]) -> socket.socket:
    """A connection to who listens there, OSError where nobody does.

    Where nobody listens at a port that the system gives out itself, it may take that one for this
    end, and connect it to itself.
    """
    connection = socket.create_connection(address, timeout=5.0)
    if connection.getsockname() == connection.getpeername():
        connection.close()
        raise ConnectionRefusedError("Nobody listens there")
    return connection


def _difference(places: list[str]) -> Exception:
    lines = "\n".join(f"  rank {rank} is at {place}" for rank, place in enumerate(places))
    return InvalidArgumentError(
        None,
        None,
        f"The ranks do not run the same program:\n{lines}\n  All ranks build the same graph, and "
        "run the same of it with feeds of the same shapes.",
    )


def _code(error: BaseException | None) -> int:
    """The exit code of a program that ends with `error`."""
    if isinstance(error, SystemExit) and isinstance(error.code, int):
        return error.code
    return 128 + signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1


def _reason(error: BaseException) -> str | None:
    """Why a program that ends with `error` has failed; None where it has not."""
    if isinstance(error, SystemExit):
        return None if error.code in (None, 0) else f"has exited with {error.code}"
    if isinstance(error, KeyboardInterrupt):
        return "was interrupted"
    first = (str(error).splitlines() or [""])[0]
    return f"has failed with {type(error).__name__}: {first}".rstrip(": .")


def join(membership: Membership) -> Ranks:
    """Makes this process one of its group, once all are there: see `platform.processes`.

    What Python's and NumPy's generators give unseeded is from here on the same for all. Another
    rank than 0 prints nothing. STILLFLOW_RANK and STILLFLOW_SIZE tell the program its place.

    Raises:
      NotAllHere: some do not come.
    """
    ranks = Ranks(membership)
    seed = ranks.meet()
    processes.join(ranks, seed)
    ranks.deal(seed)
    os.environ |= {"STILLFLOW_RANK": str(ranks.rank), "STILLFLOW_SIZE": str(ranks.size)}
    if ranks.rank:
        sys.stdout.flush()
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
    return ranks
