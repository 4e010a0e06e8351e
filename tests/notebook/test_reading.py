"""Which notebooks are read, and what is said of others."""

import json

import pytest

from stillflow.notebook.needed import NotForNotebooks
from stillflow.notebook.reading import code_cells, read
from tests.notebook.notebooks import notebook

PYTHON_2 = {"kernelspec": {"name": "python2", "display_name": "Python 2", "language": "python"}}
PYTHON_2_7 = {"language_info": {"name": "python", "version": "2.7.13"}}
R = {"language_info": {"name": "R", "version": "4.2.0"}}
FORMAT_3 = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": ""},
    "worksheets": [
        {
            "cells": [
                {
                    "cell_type": "code",
                    "collapsed": False,
                    "input": "x = 1\nx",
                    "language": "python",
                    "metadata": {},
                    "outputs": [],
                }
            ],
            "metadata": {},
        }
    ],
}


def read_text(tmp_path, text):
    path = tmp_path / "n.ipynb"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(str(path))


REFUSED = {
    "broken JSON": ("{", "It is no notebook: line 1, column 2: "),
    "no text": (b"\xff\xfe\x00\x80", "It is no notebook"),
    "nested": ("[" * 100_000, "It is no notebook: "),
    "a list": ("[]", "no notebook: it does not say its `nbformat`"),
    "another file": ('{"a": 1}', "no notebook: it does not say its `nbformat`"),
    "newer": ('{"nbformat": 9, "cells": []}', "It is of format 9; the nbformat that is installed"),
    "damaged": ('{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": 3}', "damaged"),
    "no cells": ('{"nbformat": 4, "nbformat_minor": 4}', "damaged"),
    "R": (notebook("x <- 1", **R), "It is written in R; Stillflow runs Python."),
    "Python 2": (
        notebook("%matplotlib inline\nx = 1", "for x in y:\n    print x", **PYTHON_2),
        "It is written for Python 2, and cell In[2], line 2 is not Python 3: ",
    ),
    "Python 2.7": (
        notebook("raise ValueError, 'x'", **PYTHON_2_7),
        "It is written for Python 2, and cell In[1], line 1 is not Python 3: ",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_notebook_for_us_is_refused(tmp_path, kind):
    text, said = REFUSED[kind]
    with pytest.raises(NotForNotebooks) as refusal:
        read_text(tmp_path, text)
    assert said in str(refusal.value)


def test_a_notebook_for_python_2_that_is_python_3_too_is_run(tmp_path):
    cells = ("from __future__ import print_function\nprint(1)", "%time x = 1", "!ls", "await x")
    assert len(code_cells(read_text(tmp_path, notebook(*cells, **PYTHON_2)))) == 4


def test_older_formats_are_read(tmp_path):
    (cell,) = code_cells(read_text(tmp_path, json.dumps(FORMAT_3)))
    assert cell.source == "x = 1\nx"


def test_cells_are_counted_as_jupyter_counts_them(tmp_path):
    """Empty ones have no number."""
    found = code_cells(read_text(tmp_path, notebook("a = 1", "  \n", "b = 2")))
    assert [cell.source for cell in found] == ["a = 1", "b = 2"]
