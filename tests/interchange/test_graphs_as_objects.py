"""`tf.saved_model.load` of SavedModels that sessions wrote: signatures as functions, variables."""

import os

import pytest

import stillflow as tf
from stillflow.functions.lifting import UnliftableError
from stillflow.graph.eager_graph import eager_mode

save, load = tf.saved_model.save, tf.saved_model.load_v2


def _scaled(folder, use_resource):
    """start * v * local, where v is 3."""
    with tf.Graph().as_default(), tf.Session() as session:
        start = tf.placeholder(tf.float32, None, name="start")
        v = tf.Variable(3.0, name="v", use_resource=use_resource)
        local = tf.Variable(
            1.0, collections=["local_variables"], trainable=False, use_resource=True
        )
        output = tf.identity(start * v * local, name="output")
        session.run(v.initializer)
        tf.saved_model.simple_save(
            session, folder, {"start": start}, {"output": output}, local.initializer
        )
    return folder


def _numbered(folder):
    """Lines of a file as their numbers, by a table without a shared name."""
    path = os.path.join(os.path.dirname(folder), "words.txt")
    with open(path, "w") as file:
        file.write("alpha\nbeta\ngamma\n")
    with tf.Graph().as_default(), tf.Session() as session:
        words = tf.placeholder(tf.string, None, name="words")
        filled = tf.contrib.lookup.TextFileIdTableInitializer(path)
        table = tf.contrib.lookup.HashTable(filled, -1)
        output = table.lookup(words)
        tf.saved_model.simple_save(session, folder, {"in": words}, {"out": output}, table.init)
    os.remove(path)
    return folder


def test_signatures_are_functions_and_variables_are_there(tmp_path):
    folder = _scaled(str(tmp_path / "model"), True)
    with eager_mode():
        model = load(folder)
        function = model.signatures["serving_default"]
        assert float(function(tf.constant(2.0))["output"]) == 6.0
        v, local = model.variables
        assert (v.numpy(), local.numpy()) == (3.0, 1.0)
        assert (v.trainable, local.trainable) == (True, False)
        v.assign(4.0)
        with tf.GradientTape() as tape:
            output = function(start=tf.constant(2.0))["output"]
        assert float(output) == 8.0
        assert list(tape.watched_variables()) == [v]
        assert float(tape.gradient(output, v)) == 2.0
        with pytest.raises(TypeError, match="Missing"):
            function()


def test_in_a_graph_variables_and_tables_are_initialised(tmp_path):
    folder = _scaled(str(tmp_path / "model"), True)
    with tf.Graph().as_default(), tf.Session() as session:
        model = load(folder)
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        output = model.signatures["serving_default"](start=tf.constant(2.0))["output"]
        assert session.run(output) == 6.0
        assert tf.global_variables() == model.variables[:1]
        session.run(model.variables[0].assign(4.0))
        assert session.run(output) == 8.0


def test_variables_behind_references_are_restored_with_tables(tmp_path):
    folder = _scaled(str(tmp_path / "model"), False)
    with tf.Graph().as_default(), tf.Session() as session:
        model = load(folder)
        output = model.signatures["serving_default"](start=tf.constant(2.0))["output"]
        session.run(tf.tables_initializer())
        assert session.run(output) == 6.0


def test_tables_and_files_are_saved_again(tmp_path):
    first = _numbered(str(tmp_path / "first"))
    with eager_mode():
        model = load(first)
        words = tf.constant(["gamma", "alpha"])
        for name in ("second", "third"):
            assert model.signatures["serving_default"](words)["out"].numpy().tolist() == [2, 0]
            folder = str(tmp_path / name)
            save(model, folder, model.signatures)
            model = load(folder)
        assert model.signatures["serving_default"](words)["out"].numpy().tolist() == [2, 0]


def test_parts_of_the_graph_are_functions(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [], name="x")
        unfed = tf.placeholder(tf.float32, [], name="unfed")
        y = tf.identity(x + 1.0, name="y")
        tf.identity(x + unfed, name="both")
        tf.saved_model.simple_save(session, str(tmp_path / "fed"), {"x": x}, {"y": y})
        builder = tf.saved_model.Builder(str(tmp_path / "two"))
        builder.add_meta_graph_and_variables(session, ["one"])
        builder.add_meta_graph(["another"])
        builder.save()
    with eager_mode():
        with pytest.raises(ValueError, match="requires a 'tags=' argument"):
            load(str(tmp_path / "two"))
        with pytest.raises(RuntimeError, match="could not be found"):
            load(str(tmp_path / "two"), "third")
        model = load(str(tmp_path / "two"), "another")
        assert dict(model.signatures) == {}
        assert float(model.prune("x:0", "y:0")(x=tf.constant(1.0))) == 2.0
        with pytest.raises(UnliftableError, match=r"placeholder .*unfed.*both .* <- add_1 "):
            model.prune("x:0", "both:0")


def test_a_signature_with_an_unfed_placeholder_says_so(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [], name="x")
        other = tf.placeholder(tf.float32, [], name="other")
        tf.saved_model.simple_save(session, str(tmp_path / "m"), {"o": other}, {"y": x + other})
    with eager_mode(), pytest.raises(UnliftableError, match="an input for each placeholder"):
        load(str(tmp_path / "m"))


def test_loops_and_sparse_results(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        n = tf.placeholder(tf.int32, [], name="n")
        _, total = tf.while_loop(lambda i, _: i <= n, lambda i, s: (i + 1, s + i), [0, 0])
        sparse = tf.SparseTensor([[0]], tf.reshape(tf.cast(n, tf.int64), [1]), [1])
        outputs = {"total": total, "sparse": sparse}
        tf.saved_model.simple_save(session, str(tmp_path / "m"), {"n": n}, outputs)
    with eager_mode():
        result = load(str(tmp_path / "m")).signatures["serving_default"](tf.constant(4))
        assert int(result["total"]) == 10
        assert result["sparse"].values.numpy().tolist() == [4]
