"""The functions of a SavedModel's library as ConcreteFunctions, under names of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from stillflow.functions.concrete import ConcreteFunction
from stillflow.functions.func_graph import FuncGraph
from stillflow.graph import dtypes
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.interchange.functions import Definition, declarations_of
from stillflow.interchange.importer import import_graph_def
from stillflow.tracking.trackable import new_uid

_OURS = re.compile(r"^__inference_(.*?)_\d+$")


class Library:
    """Builds functions when they are asked for, and before them those that they call.

    Args:
      definitions: FunctionDefs.
    """

    def __init__(self, definitions: Any):
        self._definitions = {each.signature.name: each for each in definitions}
        self._suffix = load_suffix()
        self._built: dict[str, ConcreteFunction] = {}

    def function(self, name: str, captured: Any = ()) -> ConcreteFunction:
        """The function of that name in the file.

        Args:
          captured: tensors for the last arguments.

        Raises:
          ValueError: there is none, or functions call each other in a circle.
          tf.errors.NotFoundError: it has op types that are not in Stillflow.
        """
        for needed in self._in_order(name):
            if needed not in self._built:
                self._built[needed] = self._made(needed, captured if needed == name else ())
        return self._built[name]

    def _in_order(self, name: str) -> list[str]:
        """The function's name behind those of all that it calls."""
        done: dict[str, None] = {}
        waiting, open_ones = [name], set()
        while waiting:
            current = waiting[-1]
            missing = [n for n in self._called_by(current) if n not in done]
            if not missing:
                done.setdefault(waiting.pop())
            elif current in open_ones:
                raise ValueError("There is a cyclic-dependency between functions.")
            else:
                open_ones.add(current)
                waiting += missing
                continue
            open_ones.discard(current)
        return list(done)

    def _called_by(self, name: str) -> list[str]:
        if name not in self._definitions:
            raise ValueError(
                f"The SavedModel has no function '{name}' in its library: its file is damaged."
            )
        found = [value.name for value in _functions_in(self._definitions[name])]
        found += [node.op for node in self._definitions[name].node_def]
        return [each for each in dict.fromkeys(found) if each in self._definitions]

    def _made(self, name: str, captured: Any) -> ConcreteFunction:
        definition = self._renamed(self._definitions[name])
        own = _OURS.match(name)
        graph = FuncGraph(own[1] if own else name)
        for called in self._called_by(name):
            graph._add_function(self._built[called]._traced)
            for further in self._built[called].graph._functions.values():
                graph._add_function(further)  # calls are looked up where the first one is
        translated = Definition(definition, declarations_of(graph))
        arguments = definition.signature.input_arg
        with graph.as_default():
            outside = dict(zip(range(len(arguments))[::-1], list(captured)[::-1], strict=False))
            for number, argument in enumerate(arguments):
                graph.inputs.append(_argument(graph, argument, outside.get(number)))
            graph_def = translated.graph_def()
            used = {text.partition(":")[0] for node in graph_def.node for text in node.input}
            given = {t.op.name: t for t in graph.inputs if t.op.name in used}
            import_graph_def(graph_def, given, name="")
        graph.outputs = [graph.get_tensor_by_name(output) for output in translated.outputs()]
        graph.control_outputs = [
            graph.get_operation_by_name(node) for node in _control_outputs(definition)
        ]
        graph.operations = graph.get_operations()
        _take(graph, captured)
        function = ConcreteFunction(graph)
        function._traced.out_names = [arg.name for arg in definition.signature.output_arg]
        function._traced.is_of_one_shape = False  # its resources' shapes are known to callers only
        return function

    def _renamed(self, definition: Any) -> Any:
        """The definition, which calls functions by the names that they have here."""
        copy = type(definition)()
        copy.CopyFrom(definition)
        for value in _functions_in(copy):
            if value.name in self._built:
                value.name = self._built[value.name]._traced.name
        for node in copy.node_def:
            node.attr.pop("_gradient_op_type", None)
            if "shared_name" in node.attr and node.attr["shared_name"].s:
                node.attr["shared_name"].s += self._suffix.encode()
            if node.op in self._built:
                node.op = self._built[node.op]._traced.name
        return copy


def load_suffix() -> str:
    """What the names of resources end in that belong to one load."""
    return f"_load_{new_uid()}"


def _functions_in(definition: Any) -> Iterator[Any]:
    """The NameAttrLists that nodes name functions by."""
    for node in definition.node_def:
        for attr in node.attr.values():
            if attr.HasField("func"):
                yield attr.func
            yield from attr.list.func


def _argument(graph: FuncGraph, argument: Any, outside: Any) -> Any:
    spec: Any = TensorSpec(None, dtypes.as_dtype(argument.type))
    if outside is not None:
        spec = outside
    return graph._placeholder(spec, argument.name)


def _take(graph: FuncGraph, captured: Any) -> None:
    """Makes the last arguments stand for tensors around the function."""
    if captured:
        graph.extra_inputs = list(captured)
        graph.extra_args = graph.inputs[-len(captured) :]
        graph._captured.update(zip(captured, graph.extra_args, strict=True))


def _control_outputs(definition: Any) -> list[str]:
    """The nodes that run with every call: those that the definition names."""
    return list(definition.control_ret.values())
