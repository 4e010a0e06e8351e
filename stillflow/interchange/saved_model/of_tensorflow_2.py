"""SavedModels of TensorFlow 2, as far as what they compute is TensorFlow 1.15's.

A program of TensorFlow 2 saves functions, which 1.15 knows too. What it does not know is left out:
attributes that were added since and say nothing of what is computed, and how the model would be
saved again, which nobody asks of one that was loaded.
"""

from __future__ import annotations

from typing import Any

from stillflow.interchange.reached import reached
from stillflow.interchange.saved_model import names

# {op type: attributes that name things for people}
_SAYING_NOTHING = {"VarHandleOp": ("debug_name",)}


def readable(meta: Any) -> Any:
    """A MetaGraphDef that TensorFlow 1.15's ops may make sense of; itself where 1.x wrote it."""
    if not meta.meta_info_def.tensorflow_version.startswith("2."):
        return meta
    found = type(meta)()
    found.CopyFrom(meta)
    graph = found.graph_def
    nodes, functions = reached(meta.graph_def, _run(meta))
    del graph.node[:], graph.library.function[:]
    graph.node.extend(nodes)
    graph.library.function.extend(functions)
    for node in graph.node:
        for attr in _SAYING_NOTHING.get(node.op, ()):
            node.attr.pop(attr, None)
    return found


def _run(meta: Any) -> list[str]:
    """The names of what a model is asked, starts with and is restored by."""
    found = [info.name for s in meta.signature_def.values() for info in s.outputs.values()]
    found += [info.name for s in meta.signature_def.values() for info in s.inputs.values()]
    for key in (names.MAIN_OP_KEY, names.LEGACY_INIT_OP_KEY):
        if key in meta.collection_def:
            found += meta.collection_def[key].node_list.value
    saver = meta.saver_def
    return [*found, saver.restore_op_name, saver.filename_tensor_name]
