"""Names of clusters, and where a device setter puts operations."""

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
