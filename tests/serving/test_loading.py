"""Models in files: which are loaded, which are refused, and what is run before requests."""

import shutil

import asking
import numpy as np
import pytest

import stillflow as tf
from stillflow.graph.errors import UnimplementedError
from stillflow.interchange.saved_model import loader
from stillflow.platform.records import framed
from stillflow.runtime.session import BaseSession
from stillflow.serving.loading import load
from stillflow.serving.refusing import RefusedModel
from stillflow.serving.warmup import _log_class, warm_up

LEAVING = asking.GOLDEN.parent / "leaving"


def golden(name):
    return str(asking.GOLDEN / name / "1")


# What is loaded -----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["convolutional", "recurrent"])
def test_a_checkpoint_beside_its_meta_file_is_served(model):
    """The input is what the output needs; a placeholder with a default is not one."""
    folder = LEAVING / model
    expected = np.load(folder / "expected.npz")
    servable = load(str(folder / "model.ckpt.meta"), outputs={"scores": "y"})
    signature = servable.signature(None)
    assert list(signature.inputs) == ["x"]
    found = servable.run(signature, {"x": expected["x"]})
    np.testing.assert_allclose(found["scores"], expected["y"], rtol=1e-5, atol=1e-6)


def test_functions_that_tensorflow_1_15_saved_of_keras_are_served():
    servable = load(golden("keras"))
    expected = np.load(asking.GOLDEN / "expected.npz")["keras_0"]
    found = servable.run(servable.signature(None), {"dense_input": np.eye(4, dtype="float32")[:2]})
    np.testing.assert_allclose(found["dense_1"], expected, rtol=1e-6)


def test_a_reset_leaves_models_as_they_are(only_own_sessions):
    """A program that closes all its sessions does not know of those that answer clients."""
    servable = load(golden("half"))
    tf.Session.reset("")
    assert servable.run(servable.signature(None), {"x": np.float32([1])})["y"] == 2.5


def test_a_model_of_tensorflow_2_is_served():
    """TensorFlow 1.15 does not read it: its variables have an attribute more."""
    servable = load(golden("tf2"))
    expected = np.load(asking.GOLDEN / "tf2" / "expected.npz")
    signature = servable.signature(None)
    (key,) = signature.inputs
    found = servable.run(signature, {key: expected["images"]})
    np.testing.assert_allclose(found["output_0"], expected["scores"], rtol=1e-5)


def test_what_is_not_of_1_15_in_a_model_of_tensorflow_2_is_told(tmp_path):
    shutil.copytree(golden("tf2"), tmp_path / "1")
    model = loader.read_saved_model(golden("tf2"))
    for function in model.meta_graphs[0].graph_def.library.function:
        for node in function.node_def:
            if node.op == "Conv2D":
                node.op = "Conv"
    (tmp_path / "1" / "saved_model.pb").write_bytes(model.SerializeToString())
    with pytest.raises(ValueError, match=r"(?s)Conv.*TensorFlow 2\.[\d.]+ wrote it"):
        load(str(tmp_path / "1"))


def test_inputs_may_be_named():
    path = str(LEAVING / "convolutional" / "model.ckpt.meta")
    servable = load(path, {"image": "x:0", "keep": "keep"}, {"y": "y"})
    assert sorted(servable.signature(None).inputs) == ["image", "keep"]
    assert not servable.signature(None).has_rows  # keep is a scalar


@pytest.mark.parametrize("model", ["convolutional", "recurrent"])
def test_a_frozen_graph_is_served(model):
    """Its only output is what nothing takes."""
    folder = LEAVING / model
    expected = np.load(folder / "expected.npz")
    servable = load(str(folder / "frozen.pb"))
    found = servable.run(servable.signature(None), {"x": expected["x"]})
    np.testing.assert_allclose(found["y"], expected["y"], rtol=1e-5, atol=1e-6)


def test_a_saved_models_file_is_no_frozen_graph():
    with pytest.raises(ValueError, match="is the file of a SavedModel: give its folder"):
        load(f"{golden('half')}/saved_model.pb")


def test_a_saved_model_may_be_asked_for_what_no_signature_says():
    servable = load(golden("half"), {"x": "x"}, {"half": "mul"})
    found = servable.run(servable.signature(None), {"x": np.float32([3])})
    assert {key: value.tolist() for key, value in found.items()} == {"half": [1.5]}


def test_outputs_that_nobody_named_must_be_few():
    with pytest.raises(ValueError, match="tensors could be the outputs"):
        load(str(LEAVING / "convolutional" / "model.ckpt.meta"))


def test_a_name_that_is_not_there_is_told():
    with pytest.raises(ValueError, match="The graph has no tensor 'z'"):
        load(str(LEAVING / "recurrent" / "model.ckpt.meta"), outputs={"z": "z"})


def test_other_tags_are_told():
    with pytest.raises(RuntimeError, match="could not be found in SavedModel"):
        load(golden("half"), tags=["serve", "gpu"])


def test_classifying_needs_a_signature_of_that_kind():
    kinds = {name: signature.kinds for name, signature in load(golden("half")).signatures.items()}
    assert kinds == {
        "serving_default": ["predict"],
        "classify_x_to_y": ["predict", "classify"],
        "regress_x_to_y": ["predict", "regress"],
    }


def test_a_shape_is_what_the_graph_and_the_signature_know(tmp_path):
    """The signature of this model leaves open what its placeholder does not."""
    path = asking.GOLDEN / "mnist" / "1"
    shutil.copytree(path, tmp_path / "1")
    model = loader.read_saved_model(str(path))
    signature = model.meta_graphs[0].signature_def["serving_default"]
    signature.inputs["images"].tensor_shape.dim[1].size = -1
    (tmp_path / "1" / "saved_model.pb").write_bytes(model.SerializeToString())
    servable = load(str(tmp_path / "1"))
    assert servable.signature(None).inputs["images"].shape == (None, 28, 28)


def test_a_signature_that_the_graph_does_not_have_is_told(tmp_path):
    path = asking.GOLDEN / "half" / "1"
    shutil.copytree(path, tmp_path / "1")
    model = loader.read_saved_model(str(path))
    model.meta_graphs[0].signature_def["serving_default"].outputs["y"].name = "z:0"
    (tmp_path / "1" / "saved_model.pb").write_bytes(model.SerializeToString())
    servable = load(str(tmp_path / "1"))
    with pytest.raises(UnimplementedError, match="y is 'z:0', which the graph does not have"):
        servable.signature(None)
    assert servable.signature("regress_x_to_y").kinds == ["predict", "regress"]


# What is refused ----------------------------------------------------------------------------------


def test_a_model_that_runs_code_is_refused():
    with pytest.raises(RefusedModel, match="'PyFunc' is a PyFunc: it runs code"):
        load(golden("code"))


def test_a_model_that_writes_files_is_refused():
    with pytest.raises(RefusedModel, match="a WriteFile, by which a request could write files"):
        load(golden("writing"))


def test_what_saves_a_model_does_not_make_it_write():
    """Each graph with variables has a SaveV2, which no request reaches."""
    with open(asking.GOLDEN / "half" / "1" / "saved_model.pb", "rb") as file:
        assert b"SaveV2" in file.read()
    load(golden("half")).close()


# What is run before requests ----------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch):
    """(inputs of each run) of any session."""
    fed = []
    run = BaseSession.run

    def noted(self, fetches, feeds=None, **options):
        if feeds and isinstance(fetches, dict):
            fed.append({name: value.shape for name, value in feeds.items()})
        return run(self, fetches, feeds, **options)

    monkeypatch.setattr(BaseSession, "run", noted)
    return fed


def test_zeros_of_each_size_are_run_twice(runs):
    """Once to learn what is worth compiling, and once compiled."""
    servable = load(golden("mnist"))
    assert warm_up(servable, golden("mnist"), [1, 4]) == 0
    shapes = [{"images:0": (rows, 28, 28)} for rows in (1, 4)]
    assert runs == shapes * 2


def test_what_changes_a_variable_is_not_run():
    servable = load(golden("counter"))
    assert warm_up(servable, golden("counter"), [1]) == 0
    asked = servable.signature("one"), {"by": np.float32(0)}
    assert [float(servable.run(*asked)["total"]) for _ in range(2)] == [1, 2]


def test_zeros_that_a_model_does_not_take_are_no_failure():
    """A model that divides by its input; strings, of which there are no zeros."""
    servable = load(golden("types"))
    assert warm_up(servable, golden("types"), [1]) == 0


def test_what_is_worth_it_is_compiled_before_the_first_request():
    servable = load(golden("mnist"))
    warm_up(servable, golden("mnist"), [64])
    (executor,) = (e for e in servable._session._executors.values() if e.learned.split)
    assert [shapes for shapes, *_ in executor.learned.compiled] == [((64, 28, 28),)]


def recorded(folder, *logs):
    path = folder / "assets.extra"
    path.mkdir()
    content = b"".join(framed(log.SerializeToString()) for log in logs)
    (path / "tf_serving_warmup_requests").write_bytes(content)
    return str(folder)


def test_requests_that_a_model_brings_are_run(tmp_path, runs):
    """Those of TensorFlow Serving's own file: predict and regress."""
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    predict, regress = _log_class()(), _log_class()()
    proto = TensorProto(dtype=1, float_val=[1, 2, 5])
    proto.tensor_shape.dim.add(size=3)
    predict.predict_log.request.inputs["x"] = proto.SerializeToString()
    request = regress.regress_log.request
    request.model_spec.signature_name = "regress_x_to_y"
    request.input.example_list.examples.append(asking.example(x=1.0))
    servable = load(golden("half"))
    assert warm_up(servable, recorded(tmp_path, predict, regress), [1]) == 2
    assert runs[:2] == [{"x:0": (3,)}, {"tf_example:0": (1,)}]


def test_a_damaged_file_of_requests_is_told(tmp_path):
    folder = tmp_path / "assets.extra"
    folder.mkdir()
    (folder / "tf_serving_warmup_requests").write_bytes(framed(b"\x32\xff"))
    with pytest.raises(ValueError, match="request for warming up is damaged"):
        warm_up(load(golden("half")), str(tmp_path), [1])
