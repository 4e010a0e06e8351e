"""`tf.contrib.factorization.KMeansClustering`: an estimator of clusters."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from stillflow.estimator.estimator import Estimator
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph.graph import get_default_graph
from stillflow.graph.scopes import colocate_with
from stillflow.input.columns.input_layer import input_layer
from stillflow.interchange.saved_model.export_output import PredictOutput
from stillflow.learn.factorization import clustering
from stillflow.monitored.hook import SessionRunArgs, SessionRunHook
from stillflow.ops.array.joining import concat
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.metrics.means import mean
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.summaries import scalar
from stillflow.ops.variables.state import assign_add
from stillflow.platform import logging
from stillflow.train.training_util import get_global_step

_SERVING = "serving_default"


class _StopWhenSettled(SessionRunHook):
    """Stops once a loss changes by less than a part of itself."""

    def __init__(self, loss_tensor: Any, tolerance: float):
        self._loss_tensor = loss_tensor
        self._tolerance = tolerance
        self._before: Any = None

    def before_run(self, run_context: Any) -> SessionRunArgs:
        return SessionRunArgs(self._loss_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        loss = run_values.results
        if self._before:
            change = abs(loss - self._before) / (1 + abs(self._before))
            if change < self._tolerance:
                run_context.request_stop()
        self._before = loss


class _Starting(SessionRunHook):
    """Runs what starts the centres until they have, or waits for the chief, which does."""

    def __init__(self, init_op: Any, is_initialized: Any, is_chief: bool):
        self._init_op = init_op
        self._is_initialized = is_initialized
        self._is_chief = is_chief

    def after_create_session(self, session: Any, coord: Any) -> None:
        assert self._init_op.graph is get_default_graph()
        while True:
            try:
                if session.run(self._is_initialized):
                    return
                if self._is_chief:
                    session.run(self._init_op)
                else:
                    time.sleep(1)
            except RuntimeError as error:
                logging.info(error)


class KMeansClustering(Estimator):
    """Clusters of points: `KMeans` as an estimator.

    Features are f32[n, d], or a dict of such that are joined in the order of their names, or of
    what `feature_columns` read.

    Args:
      num_clusters: how many centres there are.
      initial_clusters: "random" or "kmeans_plus_plus", or the centres, or a function: see KMeans.
      relative_tolerance: training stops when the loss changes by less than this part of itself.
      All others are as for KMeans and Estimator.

    Raises:
      ValueError: the way to start or the distance is unknown.
    """

    SQUARED_EUCLIDEAN_DISTANCE: ClassVar[str] = clustering.SQUARED_EUCLIDEAN_DISTANCE
    COSINE_DISTANCE: ClassVar[str] = clustering.COSINE_DISTANCE
    RANDOM_INIT: ClassVar[str] = clustering.RANDOM_INIT
    KMEANS_PLUS_PLUS_INIT: ClassVar[str] = clustering.KMEANS_PLUS_PLUS_INIT
    SCORE: ClassVar[str] = "score"
    CLUSTER_INDEX: ClassVar[str] = "cluster_index"
    ALL_DISTANCES: ClassVar[str] = "all_distances"
    CLUSTER_CENTERS_VAR_NAME: ClassVar[str] = clustering.CLUSTERS_VAR_NAME

    def __init__(
        self,
        num_clusters: int,
        model_dir: str | None = None,
        initial_clusters: Any = clustering.RANDOM_INIT,
        distance_metric: str = clustering.SQUARED_EUCLIDEAN_DISTANCE,
        random_seed: int = 0,
        use_mini_batch: bool = True,
        mini_batch_steps_per_iteration: int = 1,
        kmeans_plus_plus_num_retries: int = 2,
        relative_tolerance: float | None = None,
        config: Any = None,
        feature_columns: Any = None,
    ):
        starts = (self.RANDOM_INIT, self.KMEANS_PLUS_PLUS_INIT)
        if isinstance(initial_clusters, str) and initial_clusters not in starts:
            raise ValueError(f"Unsupported initialization algorithm '{initial_clusters}'")
        if distance_metric not in (self.SQUARED_EUCLIDEAN_DISTANCE, self.COSINE_DISTANCE):
            raise ValueError(f"Unsupported distance metric '{distance_metric}'")
        options = {
            "num_clusters": num_clusters,
            "initial_clusters": initial_clusters,
            "distance_metric": distance_metric,
            "use_mini_batch": use_mini_batch,
            "mini_batch_steps_per_iteration": mini_batch_steps_per_iteration,
            "random_seed": random_seed,
            "kmeans_plus_plus_num_retries": kmeans_plus_plus_num_retries,
        }
        model_fn = _model_fn(options, relative_tolerance, feature_columns)
        super().__init__(model_fn=model_fn, model_dir=model_dir, config=config)

    def predict_cluster_index(self, input_fn: Callable[[], Any]) -> Iterator[Any]:
        """Yields the nearest centre of each point."""
        yield from self._predict_one_key(input_fn, self.CLUSTER_INDEX)

    def transform(self, input_fn: Callable[[], Any]) -> Iterator[np.ndarray]:
        """Yields the distances of each point from all centres, f32[num_clusters]."""
        yield from self._predict_one_key(input_fn, self.ALL_DISTANCES)

    def score(self, input_fn: Callable[[], Any]) -> Any:
        """Returns the sum of all points' distances from their nearest centres, of one batch."""
        return self.evaluate(input_fn=input_fn, steps=1)[self.SCORE]

    def cluster_centers(self) -> np.ndarray:
        """Returns the centres, f32[num_clusters, d]."""
        return self.get_variable_value(self.CLUSTER_CENTERS_VAR_NAME)

    def _predict_one_key(self, input_fn: Callable[[], Any], key: str) -> Iterator[Any]:
        for result in self.predict(input_fn=input_fn, predict_keys=[key]):
            yield result[key]


def _model_fn(
    options: dict[str, Any], tolerance: float | None, feature_columns: Any
) -> Callable[..., EstimatorSpec]:
    def model_fn(features: Any, mode: str, config: Any) -> EstimatorSpec:
        points = points_of(features, feature_columns)
        model = clustering.KMeans(inputs=points, **options)
        distances, nearest, losses, initialized, start, step = model.training_graph()
        loss = reduce_sum(losses)
        scalar.scalar("loss/raw", loss)
        counted = assign_add(get_global_step(), 1)
        train_op = with_dependencies([step, counted], loss)
        hooks: list[SessionRunHook] = [_Starting(start, initialized, config.is_chief)]
        if tolerance is not None:
            hooks.append(_StopWhenSettled(loss, tolerance))
        predictions = {
            KMeansClustering.ALL_DISTANCES: distances[0],
            KMeansClustering.CLUSTER_INDEX: nearest[0],
        }
        exported = {name: PredictOutput(value) for name, value in predictions.items()}
        exported[_SERVING] = PredictOutput(nearest[0])
        return EstimatorSpec(
            mode=mode,
            predictions=predictions,
            loss=loss,
            train_op=train_op,
            eval_metric_ops={KMeansClustering.SCORE: mean(loss)},
            training_hooks=hooks,
            export_outputs=exported,
        )

    return model_fn


def points_of(features: Any, feature_columns: Any) -> Any:
    """Returns f32[n, d] of features: see `KMeansClustering`."""
    if not isinstance(features, dict):
        return features
    if feature_columns:
        return input_layer(features, feature_columns)
    names = sorted(features)
    with colocate_with(features[names[0]]):
        return concat([features[name] for name in names], axis=1)
