"""Prints what the devices tell each other in a training step of an example's network, as JSON.

    stillflow run --devices N moved.py [mnist | mnist_cnn]

Read from the program that XLA compiles for one of them, with what that computes.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

from stillflow.runtime.tiers import xla

NETWORK = (sys.argv[1:] or ["mnist"])[0]
sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / NETWORK))
BATCH = 64
COLLECTIVE = re.compile(
    r" = (.*?) ((?:all-reduce|all-gather|all-to-all|collective-permute|reduce-scatter)\S*)\("
)
BYTES = {"pred": 1, "s32": 4, "u32": 4, "f32": 4, "s64": 8, "u64": 8, "f64": 8}


def bytes_of(shapes: str) -> int:
    """Of an HLO shape, or of a tuple of them."""
    found = re.findall(r"(\w+)\[([\d,]*)\]", shapes)
    return sum(
        BYTES[kind] * int(np.prod([int(n) for n in sizes.split(",") if n])) for kind, sizes in found
    )


compiled = []
first_call = xla()._Compiled._first_call


def noted(part, *arguments):
    compiled.append((part, part._function.lower(*arguments).compile()))
    return first_call(part, *arguments)


def built():
    """The network's loss and training op, and what a step is fed."""
    images, labels = np.ones([BATCH, 784]), np.ones([BATCH])
    if NETWORK == "mnist_cnn":
        import train

        model = train.Model(1000)
        return model.loss, model.step, model.feed(images, labels, True)
    import mnist_backward

    x, y = tf.placeholder(tf.float32, [None, 784]), tf.placeholder(tf.int64, [None])
    train_op, loss, _, _ = mnist_backward.training(x, y, 275)
    return loss, train_op, {x: images, y: labels}


loss, train_op, feed = built()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    xla()._Compiled._first_call = noted
    sess.run([loss, train_op], feed)
part, program = compiled[-1]
text = program.as_text()
collectives = COLLECTIVE.findall(text)
aliases = re.search(r"input_output_alias=\{(.*?) \}", text)
taken = re.search(r"^ENTRY .*? \((.*?)\) -> ", text, re.M)[1]
trained = sum(int(np.prod(v.shape.as_list())) for v in tf.trainable_variables())
count = len(xla().placement.devices)
print(
    json.dumps(
        {
            "flops": program.cost_analysis()["flops"],
            "collectives": [name for _, name in collectives],
            "bytes": sum(bytes_of(shapes) for shapes, _ in collectives),
            "gradients": 4 * trained,
            "updated": len(part._packs) + len(part._donated),
            "donated": len(re.findall("may-alias|must-alias", aliases[1])) if aliases else 0,
            "split": len(re.findall(rf"\[{BATCH // count}(?:,784)?\]", taken)),
        }
    )
)
