"""Workers that make batches ahead of the training: threads, or processes of their own."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import queue
import random
import signal
import threading
import weakref
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.pool import ThreadPool
from typing import Any

import numpy as np

# What the workers work on, by the number of the enqueuer; workers that are processes inherit it.
_shared: dict[int, Any] = {}
_numbers = itertools.count()
_pools: weakref.WeakSet[Any] = weakref.WeakSet()
_POLL_SECONDS = 0.1


class SequenceEnqueuer:
    """What both kinds of enqueuers do: a thread hands work to a pool and queues the results.

    Args:
      sequence: what batches come from.
      use_multiprocessing: whether the workers are processes, else threads.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False):
        self.sequence = sequence
        self.use_multiprocessing = use_multiprocessing
        self.uid = next(_numbers)
        self.workers = 0
        self.executor_fn: Callable[[dict[int, Any]], Any] | None = None
        self.queue: Any = None
        self.run_thread: threading.Thread | None = None
        self.stop_signal: threading.Event | None = None

    def is_running(self) -> bool:
        return self.stop_signal is not None and not self.stop_signal.is_set()

    def start(self, workers: int = 1, max_queue_size: int = 10) -> None:
        """Starts the workers.

        Args:
          max_queue_size: how many batches may wait.
        """
        if self.use_multiprocessing:
            self.executor_fn = self._get_executor_init(workers)
        else:
            self.executor_fn = lambda _: ThreadPool(workers)
        self.workers = workers
        self.queue = queue.Queue(max_queue_size)
        self.stop_signal = threading.Event()
        self.run_thread = threading.Thread(target=self._run, daemon=True)
        self.run_thread.start()

    def stop(self, timeout: float | None = None) -> None:
        """Stops the workers, and waits for them up to `timeout` seconds."""
        assert self.stop_signal is not None
        assert self.run_thread is not None
        self.stop_signal.set()
        with self.queue.mutex:
            self.queue.queue.clear()
            self.queue.unfinished_tasks = 0
            self.queue.not_full.notify()
        self.run_thread.join(timeout)
        _shared[self.uid] = None

    def __del__(self) -> None:
        if self.is_running():
            self.stop()

    def get(self) -> Iterator[Any]:
        """Yields batches as they come; what a worker raises is raised here."""
        try:
            while self.is_running():
                batch = self.queue.get(block=True).get()
                self.queue.task_done()
                if batch is not None:
                    yield batch
        except StopIteration:
            yield from self._last_batches()
        except Exception as error:
            self.stop()
            if "generator already executing" in str(error):
                raise RuntimeError(
                    "Your generator is NOT thread-safe. Keras requires a thread-safe generator "
                    "when `use_multiprocessing=False, workers > 1`. Use one worker, or a "
                    "`tf.keras.utils.Sequence`."
                ) from error
            raise

    def _last_batches(self) -> Iterator[Any]:
        """What workers still had at hand when the source came to its end."""
        waiting = []
        while self.queue.qsize() > 0:
            waiting.append(self.queue.get(block=True))
        for result in waiting:
            result.wait()
        yield from (batch for batch in _successes(waiting) if batch is not None)

    def _send_sequence(self) -> None:
        _shared[self.uid] = self.sequence

    def _make_pool(self, shared: dict[int, Any], workers: int, random_seed: int | None) -> Any:
        """A pool of processes. They are forked: they have what the program has defined."""
        forking = multiprocessing.get_context("fork")
        pool = forking.Pool(workers, initializer=_init_worker, initargs=(shared, random_seed))
        _pools.add(pool)
        return pool

    @abstractmethod
    def _run(self) -> None:
        """Hands work to the pool until the signal to stop."""
        raise NotImplementedError

    @abstractmethod
    def _get_executor_init(self, workers: int) -> Callable[[dict[int, Any]], Any]:
        """Returns what makes a pool of processes."""
        raise NotImplementedError


class OrderedEnqueuer(SequenceEnqueuer):
    """Batches of a `Sequence`, in the order of their numbers whichever worker is first.

    Args:
      shuffle: whether Python's `random` mixes the order of each epoch.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False, shuffle: bool = False):
        super().__init__(sequence, use_multiprocessing)
        self.shuffle = shuffle

    def _get_executor_init(self, workers: int) -> Callable[[dict[int, Any]], Any]:
        return lambda shared: self._make_pool(shared, workers, None)

    def _run(self) -> None:
        assert self.executor_fn is not None
        assert self.stop_signal is not None
        order = list(range(len(self.sequence)))
        self._send_sequence()
        while True:
            if self.shuffle:
                random.shuffle(order)
            with closing(self.executor_fn(_shared)) as executor:
                for number in order:
                    if self.stop_signal.is_set():
                        return
                    result = executor.apply_async(_batch_of, (self.uid, number))
                    self.queue.put(result, block=True)
                self._wait_until_taken()
                if self.stop_signal.is_set():
                    return
            self.sequence.on_epoch_end()
            self._send_sequence()

    def _wait_until_taken(self) -> None:
        assert self.stop_signal is not None
        with self.queue.all_tasks_done:
            while self.queue.unfinished_tasks and not self.stop_signal.is_set():
                self.queue.all_tasks_done.wait(_POLL_SECONDS)


class GeneratorEnqueuer(SequenceEnqueuer):
    """Batches of a generator.

    Args:
      random_seed: what NumPy's seed in each process is made of.
    """

    def __init__(
        self, sequence: Any, use_multiprocessing: bool = False, random_seed: int | None = None
    ):
        super().__init__(sequence, use_multiprocessing)
        self.random_seed = random_seed

    def _get_executor_init(self, workers: int) -> Callable[[dict[int, Any]], Any]:
        return lambda shared: self._make_pool(shared, workers, self.random_seed)

    def _run(self) -> None:
        assert self.executor_fn is not None
        assert self.stop_signal is not None
        self._send_sequence()
        with closing(self.executor_fn(_shared)) as executor:
            while not self.stop_signal.is_set():
                self.queue.put(executor.apply_async(_next_batch_of, (self.uid,)), block=True)


def terminate_keras_multiprocessing_pools(
    grace_period: float = 0.1, use_sigkill: bool = False
) -> list[str]:
    """Ends the processes of enqueuers that are still there.

    Args:
      grace_period: how many seconds a process gets to end by itself.
      use_sigkill: whether it is killed when it does not.

    Returns:
      what could not be ended, as text.
    """
    workers = [worker for pool in list(_pools) for worker in getattr(pool, "_pool", None) or ()]
    for pool in list(_pools):
        pool.terminate()
        _pools.discard(pool)
    for worker in workers:
        worker.join(timeout=grace_period)
        if use_sigkill and worker.is_alive():
            os.kill(worker.pid, signal.SIGKILL)
            worker.join(timeout=grace_period)
    return [f"worker still alive: {w.name}, pid={w.pid}" for w in workers if w.is_alive()]


def _init_worker(shared: dict[int, Any], random_seed: int | None) -> None:
    global _shared
    _shared = shared
    worker = multiprocessing.current_process()
    worker.name = f"Keras_worker_{worker.name}"
    if random_seed is not None:
        np.random.seed(random_seed + (worker.ident or 0))


def _batch_of(uid: int, number: int) -> Any:
    return _shared[uid][number]


def _next_batch_of(uid: int) -> Any:
    return next(_shared[uid])


def _successes(results: list[Any]) -> Iterator[Any]:
    return (result.get() for result in results if result.successful())
