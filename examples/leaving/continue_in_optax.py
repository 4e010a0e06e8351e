"""Goes on in JAX and Optax with what mnist_backward.py trained: python continue_in_optax.py

    --checkpoint  the checkpoint that is taken up ('../mnist/model/mnist-2500')
    --steps       how many steps are made, 50 by default

The old graph goes on beside it with the same batches, so that both losses can be seen.
"""

import argparse

import jax
import numpy as np
import optax

import stillflow as tf
from stillflow.api.examples.tutorials.mnist import input_data

BATCH, BATCHES_PER_EPOCH = 200, 275
RATE, RATE_DECAY, MOMENTUM = 0.1, 0.99, 0.9
SLOT = "/Momentum"


def optimizer_of(start):
    """The optimizer of mnist_backward.py in Optax, whose schedule is at step `start`."""

    def rate(count):
        return RATE * RATE_DECAY ** ((count + start) // BATCHES_PER_EPOCH)

    return optax.sgd(rate, MOMENTUM)


def taken_up(checkpoint, params, optimizer):
    """The optimizer's state with the moments that the old one had kept."""
    reader = tf.train.load_checkpoint(checkpoint)
    moments = {name: reader.get_tensor(name + SLOT) for name in params}
    trace, *others = optimizer.init(params)
    return (trace._replace(trace=moments), *others)


def new_losses(checkpoint, batches):
    """Trains in Optax; yields the loss of each batch."""
    loss, params = tf.load_jax(checkpoint, inputs=["images", "labels"], outputs={"loss": "add"})
    step = int(tf.train.load_variable(checkpoint, "global_step"))
    optimizer = optimizer_of(step)
    state = taken_up(checkpoint, params, optimizer)

    @jax.jit
    def train(params, state, images, labels):
        value, gradients = jax.value_and_grad(lambda p: loss(p, images, labels)["loss"])(params)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(params, updates), state, value

    for images, labels in batches:
        params, state, value = train(params, state, images, labels)
        yield float(value)


def old_losses(checkpoint, batches):
    """Trains in a session; yields the loss of each batch."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(checkpoint + ".meta").restore(session, checkpoint)
        train = tf.get_default_graph().get_operation_by_name("Momentum")
        for images, labels in batches:
            feeds = {"images:0": images, "labels:0": labels}
            yield float(session.run(["add:0", train], feeds)[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", default="../mnist/model/mnist-2500")
    parser.add_argument("--steps", type=int, default=50)
    arguments = parser.parse_args()
    digits = input_data.read_data_sets("data").train
    drawn = [digits.next_batch(BATCH) for _ in range(arguments.steps)]
    batches = [(images, labels.astype(np.int32)) for images, labels in drawn]
    both = zip(
        new_losses(arguments.checkpoint, batches),
        old_losses(arguments.checkpoint, batches),
        strict=True,
    )
    furthest = 0.0
    for step, (new, old) in enumerate(both, start=1):
        furthest = max(furthest, abs(new - old))
        if step % 10 == 0:
            print(f"step {step:4d}   loss in Optax {new:.6f}   in the session {old:.6f}")
    print(f"They differ by {furthest:.1e} at most.")


if __name__ == "__main__":
    main()
