"""`stillflow run notebook.ipynb`, in real kernels: what cells show, how it ends, what is saved."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.notebook.notebooks import RUN, notebook, run
from tests.terminals import BACK, BELOW, on_a_terminal

CELLS = (
    "import sys\nimport numpy as np\nimport tensorflow as tf\nprint(tf.__version__)",
    "print([np.float32(2)], np.float, file=sys.stderr)\n'last'",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "!echo of the shell\nprint('10 %', end='\\r')\nprint('20 %')",
    (["raises-exception"], "1 / 0"),
    "x = tf.placeholder(tf.float32, [None, 2], name='x')\n\ny = tf.log(x) + tf.Variable(1.)",
    "def go():\n    with tf.Session() as session:\n        return session.run(y, {x: [[1, 2]]})",
    "go()",
    "print('never')",
)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A run of CELLS in another folder: the process, the saved notebook, the folder."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "work").mkdir()
    (folder / "work" / "n.ipynb").write_text(notebook(*CELLS))
    options = ("--save", "saved.ipynb", "--pictures", "pictures")
    process = run("work/n.ipynb", *options, cwd=folder)
    return process, json.loads((folder / "saved.ipynb").read_text()), folder


def test_cells_show_what_they_show(done):
    """Text where it was written to, the last value, what the shell says; NumPy 1's printing."""
    process, _, _ = done
    assert process.stdout.splitlines() == [
        "1.15.5",
        "'last'",
        f"[picture {os.path.join(str(done[2]), 'pictures', 'cell-3-1.png')}]",
        "of the shell",
        "10 %",
        "20 %",
    ]
    assert process.stderr.startswith("[2.0] <class 'float'>\n")


def test_pictures_are_files(done):
    picture = done[2] / "pictures" / "cell-3-1.png"
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_an_error_names_the_cell_and_the_line(done):
    """That which raised, and that which built; nothing of Stillflow's own is in between."""
    process, _, _ = done
    assert process.returncode == 1
    assert "ZeroDivisionError" in process.stderr  # which was allowed
    errors = process.stderr.partition("FailedPreconditionError")[2]
    assert "Cell In[7], line 3, in go()" in errors
    assert "'Variable' was built at cell In[6]:3." in errors
    assert "executor.py" not in errors
    last = process.stderr.splitlines()[-1]
    assert last.startswith("stillflow: work/n.ipynb: cell In[7], line 3: FailedPreconditionError: ")


def test_what_is_saved_has_the_outputs_up_to_the_error(done):
    _, saved, _ = done
    cells = saved["cells"]
    assert [cell["execution_count"] for cell in cells] == [*range(1, 9), None]
    assert cells[0]["outputs"] == [
        {"name": "stdout", "output_type": "stream", "text": ["1.15.5\n"]}
    ]
    assert "image/png" in cells[2]["outputs"][0]["data"]
    shown = [line.rstrip() for line in cells[3]["outputs"][0]["text"]]
    assert shown == ["of the shell", "20 %"]  # a bar of progress as it is in the end
    assert cells[7]["outputs"][0]["ename"] == "FailedPreconditionError"
    assert cells[8]["outputs"] == []
    assert saved["metadata"]["language_info"]["name"] == "python"


def test_a_terminal_shows_which_cell_it_is(tmp_path):
    """In a line below what the cells print, which is gone in the end."""
    (tmp_path / "n.ipynb").write_text(notebook("print('first')", "print('second')"))
    seen = on_a_terminal([*RUN, "n.ipynb"], tmp_path)
    told = re.findall(r"stillflow: cell (\d) of 2", seen)
    assert list(dict.fromkeys(told)) == ["1", "2"]
    assert seen.endswith(BELOW + BACK)
    assert "first\r\n" in seen


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_a_signal_ends_the_cell_and_keeps_the_outputs(tmp_path, number):
    (tmp_path / "n.ipynb").write_text(
        notebook("print('waiting', flush=True)\nimport time\ntime.sleep(60)")
    )
    process = subprocess.Popen(
        [*RUN, "n.ipynb", "--save", "n.ipynb"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "waiting\n"
    time.sleep(0.2)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -number
    assert errors.endswith("stillflow: n.ipynb: cell In[1]: interrupted\n")
    (cell,) = json.loads((tmp_path / "n.ipynb").read_text())["cells"]
    assert cell["outputs"][0]["text"] == ["waiting\n"]


PYTHON_2 = (
    "import numpy as np\nprint 'three halves', 3 / 2, hasattr(np, 'float_')",
    "from __future__ import division",
    "%time print 3 / 2",
    "xrange(3)[1]",
)


@pytest.mark.slow
def test_cells_of_python_2_are_translated_when_asked(tmp_path):
    """Division too; and the period's names are left out when they are not wanted."""
    kernel = {"name": "python2", "display_name": "Python 2", "language": "python"}
    (tmp_path / "n.ipynb").write_text(notebook(*PYTHON_2, kernelspec=kernel))
    done = run("--py2", "--no-period-shims", "n.ipynb", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:2] == ["three halves 1 False", "1.5"]
    assert lines[-1] == "1"
    plain = run("n.ipynb", cwd=tmp_path)
    assert (plain.returncode, plain.stdout) == (1, "")
    assert "`stillflow run --py2` translates Python 2." in plain.stderr


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_error_of_the_notebook(tmp_path):
    """As in `stillflow run notebook.ipynb | head -1`."""
    (tmp_path / "n.ipynb").write_text(
        notebook("import time\nfor n in range(9):\n    print(n, flush=True)\n    time.sleep(.1)")
    )
    process = subprocess.Popen(
        [*RUN, "n.ipynb"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "0\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 1


@pytest.mark.slow
def test_a_kernel_that_dies_is_told(tmp_path):
    (tmp_path / "n.ipynb").write_text(
        notebook("print(1)", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    )
    done = run("n.ipynb", "--save", "out.ipynb", cwd=tmp_path)
    assert done.returncode == 1
    assert "cell In[2]: The kernel died" in done.stderr
    first, _ = json.loads((tmp_path / "out.ipynb").read_text())["cells"]
    assert first["outputs"][0]["text"] == ["1\n"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["missing.ipynb"], 2, "can't open file 'missing.ipynb': [Errno 2]"),
        (["broken.ipynb"], 1, "broken.ipynb: It is no notebook: line 1, column 7: "),
        (["n.ipynb", "--save", "nowhere/n.ipynb"], 1, "There is no folder 'nowhere'"),
        (["n.ipynb", "argument"], 2, "unexpected extra argument"),
        (["-c", "1", "--save", "x"], 0, ""),
        (["--save", "x", "-c", "1"], 2, "--save and --pictures are for notebooks."),
    ],
    ids=str,
)
def test_what_cannot_be_run_is_said_in_a_line(tmp_path, options, code, said):
    (tmp_path / "broken.ipynb").write_text('{"a": }')
    (tmp_path / "n.ipynb").write_text(notebook("raise SystemExit('it was run')"))
    done = run(*options, cwd=tmp_path)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_jupyter_a_line_says_what_to_install(tmp_path):
    (tmp_path / "n.ipynb").write_text(notebook("1"))
    hidden = (
        "import importlib.util as u, sys; found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'nbclient' else found(name, *a)\n"
        "sys.argv[:] = ['stillflow', 'run', 'n.ipynb']\n"
        "from stillflow.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", hidden], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == (
        "stillflow: n.ipynb: Notebooks need nbclient; they come with: "
        'pip install "stillflow[notebook]"\n'
    )
