"""Blocks whose operations TensorFlow's XLA would compile together: the graph records it.

Stillflow compiles what is hot in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation

_KEY = ("__xla_scope",)


class _Scopes:
    """How many outermost blocks a graph has had, and how many blocks are open."""

    def __init__(self) -> None:
        self.count = self.depth = 0


@contextmanager
def experimental_jit_scope(
    compile_ops: bool | Callable[[Any], bool] = True, separate_compiled_gradients: bool = False
) -> Iterator[None]:
    """A block whose operations are marked as to be compiled together.

    Args:
      compile_ops: whether; or a function that says so of a NodeDef.
      separate_compiled_gradients: whether gradients are to be compiled apart from them.
    """
    from tensorboard.compat.proto.attr_value_pb2 import AttrValue as make

    attrs: dict[str, Any] = {
        "_XlaCompile": (lambda node: make(b=compile_ops(node)))
        if callable(compile_ops)
        else make(b=compile_ops),
        "_XlaSeparateCompiledGradients": make(b=bool(separate_compiled_gradients)),
    }
    graph = get_default_graph()
    holder = graph.get_collection_ref(_KEY)
    if not holder:
        holder.append(_Scopes())
    scopes = holder[0]
    if scopes.depth == 0:
        attrs["_XlaScope"] = make(s=f"jit_scope_{scopes.count}".encode())
        scopes.count += 1
    scopes.depth += 1
    try:
        with graph._attr_scope(attrs):
            yield
    finally:
        scopes.depth -= 1


def compiled_like(op: Operation, scope: str) -> AbstractContextManager[None]:
    """A block, in the name scope `scope`, for the gradients of an operation marked so."""
    marks = [op.attrs.get(f"_Xla{name}") for name in ("Compile", "SeparateCompiledGradients")]
    own = op.attrs.get("_XlaScope")
    if own is None or None in marks or not marks[0]:
        return nullcontext()
    from tensorboard.compat.proto.attr_value_pb2 import AttrValue as make

    name = own.decode() if isinstance(own, bytes) else own
    if marks[1]:
        name = f"{name}_grad_{scope.replace('/', '_')}"
    attrs = {"_XlaCompile": make(b=True), "_XlaScope": make(s=name.encode())}
    return get_default_graph()._attr_scope(attrs)
