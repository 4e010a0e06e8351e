"""Which rule differentiates an operation: its declaration's, or one registered under a name."""

from __future__ import annotations

from stillflow.declare.opdef import OPS, OpDef
from stillflow.declare.rules import REGISTERED, Rule
from stillflow.graph.operation import Operation
from stillflow.ops.families import all_ops


def rule_of(op: Operation) -> Rule | None:
    """The rule for `op`, None where no gradient flows through it.

    The name that `gradient_override_map` gave may be that of another op type, with whose rule `op`
    is then differentiated.

    Raises:
      LookupError: there is none.
    """
    if not op.inputs:
        return None
    override = op.attrs.get("_gradient_op_type")
    name = override or op.type
    if name in REGISTERED:
        return REGISTERED[name]
    defn = _declaration(override) if override else op.defn
    if defn is None or (defn.gradient_rule is None and defn.is_differentiable):
        if override and defn is None:
            raise LookupError(
                f"gradient registry has no entry for: {override}\n"
                f"  gradient_override_map gave that name to {op.name}, a {op.type}."
            )
        raise LookupError(
            f"No gradient defined for operation '{op.name}' (op type: {op.type})\n"
            f"  It was {op.built_at or 'imported'}. Wrap its input in tf.stop_gradient if no "
            "gradient should pass, or declare one with tf.RegisterGradient."
        )
    return defn.gradient_rule


def _declaration(op_type: str) -> OpDef | None:
    """What declares `op_type`, whose family may not be loaded yet."""
    return OPS.get(op_type) or all_ops().get(op_type)
