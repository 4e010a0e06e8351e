"""The optimizers' updates of variables behind handles, dense and sparse: see `declare.twins`.

Some have no twin on references. In their docstrings an apostrophe marks a new value.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.handles import OfVariables
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.twins import on_handles
from stillflow.declare.type_sets import INDEX, NUMBERS
from stillflow.graph.errors import InternalError
from stillflow.graph.operation import Operation
from stillflow.ops.training import dense, sparse


def _no_value(update: Operation, missing: str, name: str, container: str) -> Exception:
    return InternalError(
        None,
        update,
        f"Invalid variable reference.\n  {missing} Variable {name!r} has no value: run "
        "sess.run(tf.global_variables_initializer()) first, or restore a checkpoint.",
    )


def _twin(reference: OpDef) -> OpDef:
    return on_handles(reference, without_value=_no_value, explain=dense.no_scalar)


# By the op on references.
TWINS: dict[OpDef, OpDef] = {
    reference: _twin(reference)
    for reference in (
        dense.apply_gradient_descent,
        dense.apply_momentum,
        dense.apply_adam,
        dense.apply_ada_max,
        dense.apply_adagrad,
        dense.apply_adagrad_v2,
        dense.apply_adadelta,
        dense.apply_rms_prop,
        dense.apply_centered_rms_prop,
        dense.apply_ftrl,
        dense.apply_ftrl_v2,
        dense.apply_proximal_gradient_descent,
        dense.apply_proximal_adagrad,
        dense.apply_adagrad_da,
        dense.apply_add_sign,
        dense.apply_power_sign,
        sparse.sparse_apply_momentum,
        sparse.sparse_apply_adagrad,
        sparse.sparse_apply_adagrad_v2,
        sparse.sparse_apply_adadelta,
        sparse.sparse_apply_rms_prop,
        sparse.sparse_apply_centered_rms_prop,
        sparse.sparse_apply_ftrl,
        sparse.sparse_apply_ftrl_v2,
        sparse.sparse_apply_proximal_gradient_descent,
        sparse.sparse_apply_proximal_adagrad,
        sparse.sparse_apply_adagrad_da,
    )
}


def _alone(*writes: str, shape: Any) -> dict[str, Any]:
    """Options of an op without a twin; `shape` takes what `OfVariables` says."""

    def fits(ctx: shapes.ShapeContext) -> list:
        shape(OfVariables(ctx))
        return []

    types = {"T": NUMBERS, "Tindices": INDEX}
    return {"writes": writes, "shape": fits, "types": types, "without_value": _no_value}


@op(
    "ResourceApplyAdamWithAmsgrad",
    "var: resource, m: resource, v: resource, vhat: resource, beta1_power: T, beta2_power: T, "
    "lr: T, beta1: T, beta2: T, epsilon: T, grad: T ->",
    **_alone("var", "m", "v", "vhat", shape=dense.updated(writes=4, grad=10)),
)
def resource_apply_adam_with_amsgrad(
    xp,
    var,
    m,
    v,
    vhat,
    beta1_power,
    beta2_power,
    lr,
    beta1,
    beta2,
    epsilon,
    grad,
    *,
    use_locking: bool = False,
):
    """As ApplyAdam, with the greatest v' so far, vhat', in place of v'"""
    _, m, v = dense.apply_adam.fn(
        xp, var, m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad
    )
    vhat = xp.settle(xp.maximum(vhat, v), vhat)
    alpha = lr[()] * xp.sqrt(1 - beta2_power[()]) / (1 - beta1_power[()])
    return var - m * alpha / (xp.sqrt(vhat) + epsilon), m, v, vhat


@op(
    "ResourceApplyKerasMomentum",
    "var: resource, accum: resource, lr: T, grad: T, momentum: T ->",
    **_alone("var", "accum", shape=dense.updated(writes=2, grad=3)),
)
def resource_apply_keras_momentum(
    xp, var, accum, lr, grad, momentum, *, use_locking: bool = False, use_nesterov: bool = False
):
    """accum' = momentum * accum - lr * grad; var' = var + accum',

    with use_nesterov var' = var + momentum * accum' - lr * grad
    """
    dense.check_inputs(var, grad, lr, momentum)
    accum = xp.settle(accum * momentum - grad * lr, accum)
    return var + (accum * momentum - grad * lr if use_nesterov else accum), accum


@op(
    "ResourceSparseApplyKerasMomentum",
    "var: resource, accum: resource, lr: T, grad: T, indices: Tindices, momentum: T ->",
    writes_rows=True,
    **_alone("var", "accum", shape=sparse.updated(writes=2, grad=3)),
)
def resource_sparse_apply_keras_momentum(
    xp, *inputs, use_locking: bool = False, use_nesterov: bool = False
):
    return sparse.on_rows(xp, resource_apply_keras_momentum, inputs, 3, use_nesterov=use_nesterov)
