"""What the summary ops share: names and tags, collections, and the form of their results."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.graph.distribution import replica_context_around
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import add_to_collections, name_scope
from stillflow.graph.text import as_text
from stillflow.ops.known_values import constant_value

_ILLEGAL = re.compile(r"[^-/\w.]")
_log = logging.getLogger("tensorflow")


def clean_tag(name: str | None) -> str | None:
    """`name` with what a tag may not hold replaced by underscores, and no slash at its start."""
    if name is None:
        return None
    cleaned = _ILLEGAL.sub("_", name).lstrip("/")
    if cleaned != name:
        _log.info("Summary name %s is illegal; using %s instead.", name, cleaned)
    return cleaned


@contextmanager
def summary_scope(
    name: str | None, family: str | None, values: Iterable[Any], default_name: str | None = None
) -> Iterator[tuple[str, str]]:
    """Opens the scope of a summary; gives its tag and the scope, which names the node.

    A family is the first part of the tag, and of the name within the scopes that are open.
    """
    name, family = clean_tag(name), clean_tag(family)
    with name_scope(f"{family}/{name}" if family else name, default_name, values) as scope:
        tag = scope.rstrip("/")
        yield f"{family}/{tag}" if family else tag, scope


def collected(summary: Tensor, collections: Iterable[str] | None) -> Tensor:
    """`summary`, added to `collections`, by default to the one that `merge_all` merges."""
    add_to_collections([GraphKeys.SUMMARIES] if collections is None else collections, summary)
    return summary


class _Skipping(threading.local):
    """Whether this thread is in a block without summaries."""

    on = False


_skipping = _Skipping()


@contextmanager
def without_summaries() -> Iterator[None]:
    """A block in which summaries are not built: no one could read them there."""
    before, _skipping.on = _skipping.on, True
    try:
        yield
    finally:
        _skipping.on = before


def is_summary_skipped() -> bool:
    """Whether no summary is to be built now.

    It is so in a block without them, and in the replicas of a strategy but the first, which is
    shown.
    """
    if _skipping.on:
        return True
    context = replica_context_around()
    return context is not None and bool(constant_value(context.replica_id_in_sync_group))


def no_summary() -> Tensor:
    """What stands for a summary that is skipped: string[], empty."""
    return constant("")


def new_summary() -> Any:
    """An empty Summary message; importing its class is left to the first use."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary()


def serialized(summary: Any) -> np.ndarray:
    """A message as string[]."""
    return np.array(summary.SerializeToString(), np.object_)


def text_of(value: Any) -> str:
    """value: string[] -> its text"""
    item: Any = np.asarray(value)[()]
    return as_text(item)
