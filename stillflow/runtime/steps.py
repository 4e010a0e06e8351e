"""Steps and plans: what a run does, over numbered slots.

A slot holds a value during a run: a fed one, a variable's, a constant or a step's output. A step
says of itself all that planning, cost and both tiers ask, so that they look at no declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from stillflow.declare.shapes import fits, format_sizes
from stillflow.declare.static import Sizes
from stillflow.graph.dtypes import DType, as_dtype, resource
from stillflow.graph.errors import (
    InternalError,
    InvalidArgumentError,
    OpError,
    ResourceExhaustedError,
)
from stillflow.graph.operation import Operation


class Write(NamedTuple):
    """A variable that a step gives a new value.

    `position` is that of its old value among the step's inputs, `declared` its declared sizes; the
    shape of the new value is of interest where it `is_checked`.
    """

    position: int
    declared: Sizes
    is_checked: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One function call: `fn(xp, *inputs, **attrs)` gives the values of `outputs`.

    Attributes:
      op: the operation that it carries out, which its errors name.
      inputs: slots: first what the session keeps for the op (a random stream), if anything, then
        the op's inputs.
      outputs: slots: the variables that it writes, then the op's outputs that are no references.
      declared: the types of those outputs.
      writes: of each variable that it writes, what its new value must be.
      writes_rows: it changes some elements of those, by `xp.set_at` or `xp.add_at` in the end.
      static: the slots among `inputs` whose values must be known while compiling.
      near_zero: the slots among `inputs` of which denormal values must count as zero.
      on_host: it runs in NumPy only.
      steady: the slots among `inputs` whose shapes, or values of static ones, decide the shapes of
        the outputs; none where other things may.
      waits: it may wait for another thread, or runs code of the program's own.
      folds: where its inputs are known while compiling, so is what it gives, though on the host.
      is_pure: inputs and attributes alone decide what it gives, and it does nothing else.
      is_total: it cannot fail where the shapes of its inputs fit.
      of_shape: the inputs' shapes do.
      may_pass_input: that it gave back its input object is decided by all but that input's value.
      blocks: for a random op, how many blocks of its stream an output of a shape uses up.
      flops: estimates its arithmetic from the shapes of its inputs.
      explain: the message of a run in which `fn` failed with an error on inputs (arrays).
      partly: what it gives for inputs that are known in part, if that is declared.
      picks: of its first input it looks at no more than it gives.
      rows: computes what `fn` gives for many rows at once, bit for bit, if that is declared.
      fitted: makes a kernel for inputs of certain shapes, if that is declared.
      kernel: `kernel(*inputs)` carries it out on the host; `fn` does where it is None.
      region: the choice or loop (see `runtime.regions`) that `fn` carries out, if it does one.
    """

    op: Operation
    fn: Callable[..., Any]
    attrs: dict[str, Any]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    declared: tuple[DType, ...]
    writes: tuple[Write, ...]
    static: tuple[int, ...]
    near_zero: tuple[int, ...]
    on_host: bool
    steady: tuple[int, ...]
    waits: bool
    folds: bool
    is_pure: bool
    is_total: bool
    of_shape: bool
    may_pass_input: bool
    blocks: Callable[[tuple[int, ...]], int] | None
    flops: Callable[..., float] | None
    explain: Callable[[Exception, Sequence[Any]], str]
    partly: Callable[..., Any] | None = None
    region: Any = None
    picks: bool = False
    rows: Callable[..., Any] | None = None
    fitted: Callable[..., Callable[..., Any] | None] | None = None
    kernel: Callable[..., Any] | None = None
    writes_rows: bool = False

    @property
    def checks(self) -> bool:
        """Whether what it writes must be looked at: see `checked`."""
        return any(write.is_checked for write in self.writes)

    @property
    def ops(self) -> Iterable[Operation]:
        """The operations that it carries out."""
        return (self.op,) if self.region is None else self.region.ops

    @property
    def handles(self) -> list[int]:
        """The slots of outputs that are handles."""
        if self.region is not None:
            return self.region.handles
        own = self.outputs[len(self.outputs) - len(self.declared) :]
        return [s for s, dtype in zip(own, self.declared, strict=True) if dtype is resource]

    def checked(self, inputs: Sequence[Any], result: Any) -> Any:
        """`result`, which `fn` gave for `inputs`: a variable's new value has the old one's shape.

        Raises:
          InvalidArgumentError: it has another shape than that, or than the variable was declared
            with when there is no old value.
        """
        results = (result,) if len(self.outputs) == 1 else result
        for value, write in zip(results, self.writes, strict=False):
            old = inputs[write.position]
            wanted = write.declared if old is None else old.shape
            if write.is_checked and not fits(value.shape, wanted):
                raise InvalidArgumentError(
                    None,
                    self.op,
                    "Assign requires shapes of both tensors to match. lhs shape= "
                    f"{format_sizes(wanted)} rhs shape= {format_sizes(value.shape)}",
                )
        return result

    def check_types(self, slots: Any) -> None:
        """Holds the op to the types that it declares; NumPy widens where TensorFlow does not."""
        own = self.outputs[len(self.outputs) - len(self.declared) :]
        for index, (slot, wanted) in enumerate(zip(own, self.declared, strict=True)):
            dtype = getattr(slots[slot], "dtype", None)
            if wanted.is_numpy_compatible and dtype != np.dtype(wanted.stored_as):
                raise InternalError(
                    None,
                    self.op,
                    f"{self.op.type} gave {dtype or type(slots[slot]).__name__} for output "
                    f"{index}, which is declared {wanted.name}.\n"
                    "  This is a fault in Stillflow's declaration of the op; please report it.",
                )

    def failure(self, error: Exception, inputs: Sequence[Any]) -> Exception:
        """The error of a run in which `fn` failed with `error` on `inputs`."""
        if isinstance(error, OpError):
            return error if error.op is not None else type(error)(None, self.op, error.message)  # type: ignore[call-arg]
        if isinstance(error, MemoryError) or str(error).startswith(_TOO_LARGE):
            return ResourceExhaustedError(None, self.op, _no_memory(error))
        if not isinstance(error, OF_INPUTS):
            return error
        return InvalidArgumentError(None, self.op, self.explain(error, inputs))


# What NumPy, JAX and Python raise where an op's inputs do not fit together.
OF_INPUTS = (ValueError, TypeError, LookupError, ArithmeticError, np.exceptions.AxisError)


# What NumPy says, by a ValueError, of arrays that no memory could hold.
_TOO_LARGE = ("array is too big", "iterator is too large", "Maximum allowed dimension exceeded")


def _no_memory(error: Exception) -> str:
    """What TensorFlow says of an array that there is no room for, which NumPy's error describes."""
    shape, dtype = getattr(error, "shape", None), getattr(error, "dtype", None)
    wanted = ""
    if shape is not None and dtype is not None:
        wanted = f" with shape{format_sizes(shape)} and type {as_dtype(dtype).runtime_name}"
    return (
        f"OOM when allocating tensor{wanted} on /job:localhost/replica:0/task:0/device:CPU:0 by "
        f"allocator cpu\n  {str(error).rstrip('.')}."
    )


@dataclass(slots=True)
class Plan:
    """What a run does. Slots of feeds, variables and kept state are filled before the steps go."""

    constants: list[Any] = field(default_factory=list)  # one entry per slot, None unless constant
    steps: list[Step] = field(default_factory=list)
    feeds: list[int] = field(default_factory=list)
    fetches: list[int | None] = field(default_factory=list)  # None for an operation
    variables: dict[Operation, int] = field(default_factory=dict)
    # The variables that must have a value, in the order in which the run reads them, and what does.
    required: dict[Operation, Operation] = field(default_factory=dict)
    written: dict[Operation, int] = field(default_factory=dict)
    # What the session keeps for an op from run to run: a random op's stream, and for others what
    # their declaration makes.
    streams: dict[Operation, int] = field(default_factory=dict)
    kept: dict[Operation, int] = field(default_factory=dict)
    # The variables that the run may give values of other shapes than they were declared with.
    reshaped: set[Operation] = field(default_factory=set)
    # Slots that hold how many blocks of its stream a random op within a region has used up.
    drawn: list[tuple[Operation, int]] = field(default_factory=list)
    # What is fetched from one side of a choice.
    sided: list[tuple[Operation, int]] = field(default_factory=list)
    # Whether values have the shapes that the graph declares: feeds may be of others.
    trusts_shapes: bool = True

    def new_slot(self, value: Any = None) -> int:
        self.constants.append(value)
        return len(self.constants) - 1

    @property
    def arguments(self) -> list[int]:
        """The slots that are filled before the steps go."""
        return [
            *self.feeds,
            *self.variables.values(),
            *self.streams.values(),
            *self.kept.values(),
        ]

    @property
    def random_steps(self) -> Sequence[Step]:
        return [step for step in self.steps if step.blocks is not None]


def is_host_type(dtype: DType) -> bool:
    """Whether XLA has no such type; a handle is an object to both tiers."""
    if dtype is resource:
        return False
    return dtype.base_dtype.name == "string" or not dtype.is_numpy_compatible
