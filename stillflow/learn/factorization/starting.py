"""How the centres of `KMeans` start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import reshaping, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.clustering.nearest import nearest_neighbors
from stillflow.ops.clustering.starting import (
    kmc2_chain_initialization,
    kmeans_plus_plus_initialization,
)
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import no_op
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.debug import checks
from stillflow.ops.math.arithmetic import add_n, maximum, minimum
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal, less
from stillflow.ops.nn.embedding import embedding_lookup
from stillflow.ops.nn.norms import l2_normalize
from stillflow.ops.random.drawing import random_uniform
from stillflow.ops.variables.state import assign


class Start:
    """Adds centres, in as many runs as it takes, until there are all.

    Args:
      inputs: the points, f32[n, d] each.
      num_clusters: how many centres there are to be.
      initial_clusters: "random", "kmeans_plus_plus", "kmc2", a function, or the centres.
      is_cosine: whether centres have the length of 1.
      seed, retries, chain_length: of the drawing.
      variables: the centres, those that batches move, and whether all have started.
    """

    def __init__(
        self,
        inputs: list[Any],
        num_clusters: Tensor,
        initial_clusters: Any,
        is_cosine: bool,
        seed: int,
        retries: int,
        chain_length: int,
        variables: tuple[Any, Any, Any],
    ):
        self._inputs = inputs
        self._num_clusters = num_clusters
        self._initial_clusters = initial_clusters
        self._is_cosine = is_cosine
        self._seed = seed
        self._retries = retries
        self._chain_length = chain_length
        self._centers, self._updated, self._initialized = variables
        self._num_selected = shape_of.shape(self._centers)[0]
        self._num_remaining = self._num_clusters - self._num_selected
        self._num_data = add_n([shape_of.shape(points)[0] for points in inputs])

    def op(self) -> Any:
        """Returns what adds centres; once there are all, it checks that they are known to be."""
        return cond(
            equal(self._num_remaining, 0),
            lambda: checks.assert_equal(self._initialized, True),
            self._initialize,
        )

    def _initialize(self) -> Any:
        with control_dependencies([checks.assert_positive(self._num_remaining)]):
            remaining = self._add_by_chains() if self._is_named("kmc2") else self._add()
            return cond(equal(remaining, 0), lambda: assign(self._initialized, True), no_op)

    def _is_named(self, name: str) -> bool:
        initial = self._initial_clusters
        return isinstance(initial, str) and initial == name

    def _add(self) -> Tensor:
        """Adds what is chosen. Returns how many are missing then."""
        new = self._chosen()
        if self._is_cosine:
            new = l2_normalize(new, dim=1)
        every = cond(
            equal(self._num_selected, 0),
            lambda: new,
            lambda: concat([self._centers, new], 0),
        )
        return self._num_clusters - shape_of.shape(self._assigned(every))[0]

    def _assigned(self, centers: Any) -> Any:
        assigned = assign(self._centers, centers, validate_shape=False)
        if self._updated is not self._centers:
            assigned = assign(self._updated, assigned, validate_shape=False)
        return assigned

    def _chosen(self) -> Any:
        initial = self._initial_clusters
        if self._is_named("random"):
            return cond(
                self._num_data <= self._num_remaining,
                lambda: concat(self._inputs, 0),
                self._at_random,
            )
        if isinstance(initial, str):
            enough = checks.assert_greater_equal(self._num_data, self._num_remaining)
            with control_dependencies([enough]):
                return self._far_apart()
        if callable(initial):
            return initial(self._inputs, self._num_remaining)
        same = checks.assert_equal(self._num_remaining, shape_of.shape(initial)[0])
        with control_dependencies([same]):
            return initial

    def _at_random(self) -> Tensor:
        rows = random_uniform(
            reshaping.reshape(self._num_remaining, [-1]),
            minval=0,
            maxval=cast(self._num_data, dtypes.int64),
            seed=self._seed,
            dtype=dtypes.int64,
        )
        return embedding_lookup(self._inputs, rows, partition_strategy="div")

    def _far_apart(self) -> Tensor:
        points = self._inputs[0]
        if self._is_cosine:
            points = l2_normalize(points, dim=1)
        count = cast(self._num_remaining, dtypes.int64)
        return kmeans_plus_plus_initialization(points, count, self._seed, self._retries)

    # By chains ----------------------------------------------------------------------------------

    def _add_by_chains(self) -> Tensor:
        points = self._inputs[0]
        batch = shape_of.shape(points)[0]
        most = cast(batch / self._chain_length, dtype=dtypes.int32)
        count = maximum(minimum(self._num_remaining, most), 1)

        def add_one(i: Tensor, _: Tensor) -> tuple[Tensor, Tensor]:
            centers = cond(
                equal(self._num_selected, 0),
                lambda: self._first(points),
                self._end_of_chain(points, i),
            )
            assigned = self._assigned(centers)
            return i + 1, self._num_clusters - shape_of.shape(assigned)[0]

        _, remaining = while_loop(lambda i, _: less(i, count), add_one, [0, 0])
        return remaining

    def _first(self, points: Any) -> Tensor:
        return self._as_center(points[0])

    def _as_center(self, point: Any) -> Tensor:
        center = reshaping.reshape(point, [1, -1])
        return l2_normalize(center, dim=1) if self._is_cosine else center

    def _end_of_chain(self, points: Any, i: Tensor) -> Callable[[], Tensor]:
        def build() -> Tensor:
            start = i * self._chain_length
            subset = points[start : start + self._chain_length]
            _, distances = nearest_neighbors(subset, self._centers, 1)
            end = kmc2_chain_initialization(reshaping.squeeze(distances), self._seed)
            return concat([self._centers, self._as_center(subset[end])], 0)

        return build
