"""What is made of all the elements of a dataset at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource, time_left
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import DeadlineExceededError, OutOfRangeError
from stillflow.graph.function_library import FunctionName
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.dataset import Element, End, Pass, Place, dataset_of


def _declared_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return [shape.sizes for shape in ctx.attrs["output_shapes"]]


_OPTIONS: dict[str, Any] = {
    "shape": _declared_shapes,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
    "waits": True,
    "stateful": True,
    "calls": True,
}


class _Pass(Resource):
    """The pass of one run through a dataset, which ends with the session or the run's time."""

    def __init__(self) -> None:
        super().__init__("pass")
        self.place = Place(Pass())

    def cancel(self) -> None:
        super().cancel()
        self.place.pass_.cancel()

    def check(self) -> None:
        """CancelledError or DeadlineExceededError where it is to end."""
        self.place.pass_.check()
        if time_left() == 0:
            raise DeadlineExceededError(None, None, "Timed out waiting for notification")


def _alone(values: Element) -> Any:
    return values[0] if len(values) == 1 else values


@op(
    "ReduceDataset",
    "input_dataset: variant, initial_state: [Tstate], other_arguments: [Targuments] "
    "-> components: [output_types]",
    **_OPTIONS,
)
def reduce_dataset_op(
    xp,
    caller,
    input_dataset,
    *others,
    f: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    use_inter_op_parallelism: bool = True,
):
    """-> the state, n[...] each, after `f` of the state and each element, one after another"""
    count = len(output_types)
    state, captured = others[:count], others[count:]
    own = _Pass()
    call = own.place.instance(caller.function(f, captured))
    with caller.holding(own):
        iterator = dataset_of(input_dataset).iterator(own.place)
        while True:
            own.check()
            try:
                element = iterator.next()
            except End:
                return _alone(state)
            try:
                state = tuple(call(*state, *element))
            except OutOfRangeError:
                return _alone(state)


@op("DatasetToSingleElement", "dataset: variant -> components: [output_types]", **_OPTIONS)
def dataset_to_single_element_op(
    xp, caller, dataset, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> the one element, n[...] each"""
    own = _Pass()
    with caller.holding(own):
        iterator = dataset_of(dataset).iterator(own.place)
        try:
            element = iterator.next()
        except End:
            refuse("Dataset was empty.")
        try:
            iterator.next()
        except End:
            return _alone(element)
    refuse("Dataset had more than one element.")


@op(
    "DatasetCardinality",
    "input_dataset: variant -> cardinality: int64",
    shape=shapes.scalar,
    host=True,
)
def dataset_cardinality_op(xp, input_dataset):
    """-> i64[], how many elements there are; -1 is infinitely many, -2 unknown"""
    return np.asarray(dataset_of(input_dataset).cardinality(), np.int64)


for _declared in (reduce_dataset_op, dataset_to_single_element_op, dataset_cardinality_op):
    _declared.not_differentiable()
