"""Comparing cases with what was recorded of them from TensorFlow 1.15."""

import builtins
import json
import re
from pathlib import Path

import pytest

from stillflow.graph import errors

GOLDEN = Path(__file__).parent.parent / "golden" / "graph"


def load(name):
    """{case: what TensorFlow returned, or how it failed}."""
    return json.loads((GOLDEN / f"{name}.json").read_text())


def check(run, record, own_words=False):
    """`run()` returns what is recorded, or fails so; `own_words` says that its message differs."""
    if "returned" in record:
        assert run() == record["returned"]
        return
    kind = getattr(errors, record["class"], None) or getattr(builtins, record["class"])
    with pytest.raises(kind) as caught:
        run()
    message = getattr(caught.value, "message", str(caught.value))
    same = first_sentence(message) == first_sentence(record["message"])
    assert same != own_words, message


def first_sentence(message):
    """The message up to the op's declaration, without the machine's name."""
    message = re.split(r"\n|; (?:NodeDef|Op<|signature)| Note that", message.strip("\"'"))[0]
    return re.sub(r"running on \S+", "running on *.", message.rstrip("\"'."))
