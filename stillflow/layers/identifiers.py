"""What layers take as objects or by name: activations, initializers, regularizers, constraints.

A description is a name, or {"class_name": its name, "config": its arguments}.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from stillflow.layers import activations
from stillflow.ops.variables import initializers

_SMALL_UNIFORM = functools.partial(initializers.RandomUniform, minval=-0.05, maxval=0.05)
_SMALL_NORMAL = functools.partial(initializers.RandomNormal, stddev=0.05)
_SMALL_TRUNCATED = functools.partial(initializers.TruncatedNormal, stddev=0.05)

_INITIALIZERS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("zero", "zeros", "Zeros"), initializers.Zeros),
    **dict.fromkeys(("one", "ones", "Ones"), initializers.Ones),
    **dict.fromkeys(("constant", "Constant"), initializers.Constant),
    **dict.fromkeys(("uniform", "random_uniform", "RandomUniform"), _SMALL_UNIFORM),
    **dict.fromkeys(("normal", "random_normal", "RandomNormal"), _SMALL_NORMAL),
    **dict.fromkeys(("truncated_normal", "TruncatedNormal"), _SMALL_TRUNCATED),
    **dict.fromkeys(("identity", "Identity"), initializers.Identity),
    **dict.fromkeys(("orthogonal", "Orthogonal"), initializers.Orthogonal),
    **dict.fromkeys(("glorot_normal", "GlorotNormal"), initializers.GlorotNormal),
    **dict.fromkeys(("glorot_uniform", "GlorotUniform"), initializers.GlorotUniform),
    "VarianceScaling": initializers.VarianceScaling,
    "he_normal": initializers.he_normal,
    "he_uniform": initializers.he_uniform,
    "lecun_normal": initializers.lecun_normal,
    "lecun_uniform": initializers.lecun_uniform,
}


def activation_of(identifier: Any) -> Callable[[Any], Any]:
    """Returns the function; `linear` for None.

    Raises:
      ValueError: there is none of that name.
      TypeError: it is neither a function nor a name.
    """
    if identifier is None:
        return activations.linear
    if isinstance(identifier, str):
        return _found(activations.BY_NAME, identifier, "activation function")
    if not callable(identifier):
        raise TypeError(f"Could not interpret activation function identifier: {identifier!r}")
    return identifier


def initializer_of(identifier: Any) -> Any:
    """Returns the initializer; None for None. ValueError when it is none, nor the name of one."""
    return _made(_INITIALIZERS, identifier, "initializer")


def regularizer_of(identifier: Any) -> Any:
    """Returns the function of a variable; None for None. ValueError when it is none."""
    return _made({}, identifier, "regularizer")


def constraint_of(identifier: Any) -> Any:
    """Returns the function of a new value; None for None. ValueError when it is none."""
    return _made({}, identifier, "constraint")


def _made(makers: Mapping[str, Callable[..., Any]], identifier: Any, kind: str) -> Any:
    if isinstance(identifier, str):
        return _found(makers, identifier, kind)()
    if isinstance(identifier, Mapping):
        return _found(makers, identifier["class_name"], kind)(**identifier.get("config", {}))
    if identifier is None or callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret {kind} identifier: {identifier}")


def _found(known: Mapping[str, Callable[..., Any]], name: str, kind: str) -> Callable[..., Any]:
    if name not in known:
        raise ValueError(f"Unknown {kind}:{name}\n  Known by name: {', '.join(known) or 'none'}.")
    return known[name]
