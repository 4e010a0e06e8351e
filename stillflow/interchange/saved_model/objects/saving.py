"""`tf.saved_model.save`: a root's objects, functions and values, in a folder."""

from __future__ import annotations

import os
from typing import Any

from stillflow.checkpoint import files
from stillflow.declare.constants import constant
from stillflow.functions.concrete import ConcreteFunction
from stillflow.functions.decorated import Function
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import executing_eagerly, inside_function
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.text import as_text, path_to_str
from stillflow.interchange.saved_model import folders, names
from stillflow.interchange.saved_model.assets import file_name, write_assets
from stillflow.interchange.saved_model.inner_signatures import op_signature_def
from stillflow.interchange.saved_model.message import saved_model_class
from stillflow.interchange.saved_model.objects.exporting import ExportedGraph
from stillflow.interchange.saved_model.objects.functions_of import is_resource, traces_of
from stillflow.interchange.saved_model.objects.revived import SignatureMap
from stillflow.interchange.saved_model.objects.signing import (
    ATTRIBUTE,
    function_to_export,
    signature_map,
)
from stillflow.interchange.saved_model.objects.view import CapturedConstant, SavedNodes, SavedView
from stillflow.interchange.saved_model.structures import StructureCoder
from stillflow.ops.known_values import constant_value
from stillflow.ops.saving.asset import TrackableAsset
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.platform.os_errors import os_errors_as_tf
from stillflow.tracking.dicts import DictWrapper
from stillflow.tracking.lists import ListWrapper
from stillflow.tracking.trackable import Trackable
from stillflow.train.meta_graph import create_meta_graph_def
from stillflow.train.objects.nodes import MultiDeviceSaver
from stillflow.train.objects.object_saver import TrackableSaver

_encoded = StructureCoder().encode_structure
_IDENTIFIERS = {
    ListWrapper: "trackable_list_wrapper",
    DictWrapper: "trackable_dict_wrapper",
    SignatureMap: "signature_map",
}


def save(obj: Any, export_dir: Any, signatures: Any = None) -> None:
    """Writes an object, and what it depends on, as a SavedModel.

    Functions of objects (`tf.function`s among their attributes and methods) are written with the
    traces that they have; one with an input signature is traced for it. Variables, tables and files
    that they use must be attributes of the root or of what it depends on.

    Args:
      obj: a tf.Module or another trackable object.
      export_dir: the folder.
      signatures: what answers requests: a `tf.function` with an input signature or a
        ConcreteFunction, or a dict of such by their keys. By default, the only such function of
        `obj`, if it gives tensors.

    Raises:
      AssertionError: a signature uses what the root does not depend on; or a function calls `save`.
      KeyError: another function does.
      ValueError: `obj` is not trackable, or a signature is no such function.
      tf.errors.OpError: a file cannot be written.
    """
    if inside_function():
        raise AssertionError(
            "tf.saved_model.save is not supported inside a traced @tf.function. Move the call to "
            "the outer eagerly-executed context."
        )
    if not isinstance(obj, Trackable):
        raise ValueError(f"Expected a Trackable object for export, got {obj}.")
    _check_attribute(obj)
    view = SavedView(obj)
    if signatures is None:
        signatures = function_to_export(view.functions_of(obj))
    made = signature_map(signatures)
    view.set_signatures(made)
    SavedNodes(view)  # traces, and so may make variables
    nodes = SavedNodes(view)
    exported = ExportedGraph(nodes, made)
    meta, sources = _meta_graph(view, nodes, exported)
    folder = as_text(path_to_str(export_dir))
    folders.get_or_create_variables_dir(folder)
    _write_values(view, folders.get_variables_path(folder))
    write_assets(sources, folder)
    saved = saved_model_class()(saved_model_schema_version=names.SAVED_MODEL_SCHEMA_VERSION)
    saved.meta_graphs.append(meta)
    path = os.path.join(folder, names.SAVED_MODEL_FILENAME_PB)
    with os_errors_as_tf(path):
        files.write_atomically(path, saved.SerializeToString())


def _check_attribute(obj: Any) -> None:
    before = obj._lookup_dependency(ATTRIBUTE)
    if before is not None and not isinstance(before, SignatureMap):
        raise ValueError(
            f"Exporting an object {obj} which has an attribute named '{ATTRIBUTE}'. This is a "
            "reserved attribute used to store SavedModel signatures in objects which come from "
            f"`tf.saved_model.load`. Delete this attribute (e.g. 'del obj.{ATTRIBUTE}') before "
            "saving if this shadowing is acceptable."
        )


def _write_values(view: SavedView, path: str) -> None:
    if executing_eagerly():
        MultiDeviceSaver(view.frozen_saveable_objects()).save(constant(path))
    else:
        TrackableSaver(view).save(path)


def _meta_graph(
    view: SavedView, nodes: SavedNodes, exported: ExportedGraph
) -> tuple[Any, dict[str, str]]:
    """(the MetaGraphDef; the files of assets by their names in the folder)"""
    _, checkpoint, _ = view.serialize_object_graph()
    keys = {
        number: node.attributes[0].checkpoint_key
        for number, node in enumerate(checkpoint.nodes)
        if node.attributes
    }
    saver_def = exported.saver_def(keys)
    with exported.graph.as_default():
        meta = create_meta_graph_def(
            graph=exported.graph, saver_def=saver_def, strip_default_attrs=True
        )
    meta.meta_info_def.tags.append(names.SERVING)
    meta.collection_def[names.MAIN_OP_KEY].node_list.value.append(exported.init_op.name)
    for key, signature in exported.signatures.items():
        meta.signature_def[key].CopyFrom(signature)
    init = op_signature_def(exported.init_op, names.INIT_OP_SIGNATURE_KEY)
    meta.signature_def[names.INIT_OP_SIGNATURE_KEY].CopyFrom(init)
    sources = _add_assets(meta, exported)
    _describe(meta.object_graph_def, nodes, exported)
    _add_slots(meta.object_graph_def, checkpoint)
    return meta, sources


def _add_assets(meta: Any, exported: ExportedGraph) -> dict[str, str]:
    sources: dict[str, str] = {}
    for asset, placeholder in exported.assets:
        path = os.fsdecode(constant_value(asset.asset_path).item())
        name = file_name(path, sources)
        sources[name] = path
        described = meta.asset_file_def.add(filename=name)
        described.tensor_info.name = placeholder
    return sources


# Objects ------------------------------------------------------------------------------------------


def _describe(proto: Any, nodes: SavedNodes, exported: ExportedGraph) -> None:
    """Fills the SavedObjectGraph."""
    nodes.fill(proto)
    for trace in nodes.traces:
        said = proto.concrete_functions[trace.name.decode()]
        said.bound_inputs.extend(_bound(trace, exported))
        said.canonicalized_input_signature.CopyFrom(_encoded(trace.structured_input_signature))
        said.output_signature.CopyFrom(_encoded(_specs(trace.structured_outputs)))
    assets = [id(asset) for asset, _ in exported.assets]
    constants = iter(exported.constants)
    for node, described in zip(nodes.nodes, proto.nodes, strict=True):
        if isinstance(node, Function):
            _describe_function(node, described.function)
        elif isinstance(node, ConcreteFunction):
            said = described.bare_concrete_function
            said.concrete_function_name = node.name.decode()
            said.allowed_positional_arguments = node._num_positional_args or 0
            said.argument_keywords.extend(node._arg_keywords or ())
        elif isinstance(node, CapturedConstant):
            described.constant.operation = next(constants)
        elif isinstance(node, TrackableAsset):
            described.asset.asset_file_def_index = assets.index(id(node))
        else:
            _describe_object(node, described)


def _specs(outputs: Any) -> Any:
    """The specs of what a trace gives, which are named by their places in the nest."""

    def spec(path: tuple, part: Any) -> Any:
        if isinstance(part, CompositeTensor):
            return part._type_spec
        name = "/".join(map(str, path)) or None
        return TensorSpec(part.shape, part.dtype, name) if isinstance(part, Tensor) else part

    pairs = nest.flatten_with_tuple_paths(outputs)
    return nest.pack_sequence_as(outputs, [spec(*pair) for pair in pairs])


def _add_slots(proto: Any, checkpoint: Any) -> None:
    """Tells which variables are slots of an optimizer, as the checkpoint's object graph does."""
    for known, node in zip(checkpoint.nodes, proto.nodes, strict=False):
        for slot in known.slot_variables:
            node.slot_variables.add().MergeFromString(slot.SerializeToString())
            node.user_object.identifier = "optimizer"


def _bound(trace: ConcreteFunction, exported: ExportedGraph) -> list[int]:
    for tensor in trace.captured_inputs:
        if id(tensor) not in exported.numbers:
            raise KeyError(
                f"Failed to add concrete function {trace.name!r} to object based saved model as it "
                f"captures tensor {tensor!r} which is unsupported or not reachable from root. One "
                "reason could be that a stateful object or a variable that the function depends "
                "on is not assigned to an attribute of the serialized trackable object "
                "(see SaveTest.test_captures_unreachable_variable)."
            )
    return [exported.numbers[id(tensor)] for tensor in trace.captured_inputs]


def _describe_function(function: Function, proto: Any) -> None:
    proto.concrete_functions.extend(trace.name.decode() for trace in traces_of(function))
    spec = function.function_spec
    described = spec.fullargspec._replace(annotations={})
    proto.function_spec.fullargspec.CopyFrom(_encoded(described))
    proto.function_spec.is_method = spec.is_method
    proto.function_spec.input_signature.CopyFrom(_encoded(spec.input_signature))


def _describe_object(obj: Any, proto: Any) -> None:
    if is_resource_variable(obj):
        variable = proto.variable
        variable.name = obj.name.partition(":")[0]
        variable.dtype = obj.dtype.as_datatype_enum
        variable.shape.CopyFrom(obj.shape.as_proto())
        variable.trainable = obj.trainable
        variable.synchronization = obj.synchronization.value
        variable.aggregation = obj.aggregation.value
    elif is_resource(obj):
        proto.resource.device = getattr(obj, "_resource_device", "")
    else:
        known = (name for kind, name in _IDENTIFIERS.items() if isinstance(obj, kind))
        proto.user_object.identifier = next(known, obj._object_identifier)
        proto.user_object.version.producer = proto.user_object.version.min_consumer = 1
        proto.user_object.metadata = obj._tracking_metadata
