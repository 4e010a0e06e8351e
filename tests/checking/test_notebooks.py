"""Notebooks: cells, magics, versions of the format, and places as cell:line."""

import json

import pytest

TF = "import tensorflow as tf\n"


def notebook(*cells, **metadata):
    made = [
        {"cell_type": "code", "source": cell.splitlines(keepends=True), "metadata": {}}
        for cell in cells
    ]
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": made})


def findings(checked, text):
    report = checked({"a.ipynb": text})
    return [(f.where, f.name) for f in report.findings]


def test_places_are_cells_and_lines(checked):
    text = json.loads(notebook(TF, "x = 1\ntf.nosuch"))
    text["cells"].insert(0, {"cell_type": "markdown", "source": "tf.nosuch"})
    assert findings(checked, json.dumps(text)) == [("a.ipynb:3:2", "tf.nosuch")]


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline\ntf.nosuch",
        "!pip install x\ntf.nosuch",
        "%%time\ntf.nosuch",
        "files = !ls -l\ntf.nosuch",
        "tf.constant?\ntf.nosuch",
        "x = (7\n     % 2); tf.nosuch",
        "if 1:\n  !ls\ntf.nosuch",
    ],
)
def test_magics_are_passed_over(checked, cell):
    ((where, name),) = findings(checked, notebook(TF, cell))
    assert where.startswith("a.ipynb:2:")
    assert name == "tf.nosuch"


def test_cells_of_other_languages_are_not_read(checked):
    assert findings(checked, notebook(TF, "%%bash\necho tf.nosuch")) == []


def test_a_cell_that_cannot_be_parsed_takes_no_other_along(checked):
    text = notebook(TF, "print 'x'", "def f(:", "tf.nosuch")
    assert findings(checked, text) == [
        ("a.ipynb:2:1", "print"),
        ("a.ipynb:3:1", "invalid syntax"),
        ("a.ipynb:4:1", "tf.nosuch"),
    ]


def test_the_third_format(checked):
    cells = [{"cell_type": "code", "input": [TF, "tf.nosuch"], "language": "python"}]
    text = json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]})
    assert findings(checked, text) == [("a.ipynb:1:2", "tf.nosuch")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is no notebook: not JSON (line 1)"),
        ("[]", "is no notebook: it has no cells"),
        (notebook(kernelspec={"language": "R"}), "is a notebook of r"),
    ],
)
def test_what_is_no_notebook_is_told(checked, text, why):
    report = checked({"a.ipynb": text})
    assert report.verdict == f"nothing could be read: a.ipynb {why}"


@pytest.mark.parametrize("cells", [[1, None, {}], [{"cell_type": "code", "source": [1, "x"]}]])
def test_cells_that_are_none(checked, cells):
    assert checked({"a.ipynb": json.dumps({"cells": cells})}).exit_code == 0
