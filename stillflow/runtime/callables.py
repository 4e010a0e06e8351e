"""Callables that a CallableOptions proto describes, by which the keras package runs everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stillflow.runtime.session import BaseSession


def callable_by_options(session: BaseSession, options: Any) -> Callable[..., list]:
    """A function of values for the proto's feeds, which gives a list: its fetches' values.

    A tensor that the proto connects to another has that one's value, computed in the same run.
    """
    fetches, wanted = list(options.fetch), [*options.fetch, *options.target]
    feeds = list(options.feed)
    if options.tensor_connection:
        joined = {link.to_tensor: link.from_tensor for link in options.tensor_connection}
        return _connected(session, wanted, len(fetches), feeds, joined)
    if options.HasField("run_options"):
        return _optioned(session, wanted, len(fetches), feeds, options.run_options)
    run = session.make_callable(wanted, feeds)

    def call(*args: Any, run_metadata: Any = None) -> list:
        return run(*args, run_metadata=run_metadata)[: len(fetches)]

    return call


def _optioned(
    session: BaseSession, wanted: list[str], count: int, feeds: Sequence[str], options: Any
) -> Callable[..., list]:
    def call(*args: Any, run_metadata: Any = None) -> list:
        fed = dict(zip(feeds, args, strict=True))
        return session.run(wanted, fed, options, run_metadata)[:count]

    return call


def _connected(
    session: BaseSession,
    wanted: list[str],
    count: int,
    feeds: Sequence[str],
    joined: dict[str, str],
) -> Callable[..., list]:
    """A run in two parts: the first computes what the second is fed."""
    sources = list(dict.fromkeys(joined.values()))
    others = [name for name in dict.fromkeys(wanted) if name not in sources]

    def call(*args: Any, run_metadata: Any = None) -> list:
        run = session.partial_run_setup([*sources, *others], [*feeds, *joined])
        fed = dict(zip(feeds, args, strict=True))
        values = dict(zip(sources, session.partial_run(run, sources, fed), strict=True))
        passed_on = {sink: values[source] for sink, source in joined.items()}
        values |= zip(others, session.partial_run(run, others, passed_on), strict=True)
        return [values[name] for name in wanted[:count]]

    return call
