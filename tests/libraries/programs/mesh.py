"""mesh-tensorflow 0.1.13: a network laid out on a mesh of devices, trained."""

import mesh_tensorflow as mtf
import numpy as np
import tensorflow.compat.v1 as tf


def main():
    tf.set_random_seed(6)
    rng = np.random.RandomState(0)
    x = tf.constant(rng.rand(8, 6), tf.float32)
    labels = tf.constant(rng.randint(4, size=8), tf.int32)
    graph = mtf.Graph()
    mesh = mtf.Mesh(graph, "mesh")
    batch, features = mtf.Dimension("batch", 8), mtf.Dimension("features", 6)
    hidden, classes = mtf.Dimension("hidden", 4), mtf.Dimension("classes", 4)
    net = mtf.import_tf_tensor(mesh, x, mtf.Shape([batch, features]))
    net = mtf.layers.dense(net, hidden, activation=mtf.relu, name="first")
    net = mtf.layers.layer_norm(net, hidden, name="norm")
    logits = mtf.layers.dense(net, classes, name="second")
    targets = mtf.one_hot(mtf.import_tf_tensor(mesh, labels, mtf.Shape([batch])), classes)
    loss = mtf.reduce_mean(mtf.layers.softmax_cross_entropy_with_logits(logits, targets, classes))
    gradients = mtf.gradients([loss], [v.outputs[0] for v in graph.trainable_variables])
    updates = mtf.optimize.AdafactorOptimizer(0.05).apply_grads(
        gradients, graph.trainable_variables
    )
    placed = mtf.placement_mesh_impl.PlacementMeshImpl(
        mtf.convert_to_shape("rows:2;columns:2"),
        mtf.convert_to_layout_rules("batch:rows;hidden:columns"),
        [""] * 4,
    )
    lowering = mtf.Lowering(graph, {mesh: placed})
    fetches = [lowering.export_to_tf_tensor(loss), lowering.export_to_tf_tensor(logits)]
    train = tf.group([lowering.lowered_operation(update) for update in updates])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(lowering.copy_masters_to_slices())
        losses = []
        for _ in range(12):
            losses.append(session.run(fetches[0]))
            session.run(train)
        return {"losses": losses, "logits": session.run(fetches[1])}
