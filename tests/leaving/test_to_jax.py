"""Functions for JAX give what the session gives, with and without 64-bit types."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.experimental import checkify

import stillflow as tf

RNG = np.random.default_rng(0)
XS = RNG.random((8, 12, 12, 1), np.float32)
YS = RNG.integers(0, 4, 8)


@pytest.fixture(params=[False, True], ids=["narrow", "wide"])
def wide(request):
    with jax.enable_x64(request.param):
        yield request.param


#: With 64-bit types these take as long again, and have nothing to themselves there.
WIDE_AT_LENGTH = pytest.mark.parametrize(
    "wide",
    [pytest.param(False, id="narrow"), pytest.param(True, id="wide", marks=pytest.mark.slow)],
    indirect=True,
)


def started(graph=None):
    session = tf.Session(graph=graph)
    session.run(tf.global_variables_initializer())
    return session


def network(x, training=False):
    """Convolutions, pooling, batch norm and dropout."""
    tf.set_random_seed(5)
    h = tf.layers.conv2d(x, 4, 3, activation=tf.nn.relu)
    h = tf.layers.batch_normalization(h, training=training)
    h = tf.layers.max_pooling2d(h, 2, 2)
    h = tf.layers.dropout(tf.layers.flatten(h), 0.3, training=training, seed=2)
    return tf.layers.dense(h, 4)


def loss_of(logits, y):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))


def test_fetches(wide):
    x = tf.placeholder(tf.float32, [None, 12, 12, 1], name="x")
    logits = network(x)
    fetches = {"logits": logits, "best": tf.argmax(logits, 1)}
    with started().as_default() as session:
        function, params = tf.to_jax(fetches, [x])
    assert set(params) == {v.op.name for v in tf.global_variables()}
    want_logits, want_best = session.run([fetches["logits"], fetches["best"]], {x: XS})
    got = jax.jit(function)(params, XS)
    np.testing.assert_allclose(got["logits"], want_logits, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(got["best"], want_best)
    each = jax.vmap(lambda image: function(params, x=image[None])["logits"][0])(XS)
    np.testing.assert_allclose(each, want_logits, rtol=1e-5, atol=1e-6)


@WIDE_AT_LENGTH
def test_gradients_are_tensorflows(wide):
    """Of images that are zero in places, where a rectifier's input is exactly zero."""
    x = tf.placeholder(tf.float32, [None, 12, 12, 1], name="x")
    y = tf.placeholder(tf.int64, [None], name="y")
    loss = loss_of(network(x * tf.cast(x > 0.5, tf.float32)), y)
    trainable = tf.trainable_variables()
    wanted = tf.gradients(loss, [*trainable, x])
    session = started()
    function, params = tf.to_jax(loss, [x, y], session=session)
    of_params, of_x = jax.jit(jax.grad(function, argnums=(0, 1)))(params, XS, YS)
    want = session.run(wanted, {x: XS, y: YS})
    for variable, gradient in zip(trainable, want, strict=False):
        np.testing.assert_allclose(of_params[variable.op.name], gradient, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(of_x, want[-1], rtol=1e-4, atol=1e-6)


def test_second_derivatives(wide):
    x = tf.placeholder(tf.float32, [3])
    w = tf.get_variable("w", initializer=[1.0, 2.0, 3.0])
    loss = tf.reduce_sum(tf.tanh(x * w) * tf.stop_gradient(w))
    second = tf.gradients(tf.gradients(loss, w)[0], w)[0]
    session = started()
    function, params = tf.to_jax(loss, [x], session=session)
    given = np.float32([0.1, -0.2, 0.3])
    got = jax.grad(lambda p: jax.grad(function)(p, given)["w"].sum())(params)["w"]
    np.testing.assert_allclose(got, session.run(second, {x: given}), rtol=1e-5)


def test_stopped_and_custom_gradients(wide):
    @tf.custom_gradient
    def doubled(x):
        return x * 1.0, lambda dy: dy * 2

    x = tf.placeholder(tf.float32, [2], name="x")
    y = doubled(x) + tf.stop_gradient(x) * 5
    function, params = tf.to_jax(tf.reduce_sum(y), [x], session=started())
    np.testing.assert_array_equal(jax.grad(function, argnums=1)(params, np.ones(2, "f")), [2, 2])


def test_a_training_step(wide):
    x = tf.placeholder(tf.float32, [None, 12, 12, 1], name="x")
    y = tf.placeholder(tf.int64, [None], name="y")
    loss = loss_of(network(x, training=True), y)
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    rate = tf.train.exponential_decay(0.01, tf.train.get_or_create_global_step(), 10, 0.5)
    with tf.control_dependencies(updates):
        train = tf.train.AdamOptimizer(rate).minimize(loss, tf.train.get_global_step())
    session = started()
    step, state = tf.to_jax([loss, train], [x, y], session=session, updates=True)
    compiled = jax.jit(step)
    for _ in range(50):
        (got, nothing), state = compiled(state, XS, YS)
        want, _ = session.run([loss, train], {x: XS, y: YS})
        assert nothing is None
        np.testing.assert_allclose(got, want, rtol=2e-5)
    for variable in tf.global_variables():
        value = state["variables"][variable.op.name]
        np.testing.assert_allclose(value, session.run(variable), rtol=1e-3, atol=1e-5)


def test_random_numbers_are_the_sessions(wide):
    fetches = [
        tf.random_uniform([1000], seed=1),
        tf.random_normal([1000], seed=2),
        tf.random_uniform([1000], 0, 100, tf.int32, seed=3),
        tf.truncated_normal([1000], seed=4),
    ]
    session = started()
    step, state = tf.to_jax(fetches, session=session, updates=True)
    for _ in range(3):
        got, state = jax.jit(step)(state)
        for one, other in zip(got, session.run(fetches), strict=True):
            # An angle is a product in float64, where there is that type.
            np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7 if wide else 2e-6)


@WIDE_AT_LENGTH
def test_a_function_draws_the_same_numbers(wide):
    """Those that the session would draw next; a derivative draws them too."""
    x = tf.placeholder(tf.float32, [50], name="x")
    y = tf.nn.dropout(x, keep_prob=0.5, seed=4)
    session = started()
    function, params = tf.to_jax(y, [x], session=session)
    ones = np.ones(50, "f")
    want = session.run(y, {x: ones})
    for _ in range(2):
        np.testing.assert_array_equal(jax.jit(function)(params, ones), want)
    gradient = jax.grad(lambda xs: function(params, xs).sum())(ones)
    np.testing.assert_array_equal(gradient, want)


def test_loops_and_choices(wide):
    x = tf.placeholder(tf.float32, [3], name="x")
    count = tf.placeholder(tf.int32, [], name="count")
    loop = tf.while_loop(
        lambda i, total: i < count,
        lambda i, total: (i + 1, total * x + tf.cast(i, tf.float32)),
        [0, tf.ones([3])],
    )[1]
    chosen = tf.cond(tf.reduce_sum(x) > 0, lambda: loop, lambda: -loop)
    session = started()
    function, params = tf.to_jax(chosen, [x, count], session=session)
    for given in ([0.5, 1.0, -0.25], [-1.0, 0.5, 0.1]):
        got = jax.jit(function)(params, np.float32(given), np.int32(6))
        np.testing.assert_allclose(got, session.run(chosen, {x: given, count: 6}), rtol=1e-5)


@WIDE_AT_LENGTH
def test_a_recurrent_network(wide):
    x = tf.placeholder(tf.float32, [4, 7, 3], name="x")
    cell = tf.nn.rnn_cell.BasicLSTMCell(5)
    outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, sequence_length=[7, 2, 0, 5])
    loss = tf.reduce_sum(outputs**2) + tf.reduce_sum(state.h)
    kernel, bias = cell.trainable_variables
    wanted = tf.gradients(loss, [kernel, bias])
    session = started()
    function, params = tf.to_jax(loss, [x], session=session)
    xs = RNG.random((4, 7, 3), np.float32)
    got = jax.jit(jax.grad(function))(params, xs)
    for variable, want in zip((kernel, bias), session.run(wanted, {x: xs}), strict=True):
        np.testing.assert_allclose(got[variable.op.name], want, rtol=1e-4, atol=1e-6)


def test_from_a_checkpoint(tmp_path):
    x = tf.placeholder(tf.float32, [2], name="x")
    y = x * tf.get_variable("w", initializer=3.0) + tf.get_variable("b", initializer=1.0)
    prefix = tf.train.Saver().save(started(), tmp_path / "model.ckpt")
    function, params = tf.to_jax(y, {"value": x}, checkpoint=prefix)
    assert params == {"w": 3, "b": 1}
    np.testing.assert_array_equal(function(params, value=np.float32([1, 2])), [4, 7])


def test_checks_on_request():
    x = tf.placeholder(tf.float32, [2], name="x")
    with tf.control_dependencies([tf.assert_positive(x)]):
        y = tf.sqrt(x)
    plain, params = tf.to_jax(y, [x], session=started())
    assert np.isnan(plain(params, np.float32([1, -1]))[1])
    checked, params = tf.to_jax(y, [x], session=started(), checks=True)
    run = jax.jit(checkify.checkify(checked))
    run(params, jnp.ones(2))[0].throw()
    with pytest.raises(checkify.JaxRuntimeError, match="assert_positive"):
        run(params, jnp.array([1.0, -1.0]))[0].throw()


def test_refusals():
    x = tf.placeholder(tf.float32, [2], name="x")
    v = tf.get_variable("v", initializer=[1.0, 2.0])
    with pytest.raises(ValueError, match="no default session"):
        tf.to_jax(x * v, [x])
    with pytest.raises(tf.errors.FailedPreconditionError, match="v"):
        tf.to_jax(x * v, [x], session=tf.Session())
    session = started()
    with pytest.raises(tf.errors.UnimplementedError, match="updates=True"):
        tf.to_jax(tf.assign(v, x), [x], session=session)
    with pytest.raises(tf.errors.InvalidArgumentError, match="must feed"):
        tf.to_jax(x * v, session=session)
    function, params = tf.to_jax(tf.unique(x)[0] * 2.0, [x], session=session)
    with pytest.raises(tf.errors.UnimplementedError, match="Unique runs on the host only") as told:
        function(params, np.ones(2, "f"))
    assert "test_to_jax.py" in str(told.value)
    function, params = tf.to_jax(x * v, [x], session=session)
    with pytest.raises(TypeError, match=r"missing: \['x'\], unknown: \['z'\]"):
        function(params, z=1)
    with pytest.raises(TypeError, match="no value for the variable v"):
        function({}, np.ones(2, "f"))
