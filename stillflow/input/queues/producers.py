"""Queues that are filled from a tensor: `tf.train.string_input_producer` and its kin.

Each adds a runner for its queue, which `tf.train.start_queue_runners` starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.context import check_not_eager
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.input.queues.deprecating import (
    replaced_by,
    replaced_by_range,
    replaced_by_slices,
)
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.indexed_slices import convert_to_tensor_or_indexed_slices
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.shape_of import shape, size
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.io.files import matching_files
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater
from stillflow.ops.queues.kinds import FIFOQueue
from stillflow.ops.queues.queue import QueueBase
from stillflow.ops.random.drawing import random_shuffle
from stillflow.ops.summaries.scalar import scalar
from stillflow.ops.variables.variable import Variable
from stillflow.train.queue_runner import QueueRunner, add_queue_runner


def match_filenames_once(pattern: Any, name: str | None = None) -> Variable:
    """Returns a local variable, string[?], of the files that match when it is initialised.

    pattern: string[] or string[n].
    """
    with name_scope(name, "matching_filenames", [pattern]) as scope:
        return Variable(
            name=scope,
            initial_value=matching_files(pattern),
            trainable=False,
            validate_shape=False,
            collections=[GraphKeys.LOCAL_VARIABLES],
        )


@replaced_by("from_tensors(tensor).repeat(num_epochs)")
def limit_epochs(tensor: Any, num_epochs: int | None = None, name: str | None = None) -> Any:
    """Returns `tensor`, which can be run `num_epochs` times and then raises OutOfRangeError.

    A local variable counts.

    Raises:
      ValueError: `num_epochs` is not positive.
    """
    if num_epochs is None:
        return tensor
    if num_epochs <= 0:
        raise ValueError(f"num_epochs must be > 0 not {num_epochs}.")
    with name_scope(name, "limit_epochs", [tensor]) as scope:
        epochs = Variable(
            convert_to_tensor(0, dtypes.int64),
            name="epochs",
            trainable=False,
            collections=[GraphKeys.LOCAL_VARIABLES],
        )
        with control_dependencies([epochs.count_up_to(num_epochs)]):
            return identity(tensor, name=scope)


@replaced_by_slices("input_tensor")
def input_producer(
    input_tensor: Any,
    element_shape: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    summary_name: str | None = None,
    name: str | None = None,
    cancel_op: Operation | None = None,
) -> QueueBase:
    """Returns a queue of the rows of `input_tensor`, over and over.

    Args:
      input_tensor: [n, ...].
      element_shape: that of a row, where it is not known otherwise.
      num_epochs: how often every row comes before OutOfRangeError; for ever when None. It takes a
        local variable to count, which must be initialised.
      shuffle: the order is another one in every epoch, by `seed`.
      capacity: of the queue.
      shared_name: in a session, all queues of this name are one.
      summary_name: of a summary that tells how full the queue is.
      cancel_op: is run when the coordinator stops.

    Raises:
      ValueError: the shape of a row is not known.
    """
    check_not_eager(
        "Input pipelines based on Queues are not supported when eager execution is enabled. Please "
        "use tf.data to ingest data into your model instead."
    )
    with name_scope(name, "input_producer", [input_tensor]):
        rows = convert_to_tensor(input_tensor, name="input_tensor")
        row_shape = rows.shape[1:].merge_with(element_shape)
        if not row_shape.is_fully_defined():
            raise ValueError(
                "Either `input_tensor` must have a fully defined shape or `element_shape` must be "
                "specified"
            )
        if shuffle:
            rows = random_shuffle(rows, seed=seed)
        rows = limit_epochs(rows, num_epochs)
        queue = FIFOQueue(
            capacity=capacity,
            dtypes=[rows.dtype.base_dtype],
            shapes=[row_shape],
            shared_name=shared_name,
            name=name,  # type: ignore[arg-type]
        )
        put = queue.enqueue_many([rows])
        add_queue_runner(QueueRunner(queue, [put], cancel_op=cancel_op))
        if summary_name is not None:
            scalar(summary_name, cast(queue.size(), dtypes.float32) * (1.0 / capacity))
        return queue


@replaced_by_slices("string_tensor")
def string_input_producer(
    string_tensor: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
    cancel_op: Operation | None = None,
) -> QueueBase:
    """Returns a queue of strings, such as the names of files, over and over.

    Args:
      string_tensor: string[n].
      num_epochs, shuffle, ...: as for `input_producer`.

    Raises:
      ValueError: there are no strings. A run that finds none raises InvalidArgumentError.
    """
    none_given = "string_input_producer requires a non-null input tensor"
    if not isinstance(string_tensor, Tensor) and not string_tensor:
        raise ValueError(none_given)
    with name_scope(name, "input_producer", [string_tensor]) as scope:
        strings = convert_to_tensor(string_tensor, dtype=dtypes.string)
        with control_dependencies([assert_that(greater(size(strings), 0), [none_given])]):
            strings = identity(strings)
        return input_producer(
            input_tensor=strings,
            element_shape=[],
            num_epochs=num_epochs,
            shuffle=shuffle,
            seed=seed,
            capacity=capacity,
            shared_name=shared_name,
            name=scope,
            summary_name=f"fraction_of_{capacity}_full",
            cancel_op=cancel_op,
        )


@replaced_by_range()
def range_input_producer(
    limit: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> QueueBase:
    """Returns a queue of the numbers from 0 to `limit`, i32[], over and over.

    num_epochs, shuffle, ...: as for `input_producer`.
    """
    with name_scope(name, "input_producer", [limit]) as scope:
        summary_name = f"fraction_of_{capacity}_full"
        return input_producer(
            *(range_(limit), [], num_epochs, shuffle, seed, capacity, shared_name, summary_name),
            name=scope,
        )


@replaced_by_slices("tuple(tensor_list)")
def slice_input_producer(
    tensor_list: Sequence[Any],
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> list[Tensor]:
    """Returns a row of each of some tensors, the same one, over and over.

    Args:
      tensor_list: [n, ...] each.
      num_epochs, shuffle, ...: as for `input_producer`.

    Raises:
      ValueError: there are no tensors.
    """
    with name_scope(name, "input_producer", tensor_list):
        tensors = [convert_to_tensor_or_indexed_slices(tensor) for tensor in tensor_list]
        if not tensors:
            raise ValueError("Expected at least one tensor in slice_input_producer().")
        queue = range_input_producer(
            shape(tensors[0])[0],
            num_epochs=num_epochs,
            shuffle=shuffle,
            seed=seed,
            capacity=capacity,
            shared_name=shared_name,
        )
        index = queue.dequeue()
        return [gather(tensor, index) for tensor in tensors]
