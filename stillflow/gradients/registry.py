"""The rules of all op types by name, as TensorFlow's `ops._gradient_registry` shows them."""

from __future__ import annotations

from typing import Any

from stillflow.declare import rules
from stillflow.ops.families import all_ops


class GradientRegistry:
    """Rules that are declared and rules that are registered under a name."""

    @property
    def _registry(self) -> dict[str, dict[str, Any]]:
        """{op type or name: {"type": rule}}, made anew: programs ask whether a name is in it."""
        declared = {
            name: defn.gradient_rule
            for name, defn in all_ops().items()
            if defn.gradient_rule is not None or not defn.is_differentiable
        }
        return {name: {"type": rule} for name, rule in {**declared, **rules.REGISTERED}.items()}

    def register(self, candidate: Any, name: str | None = None) -> None:
        """Registers a rule under a name, its own by default; KeyError where there is one."""
        rules.RegisterGradient(name or candidate.__name__)(candidate)

    def lookup(self, name: str) -> Any:
        """The rule of that name, None of a type that has no gradient; LookupError without one."""
        try:
            return self._registry[name]["type"]
        except KeyError:
            raise LookupError(f"gradient registry has no entry for: {name}") from None

    def list(self) -> list[str]:
        """The names."""
        return list(self._registry)


REGISTRY = GradientRegistry()
