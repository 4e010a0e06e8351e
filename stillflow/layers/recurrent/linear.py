"""Products with variables of the open scope, which older cells make where they call them."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes, nest
from stillflow.layers.recurrent.cell import BIAS, KERNEL
from stillflow.ops.array import joining
from stillflow.ops.linalg.products import matmul
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables import initializers
from stillflow.ops.variables.scope import get_variable, get_variable_scope, variable_scope


class Linear:
    """args joined along axis 1, times "kernel", plus "bias": variables made once, used often.

    Args:
      args: n[batch, depth], or a list of such.
      output_size: the columns of the kernel.
      build_bias: whether there is a bias.
      bias_initializer: zeros by default.
      kernel_initializer: by default that of the scope.

    Raises:
      ValueError: there are no arguments, or of another rank, or their depth is unknown.
    """

    def __init__(
        self,
        args: Any,
        output_size: int,
        build_bias: bool,
        bias_initializer: Any = None,
        kernel_initializer: Any = None,
    ):
        self._build_bias = build_bias
        self._is_sequence = nest.is_nested(args)
        args = _listed(args)
        rows, dtype = _total_depth(args), args[0].dtype
        with variable_scope(get_variable_scope()) as outer:
            self._weights = get_variable(
                KERNEL, [rows, output_size], dtype=dtype, initializer=kernel_initializer
            )
            if build_bias:
                self._biases = _bias(outer, output_size, dtype, bias_initializer)

    def __call__(self, args: Any) -> Any:
        args = args if self._is_sequence else [args]
        if len(args) == 1:
            result = matmul(args[0], self._weights)
        else:
            one = constant(1, dtype=dtypes.int32)
            result = matmul(joining.concat(args, one), self._weights)
        return bias_add(result, self._biases) if self._build_bias else result


def linear(
    args: Any,
    output_size: int,
    bias: bool,
    bias_initializer: Any = None,
    kernel_initializer: Any = None,
) -> Any:
    """`Linear` for one use."""
    args = _listed(args)
    with variable_scope(get_variable_scope()) as outer:
        product = _product(args, output_size, kernel_initializer)
        if not bias:
            return product
        return bias_add(product, _bias(outer, output_size, args[0].dtype, bias_initializer))


def product_and_bias(args: Any, output_size: int) -> tuple[Any, Any]:
    """What `linear` would add up."""
    args = _listed(args)
    with variable_scope(get_variable_scope()) as outer:
        product = _product(args, output_size, None)
        return product, _bias(outer, output_size, args[0].dtype, None)


def _product(args: list, columns: int, initializer: Any) -> Any:
    shape = [_total_depth(args), columns]
    weights = get_variable(KERNEL, shape, dtype=args[0].dtype, initializer=initializer)
    return matmul(args[0] if len(args) == 1 else joining.concat(args, 1), weights)


def _listed(args: Any) -> list:
    if args is None or (nest.is_nested(args) and not args):
        raise ValueError("`args` must be specified")
    return list(args) if nest.is_nested(args) else [args]


def _total_depth(args: list) -> int:
    shapes = [each.shape for each in args]
    for shape in shapes:
        if shape.ndims != 2:
            raise ValueError(f"linear is expecting 2D arguments: {shapes}")
        if shape.as_list()[1] is None:
            raise ValueError(
                f"linear expects shape[1] to be provided for shape {shape}, but saw {shape[1]}"
            )
    return sum(shape.as_list()[1] for shape in shapes)


def _bias(outer: Any, size: int, dtype: Any, initializer: Any) -> Any:
    with variable_scope(outer) as inner:
        inner.set_partitioner(None)
        if initializer is None:
            initializer = initializers.Constant(0.0, dtype=dtype)
        return get_variable(BIAS, [size], dtype=dtype, initializer=initializer)
