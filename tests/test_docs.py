"""What the documentation names is there."""

import re
from pathlib import Path

import pytest

import stillflow
from tools import summarise
from tools.site import examples

PACKAGE = Path(stillflow.__file__).parent
ROOT = PACKAGE.parent
SITE = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*SITE, *sorted(ROOT.glob("*.md"))]
# Code, below the package or the repository: `runtime/plan.py`, `ops/math/`, `tests/cases/runs.py`.
NAMED = re.compile(r"`((?:[\w.-]+/)*[\w.*{},-]*)`")
FOLDERS = {path.name for base in (ROOT, PACKAGE) for path in base.iterdir() if path.is_dir()}
FOLDERS -= {"build"}  # what is in it is made, here or there
OF_A_USER = {"train.py", "script.py", "example.py", "mnist_backward.py", "program.py", "line.py"}
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    """To a file that is there, and to a heading of it; `make docs` looks at the site's own."""
    for target, anchor in LINK.findall(prose(page)):
        if target.startswith(("http", "reference/", "../reference/")):
            continue  # pages of every name are made for the site alone
        path = page.parent / target if target else page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), f"{target}#{anchor}"


def anchors(page):
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings)
    return {text.replace(" ", "-") for text in words}


def prose(page):
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", SITE, ids=lambda page: page.name)
def test_every_block_says_what_it_is(page):
    """tests/docs runs ```python and ```console; ```sh and ```text are for the reader."""
    text = page.read_text("utf-8")
    unnamed = [b.text for b in examples.blocks(text) if b.language not in examples.LANGUAGES]
    assert unnamed == []
    fences = len(re.findall("^ *```", text, re.MULTILINE))
    assert fences == 2 * (len(examples.blocks(text)) + len(re.findall("^ +```sh", text, re.M)))


@pytest.mark.parametrize("page", SITE, ids=lambda page: page.name)
def test_pages_of_both_languages_are_of_one_make(page):
    """A Chinese page has the headings of the English one, so that neither lacks a part."""
    english = page.with_name(page.name.replace(".zh.md", ".md"))
    levels = [re.findall(r"^(#+) ", prose(p), re.MULTILINE) for p in (page, english)]
    assert levels[0] == levels[1]


def test_the_table_of_what_runs_is_that_of_the_records():
    """After a change of docs/programs.md, `python tools/summarise.py` makes it anew."""
    stale = [p.name for p, text in summarise.written().items() if p.read_text("utf-8") != text]
    assert stale == [], "Run python tools/summarise.py."


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
