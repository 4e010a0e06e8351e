"""The tables of what TensorFlow's internal modules hold."""

import itertools

from stillflow.environment import internal_estimator, internal_learn
from stillflow.environment.internal_columns import COLUMNS
from stillflow.environment.internal_distribution import DISTRIBUTION
from stillflow.environment.internal_input import INPUT
from stillflow.environment.internal_keras import KERAS
from stillflow.environment.internal_objectives import OBJECTIVES

PARTS = [
    internal_estimator.OWN,
    internal_learn.OWN,
    COLUMNS,
    INPUT,
    DISTRIBUTION,
    KERAS,
    OBJECTIVES,
]


def test_a_module_is_in_one_table_alone():
    """Of two, one would hide what the other has."""
    for one, other in itertools.combinations(PARTS, 2):
        assert not one.keys() & other.keys()
