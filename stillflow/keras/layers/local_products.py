"""Locally connected layers as products with a matrix of all inputs and all outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.keras.utils.kernels import conv_kernel_mask
from stillflow.ops.array import reshaping, shape_of, transposing
from stillflow.ops.linalg.products import sparse_matmul
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.products import sparse_tensor_dense_matmul_op


def kernel_mask(
    input_shape: tuple[int, ...],
    kernel_shape: tuple[int, ...],
    strides: tuple[int, ...],
    padding: str,
    data_format: str,
) -> np.ndarray:
    """What of a kernel counts, with axes of size 1 where it has channels."""
    mask = conv_kernel_mask(input_shape, kernel_shape, strides, padding)
    axes = len(input_shape)
    if data_format == "channels_first":
        return np.expand_dims(np.expand_dims(mask, 0), -axes - 1)
    if data_format == "channels_last":
        return np.expand_dims(np.expand_dims(mask, axes), -1)
    raise ValueError(f"Unrecognized data_format: {data_format}")


def masked(inputs: Any, kernel: Any, mask: np.ndarray, output_shape: TensorShape) -> Tensor:
    """The inputs times what the mask keeps of a kernel that has a number for each pair."""
    flat = _flat(inputs)
    kept = mask * kernel
    matrix = make_2d(kept, split_dim=kept.shape.ndims // 2)
    return _unflattened(sparse_matmul(flat, matrix, b_is_sparse=True), output_shape)


def sparse(
    inputs: Any,
    kernel: Any,
    indices: list[tuple[int, int]],
    kernel_shape: tuple[int, int],
    output_shape: TensorShape,
) -> Tensor:
    """The inputs times a sparse matrix: `kernel` at `indices`, (output, input)."""
    flat = _flat(inputs)
    outputs = sparse_tensor_dense_matmul_op(indices, kernel, kernel_shape, flat, adjoint_b=True)
    return _unflattened(transposing.transpose(outputs), output_shape)


def make_2d(tensor: Any, split_dim: int) -> Tensor:
    """A matrix of a tensor: its first `split_dim` axes in one, and all others in one."""
    shape = shape_of.shape(tensor)
    rows, columns = shape[:split_dim], shape[split_dim:]
    sizes = reductions.reduce_prod(rows), reductions.reduce_prod(columns)
    return reshaping.reshape(tensor, sizes)


def _flat(inputs: Any) -> Tensor:
    return reshaping.reshape(inputs, (shape_of.shape(inputs)[0], -1))


def _unflattened(outputs: Any, shape: TensorShape) -> Tensor:
    return reshaping.reshape(outputs, [shape_of.shape(outputs)[0], *shape.as_list()[1:]])
