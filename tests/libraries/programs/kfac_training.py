"""kfac 0.2.3: two layers trained by the natural gradient, by hand and as a model of Keras."""

import kfac
import numpy as np
import tensorflow as tf
from kfac.python.keras import optimizers


def main():
    tf.set_random_seed(2)
    rng = np.random.RandomState(0)
    x = tf.constant(rng.rand(32, 6).astype(np.float32))
    labels = tf.constant(rng.randint(3, size=32))
    registry = kfac.LayerCollection()
    hidden, w = dense(x, 5, "hidden")
    registry.register_fully_connected(w, x, hidden)
    active = tf.tanh(hidden)
    logits, w = dense(active, 3, "logits")
    registry.register_fully_connected(w, active, logits)
    registry.register_categorical_predictive_distribution(logits, seed=4)
    loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    )
    optimizer = kfac.PeriodicInvCovUpdateKfacOpt(
        learning_rate=0.1,
        damping=0.01,
        momentum=0.9,
        cov_ema_decay=0.9,
        layer_collection=registry,
        invert_every=3,
        cov_update_every=1,
        num_burnin_steps=2,
    )
    train = optimizer.minimize(loss, tf.train.get_or_create_global_step())
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = [session.run([loss, train])[0] for _ in range(15)]
        numbers = {"losses": losses, "weights": session.run(w[0])}
    numbers["model_losses"], numbers["model_predicts"] = model_trained()
    return numbers


def model_trained():
    """Losses and predictions of a model of Keras, by the optimizer for those."""
    tf.reset_default_graph()
    tf.set_random_seed(3)
    rng = np.random.RandomState(1)
    x, y = rng.rand(32, 6).astype(np.float32), rng.randint(3, size=32)
    layers, glorot = tf.keras.layers, tf.keras.initializers.glorot_normal
    model = tf.keras.Sequential(
        [
            layers.Dense(5, "tanh", input_shape=(6,), kernel_initializer=glorot(seed=1)),
            layers.Dense(3, kernel_initializer=glorot(seed=2)),
            layers.Activation("softmax"),
        ]
    )
    loss = "sparse_categorical_crossentropy"
    optimizer = optimizers.Kfac(
        learning_rate=0.1,
        damping=0.01,
        momentum=0.9,
        cov_ema_decay=0.9,
        model=model,
        loss=loss,
        seed=4,
        invert_every=3,
        num_burnin_steps=2,
    )
    model.compile(optimizer, loss)
    trained = model.fit(x, y, batch_size=16, epochs=4, shuffle=False, verbose=0)
    return trained.history["loss"], model.predict(x[:2])


def dense(x, units, name):
    with tf.variable_scope(name):
        size = int(x.shape[1])
        w = tf.get_variable("w", [size, units], initializer=tf.random_normal_initializer(seed=1))
        b = tf.get_variable("b", [units], initializer=tf.zeros_initializer())
    return tf.matmul(x, w) + b, (w, b)
