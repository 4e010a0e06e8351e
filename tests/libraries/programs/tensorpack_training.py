"""tensorpack 0.11: a network trained by its trainer from its data flow, saved, and used."""

import numpy as np
import tensorflow as tf
import tensorpack as tp


class Model(tp.ModelDesc):
    def inputs(self):
        return [
            tf.TensorSpec([None, 8, 8, 1], tf.float32, "image"),
            tf.TensorSpec([None], tf.int32, "label"),
        ]

    def build_graph(self, image, label):
        net = tp.Conv2D("conv", image, 4, 3, use_bias=False, activation=tf.nn.relu)
        net = tp.BatchNorm("bn", tp.MaxPooling("pool", net, 2))
        logits = tp.FullyConnected("fc", net, 3)
        tf.nn.softmax(logits, name="probabilities")
        cost = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=label)
        cost = tf.reduce_mean(cost, name="cost")
        tp.summary.add_moving_summary(cost)
        return cost

    def optimizer(self):
        return tf.train.AdamOptimizer(tf.get_variable("rate", initializer=0.01, trainable=False))


class Costs(tp.Callback):
    def __init__(self):
        self.seen = []

    def _setup_graph(self):
        self.cost = self.graph.get_tensor_by_name("cost:0")

    def _before_run(self, _):
        return tf.train.SessionRunArgs(self.cost)

    def _after_run(self, _, values):
        self.seen.append(values.results)


def main():
    rng = np.random.RandomState(0)
    images = rng.rand(32, 8, 8, 1).astype(np.float32)
    labels = (images.mean((1, 2, 3)) * 300).astype(np.int32) % 3
    rows = [[image, label] for image, label in zip(images, labels)]  # noqa: B905
    flow = tp.BatchData(tp.dataflow.DataFromList(rows, shuffle=False), 8)
    tp.logger.set_logger_dir("log", "d")
    tf.enable_resource_variables()  # else gradients may read weights before or after their update
    tf.set_random_seed(7)
    costs = Costs()
    schedule = tp.ScheduledHyperParamSetter("rate", [(1, 0.02), (2, 0.001)])
    config = tp.TrainConfig(
        model=Model(),
        data=tp.FeedInput(flow),
        callbacks=[costs, schedule, tp.ModelSaver()],
        max_epoch=3,
        steps_per_epoch=4,
    )
    tp.launch_train_with_config(config, tp.SimpleTrainer())
    predict = tp.OfflinePredictor(
        tp.PredictConfig(
            model=Model(),
            session_init=tp.SmartInit("log/checkpoint"),
            input_names=["image"],
            output_names=["probabilities"],
        )
    )
    return {"costs": costs.seen, "probabilities": predict(images[:4])[0]}
