"""What `saved_model_cli show` and `scan` print of a SavedModel, in TensorFlow's words."""

from __future__ import annotations

from typing import Any

from stillflow.interchange.saved_model import loader

_REFUSED = {"WriteFile", "ReadFile", "PrintV2"}  # ops that a scan looks for


def get_signature_def_map(saved_model_dir: str, tag_set: str) -> Any:
    """Returns the signatures, by key, of the graph that has these tags."""
    return loader.get_meta_graph_def(saved_model_dir, tag_set).signature_def


def show_tag_sets(saved_model_dir: str) -> None:
    print("The given SavedModel contains the following tag-sets:")
    for tags in sorted(loader.get_saved_model_tag_sets(saved_model_dir)):
        print(", ".join(sorted(tags)))


def show_signature_keys(saved_model_dir: str, tag_set: str) -> None:
    signatures = get_signature_def_map(saved_model_dir, tag_set)
    print("The given SavedModel MetaGraphDef contains SignatureDefs with the following keys:")
    for key in sorted(signatures):
        print(f'SignatureDef key: "{key}"')


def show_inputs_outputs(saved_model_dir: str, tag_set: str, key: str, indent: int = 0) -> None:
    """Prints what goes in and comes out by a signature."""
    signature = get_signature_def_map(saved_model_dir, tag_set)[key]
    space = "  " * indent
    for kind, tensors in (("input", signature.inputs), ("output", signature.outputs)):
        print(f"{space}The given SavedModel SignatureDef contains the following {kind}(s):")
        for name, info in sorted(tensors.items()):
            print(f"{space}  {kind}s['{name}'] tensor_info:")
            show_tensor(info, indent + 1)
    print(f"{space}Method name is: {signature.method_name}")


def show_tensor(info: Any, indent: int = 0) -> None:
    """Prints a TensorInfo."""
    from tensorboard.compat.proto.types_pb2 import DataType

    space, shape = "  " * indent, "unknown_rank"
    if not info.tensor_shape.unknown_rank:
        shape = f"({', '.join(str(dim.size) for dim in info.tensor_shape.dim)})"
    print(f"{space}    dtype: {DataType.Name(info.dtype)}")
    print(f"{space}    shape: {shape}")
    print(f"{space}    name: {info.name}")


def show_all(saved_model_dir: str) -> None:
    """Prints all signatures of all graphs."""
    for tags in sorted(loader.get_saved_model_tag_sets(saved_model_dir)):
        print(
            f"\nMetaGraphDef with tag-set: '{', '.join(tags)}' contains the following "
            "SignatureDefs:"
        )
        tag_set = ",".join(tags)
        for key in sorted(get_signature_def_map(saved_model_dir, tag_set)):
            print(f"\nsignature_def['{key}']:")
            show_inputs_outputs(saved_model_dir, tag_set, key, indent=1)


def scan_meta_graph_def(meta_graph_def: Any) -> None:
    """Prints which ops of a graph read or write files or print."""
    graph = meta_graph_def.graph_def
    nodes = [*graph.node, *(node for f in graph.library.function for node in f.node_def)]
    found = _REFUSED & {node.op for node in nodes}
    tags = meta_graph_def.meta_info_def.tags
    if found:
        print(f"MetaGraph with tag set {tags} contains the following blacklisted ops: {found}")
    else:
        print(f"MetaGraph with tag set {tags} does not contain blacklisted ops.")
