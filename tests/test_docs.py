"""What the documentation names is there."""

import re
from pathlib import Path

import pytest

import stillflow

PACKAGE = Path(stillflow.__file__).parent
ROOT = PACKAGE.parent
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md"))]
# Code, below the package or the repository: `runtime/plan.py`, `ops/math/`, `tests/cases/runs.py`.
NAMED = re.compile(r"`((?:[\w.-]+/)*[\w.*{},-]*)`")
FOLDERS = {path.name for base in (ROOT, PACKAGE) for path in base.iterdir() if path.is_dir()}
OF_A_USER = {"train.py", "script.py", "example.py", "mnist_backward.py", "program.py"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_names_is_there(page):
    found = set(NAMED.findall(page.read_text("utf-8"))) - OF_A_USER
    named = {n for n in found if n.endswith(".py") or ("/" in n and n.split("/")[0] in FOLDERS)}
    missing = [path for path in sorted(named) if not is_there(path)]
    assert missing == []


def is_there(path):
    """A path from the repository or the package on; a name alone is that of a file anywhere."""
    if "/" not in path:
        return any(any(ROOT.joinpath(base).rglob(path)) for base in ("stillflow", "tests", "tools"))
    return any(any(base.glob(path.rstrip("/"))) for base in (ROOT, PACKAGE))


def test_the_map_is_the_tree():
    """The folders of docs/design.md, and of CONTRIBUTING.md, are those that there are."""
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    for page in (ROOT / "docs" / "design.md", ROOT / "CONTRIBUTING.md"):
        rows = re.findall(r"^\|((?: ?`[\w/]+`,?)+) \|", page.read_text("utf-8"), re.MULTILINE)
        paths = re.findall(r"`(?:stillflow/)?([\w/]+)`", "".join(rows))
        named = {path.rstrip("/") for path in paths if not path.startswith("ops/")} | {"ops"}
        assert named == folders


def test_every_family_of_ops_is_on_the_map():
    families = {path.parent.name for path in (PACKAGE / "ops").glob("*/__init__.py")}
    text = (ROOT / "docs" / "design.md").read_text("utf-8")
    assert families == set(re.findall(r"^\| `ops/(\w+)/` \|", text, re.MULTILINE))


def test_the_tour_starts_with_a_program_that_runs(tmp_path, monkeypatch, capsys):
    """It saves the variable that the tour follows."""
    (program,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "tour.md").read_text("utf-8"), re.DOTALL
    )
    monkeypatch.chdir(tmp_path)
    exec(program, {})
    losses = [float(line) for line in capsys.readouterr().out.split()]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] == 4
    assert (tmp_path / "tour.index").exists()
