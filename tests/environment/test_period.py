"""The names that Python, NumPy, Pillow and matplotlib have dropped, row by row of the tables."""

import json
import subprocess
import sys

import pytest

from stillflow.environment import period


def python(code, shims=True):
    """Runs code in a process of its own: the shims change modules that other tests use."""
    start = "from stillflow.environment import period; period.install()\n" if shims else ""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", start + code], capture_output=True, text=True
    )
    assert not done.stderr, done.stderr
    return done.stdout


ROWS = [
    (module, name)
    for table in (period.RENAMED, period.ADDED)
    for module, names in table.items()
    for name in names
]
LOOK = """
import importlib, json, operator, warnings
rows = json.loads({rows!r})
found = []
for module, name in rows:
    with warnings.catch_warnings():
        warnings.simplefilter({filter!r})
        try:
            value = operator.attrgetter(name)(importlib.import_module(module))
        except AttributeError:
            continue
    found.append([module, name, repr(value).partition(" at 0x")[0]])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def names():
    """{(module, name): repr} of what can be looked up, without and with the shims."""

    def look(shims, filter_):
        code = LOOK.format(rows=json.dumps(ROWS), filter=filter_)
        return {(m, n): value for m, n, value in json.loads(python(code, shims))}

    return look(False, "ignore"), look(True, "error")


@pytest.mark.parametrize(("module", "name"), ROWS)
def test_the_name_is_there_and_looking_it_up_warns_of_nothing(names, module, name):
    """Each row supplies its name; a name that is still there keeps its value."""
    without, supplied = names
    assert (module, name) in supplied
    if (module, name) in without:
        assert supplied[module, name] == without[module, name]


def test_rows_are_needed(names):
    """A table that has gone stale shows here: most names are really lacking on today's versions."""
    without, supplied = names
    assert len(without) < 0.1 * len(supplied)


# What the supplied functions and changes do, as NumPy 1.18, Pillow 9 and Python 3.7 did.
BEHAVIOUR = {
    "np.in1d([[1, 2], [3, 4]], [2, 3]).tolist()": [False, True, True, False],
    "np.in1d([1, 2], [2], invert=True).tolist()": [True, False],
    "np.asfarray([1, 2]).dtype.name": "float64",
    "np.asfarray([1], dtype='float32').dtype.name": "float32",
    "np.asfarray([1], dtype='int32').dtype.name": "float64",
    "np.lib.pad([1], 1, 'constant').tolist()": [0, 1, 0],
    "np.reshape([1, 2], newshape=(2, 1)).tolist()": [[1], [2]],
    "float(np.percentile([1, 2, 4], 60, interpolation='lower'))": 2.0,
    "[a.tolist() for a in np.meshgrid([1, 2], [3])] + [type(np.meshgrid([1])).__name__]": [
        [[1, 2]],
        [[3, 3]],
        "list",
    ],
    "type(np.broadcast_arrays(1, [2])).__name__, type(np.atleast_2d(1, 2)).__name__": [
        "list",
        "list",
    ],
    "np.atleast_1d(1).tolist()": [1],
    "np.reshape([[1, 2], [3, 4]], newshape=-1, order='F').tolist()": [1, 3, 2, 4],
    "np.reshape(np.ones(4), (2, 2), 'C').shape": [2, 2],
    "np.find_common_type([], [np.int64, np.float32, complex]).name": "complex128",
    "np.find_common_type([np.float32], [np.int64, np.float64]).name": "float32",
    "np.find_common_type([np.int32, np.int64], ['f4']).name": "float64",
    "np.find_common_type([], [])": None,
    "np.find_common_type(['S2'], ['i4']).name": "bytes16",
    "np.find_common_type(['u1', 'i1'], []).name": "int16",
    "np.msort([[3, 1], [2, 5]]).tolist()": [[2, 1], [3, 5]],
    "np.cast[np.float32]([1, 2]).dtype.name, np.cast['int32'](2.5).tolist()": ["float32", 2],
    "np.asscalar(np.array([2.5]))": 2.5,
    "np.issubsctype(np.int32, np.integer)": True,
    "np.product([2, 3])": 6,
    "np.float(2), np.int('3'), np.zeros(1, np.float).dtype.name": [2.0, 3, "float64"],
    "np.fromstring(b'\\x01\\x02', dtype=np.uint8).tolist()": [1, 2],
    "np.fromstring('\\x01\\xff', np.uint8).tolist()": [1, 255],
    "np.fromstring('1 2', sep=' ').tolist()": [1.0, 2.0],
    "np.fromstring(b'ab', np.uint8, 1).flags.writeable": True,
    "np.array([1, 2], np.uint8).tostring() == b'\\x01\\x02'": True,
    "np.float32(1).tostring() == np.float32(1).tobytes()": True,
    "float(np.array([[3.5]])), int(np.array([3.9])), '%d' % np.array([[3.9]])": [3.5, 3, "3"],
    "'%.2f' % np.array([2.5]), float(np.array(2.5)), int(np.array(['3']))": ["2.50", 2.5, 3],
    "complex(np.array([3.])) == 3": True,
    "[(np.sqrt(2.) * SINGLES).dtype.name, (SINGLES / np.float64(3)).dtype.name]": ["float32"] * 2,
    "[(HALVES * np.float64(x)).dtype.name for x in (2, 1e5, 1e300)]": [
        *("float16", "float32", "float64"),
    ],
    "[(np.float64(1e300) + SINGLES).dtype.name, (np.ones(2) - SINGLES).dtype.name]": ["float64"]
    * 2,
    "(np.float64(2) * np.float32(3)).dtype.name": "float64",
    "([1, 2] + SINGLES).tolist(), (2 - SINGLES).tolist()": [[2, 3], [1, 1]],
    "(a := np.zeros(2), a.__setitem__(0, np.array([[5]])), a.tolist())[2]": [5, 0],
    "is_refused(float, np.zeros(2)), is_refused(int, np.zeros((0, 1)))": [True, True],
    "(a := np.zeros((2, 2)), a.itemset(3, 7), a.itemset((0, 1), 8), a.itemset(1, 0, 9), "
    "a.tolist())[4]": [[0, 8], [9, 7]],
    "(a := np.zeros((1, 1)), a.itemset(5), a.tolist())[2]": [[5]],
    "np.zeros((2, 3)).itemset(1, 1, 1, 5)": "ValueError('incorrect number of indices for array')",
    "np.array([1, 5]).ptp(), np.array([[1, 2], [4, 9]]).ptp(0).tolist()": [4, [3, 7]],
    "np.array([[1, 2], [3]]).tolist(), np.asarray([[1], []]).shape": [[[1, 2], [3]], [2]],
    "np.array([1, 2], copy=False).tolist(), np.array(SINGLES, copy=False) is SINGLES": [
        [1, 2],
        True,
    ],
    "np.max([[1, 2], [3]]), np.amin([[1, 2], [0]], axis=0), np.max([[1, 2], [3, 4]])": [
        *([3], [0], 4),
    ],
    "np.array([[1, 2], [3, 4]]).tolist()": [[1, 2], [3, 4]],
    "bool(np.zeros(0)), not np.zeros((0, 3)), bool(np.ones(1))": [False, True, True],
    "repr([np.float32(0.5), np.int64(3), np.bool_(True)])": "[0.5, 3, True]",
    "math.gcd(12, 18), fractions.gcd(12, 18)": [6, 6],
    "list(inspect.getargspec(lambda a, b=1, *c, **d: 0))": [["a", "b"], "c", "d", [1]],
    "isinstance({}, collections.Mapping)": True,
    "base64.decodestring(base64.encodestring(b'x')) == b'x'": True,
    "threading.current_thread().isAlive()": True,
    "time.clock() <= time.clock()": True,
    "os.errno.ENOENT": 2,
    "PIL.Image.ANTIALIAS == PIL.Image.LANCZOS": True,
    "PIL.Image.new('L', (4, 4)).resize((2, 2), PIL.Image.ANTIALIAS).size": [2, 2],
    "[a > 5 for a in PIL.ImageFont.load_default().getsize('text')]": [True, True],
    "[a > 5 for a in PIL.ImageDraw.Draw(PIL.Image.new('L', (9, 9))).textsize('text')]": [True] * 2,
    "scipy.misc.logsumexp([0.0]), hasattr(scipy, 'none')": [0.0, False],
    "yaml.load('a: [1]'), yaml.load('a: 1', Loader=yaml.SafeLoader)": [{"a": [1]}, {"a": 1}],
    "list(yaml.load_all('1'))": [1],
    "matplotlib.cm.get_cmap('viridis').name": "viridis",
    "plt.figure().gca(projection='3d').name": "3d",
    "plt.figure().gca().name": "rectilinear",
    "matplotlib.rcParams.update({'pgf.preamble': ['a', 'b']}), "
    "matplotlib.rcParams['pgf.preamble']": [None, "a\nb"],
}
IMPORTS = """
import base64, collections, fractions, inspect, json, math, os, threading, time
import numpy as np
import PIL.Image, PIL.ImageDraw, PIL.ImageFont
import matplotlib
matplotlib.use("Agg")
import matplotlib.cm, matplotlib.pyplot as plt
import scipy
import yaml
SINGLES = np.ones(2, np.float32)
HALVES = np.ones(2, np.float16)
"""


EVALUATE = """
def is_refused(kind, array):
    try:
        kind(array)
    except TypeError:
        return True
def value(expression):
    try:
        return eval(expression)
    except Exception as error:
        return repr(error)
found = [value(expression) for expression in json.loads({expressions!r})]
print(json.dumps(found, default=lambda scalar: scalar.item()))
"""


@pytest.fixture(scope="module")
def values():
    code = IMPORTS + EVALUATE.format(expressions=json.dumps(list(BEHAVIOUR)))
    return dict(zip(BEHAVIOUR, json.loads(python(code)), strict=True))


@pytest.mark.parametrize("expression", BEHAVIOUR)
def test_what_is_supplied_behaves_as_it_did(values, expression):
    assert values[expression] == BEHAVIOUR[expression]


def test_getargspec_refuses_what_it_refused():
    code = """
import inspect
def f(a, *, b): pass
try:
    inspect.getargspec(f)
except ValueError as error:
    print(error)
"""
    assert "keyword-only" in python(code)


def test_getargspec_takes_what_has_annotations_here_alone():
    code = """
import inspect
import stillflow as tf
print(inspect.getargspec(tf.get_variable).args[:2])
"""
    assert python(code).split() == ["['name',", "'shape']"]


def test_modules_are_supplied_when_they_are_imported_not_before():
    """Nothing is imported for the sake of the tables, and a module's own loader stays its own."""
    code = """
import sys
assert not {"PIL", "matplotlib", "unittest"} & set(sys.modules)
import PIL.Image
assert PIL.Image.ANTIALIAS == PIL.Image.LANCZOS
assert type(PIL.Image.__loader__).__name__ == "SourceFileLoader"
assert PIL.Image.__spec__.loader is PIL.Image.__loader__
"""
    python(code)


def test_without_install_nothing_is_changed():
    code = """
import stillflow, numpy as np
tf = stillflow.as_tensorflow(period=False)
assert not hasattr(np, "float_")
assert repr([np.float32(0.5)]) == "[np.float32(0.5)]"
"""
    python(code, shims=False)
