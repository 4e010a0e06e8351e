"""`tf.keras.Input`: where networks of layers start."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.tensor_shape import TensorShape
from stillflow.keras.engine.base_layer import Layer
from stillflow.layers import names
from stillflow.layers.keras_graph import in_graph
from stillflow.layers.nodes import KerasHistory, Node
from stillflow.layers.settings import floatx
from stillflow.layers.symbolic import is_symbolic_tensor
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.ragged import constants as ragged
from stillflow.ops.sparse.sparse_tensor import sparse_placeholder


class InputLayer(Layer):
    """A layer without inputs, whose output is a placeholder or a given tensor.

    Args:
      input_shape: sizes without that of the batch; an integer for one, None for any shape.
      batch_size: the size of the batch, if it is known.
      dtype: the type; by default that of the tensor, else `floatx()`.
      input_tensor: what is the output, in place of a placeholder.
      sparse, ragged: whether the placeholder is for a SparseTensor, or for a RaggedTensor.
      name: by default "input_1" and so on.
      batch_input_shape: as a keyword: sizes with that of the batch.

    Raises:
      ValueError: both shapes, an unknown keyword, or a type that is not the tensor's.
    """

    def __init__(
        self,
        input_shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        input_tensor: Any = None,
        sparse: bool = False,
        name: str | None = None,
        ragged: bool = False,
        **kwargs: Any,
    ):
        if "batch_input_shape" in kwargs:
            batch_input_shape = kwargs.pop("batch_input_shape")
            if input_shape and batch_input_shape:
                raise ValueError(
                    "Only provide the input_shape OR batch_input_shape argument to InputLayer, not "
                    "both at the same time."
                )
            batch_size, input_shape = batch_input_shape[0], batch_input_shape[1:]
        if kwargs:
            raise ValueError("Unrecognized keyword arguments:", kwargs.keys())
        name = name or f"input_{names.get_uid('input')}"
        super().__init__(dtype=_settled_type(dtype, input_tensor), name=name)
        self.built = True
        self.sparse = sparse
        self.ragged = ragged
        self.batch_size = batch_size
        self.supports_masking = True
        self.is_placeholder = input_tensor is None
        if input_tensor is None:
            self._batch_input_shape: Any = _batch_shape(batch_size, input_shape)
            with in_graph():
                input_tensor = self._placeholder()
        elif not is_symbolic_tensor(input_tensor):
            raise ValueError(
                "You should not pass an EagerTensor to `Input`. For example, instead of creating "
                "an InputLayer, you should instantiate your model and directly call it on your "
                "input."
            )
        else:
            self._batch_input_shape = tuple(input_tensor.shape.as_list())
        input_tensor._keras_history = KerasHistory(self, 0, 0)
        input_tensor._keras_mask = None
        Node(self, [], [], [], [input_tensor], [input_tensor])

    def _placeholder(self) -> Any:
        shape: Any = self._batch_input_shape
        if self.sparse:
            return sparse_placeholder(self.dtype, shape=shape, name=self.name)
        if not self.ragged:
            return placeholder(self.dtype, shape=shape, name=self.name)
        rows = 1
        while rows < len(shape) and shape[rows] is None:
            rows += 1
        return ragged.placeholder(self.dtype, rows - 1, shape[rows:], name=self.name)

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_input_shape": self._batch_input_shape,
            "dtype": self.dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
        }


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    name: str | None = None,
    dtype: Any = None,
    sparse: bool = False,
    tensor: Any = None,
    ragged: bool = False,
    **kwargs: Any,
) -> Any:
    """Returns a tensor that models start from: a placeholder, or `tensor`.

    Args:
      shape: sizes without that of the batch, None for any.
      batch_shape: as a keyword: sizes with that of the batch.
      All others are as for `InputLayer`.

    Raises:
      ValueError: neither a shape nor a tensor, two shapes, or an unknown keyword.
    """
    if sparse and ragged:
        raise ValueError("Cannot set both sparse and ragged to True in a Keras input.")
    options = {"name": name, "dtype": dtype, "sparse": sparse, "ragged": ragged}
    batch_shape = kwargs.pop("batch_input_shape", kwargs.pop("batch_shape", None))
    if shape and batch_shape:
        raise ValueError(
            "Only provide the `shape` OR `batch_input_shape` argument to Input, not both at the "
            "same time."
        )
    if kwargs:
        raise ValueError("Unrecognized keyword arguments:", kwargs.keys())
    if batch_shape:
        options["batch_input_shape"], shape = batch_shape, batch_shape[1:]
    else:
        options |= {"batch_size": batch_size, "input_shape": shape}
    if shape is None and tensor is None:
        raise ValueError(
            "Please provide to Input either a `shape` or a `tensor` argument. Note that `shape` "
            "does not include the batch dimension."
        )
    layer = InputLayer(input_tensor=tensor, **options)
    outputs: list[Any] = layer._inbound_nodes[0].output_tensors
    return outputs[0] if len(outputs) == 1 else outputs


def _settled_type(dtype: Any, input_tensor: Any) -> Any:
    if not dtype:
        return floatx() if input_tensor is None else input_tensor.dtype.base_dtype
    if input_tensor is not None and input_tensor.dtype != dtypes.as_dtype(dtype):
        raise ValueError(
            f"`input_tensor.dtype` differs from `dtype`: {input_tensor.dtype} vs. {dtype}"
        )
    return dtype


def _batch_shape(batch_size: int | None, input_shape: Any) -> tuple[int | None, ...] | None:
    if input_shape is None:
        return None
    if isinstance(input_shape, int):
        return batch_size, input_shape
    sizes = input_shape.as_list() if isinstance(input_shape, TensorShape) else input_shape
    return batch_size, *sizes
