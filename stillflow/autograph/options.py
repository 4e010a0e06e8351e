"""What a conversion may do, and whether one is on: options and the status around a call."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any


class Feature(enum.Enum):
    """Conversions that are made only where a program asks for them.

    Attributes:
      ALL: every one of them.
      AUTO_CONTROL_DEPS: operations with effects run in the order of the code.
      ASSERT_STATEMENTS: `assert` of a tensor is a tf.Assert.
      BUILTIN_FUNCTIONS: `len`, `range`, `print` and their like take tensors.
      EQUALITY_OPERATORS: `==` and `!=` compare the values of tensors.
      LISTS: lists that grow are lists of tensors.
      NAME_SCOPES: a function's operations are in a scope of its name.
    """

    ALL = "ALL"

    AUTO_CONTROL_DEPS = "AUTO_CONTROL_DEPS"
    ASSERT_STATEMENTS = "ASSERT_STATEMENTS"
    BUILTIN_FUNCTIONS = "BUILTIN_FUNCTIONS"
    EQUALITY_OPERATORS = "EQUALITY_OPERATORS"
    LISTS = "LISTS"
    NAME_SCOPES = "NAME_SCOPES"

    @classmethod
    def all(cls) -> tuple[Feature, ...]:
        """Every feature."""
        return tuple(cls.__members__.values())

    @classmethod
    def all_but(cls, exclude: Any) -> tuple[Feature, ...]:
        """Every feature but one, or but those of a list."""
        left_out = exclude if isinstance(exclude, (list, tuple, set)) else (exclude,)
        return tuple(set(cls.all()) - set(left_out) - {cls.ALL})


class ConversionOptions:
    """How a function is converted. Compared by value.

    Args:
      recursive: whether the functions that it calls are converted too.
      user_requested: whether the program asked for it by name: then the rules of what is left alone
        do not hold for this function.
      internal_convert_user_code: whether functions of the program are converted at all.
      optional_features: a Feature, or several, or None.
    """

    def __init__(
        self,
        recursive: bool = False,
        user_requested: bool = False,
        internal_convert_user_code: bool = True,
        optional_features: Any = Feature.ALL,
    ):
        self.recursive = recursive
        self.user_requested = user_requested
        self.internal_convert_user_code = internal_convert_user_code
        if isinstance(optional_features, Feature):
            optional_features = (optional_features,)
        self.optional_features: frozenset[Feature] = frozenset(optional_features or ())

    def as_tuple(self) -> tuple:
        return (
            self.recursive,
            self.user_requested,
            self.internal_convert_user_code,
            self.optional_features,
        )

    def __hash__(self) -> int:
        return hash(self.as_tuple())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ConversionOptions) and self.as_tuple() == other.as_tuple()

    def uses(self, feature: Feature) -> bool:
        """Whether a feature is on."""
        return bool(self.optional_features & {Feature.ALL, feature})

    def call_options(self) -> ConversionOptions:
        """Those for the functions that the converted one calls."""
        return ConversionOptions(
            recursive=self.recursive,
            internal_convert_user_code=self.recursive,
            optional_features=self.optional_features,
        )

    def as_code(self) -> str:
        """An expression that gives these options in converted code."""
        features = ", ".join(f"ag__.{feature}" for feature in _in_order(self.optional_features))
        return (
            f"ag__.ConversionOptions(recursive={self.recursive}, "
            f"user_requested={self.user_requested}, "
            f"optional_features=({features}{',' if features else ''}), "
            f"internal_convert_user_code={self.internal_convert_user_code})"
        )


def _in_order(features: Iterable[Feature]) -> list[Feature]:
    return sorted(features, key=lambda feature: feature.value)


#: Those of `tf.function`, for what it calls.
STANDARD_OPTIONS = ConversionOptions(recursive=True, optional_features=None)
