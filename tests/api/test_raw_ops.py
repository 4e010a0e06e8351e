"""`tf.raw_ops`: every declared op type, with the parameters that TensorFlow's function takes."""

import inspect
import json

import pytest
from at_once import for_each
from oracle import GOLDEN

import stillflow.api as tf
from stillflow.ops import raw
from stillflow.ops.families import all_ops

TENSORFLOW = json.loads((GOLDEN / "opdefs.json").read_text())["ops"]
# Attributes that TensorFlow infers are parameters here, behind the others.
INFERRED = {"SaveSlices": {"T"}, "SaveV2": {"dtypes"}}


# XlaClusterOutput has no function in TensorFlow's modules of ops.
WITH_FUNCTION = {op: op for op in all_ops() if TENSORFLOW[op]["parameters"] is not None}


@for_each(WITH_FUNCTION)
def test_parameters_are_those_of_tensorflow(op_type):
    """Their names, and their order, in which the generated modules take them."""
    generated = inspect.signature(raw.generated(op_type)).parameters
    spelled = {new: old for old, new in raw._SPELLED.get(op_type, {}).items()}
    names = [spelled.get(name, name) for name in generated]
    there = TENSORFLOW[op_type]["parameters"]
    assert [name for name in names if name not in INFERRED.get(op_type, ())] == there


def test_a_node_of_the_type_is_built():
    """Under either spelling of the module, with TensorFlow's names of the arguments."""
    assert tf.raw_ops.Sum(input=[[1.0, 2.0]], axis=1, keep_dims=True).shape.as_list() == [1, 1]
    assert raw.generated("Sum")([[1.0, 2.0]], axis=1).op.type == "Sum"
    assert raw.generated("MatMul")([[1.0]], [[2.0]], True).op.get_attr("transpose_a")
    assert tf.raw_ops.MatMul.__name__ == "MatMul"
    assert {"MatMul", "ReluGrad"} <= set(dir(tf.raw_ops))


def test_arguments_are_given_by_name():
    """TensorFlow's words."""
    possible = r"Sum only takes keyword args \(possible keys: \['input', 'axis', 'keep_dims', "
    with pytest.raises(TypeError, match=possible):
        tf.raw_ops.Sum([1.0], 0)
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'reduction_indices'"):
        tf.raw_ops.Sum(input=[1.0], reduction_indices=0)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "BoostedTreesPredict",
            "tf.raw_ops.BoostedTreesPredict is in TensorFlow 1.15 but not yet in Stillflow",
        ),
        ("Matmul", "no attribute 'Matmul'. Did you mean tf.raw_ops.MatMul"),
    ],
)
def test_an_op_that_is_missing_says_so(name, message):
    with pytest.raises(AttributeError, match=message):
        getattr(tf.raw_ops, name)
