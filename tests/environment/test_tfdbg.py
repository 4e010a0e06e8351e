"""TensorFlow's debugger, which programs import and use behind a flag."""

import numpy as np
import pytest

import stillflow
from stillflow.environment import internals
from stillflow.graph.errors import UnimplementedError

stillflow.as_tensorflow(period=False)
debug = internals.internal_module("python.debug")


@pytest.mark.parametrize(
    ("tensor", "found"),
    [
        (np.array([1.0, np.nan]), True),
        (np.array([1.0, np.inf], np.float32), True),
        (np.array([1.0, 2.0]), False),
        (np.array([1, 2]), False),
        (np.array(["a"]), False),
        (None, False),
    ],
)
def test_infinities_and_nan_are_found(tensor, found):
    assert debug.has_inf_or_nan(None, tensor) is found


@pytest.mark.parametrize(
    "make",
    [
        lambda: debug.LocalCLIDebugWrapperSession(None),
        lambda: debug.LocalCLIDebugHook(ui_type="readline"),
        lambda: debug.TensorBoardDebugWrapperSession(None, "localhost:6064"),
    ],
)
def test_the_debugger_says_what_to_do_instead(make):
    with pytest.raises(UnimplementedError, match=r"is not in Stillflow\.\n  Use Dumping"):
        make()


def test_it_is_where_programs_import_it_from():
    from tensorflow.python import debug as tf_debug
    from tensorflow.python.debug.wrappers import hooks

    assert tf_debug is debug
    assert hooks.LocalCLIDebugHook is debug.LocalCLIDebugHook
