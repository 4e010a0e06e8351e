"""Clusters of TensorFlow's: one task works, several processes are told the two ways."""

import json

import pytest

import stillflow.api as tf
from stillflow.distribute import membership

CLUSTER = {"worker": ["a:1", "b:2"], "ps": ["c:3"]}
WAYS = "by `stillflow launch --processes N` .* or use horovod.tensorflow"


def test_a_worker_of_several_is_told_the_ways_that_there_are():
    server = tf.train.Server(tf.train.ClusterSpec(CLUSTER), job_name="worker", task_index=0)
    with tf.device(tf.train.replica_device_setter(cluster=CLUSTER)):
        tf.Variable(1.0)
    with pytest.raises(tf.errors.UnimplementedError, match=WAYS):
        tf.Session(server.target)


def test_a_parameter_server_is_told_and_does_not_wait():
    server = tf.train.Server(tf.train.ClusterSpec(CLUSTER), job_name="ps", task_index=0)
    with pytest.raises(tf.errors.UnimplementedError, match=WAYS):
        server.join()


def of(**environment):
    found = membership.taken_from(dict(environment))
    return found and (found.rank, found.size, found.leader, found.local_rank, found.local_size)


def test_places_that_starters_give():
    tasks = {"cluster": {"chief": ["h:5"], "worker": ["i:6"]}, "task": {"type": "worker"}}
    assert of(TF_CONFIG=json.dumps(tasks)) == (1, 2, "h:5", 0, 1)
    job = {"SLURM_JOB_ID": "8", "SLURM_STEP_NODELIST": "n[07-09,12],m1", "SLURM_LOCALID": "1"}
    step = {"SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "8", "SLURM_STEP_TASKS_PER_NODE": "2(x4)"}
    assert of(**job, **step) == (3, 8, f"n07:{membership.PORT + 8}", 1, 2)
    assert of(**job) is None  # a script that no srun has started
    world = {"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"}
    local = {"OMPI_COMM_WORLD_LOCAL_RANK": "1", "OMPI_COMM_WORLD_LOCAL_SIZE": "2"}
    assert of(**world, **local) == (1, 2, f"127.0.0.1:{membership.PORT}", 1, 2)
    uri = "1531576320.0;tcp://10.96.0.1,10.148.0.1:34911"
    assert of(**world, OMPI_MCA_orte_hnp_uri=uri)[2] == f"10.96.0.1:{membership.PORT}"
    torch = {"RANK": "2", "WORLD_SIZE": "3", "MASTER_ADDR": "h", "MASTER_PORT": "9"}
    assert of(**torch) == (2, 3, "h:9", 0, 1)
    assert of(RANK="0", WORLD_SIZE="1", MASTER_ADDR="h") is None
    assert of() is None


def test_places_that_are_none():
    tasks = {"cluster": CLUSTER, "task": {"type": "worker", "index": 0}}
    with pytest.raises(ValueError, match=WAYS):
        of(TF_CONFIG=json.dumps(tasks))
    with pytest.raises(ValueError, match="mpirun -x MASTER_ADDR"):
        of(OMPI_COMM_WORLD_RANK="1", OMPI_COMM_WORLD_SIZE="2", OMPI_COMM_WORLD_LOCAL_SIZE="1")
    with pytest.raises(ValueError, match="--rank 2 is none of"):
        membership.of_hosts("a,b", 2)
    with pytest.raises(ValueError, match="Say with --rank"):
        membership.of_hosts("a,b", None)


def test_hosts_and_their_ports():
    third = membership.of_hosts("a:7,b,a", 2)
    assert (third.leader, third.host, third.local_rank, third.local_size) == ("a:7", "a", 1, 2)
    assert membership.of_hosts("a,b", 1).leader == f"a:{membership.PORT}"
