"""`tf.GradientTape`: records what is computed in its block, in eager mode or in a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.gradients import tape as tapes
from stillflow.gradients.tape import Tape
from stillflow.gradients.tape_walk import tape_gradients
from stillflow.gradients.walk import UnconnectedGradients, unconnected_mode
from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import Dimension
from stillflow.ops.array import shape_of, stacking
from stillflow.ops.array.filling import zeros
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.indexed_slices import convert_to_tensor_or_indexed_slices
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.transposing import transpose
from stillflow.platform import logging


class GradientTape:
    """`with tf.GradientTape() as tape:` records operations on what is watched, to differentiate.

    Args:
      persistent: `gradient` may be asked more than once; what is recorded is kept until then.
      watch_accessed_variables: trainable variables are watched as soon as they are read.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        self._tape: Tape | None = None
        self._persistent = persistent
        self._watch_accessed_variables = watch_accessed_variables
        self._recording = False

    # Recording ------------------------------------------------------------------------------------

    def __enter__(self) -> GradientTape:
        self._push_tape()
        return self

    def __exit__(self, *error: object) -> None:
        if self._recording:
            self._pop_tape()

    def _push_tape(self) -> None:
        if self._recording:
            raise ValueError("Tape is already recording.")
        if self._tape is None:
            self._tape = Tape(self._watch_accessed_variables)
        tapes.push(self._tape)
        self._recording = True

    def _pop_tape(self) -> None:
        if not self._recording or self._tape is None:
            raise ValueError("Tape is not recording.")
        tapes.pop(self._tape)
        self._recording = False

    def watch(self, tensor: Any) -> None:
        """Has gradients flow to a tensor or variable, or to those of a nest.

        Raises:
          ValueError: something is none.
        """
        for t in nest.flatten(tensor):
            if not is_tensor(t):
                raise ValueError(
                    f"Passed in object of type {type(t)}, not tf.Tensor\n"
                    "  tf.convert_to_tensor makes one of a number or an array."
                )
            if not t.dtype.is_floating:
                logging.log_first_n(
                    logging.WARN,
                    "The dtype of the watched tensor must be floating (e.g. tf.float32), got %r",
                    5,
                    t.dtype,
                )
            tape = self._tape_to_watch()
            if hasattr(t, "handle"):
                tape.watch_variable(t)
            else:
                tape.watch(t)

    def _tape_to_watch(self) -> Tape:
        if self._tape is None:
            raise AttributeError(
                "'NoneType' object has no attribute '_tape'\n  Enter the tape first."
            )
        return self._tape

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables that it watches, in the order in which they were made."""
        return self._tape_to_watch().watched_variables()

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """A `with` block in which this tape records nothing.

        Raises:
          RuntimeError: it has recorded nothing yet.
        """
        if self._tape is None:
            raise RuntimeError("Trying to stop recording a tape which is not recording.")
        self._pop_tape()
        try:
            yield
        finally:
            self._push_tape()

    def reset(self) -> None:
        """Forgets what was recorded, and records from here on."""
        self._pop_tape()
        self._tape = None
        self._push_tape()

    # Differentiating ------------------------------------------------------------------------------

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
    ) -> Any:
        """Returns the gradient of the sum of `target` for each of `sources`, in their structure.

        Args:
          target: a tensor or variable, or a nest of them.
          sources: a tensor or variable that was watched, or a nest of them.
          output_gradients: the weight of each target; ones by default.
          unconnected_gradients: 'none' or 'zero', for a source that the targets do not depend on.

        Raises:
          RuntimeError: a second call, for a tape that is not persistent.
          LookupError: an operation on the way has no gradient.
        """
        if self._tape is None:
            raise RuntimeError(
                "GradientTape.gradient can only be called once on non-persistent tapes.\n"
                "  Make it with tf.GradientTape(persistent=True)."
            )
        if self._recording:
            self._stop_or_warn()
        tape = self._tape
        targets = [self._target(t) for t in nest.flatten(target)]
        flat = [x.handle if _is_behind_handle(x) else x for x in nest.flatten(sources)]
        weights = None
        if output_gradients is not None:
            weights = [
                None if x is None else convert_to_tensor_or_indexed_slices(x)
                for x in nest.flatten(output_gradients)
            ]
        mode = unconnected_mode(unconnected_gradients)
        grads = tape_gradients(tape, targets, flat, weights, mode)
        if not self._persistent:
            self._tape = None
        return nest.pack_sequence_as(sources, grads)

    def _stop_or_warn(self) -> None:
        if not self._persistent:
            self._pop_tape()
            return
        logging.log_first_n(
            logging.WARN,
            "Calling GradientTape.gradient on a persistent tape inside its context is slower and "
            "takes more memory than outside of it: the tape records the gradients as well. Do so "
            "only to differentiate them again.",
            1,
        )

    def _target(self, target: Any) -> Tensor:
        if not _is_behind_handle(target):
            return target
        if self._recording:
            return convert_to_tensor(target)
        with self:
            return convert_to_tensor(target)

    # Matrices of derivatives ----------------------------------------------------------------------

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """Returns the derivative of each element of `target` by each element of `sources`.

        target: f[t...], each source: f[s...] -> f[t..., s...], in the structure of `sources`.

        Raises:
          RuntimeError: eagerly, without `experimental_use_pfor`, for a tape that is not persistent.
        """
        self._check_may_repeat("jacobian", experimental_use_pfor)
        flat = nest.flatten(sources)
        target_sizes = shape_of.shape(target)
        with self._recording_again():
            elements = reshape(target, [-1])
        rows = self._rows(
            lambda i: gather(elements, i), elements.shape[0], flat, unconnected_gradients
        )
        shaped = [
            None
            if row is None
            else reshape(row, concat([target_sizes, shape_of.shape(row)[1:]], 0))
            for row in rows
        ]
        return nest.pack_sequence_as(sources, shaped)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """Returns, for each row of `target`, its derivative by the same row of `source`.

        target: f[b, t...], source: f[b, s...] -> f[b, t..., s...]

        Raises:
          ValueError: they have not as many rows, or are no matrices.
          RuntimeError: as `jacobian`.
        """
        sizes = target.shape
        first = sizes.dims[0] if sizes.dims is not None else Dimension(None)
        rows_agree = sizes.with_rank_at_least(2) and source.shape.with_rank_at_least(2)
        if not (rows_agree and first.is_compatible_with(source.shape[0])):
            raise ValueError(
                f"Need first dimension of target shape ({target.shape}) and source shape "
                f"({source.shape}) to match."
            )
        self._check_may_repeat("batch_jacobian", experimental_use_pfor)
        target_sizes, source_sizes = shape_of.shape(target), shape_of.shape(source)
        with self._recording_again():
            per_row = shape_of.size(target) // target_sizes[0] if 0 not in sizes.as_list() else 0
            matrix = reshape(target, stacking.stack([target_sizes[0], per_row]))
        (columns,) = self._rows(
            lambda i: gather(matrix, i, axis=1), matrix.shape[1], [source], unconnected_gradients
        )
        if columns is None:
            return None
        rank = columns.shape.ndims
        ordered = transpose(columns, [1, 0, *range(2, rank)])  # type: ignore[arg-type]
        return reshape(ordered, concat([target_sizes, source_sizes[1:]], 0))

    def _check_may_repeat(self, what: str, at_once: bool) -> None:
        if executing_eagerly() and not at_once and not self._persistent:
            raise RuntimeError(
                f"GradientTape must be created with persistent=True to compute the {what} with "
                "eager execution enabled and with  experimental_use_pfor set to False."
            )

    @contextmanager
    def _recording_again(self) -> Iterator[None]:
        """A block that the tape records."""
        if self._recording:
            yield
            return
        with self:
            yield

    def _rows(
        self, part: Callable[[int], Tensor], count: Any, sources: list, unconnected: Any
    ) -> list[Tensor | None]:
        """For each source, the gradients of `part(0)`, `part(1)`, ... stacked."""
        number = count.value if isinstance(count, Dimension) else count
        if number is None:
            raise ValueError(
                "The size of the target must be known while the graph is built.\n"
                "  Give the target a static shape with set_shape."
            )
        tape, persistent = self._tape, self._persistent
        parts = []
        for i in range(number):
            self._tape = tape
            with self._recording_again():
                y = part(i)
            parts.append(self.gradient(y, sources, unconnected_gradients=unconnected))
        self._tape = tape if persistent else None
        if not parts:
            return [_no_rows(source) for source in sources]
        return [
            None if column[0] is None else stacking.stack([convert_to_tensor(x) for x in column])
            for column in zip(*parts, strict=True)
        ]


def _no_rows(source: Any) -> Tensor:
    """f[0, s...] for a source of shape [s...]."""
    sizes = concat([[0], shape_of.shape(source)], 0)
    return zeros(sizes, source.dtype.base_dtype)


def _is_behind_handle(x: Any) -> bool:
    return hasattr(x, "_should_act_as_resource_variable")
