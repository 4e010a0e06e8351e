"""Flows in which each element depends on those before it: networks whose weights are masked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.moved import moved
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.layers.scoped.core import Dense
from stillflow.ops.array import filling, shape_of
from stillflow.ops.array.constants import constant
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.stacking import unstack
from stillflow.ops.control.ordering import stop_gradient
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.math import elementwise
from stillflow.ops.math.clip import clip_by_value
from stillflow.ops.nn.activations import relu
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables import scope as scopes
from stillflow.ops.variables.initializers import GlorotNormal
from stillflow.ops.variables.template import make_template

EXCLUSIVE, INCLUSIVE = "exclusive", "inclusive"


class MaskedAutoregressiveFlow(Bijector):
    """y[i] = x[i] exp(log_scale(y[:i])) + shift(y[:i]) (Papamakarios et al., 2017).

    The inverse is computed at once, y element by element.

    Args:
      shift_and_log_scale_fn: gives shift and log_scale, f[..., n] or None each, of y: f[..., n],
        such that elements depend on those before them alone.
      is_constant_jacobian: whether log_scale does not depend on y.
      unroll_loop: whether the elements are computed without a loop; their number must be known.
    """

    @moved
    def __init__(
        self,
        shift_and_log_scale_fn: Callable[[Tensor], tuple[Any, Any]],
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        unroll_loop: bool = False,
        name: str | None = None,
    ):
        self._shift_and_log_scale_fn = shift_and_log_scale_fn
        self._unroll_loop = unroll_loop
        super().__init__(
            forward_min_event_ndims=1,
            is_constant_jacobian=is_constant_jacobian,
            validate_args=validate_args,
            name=name or "masked_autoregressive_flow",
        )

    def _forward(self, x: Tensor) -> Tensor:
        count = x.shape.with_rank_at_least(1)[-1].value
        if self._unroll_loop:
            return self._unrolled(x, count)
        size = shape_of.shape(x)[-1]
        start = filling.zeros_like(x, name="y0")
        self._shift_and_log_scale_fn(start)  # makes the variables, which a loop could not

        def step(index: Tensor, y: Tensor) -> tuple[Any, Tensor]:
            with scopes.variable_scope(scopes.get_variable_scope()) as scope:
                if scope.caching_device is None:
                    scope.set_caching_device(lambda op: op.device)
                shift, log_scale = self._shift_and_log_scale_fn(y)
            y = _moved(x, shift, log_scale)
            return index + 1, y

        _, y = while_loop(
            cond=lambda index, _: index < size,
            body=step,
            loop_vars=(0, start),
            maximum_iterations=count,
        )
        return y

    def _unrolled(self, x: Tensor, count: int | None) -> Tensor:
        if count is None:
            raise ValueError(
                "The final dimension of `x` must be known at graph construction time if "
                f"`unroll_loop=True`. `x.shape: {x.shape!r}`"
            )
        y = filling.zeros_like(x, name="y0")
        for _ in range(count):
            y = _moved(x, *self._shift_and_log_scale_fn(y))
        return y

    def _inverse(self, y: Tensor) -> Tensor:
        shift, log_scale = self._shift_and_log_scale_fn(y)
        x = y
        if shift is not None:
            x -= shift
        if log_scale is not None:
            x *= elementwise.exp(-log_scale)
        return x

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        _, log_scale = self._shift_and_log_scale_fn(y)
        if log_scale is None:
            return constant(0.0, dtype=y.dtype, name="ildj")
        return -reduce_sum(log_scale, axis=-1)


def _moved(x: Tensor, shift: Any, log_scale: Any) -> Tensor:
    y = x
    if log_scale is not None:
        y *= elementwise.exp(log_scale)
    if shift is not None:
        y += shift
    return y


def mask_slices(
    num_blocks: int, n_in: int, n_out: int, mask_type: str = EXCLUSIVE
) -> list[list[slice]]:
    """Returns for each block the outputs, and the inputs that they may depend on."""
    rows, columns = n_out // num_blocks, n_in // num_blocks
    first = rows if mask_type == EXCLUSIVE else 0
    return [
        [slice(first + block * rows, None), slice(block * columns, (block + 1) * columns)]
        for block in range(num_blocks)
    ]


def make_mask(
    num_blocks: int,
    n_in: int,
    n_out: int,
    mask_type: str = EXCLUSIVE,
    dtype: Any = dtypes.float32,
) -> np.ndarray:
    """Returns [n_out, n_in]: 1 where an output may depend on an input, else 0."""
    mask = np.zeros([n_out, n_in], dtype=dtype.as_numpy_dtype())
    for rows, columns in mask_slices(num_blocks, n_in, n_out, mask_type=mask_type):
        mask[rows, columns] = 1
    return mask


def _known_depth(x: Any) -> int:
    depth: int | None = x.shape.with_rank_at_least(1)[-1].value
    if depth is None:
        raise NotImplementedError("Rightmost dimension must be known prior to graph execution.")
    return depth


@moved
def masked_dense(
    inputs: Tensor,
    units: int,
    num_blocks: int | None = None,
    exclusive: bool = False,
    kernel_initializer: Any = None,
    reuse: bool | None = None,
    name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Tensor:
    """A dense layer in which outputs depend on inputs of the same or earlier blocks alone.

    Args:
      inputs: f[..., depth].
      num_blocks: into how many blocks inputs and outputs are cut.
      exclusive: whether outputs depend on earlier blocks alone.
      kernel_initializer, reuse, name, *args, **kwargs: as of `tf.layers.Dense`.

    Raises:
      NotImplementedError: the depth is not known.
    """
    depth, kind = _known_depth(inputs), EXCLUSIVE if exclusive else INCLUSIVE
    assert num_blocks is not None
    mask = make_mask(num_blocks, depth, units, kind).T
    kernel_initializer = GlorotNormal() if kernel_initializer is None else kernel_initializer

    def masked_initializer(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return mask * kernel_initializer(shape, dtype, partition_info)

    with name_scope(name, "masked_dense", [inputs, units, num_blocks]):
        layer = Dense(  # type: ignore[misc]
            units,
            *args,
            kernel_initializer=masked_initializer,
            kernel_constraint=lambda x: mask * x,
            name=name,
            dtype=inputs.dtype.base_dtype,
            _scope=name,
            _reuse=reuse,
            **kwargs,
        )
        return layer.apply(inputs)


@moved
def masked_autoregressive_default_template(
    hidden_layers: Sequence[int],
    shift_only: bool = False,
    activation: Any = relu,
    log_scale_min_clip: float = -5.0,
    log_scale_max_clip: float = 3.0,
    log_scale_clip_gradient: bool = False,
    name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Callable[..., Any]:
    """Returns a function for MaskedAutoregressiveFlow, of masked dense layers, with variables.

    Args:
      hidden_layers: the sizes of the hidden layers.
      shift_only: whether log_scale is None.
      log_scale_min_clip, log_scale_max_clip: between which log_scale is.
      log_scale_clip_gradient: whether outside there is no gradient.
    """
    name = name or "masked_autoregressive_default_template"
    with name_scope(name, values=[log_scale_min_clip, log_scale_max_clip]):

        def network(x: Tensor) -> tuple[Any, Any]:
            depth = _known_depth(x)
            is_known = x.shape.is_fully_defined()
            shape = np.array(x.shape.as_list(), np.int32) if is_known else shape_of.shape(x)
            for i, units in enumerate(hidden_layers):
                x = masked_dense(
                    *args,
                    inputs=x,
                    units=units,
                    num_blocks=depth,
                    exclusive=i == 0,
                    activation=activation,
                    **kwargs,
                )
            x = masked_dense(
                *args,
                inputs=x,
                units=(1 if shift_only else 2) * depth,
                num_blocks=depth,
                activation=None,
                **kwargs,
            )
            if shift_only:
                return reshape(x, shape=shape), None
            x = reshape(x, shape=concat([shape, [2]], axis=0))
            shift, log_scale = unstack(x, num=2, axis=-1)
            clip = clip_by_value if log_scale_clip_gradient else _clipped_but_for_gradients
            return shift, clip(log_scale, log_scale_min_clip, log_scale_max_clip)

        return make_template(name, network)


@moved
def _clipped_but_for_gradients(
    x: Tensor, clip_value_min: Any, clip_value_max: Any, name: str | None = None
) -> Tensor:
    with name_scope(name, "clip_by_value_preserve_grad", [x, clip_value_min, clip_value_max]):
        clipped = clip_by_value(x, clip_value_min, clip_value_max)
        return x + stop_gradient(clipped - x)
