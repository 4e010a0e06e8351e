"""A program's own objects in collections travel in meta graphs."""

import pytest
from tensorboard.compat.proto.versions_pb2 import VersionDef

import stillflow.api as tf
from stillflow.graph import collection_protos


class Version:
    def __init__(self, producer):
        self.producer = producer


@pytest.fixture
def registered(monkeypatch):
    monkeypatch.setattr(collection_protos, "_registered", {})
    collection_protos.register_proto_function(
        "versions",
        proto_type=VersionDef,
        to_proto=lambda v, export_scope=None: VersionDef(producer=v.producer) if v else None,
        from_proto=lambda proto, import_scope=None: Version(proto.producer),
    )


def test_objects_are_stored_as_the_program_says(registered):
    for each in (Version(1), None, Version(5)):
        tf.add_to_collection("versions", each)
    tf.constant(1.0)
    meta = tf.train.export_meta_graph()
    with tf.Graph().as_default():
        tf.train.import_meta_graph(meta)
        assert [found.producer for found in tf.get_collection("versions")] == [1, 5]
    assert collection_protos.get_collection_proto_type("versions") is VersionDef
    assert collection_protos.get_to_proto_function("others") is None


def test_a_collection_is_stored_in_one_form(registered):
    with pytest.raises(KeyError, match="Registering two proto_functions with name 'versions'!"):
        collection_protos.register_proto_function("versions")
    with pytest.raises(TypeError, match=r"to_proto must be callable\."):
        collection_protos.register_proto_function("others", to_proto=1)
