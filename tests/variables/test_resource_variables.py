"""How a run treats variables behind handles: no dearer than those behind references."""

import numpy as np
import pytest
from cases import suites
from oracle import assert_agree, recorded

import stillflow as tf
from stillflow.ops.variables import resource_sets
from stillflow.runtime.plan import make_plan

STORIES = {case.id: case for case in suites.load("resource_variables")}
COMPILED = ("read", "rows", "order", "trained_adam", "trained_sparsely_adagrad")


@pytest.mark.parametrize(
    "name",
    [
        *COMPILED,
        *(pytest.param(n, marks=pytest.mark.slow) for n in sorted(STORIES.keys() - COMPILED)),
    ],
)
def test_compiled_runs_are_tensorflows(name, monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    case = STORIES[name]
    want = recorded("resource_variables")[name]["log"]
    assert_agree(suites.story(tf, case)["log"], want, case.rtol, case.atol)


def planned(*fetches):
    """The types of the steps of a run."""
    return [step.op.type for step in make_plan(fetches, []).steps]


def trained(use_resource, optimizer):
    with tf.Graph().as_default():
        with tf.variable_scope("net", use_resource=use_resource):
            w = tf.get_variable("w", [3, 2])
            b = tf.get_variable("b", [2])
        loss = tf.reduce_mean(tf.square(tf.matmul(tf.ones([4, 3]), w) + b))
        return make_plan([optimizer.minimize(loss)], [])


@pytest.mark.parametrize(
    "optimizer", [tf.train.GradientDescentOptimizer(0.1), tf.train.MomentumOptimizer(0.1, 0.9)]
)
def test_a_training_step_is_planned_alike(optimizer):
    """It has the same steps, over as many slots that are filled and written."""
    behind_handles, behind_references = trained(True, optimizer), trained(False, optimizer)
    assert [step.op.type.removeprefix("Resource") for step in behind_handles.steps] == [
        step.op.type for step in behind_references.steps
    ]
    assert len(behind_handles.arguments) == len(behind_references.arguments)
    assert len(behind_handles.written) == len(behind_references.written)
    assert not behind_handles.reshaped


def test_a_read_is_a_step_only_where_a_write_comes_before_its_last_use():
    v = tf.Variable([1.0], use_resource=True)
    early = v.read_value()
    with tf.control_dependencies([early]):
        write = v.assign_add([1.0], read_value=False)
    assert planned(early * 2.0) == ["Mul"]
    assert planned(write) == ["AssignAddVariableOp"]
    with tf.control_dependencies([write]):
        late = early + 1.0
    assert planned(late) == ["ReadVariableOp", "AssignAddVariableOp", "AddV2"]
    assert planned(write, early) == ["ReadVariableOp", "AssignAddVariableOp"]


def test_an_assignment_of_a_known_shape_keeps_the_shape_known():
    v = tf.Variable([1.0, 2.0], use_resource=True)
    unknown = tf.placeholder_with_default([1.0], None)
    assert not make_plan([v.assign([3.0, 4.0]).op], []).reshaped
    assert make_plan([v.assign(unknown).op], []).reshaped == {v.op}


def test_what_is_assigned_stays_the_callers():
    v, fed = tf.Variable([1.0, 2.0], use_resource=True), tf.placeholder(tf.float32, [2])
    given = np.array([3.0, 4.0], np.float32)
    with tf.Session() as session:
        session.run(v.assign(fed).op, {fed: given})
        given[:] = 0
        np.testing.assert_array_equal(session.run(v), [3, 4])


def test_registered_resources_are_initialized_and_reported():
    made = [tf.Variable(value, use_resource=True) for value in (1.0, 2.0)]
    for variable in made:
        resource_sets.register_resource(
            variable.handle, variable.initializer, variable.is_initialized()
        )
    assert [r.handle for r in resource_sets.shared_resources()] == [v.handle for v in made]
    missing = resource_sets.report_uninitialized_resources()
    with tf.Session() as session:
        session.run(resource_sets.initialize_resources(made[:1]))
        assert session.run(missing).tolist() == [made[1].name.encode()]
        session.run(resource_sets.initialize_resources(resource_sets.shared_resources()))
        assert session.run(missing).tolist() == []
