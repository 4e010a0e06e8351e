"""Programs whose compiled runs are on a second device, and what was moved to it and back.

    STILLFLOW_DEVICE=cpu:1 python transfers.py  ->  {function of below: what it returns}, as JSON

A processor's second device stands for a GPU: nothing gets there that is not moved.
"""

import json
import os

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
os.environ["STILLFLOW_TIER"] = "auto"

import tempfile

import jax
import numpy as np

import stillflow.api as tf
from stillflow.runtime import platforms
from stillflow.runtime.tiers import xla

# What runs once or twice is on the host, what runs more often is compiled.
soon = platforms.PLATFORMS["cpu"]._replace(
    start=100.0, compile_step=1.0, run=0.0, bytes=1e9, transfer=1.0, transfer_bytes=6_000.0
)
platforms.PLATFORMS["cpu"] = soon
_RUNS = 8

MOVED = xla().placement
IMAGES = np.linspace(0, 1, 8 * 100, dtype=np.float32).reshape(8, 100)
LABELS = np.arange(8) % 5
begun: set[int] = set()
unbegun: list[tuple] = []
waits: list[None] = []


def watch() -> None:
    """Notes what is copied to the host without being begun with others, and what is waited for."""
    kind = type(jax.numpy.zeros(1))
    begin, read, wait = kind.copy_to_host_async, kind.__array__, kind.block_until_ready
    kind.copy_to_host_async = lambda self: (begun.add(id(self)), begin(self))[1]

    def array(self, *args, **kwargs):
        if id(self) not in begun:
            unbegun.append(self.shape)
        return read(self, *args, **kwargs)

    kind.__array__ = array
    kind.block_until_ready = lambda self: (waits.append(None), wait(self))[1]


class Network:
    """Two layers with a check on labels where it is `checked`; its session, begun."""

    def __init__(self, checked: bool = False):
        tf.reset_default_graph()
        self.x = tf.placeholder(tf.float32, [None, 100])
        self.labels = tf.placeholder(tf.int32, [None])
        self.w = tf.Variable(tf.ones([100, 100]) * 0.01)
        self.v = tf.Variable(tf.ones([100, 5]) * 0.1)
        self.b = tf.Variable(tf.zeros([5]))
        self.logits = tf.matmul(tf.tanh(tf.matmul(self.x, self.w)), self.v) + self.b
        losses = (
            tf.nn.sparse_softmax_cross_entropy_with_logits(logits=self.logits, labels=self.labels)
            if checked
            else tf.reduce_sum(tf.square(self.logits - tf.one_hot(self.labels, 5)), 1)
        )
        self.loss = tf.reduce_mean(losses)
        self.step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(self.loss)
        self.session = tf.Session()
        self.session.run(tf.global_variables_initializer())
        self.feed = {self.x: IMAGES, self.labels: LABELS}

    def moved(self, fetches, runs: int = 1, feed=None):
        """What `runs` runs move: how many variables at a time, and results."""
        MOVED.uploads.clear()
        MOVED.downloads.clear()
        waits.clear()
        unbegun.clear()
        for _ in range(runs):
            self.session.run(fetches, self.feed if feed is None else feed)
        return {
            "uploads": MOVED.uploads[:],
            "downloads": MOVED.downloads[:],
            "waits": len(waits),
            "unbegun": unbegun[:],
        }

    def trained(self):
        return self.compiled(self.step)

    def compiled(self, fetches):
        for _ in range(_RUNS):
            self.session.run(fetches, self.feed)
        return self

    def arguments(self, fetches):
        """Of a run, the fed arrays that compiled code is called with, by whether they are ours."""
        (executor,) = (p.executor for k, p in self.session._prepared.items() if k[1] is fetches)
        (program,) = executor.learned.compiled.values()
        (part,) = program._parts
        seen, function = [], part._function
        part._function = lambda *args: (seen.extend(args[2]), function(*args))[1]
        self.session.run(fetches, self.feed)
        part._function = function
        return [v is IMAGES for v in seen if isinstance(v, np.ndarray) and v.shape == IMAGES.shape]


def first_steps():
    network = Network()
    return network.moved(network.step, _RUNS)


def further_steps():
    network = Network().trained()
    return network.moved(network.step, 3)


def what_is_fed_and_not_waited_for():
    network = Network().trained()
    return network.arguments(network.step)


def what_is_fed_and_waited_for():
    network = Network().trained()
    network.compiled(network.loss)
    return network.arguments(network.loss)


def three_fetches():
    network = Network()
    fetches = [network.step, network.loss, network.logits, network.w]
    network.compiled(fetches)
    return network.moved(fetches, 2)


def a_check_and_a_fetch():
    network = Network(checked=True)
    fetches = [network.step, network.loss]
    network.compiled(fetches)
    return network.moved(fetches, 2)


def a_check_that_fails():
    network = Network(checked=True).trained()
    before = network.session.run(network.w)
    try:
        network.session.run(network.step, {network.x: IMAGES, network.labels: LABELS + 3})
    except tf.errors.InvalidArgumentError as error:
        is_same = np.array_equal(network.session.run(network.w), before)
        network.trained()
        return ["label" in str(error), is_same]


def variables_of_the_host_that_runs_read():
    network = Network()
    found = network.moved(network.logits, 5 * _RUNS)["uploads"]
    return [found, network.moved(network.logits, 3)]


def evaluation_after_training():
    network = Network().trained()
    network.compiled(network.logits).trained()
    return network.moved(network.logits, 3)


def evaluation_on_the_host():
    """It costs a download each time the variables have changed, which counts against it."""
    network = Network().trained()
    runs = 0
    while network.moved(network.logits)["downloads"] != [1]:
        network.trained()
        runs += 1
    return runs


def a_checkpoint():
    network = Network().trained()
    saver = tf.train.Saver()
    MOVED.downloads.clear()
    unbegun.clear()
    with tempfile.TemporaryDirectory() as folder:
        saver.save(network.session, os.path.join(folder, "model"))
    return {"downloads": MOVED.downloads[:], "unbegun": unbegun[:]}


def a_step_after_one_variable_was_assigned():
    """First one that has a buffer to itself, then one that shares it."""
    network = Network().trained()
    found = []
    for variable in (network.w, network.b):
        variable.load(np.zeros(variable.shape.as_list(), np.float32), network.session)
        found.append(network.moved(network.step))
    return found


def training():
    """The loss of some steps, with all that may come between."""
    network = Network(checked=True)
    seen = []
    for turn in range(12):
        images = IMAGES.copy()
        network.session.run(network.step, {network.x: images, network.labels: LABELS})
        images[:] = np.nan
        if turn == 2:
            network.b.load(np.ones(5), network.session)  # on the host
        if turn % 2:
            seen.append(float(network.session.run(network.loss, network.feed)))
    return [*seen, *network.session.run(network.b).tolist()]


def where_variables_are():
    network = Network().trained()
    values = network.session._state.variables.values()
    arrays = [getattr(value, "pack", value) for value in values]
    arrays = [getattr(value, "buffer", value) for value in arrays]
    return sorted({str(device) for array in arrays for device in array.devices()})


def main() -> None:
    if not MOVED.is_away:
        print(json.dumps({"training": training()}))
        return
    watch()
    scenes = [f for f in list(globals().values()) if callable(f) and f.__module__ == "__main__"]
    scenes = [f for f in scenes if not isinstance(f, type) and f not in (watch, main)]
    print(json.dumps({scene.__name__: scene() for scene in scenes}))


if __name__ == "__main__":
    main()
