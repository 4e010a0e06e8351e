"""The variables that `get_variable` made, by name, and how it makes or finds one."""

from __future__ import annotations

import functools
import inspect
import itertools
import math
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with, init_scope, name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array.slicing import slice_
from stillflow.ops.variables import initializers
from stillflow.ops.variables.kinds import resource_variables_enabled
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.partitioning import Part, PartitionInfo, partitions_by, parts_of
from stillflow.ops.variables.save_slice_info import SaveSliceInfo
from stillflow.ops.variables.variable import Variable
from stillflow.platform.decorators import fn_args, has_kwargs

STORE_KEY = ("stillflow", "variables by name")


class ReuseMode(Enum):
    """The third way of reusing, beside True and False: find a variable or make it."""

    AUTO_REUSE = 1

    def __repr__(self) -> str:
        return "_ReuseMode.AUTO_REUSE"

    __str__ = __repr__


AUTO_REUSE = ReuseMode.AUTO_REUSE


class VariableStore:
    """The variables of a graph that `get_variable` made.

    keeps_eager_variables: those of eager mode as well, which belong to whoever made them otherwise.
    """

    keeps_eager_variables = False

    def __init__(self) -> None:
        self._vars: dict[str, Variable] = {}
        self._partitioned: dict[str, PartitionedVariable] = {}

    @classmethod
    def of(cls, graph: Graph) -> VariableStore:
        """The one store of `graph`."""
        holder = graph.get_collection_ref(STORE_KEY)
        if not holder:
            holder.append(cls())
        return holder[0]

    def find(self, name: str) -> Variable | list[Variable] | None:
        """Returns the variable `name`, or the parts of one; None when there is none."""
        whole = self._vars.get(name)
        return whole if whole is not None else self._parts_of(name) or None

    def _parts_of(self, name: str) -> list[Variable]:
        found = (self._vars.get(f"{name}/part_{number}") for number in itertools.count())
        return list(itertools.takewhile(lambda part: part is not None, found))  # type: ignore[arg-type]

    def below(self, scope: str) -> list[tuple[str, Variable | list[Variable]]]:
        """Returns the names of a scope, sorted, and what `find` gives for them; all for ""."""
        start = f"{scope}/" if scope else ""
        names = {name.partition("/part_")[0] for name in self._vars if name.startswith(start)}
        return [(name, found) for name in sorted(names) if (found := self.find(name)) is not None]

    def get_variable(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        custom_getter: Callable | None = None,
        **others: Any,
    ) -> Any:
        """Returns the variable `name`, through `custom_getter` when there is one.

        `others` are the other arguments of `tf.get_variable`, and `reuse`.
        """
        if executing_eagerly():
            others["reuse"] = self._eager_reuse(others.get("reuse"))
        if isinstance(dtype, DType):  # another variable's is a reference type
            dtype = dtype.base_dtype
        settings = {"shape": shape, "dtype": dtype, "initializer": initializer, **others}
        if custom_getter is None:
            return self._true_getter(name, **settings)
        if not callable(custom_getter):
            raise ValueError(
                f"Passed a custom_getter which is not callable: {custom_getter}\n"
                "  It is called as custom_getter(getter, name, *args, **kwargs)."
            )
        if "constraint" not in fn_args(custom_getter) and not has_kwargs(custom_getter):
            settings.pop("constraint", None)
        return custom_getter(getter=self._true_getter, name=name, **settings)

    def _eager_reuse(self, reuse: Any) -> Any:
        """RuntimeError for reusing: only an EagerVariableStore keeps variables of eager mode."""
        if self.keeps_eager_variables:
            return AUTO_REUSE
        if reuse:
            raise RuntimeError(
                "When eager execution is enabled variable reuse is only supported when an "
                "EagerVariableStore is active. See the documentation on EagerVariableStore for "
                "example usage."
            )
        return reuse

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
        **options: Any,
    ) -> Any:
        settings = {
            "regularizer": regularizer,
            "reuse": reuse,
            "trainable": trainable,
            "collections": collections,
            "caching_device": caching_device,
            **options,
        }
        if partitioner is not None and not callable(partitioner):
            raise ValueError(f"Partitioner must be callable, but received: {partitioner}")
        is_scalar = isinstance(shape, Sequence) and not shape
        if partitioner is not None and not is_scalar:
            return self.get_in_parts(name, shape, dtype, initializer, partitioner, **settings)
        if partitioner is None and reuse is True and name in self._partitioned:
            return self.get_in_parts(name, shape, dtype, initializer, None, **settings)
        if f"{name}/part_0" in self._vars:
            raise ValueError(
                "No partitioner was provided, but a partitioned version of the variable was found: "
                f"{name}/part_0. Perhaps a variable of the same name was already created with "
                "partitioning?"
            )
        return self._single(name, shape, dtype, initializer, **settings)

    def _single(
        self,
        name: str,
        shape: Any,
        dtype: Any,
        initializer: Any,
        regularizer: Callable | None = None,
        reuse: Any = None,
        partition_info: PartitionInfo | None = None,
        use_resource: bool | None = None,
        **options: Any,
    ) -> Variable:
        """Makes or finds a variable that is whole, or a part."""
        if shape is not None and initializer is not None and not callable(initializer):
            raise ValueError(
                "If initializer is a constant, do not specify shape.\n"
                f"  Variable {name} gets both: leave out `shape`, or use tf.constant_initializer."
            )
        dtype, static = dtypes.as_dtype(dtype), as_shape(shape)
        if name in self._vars:
            return self._shared(name, static, dtype, reuse)
        if reuse is True:
            raise ValueError(
                f"Variable {name} does not exist, or was not created with tf.get_variable(). Did "
                "you mean to set reuse=tf.AUTO_REUSE in VarScope?"
            )
        value, value_type = _initial_value(name, static, dtype, initializer, partition_info)
        variable = Variable(
            value,
            name=name,
            dtype=value_type,
            use_resource=resource_variables_enabled() if use_resource is None else use_resource,
            **options,
        )
        if not executing_eagerly():
            self._vars[name] = variable
        elif self.keeps_eager_variables:
            self._vars[name] = variable
            _collect(variable, options)
        if regularizer:  # what is empty is none, as in TensorFlow
            _regularize(variable, name, regularizer)
        return variable

    def _shared(self, name: str, shape: TensorShape, dtype: DType, reuse: Any) -> Variable:
        """The variable that exists already; ValueError when it is not to be shared as that."""
        variable = self._vars[name]
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

    # Variables in parts ---------------------------------------------------------------------------

    def get_in_parts(
        self,
        name: str,
        shape: Any,
        dtype: Any,
        initializer: Any,
        partitioner: Callable | None,
        reuse: Any = None,
        **settings: Any,
    ) -> PartitionedVariable:
        """Makes or finds a variable that is held in parts, which are called `name/part_0`, ...

        Args:
          partitioner: None to find one however it is divided.
        """
        if name in self._vars:
            raise ValueError(
                "A partitioner was provided, but an unpartitioned version of the variable was "
                f"found: {name}.  Perhaps a variable of the same name was already created without "
                "partitioning?"
            )
        dtype, whole = dtypes.as_dtype(dtype), as_shape(shape)
        if isinstance(initializer, Tensor):
            whole = whole.merge_with(initializer.shape)
        partitions: Sequence[int] = ()
        if partitioner is not None:
            partitions = partitions_by(partitioner, whole, dtype)
        if name in self._partitioned:
            return self._shared_in_parts(name, whole, dtype, partitions, reuse)
        if reuse is True:
            raise ValueError(
                f"PartitionedVariable {name} does not exist, or was not created with "
                "tf.get_variable(). Did you mean to set reuse=False or reuse=tf.AUTO_REUSE in "
                "VarScope?"
            )
        self._check_number_of_parts(name, math.prod(partitions))
        settings["reuse"] = reuse
        parts = [
            self._part(name, number, whole, part, dtype, initializer, settings)
            for number, part in enumerate(parts_of(_known_sizes(whole), partitions))
        ]
        variable = PartitionedVariable(name, whole, dtype, parts, partitions)
        self._partitioned[name] = variable
        return variable

    def _part(
        self,
        name: str,
        number: int,
        whole: TensorShape,
        part: Part,
        dtype: DType,
        initializer: Any,
        settings: dict[str, Any],
    ) -> Variable:
        part_name = f"{name}/part_{number}"
        sizes: list[int] | None = part.sizes
        with name_scope(f"{part_name}/PartitionedInitializer"):
            if initializer is not None and not callable(initializer):
                value = convert_to_tensor(initializer, dtype if _is_plain(initializer) else None)
                initializer = slice_(value, part.offset, part.sizes)
                dtype, sizes = initializer.dtype.base_dtype, None
        full_shape = _known_sizes(whole)
        info = PartitionInfo(full_shape, part.offset)
        with name_scope(None):
            variable = self._single(
                part_name, sizes, dtype, initializer, partition_info=info, **settings
            )
        variable._set_save_slice_info(SaveSliceInfo(name, full_shape, part.offset, part.sizes))
        return variable

    def _shared_in_parts(
        self, name: str, shape: TensorShape, dtype: DType, partitions: Sequence[int], reuse: Any
    ) -> PartitionedVariable:
        """The variable that exists already; ValueError when it is not to be shared as that."""
        if reuse is False:
            raise ValueError(
                f"Partitioned variable with name {name} already exists. Did you mean to set "
                "reuse=True or reuse=tf.AUTO_REUSE in VarScope?"
            )
        variable = self._partitioned[name]
        trying = f"Trying to reuse partitioned variable {name}, but specified"
        if not shape.is_compatible_with(variable.shape):
            raise ValueError(f"{trying} shape {shape} and found shape {variable.shape}.")
        if not dtype.is_compatible_with(variable.dtype):
            raise ValueError(f"{trying} dtype {dtype.name} and found dtype {variable.dtype.name}.")
        found = variable._get_partitions()
        if partitions and found != partitions:
            raise ValueError(f"{trying} partitions {partitions} and found partitions {found}.")
        return variable

    def _check_number_of_parts(self, name: str, count: int) -> None:
        """ValueError where some parts of that name exist already, and not as many."""
        if f"{name}/part_0" not in self._vars:
            return
        found = (
            "Partitioner returned a different partitioning than what was already found.  "
            f"Partitioner returned {count} shards, and shard {name}/part_0 was found, but"
        )
        if f"{name}/part_{count - 1}" not in self._vars:
            raise ValueError(f"{found} {name}/part_{count - 1} was not.")
        if f"{name}/part_{count}" in self._vars:
            raise ValueError(f"{found} so was the extra shard {name}/part_{count}.")


def _collect(variable: Variable, options: dict[str, Any]) -> None:
    """Adds an eager variable, which joins no collection by itself, to those that it is for."""
    graph = get_default_graph()
    names = options.get("collections") or [GraphKeys.GLOBAL_VARIABLES]
    graph.add_to_collections(names, variable)
    if variable.trainable:
        graph.add_to_collection(GraphKeys.TRAINABLE_VARIABLES, variable)


def default_variable_store() -> VariableStore:
    """The store of the default graph."""
    return VariableStore.of(get_default_graph())


def _known_sizes(shape: TensorShape) -> list[int]:
    return shape.as_list()  # type: ignore[return-value]


def _is_plain(value: Any) -> bool:
    return not isinstance(value, Tensor)


def _initial_value(
    name: str,
    shape: TensorShape,
    dtype: DType,
    initializer: Any,
    partition_info: PartitionInfo | None,
) -> tuple[Any, DType | None]:
    """What Variable is made of: a value, or a function, and the type to convert it to."""
    if initializer is None:
        initializer = default_initializer(name, dtype)
    if not callable(initializer):
        return initializer, None
    if inspect.isclass(initializer):
        initializer = initializer()
    if shape.is_fully_defined():
        # TensorFlow hands over `partition_info` always, so user-defined initializers may demand it.
        value = functools.partial(
            initializer, shape.as_list(), dtype=dtype, partition_info=partition_info
        )
        return value, dtype.base_dtype
    if _takes_no_argument(initializer):
        return initializer, None
    raise ValueError(
        "The initializer passed is not valid. It should be a callable with no arguments and the "
        "shape should not be provided or an instance of `tf.keras.initializers.*' and `shape` "
        f"should be fully defined.\n  Variable {name} was to be of shape {shape}."
    )


def default_initializer(name: str | None, dtype: DType) -> Callable:
    """The initializer of variables of a type; ValueError where there is none."""
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
    beside = variable if executing_eagerly() else variable.op
    with colocate_with(beside), name_scope(f"{name}/Regularizer/"), init_scope():
        loss = regularizer(variable)
    if loss is not None:
        get_default_graph().add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)
