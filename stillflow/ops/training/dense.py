"""The optimizers' updates: each op reads and writes a variable and its slots.

Formulas, association and input order are those of TF 1.15's kernels. In the docstrings an
apostrophe marks a new value. The same for some rows of a variable is in `training_sparse`.

What small networks spend their time in calls functions where an operator would do: programs of
TensorFlow's time may have NumPy's operators be slower ones (`environment.promotion`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.fitting import in_blocks
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import NUMBERS
from stillflow.graph.operation import Operation


def updates(*writes: str, grad: int) -> dict[str, Any]:
    """Options of an op that writes its first inputs, given a gradient as input `grad`."""
    return {
        "writes": writes,
        "types": {"T": NUMBERS},
        "shape": updated(len(writes), grad),
        "explain": no_scalar,
    }


def updated(writes: int, grad: int) -> Callable[[shapes.ShapeContext], shapes.Sizes]:
    """Variable, slots and gradient have one shape; the other inputs are scalars."""

    def shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
        merged = shapes.merge_all([*ctx.shapes(0, writes), ctx.shape(grad)])
        for index in range(writes, len(ctx.inputs)):
            if index != grad:
                shapes.with_rank(ctx.shape(index), 0)
        return merged

    return shape


def check_inputs(var, grad, *scalars, name="grad"):
    """Fails the run unless the gradient has the variable's shape, and `scalars` none."""
    if grad.shape != var.shape:
        sizes = f"{shapes.format_sizes(var.shape)} {shapes.format_sizes(grad.shape)}"
        refuse(f"var and {name} do not have the same shape{sizes}")
    for scalar in scalars:
        if scalar.ndim:
            raise ValueError("no scalar")  # `no_scalar` says which


#: The op types whose sentence about the rate has a space before the colon.
_SPACED = (
    "ApplyAdam",
    "ApplyAdaMax",
    "ApplyRMSProp",
    "ApplyCenteredRMSProp",
    "SparseApplyMomentum",
)
_CALLED = {
    "l1": "l1 regularization strength",
    "l2": "l2 regularization strength",
    "l2_shrinkage": "l2 shrinkage regularization strength",
}


def no_scalar(op: Operation, inputs: Sequence[Any]) -> str | None:
    """TensorFlow's sentence about the first input that should be a scalar, and is none."""
    op_type = op.type.removeprefix("Resource")
    names = [arg.name for arg in op.defn.signature.inputs]
    for name, value in list(zip(names, inputs, strict=True))[len(op.defn.writes) :]:
        if np.ndim(value) and name not in ("grad", "delta", "indices"):
            kind = _kind_of_scalar(op_type, name)
            colon = " :" if name == "lr" and op_type in _SPACED else ":"
            sizes = shapes.format_sizes(np.shape(value))
            called = _CALLED.get(name, name)
            if op_type == "SparseApplyProximalGradientDescent" and name == "alpha":
                called = "lr"
            return f"{called} is not a {kind}scalar{colon} {sizes}"
    return None


def _kind_of_scalar(op_type: str, name: str) -> str:
    if "Ftrl" not in op_type and "ProximalAdagrad" not in op_type:
        return ""
    return {"lr": "positive ", "lr_power": "non-positive "}.get(name, "non-negative ")


def _rest(x):
    """1 - x, of a scalar."""
    # x[()]: NumPy computes with scalars several times faster than with arrays of no axes.
    return 1 - x[()]


def _fitted_descent(fn: Callable[..., Any], *inputs: Any, **attrs: Any) -> Callable[..., Any]:
    return in_blocks(fn, *inputs, **attrs) or _descend


def _descend(var: Any, alpha: Any, delta: Any) -> Any:
    return np.subtract(var, np.multiply(alpha, delta))


@op(
    "ApplyGradientDescent",
    "var: ref T, alpha: T, delta: T -> out: ref T",
    **updates("var", grad=2),
    fitted=_fitted_descent,
)
def apply_gradient_descent(xp, var, alpha, delta, *, use_locking: bool = False):
    """var' = var - alpha * delta"""
    check_inputs(var, delta, alpha, name="delta")
    return var - alpha * delta


@op(
    "ApplyMomentum",
    "var: ref T, accum: ref T, lr: T, grad: T, momentum: T -> out: ref T",
    **updates("var", "accum", grad=3),
    fitted=in_blocks,
)
def apply_momentum(
    xp, var, accum, lr, grad, momentum, *, use_locking: bool = False, use_nesterov: bool = False
):
    """accum' = momentum * accum + grad; var' = var - lr * accum',

    with use_nesterov var' = var - lr * (grad + momentum * accum')
    """
    check_inputs(var, grad, lr, momentum)
    accum = xp.settle(accum * momentum + grad, accum)
    step = grad * lr + accum * momentum * lr if use_nesterov else accum * lr
    return var - step, accum


@op(
    "ApplyAdam",
    "var: ref T, m: ref T, v: ref T, beta1_power: T, beta2_power: T, lr: T, beta1: T, beta2: T, "
    "epsilon: T, grad: T -> out: ref T",
    **updates("var", "m", "v", grad=9),
    fitted=in_blocks,
)
def apply_adam(
    xp,
    var,
    m,
    v,
    beta1_power,
    beta2_power,
    lr,
    beta1,
    beta2,
    epsilon,
    grad,
    *,
    use_locking: bool = False,
    use_nesterov: bool = False,
):
    """m' = beta1 * m + (1 - beta1) * grad; v' = beta2 * v + (1 - beta2) * grad^2;

    alpha = lr * sqrt(1 - beta2_power) / (1 - beta1_power);
    var' = var - alpha * m' / (sqrt(v') + epsilon)
    """
    check_inputs(var, grad, beta1_power, beta2_power, lr, beta1, beta2, epsilon)
    alpha = lr[()] * xp.sqrt(_rest(beta2_power)) / _rest(beta1_power)
    rest = _rest(beta1)
    m = xp.settle(xp.add(m, xp.multiply(xp.subtract(grad, m), rest)), m)
    change = xp.subtract(xp.multiply(grad, grad), v)
    v = xp.settle(xp.add(v, xp.multiply(change, _rest(beta2))), v)
    direction = grad * rest + m * beta1 if use_nesterov else m
    step = xp.divide(xp.multiply(direction, alpha), xp.add(xp.sqrt(v), epsilon))
    return xp.subtract(var, step), m, v


@op(
    "ApplyAdaMax",
    "var: ref T, m: ref T, v: ref T, beta1_power: T, lr: T, beta1: T, beta2: T, epsilon: T, "
    "grad: T -> out: ref T",
    **updates("var", "m", "v", grad=8),
    fitted=in_blocks,
)
def apply_ada_max(
    xp, var, m, v, beta1_power, lr, beta1, beta2, epsilon, grad, *, use_locking: bool = False
):
    """m' = beta1 * m + (1 - beta1) * grad; v' = max(beta2 * v, |grad|);

    var' = var - lr / (1 - beta1_power) * m' / (v' + epsilon)
    """
    check_inputs(var, grad, beta1_power, lr, beta1, beta2, epsilon)
    m = xp.settle(m + (grad - m) * _rest(beta1), m)
    v = xp.settle(xp.maximum(v * beta2, xp.abs(grad)), v)
    return var - m / (v + epsilon) * (lr[()] / _rest(beta1_power)), m, v


@op(
    "ApplyAdagrad",
    "var: ref T, accum: ref T, lr: T, grad: T -> out: ref T",
    **updates("var", "accum", grad=3),
    fitted=in_blocks,
)
def apply_adagrad(
    xp, var, accum, lr, grad, *, use_locking: bool = False, update_slots: bool = True
):
    """accum' = accum + grad^2; var' = var - lr * grad / sqrt(accum')"""
    check_inputs(var, grad, lr)
    accum = xp.settle(accum + grad * grad, accum) if update_slots else accum
    return var - grad * lr / xp.sqrt(accum), accum


@op(
    "ApplyAdagradV2",
    "var: ref T, accum: ref T, lr: T, epsilon: T, grad: T -> out: ref T",
    **updates("var", "accum", grad=4),
    fitted=in_blocks,
)
def apply_adagrad_v2(
    xp, var, accum, lr, epsilon, grad, *, use_locking: bool = False, update_slots: bool = True
):
    """accum' = accum + grad^2; var' = var - lr * grad / (sqrt(accum') + epsilon)"""
    check_inputs(var, grad, lr, epsilon)
    accum = xp.settle(accum + grad * grad, accum) if update_slots else accum
    return var - grad * lr / (xp.sqrt(accum) + epsilon), accum


@op(
    "ApplyAdadelta",
    "var: ref T, accum: ref T, accum_update: ref T, lr: T, rho: T, epsilon: T, grad: T "
    "-> out: ref T",
    **updates("var", "accum", "accum_update", grad=6),
    fitted=in_blocks,
)
def apply_adadelta(
    xp, var, accum, accum_update, lr, rho, epsilon, grad, *, use_locking: bool = False
):
    """accum' = rho * accum + (1 - rho) * grad^2; var' = var - lr * update;

    update = grad * sqrt(accum_update + epsilon) / sqrt(accum' + epsilon);
    accum_update' = rho * accum_update + (1 - rho) * update^2
    """
    check_inputs(var, grad, lr, rho, epsilon)
    rest = _rest(rho)
    accum = xp.settle(accum * rho + grad * grad * rest, accum)
    update = xp.sqrt(accum_update + epsilon) / xp.sqrt(accum + epsilon) * grad
    accum_update = accum_update * rho + update * update * rest
    return var - update * lr, accum, accum_update


@op(
    "ApplyRMSProp",
    "var: ref T, ms: ref T, mom: ref T, lr: T, rho: T, momentum: T, epsilon: T, grad: T "
    "-> out: ref T",
    **updates("var", "ms", "mom", grad=7),
    fitted=in_blocks,
)
def apply_rms_prop(
    xp, var, ms, mom, lr, rho, momentum, epsilon, grad, *, use_locking: bool = False
):
    """ms' = rho * ms + (1 - rho) * grad^2; mom' = momentum * mom + lr * grad / sqrt(ms' + epsilon);

    var' = var - mom'
    """
    check_inputs(var, grad, lr, rho, momentum, epsilon)
    ms = xp.settle(ms + (grad * grad - ms) * _rest(rho), ms)
    mom = xp.settle(mom * momentum + grad * lr / xp.sqrt(ms + epsilon), mom)
    return var - mom, ms, mom


@op(
    "ApplyCenteredRMSProp",
    "var: ref T, mg: ref T, ms: ref T, mom: ref T, lr: T, rho: T, momentum: T, epsilon: T, "
    "grad: T -> out: ref T",
    **updates("var", "mg", "ms", "mom", grad=8),
    fitted=in_blocks,
)
def apply_centered_rms_prop(
    xp, var, mg, ms, mom, lr, rho, momentum, epsilon, grad, *, use_locking: bool = False
):
    """mg' = rho * mg + (1 - rho) * grad; as ApplyRMSProp, with sqrt(ms' - mg'^2 + epsilon)"""
    check_inputs(var, grad, lr, rho, momentum, epsilon)
    rest = _rest(rho)
    ms = xp.settle(ms + (grad * grad - ms) * rest, ms)
    mg = xp.settle(mg + (grad - mg) * rest, mg)
    mom = xp.settle(mom * momentum + grad * lr / xp.sqrt(ms - mg * mg + epsilon), mom)
    return var - mom, mg, ms, mom


@op(
    "ApplyFtrl",
    "var: ref T, accum: ref T, linear: ref T, grad: T, lr: T, l1: T, l2: T, lr_power: T "
    "-> out: ref T",
    **updates("var", "accum", "linear", grad=3),
)
def apply_ftrl(xp, var, accum, linear, grad, lr, l1, l2, lr_power, *, use_locking: bool = False):
    """accum' = accum + grad^2; p = -lr_power;

    linear' = linear + grad - (accum'^p - accum^p) / lr * var;
    var' = (sign(linear') * l1 - linear') / (accum'^p / lr + 2 * l2) where |linear'| > l1, else 0
    """
    check_inputs(var, grad, lr, l1, l2, lr_power)
    return _ftrl(xp, var, accum, linear, grad, grad, lr, l1, l2, lr_power)


@op(
    "ApplyFtrlV2",
    "var: ref T, accum: ref T, linear: ref T, grad: T, lr: T, l1: T, l2: T, l2_shrinkage: T, "
    "lr_power: T -> out: ref T",
    **updates("var", "accum", "linear", grad=3),
)
def apply_ftrl_v2(
    xp,
    var,
    accum,
    linear,
    grad,
    lr,
    l1,
    l2,
    l2_shrinkage,
    lr_power,
    *,
    use_locking: bool = False,
):
    """As ApplyFtrl, with 2 * l2_shrinkage * var added to the gradient that `linear` takes"""
    check_inputs(var, grad, lr, l1, l2, l2_shrinkage, lr_power)
    shrunk = grad + var * (2 * l2_shrinkage)
    return _ftrl(xp, var, accum, linear, grad, shrunk, lr, l1, l2, lr_power)


def _ftrl(xp, var, accum, linear, grad, linear_grad, lr, l1, l2, lr_power):
    power = -lr_power
    new_accum = accum + grad * grad
    root = new_accum**power
    linear = linear + linear_grad - (root - accum**power) / lr * var
    shrunk = (xp.sign(linear) * l1 - linear) / (root / lr + 2 * l2)
    return xp.where(xp.abs(linear) > l1, shrunk, 0), new_accum, linear


@op(
    "ApplyProximalGradientDescent",
    "var: ref T, alpha: T, l1: T, l2: T, delta: T -> out: ref T",
    **updates("var", grad=4),
)
def apply_proximal_gradient_descent(xp, var, alpha, l1, l2, delta, *, use_locking: bool = False):
    """var' = sign(p) * max(|p| - alpha * l1, 0) / (1 + alpha * l2), p = var - alpha * delta"""
    check_inputs(var, delta, alpha, l1, l2, name="delta")
    return _shrunk(xp, var - delta * alpha, alpha, l1, l2)


@op(
    "ApplyProximalAdagrad",
    "var: ref T, accum: ref T, lr: T, l1: T, l2: T, grad: T -> out: ref T",
    **updates("var", "accum", grad=5),
)
def apply_proximal_adagrad(xp, var, accum, lr, l1, l2, grad, *, use_locking: bool = False):
    """accum' = accum + grad^2; as ApplyProximalGradientDescent, alpha = lr / sqrt(accum')"""
    check_inputs(var, grad, lr, l1, l2)
    accum = accum + grad * grad
    rate = lr / xp.sqrt(accum)
    return _shrunk(xp, var - grad * rate, rate, l1, l2), accum


def _shrunk(xp, prox, rate, l1, l2):
    return xp.sign(prox) * xp.maximum(xp.abs(prox) - rate * l1, 0) / (1 + rate * l2)


@op(
    "ApplyAdagradDA",
    "var: ref T, gradient_accumulator: ref T, gradient_squared_accumulator: ref T, grad: T, lr: T, "
    "l1: T, l2: T, global_step: int64 -> out: ref T",
    **updates("var", "gradient_accumulator", "gradient_squared_accumulator", grad=3),
)
def apply_adagrad_da(
    xp,
    var,
    gradient_accumulator,
    gradient_squared_accumulator,
    grad,
    lr,
    l1,
    l2,
    global_step,
    *,
    use_locking: bool = False,
):
    """g' = g + grad; s' = s + grad^2, the accumulators; t = global_step;

    var' = -lr * sign(g') * max(|g'| - l1 * t, 0) / (l2 * t * lr + sqrt(s'))
    """
    check_inputs(var, grad, lr, l1, l2, global_step)
    steps = global_step.astype(var.dtype)
    total = gradient_accumulator + grad
    squares = gradient_squared_accumulator + grad * grad
    shrunk = xp.sign(total) * xp.maximum(xp.abs(total) - l1 * steps, 0)
    return -lr * shrunk / (l2 * steps * lr + xp.sqrt(squares)), total, squares


@op(
    "ApplyAddSign",
    "var: ref T, m: ref T, lr: T, alpha: T, sign_decay: T, beta: T, grad: T -> out: ref T",
    **updates("var", "m", grad=6),
)
def apply_add_sign(xp, var, m, lr, alpha, sign_decay, beta, grad, *, use_locking: bool = False):
    """m' = beta * m + (1 - beta) * grad;

    var' = var - lr * (alpha + sign_decay * agreement) * grad, agreement = sign(grad) * sign(m')
    """
    check_inputs(var, grad, lr, alpha, beta)
    m = m * beta + grad * _rest(beta)
    agreement = xp.sign(grad) * xp.sign(m)
    return var - (agreement * sign_decay + alpha) * lr * grad, m


@op(
    "ApplyPowerSign",
    "var: ref T, m: ref T, lr: T, logbase: T, sign_decay: T, beta: T, grad: T -> out: ref T",
    **updates("var", "m", grad=6),
)
def apply_power_sign(xp, var, m, lr, logbase, sign_decay, beta, grad, *, use_locking: bool = False):
    """As ApplyAddSign, with exp(logbase * sign_decay * agreement) as the factor of lr * grad"""
    check_inputs(var, grad, lr, logbase, beta)
    m = m * beta + grad * _rest(beta)
    agreement = xp.sign(grad) * xp.sign(m)
    return var - xp.exp(agreement * (logbase * sign_decay)) * lr * grad, m
