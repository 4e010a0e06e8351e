"""Names of clusters, and where a device setter puts operations."""

import json
import os

from .suite import Suite

suite = Suite("clusters")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def jobs_and_tasks(tf, run):
    spec = tf.train.ClusterSpec({"ps": ["a:1", "b:2"], "worker": {0: "c:3", 2: "d:4"}})
    run.note([sorted(spec.jobs), str(spec), bool(spec), bool(tf.train.ClusterSpec({}))])
    run.note([spec.num_tasks("worker"), spec.task_indices("worker"), spec.job_tasks("worker")])
    run.note([spec.task_address("ps", 1), spec.as_dict()["worker"]])
    other = tf.train.ClusterSpec(spec.as_cluster_def())
    run.note([other == spec, tf.train.ClusterSpec(spec) == spec, str(other)])
    run.note([job.name for job in spec.as_cluster_def().job])
    run.refused(lambda: spec.num_tasks("none"))
    run.refused(lambda: spec.task_address("ps", 7))
    run.refused(lambda: tf.train.ClusterSpec(["a"]))
    run.refused(lambda: tf.train.ClusterSpec({"a": "b:1"}))
    run.refused(lambda: tf.train.ClusterSpec({"a": [3]}))
    run.refused(lambda: tf.train.ClusterSpec({3: ["a"]}))


def placed(tf, run, setter):
    with tf.Graph().as_default() as graph, graph.device(setter):
        v = tf.get_variable("v", [2])
        tf.get_variable("w", [3], use_resource=True)
        with tf.device("/gpu:1"):
            tf.get_variable("u", [2])
            tf.add(v, 1.0, name="sum")
        with tf.device("/job:other"):
            tf.get_variable("t", [2])
        names = ("v", "w", "u", "sum", "t", "v/read", "v/Initializer/random_uniform/shape")
        run.note([[name, graph.get_operation_by_name(name).device] for name in names])


@story
def variables_on_servers(tf, run):
    setter = tf.train.replica_device_setter
    placed(tf, run, setter(ps_tasks=2))
    placed(tf, run, setter(cluster={"ps": ["a", "b", "c"], "worker": ["d"]}))
    placed(tf, run, setter(ps_tasks=2, worker_device="/job:worker/task:3/cpu:0"))
    placed(tf, run, setter(ps_tasks=2, merge_devices=False))
    placed(tf, run, setter(ps_tasks=2, ps_ops=["VarHandleOp"]))
    placed(tf, run, setter(ps_tasks=3, ps_strategy=lambda op: 2))
    run.note([setter() is None, setter(cluster={"worker": ["a"]}) is None])
    run.refused(lambda: setter(ps_tasks=1, ps_strategy=3))


@story
def servers_chosen(tf, run):
    training = tf.contrib.training
    load = training.byte_size_load_fn
    greedy = training.GreedyLoadBalancingStrategy(2, load)
    chance = training.RandomStrategy(5, seed=3)
    for strategy in (greedy, chance):
        setter = tf.train.replica_device_setter(ps_tasks=5, ps_strategy=strategy)
        placed(tf, run, setter)
    v = tf.get_variable("v", [2, 3])
    run.note([int(load(v.op))])
    run.refused(lambda: load(tf.no_op()))


@story
def clusters_found(tf, run):
    resolvers = tf.contrib.cluster_resolver
    told = tf.train.ClusterSpec({"worker": ["a:1", "b:2"], "ps": ["c:3"]})
    one = resolvers.SimpleClusterResolver(told, task_type="worker", task_id=1)
    run.note([one.cluster_spec().as_dict(), one.master(), one.master("ps", 0), one.task_id])
    run.note([one.master("worker", 1, "grpc"), one.environment, one.num_accelerators()])
    other = resolvers.SimpleClusterResolver(tf.train.ClusterSpec({"worker": ["z:1"]}), "grpc://z:1")
    both = resolvers.UnionClusterResolver(one, other)
    run.note([both.cluster_spec().as_dict(), both.master(), both.master("worker", 2)])
    sparse = tf.train.ClusterSpec({"worker": {4: "y:1"}})
    mixed = resolvers.UnionClusterResolver(one, resolvers.SimpleClusterResolver(sparse))
    run.note([sorted(mixed.cluster_spec().as_dict()["worker"].items())])
    run.refused(lambda: resolvers.SimpleClusterResolver({"worker": ["a:1"]}))
    run.refused(lambda: resolvers.UnionClusterResolver())
    run.refused(lambda: resolvers.UnionClusterResolver(3))
    run.refused(lambda: resolvers.TPUClusterResolver())
    near = resolvers.TPUClusterResolver(tpu="local")
    far = resolvers.TPUClusterResolver(tpu="grpc://1.2.3.4:8470")
    run.note([near.master(), near.cluster_spec(), far.master(), far.cluster_spec().as_dict()])


@story
def clusters_in_the_environment(tf, run):
    make = tf.contrib.cluster_resolver.TFConfigClusterResolver
    before = os.environ.pop("TF_CONFIG", None)
    try:
        none = make()
        run.note([none.cluster_spec().as_dict(), none.master(), none.task_type, none.rpc_layer])
        task = {"type": "worker", "index": "1"}
        cluster = {"worker": ["a:1", "b:2"]}
        os.environ["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": task})
        found = make()
        run.note([found.cluster_spec().as_dict(), found.master(), found.task_type, found.task_id])
        run.note([make(task_id=0).master(), found.master("worker", 0, "other")])
    finally:
        os.environ.pop("TF_CONFIG", None)
        if before is not None:
            os.environ["TF_CONFIG"] = before


@story
def shards_of_a_batch(tf, run):
    inner = tf.train.GradientDescentOptimizer(0.1)
    optimizer = tf.contrib.tpu.CrossShardOptimizer(inner)
    v = tf.Variable(1.0)
    optimizer.minimize(v * v, name="train")
    nodes = tf.get_default_graph().as_graph_def().node
    run.note([[node.name, node.op, list(node.input)] for node in nodes][-6:])
    run.note([optimizer.get_slot_names(), optimizer.get_slot(v, "none")])
    run.refused(lambda: tf.contrib.tpu.CrossShardOptimizer(inner, "none"))
    for groups in ([3], [[0], [1]], [[1]]):
        of_groups = tf.contrib.tpu.CrossShardOptimizer(inner, group_assignment=groups)
        run.refused(lambda of_groups=of_groups: of_groups.compute_gradients(v * v))
