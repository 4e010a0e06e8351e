"""Control flow in a GraphDef: the refusal, by name, of what a choice cannot hold here yet."""

from __future__ import annotations

from collections.abc import Iterable

from stillflow.graph.errors import UnimplementedError
from stillflow.graph.operation import Operation
from stillflow.interchange.nodes import shown


def check_choices(ops: Iterable[Operation]) -> None:
    """Raises UnimplementedError for operations on one side of a Switch that write variables.

    `ops` are in an order in which each comes after what it waits for.
    """
    sided: set[Operation] = set()
    refused = []
    for op in ops:
        before = {*(tensor.op for tensor in op.inputs), *op.control_inputs}
        if op.defn.splits or (not op.defn.joins and not sided.isdisjoint(before)):
            sided.add(op)
            if op.defn.writes:
                refused.append(op.name)
    if refused:
        raise UnimplementedError(
            None,
            None,
            "tf.cond whose sides change variables is in TensorFlow 1.15 but not yet in Stillflow: "
            f"{shown(refused)} would run on one side of a Switch only.",
        )
