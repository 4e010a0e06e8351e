"""`stillflow check`: what it writes, its exit codes, and that it is quick to start."""

import json
import subprocess
import sys

import pytest


def stillflow_check(*arguments, **options):
    command = [sys.executable, "-m", "stillflow", "check", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


@pytest.mark.parametrize(
    ("source", "code"), [("import tensorflow as tf\ntf.constant(1)", 0), ("import nosuch", 1)]
)
def test_the_exit_code_says_whether_it_runs(write, source, code):
    done = stillflow_check(write({"a.py": source}) / "a.py")
    assert (done.returncode, done.stderr) == (code, "")


def test_a_path_that_is_not_there(tmp_path):
    done = stillflow_check(tmp_path / "nosuch.py")
    assert done.returncode == 2
    assert done.stdout.startswith("nothing could be read: ")
    assert "Traceback" not in done.stderr


def test_a_line_for_each_name(write):
    lines = "import tensorflow as tf\ntf.zzqq\ntf.zzqq\nimport zq\n"
    folder = write({"a.py": lines})
    assert stillflow_check("a.py", cwd=folder).stdout.splitlines() == [
        "does not run: tf.zzqq (a.py:2) and the package zq (a.py:4)",
        "a.py:2 and 1 more  unknown  tf.zzqq  no public name of TensorFlow 1.15, nor of Stillflow"
        "  stops",
        "a.py:4             package  zq       no module zq is here: install it, or set PYTHONPATH"
        "  stops",
        "1 file read, 1 name of TensorFlow used",
    ]
    assert "a.py:3" in stillflow_check("--all", "a.py", cwd=folder).stdout


def test_json(write):
    folder = write({"a.py": "import tensorflow as tf\ntf.zzqq", "b.py": b"\0"})
    done = stillflow_check("--json", ".", cwd=folder)
    assert json.loads(done.stdout) == {
        "schema": 1,
        "path": ".",
        "verdict": "does not run: tf.zzqq (a.py:2)",
        "runs": False,
        "exit_code": 1,
        "files": 1,
        "tensorflow_names": 1,
        "programs": [{"file": "a.py", "effect": "stops"}],
        "findings": [
            {
                "file": "a.py",
                "place": "2",
                "kind": "unknown",
                "name": "tf.zzqq",
                "advice": "no public name of TensorFlow 1.15, nor of Stillflow",
                "effect": "stops",
            }
        ],
        "unread": [{"file": "b.py", "why": "is binary"}],
    }


def test_neither_jax_nor_the_program_is_imported(write):
    path = write({"a.py": "import tensorflow as tf, os\ntf.matmul\nos._exit(77)"}) / "a.py"
    code = f"""
import sys
from stillflow.checking import check
assert check({str(path)!r}).exit_code == 0
print("jax" in sys.modules, "stillflow.ops" in sys.modules, "rich" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False"]
