"""How the losses of replicas become one: `tf.distribute.get_loss_reduction`."""

from __future__ import annotations

from stillflow.distribute.reduce_op import ReduceOp
from stillflow.train.distributing.replicas import reduces_by_sum


def get_loss_reduction() -> ReduceOp:
    """Returns SUM, or in an Estimator's training MEAN, unless the loss built last is a sum."""
    return ReduceOp.SUM if reduces_by_sum() else ReduceOp.MEAN
