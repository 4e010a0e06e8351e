"""`tf.vectorized_map`: a function of each row of tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.functions.polymorphic import defun
from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.ops.array.stacking import stack
from stillflow.ops.tensor_array.mapping import map_fn


def vectorized_map(fn: Callable[[Any], Any], elems: Any) -> Any:
    """Returns what `fn` gives for the rows of `elems`, stacked.

    TensorFlow 1.15 computes all rows by one operation of more axes, and refuses `fn` where it knows
    no such operation. Here it is called for one row after another, in a graph by a loop.

    Args:
      fn: takes a row of each of `elems`, and returns tensors of the same shapes for all of them.
      elems: n[k, ...], or a nest of them, of as many rows.
    """
    elems = nest.map_structure(convert_to_tensor, elems)
    first = nest.flatten(elems)[0]
    if executing_eagerly() and first.shape[0]:
        rows = [
            fn(nest.map_structure(lambda x, i=i: x[i], elems)) for i in range(int(first.shape[0]))
        ]
        return nest.map_structure(lambda *parts: stack(parts), *rows)
    specs = nest.map_structure(lambda x: TensorSpec(x.shape[1:], x.dtype), elems)
    traced = defun(fn).get_concrete_function(specs)
    dtype = nest.map_structure(lambda x: x.dtype, traced.structured_outputs)
    return map_fn(fn, elems, dtype=dtype)
