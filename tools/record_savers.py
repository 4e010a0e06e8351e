"""Records the graphs and the errors of tf.train.Saver, under TensorFlow 1.15 (Python 3.7).

    python tools/record_savers.py tests/golden/checkpoint

The programs are those of tests/checkpoint/saver_cases.py.
"""

import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
import types
from pathlib import Path

import tensorflow as tf
from google.protobuf import json_format

tf.compat.v1.logging.set_verbosity("FATAL")


def node(op):
    """What a Saver's node is compared by."""
    record = {"name": op.name, "type": op.type}
    record["inputs"] = [tensor.name for tensor in op.inputs]
    record["control_inputs"] = [other.name for other in op.control_inputs]
    if op.type == "Const":
        value = tf.compat.v1.make_ndarray(op.get_attr("value")).tolist()
        record["value"] = json.loads(json.dumps(value, default=bytes.decode))
        if isinstance(record["value"], str):  # a random name
            record["value"] = re.sub("_temp_[0-9a-f]{32}", "_temp_*", record["value"])
    if op.type in ("SaveV2", "RestoreV2"):
        record["dtypes"] = [dtype.name for dtype in op.get_attr("dtypes")]
    if op.type in ("Assign", "Identity"):
        record["class"] = [group.decode() for group in op.colocation_groups()]
    if op.type == "Assign":
        record["validate_shape"] = op.get_attr("validate_shape")
    if op.type in ("RestoreV2", "ShardedFilename"):
        record["device"] = op.device
    return record


def graph_record(build):
    with tf.Graph().as_default() as graph:
        saver_def = build(tf.compat.v1).saver_def
    scopes = ("save", "mine", "scope")
    return {
        "nodes": [node(op) for op in graph.get_operations() if op.name.startswith(scopes)],
        "count": len(graph.get_operations()),
        "seeds": [op.get_attr("seed2") for op in graph.get_operations() if "Random" in op.type],
        "saver_def": {field.name: value for field, value in saver_def.ListFields()},
    }


def initialization_record(initialize):
    """The nodes that are added to a graph with variables."""
    with sandbox(), tf.Graph().as_default() as graph:
        api = with_contrib()
        path = saver_cases.variables_to_initialize(api)
        count = len(graph.get_operations())
        initialize(api, path)
        return [node(op) for op in graph.get_operations()[count:]]


def with_contrib():
    """The names of TensorFlow 1, of which `compat.v1` lacks `contrib`."""
    api = types.SimpleNamespace(**vars(tf.compat.v1))
    api.contrib = tf.contrib
    return api


def rejection_record(reject):
    return failure_record(
        lambda api: reject(with_contrib(), saver_cases.variables_to_initialize(api))
    )


@contextlib.contextmanager
def sandbox():
    origin, folder = os.getcwd(), tempfile.mkdtemp()
    os.chdir(folder)
    os.mkdir("m")
    try:
        yield
    finally:
        os.chdir(origin)
        shutil.rmtree(folder)


def failure_record(fail):
    origin, folder = os.getcwd(), tempfile.mkdtemp()
    os.chdir(folder)
    try:
        with tf.Graph().as_default():
            fail(tf.compat.v1)
    except Exception as error:
        message = re.sub(r"tempstate\d+", "tempstate*", getattr(error, "message", str(error)))
        message = re.sub(r"defined at \S*site-packages/", "defined at ", message)
        return {"class": type(error).__name__, "message": message}
    finally:
        os.chdir(origin)
        shutil.rmtree(folder)
    raise AssertionError(f"{fail.__name__} did not fail")


if __name__ == "__main__":
    golden = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "checkpoint"))
    import saver_cases

    with tf.Graph().as_default():
        meta = saver_cases.meta_graph(tf.compat.v1)
    records = {
        "initializations": {
            name: initialization_record(initialize)
            for name, initialize in saver_cases.INITIALIZATIONS.items()
        },
        "rejections": {
            name: rejection_record(reject) for name, reject in saver_cases.REJECTIONS.items()
        },
        "graphs": {name: graph_record(build) for name, build in saver_cases.GRAPHS.items()},
        "failures": {name: failure_record(fail) for name, fail in saver_cases.FAILURES.items()},
        "meta_graph": json_format.MessageToDict(meta, preserving_proto_field_name=True),
    }
    (golden / "savers.json").write_text(json.dumps(records, indent=1) + "\n")
