"""Lookup tables in checkpoints go both ways between Stillflow and TensorFlow 1.15."""

import pytest
import recorded
import tables_exchange as exchange
from test_exchange import output, tensorflow

import stillflow as tf


def test_we_restore_what_tensorflow_saved():
    """To the bucket; what the tables held before is gone."""
    prefix = str(recorded.FOLDER / "tables")
    assert exchange.run(tf, "restore", prefix) == recorded.load("tables")


def test_we_save_what_tensorflow_saves(tmp_path):
    """The same tensors under the same names; what an ordinary table holds in some order."""
    assert exchange.run(tf, "save", f"{tmp_path}/c") == recorded.load("tables")
    assert exchange.run(tf, "restore", f"{tmp_path}/c") == recorded.load("tables")
    theirs, ours = (
        tf.train.list_variables(p) for p in (recorded.FOLDER / "tables", tmp_path / "c")
    )
    assert ours == theirs


@pytest.mark.parametrize("variable", ["STILLFLOW_TF115"])
def test_tensorflow_restores_what_we_save(variable, tmp_path):
    command = tensorflow(variable)
    saved = exchange.run(tf, "save", f"{tmp_path}/c")
    printed = output([*command, exchange.__file__, "restore", f"{tmp_path}/c"])
    assert printed.strip().splitlines()[-1] == exchange.json.dumps(saved)
