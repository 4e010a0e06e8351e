"""`PartitionedVariable`: a variable that is held as several, each a part along one axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from stillflow.declare.convert import register_tensor_conversion_function
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape, dimension_value
from stillflow.ops.array.joining import concat, split
from stillflow.ops.control.ordering import identity
from stillflow.ops.variables.variable import Variable


class PartitionedVariable:
    """The variables that `tf.get_variable` makes with a `partitioner`, in order.

    It becomes a tensor where one is wanted: the parts joined.

    Args:
      name, shape, dtype: of the whole.
      variable_list: the parts, each of which has its place in the whole (`save_slice_info`).
      partitions: how many parts there are on each axis.

    Raises:
      TypeError: `variable_list` or `partitions` is no list.
      ValueError: there is no part, one has no place, or the shapes do not fit.
    """

    def __init__(
        self,
        name: str,
        shape: Any,
        dtype: DType,
        variable_list: Sequence[Variable],
        partitions: Sequence[int],
    ):
        _check_parts(shape, variable_list, partitions)
        self._name = name
        self._shape = shape
        self._dtype = dtype
        self._partitions = partitions
        self._variable_list = sorted(variable_list, key=lambda part: _place(part).var_offset)

    @property
    def name(self) -> str:
        return self._name

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        return self._shape

    def get_shape(self) -> TensorShape:
        return self._shape

    def _get_variable_list(self) -> list[Variable]:
        return self._variable_list

    def _get_partitions(self) -> Sequence[int]:
        return self._partitions

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._variable_list)

    def __len__(self) -> int:
        axes = self._partition_axes()
        if len(axes) > 1:
            raise ValueError(f"Cannot get a length for {len(axes)} > 1 partition axes")
        return len(self._variable_list)

    def _partition_axes(self) -> list[int]:
        return [axis for axis, count in enumerate(self._partitions) if count > 1] or [0]

    def _single_axis(self, problem: str) -> int:
        """The one axis along which there are parts; NotImplementedError for several."""
        axes = self._partition_axes()
        if len(axes) > 1:
            raise NotImplementedError(problem.format(axes))
        return axes[0]

    # Reading --------------------------------------------------------------------------------------

    def as_tensor(self) -> Tensor:
        """The whole: new nodes, which wait for none of the open control dependencies."""
        with control_dependencies(None):
            return self._concat()

    def _concat(self) -> Tensor:
        """The whole: new nodes, which wait for the open control dependencies."""
        if len(self._variable_list) == 1:
            whole: Any = self._variable_list[0]
        else:
            axis = self._single_axis(
                "Cannot concatenate along more than one dimension: {}.  Multi-axis partition concat"
                " is not supported"
            )
            with name_scope(f"{self._name}/ConcatPartitions/"):
                whole = concat(self._variable_list, axis)
        with name_scope(None):
            return identity(whole, name=self._name)

    # Changing -------------------------------------------------------------------------------------

    def assign(
        self,
        value: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> list:
        """What sets each part: to its part of `value`, or of a list of values for the parts."""
        return self._changed("assign", value, use_locking, name, read_value)

    def assign_add(
        self,
        value: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> list:
        """What adds its part of `value` to each part."""
        return self._changed("assign_add", value, use_locking, name, read_value)

    def assign_sub(
        self,
        value: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> list:
        """What takes its part of `value` off each part."""
        return self._changed("assign_sub", value, use_locking, name, read_value)

    def _changed(
        self, method: str, value: Any, use_locking: bool, name: str | None, read_value: bool
    ) -> list:
        changed = [
            getattr(part, method)(own, use_locking=use_locking, name=name)
            for part, own in zip(self._variable_list, self._values_for_parts(value), strict=True)
        ]
        return changed if read_value else [tensor.op for tensor in changed]

    def _values_for_parts(self, value: Any) -> Sequence[Any]:
        axis = self._single_axis(
            "Cannot do assign action along more than one dimension: {}.  Multi-axis partition "
            "assign action is not supported "
        )
        if isinstance(value, (list, PartitionedVariable)):
            values = list(value)
            assert len(values) == len(self._variable_list)
            return values
        sizes = [dimension_value(part.shape[axis]) for part in self._variable_list]
        return split(value, sizes, axis=axis)


def _place(part: Variable) -> Any:
    return part._get_save_slice_info()


def _check_parts(shape: Any, parts: Any, partitions: Any) -> None:
    if not isinstance(parts, (list, tuple)):
        raise TypeError(f"variable_list is not a list or tuple: {parts}")
    if not isinstance(partitions, (list, tuple)):
        raise TypeError(f"partitions is not a list or tuple: {partitions}")
    if not all(count >= 1 for count in partitions):
        raise ValueError(f"partition values must be positive: {partitions}")
    if not parts:
        raise ValueError("variable_list may not be empty")
    if any(_place(part) is None for part in parts):
        names = [part.name for part in parts]
        raise ValueError(f"All variables must have a save_slice_info available: {names}")
    if len(shape) != len(partitions):
        raise ValueError(f"len(shape) != len(partitions): {shape} vs. {partitions}")
    for part in parts:
        whole = _place(part).full_shape
        if whole != shape:
            raise ValueError(
                f"All variables' full shapes must match shape: {shape}; but full shapes were: "
                f"{[whole]}"
            )


def _to_tensor(
    variable: PartitionedVariable,
    dtype: DType | None = None,
    name: str | None = None,
    as_ref: bool = False,
) -> Tensor:
    del name  # the nodes bear the variable's
    if dtype is not None and not dtype.is_compatible_with(variable.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtype.name}' for variable of type "
            f"'{variable.dtype.name}'"
        )
    if as_ref:
        raise NotImplementedError("PartitionedVariable doesn't support being used as a reference.")
    return variable.as_tensor()


register_tensor_conversion_function(PartitionedVariable, _to_tensor)
