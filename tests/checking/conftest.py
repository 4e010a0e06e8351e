import textwrap

import pytest

from stillflow.checking import check


@pytest.fixture
def write(tmp_path):
    """Writes files below a folder of their own, by path and text; returns the folder."""

    def write(files):
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(text, bytes):
                file.write_bytes(text)
            else:
                file.write_text(textwrap.dedent(text), "utf-8")
        return tmp_path

    return write


@pytest.fixture
def checked(write):
    """The report of a program's text, or of a folder of files."""

    def checked(program, **options):
        if isinstance(program, dict):
            return check(str(write(program)), **options)
        return check(str(write({"train.py": program}) / "train.py"), **options)

    return checked


@pytest.fixture
def found(checked):
    """What is found of a program: (place, name, effect) of each."""
    return lambda program, **options: [
        (f.place, f.name, f.effect) for f in checked(program, **options).findings
    ]
