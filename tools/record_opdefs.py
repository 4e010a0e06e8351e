"""Records the signature of every op that TensorFlow 1.15 registers.

Run it with TensorFlow 1.15's own Python. It writes `tests/golden/oracle/opdefs.json`, one op to a
line: inputs and outputs as "name: type", where a type is a dtype, an attribute, `N*T` for a list
of N, or `Ref(T)`; attributes as [type, default, allowed values], null where there is none; the
parameters of its function in tf.raw_ops or contrib, null where there is none.
"""

import inspect
import json
import os

import tensorflow as tf
from tensorflow.core.framework import op_def_pb2
from tensorflow.python import pywrap_tensorflow

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def op_list():
    """The OpDefs of all registered ops."""
    ops = op_def_pb2.OpList()
    ops.ParseFromString(pywrap_tensorflow.TF_GetBuffer(pywrap_tensorflow.TF_GetAllOpList()))
    return ops.op


def argument(arg):
    """An ArgDef as "name: type"."""
    kind = arg.type_list_attr or arg.type_attr or tf.as_dtype(arg.type).name
    if arg.number_attr:
        kind = arg.number_attr + "*" + kind
    return "{}: {}".format(arg.name, f"Ref({kind})" if arg.is_ref else kind)


def signature(op):
    """An OpDef as "inputs -> outputs"."""
    sides = [", ".join(map(argument, args)) for args in (op.input_arg, op.output_arg)]
    return " -> ".join(sides)


def plain(value):
    """An AttrValue as JSON; functions as null."""
    kind = value.WhichOneof("value")
    if kind == "list":
        return [one(field.name, item) for field, items in value.list.ListFields() for item in items]
    return one(kind, getattr(value, kind)) if kind else None


def one(kind, value):
    if kind == "type":
        return tf.as_dtype(value).name
    if kind == "s":
        return value.decode("latin-1")
    if kind == "shape":
        return "unknown" if value.unknown_rank else [d.size for d in value.dim]
    if kind == "tensor":
        return tf.make_ndarray(value).tolist()
    return value if kind in ("i", "f", "b") else None


def attribute(attr):
    """An AttrDef as [type, default, allowed]."""
    default = plain(attr.default_value) if attr.HasField("default_value") else None
    allowed = plain(attr.allowed_values) if attr.HasField("allowed_values") else None
    return [attr.type, default, allowed]


def parameters(op):
    """The names that the op's function in tf.raw_ops, or in contrib, takes."""
    function = getattr(tf.raw_ops, op.name, None) or CONTRIB.get(op.name)
    return function and inspect.getfullargspec(inspect.unwrap(function)).args


def least(op):
    """{attribute: the least number, or length of a list, that it may have}."""
    return {attr.name: attr.minimum for attr in op.attr if attr.has_minimum}


def describe(op):
    return {
        **({"least": least(op)} if least(op) else {}),
        "signature": signature(op),
        "attributes": {attr.name: attribute(attr) for attr in op.attr},
        "stateful": op.is_stateful,
        "parameters": parameters(op),
    }


if __name__ == "__main__":
    ops = {op.name: op for op in op_list() if not op.name.startswith("_")}
    # The functions of ops of contrib, which loads a library for each of its parts.
    from tensorflow.contrib.image.ops import gen_image_ops
    from tensorflow.contrib.input_pipeline.ops import gen_input_pipeline_ops
    from tensorflow.contrib.layers.ops import gen_sparse_feature_cross_op
    from tensorflow.contrib.memory_stats.ops import gen_memory_stats_ops
    from tensorflow.contrib.resampler.ops import gen_resampler_ops
    from tensorflow.python.ops import gen_clustering_ops

    CONTRIB = {
        "GatherTree": tf.contrib.seq2seq.gather_tree,
        "ImageProjectiveTransformV2": gen_image_ops.image_projective_transform_v2,
        "ImageConnectedComponents": gen_image_ops.image_connected_components,
        "NearestNeighbors": gen_clustering_ops.nearest_neighbors,
        "ObtainNext": gen_input_pipeline_ops.obtain_next,
        "BipartiteMatch": gen_image_ops.bipartite_match,
        "BytesInUse": gen_memory_stats_ops.bytes_in_use,
        "BytesLimit": gen_memory_stats_ops.bytes_limit,
        "KMC2ChainInitialization": gen_clustering_ops.kmc2_chain_initialization,
        "KmeansPlusPlusInitialization": gen_clustering_ops.kmeans_plus_plus_initialization,
        "MaxBytesInUse": gen_memory_stats_ops.max_bytes_in_use,
        "Resampler": gen_resampler_ops.resampler,
        "ResamplerGrad": gen_resampler_ops.resampler_grad,
        "SparseFeatureCross": gen_sparse_feature_cross_op.sparse_feature_cross,
        "SparseFeatureCrossV2": gen_sparse_feature_cross_op.sparse_feature_cross_v2,
    }
    ops.update({op.name: op for op in op_list() if op.name in CONTRIB})
    lines = [
        json.dumps(name) + ": " + json.dumps(describe(ops[name]), separators=(",", ":"))
        for name in sorted(ops)
    ]
    with open(os.path.join(ROOT, "tests", "golden", "oracle", "opdefs.json"), "w") as file:
        file.write(f'{{"source": "TensorFlow {tf.__version__}",\n"ops": {{\n')
        file.write(",\n".join(lines) + "\n}}\n")
