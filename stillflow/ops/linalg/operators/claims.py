"""What is known of an operator that others make up: True, False, or None where nothing is."""

from __future__ import annotations

from typing import Any

Claim = bool | None


def kept(operator: Any, hint_attr_name: str, provided_hint_value: Claim, message: str) -> Claim:
    """A claim that a new operator shares with `operator`, as that or its maker says.

    Raises:
      ValueError: the two contradict each other; says `message`.
    """
    known, said = getattr(operator, hint_attr_name), provided_hint_value
    if (known is False and said) or (known and said is False):
        raise ValueError(message)
    if known or said:
        return True
    return False if known is False or said is False else None


def implied(operators: list[Any], claim: str, said: Claim, message: str) -> Claim:
    """A claim that holds of a whole as soon as it holds of all parts.

    Raises:
      ValueError: it does, and the maker says that it does not; says `message`.
    """
    if not all(getattr(operator, claim) for operator in operators):
        return said
    if said is False:
        raise ValueError(message)
    return True


def square(a: Any, b: Any) -> Claim:
    """Whether the product of `a` and `b` is square."""
    if a.is_square and b.is_square:
        return True
    if a.is_square is False and b.is_square is False:
        return a.range_dimension == b.domain_dimension
    if a.is_square != b.is_square and a.is_square is not None:
        return False
    return None


def non_singular(a: Any, b: Any) -> Claim:
    """Whether the product of two square operators is non-singular."""
    if a.is_non_singular is False or b.is_non_singular is False:
        return False
    return a.is_non_singular and b.is_non_singular


def commuting_self_adjoint(a: Any, b: Any) -> Claim:
    """Whether the product of operators that commute is self-adjoint."""
    if a.is_self_adjoint and b.is_self_adjoint:
        return True
    return False if {a.is_self_adjoint, b.is_self_adjoint} == {True, False} else None


def commuting_positive_definite(a: Any, b: Any) -> Claim:
    """Whether the product of operators that commute is known to be positive definite."""
    claims = (a.is_positive_definite, a.is_self_adjoint, b.is_positive_definite, b.is_self_adjoint)
    return True if all(claim is True for claim in claims) else None
