"""`tf.contrib.factorization.KMeans`: clusters around centres that move to their means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies
from stillflow.learn.factorization.starting import Start
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.array.gathering import gather, unsorted_segment_sum
from stillflow.ops.array.joining import concat
from stillflow.ops.array.transposing import transpose
from stillflow.ops.array.unique import unique
from stillflow.ops.clustering.nearest import nearest_neighbors
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import group, identity, no_op
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.math.casts import cast
from stillflow.ops.math.elementwise import reciprocal, square
from stillflow.ops.nn.norms import l2_normalize
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables.scattered_updates import scatter_add
from stillflow.ops.variables.state import assign, assign_sub
from stillflow.ops.variables.variable import Variable

SQUARED_EUCLIDEAN_DISTANCE, COSINE_DISTANCE = "squared_euclidean", "cosine"
RANDOM_INIT, KMEANS_PLUS_PLUS_INIT, KMC2_INIT = "random", "kmeans_plus_plus", "kmc2"
CLUSTERS_VAR_NAME = "clusters"


class KMeans:
    """Finds centres of clusters, by a whole set of points at a time or by batches.

    Args:
      inputs: the points, f32[n, d], or a list of such.
      num_clusters: how many centres there are.
      initial_clusters: "random", "kmeans_plus_plus" or "kmc2": points that are drawn at random, far
        apart, or so by a chain; or f32[num_clusters, d]; or a function of the inputs and the number
        of centres that are missing.
      distance_metric: "squared_euclidean" or "cosine".
      use_mini_batch: whether inputs are batches, whose means centres move to bit by bit.
      mini_batch_steps_per_iteration: after how many batches the centres that points are compared
        with move.
      random_seed, kmeans_plus_plus_num_retries, kmc2_chain_length: of the drawing.

    Raises:
      ValueError: the way to start or the distance is unknown.
    """

    def __init__(
        self,
        inputs: Any,
        num_clusters: Any,
        initial_clusters: Any = RANDOM_INIT,
        distance_metric: str = SQUARED_EUCLIDEAN_DISTANCE,
        use_mini_batch: bool = False,
        mini_batch_steps_per_iteration: int = 1,
        random_seed: int = 0,
        kmeans_plus_plus_num_retries: int = 2,
        kmc2_chain_length: int = 200,
    ):
        starts = (RANDOM_INIT, KMEANS_PLUS_PLUS_INIT, KMC2_INIT)
        if isinstance(initial_clusters, str) and initial_clusters not in starts:
            raise ValueError(f"Unsupported initialization algorithm '{initial_clusters}'")
        if distance_metric not in (SQUARED_EUCLIDEAN_DISTANCE, COSINE_DISTANCE):
            raise ValueError(f"Unsupported distance metric '{distance_metric}'")
        self._inputs = inputs if isinstance(inputs, list) else [inputs]
        self._num_clusters = num_clusters
        self._initial_clusters = initial_clusters
        self._is_cosine = distance_metric == COSINE_DISTANCE
        self._use_mini_batch = use_mini_batch
        self._steps = int(mini_batch_steps_per_iteration)
        self._random_seed = random_seed
        self._retries = kmeans_plus_plus_num_retries
        self._chain_length = kmc2_chain_length

    def training_graph(self) -> tuple[Any, Any, Any, Variable, Any, Operation]:
        """Builds a step.

        Returns:
          The distances of each point from each centre, f32[n, num_clusters]; the nearest centre,
          i64[n]; the distance from it, f32[n]; three tuples, an element for each of the inputs.
          Then a variable that tells whether the centres have started, what starts them (to be run
          until the variable is true), and what moves them.
        """
        initial: Any = self._initial_clusters
        if isinstance(initial, str) or callable(initial):
            num_clusters = convert_to_tensor(self._num_clusters)
        else:
            initial = convert_to_tensor(initial)
            num_clusters = shape_of.shape(initial)[0]
        variables = self._create_variables(num_clusters)
        centers_var, initialized, total_counts, updated, update_in_steps = variables
        start = Start(
            self._inputs,
            num_clusters,
            initial,
            self._is_cosine,
            self._random_seed,
            self._retries,
            self._chain_length,
            (centers_var, updated, initialized),
        ).op()
        inputs, centers = self._inputs, centers_var
        if self._is_cosine:
            inputs = [_normalized(points, points) for points in inputs]
            if not self._keeps_normalized:
                centers = l2_normalize(centers, dim=1)
        all_scores, scores, nearest = self._infer(inputs, centers)
        if self._use_mini_batch:
            synced = self._sync(update_in_steps, centers_var, updated, total_counts)
            with control_dependencies([synced]):
                step = self._move_by_batch(inputs, nearest, updated, total_counts)
        else:
            step = self._move_to_means(inputs, num_clusters, nearest, centers_var)
        return all_scores, nearest, scores, initialized, start, step

    @property
    def _keeps_normalized(self) -> bool:
        """Whether the variable of the centres holds them in the length of 1."""
        return self._is_cosine and (not self._use_mini_batch or self._steps > 1)

    def _create_variables(self, num_clusters: Tensor) -> tuple[Any, ...]:
        none = constant([], dtype=dtypes.float32)
        centers = Variable(none, name=CLUSTERS_VAR_NAME, validate_shape=False)
        initialized = Variable(False, dtype=dtypes.bool, name="initialized")
        if self._use_mini_batch and self._steps > 1:
            updated = Variable(none, name="clusters_updated", validate_shape=False)
            in_steps = Variable(self._steps, dtype=dtypes.int64, name="update_in_steps")
            counts = Variable(filling.zeros([num_clusters], dtype=dtypes.int64))
            return centers, initialized, counts, updated, in_steps
        one_each = None
        if self._use_mini_batch:
            one_each = Variable(filling.ones([num_clusters], dtype=dtypes.int64))
        return centers, initialized, one_each, centers, None

    # Distances ----------------------------------------------------------------------------------

    def _infer(self, inputs: Sequence[Tensor], centers: Any) -> Iterator[Any]:
        """Of each of the inputs: all distances, the least, and where that is."""
        scores = [
            _cosine(points, centers) if self._is_cosine else _euclidean(points, centers)
            for points in inputs
        ]
        if self._is_cosine and not self._keeps_normalized:
            centers = _normalized(centers, centers)
        found = []
        for points, score in zip(inputs, scores, strict=True):
            with colocate_with(points, ignore_existing=True):
                indices, distances = nearest_neighbors(points, centers, 1)
                if self._is_cosine:
                    distances *= 0.5
                distances = reshaping.squeeze(distances, [-1])
                found.append((score, distances, reshaping.squeeze(indices, [-1])))
        return zip(*found, strict=True)

    # Moving -------------------------------------------------------------------------------------

    def _sync(self, in_steps: Any, centers_var: Any, updated: Any, counts: Any) -> Any:
        """After so many batches, moves the centres that points are compared with."""
        if in_steps is None:
            return no_op()

        def move() -> Tensor:
            with control_dependencies([assign(in_steps, self._steps - 1)]):
                with colocate_with(updated, ignore_existing=True):
                    centers = l2_normalize(updated, dim=1) if self._is_cosine else updated
                with colocate_with(centers_var, ignore_existing=True):
                    moved = assign(centers_var, centers)
                with control_dependencies([moved]), colocate_with(None, ignore_existing=True):
                    cleared = assign(counts, filling.zeros_like(counts))
                    with control_dependencies([cleared]):
                        return identity(in_steps)

        with colocate_with(in_steps, ignore_existing=True):
            return cond(in_steps <= 0, move, lambda: assign_sub(in_steps, 1))

    def _move_by_batch(
        self, inputs: Sequence[Tensor], nearest: Sequence[Tensor], centers: Any, counts: Any
    ) -> Operation:
        updates: list[Any] = []
        for points, found in zip(inputs, nearest, strict=True):
            with colocate_with(points, ignore_existing=True):
                ids, where = unique(reshaping.reshape(found, [-1]))
                count = shape_of.size(ids)
                with colocate_with(counts, ignore_existing=True):
                    old_counts = gather(counts, ids)
                with colocate_with(centers, ignore_existing=True):
                    old_centers = gather(centers, ids)
                ones = filling.ones_like(where, dtype=counts.dtype)
                more = unsorted_segment_sum(ones, where, count)
                moves = unsorted_segment_sum(points, where, count)
                sizes = concat(
                    [
                        reshaping.reshape(count, [1]),
                        filling.ones(
                            reshaping.reshape(shape_of.rank(points) - 1, [1]), dtype=dtypes.int32
                        ),
                    ],
                    0,
                )
                moves -= cast(reshaping.reshape(more, sizes), points.dtype) * old_centers
                rate = reciprocal(cast(old_counts + more, points.dtype))
                moves *= reshaping.reshape(rate, sizes)
            updates += [scatter_add(counts, ids, more), scatter_add(centers, ids, moves)]
        return group(*updates)

    def _move_to_means(
        self,
        inputs: Sequence[Tensor],
        num_clusters: Tensor,
        nearest: Sequence[Tensor],
        centers: Any,
    ) -> Any:
        sums, counts = [], []
        epsilon = constant(1e-6, dtype=inputs[0].dtype)
        for points, found in zip(inputs, nearest, strict=True):
            with colocate_with(points, ignore_existing=True):
                sums.append(unsorted_segment_sum(points, found, num_clusters))
                ones = filling.ones(reshaping.reshape(shape_of.shape(points)[0], [-1]))
                ones = reshaping.reshape(ones, [-1, 1])
                counts.append(unsorted_segment_sum(ones, found, num_clusters))
        with colocate_with(centers, ignore_existing=True):
            means = add_n(sums) / (cast(add_n(counts), sums[0].dtype) + epsilon)
            if self._keeps_normalized:
                means = l2_normalize(means, dim=1)
        return assign(centers, means)


def _normalized(points: Any, beside: Any) -> Tensor:
    with colocate_with(beside, ignore_existing=True):
        return l2_normalize(points, dim=1)


def _euclidean(points: Tensor, centers: Any) -> Tensor:
    with colocate_with(points, ignore_existing=True):
        of_points = reduce_sum(square(points), 1, keepdims=True)
        halfway = of_points - 2 * matmul(points, centers, transpose_b=True)
        return halfway + transpose(reduce_sum(square(centers), 1, keepdims=True))


def _cosine(points: Tensor, centers: Any) -> Tensor:
    with colocate_with(points, ignore_existing=True):
        return 1 - matmul(points, centers, transpose_b=True)
