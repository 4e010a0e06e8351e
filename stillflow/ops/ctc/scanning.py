"""A scan whose steps are a function of the graph, as TensorFlow's dense loss has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.ops.array import gathering, inplace, joining, shape_of
from stillflow.ops.functions.defun import Defun
from stillflow.ops.functions.looping import while_


def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initial: Any,
    reverse: bool = False,
    inclusive: bool = False,
    final_only: bool = False,
) -> Any:
    """What `fn(accumulated, row)` accumulates over the rows of `elems`; it has no gradient.

    Args:
      elems: a tensor n[n, ...] or a nest of them.
      initial: what is accumulated at first, a tensor or a nest of them.
      reverse: whether it goes from the last row to the first.
      inclusive: whether `initial` counts among the results, of which there are n + 1 then.
      final_only: whether only the last result is wanted.

    Returns:
      Results one after another, n[n, ...], in the structure of `initial`.
    """
    flat_elems = [convert_to_tensor(each) for each in nest.flatten(elems)]
    count = shape_of.shape(flat_elems[0])[0]
    flat_initial = [convert_to_tensor(each) for each in nest.flatten(initial)]
    size = len(flat_initial)
    types = [dtypes.int32, dtypes.int32, *(each.dtype for each in flat_initial)]
    if not final_only:
        types += types[2:]
    shift = 1 if inclusive and not reverse else 0

    def cond(i: Tensor, limit: Tensor, *_: Tensor) -> Tensor:
        return i >= 0 if reverse else i < limit

    def body(i: Tensor, limit: Tensor, *values: Tensor) -> list[Tensor]:
        i.set_shape([])
        outputs, state = ([], values) if final_only else (values[:size], values[size:])
        rows = [gathering.gather(each, i) for each in flat_elems]
        made = fn(nest.pack_sequence_as(initial, state), nest.pack_sequence_as(elems, rows))
        flat = nest.flatten(made)
        place = i + shift if shift else i
        written = [
            inplace.with_row(out, place, value)
            for out, value in zip(outputs, flat, strict=not final_only)
        ]
        return [i - 1 if reverse else i + 1, limit, *written, *flat]

    start = shape_of.shape(flat_elems[0])[0] - 1 if reverse else constant(0, dtype=dtypes.int32)
    outputs = []
    if not final_only:
        total = shape_of.shape(flat_elems[0])[0] + (1 if inclusive else 0)
        for each in flat_initial:
            sizes = joining.concat([[total], shape_of.shape(each)], 0)
            out = inplace.empty_op(sizes, dtype=each.dtype, init=True)
            if inclusive:
                out = inplace.with_row_added(out, start + (1 if reverse else 0), each)
            outputs.append(out)
    values = [start, count, *outputs, *flat_initial]
    on_host = [
        index
        for index, value in enumerate(values)
        if value.dtype.base_dtype in (dtypes.int32, dtypes.int64)
    ]
    results = while_(values, Defun(*types)(cond), Defun(*types)(body), hostmem=on_host)
    return nest.pack_sequence_as(initial, results[2 : 2 + size])
