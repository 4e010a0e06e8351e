"""SavedModels that were written for sessions, as objects: each signature is a function."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.functions.wrapped import WrappedFunction, wrap_function
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.handles_for_references import with_handles
from stillflow.interchange.importer import import_graph_def
from stillflow.interchange.saved_model import folders, names
from stillflow.interchange.saved_model.assets import asset_feeds
from stillflow.interchange.saved_model.main_op import loaded_main_op
from stillflow.interchange.saved_model.objects.revived import SignatureMap
from stillflow.ops.array import filling
from stillflow.ops.saving.asset import TrackableAsset
from stillflow.ops.variables.variable import Variable
from stillflow.tracking.auto import AutoTrackable

_VARIABLE = "VarHandleOp"


def load_graph(meta: Any, folder: str) -> Any:
    """A graph of a SavedModel as an object.

    Args:
      meta: its MetaGraphDef.

    Returns:
      An object with `signatures` (functions by their keys, which take tensors by keyword), `graph`,
      `prune(feeds, fetches)` for functions of other parts, `variables` and `asset_paths`.
    """
    return _Load(meta, folder).root


class _Load:
    """One load, in the default graph or eagerly."""

    def __init__(self, meta: Any, folder: str):
        self._meta = meta
        self._folder = folder
        self._graph_def, self._values = with_handles(meta.graph_def)
        handles = {n.name: n for n in self._graph_def.node if _makes_resource(n)}
        self._variables = {
            name: self._variable(node) for name, node in handles.items() if node.op == _VARIABLE
        }
        self._resources = {name: v.handle for name, v in self._variables.items()}
        others = {name: node for name, node in handles.items() if node.op != _VARIABLE}
        self._resources.update({name: self._resource(node) for name, node in others.items()})
        self._wrapped = self._wrap()
        self._restore()
        self.root: Any = AutoTrackable()
        self._start()
        self.root.signatures = self._signatures()
        self.root.variables = list(self._variables.values())
        self.root.graph = self._wrapped.graph
        self.root.prune = self._wrapped.prune

    # What functions take from around them ---------------------------------------------------------

    def _variable(self, node: Any) -> Any:
        """A variable, which has its value once the checkpoint is restored."""
        shape = TensorShape(node.attr["shape"].shape)
        dtype = dtypes.as_dtype(node.attr["dtype"].type)
        sizes = [size or 0 for size in shape.as_list()] if shape.ndims is not None else []
        return Variable(
            lambda: filling.zeros(sizes, dtype),
            trainable=node.name in self._trainable(),
            name=node.name,
            dtype=dtype,
            shape=shape,
            use_resource=True,
        )

    def _trainable(self) -> set[str]:
        from tensorboard.compat.proto.variable_pb2 import VariableDef

        packed = self._meta.collection_def[GraphKeys.TRAINABLE_VARIABLES].bytes_list.value
        defs = (VariableDef.FromString(each) for each in packed)
        return {each.variable_name.partition(":")[0] for each in defs}

    def _resource(self, node: Any) -> Tensor:
        """The handle of a table or the like."""

        def made() -> Any:
            graph_def = type(self._graph_def)()
            graph_def.node.add().CopyFrom(node)
            ops: Any = import_graph_def(graph_def, return_elements=[node.name], name="")
            return ops[0].outputs[0]

        handle: Tensor = wrap_function(made, [])()
        return handle

    def _wrap(self) -> WrappedFunction:
        graph_def = type(self._graph_def)()
        graph_def.CopyFrom(self._graph_def)
        del graph_def.node[:]
        graph_def.node.extend(n for n in self._graph_def.node if n.name not in self._resources)
        for node in graph_def.node:
            node.attr.pop("_class", None)  # beside variables, which are outside
        used = {text.partition(":")[0] for node in graph_def.node for text in node.input}

        def imported() -> None:
            graph: Any = get_default_graph()
            inside = {
                f"{name}:0": graph.capture(handle, name=name)
                for name, handle in self._resources.items()
                if name in used
            }
            import_graph_def(graph_def, inside, name="")
            for variable in self._variables.values():
                graph.add_to_collection(GraphKeys.GLOBAL_VARIABLES, variable)
                graph.watch_variable(variable)

        return wrap_function(imported, [])

    # Values ---------------------------------------------------------------------------------------

    def _restore(self) -> None:
        if not self._meta.HasField("saver_def") or not self._variables:
            return
        graph, saver = self._wrapped.graph, self._meta.saver_def
        filename = graph.get_tensor_by_name(saver.filename_tensor_name)
        restored = self._wrapped.prune(
            [filename], [filename, graph.get_operation_by_name(saver.restore_op_name)]
        )
        path, _ = restored(constant(folders.get_variables_path(self._folder)))
        if not executing_eagerly():
            for variable in self._variables.values():
                variable._initializer_op = path.op

    def _start(self) -> None:
        """Fills tables, and does what else the model wants to have done."""
        feeds = asset_feeds(self._meta, self._folder, None)
        self.root.asset_paths = [TrackableAsset(path) for path in feeds.values()]
        graph = self._wrapped.graph
        with graph.as_default():
            start = loaded_main_op(self._meta)
            if start is None:
                return
            done = constant(0.0, name="dummy_fetch")
        given = [graph.get_tensor_by_name(name) for name in feeds]
        result = self._wrapped.prune(given, [done, start])(
            *(asset.asset_path for asset in self.root.asset_paths)
        )
        if not executing_eagerly():
            get_default_graph().add_to_collection(GraphKeys.TABLE_INITIALIZERS, result[0].op)

    # Signatures -----------------------------------------------------------------------------------

    def _signatures(self) -> SignatureMap:
        made = SignatureMap()
        graph = self._wrapped.graph
        apart = (names.INIT_OP_SIGNATURE_KEY, names.TRAIN_OP_SIGNATURE_KEY)
        for key, signature in self._meta.signature_def.items():
            if key in apart:
                continue
            feeds = [graph.get_tensor_by_name(info.name) for info in signature.inputs.values()]
            fetches = {name: self._element(info) for name, info in signature.outputs.items()}
            function = self._wrapped.prune(feeds, fetches, name=key)
            function._arg_keywords = list(signature.inputs)
            function._num_positional_args = int(len(feeds) == 1)
            made._add_signature(key, function)
        return made

    def _element(self, info: Any) -> Any:
        """What a signature gives: of a reference, the value."""
        node, colon, number = info.name.partition(":")
        name = f"{self._values.get(node, node)}{colon}{number}"
        return self._wrapped.graph.as_graph_element(name)


def _makes_resource(node: Any) -> bool:
    """Whether a node makes a variable or another resource, of nothing."""
    is_known = node.op == _VARIABLE or node.op.endswith(("HashTableV2", "HashTableOfTensorsV2"))
    return is_known and not [text for text in node.input if not text.startswith("^")]
