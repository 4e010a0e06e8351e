"""TensorFlow's own function for each op type, which builds one node: `tf.raw_ops.MatMul`.

They are the declarations themselves; where TensorFlow's Python spells an argument otherwise than
its op definition, `_SPELLED` says how.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from stillflow.ops.families import all_ops

_AXES = {"axis": "reduction_indices"}
_SPELLED: dict[str, dict[str, str]] = {
    **dict.fromkeys(("All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "Sum"), _AXES),
    "ExpandDims": {"axis": "dim"},
    "Select": {"x": "t", "y": "e"},
    "Split": {"axis": "split_dim"},
    "SplitV": {"axis": "split_dim"},
    "Squeeze": {"axis": "squeeze_dims"},
    "Where": {"condition": "input"},
}


@functools.cache
def generated(op_type: str) -> Callable[..., Any]:
    """The function of TensorFlow's generated modules: inputs and attributes in order or by name.

    Raises:
      KeyError: Stillflow has no such op type.
    """
    build = all_ops()[op_type]
    spelled = _SPELLED.get(op_type)
    if spelled is None:
        return build

    @functools.wraps(build, updated=())
    def respelled(*args: Any, **kwargs: Any) -> Any:
        return build(*args, **{spelled.get(key, key): value for key, value in kwargs.items()})

    return respelled


@functools.cache
def keyword_only(op_type: str) -> Callable[..., Any]:
    """`tf.raw_ops.<op_type>`: the same, of keyword arguments.

    Raises:
      KeyError: Stillflow has no such op type.
    """
    build = generated(op_type)
    spelled = {old: new for new, old in _SPELLED.get(op_type, {}).items()}
    keys = [spelled.get(key, key) for key in inspect.signature(all_ops()[op_type]).parameters]

    @functools.wraps(build, updated=())
    def raw(*args: Any, **kwargs: Any) -> Any:
        if args:
            raise TypeError(
                f"{op_type} only takes keyword args (possible keys: {keys}). "
                "Please pass these args as kwargs instead."
            )
        for key in kwargs.keys() - keys:
            raise TypeError(f"{op_type}() got an unexpected keyword argument {key!r}")
        return build(**kwargs)

    raw.__name__ = raw.__qualname__ = op_type
    return raw
