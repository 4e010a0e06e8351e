"""Which rule differentiates an operation: its declaration's, or one that a program registers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.opdef import OPS, OpDef
from stillflow.graph.operation import Operation
from stillflow.ops.families import all_ops

Rule = Callable[..., Any]

_REGISTERED: dict[str, Rule | None] = {}


class RegisterGradient:
    """Decorator: `@tf.RegisterGradient("Name")` declares `rule(op, *grads)` under a name.

    `graph.gradient_override_map({"Square": "Name"})` then uses it for what is built in its block.
    """

    def __init__(self, op_type: str):
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f: Rule) -> Rule:
        _register(self._op_type, f)
        return f


def no_gradient(op_type: str) -> None:
    """Declares that no gradient flows through ops of this type: `tf.NotDifferentiable`."""
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _register(op_type, None)


def _register(name: str, rule: Rule | None) -> None:
    if name in _REGISTERED:
        raise KeyError(f"Registering two gradient with name '{name}'!")
    _REGISTERED[name] = rule


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
    if name in _REGISTERED:
        return _REGISTERED[name]
    defn = _declaration(override) if override else op.defn
    if defn is None or (defn.gradient_rule is None and defn.is_differentiable):
        raise LookupError(
            f"No gradient defined for operation '{op.name}' (op type: {op.type})\n"
            f"  It was {op.built_at or 'imported'}. Wrap its input in tf.stop_gradient if no "
            "gradient should pass, or declare one with tf.RegisterGradient."
        )
    return defn.gradient_rule


def _declaration(op_type: str) -> OpDef | None:
    """What declares `op_type`, whose family may not be loaded yet."""
    return OPS.get(op_type) or all_ops().get(op_type)
