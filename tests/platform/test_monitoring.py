"""Counts and gauges, as `tensorflow.python.eager.monitoring` has them."""

import sys

import pytest

import stillflow as tf
from stillflow.platform import monitoring


def test_a_counter_counts_by_labels():
    counter = monitoring.Counter("tests/runs", "Runs of programs.", "program")
    counter.get_cell("a").increase_by(2)
    counter.get_cell("a").increase_by(3)
    assert (counter.get_cell("a").value(), counter.get_cell("b").value()) == (5, 0)
    with pytest.raises(ValueError, match="The Counter expects taking 1 labels"):
        counter.get_cell()


@pytest.mark.parametrize(
    ("kind", "first", "value", "wrong"),
    [
        (monitoring.IntGauge, 0, 7, "7"),
        (monitoring.StringGauge, "", "seven", 7),
        (monitoring.BoolGauge, False, True, "yes"),
    ],
)
def test_gauges_hold_the_last_value(kind, first, value, wrong):
    gauge = kind("tests/gauge", "Something.")
    assert gauge.get_cell().value() == first
    gauge.get_cell().set(value)
    assert gauge.get_cell().value() == value
    with pytest.raises(TypeError):
        gauge.get_cell().set(wrong)


def test_a_name_belongs_to_one_metric_at_a_time():
    held = monitoring.Counter("tests/one", "One.")
    with pytest.raises(tf.errors.AlreadyExistsError, match="Another metric with the same name"):
        monitoring.BoolGauge("tests/one", "Another.")
    del held
    monitoring.BoolGauge("tests/one", "Another.")


def test_samples_are_counted_in_buckets():
    """As TensorFlow 1.15 counts them."""
    buckets = monitoring.ExponentialBuckets(1.0, 2.0, 2)
    sampler = monitoring.Sampler("test/samples", buckets, "of a test", "label")
    cell = sampler.get_cell("a")
    for value in [1.0, 5.0, 0.5, 2.0, 100.0]:
        cell.add(value)
    found = cell.value()
    assert (found.min, found.max, found.num) == (0.5, 100.0, 5)
    assert (found.sum, found.sum_squares) == (108.5, 10030.25)
    assert list(found.bucket_limit) == [1.0, 2.0, sys.float_info.max]
    assert list(found.bucket) == [1, 1, 3]
    assert sampler.get_cell("b").value().num == 0
