"""`stillflow run` beside `python`: what a program sees of how it was started, and how it ends."""

import os
import re
import signal
import subprocess
import sys
import time
import zipfile

import pytest

PYTHON = (sys.executable,)
OURS = (sys.executable, "-m", "stillflow", "run")
# The console script stands beside the interpreter; it must do what `python -m stillflow` does.
SCRIPT = (os.path.join(os.path.dirname(sys.executable), "stillflow"), "run")

SEEN = """
import sys
before = dict(globals())
print(sys.argv, sys.path[0])
print(sys.modules["__main__"].__dict__ is globals())
hidden = ("__loader__", "__spec__", "sys")
print(sorted((k, v) for k, v in before.items() if k not in hidden))
print(type(__loader__).__name__, getattr(__spec__, "name", None))
"""


@pytest.fixture(autouse=True)
def programs(tmp_path, monkeypatch):
    """A folder of programs, which is where every test runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    (tmp_path / "seen.py").write_text(SEEN)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "__main__.py").write_text(SEEN)
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "package" / "__main__.py").write_text(SEEN)
    (tmp_path / "package" / "seen.py").write_text(SEEN)
    (tmp_path / "empty").mkdir()
    (tmp_path / "link.py").symlink_to(tmp_path / "folder" / "__main__.py")
    with zipfile.ZipFile(tmp_path / "zipped.zip", "w") as archive:
        archive.writestr("__main__.py", SEEN)
    return tmp_path


def start(command, *arguments, **kwargs):
    return subprocess.run([*command, *arguments], capture_output=True, text=True, **kwargs)


def ended(done):
    """Output and exit code, with the interpreter's name and ours made the same."""
    named = re.sub(rf"^({re.escape(sys.executable)}|stillflow): ", "", done.stderr, flags=re.M)
    return done.returncode, done.stdout, named


def same_as_python(*arguments, command=OURS, **kwargs):
    ours, pythons = (ended(start(c, *arguments, **kwargs)) for c in (command, PYTHON))
    assert ours == pythons
    return ours


@pytest.mark.parametrize(
    "arguments",
    [
        ["seen.py"],
        ["seen.py", "a", "--flag", "-m", "-", "--help"],
        ["package/seen.py", "a"],
        ["link.py"],
        ["folder", "a"],
        ["zipped.zip", "a"],
        ["-m", "seen", "a"],
        ["-m", "package", "--help"],
        ["-m", "package.seen"],
        ["-c", SEEN, "a"],
    ],
    ids=lambda arguments: " ".join(a for a in arguments if a != SEEN),
)
def test_a_program_sees_what_it_sees_under_python(arguments):
    """`__main__`'s names, sys.argv and sys.path[0]."""
    code, out, _ = same_as_python(*arguments)
    assert code == 0
    assert "True" in out


def test_a_program_on_standard_input():
    assert same_as_python("-", "a", input=SEEN)[0] == 0


def test_the_console_script_does_the_same():
    same_as_python("seen.py", "a", command=SCRIPT)


def test_safe_path_keeps_the_folder_out_of_the_path(monkeypatch):
    """PYTHONSAFEPATH: neither our command's folder nor the program's is in front."""
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    same_as_python("seen.py")


ENDINGS = {
    "end": "print('done')",
    "exit code": "import sys; sys.exit(7)",
    "exit message": "import sys; sys.exit('bye')",
    "exit without a code": "raise SystemExit",
    "exception": "def f():\n    raise ValueError('no')\nf()",
    "exception with a cause": "try:\n    {}[0]\nexcept KeyError as e:\n    raise OSError(3) from e",
    "exception in an import": "import broken",
    "syntax error": "x = (",
    "latin-1": "# coding: latin-1\nprint(len('\\xe9'))",
    "interrupt": "raise KeyboardInterrupt",
    "atexit": "import atexit; atexit.register(print, 'last'); 1 / 0",
    "thread": "import threading\nthreading.Thread(target=lambda: print(1 / 0)).start()",
    "own hook": "import sys; sys.excepthook = lambda k, v, t: print('hook', v); 1 / 0",
    "warning": "import warnings; warnings.warn('careful')",
    "abort": "import os; os.kill(os.getpid(), 9)",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_program_ends_as_it_does_under_python(ending, programs):
    """Exit code or signal, output, and a traceback that starts at the program's own first line."""
    (programs / "broken.py").write_text("import nothing_of_that_name")
    (programs / "program.py").write_bytes(ENDINGS[ending].encode("latin-1"))
    same_as_python("program.py")


def test_an_interrupted_program_dies_of_the_signal(programs):
    """A shell loop around it must notice: returncode is -SIGINT, as python's."""
    (programs / "wait.py").write_text("print('waiting', flush=True)\nimport time; time.sleep(60)")
    process = subprocess.Popen(
        [*OURS, "wait.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "waiting\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == -signal.SIGINT
    assert errors.startswith("Traceback")
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert "stillflow" not in errors


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nothing.py"], 2),
        (["empty"], 1),
        (["-m", "nothing"], 1),
        (["-m", "nothing.below"], 1),
        (["-m", "email"], 1),
    ],
    ids=str,
)
def test_what_cannot_be_run_is_said_in_pythons_words(arguments, code):
    found, out, errors = ended(start(OURS, *arguments))
    want, _, text = ended(start(PYTHON, *arguments))
    assert (found, out) == (code, "")
    assert found == want
    if arguments != ["-m", "nothing.below"]:  # python quotes an internal exception there
        assert errors == text


def test_classes_of_the_program_can_be_pickled(programs):
    """`__main__` is the program's module, so pickle finds what it defines."""
    (programs / "program.py").write_text(
        "import pickle\n"
        "class Kept:\n    pass\n"
        "print(type(pickle.loads(pickle.dumps(Kept()))) is Kept)\n"
    )
    assert same_as_python("program.py")[1] == "True\n"


SPAWN = """
import multiprocessing, sys
import tensorflow as tf
import numpy as np

def work(n):
    return tf.__version__, tf.Graph.__init__.__module__, [np.float32(n)], sys.argv[1:]

if __name__ == "__main__":
    with multiprocessing.get_context({method!r}).Pool(1) as pool:
        print(pool.map(work, [1]))
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_child_processes_have_the_alias_too(programs, method):
    """multiprocessing's children import the program anew, `import tensorflow` included."""
    (programs / "program.py").write_text(SPAWN.format(method=method))
    done = start(OURS, "program.py", "a", timeout=240)  # three processes start, on a busy machine
    want = "[('1.15.5', 'stillflow.graph.graph', [1.0], ['a'])]\n"
    assert (done.stdout, done.stderr) == (want, "")


PERIOD = "import tensorflow, numpy as np; print(hasattr(np, 'float_'), [np.float32(1)])"


def test_the_period_can_be_switched_off():
    assert start(OURS, "-c", PERIOD).stdout == "True [1.0]\n"
    without = start(OURS, "--no-period-shims", "-c", PERIOD)
    assert without.stdout == "False [np.float32(1.0)]\n"


def test_tensorflow_is_stillflow_and_a_real_one_is_not_seen(programs):
    """A package called tensorflow beside the program, first on sys.path, is not imported."""
    (programs / "tensorflow").mkdir()
    (programs / "tensorflow" / "__init__.py").write_text("raise SystemExit('the real one')")
    (programs / "program.py").write_text(
        "import tensorflow as tf; print(tf.Session.__init__.__module__)"
    )
    assert start(OURS, "program.py").stdout.startswith("stillflow.")


def test_a_name_not_yet_there_ends_the_program_with_an_explanation(programs):
    (programs / "program.py").write_text("import tensorflow as tf\ntf.lite\n")
    errors = start(OURS, "program.py").stderr
    assert errors.startswith('Traceback (most recent call last):\n  File "')
    assert "tf.lite is in TensorFlow 1.15 but not yet in Stillflow." in errors
