"""The functions of a GraphDef's library, for the graph that it is imported into."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from stillflow.declare.opdef import OpDef
from stillflow.declare.signature import Arg
from stillflow.graph import dtypes
from stillflow.graph.errors import InvalidArgumentError, NotFoundError
from stillflow.graph.function_library import FunctionLibrary
from stillflow.graph.graph import get_default_graph
from stillflow.interchange.attributes import attributes_of
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.families import all_ops
from stillflow.ops.functions.body import FuncGraph
from stillflow.ops.functions.callable import GraphFunction
from stillflow.ops.functions.calls import declare_calls


class ImportedFunction(GraphFunction):
    """A function by its definition; the body is built when a run first needs it.

    `library` has the functions that it calls; without it, the default graph of then has them.
    """

    def __init__(self, definition: Any, library: FunctionLibrary | None = None):
        self._definition = definition
        self._given_library = library

    @property
    def name(self) -> str:
        return self._definition.signature.name

    @property
    def definition(self) -> Any:
        return self._definition

    @property
    def _library(self) -> FunctionLibrary:
        return get_default_graph() if self._given_library is None else self._given_library

    @property
    def declared_input_types(self) -> tuple:
        return tuple(dtypes.as_dtype(arg.type) for arg in self.definition.signature.input_arg)

    @property
    def call_attrs(self) -> dict[str, Any]:
        return {"_disable_call_shape_inference": True}

    @cached_property
    def defn(self) -> OpDef:
        """The declaration of the op type that its calls have."""
        signature = self.definition.signature
        return declare_calls(
            self.name,
            [(arg.name, _type_name(arg)) for arg in signature.input_arg],
            [(arg.name, _type_name(arg)) for arg in signature.output_arg],
            signature.is_stateful,
            lambda: self.body.body(),
        )

    @cached_property
    def body(self) -> FuncGraph:
        """The graph of it; InvalidArgumentError when the definition makes no sense."""
        try:
            return self._built()
        except (ValueError, LookupError, TypeError, NotFoundError) as error:
            message = f"Function {self.name} cannot be built: {error}"
            raise InvalidArgumentError(None, None, message) from error

    def _built(self) -> FuncGraph:
        from stillflow.interchange.importer import import_graph_def

        graph = FuncGraph(self.name)
        graph._functions = self._library._functions
        translated = Definition(self.definition, declarations_of(self._library))
        with graph.as_default():
            for arg in self.definition.signature.input_arg:
                graph.inputs.append(placeholder(dtypes.as_dtype(arg.type), name=arg.name))
            graph_def = translated.graph_def()
            used = {text.partition(":")[0] for node in graph_def.node for text in node.input}
            arguments = {tensor.op.name: tensor for tensor in graph.inputs}
            given = {name: tensor for name, tensor in arguments.items() if name in used}
            import_graph_def(graph_def, given, name="")
        graph.outputs = [graph.get_tensor_by_name(name) for name in translated.outputs()]
        graph.operations = graph.get_operations()
        return graph

    def _called(self) -> list[GraphFunction]:
        return []  # a library has them beside it


def from_definition(definition: Any, grad_func: GraphFunction | None = None) -> ImportedFunction:
    """The function of a FunctionDef."""
    function = ImportedFunction(definition)
    function._grad_func = grad_func
    return function


def from_library(library_def: Any) -> list[ImportedFunction]:
    """The functions of a FunctionDefLibrary; ValueError where its gradients make no sense."""
    return list(_functions_of(library_def, None).values())


def declarations_of(library: FunctionLibrary) -> Mapping[str, OpDef]:
    """Every op type that a node of a graph with these functions may have."""
    calls = {name: function.defn for name, function in library._functions.items()}
    return {**all_ops(), **calls} if calls else all_ops()


def add_functions(library_def: Any, graph: FunctionLibrary) -> None:
    """Adds the functions of a FunctionDefLibrary to a graph.

    Raises:
      ValueError: the graph has another of one's name, or a gradient is of no function.
    """
    for function in _functions_of(library_def, graph).values():
        graph._add_function(function)


def _functions_of(library_def: Any, library: FunctionLibrary | None) -> dict[str, ImportedFunction]:
    functions = {
        definition.signature.name: ImportedFunction(definition, library)
        for definition in library_def.function
    }
    for pair in library_def.gradient:
        for name in (pair.function_name, pair.gradient_func):
            if name not in functions:
                raise ValueError(f"FunctionDefLibrary missing '{name}' FunctionDef")
        functions[pair.function_name]._grad_func = functions[pair.gradient_func]
    for function in functions.values():
        _check_ends(function)
    return functions


def _check_ends(function: GraphFunction) -> None:
    """ValueError where a gradient's gradient and so on is the function itself."""
    seen: list[GraphFunction] = []
    following: GraphFunction | None = function
    while following is not None:
        if following in seen:
            raise ValueError("FunctionDefLibrary contains cyclic gradient functions!")
        seen.append(following)
        following = following.grad_func


def _type_name(arg: Any) -> str:
    if arg.type_attr or arg.number_attr or arg.type_list_attr:
        raise ValueError(
            f"Argument '{arg.name}' of a function has a type that calls decide.\n"
            "  Functions whose types are attributes are not yet in Stillflow."
        )
    dtype = dtypes.as_dtype(arg.type)
    return f"ref {dtype.base_dtype.name}" if dtype._is_ref_dtype else dtype.name


class Definition:
    """A FunctionDef as a GraphDef, whose nodes name outputs by number."""

    def __init__(self, definition: Any, declarations: Mapping[str, OpDef]):
        self._definition = definition
        self._declarations = declarations
        self._nodes = {node.name: node for node in definition.node_def}
        self._starts: dict[str, dict[str, int]] = {}

    def graph_def(self) -> Any:
        from tensorboard.compat.proto.graph_pb2 import GraphDef

        from stillflow.graph.protos.graph_def import version_def

        graph_def = GraphDef(versions=version_def())
        for node in self._definition.node_def:
            copy = graph_def.node.add()
            copy.CopyFrom(node)
            del copy.input[:]
            copy.input.extend(self._input(text) for text in node.input)
            self._keep_own_groups(copy)
        return graph_def

    def _keep_own_groups(self, node: Any) -> None:
        """What is beside an argument is beside no node."""
        groups = [group.decode().removeprefix("loc:@") for group in node.attr["_class"].list.s]
        known = [f"loc:@{name}".encode() for name in groups if name in self._nodes]
        node.attr["_class"].list.s[:] = known
        if not known:
            del node.attr["_class"]

    def outputs(self) -> list[str]:
        """The names of the tensors that are returned."""
        definition = self._definition
        found = [self._input(definition.ret[arg.name]) for arg in definition.signature.output_arg]
        return [name if ":" in name else f"{name}:0" for name in found]

    def _input(self, text: str) -> str:
        """`argument`, `^node` or `node:output:index` as a node of a GraphDef spells it."""
        if text.startswith("^") or ":" not in text:
            return text
        name, output, index = text.split(":")
        return f"{name}:{self._start(name, output) + int(index)}"

    def _start(self, name: str, output: str) -> int:
        """The number of the first tensor of an output argument of a node."""
        if name not in self._starts:
            node = self._nodes[name]
            defn = self._declarations[node.op]
            attrs = attributes_of(node, defn)
            self._starts[name] = _starts(defn.signature.outputs, attrs)
        return self._starts[name][output]


def _starts(args: tuple[Arg, ...], attrs: dict[str, Any]) -> dict[str, int]:
    starts, start = {}, 0
    for arg in args:
        starts[arg.name] = start
        start += arg.length(attrs)
    return starts
