"""Changes that wait in `changes/`, and the entry of CHANGELOG.md that a release makes of them."""

import datetime
import re
import tomllib
from pathlib import Path

import pytest

from tools import release

ROOT = Path(__file__).parents[2]
DAY = datetime.date(2027, 1, 31)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "README.md").write_text("How it is done.\n")
    return tmp_path


def test_the_changes_that_wait_are_of_the_form():
    release.fragments(ROOT / "changes")


def test_the_changelog_has_an_entry_of_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert re.fullmatch(rf"{re.escape(version)} \(\d{{4}}-\d\d-\d\d\)", headings[0])


def test_an_entry_is_made_of_them(folder):
    (folder / "b.fixed.md").write_text("It is\nright.\n")
    (folder / "a-1.added.md").write_text("It is there.\n")
    (folder / "a-2.added.md").write_text("So is this.\n")
    assert release.entry("0.2.0", DAY, release.fragments(folder)) == (
        "## 0.2.0 (2027-01-31)\n\n### Added\n\n- It is there.\n- So is this.\n\n"
        "### Fixed\n\n- It is right.\n"
    )


def test_an_entry_goes_before_the_others():
    old = "# Changes\n\nWhat is so.\n\n## 0.1.0 (2026-01-01)\n\n- It began.\n"
    new = release.with_entry(old, "## 0.2.0 (2027-01-31)\n\n- It went on.\n")
    assert re.findall(r"^(?:##? |- |W).*", new, re.MULTILINE) == [
        *("# Changes", "What is so.", "## 0.2.0 (2027-01-31)", "- It went on."),
        *("## 0.1.0 (2026-01-01)", "- It began."),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("thing.md", "It is."),
        ("thing.removed.md", "It is."),
        ("Thing.added.md", "It is."),
        ("thing.added.txt", "It is."),
        ("thing.added.md", ""),
        ("thing.added.md", "no sentence"),
        ("thing.added.md", "- It is."),
        ("thing.added.md", "It is.\n\nAnd more."),
    ],
)
def test_another_form_is_refused(folder, name, text):
    (folder / name).write_text(text)
    with pytest.raises(ValueError, match=f"^{re.escape(name)}: "):
        release.fragments(folder)


def test_a_release_takes_them_away(folder, tmp_path, monkeypatch, capsys):
    root = tmp_path / "root"
    (root / "changes").mkdir(parents=True)
    (root / "CHANGELOG.md").write_text("# Changes\n")
    (root / "changes" / "README.md").write_text("How.\n")
    (root / "changes" / "a.changed.md").write_text("It is otherwise.\n")
    monkeypatch.setattr(release, "ROOT", root)
    monkeypatch.setattr("sys.argv", ["release.py", "0.2.0"])
    assert release.main() == 0
    assert "- It is otherwise." in (root / "CHANGELOG.md").read_text()
    assert [path.name for path in (root / "changes").iterdir()] == ["README.md"]
    assert release.main() == 1
    assert capsys.readouterr().err == "There is nothing in changes/.\n"
