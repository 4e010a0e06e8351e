"""The variables that `get_variable` made, by name, and how it makes or finds one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from enum import Enum
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import Graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import colocate_with, init_scope, name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.variables import initializers
from stillflow.ops.variables.variable import Variable

_KEY = ("stillflow", "variables by name")


class ReuseMode(Enum):
    """The third way of reusing, beside True and False: find a variable or make it."""

    AUTO_REUSE = 1

    def __repr__(self) -> str:
        return "_ReuseMode.AUTO_REUSE"

    __str__ = __repr__


AUTO_REUSE = ReuseMode.AUTO_REUSE


class VariableStore:
    """The variables of a graph that `get_variable` made."""

    def __init__(self) -> None:
        self._variables: dict[str, Variable] = {}

    @classmethod
    def of(cls, graph: Graph) -> VariableStore:
        """The one store of `graph`."""
        holder = graph.get_collection_ref(_KEY)
        if not holder:
            holder.append(cls())
        return holder[0]

    def find(self, name: str) -> Variable | None:
        """Returns the variable `name`; None when there is none."""
        return self._variables.get(name)

    def below(self, scope: str) -> list[tuple[str, Variable]]:
        """Returns the names and variables of a scope, sorted; all of them for ""."""
        start = f"{scope}/" if scope else ""
        return sorted(item for item in self._variables.items() if item[0].startswith(start))

    def get_variable(self, name: str, custom_getter: Callable | None, **settings: Any) -> Any:
        """Returns the variable `name`, through `custom_getter` when there is one.

        `settings` are all other arguments of `tf.get_variable`, and `reuse`.
        """
        dtype = settings.get("dtype")
        if isinstance(dtype, DType):  # another variable's is a reference type
            settings["dtype"] = dtype.base_dtype
        if custom_getter is None:
            return self._true_getter(name, **settings)
        if not callable(custom_getter):
            raise ValueError(
                f"Passed a custom_getter which is not callable: {custom_getter}\n"
                "  It is called as custom_getter(getter, name, *args, **kwargs)."
            )
        return custom_getter(getter=self._true_getter, name=name, **settings)

    def _true_getter(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        regularizer: Callable | None = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        partitioner: Callable | None = None,
        use_resource: bool | None = None,
        **options: Any,
    ) -> Variable:
        if partitioner is not None and not (isinstance(shape, (list, tuple)) and not shape):
            raise NotImplementedError(
                "Variables in parts (`partitioner`, PartitionedVariable) are in TensorFlow 1.15 but"
                f" not yet in Stillflow; variable {name} was to be one.\n"
                "  Leave the partitioner out: all variables are on one machine here."
            )
        if shape is not None and initializer is not None and not callable(initializer):
            raise ValueError(
                "If initializer is a constant, do not specify shape.\n"
                f"  Variable {name} gets both: leave out `shape`, or use tf.constant_initializer."
            )
        dtype, static = dtypes.as_dtype(dtype), as_shape(shape)
        if name in self._variables:
            return self._shared(name, static, dtype, reuse)
        if reuse is True:
            raise ValueError(
                f"Variable {name} does not exist, or was not created with tf.get_variable(). Did "
                "you mean to set reuse=tf.AUTO_REUSE in VarScope?"
            )
        value, value_type = _initial_value(name, static, dtype, initializer)
        variable = Variable(
            value,
            trainable,
            collections,
            caching_device=caching_device,
            name=name,
            dtype=value_type,
            use_resource=bool(use_resource),
            **options,
        )
        self._variables[name] = variable
        if regularizer is not None:
            _regularize(variable, name, regularizer)
        return variable

    def _shared(self, name: str, shape: TensorShape, dtype: DType, reuse: Any) -> Variable:
        """The variable that exists already; ValueError when it is not to be shared as that."""
        variable = self._variables[name]
        if reuse is False:
            raise ValueError(
                f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or "
                f"reuse=tf.AUTO_REUSE in VarScope? Originally defined at:\n\n"
                f"  {variable.op.built_at or 'an imported graph'}"
            )
        if not shape.is_compatible_with(variable.get_shape()):
            raise ValueError(
                f"Trying to share variable {name}, but specified shape {shape} and found shape "
                f"{variable.get_shape()}."
            )
        if not dtype.is_compatible_with(variable.dtype):
            raise ValueError(
                f"Trying to share variable {name}, but specified dtype {dtype.name} and found "
                f"dtype {variable.dtype.name}."
            )
        return variable


def _initial_value(
    name: str, shape: TensorShape, dtype: DType, initializer: Any
) -> tuple[Any, DType | None]:
    """What Variable is made of: a value, or a function, and the type to convert it to."""
    if initializer is None:
        initializer = _default_initializer(name, dtype)
    if not callable(initializer):
        return initializer, None
    if inspect.isclass(initializer):
        initializer = initializer()
    if shape.is_fully_defined():
        # TensorFlow hands over `partition_info` always, so user-defined initializers may demand it.
        value = functools.partial(initializer, shape.as_list(), dtype=dtype, partition_info=None)
        return value, dtype.base_dtype
    if _takes_no_argument(initializer):
        return initializer, None
    raise ValueError(
        "The initializer passed is not valid. It should be a callable with no arguments and the "
        "shape should not be provided or an instance of `tf.keras.initializers.*' and `shape` "
        f"should be fully defined.\n  Variable {name} was to be of shape {shape}."
    )


def _default_initializer(name: str, dtype: DType) -> Callable:
    if dtype.is_floating:
        return initializers.GlorotUniform()
    if dtype.is_integer or dtype.is_bool or dtype is dtypes.string:
        return initializers.Zeros()
    raise ValueError(f"An initializer for variable {name} of {dtype.base_dtype} is required")


def _takes_no_argument(function: Callable) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return all(
        p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters
    )


def _regularize(variable: Variable, name: str, regularizer: Callable) -> None:
    """Adds what `regularizer` makes of the variable, if anything, to the regularization losses."""
    with colocate_with(variable.op), name_scope(f"{name}/Regularizer/"), init_scope():
        loss = regularizer(variable)
    if loss is not None:
        variable.graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)
