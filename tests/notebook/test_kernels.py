"""`stillflow kernel`: installed, found, started by Jupyter, and removed."""

import json
import os
import subprocess
import sys

import pytest
from jupyter_client.manager import start_new_kernel

import stillflow.api as tf
from stillflow.notebook import specs

COMMAND = (sys.executable, "-m", "stillflow", "kernel")


@pytest.fixture
def prefix(tmp_path, monkeypatch):
    """A folder that kernels are installed in, and that Jupyter looks in first."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "user"))
    return tmp_path


def kernel(*arguments):
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True)


def spec_in(folder, name="stillflow"):
    return folder / "kernels" / name / "kernel.json"


def test_a_kernel_is_installed_found_and_removed(prefix):
    place = ("--prefix", str(prefix))
    folder = prefix / "share" / "jupyter" / "kernels" / "stillflow"
    done = kernel("install", *place)
    assert done.stdout == f"TensorFlow 1.x (Stillflow) is installed, in {folder}.\n", done.stderr
    before = spec_in(prefix / "share" / "jupyter").read_text()
    assert json.loads(before)["display_name"] == "TensorFlow 1.x (Stillflow)"

    again = kernel("install", *place)
    assert again.returncode == 0
    assert again.stdout.endswith("is installed already, in " + f"{folder}; nothing was changed.\n")
    assert spec_in(prefix / "share" / "jupyter").read_text() == before

    assert f"in {folder}, runs {sys.executable}\n" in kernel("list").stdout
    assert kernel("remove").stdout == f"TensorFlow 1.x (Stillflow) is removed from {folder}.\n"
    assert not folder.exists()
    assert kernel("remove", *place).stderr == (
        f"Error: There is no kernel 'stillflow' in {prefix}.\n"
    )


def test_a_kernel_of_an_environment_says_which_jupyter_finds_it(prefix, monkeypatch):
    monkeypatch.setattr(specs, "usual_prefix", lambda: str(prefix))
    said = specs.install("stillflow", str(prefix))
    assert "A Jupyter outside of this environment" in said
    assert "--user" in said


def test_other_kernels_are_left_alone(prefix):
    path = spec_in(prefix / "share" / "jupyter", "other")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"argv": ["R"], "display_name": "R"}))
    for command in ("install", "remove"):
        done = kernel(command, "--prefix", str(prefix), "--name", "other")
        assert done.returncode == 1
        assert "'R'" in done.stderr
    assert path.exists()
    assert str(path.parent) not in kernel("list").stdout


def test_a_kernel_of_another_python_becomes_one_of_this(prefix):
    kernel("install", "--user", "--name", "tf1")
    path = spec_in(prefix / "user", "tf1")
    spec = json.loads(path.read_text())
    assert spec["display_name"] == "TensorFlow 1.x (Stillflow, tf1)"
    spec["argv"][0] = "/gone/bin/python"
    path.write_text(json.dumps(spec))
    assert "runs /gone/bin/python, which is not there any more" in kernel("list").stdout
    assert "now of this Python" in kernel("install", "--user", "--name", "tf1").stdout
    assert json.loads(path.read_text())["argv"][0] == sys.executable


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["install", "--user", "--sys-prefix"], 2, "Only one of --user, --sys-prefix and"),
        (["install", "--user", "--name", "a b"], 1, "Invalid kernel name 'a b'"),
        (["install", "--prefix", "{file}"], 1, "--user or --prefix DIR is another place."),
        (["remove", "--name", "nothing"], 1, "There is no kernel 'nothing'."),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said_in_a_line(prefix, arguments, code, said):
    (prefix / "file").write_text("")
    done = kernel(*(a.format(file=prefix / "file") for a in arguments))
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert said in done.stderr


def test_jupyter_starts_it_and_tensorflow_is_there(prefix):
    """The whole way, through jupyter_client: period's names, drawings, tables, plain reprs."""
    kernel("install", "--prefix", str(prefix))
    with tf.Graph().as_default(), tf.Session() as session:
        weights = tf.Variable(tf.zeros([2, 3]), name="weights")
        session.run(weights.initializer)
        checkpoint = tf.train.Saver().save(session, str(prefix / "model"))
    (prefix / "random.py").write_text("raise SystemExit('taken for the library')")
    manager, client = start_new_kernel(kernel_name="stillflow", cwd=str(prefix))
    try:
        assert shown(client, "import tensorflow as tf\ntf.__version__")[0] == "'1.15.5'"
        assert shown(client, "import numpy as np\n[np.float(1), np.float32(2)]")[0] == "[1.0, 2.0]"
        text, _ = shown(client, "x = tf.constant(1., name='x')\nx")
        assert text == "<tf.Tensor 'x:0' shape=() dtype=float32>"
        _, html = shown(client, "x.graph")
        assert "<svg" in html
        _, html = shown(client, f"tf.train.load_checkpoint({checkpoint!r})")
        assert ">weights</td>" in html
        assert ">[2, 3]</td>" in html
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def shown(client, code):
    """The text and the HTML of the value that a cell ends with."""
    found = {}

    def keep(message):
        assert message["msg_type"] != "error", message["content"]
        if message["msg_type"] == "execute_result":
            found.update(message["content"]["data"])

    client.execute_interactive(code, output_hook=keep, timeout=60)
    return found["text/plain"], found.get("text/html")


EXTENSION = """
import sys
sys.path.insert(0, {folder!r})
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for code in {cells!r}:
    shell.run_cell(code, store_history=True)
"""


def in_ipython(folder, *cells):
    program = EXTENSION.format(folder=str(folder), cells=cells)
    environment = os.environ | {"IPYTHONDIR": str(folder / "ipython")}
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment
    )


def test_the_extension_gives_a_running_ipython_the_name(tmp_path):
    done = in_ipython(
        tmp_path,
        "%load_ext stillflow",
        "import tensorflow as tf\nx = tf.placeholder(tf.float32, name='x')\ny = tf.log(x)",
        "print(tf.__version__, x.op.built_at)",
        "tf.Session().run(y)",
        "%load_ext stillflow",
    )
    assert "1.15.5 built at cell In[2]:2" in done.stdout
    assert "Placeholder 'x' was built at cell In[2]:2." in done.stdout
    assert "executor.py" not in done.stdout
    assert "already loaded" in done.stdout


def test_errors_of_building_and_of_cells_are_told_apart(tmp_path):
    """Where Stillflow raises, its lines are left out, unless all are asked for; others stay."""
    building = "import tensorflow as tf\na = tf.constant([1.0])\ntf.matmul(a, a)"
    done = in_ipython(tmp_path, "%load_ext stillflow", building, "int('seven')")
    assert "Shape must be rank 2 but is rank 1" in done.stdout
    assert done.stdout.count("'Const:0' was built at cell In[2]:2.") == 1
    assert "inference.py" not in done.stdout
    assert "invalid literal for int() with base 10: 'seven'" in done.stdout
    done = in_ipython(tmp_path, "%load_ext stillflow", "%xmode Verbose", building)
    assert "inference.py" in done.stdout


def test_the_extension_says_that_a_real_tensorflow_came_first(tmp_path):
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow" / "__init__.py").write_text("__version__ = 'real'")
    cells = ("import tensorflow", "%load_ext stillflow", "print(tensorflow.__version__)")
    done = in_ipython(tmp_path, *cells)
    said = done.stdout + done.stderr
    assert "UsageError: tensorflow is already imported, from " in said
    assert "Restart the kernel" in said
    assert "Traceback" not in said
    assert "real\n" in done.stdout
