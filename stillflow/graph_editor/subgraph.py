"""A part of a graph with its inputs and outputs in an order of one's own."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph_editor import select, util


class SubGraphView:
    """Some operations of a graph, the tensors that lead in, and those that lead out.

    A tensor that is no edge of these operations may pass through: it is an input and an output.
    The view does not change the graph; `remap_*` give views with other orders.
    """

    def __init__(self, inside_ops: Any = (), passthrough_ts: Any = ()):
        self._ops = util.make_list_of_op(inside_ops)
        through = util.make_list_of_t(passthrough_ts)
        self._graph: Any = None
        if self._ops or through:
            self._graph = util.get_unique_graph([*self._ops, *through])
        inputs, outputs, insides = select.compute_boundary_ts(self._ops)
        edges = {*inputs, *outputs, *insides}
        self._passthrough_ts = [tensor for tensor in through if tensor not in edges]
        self._input_ts = inputs + self._passthrough_ts
        self._output_ts = outputs + self._passthrough_ts

    @property
    def graph(self) -> Any:
        """The graph, or None of an empty view."""
        return self._graph

    @property
    def ops(self) -> list[Operation]:
        return self._ops

    @property
    def inputs(self) -> util.ListView:
        return util.ListView(self._input_ts)

    @property
    def outputs(self) -> util.ListView:
        return util.ListView(self._output_ts)

    @property
    def passthroughs(self) -> util.ListView:
        return util.ListView(self._passthrough_ts)

    @property
    def connected_inputs(self) -> list[Tensor]:
        """The inputs that do not pass through."""
        return [tensor for tensor in self._input_ts if tensor not in self._passthrough_ts]

    @property
    def connected_outputs(self) -> list[Tensor]:
        """The outputs that do not pass through."""
        return [tensor for tensor in self._output_ts if tensor not in self._passthrough_ts]

    def op(self, op_id: int) -> Operation:
        """The operation at a place."""
        return self._ops[op_id]

    def is_passthrough(self, t: Tensor) -> bool:
        return t in self._passthrough_ts

    def find_op_by_name(self, op_name: str) -> Operation:
        """The operation of that name; ValueError when there is none."""
        for op in self._ops:
            if op.name == op_name:
                return op
        raise ValueError(f"{op_name} not in subgraph.")

    def input_index(self, t: Tensor) -> int:
        """The place of an input; ValueError when it is none."""
        return _place(t, self._input_ts, "inputs")

    def output_index(self, t: Tensor) -> int:
        """The place of an output; ValueError when it is none."""
        return _place(t, self._output_ts, "outputs")

    def consumers(self) -> list[Operation]:
        """The operations outside that take an output."""
        inside, found = set(self._ops), []  # type: ignore[var-annotated]
        for tensor in self._output_ts:
            users = [op for op in tensor.consumers() if op not in inside]
            util.concatenate_unique(found, users)
        return found

    # Other orders ---------------------------------------------------------------------------------

    def copy(self) -> SubGraphView:
        return copy.copy(self)

    def __copy__(self) -> SubGraphView:
        result = type(self).__new__(type(self))
        result._assign_from(self)
        return result

    def _assign_from(self, other: SubGraphView) -> None:
        if not isinstance(other, SubGraphView):
            raise TypeError(f"Expected SubGraphView, got: {type(other)}")
        self._graph = other._graph
        self._ops = list(other._ops)
        self._passthrough_ts = list(other._passthrough_ts)
        self._input_ts = list(other._input_ts)
        self._output_ts = list(other._output_ts)

    def remap_default(
        self, remove_input_map: bool = True, remove_output_map: bool = True
    ) -> SubGraphView:
        """This view with its edges in the order of the operations again."""
        result = self.copy()
        inputs, outputs, _ = select.compute_boundary_ts(self._ops)
        if remove_input_map:
            result._input_ts = inputs + self._passthrough_ts
        if remove_output_map:
            result._output_ts = outputs + self._passthrough_ts
        return result

    def remap_inputs(self, new_input_indices: Iterable[Any]) -> SubGraphView:
        """This view with those inputs, given by place or as tensors; none twice."""
        return self.remap(new_input_indices=new_input_indices)

    def remap_outputs(self, new_output_indices: Iterable[Any]) -> SubGraphView:
        """This view with those outputs, given by place or as tensors; some may be repeated."""
        return self.remap(new_output_indices=new_output_indices)

    def remap(
        self, new_input_indices: Iterable[Any] | None = None, new_output_indices: Any = None
    ) -> SubGraphView:
        """This view with those inputs and outputs."""
        result = self.copy()
        if new_input_indices is not None:
            result._input_ts = _picked(new_input_indices, self._input_ts, repeated=False)
        if new_output_indices is not None:
            result._output_ts = _picked(new_output_indices, self._output_ts, repeated=True)
        return result

    def remap_outputs_make_unique(self) -> SubGraphView:
        """This view with each output once."""
        result = self.copy()
        result._output_ts = list(dict.fromkeys(self._output_ts))
        return result

    def remap_outputs_to_consumers(self) -> SubGraphView:
        """This view with each output as often as an operation takes it."""
        result = self.remap_outputs_make_unique()
        result._output_ts = [
            tensor for tensor in result._output_ts for _ in range(len(tensor.consumers()))
        ]
        return result

    def remove_unused_ops(self, control_inputs: bool = True) -> SubGraphView:
        """This view without the operations that neither an input nor an output has to do with."""
        result = self.copy()
        used = set(
            select.get_walks_union_ops(
                self.connected_inputs,
                self.connected_outputs,
                within_ops=self._ops,
                control_inputs=control_inputs,
            )
        )
        result._ops = [op for op in self._ops if op in used]
        return result

    def __bool__(self) -> bool:
        return self._graph is not None

    def __enter__(self) -> SubGraphView:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def __str__(self) -> str:
        if not self:
            return "SubGraphView: empty"
        marked = lambda tensor: f"{tensor.name}{' *' * self.is_passthrough(tensor)}"
        parts = {
            "ops": [op.name for op in self._ops],
            "inputs": list(map(marked, self._input_ts)),
            "outputs": list(map(marked, self._output_ts)),
        }
        lines = [f"SubGraphView (graphid={id(self.graph)}):"]
        for title, names in parts.items():
            lines.append(f"** {title}[{len(names)}]:" if names else f"** {title}: empty")
            lines += [f"  {name}" for name in names]
        return "\n".join(lines) + "\n"


def _place(tensor: Tensor, tensors: list[Tensor], what: str) -> int:
    if tensor not in tensors:
        raise ValueError(f"Can't find {tensor.name} in {what} of subgraph.")
    return tensors.index(tensor)


def _picked(wanted: Iterable[Any], tensors: Sequence[Tensor], repeated: bool) -> list[Tensor]:
    places = [item if isinstance(item, int) else list(tensors).index(item) for item in wanted]
    for place in places:
        if not 0 <= place < len(tensors):
            raise ValueError(f"Out of [0, {len(tensors)}[ range: {place}")
    if not repeated and len(set(places)) != len(places):
        raise ValueError(f"Found repetition in mapping: {places}")
    return [tensors[place] for place in places]


def make_view(*args: Any, **kwargs: Any) -> SubGraphView:
    """A view of what select_ops_and_ts finds; tensors pass through. A view is returned itself.

    Raises:
      ValueError: it is of another graph than `graph`.
    """
    if len(args) == 1 and isinstance(args[0], SubGraphView):
        view = args[0]
    else:
        view = SubGraphView(*select.select_ops_and_ts(*args, **kwargs))
    graph = kwargs.get("graph")
    if graph is not None and view.graph:
        if not isinstance(graph, Graph):
            raise TypeError(f"Expected a tf.Graph, got: {type(graph)}")
        if view.graph is not graph:
            raise ValueError("Graph mismatch.")
    return view


def make_view_from_scope(scope: str, graph: Any) -> SubGraphView:
    """A view of the operations in a name scope."""
    return SubGraphView(select.get_name_scope_ops(graph, scope))
