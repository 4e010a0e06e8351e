"""Whether what is missing stops a program, may stop it, or is provided for."""

import pytest

from stillflow.checking import check

TF = "import tensorflow as tf\n"
CASES = {
    "at the top": (TF + "tf.nosuch", "stops"),
    "in a function that is called": (TF + "def f(): tf.nosuch\nf()", "stops"),
    "in main": (TF + "def main(): tf.nosuch\nif __name__ == '__main__': main()", "stops"),
    "in main that tf.app runs": (TF + "def main(_): tf.nosuch\ntf.app.run()", "stops"),
    "in a function that is handed on": (TF + "def f(): tf.nosuch\nprint(map(f, [1]))", "stops"),
    "in a method": (
        TF + "class C:\n  def __init__(self): self.f()\n  def f(self): tf.nosuch\nC()",
        "stops",
    ),
    "in a base's method": (
        TF + "class B:\n  def __init__(self): tf.nosuch\nclass C(B): pass\nC()",
        "stops",
    ),
    "in a method that another class calls": (
        TF + "class C(tf.keras.layers.Layer):\n  def call(self, x): tf.nosuch\nC()",
        "may stop",
    ),
    "where a condition leads": (TF + "import sys\nif sys.argv[1:]: tf.nosuch", "may stop"),
    "in a function that nothing calls": (TF + "def f(): tf.nosuch", "unused"),
    "in a class of which none is made": (
        TF + "class C:\n  def f(self): tf.nosuch\nx = 1\nx.f",
        "unused",
    ),
    "after an end": (TF + "import sys\nsys.exit()\ntf.nosuch", None),
    "after a return": (TF + "def f():\n  return 1\n  tf.nosuch\nf()", None),
    "in Python 2": (TF + "import sys\nif sys.version_info[0] < 3: tf.nosuch", None),
    "in Python 3": (TF + "import sys\nif sys.version_info.major >= 3: tf.nosuch", "stops"),
    "in an old version": (TF + "if tf.__version__ < '1.0': tf.nosuch", None),
    "in version 2": (TF + "if tf.__version__.startswith('2.'): tf.nosuch", None),
    "in version 2, by number": (TF + "if int(tf.__version__.split('.')[0]) >= 2: tf.nosuch", None),
    "by LooseVersion": (
        TF + "from distutils.version import LooseVersion as V\n"
        "from pkg_resources import parse_version\n"
        "if parse_version(tf.__version__) < parse_version('1.10'): tf.nosuch",
        None,
    ),
    "by a version that is not read": (
        TF + "def version(): return 2\nif version() > 1: tf.nosuch",
        "guarded",
    ),
    "if it is there": (TF + "if hasattr(tf, 'nosuch'): tf.nosuch", None),
    "if not": (TF + "if not hasattr(tf, 'nosuch'): tf.nosuch", "stops"),
    "if it is there, in a line": (TF + "f = tf.nosuch if hasattr(tf, 'nosuch') else len", None),
    "and": (TF + "f = hasattr(tf, 'nosuch') and tf.nosuch", None),
    "getattr with another": (TF + "f = getattr(tf, 'nosuch', len)", "guarded"),
    "an import that is tried": (
        "try: from tensorflow import nosuch\nexcept ImportError: pass",
        "guarded",
    ),
    "a name that is tried": (TF + "try: f = tf.nosuch\nexcept AttributeError: f = len", "guarded"),
    "a name, where imports are tried": (
        TF + "try: f = tf.nosuch\nexcept ImportError: f = 1",
        "stops",
    ),
    "tried, and raised again": (
        "try: from tensorflow import nosuch\nexcept ImportError: raise",
        "stops",
    ),
    "instead, where the first is there": (
        "try: from tensorflow import nn\nexcept ImportError: from tensorflow import nosuch",
        "guarded",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_effects(found, name):
    source, effect = CASES[name]
    found = [effect for _, name, effect in found(source) if name.startswith("tf.")]
    assert found == ([] if effect is None else [effect])


def test_instead_where_the_first_is_missing_too(found):
    source = (
        "try: from tensorflow import nosuch\nexcept ImportError: from tensorflow import nosuch2"
    )
    assert found(source) == [("2", "tf.nosuch2", "stops"), ("1", "tf.nosuch", "guarded")]


VERDICTS = {
    "runs": TF + "tf.constant(1)",
    "does not run: tf.nosuch (train.py:2)": TF + "tf.nosuch",
    "runs but for tf.nosuch (train.py:3)": TF + "import sys\nif sys.argv[1:]: tf.nosuch",
    "runs: it names nothing of TensorFlow": "print(1)",
}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_verdicts(checked, verdict):
    assert checked(VERDICTS[verdict]).verdict == verdict


def test_a_verdict_names_three_and_counts_the_others(checked):
    lines = "\n".join(f"tf.nosuch{number}" for number in range(5))
    verdict = checked(TF + lines).verdict
    assert verdict.endswith("tf.nosuch2 (train.py:4) and 2 more")


def test_a_folder_runs_but_for_some_of_its_programs(checked):
    files = {"a.py": TF + "tf.nosuch", "b.py": TF + "tf.constant(1)", "setup.py": "import nosuch"}
    report = checked(files)
    assert report.verdict == "runs but for 1 of 2 programs: tf.nosuch (a.py:2)"
    assert report.programs == {"a.py": "stops", "b.py": "runs"}
    assert report.exit_code == 1


def test_what_nothing_calls_counts_in_a_folder(checked):
    report = checked({"lib.py": TF + "def f(): tf.nosuch"})
    assert report.verdict == "runs but for tf.nosuch (lib.py:2)"


def test_the_root_is_where_the_licence_is_not_where_an_example_is_read_about(write):
    """A program below it imports what stands at the root, by a path that it adds itself."""
    files = {
        "LICENSE": "",
        "model.py": "",
        "example/README.md": "",
        "example/main.py": "import sys\nsys.path.append('..')\nimport model\n",
    }
    assert check(str(write(files) / "example" / "main.py")).exit_code == 0
