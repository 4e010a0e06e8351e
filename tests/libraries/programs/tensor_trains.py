"""t3f 1.1.0: tensor trains rounded, multiplied, fitted, and as a layer of Keras."""

import numpy as np
import t3f
import tensorflow as tf
from t3f import nn


def main():
    tf.set_random_seed(4)
    rng = np.random.RandomState(0)
    full = rng.rand(3, 4, 5).astype(np.float32)
    train = t3f.to_tt_tensor(tf.constant(full), max_tt_rank=3)
    matrix = t3f.to_tt_matrix(tf.constant(rng.rand(6, 6).astype(np.float32)), ((2, 3), (2, 3)), 4)
    other = t3f.get_variable("other", initializer=t3f.random_tensor((3, 4, 5), 2))
    gap = t3f.frobenius_norm(t3f.add(other, t3f.multiply(train, -1.0)))
    gradient = t3f.riemannian.project(train, other)
    step = t3f.assign(other, t3f.round(t3f.add(other, t3f.multiply(gradient, 0.1)), 2))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        numbers = session.run(
            {
                "full": t3f.full(train),
                "square": t3f.full(t3f.matmul(matrix, matrix)),
                "product": t3f.flat_inner(train, train),
                "norm": t3f.frobenius_norm(matrix),
                "rounded": t3f.full(t3f.round(t3f.add(train, train), 2)),
            }
        )
        numbers["gaps"] = []
        for _ in range(8):
            session.run(step.op)
            numbers["gaps"].append(session.run(gap))
    numbers["layer_losses"], numbers["layer_predicts"] = layer_trained()
    return numbers


def layer_trained():
    """Losses and predictions of a dense layer whose matrix is a tensor train."""
    tf.reset_default_graph()
    tf.enable_resource_variables()  # optimizers of Keras change no others
    tf.set_random_seed(3)
    rng = np.random.RandomState(1)
    x = rng.rand(32, 12).astype(np.float32)
    model = tf.keras.Sequential(
        [
            nn.KerasDense([3, 4], [2, 4], tt_rank=2, activation="relu", bias_initializer=1e-3),
            tf.keras.layers.Dense(1, kernel_initializer=tf.keras.initializers.Constant(0.1)),
        ]
    )
    model.compile(tf.keras.optimizers.SGD(0.05), "mse")
    trained = model.fit(x, x[:, :2].sum(1), batch_size=8, epochs=4, shuffle=False, verbose=0)
    return trained.history["loss"], model.predict(x[:3])
