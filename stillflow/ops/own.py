"""Ops that a program declares itself, as Stillflow declares its own: `stillflow.op`.

They take the place of libraries of compiled ops, which only TensorFlow can load.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NoReturn

from stillflow.declare.opdef import OPS, OpDef
from stillflow.graph.errors import UnimplementedError
from stillflow.ops.families import all_ops

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_declared: set[str] = set()  # by programs, which may declare them again, in a notebook say


def op(type_name: str, signature: str, **options: Any) -> Callable[[Callable], OpDef]:
    """Declares an op type: a decorator for the function that computes it.

    The function takes an array namespace (NumPy, or jax.numpy where it is compiled), the inputs,
    and as keyword-only arguments the attributes, each annotated with its kind. What it gives must
    be of the types that `signature` says. Called with tensors, the decorated name builds a node;
    `@name.gradient` declares `rule(op, *output_gradients)`.

    Args:
      type_name: of the op, as graphs name it.
      signature: "x: T, y: T -> z: T"; a type may be a dtype, an attribute, or "N * T" for a list.
      shape: gives the static shapes of the outputs; `stillflow.shapes` has the usual ones.
      types: the dtypes that each type attribute may have.
      static: the names of inputs whose values decide shapes.
      host: the function works with NumPy alone: files, strings, shapes that depend on data.
      options: the others of `stillflow.declare.opdef.OpDef`.

    Raises:
      ValueError: Stillflow has an op of this type, or `signature` cannot be read.
      TypeError: the function does not take what the signature says, or an attribute has no kind.
    """

    def declare(fn: Callable) -> OpDef:
        if type_name in all_ops() and type_name not in _declared:
            raise ValueError(
                f"Stillflow has an op {type_name}, which TensorFlow programs mean by that name.\n"
                "  Give yours another."
            )
        defn = OpDef(type_name, signature, fn, **options)
        _check_inputs(defn)
        OPS[type_name] = defn
        _declared.add(type_name)
        return defn

    return declare


def _check_inputs(defn: OpDef) -> None:
    """TypeError unless the function takes the namespace, what is kept for it, and the inputs."""
    parameters = inspect.signature(defn.fn).parameters.values()
    if any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in parameters):
        return
    taken = [parameter.name for parameter in parameters if parameter.kind in _POSITIONAL]
    wanted = ["xp", *["kept"] * defn.takes_state, *(arg.name for arg in defn.signature.inputs)]
    if len(taken) != len(wanted):
        raise TypeError(
            f"{defn.__name__}() takes ({', '.join(taken)}), but op {defn.type} of signature "
            f"'{defn.signature_text}' is called with ({', '.join(wanted)}).\n"
            "  Inputs are positional parameters after the namespace; attributes are keyword-only."
        )


def load_op_library(library_filename: str) -> NoReturn:
    """Compiled ops are TensorFlow's alone.

    Raises:
      UnimplementedError: always.
    """
    raise UnimplementedError(
        None,
        None,
        f"{library_filename}: ops that are compiled for TensorFlow cannot be loaded.\n"
        '  Declare them in Python: @stillflow.op("MyOp", "x: T -> y: T"), in ten lines or so; '
        "see docs/own-ops.md.",
    )


def load_library(library_location: str) -> NoReturn:
    """Compiled ops are TensorFlow's alone.

    Raises:
      UnimplementedError: always.
    """
    load_op_library(library_location)
