"""What `tensorflow.python.saved_model.model_utils` has for exports of Keras and of estimators."""

import pytest

import stillflow as tf
from stillflow.interchange.saved_model import export_signatures, folders
from stillflow.interchange.saved_model.export_modes import ModeKeyMap
from stillflow.interchange.saved_model.export_output import EvalOutput, PredictOutput


def test_modes_have_two_names():
    values = ModeKeyMap(train=1, eval=2, infer=3)
    assert [values[name] for name in ("train", "test", "eval", "predict", "infer")] == [
        *(1, 2, 2, 3, 3)
    ]
    assert list(values) == ["train", "eval", "infer"]
    with pytest.raises(ValueError, match="Invalid mode key: serve"):
        values["serve"]
    with pytest.raises(ValueError, match="Multiple keys/values found for test mode"):
        ModeKeyMap(test=1, eval=2)


def test_outputs_of_each_mode():
    loss = tf.constant(1.0)
    (served,) = export_signatures.export_outputs_for_mode("predict", None, {"p": loss}).values()
    assert isinstance(served, PredictOutput)
    outputs = export_signatures.export_outputs_for_mode("test", None, loss, loss)
    assert isinstance(outputs["eval"], EvalOutput)
    with pytest.raises(ValueError, match="Invalid mode key: serve"):
        export_signatures.export_outputs_for_mode("serve")


def test_what_trains_is_named(tmp_path):
    builder = tf.saved_model.builder.SavedModelBuilder(str(tmp_path / "model"))
    train = tf.no_op()
    builder._add_train_op(train)
    assert tf.get_collection("saved_model_train_op") == [train]
    with pytest.raises(TypeError, match="train_op needs to be a Tensor or Op: 'train'"):
        builder._add_train_op("train")


def test_parts_of_a_model_have_their_folders(tmp_path):
    made = folders.get_or_create_assets_dir(str(tmp_path))
    assert made == str(tmp_path / "assets")
    assert (tmp_path / "assets").is_dir()
    assert folders.get_variables_path(str(tmp_path).encode()) == str(
        tmp_path / "variables" / "variables"
    )


def test_supervised_outputs_take_metrics_of_keras_and_names_of_heads():
    mean = tf.keras.metrics.Mean()
    mean.update_state([1.0])
    one = tf.constant(1.0)
    outputs = EvalOutput({("a", "loss"): one}, one, {("b", "m"): mean, "pair": (one, tf.no_op())})
    assert outputs.loss == {"loss/a/loss": one}
    assert outputs.predictions == {"predictions": one}
    assert list(outputs.metrics) == [
        *("metrics/b/m/value", "metrics/b/m/update_op"),
        *("metrics/pair/value", "metrics/pair/update_op"),
    ]
    assert outputs.metrics["metrics/pair/update_op"].name == "metric_op_wrapper_1:0"
    assert list(EvalOutput(one, None, (one, one)).metrics) == ["metrics/value", "metrics/update_op"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"loss": "str"}, "loss output value must be a Tensor; got str"),
        ({"loss": {25: "x"}}, "loss output key must be a string; got 25"),
        ({"metrics": (15.3, 4)}, "metrics output value must be a Tensor; got 15.3"),
    ],
)
def test_outputs_that_are_none(given, message):
    with pytest.raises(ValueError, match=message):
        EvalOutput(**given)


def test_outputs_whose_update_is_none():
    with pytest.raises(ValueError, match="metrics update_op must be a Tensor or Operation; got 4"):
        EvalOutput(metrics=(tf.constant(1.0), 4))
