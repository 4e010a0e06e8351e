"""Functions of graphs in files, and parts of functions that TensorInfos name."""

import pytest
from tensorboard.compat.proto.meta_graph_pb2 import TensorInfo

import stillflow.api as tf
from stillflow.functions.wrapped import wrap_function
from stillflow.interchange.graph_functions import function_from_graph_def
from stillflow.runtime.eager.mode import eager_mode


def test_a_graph_def_is_a_function_of_its_tensors():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        tf.add(x, 1.0, name="y")
    with eager_mode():
        made = function_from_graph_def(graph.as_graph_def(), inputs="x:0", outputs={"y": "y:0"})
        assert made(tf.constant([[1.0, 2.0]]))["y"].numpy().tolist() == [[2, 3]]
        with pytest.raises(KeyError, match="z:0"):
            function_from_graph_def(graph.as_graph_def(), inputs="x:0", outputs="z:0")


def test_a_tensor_info_may_name_an_operation():
    with eager_mode():
        variable = tf.Variable(0, use_resource=True)

        def f():
            variable.assign(1, read_value=False, name="assign")

        pruned = wrap_function(f, []).prune([], TensorInfo(name="assign"))
        assert variable.numpy() == 0
        pruned()
        assert variable.numpy() == 1
