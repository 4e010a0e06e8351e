"""SavedModels of objects that TensorFlow 1.15 and 2 wrote: functions, variables, tables."""

import json
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

import stillflow as tf
from stillflow.graph.eager_graph import eager_mode

GOLDEN = Path(__file__).parent.parent / "golden" / "objects"
SERVING = GOLDEN.parent / "serving"
VERSIONS = ("v1", "v2")
load = tf.saved_model.load_v2


def _expected(version):
    return json.loads((GOLDEN / version / "expected.json").read_text())


def _results(module, x, rows):
    return {
        "out": module(rows)["out"],
        "square": module.power(x, 2)[0],
        "cube": module.power(x, 3, twice=True)[0],
        "named": module.power(x, 2)[1][1],
        "branch": module.branch(x),
        "negative": module.branch(-x),
    }


def _arguments():
    return tf.constant([1.0, 2.0]), tf.constant([[1.0, 2.0], [3.0, -4.0]])


@pytest.mark.parametrize("version", VERSIONS)
def test_functions_give_eagerly_what_tensorflow_gave(version):
    expected = _expected(version)
    with eager_mode():
        module = load(str(GOLDEN / version / "affine"))
        x, rows = _arguments()
        for name, result in _results(module, x, rows).items():
            np.testing.assert_allclose(result.numpy(), expected[name], rtol=1e-6, err_msg=name)
        assert int(module.count) == 2 + 3  # what it had counted, and calls here
        out = module.signatures["serving_default"](x=rows)
        np.testing.assert_allclose(out["out"].numpy(), expected["out"])


@pytest.mark.parametrize("version", VERSIONS)
def test_training_goes_on(version):
    with eager_mode():
        module = load(str(GOLDEN / version / "affine"))
        x, rows = _arguments()
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(module(rows)["out"] ** 2)
        gradient = tape.gradient(loss, module.w)
        np.testing.assert_allclose(gradient.numpy(), _expected(version)["gradient"])
        assert not module.count.trainable
        module.w.assign_sub(0.001 * gradient)
        assert float(tf.reduce_sum(module(rows)["out"] ** 2)) < float(loss)
        module.branch(x)  # planned without what a gradient needs of the choice
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(module.branch(x))
        assert float(tape.gradient(loss, module.parts[1])) == 3.0


@pytest.mark.parametrize("version", VERSIONS)
def test_functions_give_the_same_in_a_graph(version):
    expected = _expected(version)
    with tf.Graph().as_default(), tf.Session() as session:
        module = load(str(GOLDEN / version / "affine"))
        x, rows = _arguments()
        results = _results(module, x, rows)
        loss = tf.reduce_sum(results["out"] ** 2)
        results["gradient"] = tf.gradients(loss, module.w)[0]
        session.run(tf.global_variables_initializer())
        for name, result in session.run(results).items():
            np.testing.assert_allclose(result, expected[name], rtol=1e-6, err_msg=name)
        names = [variable.name for variable in tf.global_variables()]
        assert names == ["w:0", "b:0", "count:0", "one:0", "two:0", "three:0"]
        assert tf.trainable_variables() == []  # the program says which are


@pytest.mark.parametrize("version", VERSIONS)
def test_tables_are_made_and_filled_from_assets(version):
    folder = str(GOLDEN / version / "lookup")
    with eager_mode():
        words = load(folder)
        assert words.lookup(tf.constant(["b", "z"])).numpy().tolist() == [1, -1]
        found = words.signatures["serving_default"](words=tf.constant(["c"]))
        assert found["output_0"].numpy().tolist() == [2]
    with tf.Graph().as_default(), tf.Session() as session:
        found = load(folder, "serve").lookup(tf.constant(["b", "z"]))
        session.run(tf.tables_initializer())
        assert session.run(found).tolist() == [1, -1]


def test_loading_again_gives_variables_of_its_own():
    with eager_mode():
        first, second = (load(str(GOLDEN / "v1" / "affine")) for _ in range(2))
        first.b.assign([0.0, 0.0])
        assert second.b.numpy().tolist() == [0.5, -0.5]


def example(size, count):
    floats = tf.train.Feature(float_list=tf.train.FloatList(value=size))
    number = tf.train.Feature(int64_list=tf.train.Int64List(value=[count]))
    features = tf.train.Features(feature={"size": floats, "count": number})
    return tf.train.Example(features=features).SerializeToString()


# What was written for sessions: by the key of what TensorFlow gave, the signature, its input, and
# the name of the output.
OF_SESSIONS = {
    "half2_0": ("half", "x", np.float32([1, 2, 5]), "y"),
    "mnist_0": (
        "mnist",
        "images",
        np.random.RandomState(1).randn(3, 28, 28).astype(np.float32),
        "probabilities",
    ),
    "flowers_0": (
        "flowers",
        "inputs",
        np.array([example([1.0, 2.0], 1), example([3.0, -1.5], 2)]),
        "classes",
    ),
}


@pytest.mark.parametrize("mode", [eager_mode, nullcontext], ids=["eager", "graph"])
@pytest.mark.parametrize("key", OF_SESSIONS)
def test_signatures_of_graphs_are_functions(key, mode):
    folder, name, value, output = OF_SESSIONS[key]
    wanted = np.load(SERVING / "expected.npz")[key]
    with tf.Graph().as_default(), mode():
        model = load(str(SERVING / folder / "1"))
        given = tf.constant(value)
        found = model.signatures["serving_default"](**{name: given})[output]
        if mode is nullcontext:
            with tf.Session() as session:
                session.run([tf.global_variables_initializer(), tf.tables_initializer()])
                found = session.run(found)
        found = np.asarray(found)
    if wanted.dtype.kind == "S":
        assert found.tolist() == wanted.tolist()
    else:
        np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_graphs_have_variables_and_parts():
    with eager_mode():
        model = load(str(SERVING / "half" / "1"), tags=["serve"])
        call = model.signatures["serving_default"]
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(call(tf.constant([1.0, 2.0]))["y"])
        gradient = tape.gradient(total, model.variables[0])
        assert gradient.numpy() == 3.0
        model.variables[0].assign(2.0)
        part = model.prune(call.inputs[0].name, call.outputs[0].name)
        assert part(tf.constant([1.0])).numpy().tolist() == call(tf.constant([1.0]))["y"].numpy()


def test_what_functions_of_graphs_change_stays():
    with eager_mode():
        model = load(str(SERVING / "counter" / "1"))
        one = model.signatures["one"]
        first = one(by=tf.constant(2.0))["total"].numpy()
        assert one(by=tf.constant(3.0))["total"].numpy() == first + 1.0  # it counts calls


def test_references_are_changed_by_their_handles(tmp_path):
    folder = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable([1.0, 2.0], name="v")
        x = tf.placeholder(tf.float32, [2], name="x")
        with tf.control_dependencies([tf.assign_add(v, x), tf.scatter_update(v, [1], [9.0])]):
            y = v.read_value() + v
        session.run(v.initializer)
        info = {"x": x}, {"y": y, "v": v}
        tf.saved_model.simple_save(session, folder, *info)
    with eager_mode():
        model = load(folder)
        found = model.signatures["serving_default"](tf.constant([1.0, 1.0]))
        assert found["y"].numpy()[0] in (3.0, 4.0)  # TensorFlow says no order of the plain read
        assert model.variables[0].numpy().tolist() == [2.0, 9.0]


def test_what_cannot_be_loaded(tmp_path):
    folder = str(GOLDEN / "v1" / "affine")
    with pytest.raises(OSError, match=r"^SavedModel file does not exist at: "):
        load(str(tmp_path))
    with pytest.raises(ValueError, match=r"has one MetaGraph with tags \['serve'\], but got an"):
        load(folder, tags=["train"])
    with pytest.raises(RuntimeError, match="could not be found in SavedModel"):
        load(str(SERVING / "half" / "1"), tags=["train"])
    with eager_mode():
        module = load(folder)
        with pytest.raises(ValueError, match=r"^Could not find matching function to call loaded"):
            module.power(tf.constant([[1]]), 2)
        with pytest.raises(TypeError, match="Expected argument names"):
            module.signatures["serving_default"](y=tf.constant([[1.0, 2.0]]))
