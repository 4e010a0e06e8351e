"""`tf.layers.InputSpec`: what a layer demands of an input, and the check of inputs against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stillflow.graph import dtypes, nest
from stillflow.graph.tensor_shape import TensorShape


class InputSpec:
    """What a layer demands of one input; what is None is not checked.

    Args:
      dtype: the type.
      shape: the size of each axis, None for any.
      ndim, max_ndim, min_ndim: the rank, or its limits; `shape` says the rank too.
      axes: sizes of single axes.

    Raises:
      TypeError: a key of `axes` is no integer.
      ValueError: an axis that the rank excludes.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
    ):
        self.dtype = dtypes.as_dtype(dtype).name if dtype is not None else None
        self.shape = shape
        self.ndim = ndim if shape is None else len(shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        try:
            self.axes = {int(axis): (axes or {})[axis] for axis in axes or {}}
        except (ValueError, TypeError):
            raise TypeError("The keys in axes must be integers.") from None
        if self.axes and (self.ndim is not None or self.max_ndim is not None):
            last = (self.ndim or self.max_ndim or 0) - 1
            if max(self.axes) > last:
                raise ValueError(
                    f"Axis {max(self.axes)} is greater than the maximum allowed value: {last}"
                )

    def __repr__(self) -> str:
        given = {name: value for name, value in self.get_config().items() if value}
        return f"InputSpec({', '.join(f'{name}={value}' for name, value in given.items())})"

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this object."""
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        return cls(**config)


def to_tensor_shape(spec: InputSpec) -> TensorShape:
    """Returns the shape that `spec` demands, of sizes that it does not tell where they are free."""
    if spec.shape is None and spec.ndim is None:
        return TensorShape(None)
    if spec.shape is not None:
        return TensorShape(spec.shape)
    sizes: list[int | None] = [None] * (spec.ndim or 0)
    for axis, size in spec.axes.items():
        sizes[axis] = size
    return TensorShape(sizes)


def assert_input_compatibility(input_spec: Any, inputs: Any, layer_name: str) -> None:
    """ValueError when `inputs` are not what the layer demands.

    Args:
      input_spec: an InputSpec or a nest of them, whose leaves may be None; or None.
      inputs: a tensor or a nest of them.
    """
    if not input_spec:
        return
    tensors, specs = nest.flatten(inputs), nest.flatten(input_spec)
    if len(tensors) != len(specs):
        raise ValueError(
            f"Layer {layer_name} expects {len(specs)} inputs, but it received {len(tensors)} input "
            f"tensors. Inputs received: {tensors}"
        )
    for index, (tensor, spec) in enumerate(zip(tensors, specs, strict=True)):
        if spec is None:
            continue
        for fault in _faults(spec, tensor):
            raise ValueError(
                f"Input {index} of layer {layer_name} is incompatible with the layer: {fault}"
            )
        if spec.shape is not None and not _fits(spec.shape, tensor.shape.as_list()):
            raise ValueError(
                f"Input {index} is incompatible with layer {layer_name}: expected "
                f"shape={spec.shape}, found shape={tensor.shape.as_list()}"
            )


def _faults(spec: InputSpec, tensor: Any) -> Iterator[str]:
    """What is wrong with the rank, the type and single sizes of an input."""
    if (spec.ndim, spec.min_ndim, spec.max_ndim) != (None, None, None):
        yield from _faults_of_rank(spec, tensor.shape)
    if spec.dtype is not None and tensor.dtype != spec.dtype:
        yield f"expected dtype={spec.dtype}, found dtype={tensor.dtype}"
    if spec.axes:
        yield from _faults_of_sizes(spec, tensor.shape.as_list())


def _faults_of_rank(spec: InputSpec, shape: TensorShape) -> Iterator[str]:
    rank = shape.ndims
    if rank is None:
        yield "its rank is undefined, but the layer requires a defined rank."
        return
    received = f"Full shape received: {shape.as_list()}"
    if spec.ndim is not None and rank != spec.ndim:
        yield f"expected ndim={spec.ndim}, found ndim={rank}. {received}"
    if spec.max_ndim is not None and rank > spec.max_ndim:
        yield f"expected max_ndim={spec.max_ndim}, found ndim={rank}"
    if spec.min_ndim is not None and rank < spec.min_ndim:
        yield f": expected min_ndim={spec.min_ndim}, found ndim={rank}. {received}"


def _faults_of_sizes(spec: InputSpec, shape: list[int | None]) -> Iterator[str]:
    for axis, size in spec.axes.items():
        size = getattr(size, "value", size)
        if size is not None and shape[axis] not in (size, None):
            yield (
                f"expected axis {axis} of input shape to have value {size} but received input with "
                f"shape {shape}"
            )


def _fits(wanted: Sequence[int | None], shape: list[int | None]) -> bool:
    sizes = zip(wanted, shape, strict=False)
    return all(None in pair or pair[0] == pair[1] for pair in sizes)
