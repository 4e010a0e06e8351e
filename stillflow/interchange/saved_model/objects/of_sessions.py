"""SavedModels that were written for sessions, as objects: each signature is a function.

The graph is built once, as the body of a function; each signature is the function of a part of it.
Variables with handles are made outside, where the program has them, and handed to the parts.
"""

from __future__ import annotations

import os
from typing import Any

from stillflow.declare.constants import constant
from stillflow.functions.lifting import UnliftableError
from stillflow.functions.wrapped import WrappedFunction, wrap_function
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import init_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.handles_for_references import meta_with_handles
from stillflow.interchange.meta_graph import import_meta_graph
from stillflow.interchange.saved_model import folders, names
from stillflow.interchange.saved_model.assets import asset_feeds
from stillflow.interchange.saved_model.main_op import loaded_main_op
from stillflow.interchange.saved_model.objects.library import load_suffix
from stillflow.interchange.saved_model.objects.revived import (
    Initializer,
    SignatureMap,
    unset_variable,
)
from stillflow.interchange.saved_model.signatures import get_tensor_from_tensor_info
from stillflow.ops.control.ordering import group
from stillflow.ops.saving.asset import TrackableAsset
from stillflow.ops.variables.sets import local_variables_initializer, tables_initializer
from stillflow.tracking.auto import AutoTrackable

_SETS = (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES)


def load_graph(meta: Any, folder: str) -> Any:
    """A graph of a SavedModel as an object.

    Args:
      meta: its MetaGraphDef.

    Returns:
      An object with `signatures` (functions by their keys, which take tensors by keyword), `graph`,
      `prune(feeds, fetches)` for functions of other parts, `variables`, `asset_paths`, and the
      `initializer` that has run.

    Raises:
      UnliftableError: a signature needs a placeholder that is none of its inputs.
    """
    return _Load(meta, folder).root


class _Load:
    """One load, in the default graph or eagerly."""

    def __init__(self, meta: Any, folder: str):
        self._meta, self._values = meta_with_handles(meta)
        self._folder = folder
        self._saver: Any = None
        self._init_op: Any = None
        self._wrapped: Any = wrap_function(self._imported, [])
        _share_by_name(self._wrapped.graph)
        _lift_variables(self._wrapped)
        self._restore()
        self.root: Any = AutoTrackable()
        self._initialize()
        self.root.signatures = self._signatures()
        self.root.variables = list(self._wrapped.graph.variables)
        self.root.graph = self._wrapped.graph
        self.root.prune = self._wrapped.prune

    def _imported(self) -> None:
        self._saver = import_meta_graph(self._meta)
        self._init_op = loaded_main_op(self._meta) or group(
            local_variables_initializer(), tables_initializer()
        )
        constant(0.0, name="dummy_fetch")  # calls are waited for by what they give

    def _restore(self) -> None:
        if self._saver is None:
            return
        graph = self._wrapped.graph
        saver_def = self._saver.saver_def
        filename = graph.as_graph_element(saver_def.filename_tensor_name)
        restored = graph.as_graph_element(saver_def.restore_op_name)
        restore = self._wrapped.prune([filename], [filename, restored], "restore")
        path = constant(folders.get_variables_path(self._folder))
        initializer, _ = restore(path)
        if not executing_eagerly():
            _run_with_tables(initializer)
            _give_initializer(graph.get_collection(GraphKeys.GLOBAL_VARIABLES), initializer)

    def _initialize(self) -> None:
        graph = self._wrapped.graph
        feeds = asset_feeds(self._meta, self._folder, None)
        assets = [TrackableAsset(os.path.abspath(path)) for path in feeds.values()]
        anchor = graph.get_tensor_by_name("dummy_fetch:0")
        fill = self._wrapped.prune(list(feeds), [anchor, self._init_op], "initialize")
        self.root.initializer = Initializer(fill, assets)
        self.root.asset_paths = assets
        filled, _ = self.root.initializer._initialize()
        if not executing_eagerly():
            _run_with_tables(filled)
            _give_initializer(graph.get_collection(GraphKeys.LOCAL_VARIABLES), filled)

    # Signatures -----------------------------------------------------------------------------------

    def _signatures(self) -> SignatureMap:
        made = SignatureMap()
        apart = (names.INIT_OP_SIGNATURE_KEY, names.TRAIN_OP_SIGNATURE_KEY)
        for key, signature in self._meta.signature_def.items():
            if key not in apart:
                made._add_signature(key, self._signature(key, signature))
        return made

    def _signature(self, key: str, signature: Any) -> WrappedFunction:
        graph = self._wrapped.graph
        feeds = [graph.as_graph_element(info.name) for info in signature.inputs.values()]
        fetches = {name: self._element(info) for name, info in signature.outputs.items()}
        try:
            function = self._wrapped.prune(feeds, fetches, name=key)
        except UnliftableError as error:
            raise UnliftableError(
                "A SavedModel signature needs an input for each placeholder the signature's "
                f"outputs use. An output for signature '{key}' depends on a placeholder which is "
                f"not an input (i.e. the placeholder is not fed a value).\n\n{error}"
            ) from None
        for name, info in signature.outputs.items():
            output = function.structured_outputs[name]
            if isinstance(output, Tensor) and info.WhichOneof("encoding") == "name":
                output.set_shape(TensorShape(info.tensor_shape))
        function._arg_keywords = list(signature.inputs)
        function._num_positional_args = int(len(feeds) == 1)
        return function

    def _element(self, info: Any) -> Any:
        """The tensor that a TensorInfo names, of a reference the value; or the operation."""
        graph = self._wrapped.graph
        if info.WhichOneof("encoding") != "name":
            return get_tensor_from_tensor_info(info, graph)
        node, colon, number = info.name.partition(":")
        return graph.as_graph_element(f"{self._values.get(node, node)}{colon}{number}")


def _share_by_name(graph: Any) -> None:
    """Names tables and the like, so that they are the same in all parts, and this load's alone."""
    suffix = load_suffix()
    for op in graph.get_operations():
        if op.defn.resource is not None and not op.defn.shared_as:
            name = op.attrs.get("shared_name") or op.name
            op._set_attr("shared_name", f"{name}{suffix}")


# Variables ----------------------------------------------------------------------------------------


def _lift_variables(wrapped: Any) -> None:
    """Makes the variables of a body outside of it, where calls take them from."""
    graph = wrapped.graph
    lifted: dict[Operation, Any] = {}
    for key in _SETS:
        inside = graph.get_collection_ref(key)
        for place, inner in enumerate(inside):
            if inner.op not in lifted:
                lifted[inner.op] = _lifted(inner, graph, key)
            inside[place] = lifted[inner.op]
    wrapped._variable_holder._all += lifted.values()


def _lifted(inner: Any, graph: Any, key: str) -> Any:
    with init_scope():
        outer = unset_variable(inner.shape, inner.dtype, inner.op.name, inner.trainable, [key])
    graph.extra_inputs.append(outer.handle)
    graph.extra_args.append(inner.handle)
    graph.inputs.append(inner.handle)
    graph._captured[outer.handle] = inner.handle
    graph.watch_variable(outer)
    return outer


def _run_with_tables(value: Any) -> None:
    """Has `tf.compat.v1.tables_initializer` run what is to be run once."""
    get_default_graph().add_to_collection(GraphKeys.TABLE_INITIALIZERS, value.op)


def _give_initializer(variables: Any, value: Any) -> None:
    for variable in variables:
        variable._initializer_op = value.op
