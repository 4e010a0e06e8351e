"""Which functions combine operators of which classes, the nearest base classes first."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from stillflow.graph.scopes import name_scope


class Rules:
    """Functions of one or two operators, by the classes of these.

    Args:
      name: of the scope in which a rule builds.
      missing: what is said of classes without a rule, after "No".
    """

    def __init__(self, name: str, missing: str):
        self._name = name
        self._missing = missing
        self._rules: dict[tuple[type, ...], Callable[..., Any]] = {}

    def of(self, *classes: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorates the rule for `classes`.

        Raises:
          ValueError: they have one.
        """

        def registered(rule: Callable[..., Any]) -> Callable[..., Any]:
            if classes in self._rules:
                named = ", ".join(one.__name__ for one in classes)
                raise ValueError(f"{self._name}({named}) has already been registered.")
            self._rules[classes] = rule
            return rule

        return registered

    def __call__(self, *operators: Any) -> Any:
        """Returns what the rule for the classes of `operators` makes of them.

        Raises:
          ValueError: there is no such rule.
        """
        classes = [type(operator) for operator in operators]
        rule = self._nearest(classes)
        if rule is None:
            raise ValueError(f"No {self._missing.format(*classes)}")
        with name_scope(None, self._name):
            return rule(*operators)

    def _nearest(self, classes: list[type]) -> Callable[..., Any] | None:
        """The rule that is fewest steps up; of those, the one whose first class is nearest."""
        above = itertools.product(*(enumerate(one.__mro__) for one in classes))
        found = [
            (sum(step for step, _ in path), rule)
            for path in above
            if (rule := self._rules.get(tuple(one for _, one in path))) is not None
        ]
        return min(found, key=lambda pair: pair[0])[1] if found else None


adjoint = Rules("Adjoint", "adjoint registered for {}")
cholesky = Rules("Cholesky", "cholesky decomposition registered for {}")
inverse = Rules("Inverse", "inverse registered for {}")
matmul = Rules("Matmul", "matmul registered for {}.matmul({})")
solve = Rules("Solve", "solve registered for {}.solve({})")
