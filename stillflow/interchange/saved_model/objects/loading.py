"""`tf.saved_model.load`: the objects of a SavedModel, with their functions and values."""

from __future__ import annotations

import os
from typing import Any

from stillflow.declare.constants import constant
from stillflow.functions.concrete import ConcreteFunction
from stillflow.functions.specification import flat_specs
from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.protos.tensor_proto import make_ndarray
from stillflow.graph.scopes import device, init_scope
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.text import as_text, path_to_str
from stillflow.graph.type_spec import TypeSpec
from stillflow.interchange.saved_model import folders
from stillflow.interchange.saved_model.loader import read_saved_model, tagged
from stillflow.interchange.saved_model.objects.library import Library
from stillflow.interchange.saved_model.objects.of_sessions import load_graph
from stillflow.interchange.saved_model.objects.restored import restored_function
from stillflow.interchange.saved_model.objects.revived import (
    RestoredResource,
    Setter,
    revived,
    revived_variable,
    set_attribute,
)
from stillflow.interchange.saved_model.of_tensorflow_2 import readable
from stillflow.interchange.saved_model.structures import StructureCoder
from stillflow.ops.saving.asset import TrackableAsset
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.tracking.resources import CapturableResource
from stillflow.train.objects.object_graph import ObjectGraphView
from stillflow.train.objects.object_saver import TrackableSaver

_decoded = StructureCoder().decode_proto


def load_objects(export_dir: Any, tags: Any = None, loader: Any = None) -> Any:
    """The objects of a SavedModel, as `tf.saved_model.save` wrote it.

    Its functions are called as those that were saved: `loaded.f(x)`; `loaded.signatures` has the
    signatures by name, which take tensors by keyword and give a dict. Variables are variables
    again. In a graph their initializers restore them, and `tf.compat.v1.tables_initializer` fills
    tables.

    Of what was written for sessions the object has `signatures`, and `prune(feeds, fetches)` for
    functions of other parts of the `graph`.

    Args:
      export_dir: the folder.
      tags: a tag or several: all the tags of the graph that is meant; None where there is one.
      loader: the kind of Loader, which knows what objects become.

    Raises:
      OSError: there is no SavedModel, or its file is damaged.
      ValueError: it has no graph of these tags.
      NotImplementedError: it holds what is not in Stillflow.
      RuntimeError: it was written for sessions, and has no graph of these tags.
      tf.errors.NotFoundError: its functions have op types that are not in Stillflow.
    """
    folder = as_text(path_to_str(export_dir))
    wanted = None if tags is None else set(tags if isinstance(tags, set) else nest.flatten(tags))
    saved = read_saved_model(folder)
    metas = saved.meta_graphs
    if len(metas) == 1 and metas[0].HasField("object_graph_def"):
        (meta,) = metas
        has = list(meta.meta_info_def.tags)
        if wanted is not None and wanted != set(has):
            raise ValueError(
                f"The SavedModel at {folder} has one MetaGraph with tags {has}, but got an "
                f"incompatible argument tags={tags} to tf.saved_model.load. You may omit it, pass "
                "'None', or pass matching tags."
            )
        with init_scope():
            root = (loader or Loader)(meta, folder).root
    else:
        meta = readable(_of_tags(saved, wanted))
        with init_scope():
            root = load_graph(meta, folder)
    root.tensorflow_version = meta.meta_info_def.tensorflow_version
    root.tensorflow_git_version = meta.meta_info_def.tensorflow_git_version
    return root


def _of_tags(saved: Any, wanted: set | None) -> Any:
    """The graph of these tags, of which there may be several."""
    if wanted is not None:
        return tagged(saved, wanted)
    if len(saved.meta_graphs) != 1:
        has = [list(meta.meta_info_def.tags) for meta in saved.meta_graphs]
        raise ValueError(
            "Importing a SavedModel with tf.saved_model.load requires a 'tags=' argument if there "
            f"is more than one MetaGraph. Got 'tags=None', but there are {len(has)} MetaGraphs in "
            f"the SavedModel with tag sets {has}. Pass a 'tags=' argument to load this SavedModel."
        )
    return saved.meta_graphs[0]


class Loader:
    """One load of a SavedModel of objects, in the default graph or eagerly.

    Attributes:
      objects: what the nodes of the SavedObjectGraph became, by their numbers.
    """

    def __init__(self, meta: Any, folder: str):
        self._meta = meta
        self._proto = meta.object_graph_def
        self._folder = folder
        self._library = Library(meta.graph_def.library.function)
        self._constants = {node.name: node.attr for node in meta.graph_def.node}
        self._functions: dict[str, ConcreteFunction] = {}
        self._setters: dict[int, Setter] = {}
        self.objects: dict[int, Any] = {}
        self._make_objects()
        self._restore()
        self._fill_resources()

    @property
    def root(self) -> Any:
        return self.objects[0]

    # Objects --------------------------------------------------------------------------------------

    def _make_objects(self) -> None:
        """Makes variables and the like first, which functions take, and wires them."""
        nodes = list(enumerate(self._proto.nodes))
        is_function = ("function", "bare_concrete_function")
        for number, node in nodes:
            if node.WhichOneof("kind") not in is_function:
                self.objects[number], self._setters[number] = self._recreated(node)
        for number, node in nodes:
            if node.WhichOneof("kind") in is_function:
                self._function_of(number)
        for number, node in nodes:
            for slot in node.slot_variables:
                self.objects[number].add_slot(
                    self.objects[slot.original_variable_node_id],
                    slot.slot_name,
                    self.objects[slot.slot_variable_node_id],
                )
            for child in node.children:
                self._setters[number](
                    self.objects[number], child.local_name, self.objects[child.node_id]
                )

    def _recreated(self, node: Any) -> tuple[Any, Setter]:
        kind = node.WhichOneof("kind")
        if kind == "user_object":
            return revived(node.user_object)
        if kind == "variable":
            return revived_variable(node.variable), set_attribute
        if kind == "constant":
            attr = self._constants[node.constant.operation]
            return constant(make_ndarray(attr["value"].tensor)), set_attribute
        if kind == "asset":
            name = self._meta.asset_file_def[node.asset.asset_file_def_index].filename
            return TrackableAsset(
                os.path.join(folders.get_assets_dir(self._folder), name)
            ), set_attribute
        if kind == "resource":
            return RestoredResource(node.resource.device), set_attribute
        raise ValueError(
            f"Unknown SavedObject type: {kind!r}\n"
            "  A later version of TensorFlow wrote the SavedModel at "
            f"{self._folder}; tf.compat.v1.saved_model.load reads its signatures."
        )

    # Functions ------------------------------------------------------------------------------------

    def _function_of(self, number: int) -> Any:
        if number not in self.objects:
            self.objects[number] = self._function(self._proto.nodes[number])
            self._setters[number] = _no_children
        return self.objects[number]

    def _function(self, node: Any) -> Any:
        if node.WhichOneof("kind") == "function":
            traces = [self._concrete(name) for name in node.function.concrete_functions]
            return restored_function(node.function.function_spec, traces)
        said = node.bare_concrete_function
        function = self._concrete(said.concrete_function_name)
        function._arg_keywords = list(said.argument_keywords)
        function._num_positional_args = said.allowed_positional_arguments
        return function

    def _concrete(self, name: str) -> ConcreteFunction:
        if name not in self._functions:
            self._functions[name] = self._with_structure(name)
        return self._functions[name]

    def _with_structure(self, name: str) -> ConcreteFunction:
        said = self._proto.concrete_functions[name]
        bound = [self._tensor(number) for number in said.bound_inputs]
        function = self._library.function(name, bound)
        graph = function.graph
        graph.structured_input_signature = _decoded(said.canonicalized_input_signature)
        graph.structured_outputs = _packed(_decoded(said.output_signature), graph.outputs)
        _tell_shapes(graph)
        for number in said.bound_inputs:
            if is_resource_variable(self.objects[number]):
                graph.watch_variable(self.objects[number])
        return function

    def _tensor(self, number: int) -> Tensor:
        """What functions take of an object."""
        obj = self.objects[number]
        if is_resource_variable(obj):
            return obj.handle
        if isinstance(obj, TrackableAsset):
            return obj.asset_path
        if isinstance(obj, CapturableResource):
            self._give_creator(number)
            return obj.resource_handle
        if isinstance(obj, Tensor):
            return obj
        raise ValueError(f"Can't convert node {type(obj)} to tensor")

    def _give_creator(self, number: int) -> None:
        for child in self._proto.nodes[number].children:
            if child.local_name == "_create_resource":
                self.objects[number]._create_resource = self._function_of(child.node_id)

    # Values ---------------------------------------------------------------------------------------

    def _restore(self) -> None:
        path = folders.get_variables_path(self._folder)
        saver = TrackableSaver(ObjectGraphView(self.root))
        with device("/cpu:0"):
            saver._restore_prefix = None if executing_eagerly() else constant(path)
        status: Any = saver.restore(path)
        status.assert_existing_objects_matched()
        status.expect_partial()
        checkpoint = status._checkpoint
        for number, obj in checkpoint.object_by_proto_id.items():
            keys = [
                a.checkpoint_key for a in checkpoint.object_graph_proto.nodes[number].attributes
            ]
            ops = [saver._restore_ops[key] for key in keys if key in saver._restore_ops]
            if ops:
                (obj._initializer_op,) = ops

    def _fill_resources(self) -> None:
        for obj in self.objects.values():
            if isinstance(obj, CapturableResource):
                filled = obj._initialize()
                if not executing_eagerly() and filled is not None:
                    op = getattr(filled, "op", filled)
                    get_default_graph().add_to_collection(GraphKeys.TABLE_INITIALIZERS, op)


def _no_children(function: Any, name: str, value: Any) -> None:
    """Functions of later versions of TensorFlow name what they capture."""


def _tell_shapes(graph: Any) -> None:
    """Gives arguments and results the shapes of their signatures."""
    leaves = nest.flatten(graph.structured_input_signature)
    parts = [part for leaf in leaves for part in flat_specs(leaf)]
    specs = [part for part in parts if isinstance(part, TensorSpec)]
    for tensor, spec in zip(graph.inputs, specs, strict=False):
        tensor.set_shape(spec.shape)


def _packed(structure: Any, outputs: list[Tensor]) -> Any:
    """The structure that a trace returns, with its tensors for their specs."""
    left = iter(outputs)

    def leaf(spec: Any) -> Any:
        if not isinstance(spec, TypeSpec):
            return spec
        if isinstance(spec, TensorSpec):
            tensor = next(left)
            tensor.set_shape(spec.shape)
            return tensor
        parts = spec._component_specs
        return spec._from_components(
            nest.pack_sequence_as(parts, [next(left) for _ in nest.flatten(parts)])
        )

    return nest.map_structure(leaf, structure)
