"""`tf.compat.v2.gradients` and `hessians`; of the first, what differentiates is placed beside."""

from __future__ import annotations

from stillflow.declare.respelling import respelled
from stillflow.gradients.hessians import hessians
from stillflow.gradients.walk import gradients

_BESIDE = {"colocate_gradients_with_ops": True}

gradients_v2 = respelled(
    gradients,
    "ys xs grad_ys name gate_gradients aggregation_method stop_gradients unconnected_gradients",
    fixed=_BESIDE,
)
hessians_v2 = respelled(hessians, "ys xs gate_gradients aggregation_method name")
