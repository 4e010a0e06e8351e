"""The Kullback-Leibler divergence of two distributions, by a registry of rules for their kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stillflow.distributions.moved import moved
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math import comparison, elementwise
from stillflow.ops.reduce import reductions

if TYPE_CHECKING:
    from stillflow.distributions.distribution import Distribution

RULES: dict[tuple[type, type], Callable[..., Any]] = {}


class RegisterKL:
    """Decorator of a function of two distributions that gives their divergence: f[*batch].

    Args:
      dist_cls_a, dist_cls_b: the kinds that it is for, and for those derived from them.
    """

    @moved
    def __init__(self, dist_cls_a: type, dist_cls_b: type):
        self._key = dist_cls_a, dist_cls_b

    def __call__(self, kl_fn: Callable[..., Any]) -> Callable[..., Any]:
        """Registers `kl_fn(a, b, name=None)`.

        Raises:
          TypeError: it is no function.
          ValueError: there is one already.
        """
        if not callable(kl_fn):
            raise TypeError(f"kl_fn must be callable, received: {kl_fn}")
        if self._key in RULES:
            a, b = (kind.__name__ for kind in self._key)
            raise ValueError(f"KL({a} || {b}) has already been registered to: {RULES[self._key]}")
        RULES[self._key] = kl_fn
        return kl_fn


def rule_of(a: type, b: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`RegisterKL` for what is registered here, without a warning."""

    def register(rule: Callable[..., Any]) -> Callable[..., Any]:
        RULES[a, b] = rule
        return rule

    return register


def registered(a: type, b: type) -> Callable[..., Any] | None:
    """The rule of the nearest ancestors of both; of the nearest of `a` when two are as near."""
    found = [
        (far_a + far_b, far_a, RULES[kind_a, kind_b])
        for far_a, kind_a in enumerate(a.__mro__)
        for far_b, kind_b in enumerate(b.__mro__)
        if (kind_a, kind_b) in RULES
    ]
    return min(found, key=lambda entry: entry[:2])[2] if found else None


@moved
def kl_divergence(
    distribution_a: Distribution,
    distribution_b: Distribution,
    allow_nan_stats: bool = True,
    name: str | None = None,
) -> Any:
    """Returns the mean, over draws of `a`, of how much likelier they are by it: f[*batch].

    Args:
      allow_nan_stats: False fails a run that would give NaN.

    Raises:
      NotImplementedError: no rule is registered for distributions of these kinds.
    """
    kinds = type(distribution_a), type(distribution_b)
    rule = registered(*kinds)
    if rule is None:
        raise NotImplementedError(
            "No KL(distribution_a || distribution_b) registered for distribution_a type "
            f"{kinds[0].__name__} and distribution_b type {kinds[1].__name__}"
        )
    with name_scope("KullbackLeibler"):
        value = rule(distribution_a, distribution_b, name=name)
        if allow_nan_stats:
            return value
        value = identity(value, name="kl")
        is_defined = comparison.logical_not(reductions.reduce_any(elementwise.is_nan(value)))
        refusal = (
            f"KL calculation between {distribution_a.name} and {distribution_b.name} returned NaN "
            "values (and was called with allow_nan_stats=False). Values:"
        )
        with control_dependencies([assert_that(is_defined, [refusal, value])]):
            return identity(value, name="checked_kl")


@moved
def cross_entropy(
    ref: Distribution, other: Distribution, allow_nan_stats: bool = True, name: str | None = None
) -> Any:
    """Returns the mean, over draws of `ref`, of -log_prob of `other`: f[*batch]."""
    with name_scope(name, "cross_entropy"):
        return ref.entropy() + kl_divergence(ref, other, allow_nan_stats=allow_nan_stats)
