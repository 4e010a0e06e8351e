"""Keras models in SavedModels of objects: those of TensorFlow 1.15, and our own."""

import json
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

import stillflow as tf
from stillflow.graph.eager_graph import eager_mode
from stillflow.interchange.saved_model.loader import read_saved_model
from stillflow.keras.saving.saved_models import load
from stillflow.platform.decorators import getfullargspec
from tests.keras.saved_models import MODELS, X, Y

GOLDEN = Path(__file__).parent.parent / "golden" / "objects"
MODES = pytest.mark.parametrize("mode", [eager_mode, nullcontext], ids=["eager", "graph"])


def expected(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


def saved(model, path):
    """The folder of a model in mid-training, and what `expected` has of one."""
    for _ in range(3):
        model.train_on_batch(X, Y)
    model.save(str(path), save_format="tf")
    found = {"out": model.predict(X), "loss": model.evaluate(X, Y, verbose=0)}
    return found | {"losses": [model.train_on_batch(X, Y) for _ in range(3)]}


def assert_goes_on(model, wanted):
    np.testing.assert_allclose(model.predict(X), wanted["out"], rtol=1e-5)
    np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), wanted["loss"], rtol=1e-5)
    losses = [model.train_on_batch(X, Y) for _ in range(3)]
    np.testing.assert_allclose(losses, wanted["losses"], rtol=1e-4)


@MODES
@pytest.mark.parametrize("name", MODELS)
def test_training_goes_on_as_in_tensorflow(name, mode):
    with tf.Graph().as_default(), mode():
        assert_goes_on(tf.keras.models.load_model(str(GOLDEN / name)), expected(name))


@MODES
@pytest.mark.parametrize("name", MODELS)
def test_training_goes_on_as_before(name, mode, tmp_path):
    with tf.Graph().as_default(), mode():
        wanted = saved(MODELS[name](tf), tmp_path)
    with tf.Graph().as_default(), mode():
        assert_goes_on(tf.keras.models.load_model(str(tmp_path)), wanted)


@pytest.mark.parametrize("name", MODELS)
def test_folders_say_what_those_of_tensorflow_say(name, tmp_path):
    tf.keras.backend.clear_session()  # so that names begin anew
    with eager_mode():
        saved(MODELS[name](tf), tmp_path)
    own, other = (told(path) for path in (tmp_path, GOLDEN / name))
    assert own[0] == other[0]  # functions that sessions run
    assert own[1] == other[1]  # layers, what is said of them, and which objects they have


def told(folder):
    """(signatures, {path of a layer: (what is said of it, the names of its children)})"""
    (meta,) = read_saved_model(str(folder)).meta_graphs
    nodes = meta.object_graph_def.nodes
    signatures = {
        key: (sorted(each.inputs), sorted(each.outputs)) for key, each in meta.signature_def.items()
    }
    found, waiting = {}, [("", 0)]
    while waiting:
        path, number = waiting.pop()
        node = nodes[number]
        children = {child.local_name: child.node_id for child in node.children}
        names = {name for name in children if name not in ACCIDENTAL}
        metadata = node.user_object.metadata
        is_layer = node.user_object.identifier.startswith("_tf_keras")
        found[path] = (
            node.WhichOneof("kind"),
            node.user_object.identifier,
            rounded(json.loads(metadata)) if is_layer else None,
            names,
        )
        waiting += [(f"{path}/{name}", child) for name, child in children.items() if name in names]
    return signatures, found


# Lists of TensorFlow's own bookkeeping, which happen to be attributes of layers.
ACCIDENTAL = {"_callable_losses", "_updates", "_fn_kwargs", "axis"}


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(np.float32(value)) if isinstance(value, float) else value


@pytest.mark.parametrize("where", ["tensorflow", "here"])
def test_a_model_is_also_loaded_as_functions(where, tmp_path):
    with eager_mode():
        wanted, folder = expected("keras"), GOLDEN / "keras"
        if where == "here":
            wanted, folder = saved(MODELS["keras"](tf), tmp_path), tmp_path
        model = tf.saved_model.load_v2(str(folder))
        np.testing.assert_allclose(model(tf.constant(X)).numpy(), wanted["out"], rtol=1e-5)
        momentum = model.optimizer.get_slot(model.variables[0], "momentum")
        assert momentum.numpy().any()
        found = model.signatures["serving_default"](first_input=tf.constant(X))["second"]
        np.testing.assert_allclose(found.numpy(), wanted["out"], rtol=1e-5)


def test_losses_and_phases_are_functions(tmp_path):
    with eager_mode():
        model = MODELS["keras_subclass"](tf)
        wanted = saved(model, tmp_path)
        api = tf.saved_model.load_v2(str(tmp_path)).keras_api
        outputs, losses = api.call_and_return_conditional_losses(tf.constant(X))
        np.testing.assert_allclose(outputs, wanted["out"], rtol=1e-5)
        trained, _ = api.call_and_return_conditional_losses(tf.constant(X), training=True)
        assert not np.allclose(outputs, trained)
        (square,) = api.regularization_losses
        error = np.mean((wanted["out"] - Y) ** 2)
        total = error + sum(losses).numpy() + square().numpy()
        np.testing.assert_allclose(total, wanted["loss"], rtol=1e-5)


def test_a_graph_that_answers_requests(tmp_path):
    with tf.Graph().as_default():
        wanted = saved(MODELS["keras_subclass"](tf), tmp_path)
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.loader.load(session, ["serve"], str(tmp_path))
        signature = meta.signature_def["serving_default"]
        (given,), (got,) = signature.inputs.values(), signature.outputs.values()
        found = session.run(got.name, {given.name: X})
        np.testing.assert_allclose(found, wanted["out"], rtol=1e-5)


def test_saving_leaves_the_model_as_it_was(tmp_path):
    with tf.Graph().as_default():
        model = tf.keras.Sequential([tf.keras.layers.BatchNormalization(input_shape=(2,))])
        model.add(tf.keras.layers.Dense(1, activity_regularizer="l1"))
        model.compile("sgd", "mse")
        before = list(model.updates), list(model.losses), model.optimizer
        model.save(str(tmp_path), save_format="tf", include_optimizer=False)
        assert [list(model.updates), list(model.losses), model.optimizer] == list(before)
        assert "call" not in vars(model.layers[0])
    with tf.Graph().as_default():
        assert tf.keras.models.load_model(str(tmp_path)).optimizer is None
        assert not tf.train.list_variables(str(tmp_path / "variables" / "variables"))[0][0].count(
            "optimizer"
        )


def test_a_recurrent_model_with_masks(tmp_path):
    words = np.array([[1, 2, 3, 0], [2, 2, 0, 0]])
    with eager_mode():
        model = tf.keras.Sequential([tf.keras.layers.Embedding(5, 3, mask_zero=True)])
        model.add(tf.keras.layers.SimpleRNN(2))
        wanted = model.predict(words)
        model.save(str(tmp_path), save_format="tf")
        found = tf.saved_model.load_v2(str(tmp_path))(tf.constant(words, tf.float32))
        np.testing.assert_allclose(found, wanted, rtol=1e-5)
        again = tf.keras.models.load_model(str(tmp_path))
        np.testing.assert_allclose(again.predict(words), wanted, rtol=1e-5)


def test_slots_of_optimizers_are_saved_as_such(tmp_path):
    with eager_mode():
        module = tf.Module()
        module.v = tf.Variable([1.0, 2.0])
        module.optimizer = tf.keras.optimizers.SGD(0.1, momentum=0.9)
        module.optimizer.apply_gradients([(tf.constant([1.0, -1.0]), module.v)])
        tf.saved_model.save(module, str(tmp_path))
        loaded = tf.saved_model.load_v2(str(tmp_path))
        slots = [m.optimizer.get_slot(m.v, "momentum").numpy() for m in (module, loaded)]
        np.testing.assert_array_equal(*slots)
        assert slots[1].any()


@pytest.mark.parametrize("name", MODELS)
def test_without_compiling(name):
    with eager_mode():
        model = tf.keras.models.load_model(str(GOLDEN / name), compile=False)
        assert model.optimizer is None
        np.testing.assert_allclose(model.predict(X), expected(name)["out"], rtol=1e-5)


def test_a_call_that_takes_any_keyword_is_saved(tmp_path):
    class Wide(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.inside = tf.keras.layers.Dense(1)

        def call(self, inputs, **kwargs):
            return self.inside(inputs)

    with tf.Graph().as_default():
        model = Wide()
        model.add_loss(lambda: tf.reduce_sum(model.weights[0]))
        wanted = model.predict(X)
        tf.saved_model.save(model, str(tmp_path))
    with tf.Graph().as_default():
        again = tf.keras.models.load_model(str(tmp_path))
        np.testing.assert_allclose(again.predict(X), wanted, rtol=1e-5)
        assert len(again.get_losses_for(None)) == 1
        assert getfullargspec(tf.saved_model.load_v2(str(tmp_path)).__call__).kwonlyargs == [
            "training"
        ]


def test_a_layer_that_was_never_called_is_saved(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        layer = tf.keras.layers.Dense(4)
        layer.build([None, 3])
        session.run(tf.global_variables_initializer())
        tf.saved_model.save(layer, str(tmp_path))
        again = load(str(tmp_path))
        assert not again._expects_training_arg
        session.run(tf.variables_initializer(again.variables))
        np.testing.assert_array_equal(*session.run([layer.kernel, again.kernel]))


def test_inputs_must_be_known(tmp_path):
    with tf.Graph().as_default():
        model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
        with pytest.raises(ValueError, match="cannot be saved because the input shapes have not"):
            model.save(str(tmp_path), save_format="tf")


def test_other_saved_models_are_refused():
    with pytest.raises(OSError, match=r"^Unable to load model. Filepath is not an hdf5 file"):
        tf.keras.models.load_model(str(GOLDEN / "v1" / "affine"))


FEATURES = {
    "size": np.array([13.0, 15.0], np.float32),
    "colour": np.array(["red", "?"]),
    "word": np.array(["b", "z"]),
}


@MODES
def test_tables_of_columns_are_saved_with_their_files(mode, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("a\nb\n")
    fc = tf.feature_column
    colours = fc.categorical_column_with_vocabulary_list("colour", ["blue", "red"])
    known = fc.categorical_column_with_vocabulary_file("word", str(words), num_oov_buckets=2)
    columns = [
        fc.numeric_column("size"),
        fc.indicator_column(known),
        fc.embedding_column(colours, dimension=3),
    ]
    with tf.Graph().as_default(), eager_mode():
        model = tf.keras.Sequential(
            [tf.keras.layers.DenseFeatures(columns), tf.keras.layers.Dense(2)]
        )
        wanted = model.predict(FEATURES)
        model.save(str(tmp_path / "model"), save_format="tf")
    words.unlink()
    with tf.Graph().as_default(), mode():
        again = tf.keras.models.load_model(str(tmp_path / "model"))
        np.testing.assert_allclose(again.predict(FEATURES), wanted, rtol=1e-6)
    with tf.Graph().as_default(), eager_mode():
        served = tf.saved_model.load_v2(str(tmp_path / "model")).signatures["serving_default"]
        rows = {name: tf.constant(value[:, None]) for name, value in FEATURES.items()}
        (found,) = served(**rows).values()
        np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-6)


def test_a_layer_of_columns_keeps_no_table_of_an_eager_call():
    colours = tf.feature_column.categorical_column_with_vocabulary_list("colour", ["blue", "red"])
    with tf.Graph().as_default(), eager_mode():
        layer = tf.keras.layers.DenseFeatures([tf.feature_column.indicator_column(colours)])
        layer({"colour": tf.constant([["red"]])})
        assert not layer._state_manager.kept_by_functions
