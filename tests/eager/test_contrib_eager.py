"""tf.contrib.eager: metrics, savers, callbacks after operations. Expectations: TensorFlow 1.15."""

import math
import os

import numpy as np
import pytest

import stillflow as tf

tfe = tf.contrib.eager


@pytest.fixture(autouse=True)
def _without_callbacks():
    yield
    tfe.clear_execution_callbacks()


def test_a_mean_is_gathered_and_begun_anew():
    mean = tfe.metrics.Mean()
    assert float(mean([1.0, 2.0, 3.0])) == 6
    weighted, weights = mean(tf.constant([1, 2]), weights=tf.constant([1.0, 0.0]))
    assert (weighted.numpy().tolist(), weights.numpy().tolist()) == ([1, 0], [1, 0])
    assert (float(mean.result()), mean.result().dtype) == (1.75, tf.float64)
    assert [v.name for v in mean.variables] == ["Mean/numer:0", "Mean/denom:0"]
    other = tfe.metrics.Mean()
    other(4.0)
    mean.init_variables()
    assert math.isnan(mean.result())
    mean.aggregate([other])
    assert float(mean.result()) == 4


CASES = {
    "accuracy": (tfe.metrics.Accuracy, (), [1, 2, 3], [1, 2, 2], 2 / 3),
    "categorical": (
        *(tfe.metrics.CategoricalAccuracy, ()),
        *([[1.0, 0.0], [0.0, 1.0]], [[0.3, 0.7], [0.2, 0.8]], 0.5),
    ),
    "binary": (tfe.metrics.BinaryAccuracy, (0.5,), [1, 0], [0.6, 0.7], 0.5),
    "sparse": (tfe.metrics.SparseAccuracy, (), [1, 0], [[0.6, 0.7], [0.9, 0.2]], 1.0),
}


@pytest.mark.parametrize(("kind", "args", "labels", "predictions", "expected"), CASES.values())
def test_accuracies(kind, args, labels, predictions, expected):
    metric = kind(*args)
    metric(labels, predictions)
    assert float(metric.result()) == expected
    sentence = "are unequal|is unequal"
    with pytest.raises(tf.errors.InvalidArgumentError, match=sentence):
        metric(labels[:1], predictions)


def test_what_a_metric_refuses():
    mean = tfe.metrics.Mean()
    mean(1.0)
    with pytest.raises(RuntimeError, match=r"Can't call add_variable\(\) except in build\(\)"):
        mean.add_variable("more", ())
    with pytest.raises(TypeError, match="All metrics must be the same type"):
        mean.aggregate([tfe.metrics.Accuracy()])
    with pytest.raises(NotImplementedError, match=r"Metrics must define a build\(\) member"):
        tfe.metrics.Metric()(1.0)


def test_a_metric_in_a_graph():
    with tf.Graph().as_default(), tf.Session() as sess:
        mean = tfe.metrics.Mean("a b")
        update, result = mean(tf.constant([1.0, 3.0])), mean.result()
        assert [v.name for v in tf.local_variables()] == ["a_b/numer:0", "a_b/denom:0"]
        sess.run(mean.init_variables())
        sess.run([update])
        assert sess.run(result) == 2


def test_a_result_is_a_summary(tmp_path):
    mean = tfe.metrics.Mean("m")
    mean(4.0)
    tf.train.get_or_create_global_step()
    summary = tf.contrib.summary
    with summary.create_file_writer(str(tmp_path)).as_default(), summary.always_record_summaries():
        mean.result()
        mean.result(write_summary=False)
    (name,) = os.listdir(tmp_path)
    events = list(tf.train.summary_iterator(str(tmp_path / name)))
    values = [(v.tag, v.simple_value) for event in events for v in event.summary.value]
    assert values == [("m", 4.0)]


def test_variables_begin_with_what_a_checkpoint_has(tmp_path):
    v = tfe.Variable(1.0, name="v")
    saver = tfe.Saver([v])
    path = saver.save(str(tmp_path / "ck"), global_step=3)
    v.assign(5.0)
    saver.restore(path)
    assert v.numpy() == 1
    with tfe.restore_variables_on_create(path):
        first, second = tfe.Variable(9.0, name="v"), tf.Variable(3.0, name="v")
    assert (first.numpy(), second.numpy()) == (1, 3)
    with tfe.restore_variables_on_create(path, lambda name: name[:-1]):
        assert tfe.Variable(9.0, name="vq").numpy() == 1
        with pytest.raises(tf.errors.NotFoundError, match="z not found in checkpoint"):
            tfe.Variable(9.0, name="zz")
    with tfe.restore_variables_on_create(None):
        assert tfe.Variable(9.0, name="v").numpy() == 9
    with tf.Graph().as_default(), pytest.raises(RuntimeError, match=r"tfe\.Saver can only be used"):
        tfe.Saver([])


def test_callbacks_are_told_of_operations():
    seen = []
    tfe.add_execution_callback(lambda kind, *rest: seen.append((kind, len(rest[0]), rest[3])))
    product = tf.matmul([[1.0]], [[2.0]], name="mm")
    tf.split([1.0, 2.0], 2)
    with tf.GradientTape() as tape:
        tape.watch(product)
        square = product * product
    assert seen == [("MatMul", 2, "mm/"), ("Split", 2, None), ("Mul", 2, None)]
    assert tape.gradient(square, product).numpy().tolist() == [[4.0]]
    count = len(seen)
    tfe.clear_execution_callbacks()
    tf.add(1, 2)
    assert len(seen) == count


def test_infinity_and_nan_are_told_of(capsys):
    assert tfe.seterr(inf_or_nan="raise") == {"inf_or_nan": tfe.ExecutionCallback.IGNORE}
    sentence = (
        r"Output 1 of 1 of TFE operation Log \(name: 'll'\) contains 1 inf\(s\) and 1 nan\(s\) "
        r"out of a total of 3 element\(s\). Tensor value: \[ nan   0. -inf\]"
    )
    with pytest.raises(Exception, match=sentence):
        tf.log(tf.constant([-1.0, 1.0, 0.0]), name="ll")
    with pytest.raises(Exception, match=r"contains 1 inf\(s\) out of"):
        tf.function(lambda x: tf.log(x))(tf.constant(0.0))
    assert tfe.seterr("print")["inf_or_nan"] is tfe.ExecutionCallback.RAISE
    assert np.isinf((tf.constant(1.0) / tf.constant(0.0)).numpy())
    assert capsys.readouterr().out.startswith("Warning: Output 1 of 1 of TFE operation RealDiv")
    with pytest.raises(ValueError, match="'nonsense' is not a valid ExecutionCallback"):
        tfe.seterr("nonsense")
    tfe.seterr("ignore")
    with tfe.errstate("raise"), pytest.raises(Exception, match="of TFE operation Log"):
        tf.log(tf.constant(0.0))
    assert tfe.seterr() == {"inf_or_nan": tfe.ExecutionCallback.IGNORE}


def test_an_iterator_gives_elements():
    assert [int(element) for element in tfe.Iterator(tf.data.Dataset.range(3))] == [0, 1, 2]
    with pytest.raises(ValueError, match="Execution mode should be None/SYNC/ASYNC"):
        tfe.set_execution_mode(5)
