"""What comes while a batch runs is run together, and every caller gets their own answer."""

import asyncio
import threading

import pytest

from stillflow.serving.batcher import Batcher, OverloadedError


class Runner:
    """Runs batches when told to; remembers them. An item's answer is its negative."""

    def __init__(self):
        self.batches = []
        self.may_run = threading.Event()
        self.may_run.set()

    def __call__(self, items):
        self.batches.append(items)
        assert self.may_run.wait(20)
        if "broken" in items:
            raise ValueError("broken")
        return [-item for item in items]


@pytest.fixture
def runner():
    return Runner()


@pytest.fixture
def batcher(runner):
    batcher = Batcher(runner, batch=4, most=9)
    yield batcher
    batcher.close()


async def queued(batcher, runner, items):
    """Starts item 0 alone, then the others while it runs; returns their tasks."""
    runner.may_run.clear()
    tasks = [asyncio.create_task(batcher(0))]
    while not runner.batches:
        await asyncio.sleep(0)
    tasks += [asyncio.create_task(batcher(item)) for item in items]
    await asyncio.sleep(0)
    return tasks


def test_an_idle_batcher_waits_for_nothing(batcher, runner):
    async def one_after_another():
        return [await batcher(item) for item in (1, 2, 3)]

    assert asyncio.run(one_after_another()) == [-1, -2, -3]
    assert runner.batches == [[1], [2], [3]]


def test_what_comes_meanwhile_is_run_together(batcher, runner):
    async def many():
        tasks = await queued(batcher, runner, range(1, 7))
        runner.may_run.set()
        return await asyncio.gather(*tasks)

    assert asyncio.run(many()) == [0, -1, -2, -3, -4, -5, -6]
    assert runner.batches == [[0], [1, 2, 3, 4], [5, 6]]


def test_a_failure_is_everyones_in_the_batch_and_no_one_elses(batcher, runner):
    async def many():
        tasks = await queued(batcher, runner, [1, "broken", 2, 3, 4])
        runner.may_run.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(many())
    assert [type(answer) for answer in answers[1:5]] == [ValueError] * 4
    assert (answers[0], answers[5]) == (0, -4)


def test_who_has_gone_is_not_run(batcher, runner):
    async def many():
        tasks = await queued(batcher, runner, [1, 2, 3])
        tasks[2].cancel()
        await asyncio.sleep(0)
        runner.may_run.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(many())
    assert isinstance(answers[2], asyncio.CancelledError)
    assert [answers[0], answers[1], answers[3]] == [0, -1, -3]
    assert runner.batches == [[0], [1, 3]]


def test_no_more_wait_than_there_is_room_for(batcher, runner):
    async def many():
        tasks = await queued(batcher, runner, range(1, 10))
        with pytest.raises(OverloadedError, match="9 requests are waiting"):
            await batcher(10)
        runner.may_run.set()
        return await asyncio.gather(*tasks)

    assert asyncio.run(many()) == [-item for item in range(10)]


def test_only_items_of_one_kind_run_together(runner):
    async def many():
        tasks = await queued(batcher, runner, [1, 2, 3, 5, 4])
        runner.may_run.set()
        return await asyncio.gather(*tasks)

    batcher = Batcher(runner, batch=4, kind=lambda item: item % 2)
    assert asyncio.run(many()) == [0, -1, -2, -3, -5, -4]
    assert runner.batches == [[0], [1, 3, 5], [2, 4]]
    batcher.close()


def test_a_batch_is_as_large_as_its_items_together(runner):
    async def many():
        tasks = await queued(batcher, runner, [2, 3, 1, 9, 1])
        runner.may_run.set()
        return await asyncio.gather(*tasks)

    batcher = Batcher(runner, batch=4, size=lambda item: item or 1)
    assert asyncio.run(many()) == [0, -2, -3, -1, -9, -1]
    assert runner.batches == [[0], [2, 1, 1], [3], [9]]
    batcher.close()


def test_a_batch_that_is_not_full_waits_for_more(runner):
    async def many():
        tasks = [asyncio.create_task(batcher(1))]
        while not batcher.waiting:
            await asyncio.sleep(0)
        tasks.append(asyncio.create_task(batcher(2)))
        return await asyncio.gather(*tasks)

    batcher = Batcher(runner, wait=0.2)
    assert asyncio.run(many()) == [-1, -2]
    assert runner.batches == [[1, 2]]
    batcher.close()
