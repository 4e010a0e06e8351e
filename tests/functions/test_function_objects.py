"""Functions as objects: whom they keep alive, what they refuse, and parts of them."""

import gc
import weakref

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.functions.wrapped import wrap_function
from stillflow.graph.errors import InaccessibleTensorError, UnimplementedError
from stillflow.ops.tensor_list import tensor_lists
from stillflow.ops.tensor_list.changing import tensor_list_push_back
from stillflow.ops.variables.resource import read_variable_op
from stillflow.ops.variables.resource_variable import ResourceVariable
from stillflow.runtime.eager.mode import eager_mode


@pytest.fixture(autouse=True)
def _eagerly():
    with eager_mode():
        yield


class Scaled:
    def __init__(self, scale):
        self.scale = scale
        self.traces = 0

    @tf.function
    def __call__(self, x):
        self.traces += 1
        return x * self.scale


@pytest.mark.usefixtures("own_garbage")
def test_a_method_does_not_keep_its_object():
    scaled = Scaled(3.0)
    assert float(scaled(tf.constant(2.0))) == 6.0
    gone = weakref.ref(scaled)
    del scaled
    gc.collect()
    assert gone() is None


def test_each_object_has_its_own_traces():
    first, second = Scaled(1.0), Scaled(2.0)
    for _ in range(3):
        assert [float(f(tf.constant(4.0))) for f in (first, second)] == [4.0, 8.0]
    assert (first.traces, second.traces) == (1, 1)


def test_repeated_calls_of_several_kinds():
    """Calls that go straight to their plan do not mistake types, shapes or modes."""

    @tf.function
    def f(x):
        return x + x

    for _ in range(3):
        assert f(tf.constant([1, 2])).numpy().tolist() == [2, 4]
        assert f(tf.constant([1.5])).numpy().tolist() == [3.0]
        assert f(tf.constant(2)).dtype == tf.int32
        with tf.Graph().as_default(), tf.Session() as session:
            assert session.run(f(tf.constant([1, 2]))).tolist() == [2, 4]
        with tf.GradientTape() as tape:
            x = tf.constant([1.5])
            tape.watch(x)
            y = f(x)
        assert tape.gradient(y, x).numpy().tolist() == [2.0]


def test_first_values_that_depend_on_arguments():
    made = []

    @tf.function
    def f(x):
        if not made:
            made.append(tf.Variable(x * 2.0))
        return made[0] + x

    assert [float(f(tf.constant(v))) for v in (1.0, 10.0)] == [3.0, 12.0]


def test_what_is_outside_runs_before_a_call():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(1.0)
        added = v.assign_add(1.0)

        @tf.function
        def f():
            with tf.control_dependencies([added]):
                return tf.constant(5.0)

        result = f()
        session.run(v.initializer)
        assert session.run(result) == 5.0
        assert session.run(v) == 2.0


def test_a_tensor_of_another_function_is_out_of_reach():
    kept = []

    @tf.function
    def keeps(x):
        kept.append(x + 1)
        return x

    @tf.function
    def takes(x):
        return x + kept[0]

    keeps(tf.constant(1))
    with pytest.raises(InaccessibleTensorError, match="cannot be accessed here"):
        takes(tf.constant(1))


def test_a_gradient_draws_nothing_anew():
    """A choice would be gone through once more, with other numbers: that is refused."""

    @tf.function
    def f(x):
        if tf.reduce_sum(x) > 0.0:
            x = tf.nn.dropout(x, rate=0.5)
        return x * x

    x = tf.ones([4])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    with pytest.raises(UnimplementedError, match=r"Open the tf\.GradientTape inside"):
        tape.gradient(y, x)


def test_dropout_under_a_tape_outside():
    @tf.function
    def f(x):
        return tf.nn.dropout(x, rate=0.5) * 3.0

    x = tf.ones([100])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    np.testing.assert_array_equal(tape.gradient(y, x).numpy(), y.numpy())


def test_parts_of_wrapped_code():
    def code(x):
        v = tf.Variable(3.0, name="v")
        doubled = tf.multiply(x, 2.0, name="doubled")
        return doubled * v

    wrapped = wrap_function(code, [tf.TensorSpec([], tf.float32)])
    assert float(wrapped(tf.constant(4.0))) == 24.0
    wrapped.variables[0].assign(1.0)
    assert float(wrapped(tf.constant(4.0))) == 8.0
    part = wrapped.prune(wrapped.inputs[0], wrapped.graph.get_tensor_by_name("doubled:0"))
    assert float(part(tf.constant(5.0))) == 10.0
    with pytest.raises(ValueError, match="Feeds must be tensors"):
        wrapped.prune("doubled", wrapped.outputs[0])
    assert float(wrapped.prune("doubled:0", wrapped.outputs[0])(tf.constant(5.0))) == 5.0


def test_composite_arguments():
    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])
    def f(x):
        return tf.reduce_sum(x.values), x

    total, again = f(tf.ragged.constant([[1, 2], [], [3]]))
    assert int(total) == 6
    assert again.row_splits.numpy().tolist() == [0, 2, 2, 3]
    with pytest.raises(ValueError, match="Structure of Python function inputs does not match"):
        f(tf.ragged.constant([[1.0], [2.0]]))


def test_a_function_goes_with_its_last_name():
    with eager_mode():
        doubled = tf.function(lambda x: 2.0 * x)
        assert doubled(tf.constant(4.0)).numpy() == 8
        reference = weakref.ref(doubled)
        del doubled
    assert reference() is None


def test_what_is_known_of_lists_and_handles_goes_in_and_comes_out():
    with tf.Graph().as_default():
        variable = ResourceVariable([[1, 2], [3, 4]])
        listed = tensor_lists.empty_tensor_list(tf.constant([2], tf.int32), tf.float32)
        listed = tensor_list_push_back(listed, tf.constant([1.0, 2.0]))
        seen = []

        @tf.function
        def popped():
            rest, last = tensor_lists.tensor_list_pop_back(listed, tf.float32)
            seen.append(last.shape)
            return rest, variable.handle

        rest, handle = popped()
        assert seen[0].as_list() == [2]
        assert tensor_lists.tensor_list_pop_back(rest, tf.float32)[1].shape.as_list() == [2]
        assert read_variable_op(handle, dtype=tf.int32).shape.as_list() == [2, 2]


def test_lists_and_dicts_of_attributes_are_as_others_to_traces():
    @tf.function
    def first(values):
        return values["a"][0] + 1.0

    holder = tf.Module()
    holder.values = {"a": [tf.constant(3.0)]}
    trace = first.get_concrete_function({"a": [tf.constant(2.0)]})
    assert first.get_concrete_function(holder.values) is trace


def test_a_handle_comes_out_as_it_went_in():
    variable = tf.Variable([[1, 2], [3, 4]], use_resource=True)

    @tf.function
    def handle_of():
        return variable.handle, variable + 1

    handle, _ = handle_of()
    assert handle.shape == ()
    variable.assign_add([[1, 1], [1, 1]])
    assert read_variable_op(handle, dtype=tf.int32).numpy().tolist() == [[2, 3], [4, 5]]


def test_what_is_taken_from_outside_is_named_by_the_input_that_takes_it():
    """The names are TensorFlow 1.15's."""
    variable = tf.Variable([1.0, 2.0], use_resource=True)
    constant = tf.constant(list(range(200)), tf.float32)

    @tf.function
    def f(x):
        y = variable * x
        with tf.name_scope("s"):
            return y, tf.concat([constant, constant], 0)

    concrete = f.get_concrete_function(tf.constant([1.0, 2.0]))
    assert [each.name for each in concrete.inputs] == [
        *("x:0", "ReadVariableOp/resource:0", "s/concat/values_0:0")
    ]
