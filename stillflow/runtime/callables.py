"""Callables that a CallableOptions proto describes, by which the keras package runs everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stillflow.graph.dtypes import as_dtype
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor

if TYPE_CHECKING:
    from stillflow.runtime.session import BaseSession


def callable_by_options(session: BaseSession, options: Any) -> Callable[..., list]:
    """A function of values for the proto's feeds, which gives a list: its fetches' values.

    A tensor that the proto connects to another has that one's value, computed in the same run.
    Fed values are of the tensors' types, but of any shape unless there are connections or options.

    Raises, when called:
      tf.errors.InvalidArgumentError: a fed value has another type than its tensor.
    """
    fetches, wanted = list(options.fetch), [*options.fetch, *options.target]
    feeds = list(options.feed)
    if options.tensor_connection:
        joined = {link.to_tensor: link.from_tensor for link in options.tensor_connection}
        return _connected(session, wanted, len(fetches), feeds, joined)
    if options.HasField("run_options"):
        return _optioned(session, wanted, len(fetches), feeds, options.run_options)
    run = session._make_callable_of_any_shape(wanted, feeds)
    tensors = [session.graph.get_tensor_by_name(name) for name in feeds]

    def call(*args: Any, run_metadata: Any = None) -> list:
        arrays = [np.asarray(value) for value in args]
        for tensor, array in zip(tensors, arrays, strict=False):
            _check_type(tensor, array)
        return run(*arrays, run_metadata=run_metadata)[: len(fetches)]

    return call


def _check_type(tensor: Tensor, array: np.ndarray) -> None:
    actual, expected = as_dtype(array.dtype), tensor.dtype.base_dtype
    if actual != expected:
        raise InvalidArgumentError(
            None,
            tensor.op,
            f"Type mismatch: actual {actual.runtime_name} vs. expect {expected.runtime_name}\n"
            "  A callable does not convert what it is fed: pass "
            f"np.asarray(value, {tensor.name}.dtype.as_numpy_dtype).",
        )


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
