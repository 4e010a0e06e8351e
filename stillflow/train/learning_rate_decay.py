"""Learning rate schedules: tensors that depend on the global step."""

from __future__ import annotations

import functools
import math as _math
from collections.abc import Callable
from typing import Any, TypeVar

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_n_to_tensor, convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.control.case import case
from stillflow.ops.control.cond import cond
from stillflow.ops.math.arithmetic import add, minimum, multiply, pow_
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal
from stillflow.ops.math.division import real_divide
from stillflow.ops.math.elementwise import ceil, exp, floor, log, negative, sqrt
from stillflow.ops.math.trigonometric import cos
from stillflow.ops.random.drawing import random_normal
from stillflow.platform.decorators import make_decorator

_Schedule = TypeVar("_Schedule", bound=Callable[..., Any])


def _as_function_eagerly(schedule: _Schedule) -> _Schedule:
    """Decorator of a schedule: in eager mode it gives a function of no arguments.

    What that gives follows the global step as it is then.
    """

    def scheduled(*args: Any, **kwargs: Any) -> Any:
        if executing_eagerly():
            return functools.partial(schedule, *args, **kwargs)
        return schedule(*args, **kwargs)

    decorated: Any = make_decorator(schedule, scheduled, "as_function_eagerly")
    return decorated


@_as_function_eagerly
def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns learning_rate * decay_rate ^ (global_step / decay_steps).

    With `staircase` the exponent is rounded down.
    """
    with name_scope(name or "ExponentialDecay") as scope:
        rate, (steps, base, step) = _cast(learning_rate, decay_steps, decay_rate, global_step)
        exponent = step / steps
        if staircase:
            exponent = floor(exponent)
        return multiply(rate, pow_(base, exponent), name=scope)


def natural_exp_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns learning_rate * exp(-decay_rate * global_step / decay_steps).

    With `staircase` the quotient of the steps is rounded down.
    """
    base = exp(negative(decay_rate))
    scope = name or "ExponentialDecay"
    # Eagerly that is a function already.
    return exponential_decay(learning_rate, global_step, decay_steps, base, staircase, scope)


@_as_function_eagerly
def inverse_time_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns learning_rate / (1 + decay_rate * global_step / decay_steps).

    With `staircase` the quotient of the steps is rounded down.
    """
    with name_scope(name or "InverseTimeDecay") as scope:
        rate, (steps, decay, step) = _cast(learning_rate, decay_steps, decay_rate, global_step)
        passed = step / steps
        if staircase:
            passed = floor(passed)
        one = cast(constant(1), rate.dtype)
        return real_divide(rate, add(one, multiply(decay, passed)), name=scope)


@_as_function_eagerly
def polynomial_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    end_learning_rate: Any = 0.0001,
    power: Any = 1.0,
    cycle: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns (learning_rate - end) * (1 - global_step / decay_steps) ^ power + end.

    After `decay_steps` the rate stays at `end`; with `cycle`, `decay_steps` is taken the smallest
    whole number of times that reaches the global step.
    """
    with name_scope(name or "PolynomialDecay") as scope:
        rate, (end, exponent, step, steps) = _cast(
            learning_rate, end_learning_rate, power, global_step, decay_steps
        )
        if cycle:
            steps = multiply(steps, _periods_to(step, decay_steps))
        else:
            step = minimum(step, decay_steps)
        passed = step / steps
        range_ = rate - end
        return add(multiply(range_, pow_(1 - passed, exponent)), end, name=scope)


def _periods_to(step: Tensor, decay_steps: Any) -> Tensor:
    """How many times `decay_steps` reaches `step`; once for step zero."""
    return cond(equal(step, 0), lambda: 1.0, lambda: ceil(step / decay_steps))


@_as_function_eagerly
def piecewise_constant(x: Any, boundaries: Any, values: Any, name: str | None = None) -> Tensor:
    """Returns values[0] up to boundaries[0], values[1] up to boundaries[1], ..., then values[-1].

    Args:
      x: a scalar, such as the global step.
      boundaries: increasing numbers of the type of `x`.
      values: one more than boundaries, all of one type.

    Raises:
      ValueError: the types or the numbers do not fit.
    """
    boundaries, values = convert_n_to_tensor(boundaries), convert_n_to_tensor(values)
    converted = convert_to_tensor(x)
    boundaries = [_as_boundary(boundary, converted) for boundary in boundaries]
    for value in values[1:]:
        if value.dtype.base_dtype != values[0].dtype.base_dtype:
            raise ValueError(
                "Values must have elements all with the same dtype "
                f"({values[0].dtype.base_dtype} vs {value.dtype.base_dtype})."
            )
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")
    return piecewise_within_scope(x, boundaries, values, name)


def piecewise_within_scope(x: Any, boundaries: Any, values: Any, name: str | None) -> Tensor:
    """`piecewise_constant` of what fits together; boundaries are cast to the type of `x`."""
    with name_scope(name or "PiecewiseConstant"):
        boundaries, values = convert_n_to_tensor(boundaries), convert_n_to_tensor(values)
        x = convert_to_tensor(x)
        boundaries = [cast(boundary, x.dtype.base_dtype) for boundary in boundaries]
        pieces = [(x <= boundaries[0], values[0]), (x > boundaries[-1], values[-1])]
        between = zip(boundaries[:-1], boundaries[1:], values[1:-1], strict=True)
        pieces += [((x > low) & (x <= high), value) for low, high, value in between]
        choices = [(holds, lambda value=value: value) for holds, value in pieces]
        # The default is for a step that is no number.
        return case(choices, lambda: values[0], exclusive=True)


def _as_boundary(boundary: Tensor, x: Tensor) -> Tensor:
    wanted, given = x.dtype.base_dtype, boundary.dtype.base_dtype
    if given == wanted:
        return boundary
    if given != dtypes.int32 or wanted != dtypes.int64:
        raise ValueError(f"Boundaries ({given}) must have the same dtype as x ({wanted}).")
    return cast(boundary, wanted)


@_as_function_eagerly
def cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    alpha: Any = 0.0,
    name: str | None = None,
) -> Tensor:
    """Returns learning_rate times a half cosine wave that falls from 1 to `alpha`.

    Source: Loshchilov and Hutter, 2016.
    """
    with name_scope(name or "CosineDecay"):
        rate, (steps, step) = _cast(learning_rate, decay_steps, global_step)
        completed = minimum(step, steps) / steps
        wave = 0.5 * (1.0 + cos(_pi(rate) * completed))
        return multiply(rate, (1 - alpha) * wave + alpha)


@_as_function_eagerly
def cosine_decay_restarts(
    learning_rate: Any,
    global_step: Any,
    first_decay_steps: Any,
    t_mul: Any = 2.0,
    m_mul: Any = 1.0,
    alpha: Any = 0.0,
    name: str | None = None,
) -> Tensor:
    """Cosine decay that starts again, each time `t_mul` times longer and `m_mul` times as high.

    Source: Loshchilov and Hutter, 2016.
    """
    with name_scope(name or "SGDRDecay") as scope:
        rate, (steps, floor_, longer, higher, step) = _cast(
            learning_rate, first_decay_steps, alpha, t_mul, m_mul, global_step
        )
        restart, completed = _period(step / steps, longer)
        height = 0.5 * higher**restart
        wave = height * (1.0 + cos(_pi(rate) * completed))
        return multiply(rate, (1 - floor_) * wave + floor_, name=scope)


def _period(passed: Tensor, longer: Tensor) -> tuple[Tensor, Tensor]:
    """The number of the period that is `passed` first periods on, and the part of it completed.

    Each period is `longer` times as long as the one before.
    """
    return cond(
        equal(longer, 1.0), lambda: _equal_period(passed), lambda: _growing_period(passed, longer)
    )


def _equal_period(passed: Tensor) -> tuple[Tensor, Tensor]:
    number = floor(passed)
    return number, passed - number


def _growing_period(passed: Tensor, longer: Tensor) -> tuple[Tensor, Tensor]:
    # n periods take (1 - longer^n) / (1 - longer) of the first.
    number = floor(log(1.0 - passed * (1.0 - longer)) / log(longer))
    before = (1.0 - longer**number) / (1.0 - longer)
    return number, (passed - before) / longer**number


@_as_function_eagerly
def linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:
    """Returns learning_rate * ((alpha + linear) * wave + beta).

    `linear` falls from 1 to 0 in `decay_steps`; `wave` is a cosine of `num_periods` periods between
    1 and 0. Source: Bello et al., 2017.
    """
    with name_scope(name or "LinearCosineDecay") as scope:
        rate, (steps, periods, lift, rest, step) = _cast(
            learning_rate, decay_steps, num_periods, alpha, beta, global_step
        )
        step = minimum(step, steps)
        linear = (steps - step) / steps
        wave = _periodic(rate, periods, step / steps)
        return multiply(rate, (lift + linear) * wave + rest, name=scope)


@_as_function_eagerly
def noisy_linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    initial_variance: Any = 1.0,
    variance_decay: Any = 0.55,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:
    """Linear cosine decay with noise of variance initial_variance / (1 + step) ^ variance_decay.

    Source: Bello et al., 2017.
    """
    with name_scope(name or "NoisyLinearCosineDecay") as scope:
        rate, (steps, variance, fall, periods, lift, rest, step) = _cast(
            learning_rate,
            decay_steps,
            initial_variance,
            variance_decay,
            num_periods,
            alpha,
            beta,
            global_step,
        )
        step = minimum(step, steps)
        linear = (steps - step) / steps
        deviation = sqrt(variance / pow_(1.0 + step, fall))
        noisy = linear + random_normal(linear.shape, stddev=deviation)
        wave = _periodic(rate, periods, step / steps)
        return multiply(rate, (lift + noisy) * wave + rest, name=scope)


def _periodic(rate: Tensor, periods: Tensor, completed: Tensor) -> Tensor:
    """A cosine of `periods` periods, between 1 and 0."""
    angle = 2.0 * periods * completed
    return 0.5 * (1.0 + cos(_pi(rate) * angle))


def _pi(rate: Tensor) -> Tensor:
    return constant(_math.pi, rate.dtype)


def _cast(learning_rate: Any, *others: Any) -> tuple[Tensor, list[Tensor]]:
    """The initial learning rate as a tensor, and `others` in its type."""
    rate = convert_to_tensor(learning_rate, name="initial_learning_rate")
    return rate, [cast(value, rate.dtype.base_dtype) for value in others]
