"""What is declared of a variable, and which operations stand for the same one.

Its value lives in the session. A variable is an operation: the one that gives references to it, or
the first of those that give handles of its name.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary, WeakValueDictionary

from stillflow.declare.handles import is_handle
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation
from stillflow.graph.tensor_shape import TensorShape

DEFAULT_CONTAINER = "localhost"

# Of each graph, by container and name, the variables that handles name.
_named: WeakKeyDictionary[Graph, WeakValueDictionary[tuple[str, str], Operation]]
_named = WeakKeyDictionary()


def has_handle(variable: Operation) -> bool:
    """Whether handles name the variable, instead of references to it."""
    return is_handle(variable.outputs[0])


def declared_shape(variable: Operation) -> TensorShape:
    """The static shape of the values that `variable` may have."""
    return variable.attrs["shape"] if has_handle(variable) else variable.outputs[0].shape


def may_change_shape(op: Operation, variable: Operation) -> bool:
    """Whether what `op` writes may be of another shape than what the variable holds."""
    if op.attrs.get("validate_shape", not op.defn.reshapes):
        return False
    declared, value = declared_shape(variable), op.inputs[-1]
    is_same = declared.is_fully_defined() and value.shape.sizes == declared.sizes
    return not is_same or is_handle(value)


def declared_dtype(variable: Operation) -> DType:
    return variable.attrs["dtype"] if has_handle(variable) else variable.outputs[0].dtype.base_dtype


def name_in_container(variable: Operation) -> tuple[str, str]:
    """The container and the name in it by which handles know the variable."""
    return variable.attrs["container"] or DEFAULT_CONTAINER, variable.attrs["shared_name"]


def first_of_its_name(variable: Operation) -> Operation:
    """The operation that stands for the variable that `variable` names."""
    if not has_handle(variable):
        return variable
    named = _named.setdefault(variable.graph, WeakValueDictionary())
    return named.setdefault(name_in_container(variable), variable)
