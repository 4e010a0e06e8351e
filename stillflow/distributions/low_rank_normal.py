"""Normal vectors whose numbers hang together by a few factors."""

from __future__ import annotations

from typing import Any

from stillflow.distributions.moved import moved
from stillflow.distributions.multivariate_normal import MultivariateNormalLinearOperator
from stillflow.distributions.scales import as_tensor, make_diag_scale
from stillflow.graph.scopes import name_scope
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.low_rank import LinearOperatorLowRankUpdate


class MultivariateNormalDiagPlusLowRank(MultivariateNormalLinearOperator):
    """Normal vectors of the covariance S S, S being a diagonal and `factor D factor^T`.

    Args:
      loc: the mean, f[..., k]; by default 0.
      scale_diag: the diagonal, f[..., k], positive where there are factors.
      scale_identity_multiplier: f[...], added to all of it; both left out stand for 1.
      scale_perturb_factor: f[..., k, r], r being small.
      scale_perturb_diag: the diagonal D, f[..., r]; ones by default.

    Raises:
      ValueError: k is nowhere given, or shapes do not fit.
    """

    @moved
    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        scale_perturb_factor: Any = None,
        scale_perturb_diag: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiagPlusLowRank",
    ):
        parameters = dict(locals())
        given = [loc, scale_diag, scale_identity_multiplier]
        perturbed = scale_perturb_factor is not None or scale_perturb_diag is not None
        with (
            name_scope(name) as scope,
            name_scope("init", values=[*given, scale_perturb_factor, scale_perturb_diag]),
        ):
            scale: LinearOperator = make_diag_scale(
                loc=loc,
                scale_diag=scale_diag,
                scale_identity_multiplier=scale_identity_multiplier,
                validate_args=validate_args,
                assert_positive=perturbed,
            )
            factor = as_tensor(scale_perturb_factor, "scale_perturb_factor")
            diagonal = as_tensor(scale_perturb_diag, "scale_perturb_diag")
            if perturbed:
                scale = LinearOperatorLowRankUpdate(
                    scale,
                    u=factor,
                    diag_update=diagonal,
                    is_diag_update_positive=diagonal is None,
                    is_non_singular=True,
                    is_self_adjoint=True,
                    is_positive_definite=True,
                    is_square=True,
                )
        super().__init__(
            loc=loc,
            scale=scale,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            name=scope,
        )
        self._parameters = parameters
