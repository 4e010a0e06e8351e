"""Which tensors a run dumps: fields of its RunOptions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any


def add_debug_tensor_watch(
    run_options: Any,
    node_name: str,
    output_slot: int = 0,
    debug_ops: Any = "DebugIdentity",
    debug_urls: Any = None,
    tolerate_debug_op_creation_failures: bool = False,
    global_step: int = -1,
) -> None:
    """Has a run with these RunOptions dump a tensor.

    Args:
      node_name, output_slot: the tensor; "*" and -1 for all.
      debug_ops: DebugIdentity, DebugNanCount, or a list.
      debug_urls: where to: "file:///a/folder", or a list.
    """
    options = run_options.debug_options
    options.global_step = global_step
    options.debug_tensor_watch_opts.add(
        node_name=node_name,
        output_slot=output_slot,
        debug_ops=_listed(debug_ops),
        debug_urls=_listed(debug_urls or ()),
        tolerate_debug_op_creation_failures=tolerate_debug_op_creation_failures,
    )


def watch_graph(
    run_options: Any,
    graph: Any,
    debug_ops: Any = "DebugIdentity",
    debug_urls: Any = None,
    node_name_regex_whitelist: str | None = None,
    op_type_regex_whitelist: str | None = None,
    tensor_dtype_regex_whitelist: str | None = None,
    tolerate_debug_op_creation_failures: bool = False,
    global_step: int = -1,
    reset_disk_byte_usage: bool = False,
) -> None:
    """Has a run dump the tensors of a graph whose node, op type and dtype match; all by default.

    Raises:
      ValueError: no debug ops, or nowhere to write to.
    """
    if not debug_ops:
        raise ValueError("debug_ops must not be empty or None.")
    if not debug_urls:
        raise ValueError("debug_urls must not be empty or None.")
    patterns = (node_name_regex_whitelist, op_type_regex_whitelist, tensor_dtype_regex_whitelist)
    common = (debug_ops, debug_urls, tolerate_debug_op_creation_failures, global_step)
    matches = [_matcher(pattern, True) for pattern in patterns]
    _watch(run_options, graph, lambda told: all(m(t) for m, t in zip(matches, told)), common)  # noqa: B905
    if not any(patterns):
        add_debug_tensor_watch(run_options, "*", -1, *common)
    run_options.debug_options.reset_disk_byte_usage = reset_disk_byte_usage


def watch_graph_with_blacklists(
    run_options: Any,
    graph: Any,
    debug_ops: Any = "DebugIdentity",
    debug_urls: Any = None,
    node_name_regex_blacklist: str | None = None,
    op_type_regex_blacklist: str | None = None,
    tensor_dtype_regex_blacklist: str | None = None,
    tolerate_debug_op_creation_failures: bool = False,
    global_step: int = -1,
    reset_disk_byte_usage: bool = False,
) -> None:
    """Has a run dump the tensors of a graph of which neither node, op type nor dtype matches."""
    patterns = (node_name_regex_blacklist, op_type_regex_blacklist, tensor_dtype_regex_blacklist)
    common = (debug_ops, debug_urls, tolerate_debug_op_creation_failures, global_step)
    matches = [_matcher(pattern, False) for pattern in patterns]
    _watch(run_options, graph, lambda told: not any(m(t) for m, t in zip(matches, told)), common)  # noqa: B905
    run_options.debug_options.reset_disk_byte_usage = reset_disk_byte_usage


def _watch(
    run_options: Any, graph: Any, is_wanted: Callable[[Iterable[str]], bool], common: Any
) -> None:
    for op in graph.get_operations():
        for slot, tensor in enumerate(op.outputs):
            if is_wanted((op.name, op.type, tensor.dtype.name)):
                add_debug_tensor_watch(run_options, op.name, slot, *common)


def _matcher(pattern: str | None, otherwise: bool) -> Callable[[str], bool]:
    if not pattern:
        return lambda text: otherwise
    compiled = re.compile(pattern)
    return lambda text: compiled.match(text) is not None


def _listed(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else list(given)
