"""Files that cannot be read, or only with trouble: each is told, and none takes others along."""

import os
import sys

import pytest

from stillflow.checking import check, sources

GOOD = "import tensorflow as tf\ntf.constant(1)\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x7fELF\0\0\1", "is binary"),
        ("x" * 30, "has 30 bytes; files of up to 20 are read"),
    ],
)
def test_a_file_of_which_nothing_can_be_read(write, monkeypatch, content, why):
    monkeypatch.setattr(sources, "LARGEST", 20)
    path = str(write({"train.py": content}) / "train.py")
    report = check(path)
    assert report.verdict == f"nothing could be read: train.py {why}"
    assert report.exit_code == 2


def test_a_path_that_is_not_there():
    report = check("no/such/path")
    assert report.verdict == "nothing could be read: no/such/path does not exist"
    assert report.exit_code == 2


def test_a_path_that_cannot_be_looked_at():
    """As below a folder that one may not enter."""
    path = "x" * 300
    assert (
        check(path).verdict == f"nothing could be read: {path} cannot be opened: File name too long"
    )


def test_links_that_lead_nowhere_or_to_themselves(tmp_path):
    for name, target in (("gone.py", "nosuch"), ("round.py", "round.py")):
        (tmp_path / name).symlink_to(target)
        report = check(str(tmp_path / name))
        assert report.exit_code == 2
        assert "is a link that leads nowhere" in report.verdict


def test_no_python_at_all(write):
    report = check(str(write({"readme.txt": "text"})))
    assert report.verdict.endswith("holds no Python")
    assert report.exit_code == 2


def test_a_folder_that_links_to_itself(write):
    folder = write({"train.py": GOOD})
    (folder / "below").symlink_to(folder, target_is_directory=True)
    report = check(str(folder))
    assert (report.files, report.exit_code) == (1, 0)


def test_a_folder_of_good_and_bad_files(write):
    folder = write(
        {
            "train.py": GOOD,
            "empty.py": "",
            "binary.py": b"\0\0",
            "broken.py": GOOD + "def f(:\n  pass\ntf.nosuch\n",
            "latin.py": b"# caf\xe9\nimport tensorflow as tf\ntf.nosuch\n",
            "cookie.py": b"# coding: latin-1\ns = 'caf\xe9'\n",
            "unknown.py": b"# coding: klingon\ns = 1\n",
        }
    )
    (folder / "loop.py").symlink_to("loop.py")
    report = check(str(folder))
    assert [file for file, _ in report.unread] == ["binary.py", "loop.py"]
    told = {(f.where, f.kind, f.name) for f in report.findings}
    assert told == {
        ("broken.py:3", "syntax", "invalid syntax"),
        ("broken.py:5", "unknown", "tf.nosuch"),
        (
            "latin.py:1",
            "encoding",
            "invalid or missing encoding declaration",
        ),
        ("latin.py:3", "unknown", "tf.nosuch"),
        ("unknown.py:1", "encoding", "unknown encoding: klingon"),
    }


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "-" * 100_000 + "1", "x = " + "+".join(["1"] * 50_000), "\0", "\ufeff" + GOOD],
)
def test_odd_texts_are_read_or_told(write, text):
    """No traceback; with a good file beside them there is still a verdict."""
    report = check(str(write({"odd.py": text, "train.py": GOOD})))
    assert report.programs["train.py"] == "runs"


def test_a_file_without_permission(write):
    if os.geteuid() == 0 or sys.platform == "win32":
        pytest.skip("everything can be read")
    folder = write({"train.py": GOOD, "secret.py": GOOD})
    (folder / "secret.py").chmod(0)
    assert check(str(folder)).unread == [("secret.py", "cannot be opened: Permission denied")]


def test_hidden_folders_and_environments_are_passed_over(write):
    folder = write(
        {
            "train.py": GOOD,
            ".git/hook.py": "import nosuch",
            "venv/pyvenv.cfg": "",
            "venv/lib/x.py": "import nosuch",
            "lib/site-packages/x.py": "import nosuch",
        }
    )
    assert check(str(folder)).files == 1
