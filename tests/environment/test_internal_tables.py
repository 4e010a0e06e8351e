"""The tables of what TensorFlow's internal modules hold."""

from stillflow.environment import (
    internal_columns,
    internal_contrib,
    internal_distribution,
    internal_eager,
    internal_estimator,
    internal_framework,
    internal_input,
    internal_keras,
    internal_learn,
    internal_objectives,
    internal_ops,
    internal_saved_model,
    internal_tables,
    internal_training,
    internal_utilities,
)

PARTS = [
    internal_columns.COLUMNS,
    internal_contrib.CONTRIB,
    internal_distribution.DISTRIBUTION,
    internal_eager.EAGER,
    internal_estimator.OWN,
    internal_framework.FRAMEWORK,
    internal_input.INPUT,
    internal_keras.KERAS,
    internal_learn.OWN,
    internal_objectives.OBJECTIVES,
    internal_ops.OPS,
    internal_saved_model.SAVED_MODEL,
    internal_training.TRAINING,
    internal_utilities.UTILITIES,
]


def test_a_module_is_in_one_table_alone():
    """Of two, one would hide what the other has."""
    assert sum(map(len, PARTS)) == len(internal_tables.OWN)
