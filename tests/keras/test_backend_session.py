"""The session that Keras' backend has of its own, settings, and what is undone by clearing."""

import gc
import json
import threading
import weakref

import numpy as np
import pytest

import stillflow as tf
from stillflow.layers import settings

K = tf.keras.backend


@pytest.fixture(autouse=True)
def cleared():
    yield
    K.clear_session()
    K.set_floatx("float32")
    K.set_epsilon(1e-7)
    K.set_image_data_format("channels_last")


def test_it_is_made_once_for_the_default_graph():
    K.clear_session()
    session = K.get_session()
    assert session is K.get_session()
    assert session.graph is tf.get_default_graph()
    with tf.Graph().as_default():
        assert K.get_session() is not session


def test_the_default_session_goes_first():
    v = K.variable(3.0)
    own = K.get_session()
    with tf.Session() as session:
        assert K.get_session() is session
    assert K.get_session() is own
    assert K.get_value(v) == 3


def test_a_program_gives_one():
    with tf.Graph().as_default(), tf.Session() as session:
        pass
    K.set_session(session)
    with session.graph.as_default():
        assert K.get_session() is session


@pytest.mark.usefixtures("own_garbage")
def test_what_a_program_drops_is_initialised_all_the_same():
    """As in TensorFlow before garbage is collected, which must not change nodes and seeds."""
    tf.keras.metrics.Mean()
    gc.collect()
    K.get_session()
    asked = [
        op for op in tf.get_default_graph().get_operations() if op.type == "VarIsInitializedOp"
    ]
    assert {op.inputs[0].op.name for op in asked if "/" not in op.name} == {"total", "count"}


def test_it_is_the_thread_s_own():
    found = []
    own = K.get_session()
    graph = tf.get_default_graph()

    def ask():
        with graph.as_default():
            found.append(K.get_session())

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found[0] is not own


def test_variables_may_be_left_to_the_program():
    K.manual_variable_initialization(True)
    try:
        v = K.variable(3.0)
        with pytest.raises(tf.errors.FailedPreconditionError):
            K.get_value(v)
    finally:
        K.manual_variable_initialization(False)
    assert K.get_value(v) == 3


def test_clearing_starts_anew():
    graph, session = tf.get_default_graph(), K.get_session()
    K.get_uid("dense")
    K.set_learning_phase(1)
    K.clear_session()
    assert tf.get_default_graph() is not graph
    assert K.get_session() is not session
    assert K.get_uid("dense") == 1
    assert K.learning_phase().name == "keras_learning_phase:0"


@pytest.mark.usefixtures("own_garbage")
def test_a_graph_with_a_learning_phase_is_not_kept_alive():
    graph = tf.Graph()
    with graph.as_default():
        K.learning_phase()
        K.get_uid("a")
        K.variable(1.0)
    gone = weakref.ref(graph)
    del graph
    gc.collect()
    assert gone() is None


def test_a_body_of_a_function_has_no_session():
    from stillflow.ops.functions.defun import Defun

    @Defun(tf.float32)
    def body(x):
        for ask in (K.get_session, lambda: K.batch_get_value([x])):
            with pytest.raises(RuntimeError, match="inside Tensorflow graph function"):
                ask()
        assert K.learning_phase().graph is outer
        return x

    outer = tf.get_default_graph()
    body(tf.constant(1.0))


def test_a_function_follows_the_session():
    x = K.placeholder(())
    v = K.variable(2.0)
    f = K.function([x], [x * v])
    assert f([3.0]) == [6]
    with tf.Session().as_default() as session:
        session.run(v.initializer)
        session.run(v.assign(5.0))
        assert f([3.0]) == [15]
    assert f([3.0]) == [6]


def test_a_function_needs_an_output():
    with pytest.raises(IndexError, match="needs an output"):
        K.function([], [])


def test_a_function_gives_sparse_values():
    x = K.placeholder(sparse=True)
    fed = tf.SparseTensorValue(*map(np.array, ([[1, 0]], [2.0], [2, 3])))
    [value] = K.function([x], [x])([fed])
    assert isinstance(value, tf.SparseTensorValue)
    assert value.values.tolist() == [2]


def test_settings_are_the_default():
    K.set_floatx("float64")
    assert K.placeholder((2,)).dtype == tf.float64
    assert K.variable(np.ones(2, "float32")).dtype == tf.float64
    K.set_image_data_format("channels_first")
    assert K.spatial_2d_padding(K.placeholder((1, 2, 3, 4))).shape.as_list() == [1, 2, 5, 6]


def test_settings_of_a_file(tmp_path):
    path = tmp_path / "keras.json"
    path.write_text(json.dumps({"floatx": "float16", "epsilon": 1e-3, "backend": "theano"}))
    settings.read_settings(str(path))
    assert (K.floatx(), K.epsilon(), K.image_data_format()) == ("float16", 1e-3, "channels_last")
    path.write_text("no JSON")
    settings.read_settings(str(path))
    settings.read_settings(str(tmp_path / "none"))
    assert K.floatx() == "float16"


@pytest.mark.parametrize("wrong", [{"floatx": "float8"}, {"epsilon": 1}, {"image_data_format": ""}])
def test_wrong_settings_of_a_file(tmp_path, wrong):
    path = tmp_path / "keras.json"
    path.write_text(json.dumps(wrong))
    with pytest.raises(AssertionError, match=r"keras\.json: (Unknown|epsilon)"):
        settings.read_settings(str(path))
    assert K.floatx() == "float32"


def test_printing(capfd):
    x = K.placeholder((2,))
    [value] = K.function([x], [K.print_tensor(x, "x is")])([np.array([1, 2])])
    assert value.tolist() == [1, 2]
    assert capfd.readouterr().out == "x is [1 2]\n"


def test_a_function_takes_tensors_of_strings():
    words, end = tf.placeholder(tf.string, [None]), tf.placeholder(tf.string, [])
    joined = K.function([words, end], [tf.strings.join([words, end])])
    [value] = joined([tf.constant(["a", "b"]), tf.constant("c")])
    assert value.tolist() == [b"ac", b"bc"]
