"""Mixtures: each draw comes from one of several distributions, itself drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.categorical import Categorical
from stillflow.distributions.distribution import NOT_REPARAMETERIZED, Distribution
from stillflow.distributions.moved import moved
from stillflow.distributions.seeds import gen_new_seed
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import (
    filling,
    gathering,
    joining,
    partition,
    ranging,
    reshaping,
    selecting,
    shape_of,
    stacking,
    tiling,
)
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.known_values import constant_value
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import elementwise
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.nn.softmax import log_softmax, softmax
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.composed import reduce_logsumexp


class Mixture(Distribution):
    """Draws of `components[i]`, i drawn from `cat` for each.

    Args:
      cat: a Categorical of as many classes as there are components, and of their batch shape.
      components: distributions of one type, batch shape and event shape.
      use_static_graph: whether to draw from all of them and select, so that shapes are known.

    Raises:
      TypeError: `cat` is none, the components are no distributions or of different types.
      ValueError: there is no component, their number is not that of the classes, or their shapes
        differ.
    """

    @moved
    def __init__(
        self,
        cat: Categorical,
        components: Sequence[Distribution],
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        use_static_graph: bool = False,
        name: str = "Mixture",
    ):
        parameters = dict(locals())
        _check(cat, components)
        dtype = components[0].dtype
        event, batch = components[0].event_shape, cat.batch_shape
        for component in components:
            event = event.merge_with(component.event_shape)
            batch = batch.merge_with(component.batch_shape)
        if event.ndims is None:
            raise ValueError(
                "Expected to know rank(event_shape) from components, but none of the components "
                "provide a static number of ndims"
            )
        with name_scope(name, values=[cat.logits]) as scope:
            self._num_components = _class_count(cat, len(components))
            self._assertions = _shape_checks(cat, components, validate_args)
            self._cat = cat
            self._components = list(components)
            self._static_event_shape = event
            self._static_batch_shape = batch
            self._use_static_graph = use_static_graph
        parents = [parent for part in (cat, *components) for parent in part._graph_parents]
        super().__init__(
            dtype=dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=parents,
            name=scope,
        )

    @property
    def cat(self) -> Categorical:
        """What a component is drawn from."""
        return self._cat

    @property
    def components(self) -> list[Distribution]:
        return self._components

    @property
    def num_components(self) -> int:
        return self._num_components

    def _batch_shape_tensor(self) -> Tensor:
        return self._cat.batch_shape_tensor()

    def _batch_shape(self) -> TensorShape:
        return self._static_batch_shape

    def _event_shape_tensor(self) -> Tensor:
        return self._components[0].event_shape_tensor()

    def _event_shape(self) -> TensorShape:
        return self._static_event_shape

    # Moments --------------------------------------------------------------------------------------

    def _shares(self, function: Callable[[Tensor], Tensor] = softmax) -> list[Tensor]:
        """The probability of each component, f[*batch], or its logarithm by `log_softmax`."""
        return stacking.unstack(function(self.cat.logits), num=self.num_components, axis=-1)

    def _over_events(self, x: Tensor) -> Tensor:
        for _ in range(self.event_shape.ndims or 0):
            x = reshaping.expand_dims(x, -1)
        return x

    def _mean(self) -> Tensor:
        with control_dependencies(self._assertions):
            means = [component.mean() for component in self.components]
            shares = [self._over_events(share) for share in self._shares()]
            return add_n([share * mean for share, mean in zip(shares, means, strict=True)])

    def _stddev(self) -> Tensor:
        with control_dependencies(self._assertions):
            means = [component.mean() for component in self.components]
            deviations = [component.stddev() for component in self.components]
            shares = self._shares()
            all_means = stacking.stack(means, axis=-1)
            all_deviations = stacking.stack(deviations, axis=-1)
            shares = [self._over_events(share) for share in shares]
            weights = stacking.stack(shares, axis=-1) * filling.ones_like(all_means)
            rows = [
                reshaping.reshape(x, [-1, len(self.components)])
                for x in (weights, all_means, all_deviations)
            ]
            return reshaping.reshape(mixture_stddev(*rows), shape_of.shape(weights)[:-1])

    def entropy_lower_bound(self, name: str = "entropy_lower_bound") -> Tensor:
        """What the entropy is at least: the mean of the components' entropies, f[*batch]."""
        with self._name_scope(name, [self.cat.logits]), control_dependencies(self._assertions):
            entropies = [component.entropy() for component in self.components]
            shares = self._shares()
            return add_n([s * entropy for s, entropy in zip(shares, entropies, strict=True)])

    # How likely a value is ------------------------------------------------------------------------

    def _log_prob(self, x: Tensor) -> Tensor:
        with control_dependencies(self._assertions):
            x = convert_to_tensor(x, name="x")
            return self._log_mixed([component.log_prob(x) for component in self.components])

    def _log_cdf(self, x: Tensor) -> Tensor:
        with control_dependencies(self._assertions):
            x = convert_to_tensor(x, name="x")
            return self._log_mixed([component.log_cdf(x) for component in self.components])

    def _log_mixed(self, values: list[Tensor]) -> Tensor:
        """The logarithm of the weighted sum of probabilities, of which logarithms are given."""
        shares = self._shares(log_softmax)
        weighted = [share + value for share, value in zip(shares, values, strict=True)]
        return reduce_logsumexp(stacking.stack(weighted, 0), [0])

    # Samples --------------------------------------------------------------------------------------

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        if self._use_static_graph:
            return self._select_from_all(n, seed)
        with control_dependencies(self._assertions):
            return self._draw_from_each(n, seed)

    def _select_from_all(self, n: Any, seed: int | None) -> Tensor:
        chosen = self.cat.sample(n, seed=seed)
        drawn = []
        for component in self.components:
            seed = gen_new_seed(seed, "mixture")
            drawn.append(component.sample(n, seed=seed))
        ndims: Any = self._static_event_shape.ndims
        x = stacking.stack(drawn, -ndims - 1)
        kind = x.dtype.as_numpy_dtype
        mask = one_hot(
            indices=chosen,
            depth=self._num_components,
            on_value=np.ones([], kind),
            off_value=np.zeros([], kind),
        )
        mask = pad_mixture_dimensions(mask, self, self._cat, ndims)
        return reductions.reduce_sum(x * mask, axis=-1 - ndims)

    def _draw_from_each(self, n: Any, seed: int | None) -> Tensor:
        """Draws from a component as many batches as it was chosen for, and takes one of each."""
        n = convert_to_tensor(n, name="n")
        known = constant_value(n)
        n = n if known is None else int(known)
        chosen = self.cat.sample(n, seed=seed)
        static = chosen.shape
        shape: Any = static.as_list() if static.is_fully_defined() else shape_of.shape(chosen)
        count = static.num_elements() if static.is_fully_defined() else shape_of.size(chosen)
        batch_size = self._batch_size()
        event = (
            np.array(self.event_shape.as_list(), np.int32)
            if self.event_shape.is_fully_defined()
            else self.event_shape_tensor()
        )
        places = self._by_component(reshaping.reshape(ranging.range_(0, count), shape), chosen)
        members = tiling.tile(ranging.range_(0, batch_size), [n])
        members_of = self._by_component(reshaping.reshape(members, shape), chosen)
        drawn = []
        for component, own_places, own_members in zip(
            self.components, places, members_of, strict=True
        ):
            times = shape_of.size(own_places)
            seed = gen_new_seed(seed, "mixture")
            x = component.sample(times, seed=seed)
            wanted = batch_size * ranging.range_(times) + own_members
            x = reshaping.reshape(x, joining.concat([[times * batch_size], event], 0))
            drawn.append(gathering.gather(x, wanted, name="samples_class_c_gather"))
        flat = partition.dynamic_stitch(list(places), drawn)
        whole = joining.concat([shape, self.event_shape_tensor()], 0)
        made = reshaping.reshape(flat, whole)
        made.set_shape(static.concatenate(self.event_shape))
        return made

    def _batch_size(self) -> Any:
        if self.batch_shape.is_fully_defined():
            return self.batch_shape.num_elements()
        return reductions.reduce_prod(self.batch_shape_tensor())

    def _by_component(self, data: Tensor, chosen: Tensor) -> list[Tensor]:
        return partition.dynamic_partition(
            data=data, partitions=chosen, num_partitions=self.num_components
        )


def _check(cat: Any, components: Any) -> None:
    if not isinstance(cat, Categorical):
        raise TypeError(f"cat must be a Categorical distribution, but saw: {cat}")
    if not components:
        raise ValueError("components must be a non-empty list or tuple")
    if not isinstance(components, (list, tuple)):
        raise TypeError(f"components must be a list or tuple, but saw: {components}")
    if not all(isinstance(component, Distribution) for component in components):
        raise TypeError(
            f"all entries in components must be Distribution instances but saw: {components}"
        )
    if any(component.dtype != components[0].dtype for component in components):
        raise TypeError(
            "All components must have the same dtype, but saw dtypes: "
            f"{[(component.name, component.dtype) for component in components]}"
        )


def _class_count(cat: Categorical, wanted: int) -> int:
    count = constant_value(cat.event_size)
    if count is None:
        raise ValueError(
            "Could not infer number of classes from cat and unable to compare this value to the "
            "number of components passed in."
        )
    if int(count) != wanted:
        raise ValueError(f"cat.num_classes != len(components): {int(count)} vs. {wanted}")
    return int(count)


def _shape_checks(
    cat: Categorical, components: Sequence[Distribution], validate_args: bool
) -> list[Operation]:
    own = cat.batch_shape_tensor()
    rank = shape_of.size(own)
    if not validate_args:
        return []
    shapes = [component.batch_shape_tensor() for component in components]
    ranks = [shape_of.size(shape) for shape in shapes]
    message = "components[%d] batch shape must match cat batch shape"
    of_ranks = [assert_equal(rank, other, message=message % i) for i, other in enumerate(ranks)]
    return of_ranks + [
        assert_equal(own, other, message=message % i) for i, other in enumerate(shapes)
    ]


def mixture_stddev(
    mixture_weight_vector: Tensor, mean_vector: Tensor, stddev_vector: Tensor
) -> Tensor:
    """Weights, means and deviations of components, f[m, k] -> deviations of the mixtures, f[m].

    Raises:
      ValueError: the weights have another rank, or the shapes differ.
    """
    shape = mixture_weight_vector.shape
    shape.assert_has_rank(2)
    for what, other in (("means", mean_vector), ("stddevs", stddev_vector)):
        if not other.shape.is_compatible_with(shape):
            raise ValueError(
                f"Expecting {what} to have same shape as mixture weights. They have "
                f"{other.shape}, the weights {shape}."
            )
    row = reshaping.expand_dims(mixture_weight_vector, axis=1)
    mean_column = reshaping.expand_dims(mean_vector, axis=2)
    deviation_column = reshaping.expand_dims(stddev_vector, axis=2)
    mean = reshaping.reshape(matmul(row, mean_column), (-1,))
    of_squares = matmul(row, elementwise.square(deviation_column))
    variance = reshaping.reshape(of_squares, (-1,))
    of_means = matmul(row, elementwise.square(mean_column))
    between = reshaping.reshape(of_means, (-1,))
    return elementwise.sqrt(variance + between - elementwise.square(mean))


def pad_mixture_dimensions(
    x: Tensor,
    mixture_distribution: Distribution,
    categorical_distribution: Categorical,
    event_ndims: int,
) -> Tensor:
    """`x`, [*sample, *batch of the classes, k], with axes of size 1 where the mixture has more."""

    def rank(distribution: Distribution) -> Any:
        if distribution.batch_shape.ndims is not None:
            return distribution.batch_shape.ndims
        return shape_of.shape(distribution.batch_shape_tensor())[0]

    with name_scope("pad_mix_dims", values=[x]):
        of_mixture, of_cat = rank(mixture_distribution), rank(categorical_distribution)
        is_one = categorical_distribution.is_scalar_batch()
        more = selecting.where_v2(is_one, of_mixture, of_mixture - of_cat)
        sizes = shape_of.shape(x)
        parts = [
            sizes[:-1],
            filling.ones([more], dtype=dtypes.int32),
            sizes[-1:],
            filling.ones([event_ndims], dtype=dtypes.int32),
        ]
        return reshaping.reshape(x, shape=joining.concat(parts, axis=0))
