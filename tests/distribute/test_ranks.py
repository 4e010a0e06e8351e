"""Ranks as threads of this process: who may go when, whatever comes first."""

import queue
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from stillflow.distribute import ranks
from stillflow.distribute.membership import Membership
from stillflow.distribute.ranks import Ranks

LONG = 60  # seconds; so late comes no thread


@pytest.fixture
def two():
    """Two ranks that have met."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        leader = f"127.0.0.1:{listener.getsockname()[1]}"
        both = [
            Ranks(Membership(rank, 2, leader, listener=listener.detach() if rank == 0 else None))
            for rank in range(2)
        ]
    with ThreadPoolExecutor(2) as pool:
        seeds = [each.result(LONG) for each in [pool.submit(one.meet) for one in both]]
    assert seeds[0] == seeds[1]
    yield both
    for wire in (both[1]._wire, both[0]._hub._wires[1]):
        wire.close()


class Late(queue.SimpleQueue):
    """Answers that are taken only when something else has happened."""

    def __init__(self):
        self.may_be_taken = threading.Event()

    def get(self, *arguments):
        assert self.may_be_taken.wait(LONG)
        return super().get(*arguments)


@pytest.mark.parametrize("slow", [0, 1])
def test_a_rank_that_leaves_first_is_missed_by_nobody(two, slow, monkeypatch):
    """The other one has its last answer, but has not looked at it, when the connection ends."""
    told, answers, ended = [], Late(), []
    two[slow]._answers = answers
    monkeypatch.setattr(two[slow], "_end_within", lambda *_: told.append("ends"))
    listener = [thread for thread in threading.enumerate() if "_listen" in thread.name]
    with ThreadPoolExecutor(2) as pool:
        leaving = [pool.submit(one._leave) for one in two]
        leaving[1 - slow].result(LONG)
        for wire in (two[1]._wire, two[0]._hub._wires[1]):
            wire._socket.shutdown(socket.SHUT_RDWR)
        for thread in listener:
            thread.join(LONG)
            ended.append(not thread.is_alive())
        answers.may_be_taken.set()
        leaving[slow].result(LONG)
    assert ended
    assert all(ended)
    assert told == []
    assert not two[slow]._failed.is_set()


def test_a_connection_to_itself_is_none():
    """Where nobody listens, the system may give this end the very port that is asked for."""
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        own.connect(own.getsockname())
        assert own.getsockname() == own.getpeername()  # it does that
        with pytest.MonkeyPatch.context() as patches:
            patches.setattr(socket, "create_connection", lambda *_, **__: own)
            with pytest.raises(ConnectionRefusedError):
                ranks._connected(own.getsockname())
