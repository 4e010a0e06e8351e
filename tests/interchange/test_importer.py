"""tf.import_graph_def: the nodes that TensorFlow 1.15 makes, and its errors."""

import builtins
import json
import re
from pathlib import Path

import import_cases
import pytest

import stillflow as tf
from stillflow.graph import errors

GOLDEN = Path(__file__).parent.parent / "golden" / "graph"
RECORDED = json.loads((GOLDEN / "imports.json").read_text())


# What has words of its own, and why.
OWN_WORDS = {
    "a_string_that_is_not_allowed": "said by the function that builds the op",
    "a_mapped_control_input": "said by the conversion to a tensor",
}


def first_sentence(message):
    """The message up to the op's declaration, without the machine's name."""
    message = re.split(r"\n|; (?:NodeDef|Op<|signature)| Note that", message)[0]
    return re.sub(r"running on \S+", "running on *.", message)


@pytest.mark.parametrize("name", import_cases.CASES)
def test_import(name):
    record = RECORDED[name]
    if "returned" in record:
        assert import_cases.CASES[name](tf) == record["returned"]
        return
    kind = getattr(errors, record["class"], None) or getattr(builtins, record["class"])
    with pytest.raises(kind) as caught:
        import_cases.CASES[name](tf)
    message = getattr(caught.value, "message", str(caught.value))
    same = first_sentence(message) == first_sentence(record["message"])
    assert same != (name in OWN_WORDS), message


def test_every_case_is_recorded():
    """Otherwise run tools/record_graphs.py."""
    assert list(RECORDED) == list(import_cases.CASES)
