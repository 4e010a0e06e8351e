"""TensorFlow's names are found however a program spells them, and objects' methods are not asked.

`nosuch` is a name that TensorFlow has nowhere.
"""

import pytest

from stillflow.api import _missing

SPELLINGS = {
    "an alias": ("import tensorflow as tf\ntf.nosuch", ["tf.nosuch"]),
    "the name itself": ("import tensorflow\ntensorflow.nn.nosuch(1)", ["tf.nn.nosuch"]),
    "from": ("from tensorflow import nosuch as n", ["tf.nosuch"]),
    "from a module": ("from tensorflow.nn import relu, nosuch", ["tf.nn.nosuch"]),
    "a module's alias": (
        "import tensorflow.contrib.slim as slim\nslim.conv2d(1)\nslim.nosuch(1)",
        ["tf.contrib.slim.nosuch"],
    ),
    "from inside": (
        "from tensorflow.python.ops import rnn_cell\nrnn_cell.LSTMCell\nrnn_cell.nosuch",
        ["tf.python.ops.rnn_cell.nosuch"],
    ),
    "a variable": (
        "import tensorflow as tf\nlayers = tf.contrib.layers\nlayers.nosuch(1)",
        ["tf.contrib.layers.nosuch"],
    ),
    "two variables": (
        "import tensorflow as tf\na, b = tf.nn, tf.train\nb.nosuch\na.relu",
        ["tf.train.nosuch"],
    ),
    "getattr": ("import tensorflow as tf\ngetattr(tf.nn, 'nosuch')(1)", ["tf.nn.nosuch"]),
    "star": ("from tensorflow.nn import *\nrelu(1)", []),
    "import_module": (
        "import importlib\nnn = importlib.import_module('tensorflow.nn')\nnn.nosuch",
        ["tf.nn.nosuch"],
    ),
    "import_module of none": (
        "from importlib import import_module\nimport_module('tensorflow.nosuch')",
        ["tf.nosuch"],
    ),
    "__import__": ("tf = __import__('tensorflow')\ntf.nosuch", ["tf.nosuch"]),
    "a module that is not there": ("import tensorflow.nosuch.deeper", ["tf.nosuch"]),
    "v1": ("import tensorflow.compat.v1 as tf\ntf.nosuch", ["tf.nosuch"]),
    "v1 of tf": ("import tensorflow as tf\ntf = tf.compat.v1\ntf.placeholder\ntf.nosuch", [
        "tf.nosuch",
    ]),
    "a class that one derives from": (
        "import tensorflow as tf\nclass C(tf.nosuch): pass",
        ["tf.nosuch"],
    ),
    "a decorator": ("import tensorflow as tf\n@tf.nosuch\ndef f(): pass", ["tf.nosuch"]),
    "a default": ("import tensorflow as tf\ndef f(x=tf.nosuch): pass", ["tf.nosuch"]),
    "a lambda": ("import tensorflow as tf\nf = lambda tf: tf.nosuch\ng = lambda x: tf.nosuch2", [
        "tf.nosuch2",
    ]),
    "a comprehension": ("import tensorflow as tf\n[tf.nosuch for _ in range(2)]", ["tf.nosuch"]),
    "a subscript": ("import tensorflow as tf\n{'a': tf.nn.nosuch}['a'](1)", ["tf.nn.nosuch"]),
    "two imports": ("try: import tensorflow as tf\nexcept ImportError: tf = None\ntf.nosuch", [
        "tf.nosuch",
    ]),
    "an attempt's other value": (
        "import tensorflow as tf\ntry: f = tf.nn.relu\nexcept Exception:\n f = tf.nosuch\n"
        "def g(): f(1)\ng()",
        ["tf.nosuch"],  # where it is written, which has something else for it; g() has the first
    ),
    "a parameter hides it": ("import tensorflow as tf\ndef f(tf): tf.nosuch\nf(1)", []),
    "another value hides it": ("from tensorflow import nn\nnn = nn.relu(1)\nnn.nosuch", []),
    "before that": ("from tensorflow import nn\nnn.nosuch\nnn = nn.relu(1)", ["tf.nn.nosuch"]),
    "a global": (
        "import tensorflow as tf\ndef f():\n  global nn\n  nn = tf.nn\nf()\nnn.nosuch",
        ["tf.nn.nosuch"],
    ),
    "methods": ("import tensorflow as tf\ntf.constant(1).nosuch\ntf.train.Saver.nosuch", []),
    "set by the program": ("import tensorflow as tf\ntf.nosuch = 1\nprint(tf.nosuch)", []),
    "set deeper": ("import tensorflow as tf\ntf.nn.nosuch = len\ntf.nn.nosuch([1])", []),
    "another package": ("import numpy as tf\ntf.zeros", []),
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLINGS)
def test_names(found, name):
    source, expected = SPELLINGS[name]
    assert [name for _, name, _ in found(source)] == expected


def test_places_are_lines(found):
    assert found("import tensorflow as tf\n\nx = (1 +\n     tf.nosuch)\n") == [
        ("4", "tf.nosuch", "stops")
    ]


def test_names_of_other_modules_of_the_program(checked):
    report = checked(
        {
            "train.py": """
                from ops import *
                from lib.nets import nn, make
                nn.nosuch1
                tf.nosuch2
                make()
            """,
            "ops.py": "import tensorflow as tf",
            "lib/__init__.py": "",
            "lib/nets.py": "from tensorflow import nn\nfrom . import parts\ndef make(): parts.f()",
            "lib/parts.py": "import tensorflow as tf\ndef f(): tf.nosuch3",
        }
    )
    assert {(f.where, f.name, f.effect) for f in report.findings} == {
        ("train.py:4", "tf.nn.nosuch1", "stops"),
        ("train.py:5", "tf.nosuch2", "stops"),
        ("lib/parts.py:2", "tf.nosuch3", "stops"),
    }
    assert report.files == 5


def test_a_module_that_imports_itself_is_read_once(checked):
    report = checked({"a.py": "import b\nb.f()", "b.py": "import a\ndef f(): a.g()"})
    assert report.exit_code == 0


@pytest.mark.parametrize(
    ("table", "source", "advice"),
    [
        ({"": "zzqq"}, "tf.zzqq", "not yet in Stillflow: see `stillflow names tf`"),
        ({"nn": "zzqq"}, "tf.nn.zzqq(1)", "not yet in Stillflow: see `stillflow names tf.nn`"),
    ],
)
def test_what_is_not_yet_there_is_listed_by_a_command(monkeypatch, checked, table, source, advice):
    names = {path: frozenset(members.split()) for path, members in table.items()}
    monkeypatch.setattr(_missing, "names", lambda: names)
    (finding,) = checked(f"import tensorflow as tf\n{source}").findings
    assert (finding.kind, finding.advice) == ("TensorFlow", advice)
