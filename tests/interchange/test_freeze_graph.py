"""Freezing from files, as TensorFlow 1.15's freeze_graph does; outcomes recorded from it."""

import pytest

import stillflow.api as tf
from stillflow.interchange.freeze_graph import freeze_graph


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A graph y = x v beside an unused w, as text, as bytes, as a checkpoint with its meta graph,
    and as a SavedModel."""
    folder = tmp_path_factory.mktemp("saved")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        with tf.device("/device:CPU:0"):
            v = tf.get_variable("v", initializer=[[1.0], [2.0]])
        tf.get_variable("w", [2, 2], tf.int32, tf.zeros_initializer())
        y = tf.matmul(x, v, name="y")
        session.run(tf.global_variables_initializer())
        session.run(v.assign(v * 3))
        tf.train.Saver().save(session, str(folder / "model"))
        tf.train.write_graph(graph.as_graph_def(), str(folder), "graph.pbtxt")
        tf.train.write_graph(graph.as_graph_def(), str(folder), "graph.pb", as_text=False)
        tf.saved_model.simple_save(session, str(folder / "served"), {"x": x}, {"y": y})
    return folder


def freeze(saved, **changed):
    arguments = {
        "input_graph": str(saved / "graph.pbtxt"),
        "input_saver": "",
        "input_binary": False,
        "input_checkpoint": str(saved / "model"),
        "output_node_names": "y",
        "restore_op_name": "save/restore_all",
        "filename_tensor_name": "save/Const:0",
        "output_graph": str(saved / "frozen.pb"),
        "clear_devices": True,
        "initializer_nodes": "",
    }
    return freeze_graph(**{**arguments, **changed})


FROZEN = [("x", "Placeholder"), ("v", "Const"), ("v/read", "Identity"), ("y", "MatMul")]
KEPT = [("x", "Placeholder"), ("v", "VariableV2"), ("v/read", "Identity"), ("y", "MatMul")]


@pytest.mark.parametrize(
    ("changed", "nodes", "value"),
    [
        ({}, FROZEN, 9.0),
        ({"input_graph": "graph.pb", "input_binary": True}, FROZEN, 9.0),
        ({"input_graph": "", "input_meta_graph": "model.meta", "input_binary": True}, FROZEN, 9.0),
        ({"input_checkpoint": "", "input_saved_model_dir": "served"}, FROZEN, 9.0),
        ({"output_node_names": "y, x"}, FROZEN, 9.0),
        ({"initializer_nodes": "v/Assign"}, FROZEN, 3.0),
        ({"variable_names_blacklist": "v"}, KEPT, None),
        ({"variable_names_whitelist": "w"}, KEPT, None),
        ({"output_graph": None}, FROZEN, 9.0),
    ],
    ids=str,
)
def test_freezes(saved, changed, nodes, value):
    """The result is returned and written; it runs without variables and without devices."""
    files = {"graph.pb", "model.meta", "served"}
    changed = {k: str(saved / v) if v in files else v for k, v in changed.items()}
    (saved / "frozen.pb").unlink(missing_ok=True)
    frozen = freeze(saved, **changed)
    assert [(node.name, node.op) for node in frozen.node] == nodes
    assert not any(node.device for node in frozen.node)
    if "output_graph" in changed:
        assert not (saved / "frozen.pb").exists()
    else:
        assert tf.GraphDef.FromString((saved / "frozen.pb").read_bytes()) == frozen
    if value is not None:
        with tf.Graph().as_default(), tf.Session() as session:
            (y,) = tf.import_graph_def(frozen, return_elements=["y:0"], name="")
            assert session.run(y, {"x:0": [[1.0, 1.0]]}).tolist() == [[value]]


def test_devices_may_stay(saved):
    frozen = freeze(saved, clear_devices=False)
    assert [node.device for node in frozen.node if node.name == "v/read"] == ["/device:CPU:0"]


def test_a_saver_of_the_graph_restores(saved, tmp_path):
    meta = tf.MetaGraphDef.FromString((saved / "model.meta").read_bytes())
    (tmp_path / "saver.pbtxt").write_text(str(meta.saver_def))
    (tmp_path / "graph.pbtxt").write_text(str(meta.graph_def))
    frozen = freeze(
        saved, input_saver=str(tmp_path / "saver.pbtxt"), input_graph=str(tmp_path / "graph.pbtxt")
    )
    assert tf.make_ndarray(frozen.node[1].attr["value"].tensor).tolist() == [[3.0], [6.0]]


@pytest.mark.parametrize(
    ("changed", "kind", "message"),
    [
        ({"input_graph": "none"}, OSError, "Input graph file 'none' does not exist!"),
        ({"input_checkpoint": "none"}, ValueError, "Input checkpoint 'none' doesn't exist!"),
        ({"output_node_names": ""}, ValueError, "You need to supply the name of a node to --outp"),
        ({"output_node_names": "zz"}, AssertionError, "zz is not in graph"),
    ],
    ids=str,
)
def test_refuses(saved, changed, kind, message):
    with pytest.raises(kind, match=message):
        freeze(saved, **changed)


def test_the_default_graph_stays_as_it_is(saved):
    with tf.Graph().as_default() as graph:
        freeze(saved)
    assert graph.get_operations() == []
