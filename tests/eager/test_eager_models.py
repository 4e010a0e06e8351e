"""Models of `tf.keras` in eager mode; what TensorFlow 1.15 gives is written out."""

import numpy as np
import pytest

import stillflow.api as tf
from stillflow.layers import learning_phase

L = tf.keras.layers
X = np.random.RandomState(0).rand(10, 3).astype(np.float32)
Y = np.random.RandomState(0).rand(40)[30:].reshape(10, 1).astype(np.float32)


def constant(value):
    return tf.keras.initializers.Constant(value)


def model_of(*layers, optimizer="sgd", **options):
    model = tf.keras.Sequential(
        [
            L.Dense(4, activation="tanh", input_shape=(3,), kernel_initializer=constant(0.3)),
            *layers,
            L.Dense(1, kernel_initializer=constant(0.2), kernel_regularizer="l2"),
        ]
    )
    model.compile(optimizer, "mse", metrics=["mae"], **options)
    return model


class Normalized(tf.keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.dense = L.Dense(1, kernel_initializer="ones")
        self.norm = L.BatchNormalization()

    def call(self, x, training=None):
        return self.dense(self.norm(x, training=training))


def test_a_model_that_is_called_on_values_is_differentiated():
    model = tf.keras.Sequential(
        [
            L.Dense(4, activation="relu", input_shape=(3,), kernel_initializer="ones"),
            L.Dense(1, kernel_initializer="ones"),
        ]
    )
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(tf.ones([2, 3])) ** 2)
    grads = tape.gradient(loss, model.trainable_variables)
    tf.train.GradientDescentOptimizer(0.1).apply_gradients(
        zip(grads, model.trainable_variables, strict=True)
    )
    assert float(loss) == 144.0
    np.testing.assert_allclose(model.get_weights()[0], np.full((3, 4), -1.4), rtol=1e-6)


def test_operations_between_layers_are_carried_out():
    inputs = tf.keras.Input((3,))
    dense = L.Dense(3, kernel_initializer="ones")(inputs)
    model = tf.keras.Model(inputs, tf.reduce_sum(dense * 2 + 1, axis=1))
    np.testing.assert_allclose(model(tf.ones([2, 3])).numpy(), [21.0, 21.0])


@pytest.mark.parametrize(
    ("optimizer", "losses", "validated"),
    [
        ("sgd", [0.114918, 0.107967, 0.10276], [0.10894, 0.103327, 0.099155]),
        ("adam", [0.114773, 0.111506, 0.108668], [0.112762, 0.109867, 0.107209]),
    ],
)
def test_fit(optimizer, losses, validated):
    model = model_of(optimizer=optimizer)
    history = model.fit(
        X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0, validation_data=(X, Y)
    ).history
    np.testing.assert_allclose(history["loss"], losses, atol=2e-6)
    np.testing.assert_allclose(history["val_loss"], validated, atol=2e-6)


@pytest.mark.parametrize("options", [{}, {"run_eagerly": True}])
def test_averages_of_a_normalization_move_in_fit(options):
    model = model_of(L.BatchNormalization(), **options)
    history = model.fit(
        X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0, validation_data=(X, Y)
    ).history
    np.testing.assert_allclose(history["loss"], [0.918165, 0.670535, 0.509279], atol=2e-6)
    np.testing.assert_allclose(history["val_loss"], [0.128869, 0.139592, 0.147111], atol=2e-6)
    assert model.metrics_names == ["loss", "mean_absolute_error"]
    np.testing.assert_allclose(model.predict(X[:2]).ravel(), [0.2919374, 0.26918834], rtol=1e-5)


@pytest.mark.parametrize("options", [{}, {"run_eagerly": True}])
@pytest.mark.parametrize("dynamic", [False, True])
def test_a_subclass_learns_its_inputs_from_data(options, dynamic):
    model = Normalized(dynamic=dynamic)
    model.compile("sgd", "mse", metrics=["mae"], **options)
    history = model.fit(X, Y, batch_size=5, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], [3.1628524, 2.7157076], rtol=1e-5)
    np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), [1.4769356, 1.0885792], rtol=1e-5)


def test_run_eagerly_calls_the_model_with_values():
    seen = []

    class Looks(tf.keras.Model):
        def call(self, x):
            seen.append(bool(tf.executing_eagerly()))
            return tf.reduce_sum(x, axis=1, keepdims=True)

    model = Looks(dynamic=True)
    model.compile("sgd", "mse")
    model.fit(X, Y, epochs=1, verbose=0)
    assert seen
    assert seen[-1]


def test_data_of_datasets_and_tensors():
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(5)
    model = model_of()
    history = model.fit(dataset, epochs=2, verbose=0, validation_data=dataset).history
    np.testing.assert_allclose(history["loss"], [0.1161702, 0.1122770], rtol=1e-5)
    evaluated = model.evaluate(dataset, verbose=0)
    np.testing.assert_allclose(evaluated, [0.1089038, 0.2674565], rtol=1e-5)
    assert model.predict(dataset).shape == (10, 1)
    again = model_of()
    told = again.fit(tf.constant(X), tf.constant(Y), batch_size=5, shuffle=False, verbose=0)
    np.testing.assert_allclose(told.history["loss"], [0.1161702], rtol=1e-5)


def test_losses_and_metrics_that_a_functional_model_adds():
    inputs = tf.keras.Input((3,))
    first = L.Dense(2, kernel_initializer="ones")(inputs)
    second = L.Dense(1, kernel_initializer="ones")(first)
    model = tf.keras.Model(inputs, [first, second])
    model.add_loss(tf.reduce_mean(first))
    model.add_metric(tf.reduce_sum(first), name="s", aggregation="mean")
    model.compile("sgd", ["mse", "mae"], loss_weights=[1, 0.5])
    history = model.fit(
        X, [np.repeat(Y, 2, 1), Y], epochs=2, verbose=0, shuffle=False, batch_size=5
    ).history
    np.testing.assert_allclose(history["loss"], [4.8948886, 4.4670664], rtol=1e-5)
    np.testing.assert_allclose(history["s"], [17.192432, 16.296139], rtol=1e-5)


@pytest.mark.parametrize("options", [{}, {"run_eagerly": True}])
def test_losses_and_metrics_that_a_call_adds(options):
    class Adds(L.Layer):
        def call(self, x):
            self.add_loss(tf.reduce_sum(x) * 0.01)
            self.add_metric(tf.reduce_sum(x), name="am", aggregation="mean")
            return x

    model = tf.keras.Sequential([Adds(input_shape=(3,)), L.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse", **options)
    history = model.fit(X, Y, epochs=2, verbose=0, shuffle=False, batch_size=5).history
    np.testing.assert_allclose(history["loss"], [1.8211101, 1.5846862], rtol=1e-5)
    np.testing.assert_allclose(history["am"], [8.7168045, 8.7168045], rtol=1e-5)


def test_losses_are_those_of_the_last_call():
    dense = L.Dense(
        1, kernel_regularizer="l2", activity_regularizer="l1", kernel_initializer="ones"
    )
    for _ in range(2):
        dense(tf.ones([1, 2]))
    assert [round(float(loss), 6) for loss in dense.losses] == [0.02, 0.02]
    with pytest.raises(ValueError, match="Expected a symbolic Tensors or a callable"):
        dense.add_loss(tf.constant(1.0))


def test_a_model_is_kept_in_hdf5(tmp_path):
    pytest.importorskip("h5py")
    model = model_of(optimizer="adam")
    model.fit(X, Y, verbose=0, shuffle=False)
    model.save(str(tmp_path / "model.h5"))
    again = tf.keras.models.load_model(str(tmp_path / "model.h5"))
    for each in (model, again):
        each.fit(X, Y, verbose=0, shuffle=False)
    np.testing.assert_array_equal(model.predict(X), again.predict(X))
    assert again.optimizer.iterations.numpy() == 2


def test_a_function_of_the_backend():
    K = tf.keras.backend
    x = K.placeholder((None, 2))
    total = K.variable(1.0)
    double = K.function([x], [x * 2 + 1], updates=[(total, total + 1.0)])
    np.testing.assert_array_equal(double([np.ones((1, 2))])[0], [[3.0, 3.0]])
    assert K.get_value(total) == 2.0
    with pytest.raises(ValueError, match="You must feed a value for placeholder"):
        double([None])


def test_learning_phase():
    K = tf.keras.backend
    assert K.learning_phase() == 0
    K.set_learning_phase(1)
    try:
        assert not L.Dropout(0.999999)(tf.ones([3])).numpy().any()
    finally:
        K.set_learning_phase(0)


@pytest.mark.parametrize("phase", [0, 1])
def test_a_model_inside_of_a_compiled_one_trains_whatever_is_set(phase):
    K, x = tf.keras.backend, np.ones((4, 2), np.float32)

    def model():
        inner = tf.keras.Sequential([L.Dropout(0.999999, input_shape=(2,))])
        outer = tf.keras.Sequential([inner, L.Flatten()])
        outer.compile("sgd", "mse")
        return outer

    phases = learning_phase._set.copy()
    K.set_learning_phase(phase)
    try:
        made = model()
        assert made.predict(x).all()
        assert made.train_on_batch(x, 0 * x) == 0
        assert made.evaluate(x, 0 * x, verbose=0) == 1
    finally:
        learning_phase._set.clear()
        learning_phase._set.update(phases)
    with K.learning_phase_scope(phase):
        inside = model()
    assert inside.train_on_batch(x, 0 * x) == 0
    assert inside.evaluate(x, 0 * x, verbose=0) == 1


def test_a_traced_step_of_training():
    model = tf.keras.Sequential([L.Dense(2, kernel_initializer="ones", input_shape=(3,))])
    optimizer = tf.keras.optimizers.SGD(0.1)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(x) ** 2)
        variables = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    assert [float(step(tf.ones([1, 3]))) for _ in range(2)] == pytest.approx([18.0, 0.72])
    assert optimizer.iterations.numpy() == 2


def test_run_eagerly_holds_for_a_model_that_data_build():
    class Hundred(L.Layer):
        def call(self, x, training):
            return x + (100.0 if training else 0.0)

    model = tf.keras.Sequential([Hundred()])
    model.compile("sgd", "mse", run_eagerly=True)
    history = model.fit(np.array([0.0]), np.array([0.0]), verbose=0).history
    assert history["loss"] == [10000.0]
    assert model.run_eagerly
    assert model.evaluate(np.array([0.0]), np.array([0.0]), verbose=0) == 0.0


def test_a_frozen_normalization_keeps_its_averages():
    norm = L.BatchNormalization(momentum=0.5)
    norm(tf.constant([[1.0], [3.0]]), training=True)
    norm.trainable = False
    before = norm.moving_mean.numpy()
    norm(tf.constant([[5.0], [9.0]]), training=True)
    np.testing.assert_array_equal(norm.moving_mean.numpy(), before)


def test_variables_of_one_name_have_slots_of_their_own():
    wide, narrow = tf.Variable([1.0, 2.0]), tf.Variable(np.ones((4, 2), np.float32))
    optimizer = tf.keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
    for _ in range(3):
        with tf.GradientTape() as tape:
            rows = tf.nn.embedding_lookup(narrow, [1, 1, 2])
            loss = tf.reduce_sum(wide * wide) + tf.reduce_sum(rows**2)
        grads = tape.gradient(loss, [wide, narrow])
        optimizer.apply_gradients(zip(grads, [wide, narrow], strict=True))
    np.testing.assert_allclose(wide.numpy(), [-0.10835195, -0.21670389], rtol=1e-5)
    np.testing.assert_allclose(narrow.numpy()[:, 0], [1, -0.433296, -0.10835195, 1], rtol=1e-5)


def test_variables_of_functional_layers_are_kept_in_a_store():
    store = tf.contrib.eager.EagerVariableStore()
    with store.as_default(), tf.GradientTape() as tape:
        hidden = tf.layers.dense(tf.ones([2, 3]), 2, name="a")
        loss = tf.reduce_sum(tf.layers.batch_normalization(hidden, name="b"))
    assert [v.name for v in store.trainable_variables()] == [
        *("a/bias:0", "a/kernel:0", "b/beta:0", "b/gamma:0"),
    ]
    grads = tape.gradient(loss, store.trainable_variables())
    assert all(grad is not None for grad in grads)


def test_predictions_of_a_batch_are_tensors_of_a_compiled_model():
    assert model_of().predict_on_batch(X[:2]).numpy().shape == (2, 1)
    by_train = model_of(optimizer=tf.train.AdamOptimizer(0.01))
    assert isinstance(by_train.predict_on_batch(X[:2]), np.ndarray)


def test_layers_are_counted_anew_after_a_reset():
    tf.reset_default_graph()
    names = [tf.keras.layers.Dense(1).name for _ in range(2)]
    tf.reset_default_graph()
    assert [tf.keras.layers.Dense(1).name for _ in range(2)] == names == ["dense", "dense_1"]


def test_a_phase_that_is_set_comes_before_defaults():
    """What the call around was given comes first, then the phase, then what `call` says."""
    tf.keras.backend.clear_session()  # which forgets a phase that is set

    class Asks(tf.keras.layers.Layer):
        def call(self, inputs, training=None):
            self.training = training
            return inputs

    class Around(tf.keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.inside = Asks()

        def call(self, inputs, training=False):
            return self.inside(inputs)

    around, x = Around(), tf.ones([1])

    def asked(**given):
        around(x, **given)
        return around.inside.training

    assert asked() is None
    with tf.keras.backend.learning_phase_scope(1):
        assert asked() is True
        assert asked(training=False) is False
    with tf.keras.backend.learning_phase_scope(0):
        assert asked() is False
    assert asked(training=True) is True


def test_optimizers_of_keras_watch_what_they_are_given():
    x = tf.constant(1.0)
    ((grad, given),) = tf.keras.optimizers.SGD(3.0)._compute_gradients(lambda: x * x, [x])
    assert given is x
    assert float(grad) == 2.0


def test_what_is_added_in_a_branch_is_refused():
    class Adds(L.Layer):
        def __init__(self, add):
            super().__init__()
            self.add = add

        def call(self, x):
            if tf.reduce_sum(x) > 0.0:
                self.add(self, x)
                return x
            return x

    def regularized(layer, x):
        layer.inside = L.Dense(1, activity_regularizer="l2")
        layer.inside(x)

    added = {
        "add_loss": lambda layer, x: layer.add_loss(tf.reduce_sum(x), inputs=True),
        "add_metric": lambda layer, x: layer.add_metric(tf.reduce_sum(x), "mean", name="m"),
        "add_update": lambda layer, x: layer.add_update(tf.reduce_sum(x)),
        "activity_regularizer": regularized,
    }
    for method, add in added.items():
        with pytest.raises(RuntimeError, match=f"`{method}` in a control flow branch"):
            Adds(add)(tf.keras.Input((3,)))
    Adds(added["add_loss"])(tf.ones([1, 3]))  # eagerly there is no branch


def test_a_model_that_is_built_knows_the_phase():
    class Doubles(L.Layer):
        def call(self, x, training=None):
            if training:
                return x * 2.0
            return x

    model = tf.keras.Sequential([Doubles(input_shape=(1,))])
    model.compile("sgd", "mae")
    ones = np.ones((2, 1), np.float32)
    assert model.train_on_batch(ones, ones) == 1.0
    assert model.test_on_batch(ones, ones) == 0.0


def test_tables_of_columns_are_filled():
    words = tf.feature_column.categorical_column_with_vocabulary_list("word", ["a", "b"])
    column = tf.feature_column.indicator_column(words)
    inputs = {"word": tf.keras.Input((1,), dtype=tf.string, name="word")}
    model = tf.keras.Model(inputs, L.DenseFeatures([column])(inputs))
    given = {"word": np.array([["b"], ["a"], ["c"]])}
    assert model.predict(given).tolist() == [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]


def test_a_wide_and_deep_model_has_two_optimizers():
    linear = tf.keras.experimental.LinearModel(units=1, kernel_initializer="zeros")
    deep = tf.keras.Sequential([L.Dense(1, input_shape=(3,), kernel_initializer="zeros")])
    model = tf.keras.experimental.WideDeepModel(linear, deep, activation=_same)
    model.compile(["sgd", tf.keras.optimizers.SGD(0.0)], "mse", run_eagerly=True)
    model.train_on_batch([X, X], Y)
    assert linear.get_weights()[0].any()
    assert not deep.get_weights()[0].any()
    again = type(model).from_config(model.get_config(), {"_same": _same})
    assert again.activation is _same


def _same(x):
    return x


def test_what_fit_says_before_epochs_of_a_dataset(capsys):
    model = model_of()
    data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(5)
    model.fit(data)
    assert "Train" not in capsys.readouterr().out
    model.fit(data.repeat(), steps_per_epoch=2)
    assert capsys.readouterr().out.startswith("Train for 2 steps\n")
