"""Requests that run together get what each would get alone, and harm no other."""

import asyncio
import time

import asking
import numpy as np
import pytest
from asking import ask, ask_all

from stillflow.graph.errors import DeadlineExceededError, InvalidArgumentError
from stillflow.serving.loading import load
from stillflow.serving.running import Limits, Runner


@pytest.fixture(scope="module")
def half():
    return load(str(asking.GOLDEN / "half" / "1"))


@pytest.fixture(scope="module")
def types():
    return load(str(asking.GOLDEN / "types" / "1"))


class Runs:
    """Remembers how many requests each run answered."""

    def __init__(self):
        self.sizes = []

    def __call__(self, requests, seconds):
        self.sizes.append(requests)


def together(servable, calls, limits, signature=None):
    """What each of `calls` gets, errors too; and how many requests each run answered."""
    runs = Runs()

    async def all_at_once():
        runner = Runner(servable, limits, runs)
        asked = servable.signature(signature)
        found = await asyncio.gather(*(runner(asked, c) for c in calls), return_exceptions=True)
        await asyncio.to_thread(runner._batcher.close)
        return found

    return asyncio.run(all_at_once()), runs.sizes


def xs(*values):
    return {"x": np.array(values, np.float32)}


def test_requests_run_together_and_get_their_own_rows(half):
    calls = [xs(*range(n)) for n in (1, 3, 2, 4)]
    found, runs = together(half, calls, Limits(batch=16, wait=0.05))
    assert [len(answer["y"]) for answer in found] == [1, 3, 2, 4]
    assert found[3]["y"].tolist() == [2.0, 2.5, 3.0, 3.5]
    assert runs == [4]


def test_each_has_a_run_of_its_own_unless_batches_are_asked_for(half):
    found, runs = together(half, [xs(1), xs(2)], Limits(wait=0.02))
    assert [answer["y"].item() for answer in found] == [2.5, 3.0]
    assert runs == [1, 1]


def test_a_batch_is_filled_up_to_few_sizes(half, monkeypatch):
    sizes = []
    run = half.run
    monkeypatch.setattr(half, "run", lambda s, f: sizes.append(len(f["x"])) or run(s, f))
    limits = Limits(batch=12, wait=0.02)
    for count in (1, 3, 5, 9, 12, 13):
        (found,), _ = together(half, [xs(*range(count))], limits)
        assert found["y"].shape == (count,)
    assert sizes == [1, 4, 8, 12, 12, 13]


def test_what_is_of_other_sizes_is_run_apart(types):
    calls = [{"a": np.ones((1, n), np.float32), "b": np.float32(1)} for n in (2, 3)]
    found, runs = together(types, calls, Limits(batch=8, wait=0.02), "sum")
    assert [answer["total"] for answer in found] == [2, 3]
    assert runs == [1, 1]


def test_a_signature_without_rows_is_run_apart(types):
    call = {"x": np.zeros((2, 3), np.float32)}
    _, runs = together(types, [call, call], Limits(batch=8, wait=0.02), "fixed")
    assert runs == [1, 1]


def test_a_request_that_fails_harms_no_other(half):
    """One Example of a batch is broken."""
    example = asking.example(x=2.0)
    calls = [{"inputs": np.array([data], object)} for data in (example, b"broken", example)]
    found, _ = together(half, calls, Limits(batch=8, wait=0.05), "regress_x_to_y")
    assert [found[i]["outputs"].item() for i in (0, 2)] == [3.0, 3.0]
    assert isinstance(found[1], InvalidArgumentError)


def test_an_output_that_has_no_rows_is_not_cut(types, monkeypatch):
    """Whatever the signature says of it."""
    asked = types.signature("mean")
    monkeypatch.setattr(types, "run", lambda s, f: {"y": f["x"].sum(keepdims=True)})
    found, _ = together(types, [xs(1, 2), xs(3, 4)], Limits(batch=8, wait=0.05), asked.name)
    assert [answer["y"].tolist() for answer in found] == [[3.0], [7.0]]


def test_a_request_that_takes_too_long_is_given_up(half, monkeypatch):
    monkeypatch.setattr(half, "run", lambda s, f: time.sleep(0.3))
    (found,), _ = together(half, [xs(1)], Limits(seconds=0.05))
    assert isinstance(found, DeadlineExceededError)
    assert "not done within 0.05 seconds" in found.message


def test_a_model_is_freed_once_its_requests_are_answered(half):
    order = []

    class Kept:
        signature, run = half.signature, staticmethod(half.run)

        def close(self):
            order.append("freed")

    async def main():
        runner = Runner(Kept(), Limits())
        with runner.busy():
            closing = asyncio.create_task(runner.close())
            await asyncio.sleep(0.01)
            order.append((await runner(half.signature(None), xs(1)))["y"].item())
        await closing

    asyncio.run(main())
    assert order == [2.5, "freed"]


def test_many_requests_at_once_are_all_answered():
    """With and without batches, over the API."""
    for batch in (1, 32):
        server = asking.server("half", batch=batch, warm_up=False)
        requests = [("half:predict", {"instances": [n]}) for n in range(150)]
        answers = ask_all(server, requests)
        assert [answer.json() for answer in answers] == [
            {"predictions": [n / 2 + 3]} for n in range(150)
        ]


def test_more_requests_than_may_wait_are_told_to_come_again():
    server = asking.server("half", queue=3, wait=0.05, batch=4, warm_up=False)
    answers = ask_all(server, [("half:predict", {"instances": [n]}) for n in range(9)])
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) >= 3
    assert set(statuses) == {200, 503}
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert "requests are waiting already" in refused.json()["error"]
    assert ask(server, "half:predict", {"instances": [0]}).status_code == 200
