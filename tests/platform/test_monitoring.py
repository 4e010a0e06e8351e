"""Counts and gauges, as `tensorflow.python.eager.monitoring` has them."""

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
