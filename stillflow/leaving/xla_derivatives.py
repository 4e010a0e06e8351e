"""Functions of a graph whose derivatives are TensorFlow's.

JAX would differentiate what the ops compute. It would not see `tf.stop_gradient`, custom gradients
and gradient overrides, and where a maximum has two places it divides what TensorFlow does not. So a
function's derivative is another function: that of the nodes which `tf.gradients` adds, in a copy of
the graph, made when JAX asks for it. Its derivative is made the same way.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.handles import is_handle
from stillflow.gradients.walk import gradients
from stillflow.graph.graph import Graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.interchange.meta_graph import import_scoped_meta_graph
from stillflow.ops.control.ordering import placeholder
from stillflow.runtime.plan import make_plan
from stillflow.runtime.xla_functions import outcome
from stillflow.train.meta_graph import export_meta_graph

# Of variables by name and of feeds: the fetches, None for operations.
Function = Callable[[dict[str, Any], Sequence[Any]], list[Any]]


def differentiable(
    fetches: Sequence[Tensor | Operation],
    feeds: Sequence[Tensor],
    names: Sequence[str],
    random: Mapping[str, np.ndarray],
) -> Function:
    """What a run gives, as a function of variables `names` and of feeds, with its derivative.

    `random` says where the streams of random ops are, by the ops' names.
    """
    plan = make_plan(fetches, feeds)
    streams = {op: random[op.name] for op in plan.streams}
    by_name = {op.name: op for op in plan.variables}
    places = [place for place, fetch in enumerate(fetches) if _is_differentiable(fetch)]

    def forward(variables: dict[str, Any], given: Sequence[Any]) -> list[Any]:
        values = {by_name[name]: variables[name] for name in by_name}
        return outcome(plan, values, streams, given).fetched

    @functools.cache
    def backward() -> Function:
        return _derivative([fetches[place] for place in places], feeds, names, random)

    def forward_kept(variables: dict[str, Any], given: Sequence[Any]) -> tuple[list[Any], Any]:
        return forward(variables, given), (variables, given)

    def pulled_back(kept: Any, weights: Sequence[Any]) -> tuple[dict[str, Any], list[Any]]:
        variables, given = kept
        found = backward()(variables, [*given, *(weights[place] for place in places)])
        of_variables = dict(zip(names, found, strict=False))
        return (
            {name: _like(of_variables[name], value) for name, value in variables.items()},
            [_like(g, value) for g, value in zip(found[len(names) :], given, strict=True)],
        )

    function = jax.custom_vjp(forward)
    function.defvjp(forward_kept, pulled_back)
    return function


def _is_differentiable(fetch: Tensor | Operation) -> bool:
    dtype = fetch.dtype.base_dtype if isinstance(fetch, Tensor) else None
    return dtype is not None and (dtype.is_floating or dtype.is_complex)


def _like(gradient: Any, value: Any) -> Any:
    """The gradient of a value; what has none gives zeros, which have no elements for integers."""
    if not jnp.issubdtype(jnp.result_type(value), jnp.inexact):
        return np.zeros(np.shape(value), jax.dtypes.float0)
    return jnp.zeros_like(value) if gradient is None else gradient


def _derivative(
    ys: Sequence[Any],
    feeds: Sequence[Tensor],
    names: Sequence[str],
    random: Mapping[str, np.ndarray],
) -> Callable[..., list[Any]]:
    """The function that takes what `ys` were made from and a weight for each of them."""
    graph = _copy((*ys, *feeds)[0].graph)
    with graph.as_default():
        own_ys, own_feeds = ([graph.as_graph_element(t.name) for t in ts] for ts in (ys, feeds))
        weights = [placeholder(y.dtype, y.shape) for y in own_ys]
        xs = [graph.get_operation_by_name(name).outputs[0] for name in names] + own_feeds
        wanted = [x for x in xs if is_handle(x) or _is_differentiable(x)]
        found = dict(zip(wanted, gradients(own_ys, wanted, weights), strict=True))
        dense = [None if found.get(x) is None else convert_to_tensor(found[x]) for x in xs]
    present = [tensor for tensor in dense if tensor is not None]
    function = differentiable(present, [*own_feeds, *weights], names, random)

    def derivative(variables: dict[str, Any], given: Sequence[Any]) -> list[Any]:
        values = iter(function(variables, given))
        return [None if tensor is None else next(values) for tensor in dense]

    return derivative


def _copy(graph: Graph) -> Graph:
    """The nodes of a graph, and what is in which of its loops and choices."""
    contexts = [GraphKeys.WHILE_CONTEXT, GraphKeys.COND_CONTEXT]
    copy = Graph()
    import_scoped_meta_graph(export_meta_graph(graph=graph, collection_list=contexts), graph=copy)
    return copy
