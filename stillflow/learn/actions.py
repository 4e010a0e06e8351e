"""Graphs run for a program: once for each feed, `tf.contrib.learn.run_n` and its kin."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stillflow.events.file_writer import FileWriterCache
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import get_graph_from_inputs
from stillflow.ops.variables.resource_sets import (
    initialize_resources,
    local_resources,
    shared_resources,
)
from stillflow.ops.variables.sets import (
    global_variables_initializer,
    local_variables_initializer,
    tables_initializer,
)
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated
from stillflow.runtime.session import Session
from stillflow.train.coordinator import Coordinator
from stillflow.train.queue_runner import start_queue_runners
from stillflow.train.saver import Saver

_GRACE_SECS = 120
_old = deprecated(
    "2017-02-15",
    "graph_actions.py will be deleted. Use tf.train.* utilities instead. You can use "
    "learn/estimators/estimator.py as an example.",
)


@_old
def clear_summary_writers() -> None:
    """Closes and forgets the FileWriters of `get_summary_writer`."""
    FileWriterCache.clear()


@deprecated(None, "Use `SummaryWriterCache.get` directly.")
def get_summary_writer(logdir: str) -> Any:
    """The FileWriter of a folder."""
    return FileWriterCache.get(logdir)


@_old
def run_n(
    output_dict: Mapping[str, Any],
    feed_dict: Any = None,
    restore_checkpoint_path: str | None = None,
    n: int = 1,
) -> list[dict[str, Any]]:
    """Runs tensors `n` times, with the same feed; returns what each run gave.

    Args:
      output_dict: tensors by name.
      restore_checkpoint_path: a checkpoint to restore; else variables are initialised.
    """
    return run_feeds(
        output_dict=output_dict,
        feed_dicts=itertools.repeat(feed_dict, n),
        restore_checkpoint_path=restore_checkpoint_path,
    )


@_old
def run_feeds_iter(
    output_dict: Mapping[str, Any],
    feed_dicts: Iterable[Any],
    restore_checkpoint_path: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Yields what tensors are, {name: value}, for each feed, in one session.

    Raises:
      ValueError: there are no tensors, or no feeds, or the tensors are of two graphs.
    """
    if not output_dict:
        raise ValueError(f"output_dict is invalid: {output_dict}.")
    if not feed_dicts:
        raise ValueError(f"feed_dicts is invalid: {feed_dicts}.")
    graph = get_graph_from_inputs(output_dict.values())
    with graph.as_default(), Session("") as session:
        session.run(initialize_resources(shared_resources() + local_resources()))
        if restore_checkpoint_path:
            _restore(session, graph, restore_checkpoint_path)
        else:
            session.run(global_variables_initializer())
        session.run(local_variables_initializer())
        session.run(tables_initializer())
        coordinator = Coordinator()
        threads = None
        try:
            threads = start_queue_runners(session, coord=coordinator)
            for feed in feed_dicts:
                yield session.run(output_dict, feed)
        finally:
            coordinator.request_stop()
            if threads:
                coordinator.join(threads, stop_grace_period_secs=_GRACE_SECS)


def _restore(session: Session, graph: Any, path: str) -> None:
    logging.info("Loading model from checkpoint: %s.", path)
    saved = graph.get_collection(GraphKeys.GLOBAL_VARIABLES)
    saved = [*saved, *graph.get_collection(GraphKeys.SAVEABLE_OBJECTS)]
    if saved:
        Saver(saved, sharded=True).restore(session, path)
    else:
        logging.info("No variables found in graph, not creating Saver() object.")


@_old
def run_feeds(*args: Any, **kwargs: Any) -> list[dict[str, Any]]:
    """What `run_feeds_iter` yields, in a list."""
    return list(run_feeds_iter(*args, **kwargs))


@_old
def infer(
    restore_checkpoint_path: str, output_dict: Mapping[str, Any], feed_dict: Any = None
) -> dict[str, Any]:
    """What tensors are with the variables of a checkpoint, {name: value}."""
    return run_feeds(
        output_dict=output_dict,
        feed_dicts=[feed_dict],
        restore_checkpoint_path=restore_checkpoint_path,
    )[0]
