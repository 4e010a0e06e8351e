"""Numbers that runs give, in NumPy 1's arithmetic: as TensorFlow 1.15 had them on NumPy 1.18."""

import subprocess
import sys

import pytest

PROGRAM = """
import copy, json, pickle
import numpy as np
import tensorflow as tf
session = tf.Session()
values = (0.1, np.uint8(5), 7, np.float16(0.1), np.complex64(1j), np.uint64(5), np.float64(0.1))
loss, byte, whole, half, imaginary, long, double = session.run([tf.constant(v) for v in values])
x = tf.placeholder(tf.float32, [])
"""
CASES = {
    "type(0 + loss * 3).__name__, json.dumps(0 + loss)": "('float64', '0.10000000149011612')",
    "byte - 200, type(whole * 2).__name__, type(long + 1).__name__": "(-195, 'int64', 'float64')",
    "type(imaginary * 2).__name__, type(half + 1).__name__": "('complex128', 'float64')",
    "type(loss * 2j).__name__, type(double * 2).__name__": "('complex128', 'float64')",
    "loss == 0.1, loss > 0.1, 0.1 == loss, loss == np.float32(0.1)": "(False, True, False, True)",
    "loss ** 2, 2 ** loss, pow(whole, 2)": "(0.010000000298023226, 1.0717734636432956, 49)",
    "(loss * np.ones(2, 'f')).dtype.name, type(loss * np.float32(2)).__name__": (
        "('float32', 'float32')"
    ),
    "type(loss), isinstance(loss, np.float32), [loss]": ("(<class 'numpy.float32'>, True, [0.1])"),
    "{loss: 1}[np.float32(0.1)], [1] * whole == 7 * [1], whole & 3": "(1, True, 3)",
    "[type(f(loss)) is np.float32 for f in (lambda x: pickle.loads(pickle.dumps(x)), abs)]": (
        "[True, True]"
    ),
    "np.array([loss, loss]).dtype.name, np.mean([loss]).dtype.name": "('float32', 'float32')",
    "session.run(x * 2, {x: loss}), (x * loss).dtype, tf.constant(whole).dtype": (
        "(0.2, tf.float32, tf.int32)"
    ),
    "session.run({'a': [tf.constant(0.5)]})": "{'a': [0.5]}",
}


@pytest.fixture(scope="module")
def printed():
    code = "\n".join([PROGRAM, *(f"print(repr(({case})))" for case in CASES)])
    command = [sys.executable, "-m", "stillflow", "run", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(zip(CASES, done.stdout.splitlines(), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_a_fetched_number_is_numpy_1s(printed, case):
    assert printed[case] == CASES[case]
