"""Every declared op, fed with wrong ranks, sizes and types: it runs, or says what is wrong.

An exception is one that TensorFlow programs catch, and does not quote what Python or NumPy said
of Stillflow's own code. Inputs and attributes are made up from the op's signature.
"""

import itertools
import re

import numpy as np
import pytest

import stillflow as tf
from stillflow.ops.families import all_ops

#: Nothing to feed, or a file or a function to name.
LEFT_OUT = {
    *("PyFunc", "PyFuncStateless", "MergeV2Checkpoints", "SaveSlices", "SaveV2", "RestoreV2"),
    "WriteFile",
}
OPS = sorted(
    name
    for name, defn in all_ops().items()
    if name not in LEFT_OUT
    and defn.signature.inputs
    and not {"func", "list(func)"} & {kind.name for kind in defn.kinds.values()}
)

#: They are declared for types that TensorFlow has no kernel for, and Stillflow has none either.
WITHOUT_KERNELS = {"Acos", "Asin", "Atan", "Tan", "RealDiv", "Complex"}

EXPECTED = (ValueError, TypeError, tf.errors.OpError)
#: What Python and NumPy say of code that trusted its inputs.
RAW = re.compile(
    r"index out of range|is out of bounds for axis|object is not|no attribute|unpack|zip\(\)|"
    r"unsupported operand|modulo by zero|float division by zero|0-dimensional|positional argument|"
    r"interpreted as an integer|"
    r"Error:|reduce\(\) of empty|a fault in Stillflow|does not have enough dimensions|"
    r"must be real number|cannot be converted|newaxis|keyword argument"
)
SHAPES = [(), (0,), (2,), (3,), (2, 3), (1, 2, 2), (1, 2, 2, 1)]
TYPES = [tf.float32, tf.int32, tf.int64, tf.bool, tf.string, tf.complex64, tf.float16]


def attributes(defn):
    """A value for each attribute that has no default."""
    values = {"int": 2, "float": 0.5, "bool": False, "string": "", "type": tf.float32}
    values.update({"shape": tf.TensorShape([2]), "list(int)": [1, 1, 1, 1], "list(type)": []})
    values.update({"list(shape)": [], "list(string)": [], "list(float)": [0.5]})
    wanted = {}
    for name in defn.attr_names:
        if name not in defn.attr_defaults:
            limit = defn.limits.get(name)
            choices = isinstance(limit, tuple)
            wanted[name] = limit[0] if choices else values[defn.kinds[name].name]
    return wanted


def type_of(defn, arg, index):
    """A type for an input: the `index`-th of those it may have."""
    if arg.dtype is not None:
        return arg.dtype
    allowed = defn.types.get(arg.type_attr) or TYPES
    return allowed[index % len(allowed)]


def array(dtype, shape, fill):
    if dtype is tf.string:
        return np.full(shape, b"text", object)
    return np.full(shape, fill).astype(dtype.as_numpy_dtype)


def is_static(defn, arg):
    """Whether compiling needs its value; of a slice, that is so for some indices only."""
    return arg.type_attr == "Index" if callable(defn.static) else arg.name in defn.static


def inputs(defn, shapes, fill, kind, known):
    """The inputs, and what their placeholders are fed; references become variables."""
    made, feeds = [], {}
    for arg, shape in zip(defn.signature.inputs, itertools.cycle(shapes), strict=False):
        value = array(type_of(defn, arg, kind), shape, fill)
        if arg.is_ref:
            made.append(tf.Variable(value))
            continue
        tensors = [tf.placeholder(type_of(defn, arg, kind), shape if known else None)]
        if known and is_static(defn, arg):
            tensors = [tf.constant(value)]
        elif arg.is_list:
            tensors *= 2
        feeds.update({t: value for t in tensors if t.op.type == "Placeholder"})
        made.append(tensors if arg.is_list else tensors[0])
    return made, feeds


def check(name, shapes, fill=1, kind=0, known=False):
    """Builds and runs the op, and fails unless that succeeds or is refused in words."""
    defn = all_ops()[name]
    with tf.Graph().as_default(), tf.Session() as session:
        try:
            made, feeds = inputs(defn, shapes, fill, kind, known)
            built = defn(*made, **attributes(defn))
            session.run(tf.global_variables_initializer())
            session.run(built, feeds)
        except EXPECTED as error:
            said = RAW.search(str(error))
        else:
            said = None
    assert not said, f"{shapes}, {fill}, {kind}, {known}"


@pytest.fixture(autouse=True)
def host(monkeypatch):
    monkeypatch.setenv("STILLFLOW_TIER", "host")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", OPS)
def test_a_few(name):
    """Each shape for all inputs, and for the first or the last input another."""
    for known in (False, True):
        for shape in SHAPES:
            check(name, [shape], known=known)
        check(name, [(2,), (2, 3)], known=known)
        check(name, [(2, 3), ()], fill=-1, known=known)
        check(name, [(2, 3), (2,)], kind=1, known=known)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", OPS)
def test_all(name):
    """Every pair of shapes, several values, every type."""
    for known, pair, fill in itertools.product(
        (False, True), itertools.product(SHAPES, SHAPES), (0, -1, 1, 100)
    ):
        check(name, pair, fill, known=known)
    for kind in range(0 if name in WITHOUT_KERNELS else len(TYPES)):
        check(name, [(2, 3)], kind=kind)
