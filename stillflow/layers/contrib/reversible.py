"""Reversible residual blocks (Gomez, Ren, Urtasun and Grosse, 2017).

x1, x2 -> y1 = x1 + f(x2), y2 = x2 + g(y1). The inputs follow from the outputs, so that no value
between them is kept for the gradient.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.gradients.custom import custom_gradient
from stillflow.gradients.walk import gradients
from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.layers.base import Layer
from stillflow.ops.control.ordering import stop_gradient, tuple_
from stillflow.ops.math import arithmetic
from stillflow.ops.variables.scope import get_variable_scope, variable_scope

_LAYER = re.compile(r".*revlayer_([0-9]*)/([fg])/.*")
Pair = tuple[Tensor, Tensor]


class RevBlock(Layer):
    """Several reversible layers, one upon the other.

    Args:
      f, g: functions of a tensor, or lists of one for each layer; they make their variables behind
        handles.
      num_layers: how many layers.
      f_side_input, g_side_input: lists of tensors that f and g take as their second argument.
      use_efficient_backprop: False keeps what lies between, as any layer does.
    """

    def __init__(
        self,
        f: Any,
        g: Any,
        num_layers: int = 1,
        f_side_input: list[Tensor] | None = None,
        g_side_input: list[Tensor] | None = None,
        use_efficient_backprop: bool = True,
        name: Any = "revblock",
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        self.f = _scoped(f, num_layers, "f")
        self.g = _scoped(g, num_layers, "g")
        self.num_layers = num_layers
        self.f_side_input = f_side_input or []
        self.g_side_input = g_side_input or []
        self._use_efficient_backprop = use_efficient_backprop

    def build(self, _: Any) -> None:
        """Builds nothing: f and g make their variables when they are first called."""
        self.built = True

    def call(self, inputs: Any, forward: bool = True) -> Pair:
        scope = get_variable_scope()
        before = len(scope.global_variables())
        outputs = self._forward(*inputs) if forward else self._backward(*inputs)
        trained = scope.trainable_variables()
        for variable in scope.global_variables()[before:]:
            is_trained = any(variable is other for other in trained)
            (self._trainable_weights if is_trained else self._non_trainable_weights).append(
                variable
            )
        return outputs

    def forward(self, x1: Tensor, x2: Tensor) -> Pair:
        """The outputs for inputs."""
        return self.apply([x1, x2])

    def backward(self, y1: Tensor, y2: Tensor) -> Pair:
        """The inputs for outputs."""
        return self.apply([y1, y2], forward=False)

    def _forward(self, x1: Tensor, x2: Tensor) -> Pair:
        sides = [self.f_side_input, self.g_side_input]

        def through(x1: Tensor, x2: Tensor, *flat: Tensor) -> Pair:
            f_side, g_side = nest.pack_sequence_as(sides, flat)
            for f, g in zip(self.f, self.g, strict=True):
                x1 = x1 + _called(f, x2, f_side)
                x2 = x2 + _called(g, x1, g_side)
                if self._use_efficient_backprop:
                    x1, x2 = tuple_([x1, x2])
            return x1, x2

        @custom_gradient
        def efficient(*args: Tensor) -> tuple[Pair, Callable[..., Any]]:
            outputs = through(*args)
            return outputs, functools.partial(self._gradient, args, outputs)

        build = efficient if self._use_efficient_backprop else through
        return build(x1, x2, *nest.flatten(sides))

    def _backward(self, y1: Tensor, y2: Tensor) -> Pair:
        for f, g in zip(reversed(self.f), reversed(self.g), strict=True):
            x2 = y2 - _called(g, y1, self.g_side_input)
            y1, y2 = y1 - _called(f, x2, self.f_side_input), x2
        return y1, y2

    def _gradient(self, inputs: Any, outputs: Pair, *grads: Tensor, variables: Any) -> Any:
        """The gradients of inputs, side inputs and variables, from the outputs alone."""
        of_layer: dict[tuple[int, str], list[Any]] = {}
        for variable in variables:
            number, name = _LAYER.match(variable.name).groups()  # type: ignore[union-attr]
            of_layer.setdefault((int(number), name), []).append(variable)
        by_variable: dict[int, Any] = {}
        f_sides, g_sides = [], []
        with variable_scope(self.scope_name, reuse=True):
            for layer in reversed(range(self.num_layers)):
                f_variables = of_layer.get((layer, "f"), [])
                g_variables = of_layer.get((layer, "g"), [])
                outputs, grads, of_f, of_g = _layer_backward(
                    *(outputs, grads, self.f[layer], self.g[layer]),
                    *(f_variables, self.f_side_input, g_variables, self.g_side_input),
                )
                by_variable.update(zip(map(id, f_variables), of_f[0], strict=True))
                by_variable.update(zip(map(id, g_variables), of_g[0], strict=True))
                f_sides.append(of_f[1])
                g_sides.append(of_g[1])
        # The side inputs of f come first among the inputs, then those of g.
        by_side = [*_summed(*f_sides), *_summed(*g_sides)]
        return [*grads, *by_side], [by_variable[id(variable)] for variable in variables]


def _scoped(functions: Any, count: int, name: str) -> list[Callable[..., Any]]:
    """One function for each layer, each in a variable scope of its own."""
    each = functions if isinstance(functions, list) else [functions] * count
    assert len(each) == count

    def within(function: Callable[..., Any], scope: str) -> Callable[..., Any]:
        def called(*args: Any) -> Any:
            with variable_scope(scope, use_resource=True):
                return function(*args)

        return called

    return [within(function, f"revlayer_{i}/{name}") for i, function in enumerate(each)]


def _called(function: Callable[..., Any], x: Tensor, side: Sequence[Tensor]) -> Tensor:
    return function(x, side) if side else function(x)


def _layer_backward(
    outputs: Any,
    grads: Any,
    f: Callable[..., Any],
    g: Callable[..., Any],
    f_variables: list[Any],
    f_side: list[Tensor],
    g_variables: list[Any],
    g_side: list[Tensor],
) -> Any:
    """Inputs, their gradients, and those of variables and side inputs of f and of g."""
    (y1, y2), (dy1, dy2) = outputs, grads
    y1_only = stop_gradient(y1)
    g_side = [stop_gradient(side) for side in g_side]
    gy1 = _called(g, y1_only, g_side)
    x2 = y2 - gy1
    x2_only = stop_gradient(x2)
    f_side = [stop_gradient(side) for side in f_side]
    fx2 = _called(f, x2_only, f_side)
    x1 = y1 - fx2
    through_g = gradients(gy1, y1_only, dy2)[0]
    dx1 = dy1 + through_g
    direct = gradients(fx2, x2_only, dy1)[0]
    dx2 = direct + dy2 + gradients(fx2, x2_only, through_g)[0]
    of_g = gradients(gy1, [*g_variables, *g_side], dy2)
    first = gradients(fx2, [*f_variables, *f_side], dy1)
    second = gradients(fx2, [*f_variables, *f_side], through_g)
    f_count, g_count = len(f_variables), len(g_variables)
    told = (
        (x1, x2),
        (dx1, dx2),
        (_summed(first[:f_count], second[:f_count]), _summed(first[f_count:], second[f_count:])),
        (of_g[:g_count], of_g[g_count:]),
    )
    return nest.pack_sequence_as(told, tuple_(nest.flatten(told)))


def _summed(*lists: Sequence[Any]) -> list[Any]:
    """Sums of gradients, element by element; None where there are none."""
    present = [[grad for grad in grads if grad is not None] for grads in zip(*lists, strict=True)]
    return [arithmetic.add_n(grads) if grads else None for grads in present]


def rev_block(
    x1: Tensor,
    x2: Tensor,
    f: Any,
    g: Any,
    num_layers: int = 1,
    f_side_input: list[Tensor] | None = None,
    g_side_input: list[Tensor] | None = None,
    is_training: bool = True,
) -> Pair:
    """`RevBlock` of x1 and x2; without `is_training` its gradient is that of any layers."""
    block = RevBlock(
        f=f,
        g=g,
        num_layers=num_layers,
        f_side_input=f_side_input,
        g_side_input=g_side_input,
        use_efficient_backprop=is_training,
        _reuse=get_variable_scope().reuse,
    )
    return block.forward(x1, x2)
