"""`Operation` and `Tensor`: the nodes and edges of a graph. They hold no value and compute none.

The arithmetic operators of Tensor are installed by `ops.operators`, its evaluation by the default
session, so that this module depends on neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from stillflow.graph import context
from stillflow.graph.conversion import why_in_python
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import (
    InvalidArgumentError,
    OperatorNotAllowedInGraphError,
    OutOfRangeError,
)
from stillflow.graph.reference import Reference
from stillflow.graph.source import SourceLine
from stillflow.graph.tensor_like import TensorLike
from stillflow.graph.tensor_shape import TensorShape, as_shape

if TYPE_CHECKING:
    from stillflow.graph.graph import Graph


class Operation:
    """A node: an op type applied to tensors, with attributes.

    `defn` is the declaration of the op type (see `declare.opdef`); `attrs` maps attribute names to
    plain Python values, DTypes, TensorShapes or arrays.
    """

    _is_eager = False
    __slots__ = (
        "__dict__",  # programs keep what they know of it there
        "__weakref__",
        "_control_flow_context",
        "_control_inputs",
        "_device",
        "_expansion",
        "_id",
        "_is_planned",
        "_original_op",
        "_outputs",
        "_source",
        "attrs",
        "defn",
        "graph",
        "inputs",
        "name",
        "type",
    )

    def __init__(
        self,
        node_def: Any,
        g: Graph,
        inputs: list[Tensor] | None = None,
        output_types: Any = None,
        control_inputs: Any = None,
        input_types: Any = None,
        original_op: Operation | None = None,
        op_def: Any = None,
    ):
        """Adds the node of a NodeDef to a graph, as few programs do: see `interchange.creating`."""
        del output_types, op_def
        context.operation_of(self, node_def, g, inputs, control_inputs, input_types, original_op)

    @classmethod
    def made(
        cls,
        graph: Any,
        defn: Any,
        name: str,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        outputs: list[tuple[DType, TensorShape]],
        control_inputs: Iterable[Operation],
        source: SourceLine | None,
    ) -> Operation:
        """A node that no graph has yet."""
        op = cls.__new__(cls)
        op.set_up(graph, defn, name, inputs, attrs, outputs, control_inputs, source)
        return op

    def set_up(
        self,
        graph: Any,
        defn: Any,
        name: str,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        outputs: list[tuple[DType, TensorShape]],
        control_inputs: Iterable[Operation],
        source: SourceLine | None,
    ) -> None:
        """Makes it the node that `made` describes."""
        self.graph: Graph = graph
        self.defn = defn
        self.type: str = defn.type
        self.name = name
        self.inputs = inputs
        self.attrs = attrs
        self._control_inputs = tuple(control_inputs)
        self._source = source
        self._device = ""
        self._expansion: Any = None  # what runs in its place: see `declare.expanding`
        self._is_planned = False  # whether a plan of some session contains it
        self._original_op = (
            graph._default_original_op
        )  # from which this one was made, as its gradient
        self._control_flow_context = graph.stacks.flow
        self._id = graph._next_id()
        # A list would be one more object for the garbage collector to look through.
        self._outputs: Tensor | list[Tensor] = (
            Tensor(self, 0, *outputs[0])
            if len(outputs) == 1
            else [Tensor(self, index, *output) for index, output in enumerate(outputs)]
        )
        for tensor in inputs:
            tensor._add_consumer(self)

    @property
    def outputs(self) -> list[Tensor]:
        outputs = self._outputs
        return [outputs] if isinstance(outputs, Tensor) else outputs

    @property
    def control_inputs(self) -> list[Operation]:
        return list(self._control_inputs)

    @property
    def _control_outputs(self) -> list[Operation]:
        """What waits for this operation without taking what it gives."""
        return [op for op in self.graph.get_operations() if self in op._control_inputs]

    @property
    def _input_types(self) -> list[DType]:
        """The types that its declaration gives its inputs."""
        arguments = self.defn.signature.inputs
        return [dtype for argument in arguments for dtype in argument.types(self.attrs)]

    def _add_control_input(self, op: Operation) -> None:
        self._add_control_inputs([op])

    def _add_control_inputs(self, ops: list[Operation]) -> None:
        """Makes this operation run after `ops`; the graph's cached plans become stale."""
        new = dict.fromkeys(op for op in ops if op not in self._control_inputs)
        self._control_inputs += tuple(new)
        self.graph._changed(self)

    def _remove_all_control_inputs(self) -> None:
        self._control_inputs = ()
        self.graph._changed(self)

    def _update_input(self, index: int, tensor: Tensor) -> None:
        """Rewires input `index` to `tensor`.

        Raises:
          OutOfRangeError: there is no such input.
          InvalidArgumentError: `tensor` has another shape than what it replaces.
          ValueError: it is of another graph.
        """
        if tensor.graph is not self.graph:
            raise ValueError(f"{tensor} must be from the same graph as {self!r}.")
        if index >= len(self.inputs):
            raise OutOfRangeError(
                None,
                None,
                f"Cannot update edge. Input index [{index}] is greater than the number of total "
                f"inputs [{len(self.inputs)}].",
            )
        before = self.inputs[index]
        if not tensor._shape.is_compatible_with(before._shape):
            raise InvalidArgumentError(
                None,
                None,
                f"Cannot update edge, incompatible shapes: {_shown(tensor)} and {_shown(before)}.\n"
                f"  Input {index} of {self!r} was {before!r}.",
            )
        before._drop_consumer(self)
        self.inputs = (*self.inputs[:index], tensor, *self.inputs[index + 1 :])
        tensor._add_consumer(self)
        self.graph._changed(self)

    def _add_outputs(self, outputs: list[tuple[DType, TensorShape]]) -> None:
        """Gives it more outputs, behind its own; the caller tells the attributes of them."""
        own = self.outputs
        added = [Tensor(self, index, *output) for index, output in enumerate(outputs, len(own))]
        self._outputs = [*own, *added]
        self._expansion = None
        self.graph.widened += 1
        self.graph._changed(self)

    def _get_control_flow_context(self) -> Any:
        """The branch or loop that this operation was built in, or None: see `ops.control`."""
        return self._control_flow_context

    def _set_control_flow_context(self, context: Any) -> None:
        self._control_flow_context = context
        self.graph._has_flow |= context is not None

    @property
    def device(self) -> str:
        return self._device

    def _set_device(self, device: Any) -> None:
        self._device = device if isinstance(device, str) else device.to_string()

    @property
    def traceback(self) -> list[tuple[str, int, str]]:
        """The user's line that built this operation, innermost only."""
        return [] if self._source is None else [self._source]

    @property
    def built_at(self) -> str:
        """`built at train.py:41 in model()`, or an empty string when that is unknown."""
        return "" if self._source is None else f"built at {self._source}"

    @property
    def node_def(self):
        """The NodeDef proto of this operation."""
        from stillflow.graph.protos.graph_def import node_def_of

        return node_def_of(self)

    @property
    def op_def(self):
        """The OpDef proto of this operation's type."""
        from stillflow.graph.protos.graph_def import op_def_of

        return op_def_of(self.defn)

    def get_attr(self, name: str) -> Any:
        """Returns the value of attribute `name`; ValueError when there is none.

        A string is bytes, a shape a TensorShapeProto and a tensor a TensorProto, as a NodeDef has
        them; types are DTypes.
        """
        from stillflow.graph.protos.attr_value import attr_value_of, python_value_of

        value = self.attrs.get(name)
        if value is None:
            raise ValueError(
                f"Operation '{self.name}' has no attr named '{name}'.\n"
                f"  It has {', '.join(sorted(self.attrs)) or 'none'}."
            )
        return python_value_of(attr_value_of(value, self.attrs.get("dtype")))

    def _set_attr(self, name: str, value: Any) -> None:
        """Gives an attribute another value, which may be an AttrValue."""
        if hasattr(value, "WhichOneof"):
            value = context.attribute_of(self.name, self.defn, name, value)
        self._note_attr(name, value)
        self.graph._changed(self)

    def _note_attr(self, name: str, value: Any) -> None:
        """Gives a new operation an attribute; others may share the dict of those that it has."""
        self.attrs = {**self.attrs, name: value}

    def colocation_groups(self) -> list[bytes]:
        return list(self.attrs.get("_class", ())) or [f"loc:@{self.name}".encode()]

    def values(self) -> tuple[Tensor, ...]:
        return tuple(self.outputs)

    def run(self, feed_dict: dict | None = None, session: Any = None) -> None:
        """Runs this operation in `session`, or in the default one."""
        context.session_for(session, self.graph, "execute operation").run(self, feed_dict)

    def __str__(self) -> str:
        from google.protobuf.text_format import MessageToString  # it orders the attributes

        return MessageToString(self.node_def)

    def __repr__(self) -> str:
        return f"<tf.Operation '{self.name}' type={self.type}>"


_OF_TWO = [
    "add",
    "sub",
    "mul",
    "div",
    "truediv",
    "floordiv",
    "mod",
    "and",
    "or",
    "xor",
    "pow",
    "matmul",
]


class Tensor(TensorLike):
    """Output `value_index` of operation `op`: a handle that holds no value.

    `assign` is set on a slice of a variable only: a function that assigns to that slice;
    `_handle_data` on a variable's handle: what is known of the variable; `aliases` on what a layer
    put into a collection: the names that it has there.
    """

    __slots__ = (
        "__dict__",  # programs keep what they know of it there
        "__weakref__",
        "_dtype",
        "_handle_data",
        "_keras_mask",
        "_shape",
        "_users",
        "aliases",
        "assign",
        "op",
        "value_index",
    )

    # Whether it has its value: see `graph.eager_tensor`.
    _is_eager = False
    # Whether `==` compares values: see `ops.equality`.
    _USE_EQUALITY: ClassVar[bool] = False
    # NumPy leaves `array + tensor` to Tensor's own operators.
    __array_priority__ = 100
    # What objects that act as tensors take over, as TensorFlow lists it.
    OVERLOADABLE_OPERATORS: ClassVar[set[str]] = {
        *(f"__{name}__" for name in _OF_TWO),
        *(f"__r{name}__" for name in _OF_TWO),
        *("__lt__", "__le__", "__gt__", "__ge__", "__ne__", "__eq__"),
        *("__getitem__", "__invert__", "__neg__", "__abs__"),
    }

    if TYPE_CHECKING:  # what `ops.operators` and `ops.array` install
        _Operator = Callable[..., "Tensor"]
        __add__: _Operator
        __radd__: _Operator
        __sub__: _Operator
        __rsub__: _Operator
        __mul__: _Operator
        __rmul__: _Operator
        __truediv__: _Operator
        __rtruediv__: _Operator
        __floordiv__: _Operator
        __rfloordiv__: _Operator
        __mod__: _Operator
        __rmod__: _Operator
        __pow__: _Operator
        __rpow__: _Operator
        __matmul__: _Operator
        __rmatmul__: _Operator
        __and__: _Operator
        __rand__: _Operator
        __or__: _Operator
        __ror__: _Operator
        __xor__: _Operator
        __rxor__: _Operator
        __lt__: _Operator
        __le__: _Operator
        __gt__: _Operator
        __ge__: _Operator
        __neg__: _Operator
        __abs__: _Operator
        __invert__: _Operator
        __getitem__: _Operator
        assign: _Operator
        _handle_data: Any

    def __init__(self, op: Operation, value_index: int, dtype: DType, shape: TensorShape):
        self.op = op
        self.value_index = value_index
        self._dtype = dtype
        self._shape = shape
        self._users: Operation | list[Operation] | None = None  # a list once there are two

    @property
    def _consumers(self) -> list[Operation]:
        """What `consumers` gives, to be read only."""
        users = self._users
        return users if isinstance(users, list) else [] if users is None else [users]

    def _add_consumer(self, op: Operation) -> None:
        users = self._users
        if users is None:
            self._users = op
        elif isinstance(users, list):
            users.append(op)
        else:
            self._users = [users, op]

    def _drop_consumer(self, op: Operation) -> None:
        """Takes away the first of them that is `op`."""
        users = list(self._consumers)
        users.remove(op)
        self._users = users or None

    @property
    def graph(self) -> Graph:
        return self.op.graph

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def name(self) -> str:
        return f"{self.op.name}:{self.value_index}"

    @property
    def _shown_name(self) -> str:
        """What errors call it."""
        return self.name

    @property
    def device(self) -> str:
        return self.op.device

    @property
    def shape(self) -> TensorShape:
        return self._shape

    def get_shape(self) -> TensorShape:
        """The static shape; its sizes may be unknown."""
        return self._shape

    def set_shape(self, shape: Any) -> None:
        """Adds to what is known of the shape; ValueError when it contradicts that."""
        shape = as_shape(shape)
        if not self._shape.is_compatible_with(shape):
            raise ValueError(_contradiction(self, shape))
        self._shape = self._shape.merge_with(shape)

    @property
    def _value_index(self) -> int:
        return self.value_index

    def _as_tf_output(self) -> Tensor:
        """What TensorFlow's C functions know the tensor by."""
        return self

    def _shape_tuple(self) -> tuple[int | None, ...] | None:
        return self._shape.sizes

    def _shape_as_list(self) -> list[int | None] | None:
        return None if self._shape.sizes is None else list(self._shape.sizes)

    def consumers(self) -> list[Operation]:
        """The operations that take this tensor, once for each such input, in building order."""
        return list(self._consumers)

    def eval(self, feed_dict: dict | None = None, session: Any = None) -> Any:
        """Evaluates this tensor in `session`, or in the default one."""
        runner = context.session_for(session, self.graph, "evaluate tensor")
        return runner.run(self, feed_dict)

    def experimental_ref(self) -> Reference[Tensor]:
        """What stands for this tensor in sets and mappings, where tensors may not be compared."""
        return Reference(self)

    def _as_node_def_input(self) -> str:
        return self.op.name if self.value_index == 0 else self.name

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        # A graph compares tensors by identity, as TensorFlow 1.x does; tf.equal compares values.
        return self is other

    def __copy__(self) -> Tensor:
        return self

    def __iter__(self):
        raise OperatorNotAllowedInGraphError(
            f"iterating over `tf.Tensor` is not allowed{why_in_python()}\n"
            f"  {self!r} has no value while the graph is built; tf.unstack takes it apart along "
            "axis 0."
        )

    def __len__(self) -> int:
        raise TypeError(
            f"len is not well defined for symbolic Tensors. ({self.name}) Please call `x.shape` "
            "rather than `len(x)` for shape information.\n"
            "  tensor.shape[0].value is the static size, tf.shape(tensor)[0] the size in a run."
        )

    def __bool__(self) -> bool:
        raise OperatorNotAllowedInGraphError(
            f"using a `tf.Tensor` as a Python `bool` is not allowed{why_in_python()}\n"
            f"  {self!r} has no value while the graph is built. To ask whether there is a tensor, "
            "write `if t is not None:`; to choose between values in a run, use tf.where."
        )

    __nonzero__ = __bool__

    def __array__(self, *dtype: Any, **_copy: Any):
        # TensorFlow's own takes no dtype, which Python says by another class.
        raise (TypeError if dtype else NotImplementedError)(
            f"Cannot convert a symbolic Tensor ({self.name}) to a numpy array.\n"
            "  A tensor has a value only in a run: use sess.run(tensor)."
        )

    def __str__(self) -> str:
        shape = "" if self._shape.sizes is None else f", shape={self._shape}"
        device = f", device={self.op.device}" if self.op.device else ""
        return f'Tensor("{self.name}"{shape}, dtype={self._dtype.name}{device})'

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={self._shape} dtype={self._dtype.name}>"


def _contradiction(tensor: Tensor, shape: TensorShape) -> str:
    """Why `tensor`, by what is known of it, cannot have `shape`."""
    known, wanted = tensor.shape.as_list(), shape.as_list()
    if len(known) != len(wanted):
        reason = f"Shapes must be equal rank, but are {len(known)} and {len(wanted)}"
    else:
        sizes = enumerate(zip(known, wanted, strict=True))
        axis, (a, b) = next(
            (i, pair) for i, pair in sizes if None not in pair and pair[0] != pair[1]
        )
        reason = (
            f"Dimension {axis} in both shapes must be equal, but are {a} and {b}. "
            f"Shapes are {_bracketed(known)} and {_bracketed(wanted)}."
        )
    return f"{reason}\n  The tensor is {tensor!r}."


def _shown(tensor: Tensor) -> str:
    sizes = tensor.shape.sizes
    return "?" if sizes is None else _bracketed(list(sizes))


def _bracketed(sizes: list[int | None]) -> str:
    return f"[{','.join('?' if size is None else str(size) for size in sizes)}]"
