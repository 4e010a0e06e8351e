"""Declares op types. A declaration is one function over an array namespace, and what it is called.

    @op("MatMul", "a: T, b: T -> product: T", shape=shapes.matmul)
    def matmul(xp, a, b, *, transpose_a: bool = False, transpose_b: bool = False): ...

Positional parameters are inputs, keyword-only parameters are attributes; the annotation of an
attribute says its kind. The name `matmul` is then an `OpDef`: called with tensors it builds a node
(`declare.building`); `matmul.fn(numpy, a, b)` computes. This module knows no op by name.
"""

from __future__ import annotations

import collections
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any

from stillflow.declare.attributes import Kind, kind_of
from stillflow.declare.building import build
from stillflow.declare.composites import taken_over
from stillflow.declare.executing import Registered
from stillflow.declare.resources import Resource
from stillflow.declare.rewriting import Instead, Seen
from stillflow.declare.shapes import ShapeContext
from stillflow.declare.signature import Signature, parse
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor

OPS: dict[str, OpDef] = {}


@dataclass(eq=False, repr=False)
class OpDef:
    """The declaration of one op type.

    Attributes:
      type: TensorFlow's name of it.
      signature_text: its inputs and outputs, as `declare.signature` spells them.
      fn: computes the outputs from a namespace, input arrays and attributes. It returns one array,
        a tuple of them for several outputs, or None for none. It may return an input object itself
        only where attributes, static inputs and shapes alone decide that. For an op that writes
        variables it returns their new values, in the order of `writes`, then the outputs that are
        not references.
      shape: gives the static shapes of the outputs; unknown without it.
      types: the types that each type attribute may have; any when it is not listed.
      limits: the strings that an attribute may be, or its least number or length.
      defaults: the type that a plain Python value takes where no other input decides it.
      writes: the names of the reference inputs that the op updates.
      overwrites: the old values of what it writes do not matter, so they need not exist.
      writes_rows: what it returns for them is what `xp.set_at` or `xp.add_at` gave, as it is.
      reshapes: what it writes may have another shape than the old value, or be None: no value.
      asks_state: a variable that has no value yet is given to `fn` as None.
      reads: it gives what follows from the variable behind its handle, as that is when it runs.
        TensorFlow counts it as stateful, but for given values it is pure.
      snapshots: it reads, and what it gives is the variable's value itself.
      without_value: makes the error of a run in which the variable behind its handle has no value,
        from the op, what is missing, and the names of the variable and its container.
      static: the names of inputs whose values must be known before compiling: shapes, axes; or a
        function of an operation that gives them.
      of_shape: the outputs depend on the inputs' shapes only, not on their values.
      carries_shapes: a shape that is known in part is so through this op, for TensorFlow too; with
        `of_shape`, what it gives is known where it is wanted as a shape only.
      host: runs in NumPy only: strings, files, Python functions, shapes that depend on data.
      steady: the names of the inputs whose shapes, or values where these are static, decide the
        shapes of the outputs: what takes those may be compiled though the op runs on the host.
      waits: a host op that may wait for what another thread does, or calls the program's own code.
      finish: of an op that waits: `fn` as it is declared only begins, and what it gives `finish`
        waits for and makes outputs of; the OpDef has them as `begin` and `finish`, as one in `fn`.
      folds: a host op that is computed beforehand where its inputs are known: shape arithmetic.
      stateful: two runs may differ, so it is never folded.
      stream: for a random op, the number of Philox blocks that an output shape uses up, or the name
        of the attribute that says it; `fn` then takes the generator's words, u32[6] (key, then
        counter), before its inputs.
      kept: for an op that remembers: makes what each session keeps of it from run to run; `fn` then
        takes that before its inputs. Such an op runs on the host.
      resource: for an op that gives a handle: makes what it refers to, from a name and the op's
        attributes. Each session has one of each name; `fn` takes it before its inputs.
      named_by_node: what has no name otherwise is a resource of the node's name.
      shared_as: the name of that resource where all nodes of a session have one in common.
      fetched: what a session gives for the output, `fetched(op, session, value)`, if not the value.
      picks: of its first input it looks at no more than it gives, however large that is.
      rows: computes what `fn` gives for many rows at once: see `declare.rows`.
      fitted: `fitted(fn, *inputs, **attrs)` gives a function that computes in NumPy, of inputs of
        those shapes and types, bit for bit what `fn` gives, but sooner; None where there is none.
      calls: it calls functions that its attributes name: `fn` takes a `declare.calling.Caller`
        before its inputs, of which those that name variables, or are read of them, are their names.
      forwards: the output is the input itself, so that a variable read through this op is read when
        the reader runs, not when this op does.
      splits: only one output carries a value, the one that the last input names; the other is dead,
        and what needs it does not run.
      joins: the value is that of the first input that is not dead.
      frame: what it is to a loop: its value goes in ("enter"), out ("exit") or to the next
        iteration ("next"), or says whether there is one ("condition").
      maps_values: of a sparse tensor it computes that of its values.
      total: it cannot fail where the shapes of its inputs fit, so a run in which nothing reads its
        outputs does without it, though something waits for it.
      broadcasts: the inputs are broadcast to the output's shape.
      partly: what it gives for inputs that are known in part: see `declare.partly`.
      near_zero: the names of inputs of which a denormal value, which counts as zero, makes more
        than a rounding's difference: what is divided by, compared, or has a pole there.
      flops: `flops(*input_shapes)` estimates the work of one call; without it, one per element.
      expands: for an op that others are carried out in place of: makes their Body, whose inputs are
        the op's: see `declare.expanding`.
      is_own: TensorFlow has no such op, so what it stands for is written in its place: see
        `declare.spelling`.
      takes_many: of an op that takes one element of a resource: begins to take several (see
        `runtime.turns`), `takes_many(handle, most)`; what it gives has `finished()`, the components
        stacked and how many elements they are, and `give_up()`. None where they do not stack.
      brings_many: of one that brings an element: `brings_many(handle, columns, taken)` brings
        several, and tells `taken.keep(count)` which of them are used if it fails.
      explain: TensorFlow's sentence for inputs (arrays) on which `fn` failed, or None.
    """

    type: str
    signature_text: str
    fn: Callable
    _: KW_ONLY
    shape: Callable[[ShapeContext], Any] | None = None
    types: Mapping[str, Sequence[DType]] = field(default_factory=dict)
    limits: Mapping[str, Sequence[str] | int] = field(default_factory=dict)
    defaults: Mapping[str, DType] = field(default_factory=dict)
    writes: Sequence[str] = ()
    overwrites: bool = False
    writes_rows: bool = False
    reshapes: bool = False
    asks_state: bool = False
    reads: bool = False
    snapshots: bool = False
    without_value: Callable[[Operation, str, str, str], Exception] | None = None
    static: Sequence[str] | Callable[[Operation], Sequence[str]] = ()
    of_shape: bool = False
    carries_shapes: bool = False
    host: bool = False
    steady: Sequence[str] = ()
    waits: bool = False
    finish: Callable | None = None
    folds: bool = False
    stateful: bool = False
    stream: Callable | str | None = None
    kept: Callable[[], Any] | None = None
    resource: Callable[[str, dict[str, Any]], Resource] | None = None
    named_by_node: bool = False
    shared_as: str = ""
    fetched: Callable[[Operation, Any, Any], Any] | None = None
    calls: bool = False
    picks: bool = False
    rows: Callable[..., Any] | None = None
    fitted: Callable[..., Callable[..., Any] | None] | None = None
    is_constant: bool = False
    is_placeholder: bool = False
    is_variable: bool = False
    forwards: bool = False
    splits: bool = False
    joins: bool = False
    frame: str = ""
    maps_values: bool = False
    total: bool = False
    broadcasts: bool = False
    partly: Callable[..., Any] | None = None
    near_zero: Sequence[str] = ()
    flops: Callable | None = None
    expands: Callable[[Operation], Any] | None = None
    is_own: bool = False
    takes_many: Callable[..., Any] | None = None
    brings_many: Callable[..., Any] | None = None
    explain: Callable[[Operation, Sequence[Any]], str | None] | None = None
    __name__: str = field(default="", init=False)
    gradient_rule: Callable | None = field(default=None, init=False)
    is_differentiable: bool = field(default=True, init=False)
    rewrites: list[Callable[[Seen], Instead | None]] = field(default_factory=list, init=False)
    # What carries out calls at once, by the types of inputs and attributes: see `runtime.eager`.
    kernels: dict[tuple, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        kinds_of_state = (self.stream, self.kept, self.resource)
        keeps = any(kind is not None for kind in kinds_of_state)
        self.takes_state = keeps or self.calls
        changes = bool(self.writes) or keeps or self.is_variable
        self.stateful = self.stateful or changes or self.reads
        is_outside = self.host and not self.folds
        self.is_pure = not (self.stateful or self.is_placeholder or is_outside)
        annotations = self.fn.__annotations__
        # The attributes of `fn`, in its order.
        self.kinds: dict[str, Kind] = {
            name: kind_of(self.type, name, annotations.get(name))
            for name in _keyword_names(self.fn)
        }
        self.attr_names = tuple(self.kinds)
        self.attr_defaults: dict[str, Any] = self.fn.__kwdefaults__ or {}
        functools.update_wrapper(self, self.fn)
        if self.finish is not None:
            self.waits = True
            self.begin, self.fn = self.fn, _in_one(self.fn, self.finish)

    @cached_property
    def signature(self) -> Signature:
        return parse(self.signature_text)

    @cached_property
    def attr_kinds(self) -> dict[str, str]:
        """The kind of each attribute of a node, as an OpDef proto names it.

        To those of `fn` come the ones that hold the types and numbers of tensors.
        """
        kinds = {name: kind.name for name, kind in self.kinds.items()}
        for arg in self.signature.inputs + self.signature.outputs:
            told = (arg.number_attr, "int"), (arg.type_list_attr, "list(type)")
            for name, kind in (*told, (arg.type_attr, "type")):
                if name:
                    kinds.setdefault(name, kind)
        return kinds

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """What a call may give, in order: inputs, attributes, the node's name."""
        return (*(arg.name for arg in self.signature.inputs), *self.attr_names, "name")

    @cached_property
    def takes_references(self) -> bool:
        return any(arg.is_ref for arg in self.signature.inputs)

    @cached_property
    def takes_one_type(self) -> bool:
        """Whether it takes several tensors, which are of one type: a number among them too."""
        inputs = self.signature.inputs
        kinds = {None if arg.is_list or arg.is_ref else arg.type_attr for arg in inputs}
        return len(inputs) > 1 and len(kinds) == 1 and None not in kinds and "" not in kinds

    @cached_property
    def result_type(self) -> Callable:
        """The named tuple of several outputs."""
        return collections.namedtuple(self.type, [arg.name for arg in self.signature.outputs])

    def fn_attrs(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The attributes that `fn` takes; a node has others too, such as its input types."""
        return {name: attrs[name] for name in self.attr_names}

    def input_spans(self, op: Operation) -> dict[str, range]:
        """Where each input argument lies among `op.inputs`."""
        spans, start = {}, 0
        for arg in self.signature.inputs:
            stop = start + arg.length(op.attrs)
            spans[arg.name] = range(start, stop)
            start = stop
        return spans

    def static_positions(self, op: Operation) -> list[int]:
        """Of the inputs whose values must be known before compiling."""
        names = self.static(op) if callable(self.static) else self.static
        return self.input_positions(op, names)

    def input_positions(self, op: Operation, names: Sequence[str]) -> list[int]:
        if not names:
            return []
        spans = self.input_spans(op)
        return [position for name in names for position in spans[name]]

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

    def rewrite(self, rule: Callable[[Seen], Instead | None]) -> Callable:
        """Declares what a run computes in place of this op: see `declare.rewriting`."""
        self.rewrites.append(rule)
        return rule

    def __call__(self, *args: Any, **kwargs: Any) -> Tensor:
        """Builds a node, or carries the operation out at once in eager mode.

        See `declare.building` and `declare.executing`. The type is that of nearly all; what gives
        no tensor or several is a caller's own to name.
        """
        try:
            if executing_eagerly():
                return Registered.execute(self, args, kwargs)
            return build(self, args, kwargs)
        except (TypeError, ValueError):
            result = taken_over(self, args, kwargs)
            if result is NotImplemented:
                raise
            return result

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
                for name in self.parameters
            ]
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> OpDef:
        """Itself, as of a function: what holds it, a layer's activation for instance, is copied."""
        return self

    def __repr__(self) -> str:
        return f"<op {self.type}: {self.signature_text}>"


def op(type_name: str, signature: str, **options: Any) -> Callable[[Callable], OpDef]:
    """Declares an op type; OpDef says what the options are, `declare.shapes` has shape functions.

    Raises:
      ValueError: the type is declared already.
      TypeError: an attribute has no annotation, or an option is unknown.
    """

    def declare(fn: Callable) -> OpDef:
        if type_name in OPS:
            raise ValueError(f"op type {type_name} is declared twice")
        OPS[type_name] = defn = OpDef(type_name, signature, fn, **options)
        return defn

    return declare


def _in_one(begin: Callable, finish: Callable) -> Callable:
    return lambda *values, **attrs: finish(begin(*values, **attrs))


def _keyword_names(fn: Callable) -> tuple[str, ...]:
    code = fn.__code__
    first = code.co_argcount
    return code.co_varnames[first : first + code.co_kwonlyargcount]
