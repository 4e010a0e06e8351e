"""tensorflow-gan 2.0.0: a generator and a discriminator trained by its loops, and its losses."""

import numpy as np
import tensorflow as tf
import tensorflow_gan as tfgan


def generator(noise, is_training=True):
    return tf.compat.v1.layers.dense(noise, 2, name="made")


def discriminator(data, _, is_training=True):
    hidden = tf.compat.v1.layers.dense(data, 8, tf.tanh, name="hidden")
    return tf.compat.v1.layers.dense(hidden, 1, name="verdict")


def trained():
    rng = np.random.RandomState(0)
    real = tf.constant(rng.randn(16, 2) * 0.5 + [1.0, -1.0], tf.float32)
    model = tfgan.gan_model(
        generator, discriminator, real, tf.constant(rng.randn(16, 3), tf.float32)
    )
    loss = tfgan.gan_loss(
        model,
        tfgan.losses.wasserstein_generator_loss,
        tfgan.losses.wasserstein_discriminator_loss,
        gradient_penalty_weight=1.0,
    )
    ops = tfgan.gan_train_ops(
        model,
        loss,
        tf.compat.v1.train.GradientDescentOptimizer(0.02),
        tf.compat.v1.train.GradientDescentOptimizer(0.05),
    )
    fetches = [loss.generator_loss, loss.discriminator_loss]
    hooks = tfgan.get_sequential_train_hooks(tfgan.GANTrainSteps(1, 2))(ops)
    seen = []
    with tf.compat.v1.train.MonitoredTrainingSession(
        hooks=[*hooks, tf.estimator.StopAtStepHook(num_steps=10)]
    ) as session:
        while not session.should_stop():
            session.run(ops.global_step_inc_op)
            if not session.should_stop():
                seen.append(session.run(fetches))
    return seen


def losses():
    tf.compat.v1.reset_default_graph()
    real, made = tf.constant([[0.5], [2.0]]), tf.constant([[-0.3], [0.7]])
    plain = tfgan.losses.wargs
    found = {
        "modified": plain.modified_discriminator_loss(real, made),
        "least_squares": plain.least_squares_generator_loss(made),
        "hinge": plain.wasserstein_hinge_discriminator_loss(real, made),
        "frechet": tfgan.eval.frechet_classifier_distance_from_activations(
            tf.constant(np.random.RandomState(1).rand(30, 4)),
            tf.constant(np.random.RandomState(2).rand(30, 4)),
        ),
        "diagonal": tfgan.eval.diagonal_only_frechet_classifier_distance_from_activations(
            tf.constant(np.random.RandomState(1).rand(30, 4)),
            tf.constant(np.random.RandomState(2).rand(30, 4)),
        ),
    }
    with tf.compat.v1.Session() as session:
        return session.run(found)


def main():
    tf.compat.v1.set_random_seed(8)
    return {"trained": trained(), **losses()}
