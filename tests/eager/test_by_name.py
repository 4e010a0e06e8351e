"""`execute` of tensorflow.python.eager, by which generated wrappers of ops carry them out."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.eager import arguments
from stillflow.eager.by_name import FallbackException, execute, fast_path_execute
from stillflow.graph import errors
from stillflow.runtime.eager.eager_context import the_context
from stillflow.runtime.eager.mode import eager_mode

FLOAT, INT = tf.float32.as_datatype_enum, tf.int32.as_datatype_enum


@pytest.fixture(autouse=True)
def _eagerly():
    with eager_mode():
        yield


def run(op_name, outputs, inputs, attrs, name=None):
    tensors = [tf.constant(value) for value in inputs]
    done = execute(op_name, outputs, tensors, attrs, the_context(), name)
    return [value.numpy().tolist() for value in done]


CASES = [
    ((b"Mul", 1, [3, 5], ("T", INT)), [15]),
    (("Mul", 50, [3, 5], None), [15]),
    (("Split", 3, [0, [1, 2, 3]], ("num_split", 3, "T", INT)), [[1], [2], [3]]),
    (("AddN", 1, [3, 4, 5], ("T", INT, "N", 3)), [12]),
    (("ConcatV2", 1, [[1], [2], 0], ("T", INT, "Tidx", INT)), [[1, 2]]),
    (("IdentityN", 2, [1, 2.0], ("T", [INT, FLOAT])), [1, 2.0]),
    (("Cast", 1, [2.5], ("SrcT", FLOAT, b"DstT", INT)), [2]),
    (("Squeeze", 1, [[[3.0]]], ("T", FLOAT, "squeeze_dims", [0])), [[3.0]]),
    (("CheckNumerics", 1, [3.0], ("message", b"just checking")), [3.0]),
    (("MatMul", 1, [[[3]], [[5]]], ("transpose_a", 1)), [[[15]]]),
    (("NoOp", 0, [], ()), []),
]


@pytest.mark.parametrize(("call", "expected"), CASES)
def test_what_is_carried_out(call, expected):
    assert run(*call) == expected


# The words are TensorFlow 1.15's.
REFUSED = [
    (("Mul", 0, [3, 5], ()), "Expecting 1 outputs, but *num_retvals is 0 [Op:Mul]"),
    (
        ("Split", 2, [0, [1, 2]], ("num_split", 3)),
        "Expecting 3 outputs, but *num_retvals is 2 [Op:Split]",
    ),
    (
        ("CheckNumerics", 1, [3.0], ("message", 1)),
        "Expecting a string value for attr message, got int [Op:CheckNumerics]",
    ),
    (
        ("ApproximateEqual", 1, [3.0, 2.0], ("tolerance", "0.3")),
        "Expecting float value for attr tolerance, got str [Op:ApproximateEqual]",
    ),
    (("AddN", 1, [3, 2], ("N", "2")), "Expecting int64_t value for attr N, got str [Op:AddN]"),
    (
        ("VarHandleOp", 1, [], ("shape", 1, "dtype", INT)),
        "Expecting None or sequence value for attrshape, got int [Op:VarHandleOp]",
    ),
    (
        ("Bucketize", 1, [[3.0]], ("boundaries", 4.0)),
        "Expecting sequence value for attr boundaries, got float [Op:Bucketize]",
    ),
    (
        ("Bucketize", 1, [[3.0]], ("boundaries", ["4"])),
        "Expecting float value for attr boundaries, got str [Op:Bucketize]",
    ),
    (
        ("Barrier", 1, [], ("component_types", "1")),
        "Expecting a DType.dtype for attr component_types, got str [Op:Barrier]",
    ),
    (
        ("Barrier", 1, [], ("component_types", [FLOAT], "shapes", [1])),
        "Expecting None or sequence value for element0 of attr shapes, got int [Op:Barrier]",
    ),
    (
        ("Identity", 1, [3], ("unknown_attr", "blah")),
        "Attribute 'unknown_attr' does not exist for this operation [Op:Identity]",
    ),
    (("Identity", 1, [3], ("T",)), "Expecting attrs tuple to have even length. [Op:Identity]"),
    (("Mul", 1, [3], ()), "expected 2 inputs, got 1 [Op:Mul]"),
    (("Mul", 1, [[3, 4], [5, 6, 7]], (), "mine"), "Incompatible shapes: [2] vs. [3] [Op:Mul]"),
    (
        ("Split", 1, [0, [1, 2]], ("num_split", -1)),
        "Value for attr 'num_split' of -1 must be at least minimum 1 [Op:Split]",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_refusal(call, message):
    with pytest.raises(errors.InvalidArgumentError) as caught:
        run(*call)
    assert str(caught.value).startswith(message)


def test_what_is_no_operation_or_no_tensor():
    with pytest.raises(errors.NotFoundError, match="'Blah' is neither a type of a primitive"):
        run("Blah", 1, [], None)
    with pytest.raises(TypeError, match="Item 1 is int"):
        execute("Mul", 1, [tf.constant(3), 5], None, the_context())
    with pytest.raises(TypeError, match="must provide a list of Tensors as inputs"):
        execute("Mul", 1, (tf.constant(3), tf.constant(5)), None, the_context())
    with pytest.raises(TypeError, match="expected an integer value"):
        run("Relu", [], [3.0], None)


def test_limits_of_attributes_are_told_in_the_words_of_the_runtime():
    with pytest.raises(errors.InvalidArgumentError) as caught:
        tf.split([1, 2, 3], 0)
    assert str(caught.value) == (
        "Value for attr 'num_split' of 0 must be at least minimum 1 [Op:Split] name: split"
    )


def fast(op_name, *rest):
    context = the_context()
    return fast_path_execute(context._handle, context.device_name, op_name, None, None, *rest)


def test_the_fast_path_takes_what_becomes_tensors_and_is_recorded():
    x = tf.constant([[1.0, 1.0], [1.0, 1.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = fast("MatMul", x, np.ones([2, 2], np.float32), "transpose_a", False)
    assert tape.gradient(z, x).numpy().tolist() == [[2, 2], [2, 2]]
    assert fast("AddN", [x, x]).numpy().tolist() == [[2, 2], [2, 2]]
    assert [part.numpy().tolist() for part in fast("IdentityN", [1, x[0]])] == [1, [1, 1]]


def test_the_fast_path_leaves_what_it_cannot_do_to_the_slow_one():
    with pytest.raises(FallbackException):
        fast("Split", 0, [0, 1], "num_split", -1)
    with pytest.raises(ValueError, match="at least 5 items in the input tuple"):
        fast_path_execute(None, None, "Identity")
    with pytest.raises(ValueError, match="Expected to be at least 6, was 5"):
        fast("Identity")
    with pytest.raises(TypeError, match="expected a string for op_name"):
        fast(None, 1)


@pytest.mark.parametrize(
    ("make", "good", "expected", "bad", "message"),
    [
        (arguments.make_int, 3.7, 3, "3", "Expected int for argument 'n' not '3'."),
        (arguments.make_float, 3, 3.0, "3", "Expected float for argument 'n' not '3'."),
        (arguments.make_str, "a", b"a", 3, "Expected string for argument 'n' not 3."),
        (arguments.make_bool, True, True, 1, "Expected bool for argument 'n' not 1."),
        (arguments.make_type, tf.int32, 3, "q", "Expected DataType for argument 'n' not 'q'."),
        (arguments.make_shape, [1, None], [1, None], "a", "Error converting n to a TensorShape: "),
        (
            arguments.make_tensor,
            tf.make_tensor_proto(3),
            tf.make_tensor_proto(3),
            3,
            "Don't know how to convert 3 to a TensorProto for argument 'n'.",
        ),
    ],
)
def test_arguments(make, good, expected, bad, message):
    assert make(good, "n") == expected
    with pytest.raises(TypeError) as caught:
        make(bad, "n")
    assert str(caught.value).startswith(message)


def test_values_become_tensors_of_one_type_or_each_of_its_own():
    kind, tensors = arguments.args_to_matching_eager([2, tf.constant(1.0)], the_context())
    assert (kind, [tensor.numpy() for tensor in tensors]) == (FLOAT, [2.0, 1.0])
    assert arguments.args_to_matching_eager([1, 2], the_context(), tf.float32)[0] == FLOAT
    assert arguments.convert_to_mixed_eager_tensors([1, 1.0], the_context())[0] == [INT, FLOAT]
