"""Laws of choices and loops within each other, whatever they are."""

import pytest
from cases import nests, observe
from cases.compare import difference
from hypothesis import given, settings
from hypothesis import strategies as st

import stillflow as tf


def log_on(tier, number):
    """What the runs of a random program gave, with its gradients."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STILLFLOW_TIER", tier)
        return observe.log_of(tf, nests.program(number))


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(st.integers(nests.COUNT, 10**6))
def test_tiers_agree(number):
    """Compiled code gives what the host gives, values and gradients."""
    assert difference(log_on("xla", number), log_on("host", number), 1e-4, 1e-5) == ""


@settings(deadline=None, max_examples=10)
@given(st.integers(nests.COUNT, 10**6))
def test_an_exported_program_has_the_same_gradients(number):
    """A meta graph of it tells all that a walk backwards needs to know."""
    with tf.Graph().as_default():
        nest = nests.Nest(tf, number)
        y = nest.program()
        meta = tf.train.export_meta_graph()
        names = [tensor.name for tensor in (y, nest.x)]
        tf.gradients(y, [nest.x, nest.v])
        ours = tf.get_default_graph().as_graph_def()
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(meta)
        y, x = map(graph.get_tensor_by_name, names)
        tf.gradients(y, [x, tf.global_variables()[0]])
        again = graph.as_graph_def()
    inputs = {node.name: sorted(node.input) for node in again.node}
    assert {node.name: inputs.get(node.name) for node in ours.node} == {
        node.name: sorted(node.input) for node in ours.node
    }
