"""The chi-squared distribution."""

from __future__ import annotations

from typing import Any

from stillflow.distributions.gamma import Gamma
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array.constants import constant
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_positive
from stillflow.ops.math import elementwise


class Chi2(Gamma):
    """Sums of the squares of `df` standard normal numbers; `df`, f[*batch], is positive."""

    PARAMETERS = ("df",)

    @moved
    def __init__(
        self,
        df: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Chi2",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[df]) as scope:
            with control_dependencies([assert_positive(df)] if validate_args else []):
                self._df = identity(df, name="df")
            super().__init__(
                concentration=0.5 * self._df,
                rate=constant(0.5, dtype=self._df.dtype),
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters

    @property
    def df(self) -> Tensor:
        """How many numbers there are."""
        return self._df


class Chi2WithAbsDf(Chi2):
    """`Chi2` of floor(|`df`|) numbers."""

    @moved
    def __init__(
        self,
        df: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Chi2WithAbsDf",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[df]) as scope:
            super().__init__(
                df=elementwise.floor(elementwise.abs_(df, name="abs_df"), name="floor_abs_df"),
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters
