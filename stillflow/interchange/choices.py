"""Control flow in a GraphDef: what of it runs here, and the refusal of the rest, by name.

A choice between two tensors, made of Switch and Merge with nothing but names of values between
them, runs; so does a guarded assertion. Anything else on one side of a Switch would run whether or
not its side is taken, so that is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from stillflow.graph.errors import UnimplementedError
from stillflow.graph.operation import Operation
from stillflow.interchange.nodes import shown
from stillflow.ops.asserting import assert_op
from stillflow.ops.control import no_op_op
from stillflow.ops.switch import merge_op, ref_switch_op, switch_op

_SWITCHES = (switch_op, ref_switch_op)
_HARMLESS = (no_op_op, assert_op)  # one does nothing, the other looks which side is taken


def check_choices(ops: Iterable[Operation]) -> None:
    """Raises UnimplementedError for operations that should run on one side of a Switch only.

    `ops` are in an order in which each comes after what it waits for.
    """
    sided: set[Operation] = set()  # wait for one side of a Switch
    marked: set[Operation] = set()  # have a value that tells whether their side is taken
    refused = []
    for op in ops:
        before = {*(tensor.op for tensor in op.inputs), *op.control_inputs}
        if op.defn is merge_op:
            if not all(tensor.op in marked for tensor in op.inputs):
                refused.append(op.name)
        elif op.defn in _SWITCHES or not sided.isdisjoint(before):
            sided.add(op)
            if op.defn in _SWITCHES or (op.defn.forwards and op.inputs[0].op in marked):
                marked.add(op)
            elif not (op.defn in _HARMLESS or op.defn.is_constant):
                refused.append(op.name)
    if refused:
        raise UnimplementedError(
            None,
            None,
            f"tf.cond is in TensorFlow 1.15 but not yet in Stillflow: {shown(refused)} would run "
            "on one side of a Switch only.\n"
            "  Export the graph without the choice: of a network that is trained and used, the "
            "used side, with tf.cond's condition a Python bool.",
        )
