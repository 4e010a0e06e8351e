"""Functions of a graph, where TensorFlow does not say; tests/cases/functions.py has the rest."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.ops.functions.defun import Defun


def value_of(fetches, feeds=None):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


def library_of(change, name="Double"):
    """A GraphDef with a call of a function, whose definition `change` changes."""
    with tf.Graph().as_default() as graph:

        @Defun(tf.float32, func_name=name)
        def double(x):
            return x + tf.identity(x, name="same")

        double(3.0, name="call")
    graph_def = graph.as_graph_def()
    change(graph_def.library.function[0])
    return graph_def


def run_of(graph_def):
    (call,) = tf.import_graph_def(graph_def, return_elements=["call:0"])
    return value_of(call)


def test_gradients_go_through_choices_in_functions(tier):
    @Defun(tf.float32, tf.bool)
    def chooses(x, pred):
        return tf.cond(pred, lambda: x * x, lambda: -x)

    x, p = tf.placeholder(tf.float32), tf.placeholder(tf.bool)
    slope = tf.gradients(chooses(x, p), x)
    assert [value_of(slope, {x: 3.0, p: taken})[0] for taken in (True, False)] == [6, -1]


def test_each_call_draws_its_own_numbers(tier):
    @Defun()
    def noise():
        return tf.random_uniform([4], seed=1)

    a, b = noise(), noise()
    with tf.Session() as session:
        first, second = session.run([a, b]), session.run([a, b])
    np.testing.assert_array_equal(first[0], first[1])  # they start alike
    assert not np.array_equal(first[0], second[0])


def test_names_tell_bodies_apart():
    def named(factor):
        @Defun(tf.float32)
        def scale(x):
            return x * factor

        return scale.name

    assert named(2.0) == named(2.0) != named(3.0)


def test_an_error_names_the_node_of_the_body_and_the_users_line():
    @Defun(tf.int32, func_name="Divides")
    def divides(x):
        return tf.floordiv(1, x, name="quotient")

    with pytest.raises(tf.errors.InvalidArgumentError, match=r"call/quotient.*in divides\(\)"):
        value_of(divides(0, name="call"))


def test_variables_behind_references_are_written(tier):
    v = tf.Variable([1.0, 2.0])

    @Defun(tf.float32)
    def add(x):
        return v.assign_add(x)

    with tf.Session() as session:
        session.run(v.initializer)
        np.testing.assert_array_equal(session.run(add([1.0, 1.0])), [2, 3])
        np.testing.assert_array_equal(session.run(v), [2, 3])


def test_a_function_read_from_a_file_runs_where_it_was_and_is_written_again():
    graph_def = library_of(lambda definition: None)
    assert run_of(graph_def) == 6
    assert tf.get_default_graph().as_graph_def().library == graph_def.library


def test_an_argument_may_be_unused():
    def ignores(definition):
        definition.signature.input_arg.add(name="ignored", type=1)

    graph_def = library_of(ignores)
    call = next(node for node in graph_def.node if node.name == "call")
    call.input.append(call.input[0])
    assert run_of(graph_def) == 6


def test_a_function_that_calls_itself_is_refused():
    def recursive(definition):
        node = definition.node_def[1]
        node.op, node.input[:] = "Double", ["x"]
        node.attr.clear()
        definition.ret["add"] = f"{node.name}:add:0"

    with pytest.raises(tf.errors.UnimplementedError, match="calls itself"):
        run_of(library_of(recursive))


def ends_elsewhere(definition):
    definition.ret["add"] = "absent:z:0"


def has_no_such_op(definition):
    definition.node_def[0].op = "Absent"


def takes_what_is_not_there(definition):
    definition.node_def[0].input[0] = "absent:output:0"


@pytest.mark.parametrize("change", [ends_elsewhere, has_no_such_op, takes_what_is_not_there])
def test_a_definition_that_makes_no_sense_is_refused(change):
    with pytest.raises(tf.errors.InvalidArgumentError, match="Function Double cannot be built"):
        run_of(library_of(change))


def test_functions_of_one_name_are_one():
    tf.import_graph_def(library_of(lambda definition: None))
    tf.import_graph_def(library_of(lambda definition: None), name="again")
    with pytest.raises(tf.errors.InvalidArgumentError, match="Cannot add function 'Double'"):
        tf.import_graph_def(library_of(takes_what_is_not_there), name="other")


def test_a_meta_graph_has_functions():
    @Defun(tf.float32, func_name="Twice")
    def twice(x):
        return x + x

    twice(2.0, name="call")
    meta_graph = tf.train.export_meta_graph()
    with tf.Graph().as_default():
        tf.train.import_meta_graph(meta_graph)
        assert value_of("call:0") == 4
