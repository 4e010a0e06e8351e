"""`stillflow run --py2`: a program of Python 2, and the modules that it imports, as was meant.

Without fissix nothing is translated, and it says what to install.
"""

import subprocess
import sys
import textwrap

import pytest

from stillflow.environment.python2 import builtins, compiled, translating

pytest.importorskip("fissix")


def printed(source, capsys, path="/none/train.py", package=""):
    """What a text of Python 2 prints, line by line."""
    exec(compiled(textwrap.dedent(source), path, package), {"__name__": "__main__"})
    return capsys.readouterr().out.split("\n")[:-1]


PROGRAMS = {
    "print 'a', 1": "a 1",
    "print": "",
    "print ('a', 1)": "('a', 1)",
    "from __future__ import print_function\nprint('a', 1)": "a 1",
    "print 7 / 2, -7 / 2, 7 / 2.0, 1L / 2": "3 -4 3.5 0",
    "from __future__ import division\nprint 7 / 2": "3.5",
    "from __future__ import (absolute_import,\n    division)\nprint 7 / 2": "3.5",
    "x = 7\nx /= 2\nprint x": "3",
    "x = [9, 5]\nx[0] /= 2\nx[1:] = [1]\nprint x": "[4, 1]",
    "class C: pass\nc = C()\nc.n = 7\nc.n /= 2\nprint c.n": "3",
    "class C:\n  def __div__(self, other): return 'div'\nprint C() / 2": "div",
    "class C:\n  def __rdiv__(self, other): return 'rdiv'\nprint 2 / C()": "rdiv",
    "import numpy as np\nprint np.arange(4) / 2, np.ones(2) / 2": "[0 0 1 1] [0.5 0.5]",
    "import numpy as np\nx = y = np.arange(4)\nx /= 2\nprint x, y is x": "[0 0 1 1] True",
    "import numpy as np\nx = np.eye(2)\nx[0, :] /= 2\nprint x[0]": "[0.5 0. ]",
    "print round(2.5), round(-0.5), round(2.675, 2), '%d' % round(0.5)": "3.0 -1.0 2.67 1",
    "d = {'a': 1}\nfor k, v in d.iteritems(): print k, v, d.has_key(k)": "a 1 True",
    "print {'a': 1}.keys()[0], map(str, [1])[0], zip([1], [2])[0], range(3)[-1]": "a 1 (1, 2) 2",
    "print xrange(3)[1], reduce(lambda a, b: a + b, [1, 2]), unichr(65)": "1 3 A",
    "def reduce(f, x): return 'own'\nprint reduce(1, 2)": "own",
    "print isinstance(u'a', unicode), isinstance('a', basestring), long(2)": "True True 2",
    "print sorted([1, 3, 2], cmp=lambda a, b: b - a), cmp(1, 2)": "[3, 2, 1] -1",
    "try: raise ValueError, 'no'\nexcept ValueError, e: print e": "no",
    "exec 'x = 1'\nprint x, `x`, 1 <> 2, 0777": "1 1 True 511",
    "import cPickle, StringIO, Queue\nprint cPickle.loads(cPickle.dumps([1]))": "[1]",
    "print (lambda (a, b): a + b)((1, 2))": "3",
    "import itertools\nprint list(itertools.izip([1], [2]))": "[(1, 2)]",
    "if 1:\n        x = 1\n\tprint x": "1",
    "# coding: latin-1\nprint len('abc')": "3",
    "print 'no newline at the end'": "no newline at the end",
    "x = f'{1 + 1}'\nprint(x)": "2",  # Python 3 stays what it is
}


@pytest.mark.parametrize("source", PROGRAMS)
def test_what_programs_print(source, capsys):
    assert printed(source, capsys) == [PROGRAMS[source]]


def test_tensors_of_integers_are_divided_as_in_python_2(capsys):
    program = """
        import stillflow as tf
        with tf.Session() as session:
            print session.run([tf.constant(7) / 2, tf.constant(7.0) / 2])
    """
    assert printed(program, capsys) == ["[np.int32(3), np.float32(3.5)]"]


def test_lines_of_errors_are_those_of_the_file():
    source = "def f((a, b), c):\n    pass\n\nx = 1\nraise ValueError('here')\n"
    with pytest.raises(ValueError, match="here") as error:
        exec(compiled(source, "/none/train.py"), {})
    assert error.traceback[-1].lineno + 1 == 5


def test_what_is_neither_python_2_nor_3_is_a_syntax_error():
    with pytest.raises(SyntaxError):
        compiled("def f(:\n", "train.py")


def test_names_that_a_module_has_itself_stay(capsys):
    assert printed("file = 'mine'\nprint file", capsys) == ["mine"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300, 0.1 + 0.2])
def test_round_takes_every_float(value):
    assert repr(builtins.round(value, 20)) == repr(value)


def run(folder, *arguments):
    command = [sys.executable, "-m", "stillflow", "run", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder)


@pytest.fixture
def program(tmp_path):
    """A program of Python 2 with a package, one of whose modules imports another beside it."""
    files = {
        "train.py": """\
import sys
from lib import util
print util.half(5), sys.argv[1:]
raise E, 'x'
""",
        "lib/__init__.py": "",
        "lib/util.py": "import json\nimport text\ndef half(n):\n  print text.WORD\n  return n / 2",
        "lib/text.py": "WORD = u'half'",
        "text.py": "print 'the wrong one'",
    }
    for path, source in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(source)
    return tmp_path


@pytest.mark.parametrize("arguments", [["train.py"], ["-m", "train"]])
def test_modules_of_the_program_are_translated_too(program, arguments):
    done = run(program, "--py2", *arguments, "a")
    assert done.stdout.splitlines() == ["half", "2 ['a']"]
    assert done.stderr.splitlines()[-1] == "NameError: name 'E' is not defined"
    assert 'train.py", line 4' in done.stderr
    assert "translating" not in done.stderr


def test_a_folder_and_code(program):
    (program / "__main__.py").write_text("print 7 / 2")
    assert run(program.parent, "--py2", program.name).stdout == "3\n"
    assert run(program, "--py2", "-c", "print 7 / 2").stdout == "3\n"


def test_without_it_the_error_says_what_to_do(program):
    done = run(program, "train.py")
    assert done.returncode == 1
    assert "stillflow run --py2" in done.stderr


def test_without_fissix_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "fissix", None)
    with pytest.raises(ImportError, match=r"pip install 'stillflow\[py2\]'"):
        translating.require()
