"""What metrics of programs' own do, and what the session holds of metrics."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.keras.metrics import confusion
from stillflow.keras.metrics.naming import clone_metrics

VALUES = np.array([[1.0, 2.0], [3.0, 5.0]], np.float32)


@pytest.fixture(autouse=True)
def cleared():
    yield
    tf.keras.backend.clear_session()


def evaluated(tensor):
    return tf.keras.backend.get_value(tensor)


class Hits(tf.keras.metrics.Metric):
    """A metric as TensorFlow's guide writes one: what updates it is not returned."""

    def __init__(self, name="hits", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.seen = self.add_weight(name="seen", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.hits.assign_add(tf.reduce_sum(tf.cast(tf.equal(y_true, y_pred), tf.float32)))
        self.seen.assign_add(tf.cast(tf.size(y_true), tf.float32))

    def result(self):
        return self.hits / self.seen


def test_an_update_that_is_not_returned_is_made():
    metric = Hits()
    result = metric([1, 2, 3, 4], [1, 0, 3, 0])
    assert evaluated(result) == 0.5
    assert evaluated(metric([1], [1])) == 0.6
    assert len(metric.updates) == 2
    assert metric.get_config() == {"name": "hits", "dtype": "float32"}


def test_what_an_update_returns_waits_for_all_of_it():
    class Counting(tf.keras.metrics.Mean):
        def update_state(self, values):
            super().update_state(values)
            return tf.constant(7)

    metric = Counting()
    assert evaluated(metric.update_state(VALUES)) == 7
    assert evaluated(metric.result()) == VALUES.mean()


def test_states_are_set_to_zero():
    for metric in (tf.keras.metrics.Mean(), tf.keras.metrics.MeanTensor()):
        evaluated(metric(VALUES))
        assert np.any(evaluated(metric.total))
        metric.reset_states()
        assert not np.any(evaluated(metric.total))


def test_a_mean_of_tensors():
    metric = tf.keras.metrics.MeanTensor()
    assert metric.total is None
    weights = np.array([[1.0], [0.5]], np.float32)
    evaluated(metric(VALUES))
    mean = evaluated(metric(2 * VALUES, sample_weight=weights))
    np.testing.assert_allclose(mean, (VALUES + 2 * VALUES * weights) / (1 + weights))
    with pytest.raises(ValueError, match=r"must always have the same shape.*Got: \(3,\)"):
        metric(np.ones(3, np.float32))


def test_a_dtype_of_its_own():
    metric = tf.keras.metrics.Mean(dtype=tf.float64)
    assert evaluated(metric([0.1])).dtype == np.float64
    assert metric.dtype == "float64"


def test_clones_have_seen_nothing():
    metric = tf.keras.metrics.AUC(num_thresholds=3, name="area")
    one, none = clone_metrics([metric, "acc"])
    assert one.get_config() == metric.get_config()
    assert one is not metric
    assert none == "acc"
    assert clone_metrics({"a": metric})["a"].name == "area"


def test_counts_of_unknown_fields_are_refused():
    with pytest.raises(ValueError, match="at least one valid confusion matrix variable"):
        confusion.update_confusion_matrix_variables({"x": None}, [0.0], [0.0], 0.5)
    assert confusion.update_confusion_matrix_variables(None, [0.0], [0.0], 0.5) is None


def test_predictions_that_are_no_probabilities_fail_the_run():
    with pytest.raises(tf.errors.InvalidArgumentError, match="predictions must be <= 1"):
        evaluated(tf.keras.metrics.TruePositives()([1.0], [1.5]))


def test_a_described_metric_may_have_its_class_instead_of_its_name():
    metric = tf.keras.metrics.get({"class_name": Hits, "config": {"name": "mine"}})
    assert isinstance(metric, Hits)
    assert metric.name == "mine"
