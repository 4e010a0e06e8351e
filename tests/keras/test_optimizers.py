"""What of an optimizer changes after it is made, what it keeps, and how that is found again."""

import numpy as np
import pytest

import stillflow as tf
from stillflow.environment.internals import internal_module

K = tf.keras.backend
START = np.array([[1.0, -2.0], [3.0, 4.0]], np.float32)


@pytest.fixture(autouse=True)
def cleared():
    yield
    K.clear_session()


def variable(value=START):
    v = tf.Variable(value, use_resource=True, name="w")
    K.get_session().run(v.initializer)
    return v


def test_minimizing_is_getting_updates():
    values = []
    for minimizes in (True, False):
        w = variable()
        optimizer = tf.keras.optimizers.Adam(0.1)
        if minimizes:
            step = optimizer.minimize(lambda w=w: tf.reduce_sum(w * w * w), lambda w=w: [w])
        else:
            step = optimizer.get_updates(tf.reduce_sum(w * w * w), [w])
        for _ in range(3):
            K.get_session().run(step)
        values.append(K.get_value(w))
    np.testing.assert_array_equal(*values)


def test_numbers_are_set_in_the_session():
    w = variable()
    optimizer = tf.keras.optimizers.SGD(0.1)
    optimizer.lr = 0.25  # not yet a variable
    step = optimizer.get_updates(tf.reduce_sum(w), [w])
    K.get_session().run(step)
    np.testing.assert_allclose(K.get_value(w), START - 0.25)
    optimizer.learning_rate = 1.0
    assert K.get_value(optimizer.lr) == 1.0
    K.get_session().run(step)
    np.testing.assert_allclose(K.get_value(w), START - 1.25)
    assert optimizer.get_config()["learning_rate"] == 1.0
    K.set_value(optimizer.lr, 0.5)
    assert optimizer.get_config()["learning_rate"] == 0.5


def test_state_is_taken_out_and_put_in():
    w = variable()
    first = tf.keras.optimizers.RMSprop(0.1)
    step = first.get_updates(tf.reduce_sum(w * w), [w])
    K.get_session().run(step)
    state = first.get_weights()
    assert [each.shape for each in state] == [(), (2, 2)]
    second = tf.keras.optimizers.RMSprop(0.1)
    second.get_updates(tf.reduce_sum(w * w), [w])
    second.set_weights(state)
    np.testing.assert_array_equal(second.get_weights()[1], state[1])
    second.set_weights([state[1] + 1])  # as Keras saved it: without the count
    assert second.get_weights()[0] == 0
    with pytest.raises(ValueError, match="with a  weight list of length 3, but the optimizer was"):
        second.set_weights([*state, state[0]])
    with pytest.raises(ValueError, match=r"shape \(2, 2\) not compatible with provided.*\(3,\)"):
        second.set_weights([state[0], np.zeros(3)])


def test_adam_leaves_out_the_slots_that_keras_saved_besides():
    w = variable()
    optimizer = tf.keras.optimizers.Adam(0.1)
    optimizer.get_updates(tf.reduce_sum(w * w), [w])
    optimizer.set_weights([np.array(4), START, START * 2, np.zeros(1)])
    np.testing.assert_array_equal(optimizer.get_weights()[2], START * 2)


def test_a_checkpoint_of_objects_restores_slots_that_are_made_later(tmp_path):
    w = variable()
    optimizer = tf.keras.optimizers.Adam(0.1)
    step = optimizer.get_updates(tf.reduce_sum(w * w), [w])
    K.get_session().run(step)
    with K.get_session().as_default():
        path = tf.train.Checkpoint(w=w, optimizer=optimizer).save(str(tmp_path / "ckpt"))
    kept = optimizer.get_weights()
    assert "w/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE" in dict(
        tf.train.list_variables(path)
    )
    K.clear_session()
    w = variable(START * 0)
    fresh = tf.keras.optimizers.Adam(0.5)
    status = tf.train.Checkpoint(w=w, optimizer=fresh).restore(path)
    fresh.get_updates(tf.reduce_sum(w * w), [w])
    status.assert_consumed().run_restore_ops(K.get_session())
    for got, want in zip(fresh.get_weights(), kept, strict=True):
        np.testing.assert_array_equal(got, want)
    assert K.get_value(fresh.lr) == np.float32(0.1)


def test_gradients_that_are_missing_are_named(caplog):
    w, unused = variable(), variable()
    optimizer = tf.keras.optimizers.SGD(0.1)
    with pytest.raises(ValueError, match="has `None` for gradient"):
        optimizer.get_gradients(tf.reduce_sum(w), [w, unused])
    optimizer.minimize(lambda: tf.reduce_sum(w), [w, unused])
    assert "Gradients do not exist for variables" in caplog.text
    with pytest.raises(ValueError, match=r"No gradients provided for any variable: \['w"):
        optimizer.minimize(lambda: tf.reduce_sum(w), [unused])


def test_rows_of_a_variable_with_a_constraint_are_refused():
    w = tf.Variable(START, use_resource=True, constraint=tf.keras.constraints.NonNeg())
    rows = tf.reduce_sum(tf.nn.embedding_lookup(w, [0]))
    with pytest.raises(RuntimeError, match="Cannot use a constraint function on a sparse variable"):
        tf.keras.optimizers.SGD(0.1).get_updates(rows, [w])


def test_the_first_optimizers_tell_their_numbers():
    first = internal_module("python.keras.optimizers")
    told = first.Adam(lr=0.5, clipnorm=1.0).get_config()
    assert told == pytest.approx(
        {
            **{"clipnorm": 1.0, "lr": 0.5, "beta_1": 0.9, "beta_2": 0.999},
            **{"decay": 0.0, "epsilon": 1e-7, "amsgrad": False},
        }
    )
    assert type(tf.keras.optimizers.deserialize({"class_name": "Adam", "config": told})) is (
        tf.keras.optimizers.Adam
    )
    with pytest.raises(TypeError, match="Unexpected keyword argument passed to optimizer: rate"):
        first.SGD(rate=1)


class Added(tf.keras.layers.Layer):
    """Adds one number."""

    def build(self, shape):
        self.number = self.add_weight("number", (), initializer="ones", dtype=tf.float32)

    def call(self, inputs):
        return inputs + self.number


@pytest.mark.parametrize(
    "strategy",
    [
        lambda: tf.distribute.OneDeviceStrategy("/cpu:0"),
        lambda: tf.distribute.MirroredStrategy(["/cpu:0"]),
    ],
)
def test_what_a_layer_reads_as_float16_is_updated_in_float32(strategy):
    strategy, least = strategy(), 2.0**-14  # nothing beside 1 in float16

    def step():
        with tf.GradientTape() as tape:
            y = layer(tf.constant([1.0], tf.float16))
        pairs = [(tape.gradient(y, layer.number), layer.number)]
        return tf.keras.optimizers.SGD(least).apply_gradients(pairs)

    with strategy.scope(), K.get_session() as session:
        policy = tf.keras.mixed_precision.experimental.Policy("infer_float32_vars")
        layer = Added(dtype=policy)
        updated = strategy.experimental_run_v2(step)
        session.run(tf.global_variables_initializer())
        session.run(strategy.experimental_local_results(updated))
        assert session.run(layer.number) == 1 - least


def test_one_of_train_counts_its_steps():
    w = variable()
    optimizer = tf.keras.optimizers.get(tf.train.MomentumOptimizer(0.1, 0.9))
    step = optimizer.get_updates(tf.reduce_sum(w), [w])
    for _ in range(2):
        K.get_session().run(step)
    assert K.get_value(optimizer.iterations) == 2
    np.testing.assert_allclose(K.get_value(w), START - 0.29, rtol=1e-6)
    with pytest.raises(NotImplementedError):
        optimizer.get_config()


def test_a_schedule_of_a_programs_own():
    class Halving(tf.keras.optimizers.schedules.LearningRateSchedule):
        def __init__(self, rate):
            self.rate = rate

        def __call__(self, step):
            return self.rate * 0.5**step

        def get_config(self):
            return {"rate": self.rate}

    w = variable()
    optimizer = tf.keras.optimizers.SGD(Halving(1.0))
    step = optimizer.get_updates(tf.reduce_sum(w), [w])
    for _ in range(3):
        K.get_session().run(step)
    np.testing.assert_allclose(K.get_value(w), START - 1.75)
    config = optimizer.get_config()
    assert config["learning_rate"] == {"class_name": "Halving", "config": {"rate": 1.0}}
    again = tf.keras.optimizers.SGD.from_config(config, custom_objects={"Halving": Halving})
    assert again.get_config()["learning_rate"]["config"] == {"rate": 1.0}


@pytest.mark.parametrize(
    ("name", "error"), [("SGD", AttributeError), ("Adam", ValueError), ("Ftrl", ValueError)]
)
def test_variables_that_have_no_handles_are_refused(name, error):
    w = tf.Variable(START, use_resource=False)
    optimizer = getattr(tf.keras.optimizers, name)()
    with pytest.raises(error, match="change variables behind handles"):
        optimizer.get_updates(tf.reduce_sum(w), [w])
    with pytest.raises(TypeError, match="'Tensor' object is not callable\n  minimize takes a func"):
        optimizer.minimize(tf.reduce_sum(w), [w])
