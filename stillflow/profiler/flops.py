"""How many arithmetic operations a node takes, as TensorFlow counts them for each op type."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.profiler.statistics import OpStats, RegisterStatistics, sizes_of

_KIND = "flops"
_Count = Callable[[Graph, Any], float]


def _register(count: _Count, *op_types: str) -> None:
    for op_type in op_types:
        RegisterStatistics(op_type, _KIND)(lambda graph, node: OpStats(_KIND, count(graph, node)))


def _size(graph: Graph, name: str) -> int:
    return math.prod(sizes_of(graph, name))


def _of_input(each: int = 1, more: int = 0) -> _Count:
    """So many for each element of the first input."""
    return lambda graph, node: _size(graph, node.input[0]) * each + more


def _of_output(each: int = 1) -> _Count:
    """So many for each element of the output."""
    return lambda graph, node: _size(graph, node.name) * each


def _of_reduction(last: int = 0) -> _Count:
    """One for each element that is put to another, and `last` for each result."""
    return lambda graph, node: _size(graph, node.input[0]) + _size(graph, node.name) * (last - 1)


_ONE_INPUT = ("Reciprocal", "Square", "Log", "Neg", "AssignSub", "AssignAdd", "BiasAdd")
_ONE_OUTPUT = (
    *("Add", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "Pow"),
    *("GreaterEqual", "Greater", "LessEqual", "Less", "Equal", "NotEqual"),
)
_register(_of_input(), *_ONE_INPUT)
_register(_of_input(2), "Rsqrt")
_register(_of_input(3, more=-1), "L2Loss")
_register(_of_input(5), "Softmax")
_register(_of_output(), *_ONE_OUTPUT)
_register(_of_output(2), "SquaredDifference")
_register(_of_output(4), "RsqrtGrad")
_register(_of_reduction(1), "Mean")
_register(_of_reduction(), "Sum", "ArgMax", "ArgMin", "BiasAddGrad")


def _check_channels_last(node: Any) -> None:
    if node.attr["data_format"].s != b"NHWC":
        raise ValueError("Only NHWC format is supported in flops computations")


def _window(node: Any) -> int:
    return math.prod(node.attr["ksize"].list.i)


def _pool(graph: Graph, node: Any) -> int:
    _check_channels_last(node)
    return _window(node) * _size(graph, node.name)


def _avg_pool_grad(graph: Graph, node: Any) -> int:
    _check_channels_last(node)
    return _window(node) * _size(graph, node.input[1]) * 2


def _max_pool_grad(graph: Graph, node: Any) -> int:
    _check_channels_last(node)
    return (_window(node) + 1) * _size(graph, node.input[1])


_register(_pool, "AvgPool", "MaxPool")
_register(_avg_pool_grad, "AvgPoolGrad")
_register(_max_pool_grad, "MaxPoolGrad")


def _convolution(axes: slice) -> _Count:
    """Two for each element of the output and of the filter's axes."""

    def count(graph: Graph, node: Any) -> int:
        sizes_of(graph, node.input[0])  # which must be known
        filters = sizes_of(graph, node.input[1])
        return _size(graph, node.name) * math.prod(filters[axes]) * 2

    return count


_register(_convolution(slice(3)), "Conv2D")
_register(_convolution(slice(4)), "Conv3D")
_register(_convolution(slice(2)), "DepthwiseConv2dNative", "Dilation2D")


def _conv_grad(image: Callable[[Any], str], filters: Callable[[Any], str]) -> _Count:
    """As the convolution whose image and filters are of these names."""

    def count(graph: Graph, node: Any) -> float:
        _check_channels_last(node)
        shape = sizes_of(graph, image(node))
        strides = node.attr["strides"].list.i
        products = 2 * math.prod(shape) * _size(graph, filters(node))
        return products / (shape[-1] * strides[1] * strides[2])

    return count


_register(_conv_grad(lambda n: n.name, lambda n: n.input[1]), "Conv2DBackpropInput")
_register(_conv_grad(lambda n: n.input[0], lambda n: n.name), "Conv2DBackpropFilter")


def _matmul(first: int, second: int) -> _Count:
    """Two for each element of the output and of the axis that is summed."""

    def count(graph: Graph, node: Any) -> int:
        shape = sizes_of(graph, node.input[0])
        summed = shape[first] if node.attr["transpose_a"].b else shape[second]
        return summed * _size(graph, node.name) * 2

    return count


def _add_n(graph: Graph, node: Any) -> int:
    return _size(graph, node.input[0]) * (len(node.input) - 1) if node.input else 0


_register(_matmul(0, 1), "MatMul")
_register(_matmul(-2, -1), "BatchMatMul")
_register(_add_n, "AddN")
