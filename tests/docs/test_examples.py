"""Every example of every page runs, and prints what the page shows (tools/site/examples.py)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.site import examples
from tools.site.examples import Command, File, Program

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(DOCS).as_posix(): path.read_text("utf-8")
    for path in sorted(DOCS.rglob("*.md"))
    if not path.name.endswith(".zh.md")
}
STEPS = {page: examples.steps(text) for page, text in PAGES.items()}
PROGRAMS = {page: [s for s in steps if isinstance(s, Program)] for page, steps in STEPS.items()}
COMMANDS = [page for page, steps in STEPS.items() if any(isinstance(s, Command) for s in steps)]
SLOW = {"lessons/digits.md"}
ENVIRONMENT = {"MPLBACKEND": "Agg", "TF_CPP_MIN_LOG_LEVEL": "2"}


def stillflow(*arguments, cwd):
    command = [sys.executable, "-m", "stillflow", *arguments]
    environment = {**os.environ, **ENVIRONMENT}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """{page: what each of its programs did}, all of them run in one process."""
    home = tmp_path_factory.mktemp("pages")
    for page, steps in STEPS.items():
        write_files(home / page, steps)
    work = home / "programs.json"
    pages = {page: [[examples.goes_on(p), p.text] for p in ps] for page, ps in PROGRAMS.items()}
    work.write_text(json.dumps(pages), "utf-8")
    done = stillflow("run", str(Path(__file__).with_name("programs.py")), str(work), cwd=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def write_files(folder, steps):
    folder.mkdir(parents=True, exist_ok=True)
    for step in steps:
        if isinstance(step, File):
            (folder / step.name).write_text(step.text, "utf-8")


@pytest.mark.parametrize("page", [page for page, programs in PROGRAMS.items() if programs])
def test_programs_print_what_is_shown(page, results):
    for program, done in zip(PROGRAMS[page], results[page], strict=True):
        assert done["raised"] is None, done["raised"]
        if program.output is not None:
            assert examples.agrees(program.output, done["printed"]), done["printed"]


@pytest.mark.parametrize(
    "page", [pytest.param(p, marks=pytest.mark.slow) if p in SLOW else p for p in COMMANDS]
)
def test_commands_print_what_is_shown(page, tmp_path):
    write_files(tmp_path, STEPS[page])
    for step in STEPS[page]:
        if isinstance(step, Command):
            name, *arguments = step.arguments
            assert name == "stillflow", "Other commands are for the reader: ```sh"
            done = stillflow(*arguments, cwd=tmp_path)
            printed = done.stdout + done.stderr
            assert examples.agrees(step.output, printed), printed


@pytest.mark.parametrize("page", PAGES)
def test_files_are_used(page):
    """A file that no program and no command below it names would not be run."""
    for at, step in enumerate(STEPS[page]):
        if isinstance(step, File):
            later = STEPS[page][at + 1 :]
            assert any(Path(step.name).stem in str(other) for other in later), step.name


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.zh.md")), ids=lambda path: path.name)
def test_both_languages_show_the_same_examples(path):
    english = path.with_name(path.name.replace(".zh.md", ".md"))
    blocks = [
        [b for b in examples.blocks(p.read_text("utf-8")) if b.language != "sh"]
        for p in (path, english)
    ]
    assert blocks[0] == blocks[1]


@pytest.mark.parametrize("page", PAGES)
def test_parts_of_the_source_are_in_the_source(page):
    for block in examples.blocks(PAGES[page]):
        if block.reason and (path := block.reason.removeprefix("a part of ")) != block.reason:
            source = {line.strip() for line in (ROOT / path).read_text("utf-8").splitlines()}
            lines = [line.strip() for line in block.text.splitlines()]
            assert [line for line in lines if line not in source] == []
