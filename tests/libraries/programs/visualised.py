"""lucid 0.3.10: an image that excites a channel of a small network, found by its optimizer."""

import numpy as np
import tensorflow as tf
from lucid.modelzoo.vision_base import Model
from lucid.optvis import objectives, param, render, transform


class Small(Model):
    """A network of two convolutions, as a model of lucid's zoo: a frozen graph in a file."""

    model_path = "small.pb"
    image_shape = (16, 16, 3)
    image_value_range = (0, 1)
    input_name = "input"


def save(path):
    rng = np.random.RandomState(0)
    with tf.Graph().as_default() as graph:
        image = tf.placeholder(tf.float32, [None, None, None, 3], name="input")
        first = tf.constant(0.3 * rng.randn(3, 3, 3, 8), tf.float32)
        second = tf.constant(0.3 * rng.randn(3, 3, 8, 4), tf.float32)
        net = tf.nn.relu(tf.nn.conv2d(image, first, [1, 1, 1, 1], "SAME"), name="first")
        tf.nn.relu(tf.nn.conv2d(net, second, [1, 2, 2, 1], "SAME"), name="second")
        tf.io.write_graph(graph.as_graph_def(), ".", path, as_text=False)


def main():
    save(Small.model_path)
    model = Small()
    model.load_graphdef()
    numbers = {}
    for kind, fft in {"pixels": False, "waves": True}.items():
        with tf.Graph().as_default(), tf.Session() as session:
            tf.set_random_seed(0)
            np.random.seed(0)
            t = render.make_vis_T(
                model,
                objectives.channel("second", 1) - 0.1 * objectives.neuron("first", 2),
                lambda fft=fft: param.image(16, fft=fft, decorrelate=True, sd=0.05),
                optimizer=tf.train.AdamOptimizer(0.05),
                transforms=[transform.pad(2), transform.jitter(2)],
            )
            session.run(tf.global_variables_initializer())
            steps = [session.run([t("loss"), t("vis_op")])[0] for _ in range(8)]
            numbers["losses_of_" + kind] = steps
            numbers["image_of_" + kind] = session.run(t("input"))[0, ::4, ::4]
    return numbers
