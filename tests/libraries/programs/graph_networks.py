"""graph_nets 1.0.5: a graph network that encodes, processes and decodes, trained."""

import graph_nets as gn
import numpy as np
import sonnet as snt
import tensorflow as tf


def graph(rng, nodes, edges):
    return {
        "globals": rng.rand(2).astype(np.float32),
        "nodes": rng.rand(nodes, 3).astype(np.float32),
        "edges": rng.rand(edges, 2).astype(np.float32),
        "senders": rng.randint(nodes, size=edges),
        "receivers": rng.randint(nodes, size=edges),
    }


def main():
    tf.set_random_seed(5)
    rng = np.random.RandomState(1)
    graphs = gn.utils_tf.data_dicts_to_graphs_tuple([graph(rng, 4, 6), graph(rng, 3, 5)])
    network = gn.modules.GraphNetwork(
        edge_model_fn=lambda: snt.nets.MLP([8, 4]),
        node_model_fn=lambda: snt.nets.MLP([8, 4]),
        global_model_fn=lambda: snt.nets.MLP([8, 1]),
    )
    interaction = gn.modules.InteractionNetwork(
        edge_model_fn=lambda: snt.Linear(3), node_model_fn=lambda: snt.Linear(3)
    )
    attention = gn.modules.SelfAttention()
    out = network(graphs)
    moved = interaction(graphs)
    heads = tf.reshape(graphs.nodes, [-1, 1, 3])
    attended = attention(heads, heads, heads, graphs)
    loss = tf.reduce_mean(tf.square(out.globals - [[1.0], [-1.0]]))
    train = tf.train.AdamOptimizer(0.02).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        numbers = session.run(
            {"nodes": out.nodes, "edges": moved.edges, "attended": attended.nodes}
        )
        numbers["losses"] = [session.run([loss, train])[0] for _ in range(20)]
    return numbers
