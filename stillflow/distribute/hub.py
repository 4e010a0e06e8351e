"""What rank 0 keeps for all: who is where, and who is gone."""

from __future__ import annotations

import hmac
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from stillflow.distribute.membership import Membership
from stillflow.distribute.wire import Wire

Answer = dict[str, Any]
THE_END = "the end of the program"
"""The exchange behind which ranks may go."""
_GONE = "has ended without a word: it was killed, or its machine is gone"


class NotAllHere(Exception):
    """A rank has not come in time; the message is one line."""


def listening(membership: Membership) -> socket.socket:
    """What rank 0 listens on: the socket that it was given, or one at the leader's address."""
    if membership.listener is not None:
        return socket.socket(fileno=membership.listener)
    return socket.create_server(membership.leader_address)


class Hub:
    """The connections to all other ranks.

    `answer` takes what rank 0 itself is told: `values` of an exchange, `differ` where ranks have
    come to different things, or `failed`.
    """

    def __init__(self, membership: Membership, answer: Callable[[Answer], None]):
        self._own = membership
        self._answer = answer
        self._wires: dict[int, Wire] = {}
        self._lock = threading.RLock()
        self._here: dict[int, tuple[str, Any]] = {}
        self._is_over = False

    def wait_for_all(self, seed: bytes) -> None:
        """Welcomes all ranks, and gives them the seed.

        Raises:
          NotAllHere: some have not come.
        """
        listener = listening(self._own)
        end = time.monotonic() + self._own.patience
        with listener:
            while len(self._wires) < self._own.size - 1:
                listener.settimeout(max(0.0, end - time.monotonic()) or 1e-3)
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    raise NotAllHere(self._lacking()) from None
                self._take(Wire(connection))
        for rank, wire in self._wires.items():
            wire.send({"seed": seed.hex()})
            threading.Thread(target=self._listen, args=(rank, wire), daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()

    def _lacking(self) -> str:
        lacking = [str(r) for r in range(1, self._own.size) if r not in self._wires]
        ranks = "Rank" if len(lacking) == 1 else "Ranks"
        return (
            f"{ranks} {', '.join(lacking)} of {self._own.size} did not come to "
            f"{self._own.leader} within {self._own.patience:g} seconds."
        )

    def _take(self, wire: Wire) -> None:
        """Takes a member in; strangers, and ranks that are here already, are turned away."""
        try:
            hello = wire.receive(patience=5.0)
        except OSError:
            wire.close()
            return
        rank, token = hello.get("rank"), str(hello.get("token")).encode()
        is_member = hmac.compare_digest(token, self._own.token.encode())
        is_member &= hello.get("size") == self._own.size
        if is_member and isinstance(rank, int) and self._awaits(rank):
            self._wires[rank] = wire
            return
        with suppress(OSError):
            wire.send({"refused": f"rank 0 expects {self._own.size} ranks, each of them once"})
        wire.close()

    def _awaits(self, rank: int) -> bool:
        return 0 < rank < self._own.size and rank not in self._wires

    def _listen(self, rank: int, wire: Wire) -> None:
        while True:
            try:
                message = wire.receive(self._own.heartbeat)
            except TimeoutError:
                self.fail(rank, f"has not answered for {self._own.heartbeat:g} seconds")
                return
            except OSError:
                self.fail(rank, _GONE)
                return
            if "at" in message:
                self.arrive(rank, str(message["at"]), message.get("value"))
            elif "failed" in message:
                self.fail(rank, str(message["failed"]))
                return

    def _beat(self) -> None:
        while not self._is_over:
            time.sleep(min(5.0, self._own.heartbeat / 4))
            self._tell({"alive": True})

    def arrive(self, rank: int, what: str, value: Any) -> None:
        """Rank `rank` has come to an exchange; when it is the last, all are answered."""
        with self._lock:
            self._here[rank] = what, value
            if len(self._here) < self._own.size:
                return
            came = [self._here[r] for r in range(self._own.size)]
            self._here.clear()
            places = [place for place, _ in came]
            self._is_over |= set(places) == {THE_END}
        if len(set(places)) > 1:
            self._tell_all({"differ": places})
        else:
            self._tell_all({"values": [value for _, value in came]})

    def fail(self, rank: int, why: str) -> None:
        """Tells all, but for the rank itself, that it has failed; the first failure counts."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
        failure = {"failed": {"rank": rank, "why": why}}
        self._tell(failure, (r for r in self._wires if r != rank))
        if rank:
            self._answer(failure)

    def _tell_all(self, message: Answer) -> None:
        self._tell(message)
        self._answer(message)

    def _tell(self, message: Answer, ranks: Iterable[int] | None = None) -> None:
        for rank in list(self._wires if ranks is None else ranks):
            with suppress(OSError):  # whoever listens to it notices
                self._wires[rank].send(message)
