"""A checkpoint printed as TensorFlow 1.15's inspect_checkpoint prints it."""

import pytest

import stillflow.api as tf
from stillflow.checkpoint.printing import print_tensors_in_checkpoint_file

VALUES = """\
tensor_name:  v
[[1.]
 [2.]]
tensor_name:  w
[[0 0]
 [0 0]]
"""
LINES = "v (DT_FLOAT) [2,1]\nw (DT_INT32) [2,2]\n\n"
COUNT = "# Total number of params: 6\n"
EXCLUDED = (
    "# Excluding 1 tensors (4 params) that match w when counting.\n# Total number of params: 2\n"
)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("v", initializer=[[1.0], [2.0]])
        tf.get_variable("w", [2, 2], tf.int32, tf.zeros_initializer())
        session.run(tf.global_variables_initializer())
        return tf.train.Saver().save(session, str(tmp_path_factory.mktemp("saved") / "model"))


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("", True), VALUES + COUNT),
        (("", False), LINES + COUNT),
        (("v", False), "tensor_name:  v\n[[1.]\n [2.]]\n" + COUNT),
        (("", False, True), "tensor_name:  v\ntensor_name:  w\n" + COUNT),
        (("", False, False, "w"), LINES + EXCLUDED),
    ],
)
def test_prints(checkpoint, capsys, arguments, printed):
    print_tensors_in_checkpoint_file(checkpoint, *arguments)
    assert capsys.readouterr().out == printed


def test_prints_what_is_wrong(capsys, tmp_path):
    print_tensors_in_checkpoint_file(str(tmp_path / "none"), "", True)
    wrong = "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for "
    assert capsys.readouterr().out.startswith(wrong)
