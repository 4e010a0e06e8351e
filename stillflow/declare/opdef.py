"""Declares op types. A declaration is one function over an array namespace, and what it is called.

    @op("MatMul", "a: T, b: T -> product: T", shape=shapes.matmul)
    def matmul(xp, a, b, *, transpose_a=False, transpose_b=False): ...

Positional parameters are inputs, keyword-only parameters are attributes. The name `matmul` is then
an `OpDef`: called with tensors it builds a node; `matmul.fn(numpy, a, b)` computes. This module
knows no op by name.
"""

from __future__ import annotations

import collections
import inspect
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from itertools import chain
from typing import Any

from stillflow.declare.convert import to_tensor
from stillflow.declare.shapes import ShapeContext, ShapeError
from stillflow.declare.signature import Arg, Signature, parse
from stillflow.declare.static import Sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import graph_of
from stillflow.graph.tensor_shape import TensorShape, as_shape

OPS: dict[str, OpDef] = {}


class OpDef:
    """The declaration of one op type.

    Attributes:
      type: TensorFlow's name of it.
      fn: computes the outputs from a namespace, input arrays and attributes. It returns one array,
        a tuple of them for several outputs, or None for none. It may return an input object itself
        only where attributes, static inputs and shapes alone decide that. For an op that writes
        variables it returns their new values, in the order of `writes`, then the outputs that are
        not references.
      writes: the names of the reference inputs that the op updates.
      overwrites: the old values of what it writes do not matter, so they need not exist.
      asks_state: a variable that has no value yet is given to `fn` as None.
      static: the names of inputs whose values must be known before compiling: shapes, axes.
      of_shape: the outputs depend on the inputs' shapes only, not on their values.
      host: runs in NumPy only: strings, files, Python functions, shapes that depend on data.
      stateful: two runs may differ, so it is never folded.
      types: the types that each type attribute may have; any when it is not listed.
      defaults: the type that a plain Python value takes where no other input decides it.
      splits: only one output carries a value, the one that the last input names; the other is dead,
        and what needs it does not run.
      joins: the value is that of the first input that is not dead.
      broadcasts: the inputs are broadcast to the output's shape; the gradient walk sums each
        gradient back to its input's shape.
      forwards: the output is the input itself, so that a variable read through this op is read when
        the reader runs, not when this op does.
      flops: `flops(*input_shapes)` estimates the work of one call; without it, one per element.
      explain: TensorFlow's sentence for inputs (arrays) on which `fn` failed, or None.
      stream: for a random op, the number of Philox blocks that an output shape uses up; `fn` then
        takes the generator's words, u32[6] (key, then counter), before its inputs.
    """

    def __init__(
        self,
        type_name: str,
        signature: str,
        fn: Callable,
        *,
        shape: Callable[[ShapeContext], Any] | None = None,
        types: dict[str, Sequence[DType]] | None = None,
        defaults: dict[str, DType] | None = None,
        writes: Sequence[str] = (),
        overwrites: bool = False,
        asks_state: bool = False,
        static: Sequence[str] = (),
        of_shape: bool = False,
        host: bool = False,
        stateful: bool = False,
        stream: Callable | None = None,
        is_constant: bool = False,
        is_placeholder: bool = False,
        is_variable: bool = False,
        forwards: bool = False,
        splits: bool = False,
        joins: bool = False,
        broadcasts: bool = False,
        flops: Callable | None = None,
        explain: Callable[[Operation, Sequence[Any]], str | None] | None = None,
    ):
        self.type = type_name
        self.fn = fn
        self.writes = tuple(writes)
        self.overwrites = overwrites
        self.asks_state = asks_state
        self.static = tuple(static)
        self.of_shape = of_shape
        self.host = host
        self.stream = stream
        self.is_constant = is_constant
        self.is_placeholder = is_placeholder
        self.is_variable = is_variable
        self.forwards = forwards
        self.splits = splits
        self.joins = joins
        self.broadcasts = broadcasts
        self.flops = flops
        self.explain = explain
        self.stateful = stateful or bool(writes) or stream is not None or is_variable
        self.is_pure = not (self.stateful or host or is_placeholder)
        self.gradient_rule: Callable | None = None
        self.is_differentiable = True
        self.allowed_types = types or {}
        self.default_types = defaults or {}
        self.signature_text = signature
        self._shape_fn = shape
        self.attr_names = _keyword_names(fn)
        self.attr_defaults: dict[str, Any] = fn.__kwdefaults__ or {}
        self.__name__ = fn.__name__
        self.__qualname__ = fn.__qualname__
        self.__module__ = fn.__module__
        self.__doc__ = fn.__doc__
        self.__wrapped__ = fn

    @cached_property
    def signature(self) -> Signature:
        return parse(self.signature_text)

    @cached_property
    def all_attr_names(self) -> tuple[str, ...]:
        """The attributes of `fn`, and those that hold the types and numbers of tensors."""
        args = self.signature.inputs + self.signature.outputs
        told = [(arg.number_attr, arg.type_attr, arg.type_list_attr) for arg in args]
        return tuple(dict.fromkeys([*self.attr_names, *filter(None, chain(*told))]))

    def fn_attrs(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The attributes that `fn` takes; a node has others too, such as its input types."""
        return {name: attrs[name] for name in self.attr_names}

    def gradient(self, rule: Callable) -> Callable:
        """Declares the gradient: `rule(op, *output_gradients)` gives one per input, or None."""
        if self.gradient_rule is not None:
            raise ValueError(f"{self.type} has a gradient rule already.")
        self.gradient_rule = rule
        return rule

    def not_differentiable(self) -> OpDef:
        """Declares that no gradient flows through this op."""
        self.is_differentiable = False
        return self

    def input_spans(self, op: Operation) -> dict[str, range]:
        """Where each input argument lies among `op.inputs`."""
        spans, start = {}, 0
        for arg in self.signature.inputs:
            stop = start + _length(arg, op.attrs)
            spans[arg.name] = range(start, stop)
            start = stop
        return spans

    def input_positions(self, op: Operation, names: Sequence[str]) -> list[int]:
        spans = self.input_spans(op)
        return [position for name in names for position in spans[name]]

    # Building a node ----------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Builds a node in the graph of the inputs.

        Arguments are given in order or by name: the inputs, the attributes, the name of the node.

        Returns:
          The output tensor; a named tuple of them when the op has several; a list for a list
          output; the Operation when it has none.
        """
        given = self._by_name(args, kwargs)
        name = given.pop("name", None)
        values, attrs = self._bind(given)
        graph = graph_of(_flat(values))
        if self.is_constant:
            # TensorFlow opens no scope for it, which shows when its name is not valid.
            self._check_types(attrs)
            outputs = self.infer([], attrs, name or self.type)
            return self._returned(graph.add_operation(self, (), attrs, outputs, name))
        with graph.as_default(), graph.name_scope(name or self.type) as scope:
            inputs = self._convert_inputs(values, attrs)
            self._check_types(attrs)
            outputs = self.infer(inputs, attrs, scope)
            with self._beside_references(graph, inputs):
                op = graph.add_operation(self, tuple(inputs), attrs, outputs, scope)
        return self._returned(op)

    @cached_property
    def _takes_references(self) -> bool:
        return any(arg.is_ref for arg in self.signature.inputs)

    def _beside_references(self, graph: Any, inputs: list[Tensor]) -> ExitStack:
        """A block in which what is built is colocated with the variables that `inputs` refer to."""
        block = ExitStack()
        if self._takes_references:
            # References come first in every op, so that no list input shifts them.
            for arg, tensor in zip(self.signature.inputs, inputs, strict=False):
                if arg.is_ref:
                    block.enter_context(graph.colocate_with(tensor))
        return block

    @cached_property
    def _parameters(self) -> tuple[str, ...]:
        return (*(arg.name for arg in self.signature.inputs), *self.attr_names, "name")

    @cached_property
    def __signature__(self) -> inspect.Signature:
        defaults = {**self.attr_defaults, "name": None}
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    inspect.Parameter.POSITIONAL_OR_KEYWORD,
                    default=defaults.get(name, inspect.Parameter.empty),
                )
                for name in self._parameters
            ]
        )

    def _by_name(self, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
        if len(args) > len(self._parameters):
            raise TypeError(
                f"{self.__name__}() takes {len(self._parameters)} arguments "
                f"({', '.join(self._parameters)}) but {len(args)} were given"
            )
        given = dict(zip(self._parameters, args, strict=False))
        for key, value in kwargs.items():
            if key in given:
                raise TypeError(f"{self.__name__}() got multiple values for argument {key!r}")
            given[key] = value
        return given

    def _bind(self, given: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The inputs' values in order, and the attributes."""
        values = []
        for arg in self.signature.inputs:
            if arg.name not in given:
                raise TypeError(f"{self.__name__}() missing required argument: {arg.name!r}")
            values.append(given.pop(arg.name))
        unknown = [key for key in given if not self._is_attr(key)]
        if unknown:
            raise TypeError(f"{self.__name__}() got an unexpected keyword argument {unknown[0]!r}")
        return values, self._complete(given)

    def _is_attr(self, key: str) -> bool:
        return key in self.attr_names or key in self.signature.type_attrs or key.startswith("_")

    def _complete(self, given: dict[str, Any]) -> dict[str, Any]:
        """Adds the attributes' defaults and brings each to its declared kind."""
        attrs = {}
        kinds = self.fn.__annotations__
        for name in self.attr_names:
            if name in given:
                value = given[name]
            elif name in self.attr_defaults:
                value = self.attr_defaults[name]
            else:
                raise TypeError(f"{self.__name__}() missing required argument: {name!r}")
            try:
                attrs[name] = _COERCE.get(kinds.get(name, ""), _as_is)(value)
            except TypeError:
                if kinds.get(name) != "DType":
                    raise
                raise TypeError(f"Expected DataType for argument '{name}' not {value!r}.") from None
        for name, value in given.items():
            if name not in attrs:
                attrs[name] = dtypes.as_dtype(value) if name in self.signature.type_attrs else value
        return attrs

    def _convert_inputs(self, values: list[Any], attrs: dict[str, Any]) -> list[Tensor]:
        inputs: list[Tensor] = []
        inferred_from: dict[str, str] = {}
        for arg, value in zip(self.signature.inputs, values, strict=True):
            if not arg.is_list:
                inputs.append(self._convert_one(arg, value, arg.name, attrs, inferred_from))
                continue
            if not isinstance(value, (list, tuple)):
                raise TypeError(
                    f"Expected list for '{arg.name}' argument to '{self.type}' Op, not {value}."
                )
            inputs += self._convert_list(arg, value, attrs, inferred_from)
        return inputs

    def _convert_list(
        self, arg: Arg, values: Sequence[Any], attrs: dict[str, Any], inferred_from: dict[str, str]
    ) -> list[Tensor]:
        if arg.type_list_attr:
            tensors = [
                to_tensor(value, name=f"{arg.name}_{index}") for index, value in enumerate(values)
            ]
            attrs[arg.type_list_attr] = [tensor.dtype.base_dtype for tensor in tensors]
            return tensors
        assert arg.number_attr is not None
        attrs[arg.number_attr] = len(values)
        if arg.type_attr and arg.type_attr not in attrs:
            # A tensor anywhere in the list gives its type to the plain values before it.
            known = next((v.dtype for v in values if _is_symbolic(v)), None)
            if known is not None:
                attrs[arg.type_attr] = known.base_dtype
                inferred_from[arg.type_attr] = arg.name
        if len({v.dtype.base_dtype for v in values if _is_symbolic(v)}) > 1:
            types = ", ".join(to_tensor(value).dtype.base_dtype.name for value in values)
            raise TypeError(
                f"Tensors in list passed to '{arg.name}' of '{self.type}' Op have types [{types}] "
                "that don't all match.\n  Convert them to one type with tf.cast."
            )
        return [
            self._convert_one(arg, value, f"{arg.name}_{index}", attrs, inferred_from)
            for index, value in enumerate(values)
        ]

    def _convert_one(
        self,
        arg: Arg,
        value: Any,
        name: str,
        attrs: dict[str, Any],
        inferred_from: dict[str, str],
    ) -> Tensor:
        wanted = arg.dtype or attrs.get(arg.type_attr or "")
        preferred = None if wanted else self.default_types.get(arg.type_attr or "")
        try:
            tensor = to_tensor(value, wanted, name, preferred, as_ref=arg.is_ref)
        except ValueError as error:
            raise self._unconvertible(arg, value, attrs, inferred_from, error) from error
        except TypeError as error:
            if wanted is None:
                raise
            raise TypeError(
                f"Expected {wanted.name} passed to parameter '{arg.name}' of op '{self.type}', "
                f"got {value!r} of type '{type(value).__name__}' instead. Error: {error}"
            ) from error
        if arg.is_ref and not tensor.dtype._is_ref_dtype:
            raise TypeError(
                f"'{self.type}' Op requires that input '{arg.name}' be a mutable tensor "
                "(e.g.: a tf.Variable)"
            )
        if arg.type_attr and arg.type_attr not in attrs:
            attrs[arg.type_attr] = tensor.dtype.base_dtype
            inferred_from[arg.type_attr] = arg.name
        return tensor

    def _unconvertible(
        self,
        arg: Arg,
        value: Any,
        attrs: dict[str, Any],
        inferred_from: dict[str, str],
        error: ValueError,
    ) -> Exception:
        try:
            observed = to_tensor(value, as_ref=arg.is_ref).dtype.name
        except ValueError:
            return ValueError(
                f"Tried to convert '{arg.name}' to a tensor and failed. Error: {error}"
            )
        if arg.dtype is None and arg.type_attr not in attrs:
            return error
        prefix = f"Input '{arg.name}' of '{self.type}' Op has type {observed} that does not match"
        if arg.dtype is not None:
            return TypeError(f"{prefix} expected type of {arg.dtype.name}.")
        assert arg.type_attr is not None
        other = inferred_from.get(arg.type_attr)
        wanted = attrs[arg.type_attr].name
        return TypeError(
            f"{prefix} type {wanted} of argument '{other}'.\n  Convert one of them with tf.cast."
            if other
            else f"{prefix} attribute {arg.type_attr}={wanted}.\n  Convert it with tf.cast."
        )

    def _check_types(self, attrs: dict[str, Any]) -> None:
        for attr, allowed in self.allowed_types.items():
            if attr in attrs and attrs[attr] not in allowed:
                parameter = next(
                    (a.name for a in self.signature.inputs if a.type_attr == attr), attr
                )
                raise TypeError(
                    f"Value passed to parameter '{parameter}' has DataType {attrs[attr].name} not "
                    f"in list of allowed values: {', '.join(d.name for d in allowed)}"
                )

    def infer(
        self, inputs: Sequence[Tensor], attrs: dict[str, Any], scope: str
    ) -> list[tuple[DType, TensorShape]]:
        """The types and shapes of the outputs; ValueError when the inputs' shapes do not fit."""
        types = [dtype for arg in self.signature.outputs for dtype in types_of(arg, attrs)]
        context = ShapeContext(inputs, attrs, self.signature)
        try:
            shapes = self._output_shapes(context, len(types))
        except ShapeError as error:
            raise ValueError(context.describe(str(error), scope.rstrip("/"), self.type)) from None
        return [(t, TensorShape.of(s)) for t, s in zip(types, shapes, strict=True)]

    def _output_shapes(self, context: ShapeContext, count: int) -> list[Sizes]:
        if self._shape_fn is None:
            return [None] * count
        shapes = self._shape_fn(context)
        return shapes if isinstance(shapes, list) else [shapes] * count

    def _returned(self, op: Operation) -> Any:
        if not self.signature.outputs or (self.stateful and not op.outputs):
            return op
        if len(self.signature.outputs) == 1 and not self.signature.outputs[0].is_list:
            return op.outputs[0]
        groups, start = [], 0
        for arg in self.signature.outputs:
            stop = start + _length(arg, op.attrs)
            group = op.outputs[start:stop]
            groups.append(group if arg.is_list else group[0])
            start = stop
        return groups[0] if len(groups) == 1 else self._result_type(*groups)

    @cached_property
    def _result_type(self) -> Callable:
        names = [arg.name for arg in self.signature.outputs]
        return collections.namedtuple(self.type, names)

    def __repr__(self) -> str:
        return f"<op {self.type}: {self.signature_text}>"


def op(type_name: str, signature: str, **options: Any) -> Callable[[Callable], OpDef]:
    """Declares an op type; OpDef says what the options are, `ops.shapes` has shape functions."""

    def declare(fn: Callable) -> OpDef:
        if type_name in OPS:
            raise ValueError(f"op type {type_name} is declared twice")
        OPS[type_name] = defn = OpDef(type_name, signature, fn, **options)
        return defn

    return declare


def _keyword_names(fn: Callable) -> tuple[str, ...]:
    code = fn.__code__
    first = code.co_argcount
    return code.co_varnames[first : first + code.co_kwonlyargcount]


def _length(arg: Arg, attrs: dict[str, Any]) -> int:
    if arg.number_attr:
        return attrs[arg.number_attr]
    return len(attrs[arg.type_list_attr]) if arg.type_list_attr else 1


def types_of(arg: Arg, attrs: dict[str, Any]) -> list[DType]:
    """The types of the tensors that an argument stands for."""
    if arg.type_list_attr:
        return list(attrs[arg.type_list_attr])
    dtype = arg.dtype or attrs[arg.type_attr or ""]
    return [dtype._as_ref if arg.is_ref else dtype] * _length(arg, attrs)


def _is_symbolic(value: Any) -> bool:
    return isinstance(value, Tensor) or hasattr(value, "_as_graph_element")


def _flat(values: list[Any]):
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value


def _as_is(value: Any) -> Any:
    return value


_COERCE: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "int": int,
    "bool": bool,
    "DType": lambda value: dtypes.as_dtype(value).base_dtype,
    "TensorShape": as_shape,
    "list[int]": lambda values: [int(value) for value in values],
    "list[float]": lambda values: [float(value) for value in values],
}
