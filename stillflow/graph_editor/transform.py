"""Parts of graphs copied, into the same graph or another, with other inputs if wanted."""

from __future__ import annotations

import copy as copying
from collections.abc import Callable
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph_editor import select, subgraph, util

# Handlers: what a Transformer does with each part -----------------------------------------------


def replace_t_with_placeholder_handler(info: Any, t: Tensor) -> Tensor:
    """A placeholder in the new graph."""
    with info.graph_.as_default():
        return util.make_placeholder_from_tensor(t, scope=info.scope_)


def keep_t_if_possible_handler(info: Any, t: Tensor) -> Tensor:
    """The tensor itself within one graph, else a placeholder."""
    return t if info.graph is info.graph_ else replace_t_with_placeholder_handler(info, t)


def assign_renamed_collections_handler(info: Any, elem: Any, elem_: Any) -> None:
    """Puts the copy in the collections of the original; a program's own ones are renamed."""
    known = util.get_predefined_collection_names()
    for name, members in info.collections.items():
        if any(elem is member for member in members):
            renamed = name if name in known else info.new_name(name)
            info.graph_.add_to_collection(renamed, elem_)


def transform_op_if_inside_handler(info: Any, op: Operation, keep_if_possible: bool = True) -> Any:
    """The copy of an operation; one that is not copied is itself within one graph, else None."""
    if op in info.ops:
        return info.transformed_ops[op]
    return op if keep_if_possible and info.graph is info.graph_ else None


def copy_op_handler(
    info: Any,
    op: Operation,
    new_inputs: Any,
    copy_shape: bool = False,
    nodedef_fn: Callable[[Any], Any] | None = None,
) -> tuple[Operation, list[Tensor]]:
    """Copies an operation; `nodedef_fn` may change its NodeDef."""
    if isinstance(new_inputs, bool):
        raise TypeError("the `new_inputs` argument must be an iterable.")
    node_def = copying.deepcopy(op.node_def)
    node_def.name = info.graph_.unique_name(info.new_name(op.name))
    if nodedef_fn is not None:
        node_def = nodedef_fn(node_def)
    made = Operation(node_def, info.graph_, list(new_inputs), None, [], op._input_types)
    if copy_shape:
        for tensor, tensor_ in zip(op.outputs, made.outputs, strict=True):
            tensor_.set_shape(tensor.shape)
    if op._original_op:
        made._original_op = op._original_op
    return made, made.outputs


# What is known of a copy ------------------------------------------------------------------------


class _Copying:
    """What is known while operations are copied; handlers take it."""

    def __init__(self, sgv: subgraph.SubGraphView, graph_: Any, scope_: str, scope: str):
        self.sgv = sgv
        self.sgv_inputs_set = frozenset(sgv.inputs)
        self.ops = frozenset(sgv.ops)
        self.control_outputs = util.ControlOutputs(sgv.graph)
        self.graph, self.scope = sgv.graph, scope
        self.graph_, self.scope_ = graph_, scope_
        self.transformed_ops: dict[Operation, Operation] = {}
        self.transformed_ts: dict[Tensor, Tensor] = {}
        self.collections = {
            key: self.graph.get_collection(key) for key in self.graph.get_all_collection_keys()
        }
        # Of loops: what was not copied yet, what stands for it, and who takes it.
        self.tmp_cyclic_ts: list[tuple[Tensor, Tensor, Operation]] = []

    def new_name(self, name: str) -> str:
        """The name of a copy, in the new scope instead of the old one."""
        if not name.startswith(self.scope):
            raise ValueError(f"{name} does not belong to source scope: {self.scope}.")
        return self.scope_ + name[len(self.scope) :]


class TransformerInfo:
    """Which operations and tensors were made of which."""

    def __init__(self, info: _Copying):
        self._graph, self._scope = info.graph, info.scope
        self._graph_, self._scope_ = info.graph_, info.scope_
        self._transformed_ops = info.transformed_ops
        self._transformed_ts = info.transformed_ts

    def transformed(self, original: Any, missing_fn: Callable[[Any], Any] | None = None) -> Any:
        """The copies of a tree of operations and tensors; None, or `missing_fn` of it, if none."""
        return util.transform_tree(original, lambda top: self._found(top, missing_fn, True))

    def original(self, transformed: Any, missing_fn: Callable[[Any], Any] | None = None) -> Any:
        """What a tree of copies was made of; None, or `missing_fn` of it, if of nothing."""
        return util.transform_tree(transformed, lambda top: self._found(top, missing_fn, False))

    def _found(self, top: Any, missing_fn: Callable[[Any], Any] | None, forwards: bool) -> Any:
        if not isinstance(top, (Operation, Tensor)):
            raise TypeError(f"Expected a tf.Tensor or a tf.Operation, got a {type(top)}")
        made: dict[Any, Any] = (
            self._transformed_ops if isinstance(top, Operation) else self._transformed_ts
        )
        table = made if forwards else {copy_: original for original, copy_ in made.items()}
        if top in table:
            return table[top]
        return None if missing_fn is None else missing_fn(top)

    def __str__(self) -> str:
        graphs = f"graph[{id(self._graph)}] => graph[{id(self._graph_)}]"
        if self._graph is self._graph_:
            graphs = f"Within graph[{id(self._graph)}]{'' if self._scope_ else ' IN-PLACE'}"
        lines = ["Transform result info:", f"  {graphs}"]
        if self._scope:
            lines.append(f"  Relative to source scope: {self._scope}")
        if self._scope_:
            lines.append(f"  Scope destination: {self._scope_}")
        lines.append("Operations mapping:")
        lines += [f"  {op.name} => {made.name}" for op, made in self._transformed_ops.items()]
        return "\n".join(lines) + "\n"


# Copying ----------------------------------------------------------------------------------------


class Transformer:
    """Copies a part of a graph as its handlers say, which a program may set."""

    def __init__(self) -> None:
        self.transform_op_handler: Callable = copy_op_handler
        self.transform_control_input_handler: Callable = transform_op_if_inside_handler
        self.assign_collections_handler: Callable = assign_renamed_collections_handler
        self.transform_external_input_handler: Callable = replace_t_with_placeholder_handler
        self.transform_external_hidden_input_handler: Callable = keep_t_if_possible_handler
        self.transform_original_op_handler: Callable = transform_op_if_inside_handler

    def __call__(
        self,
        sgv: Any,
        dst_graph: Any,
        dst_scope: str,
        src_scope: str = "",
        reuse_dst_scope: bool = False,
    ) -> tuple[subgraph.SubGraphView, TransformerInfo]:
        """Returns a view of the copy, and what was made of what.

        Names begin with `dst_scope`, made unique unless it is reused, in place of `src_scope`.
        """
        sgv = subgraph.make_view(sgv)
        _check_graph(dst_graph)
        scope_ = util.scope_finalize(dst_scope)
        if scope_ and not reuse_dst_scope:
            scope_ = util.scope_finalize(dst_graph.unique_name(scope_[:-1]))
        info = _Copying(sgv, dst_graph, scope_, util.scope_finalize(src_scope))
        self._copy_ops(info)
        _close_cycles(info)
        self._connect_control_inputs(info)
        return _view_of_copy(info), TransformerInfo(info)

    def _copy_ops(self, info: _Copying) -> None:
        for op in sorted(info.sgv.ops, key=lambda op: op._id):
            inputs = [self._transformed_t(info, tensor, op) for tensor in op.inputs]
            made, outputs = self.transform_op_handler(info, op, inputs)
            if made is op:
                raise ValueError("In-place transformation not allowed.")
            info.transformed_ops[op] = made
            self.assign_collections_handler(info, op, made)
            for tensor, tensor_ in zip(op.outputs, outputs, strict=False):
                info.transformed_ts[tensor] = tensor_
                self.assign_collections_handler(info, tensor, tensor_)

    def _transformed_t(self, info: _Copying, tensor: Tensor, consumer: Operation) -> Tensor:
        """What the copy of `consumer` takes for `tensor`."""
        if tensor in info.transformed_ts:
            return info.transformed_ts[tensor]
        if tensor in info.sgv_inputs_set:
            return self.transform_external_input_handler(info, tensor)
        if tensor.op not in info.ops:
            return self.transform_external_hidden_input_handler(info, tensor)
        if consumer.defn.joins and consumer.inputs[0] is not tensor:
            stand_in = self._transformed_t(info, consumer.inputs[0], consumer)
        elif tensor.op.defn.frame == "enter":
            stand_in = self._transformed_t(info, tensor.op.inputs[0], consumer)
        else:
            with info.graph_.as_default():
                stand_in = util.make_placeholder_from_tensor(
                    tensor, scope=info.scope_, prefix="geph_tmp"
                )
        info.tmp_cyclic_ts.append((tensor, stand_in, consumer))
        return stand_in

    def _connect_control_inputs(self, info: _Copying) -> None:
        for op in info.sgv.ops:
            made = info.transformed_ops[op]
            if op._original_op:
                original = self.transform_original_op_handler(info, op._original_op)
                if original is not None:
                    made._original_op = original
            before = [self.transform_control_input_handler(info, ci) for ci in op.control_inputs]
            made._add_control_inputs([ci for ci in before if ci is not None])


def _close_cycles(info: _Copying) -> None:
    """Puts the copies of what goes round loops in the places of what stood for them."""
    for tensor, stand_in, consumer in info.tmp_cyclic_ts:
        made = info.transformed_ops[consumer]
        index = list(consumer.inputs).index(tensor)
        if made.inputs[index] is stand_in:
            made._update_input(index, info.transformed_ts[tensor])


def _view_of_copy(info: _Copying) -> subgraph.SubGraphView:
    """The copy, its edges in the order of the original's as far as they are edges still."""
    view = subgraph.SubGraphView(list(info.transformed_ops.values()))
    made = info.transformed_ts
    inputs = [made[tensor] for tensor in info.sgv.inputs if tensor in made]
    outputs = [made[tensor] for tensor in info.sgv.outputs if tensor in made]
    own_inputs, own_outputs = list(view.inputs), list(view.outputs)
    return view.remap(
        [view.input_index(tensor) for tensor in inputs if tensor in own_inputs],
        [view.output_index(tensor) for tensor in outputs if tensor in own_outputs],
    )


def _check_graph(graph: Any) -> None:
    if not isinstance(graph, Graph):
        raise TypeError(f"Expected a tf.Graph, got: {type(graph)}")


def copy(
    sgv: Any,
    dst_graph: Any = None,
    dst_scope: str = "",
    src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> tuple[subgraph.SubGraphView, TransformerInfo]:
    """Copies a part of a graph, with placeholders for its inputs; returns what Transformer does."""
    view = subgraph.make_view(sgv)
    graph = view.graph if dst_graph is None else dst_graph
    _check_graph(graph)
    return Transformer()(view, graph, dst_scope, src_scope, reuse_dst_scope)


def copy_with_input_replacements(
    sgv: Any,
    replacement_ts: dict[Tensor, Tensor],
    dst_graph: Any = None,
    dst_scope: str = "",
    src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> tuple[subgraph.SubGraphView, TransformerInfo]:
    """Copies a part of a graph, with other tensors for some of its inputs and the same for others.

    Into another graph, inputs without a replacement become placeholders.
    """
    view = subgraph.make_view(sgv)
    graph = view.graph if dst_graph is None else dst_graph
    _check_graph(graph)
    copier = Transformer()
    copier.transform_external_input_handler = lambda info, tensor: (
        replacement_ts[tensor]
        if tensor in replacement_ts
        else keep_t_if_possible_handler(info, tensor)
    )
    return copier(view, graph, dst_scope, src_scope, reuse_dst_scope)


def graph_replace(
    target_ts: Any,
    replacement_ts: dict[Tensor, Tensor],
    dst_scope: str = "",
    src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> Any:
    """Returns what a tree of tensors would be if others were in the place of some.

    What lies between is copied.

    Raises:
      ValueError: no target depends on what is replaced.
    """
    targets = util.flatten_tree(target_ts)
    graph = util.get_unique_graph(targets, check_types=Tensor)
    edges = util.ControlOutputs(graph)
    ops = select.get_walks_intersection_ops(list(replacement_ts), targets, control_ios=edges)
    if not ops:
        raise ValueError("Targets and replacements are not connected!")
    util.concatenate_unique(ops, _of_whole_loops(ops, edges))
    _, info = copy_with_input_replacements(
        ops, replacement_ts, None, dst_scope, src_scope, reuse_dst_scope
    )
    return info.transformed(target_ts, lambda tensor: tensor)


def _of_whole_loops(ops: list[Operation], edges: util.ControlOutputs) -> list[Operation]:
    """The other operations of the loops that some are part of."""
    contexts = dict.fromkeys(op._control_flow_context for op in ops)
    found: list[Operation] = []
    for context in contexts:
        if context is not None and context.IsWhileContext():
            enters = [tensor.op for tensor in context.loop_enters]
            exits = [tensor.op for tensor in context.loop_exits]
            found += select.get_walks_intersection_ops(enters, exits, control_ios=edges)
    return found
