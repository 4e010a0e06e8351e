"""What is compiled can be compiled for NVIDIA's GPUs, as far as JAX tells without one."""

from contextlib import suppress

import numpy as np
import pytest
from cases import observe, suites
from oracle import each_case

import stillflow as tf
from stillflow.runtime.tiers import xla
from stillflow.runtime.xla_holders import NotTraceable


class Lowered(BaseException):
    """Ends a run whose compiled code was looked at; no case is to take it for an error."""


@pytest.fixture
def lowering(monkeypatch):
    def lower(compiled, *arguments):
        try:
            compiled._function.trace(*arguments).lower(lowering_platforms=("cuda",))
        except NotTraceable as error:
            raise xla().NotCompiled from error  # as a first call does, for which the host stands in
        raise Lowered

    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    monkeypatch.setattr(xla()._Compiled, "_first_call", lower)


def test_a_training_step_can_be(lowering):
    x = tf.placeholder(tf.float32, [None, 8, 8, 1])
    hidden = tf.layers.dropout(tf.layers.conv2d(x, 2, 3, name="c"), training=True)
    hidden = tf.layers.max_pooling2d(hidden, 2, 2)
    loss = tf.reduce_mean(tf.square(hidden))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        for variable in tf.trainable_variables():
            op = session.graph.get_tensor_by_name(variable.name).op
            session._state.variables[op] = np.ones(variable.shape.as_list(), "float32")
        with pytest.raises(Lowered):
            session.run(step, {x: np.ones([2, 8, 8, 1])})


@pytest.mark.slow
@pytest.mark.parametrize(("case", "recorded"), each_case(*suites.VALUES))
def test_every_case_can_be(case, recorded, lowering):
    with suppress(Lowered):
        observe.run(tf, observe.build(tf, case, observe.FED, None))
