"""Distributions in which each element depends on those before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.distributions.distribution import Distribution
from stillflow.distributions.moved import moved
from stillflow.distributions.seeds import gen_new_seed
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope


class Autoregressive(Distribution):
    """Vectors that are drawn again and again, each time of what the last ones lead to.

    Args:
      distribution_fn: gives the distribution of vectors, f[..., n], such that an element depends on
        those before it alone; without an argument, that of the first ones.
      sample0: what the first ones follow from; `distribution_fn()` gives them by default.
      num_steps: how often they are drawn; once for each element by default.

    Raises:
      ValueError: there is no step, or their number is not known.
    """

    @moved
    def __init__(
        self,
        distribution_fn: Callable[..., Distribution],
        sample0: Any = None,
        num_steps: int | None = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Autoregressive",
    ):
        parameters = dict(locals())
        with name_scope(name) as scope:
            self._distribution_fn = distribution_fn
            self._sample0 = sample0
            first = distribution_fn() if sample0 is None else distribution_fn(sample0)
            self._distribution0 = first
            if num_steps is None:
                num_steps = first.event_shape.num_elements()
                if num_steps is None:
                    raise ValueError(
                        "distribution_fn must generate a distribution with fully known "
                        "`event_shape`."
                    )
            if num_steps < 1:
                raise ValueError(f"num_steps ({num_steps}) must be at least 1.")
            self._num_steps = num_steps
        super().__init__(
            dtype=first.dtype,
            reparameterization_type=first.reparameterization_type,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=first._graph_parents,
            name=scope,
        )

    @property
    def distribution_fn(self) -> Callable[..., Distribution]:
        return self._distribution_fn

    @property
    def sample0(self) -> Any:
        return self._sample0

    @property
    def num_steps(self) -> int:
        return self._num_steps

    @property
    def distribution0(self) -> Distribution:
        """The distribution of the first vectors."""
        return self._distribution0

    def _batch_shape(self) -> Any:
        return self.distribution0.batch_shape

    def _batch_shape_tensor(self) -> Tensor:
        return self.distribution0.batch_shape_tensor()

    def _event_shape(self) -> Any:
        return self.distribution0.event_shape

    def _event_shape_tensor(self) -> Tensor:
        return self.distribution0.event_shape_tensor()

    def _sample_n(self, n: Any, seed: int | None = None) -> Any:
        if seed is None:
            drawn = int(np.random.randint(2**32 - 1, dtype=np.int64))
            seed = gen_new_seed(drawn, salt="autoregressive")
        samples = self.distribution0.sample(n, seed=seed)
        for _ in range(self._num_steps):
            samples = self.distribution_fn(samples).sample(seed=seed)
        return samples

    def _log_prob(self, value: Any) -> Any:
        return self.distribution_fn(value).log_prob(value)

    def _prob(self, value: Any) -> Any:
        return self.distribution_fn(value).prob(value)
