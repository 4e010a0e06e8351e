"""What TensorFlow's own exporters write into SavedModels, and structures as protos."""

import collections

import pytest

import stillflow as tf
from stillflow.environment.internals import internal_module

builder_impl = internal_module("python.saved_model.builder_impl")
loader_impl = internal_module("python.saved_model.loader_impl")
nested_structure_coder = internal_module("python.saved_model.nested_structure_coder")


def _exported(folder, text):
    asset = folder / "words.txt"
    asset.write_text(text)
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(3.0, name="v")
        path = tf.constant(str(asset), name="path")
        builder = builder_impl._SavedModelBuilder(str(folder / "model"))
        session.run(v.initializer)
        builder.add_meta_graph_and_variables(
            session, ["serve"], assets_list=[path], init_op=v.assign(7.0), train_op=v.assign_add(1)
        )
        builder.save()
    return str(folder / "model")


def test_operations_and_assets_are_told_in_the_meta_graph(tmp_path):
    model = loader_impl.SavedModelLoader(_exported(tmp_path, "one two"))
    with tf.Graph().as_default() as graph, tf.Session() as session:
        saver, (v,) = model.load_graph(graph, ["serve"], return_elements=["v:0"])
        model.restore_variables(session, saver)
        assert session.run(v) == 3.0
        model.run_init_ops(session, ["serve"])
        assert session.run(v) == 7.0
        meta = model.get_meta_graph_def_from_tags(["serve"])
        assert [asset.filename for asset in meta.asset_file_def] == ["words.txt"]
        assert not graph.get_collection("saved_model_assets")
        session.run(loader_impl.get_train_op(meta))
        assert session.run(v) == 8.0
        with pytest.raises(ValueError, match="not found in graph"):
            model.load_graph(graph, ["serve"], return_elements=["w:0"])
        with pytest.raises(ValueError, match=r"No tf.train.Saver object was passed"):
            model.restore_variables(session, None)


def test_ragged_tensors_have_infos():
    with tf.Graph().as_default():
        ragged = tf.ragged.constant([[1, 2], [3]])
        info = tf.saved_model.build_tensor_info(ragged)
        assert info.WhichOneof("encoding") == "composite_tensor"
        found = tf.saved_model.get_tensor_from_tensor_info(info)
        with tf.Session() as session:
            assert session.run(found).to_list() == [[1, 2], [3]]


def test_structures_come_back():
    pair = collections.namedtuple("Pair", "x y")
    coder = nested_structure_coder.StructureCoder()
    structure = [1, 2.5, None, True, "a", (tf.int32, {"k": tf.TensorShape([None, 3])}), pair(1, [])]
    found = coder.decode_proto(coder.encode_structure(structure))
    assert found[:-1] == [1, 2.5, None, True, "a", (tf.int32, found[5][1])]
    assert found[5][1]["k"].as_list() == [None, 3]
    assert type(found[-1]).__name__ == "Pair"
    assert tuple(found[-1]) == (1, [])
    assert not coder.can_encode([object()])
