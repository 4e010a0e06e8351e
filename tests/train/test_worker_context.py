"""Tasks of clusters: what a worker's context decides, and functions run in one."""

import os

import pytest

import stillflow as tf
from stillflow.environment.internals import internal_module

distribute_coordinator = internal_module("python.distribute.distribute_coordinator")
distribute_coordinator_context = internal_module("python.distribute.distribute_coordinator_context")
multi_worker_util = internal_module("python.distribute.multi_worker_util")


class _Extended:
    experimental_between_graph = False
    experimental_should_init = True

    def __init__(self, writes):
        self.should_checkpoint = self.should_save_summary = writes


class _Strategy:
    def __init__(self, writes=True):
        self.extended = _Extended(writes)
        self.configured = None

    def configure(self, session_config=None, cluster_spec=None, task_type=None, task_id=None):
        self.configured = (task_type, task_id)


def _train(folder):
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        bump = tf.assign_add(step, 1)
        tf.summary.scalar("doubled", bump * 2)
        options = {"save_checkpoint_steps": 2, "save_summaries_steps": 1}
        with tf.train.MonitoredTrainingSession(checkpoint_dir=folder, **options) as session:
            for _ in range(3):
                session.run(bump)


@pytest.mark.parametrize("writes", [True, False])
def test_what_a_task_does_not_write_is_not_written(tmp_path, writes):
    context = distribute_coordinator._WorkerContext(_Strategy(writes), None, None, None)
    with context:
        _train(str(tmp_path))
    assert bool(tf.train.latest_checkpoint(str(tmp_path))) == writes
    assert bool(list(tmp_path.glob("events*"))) == writes


def test_tasks_that_reduce_together_all_write_each_its_own(tmp_path):
    strategy = tf.contrib.distribute.CollectiveAllReduceStrategy()
    strategy.extended._is_chief = False
    with distribute_coordinator._WorkerContext(strategy, None, "worker", 1):
        _train(str(tmp_path))
    assert tf.train.latest_checkpoint(str(tmp_path)) is None
    assert tf.train.latest_checkpoint(os.path.join(tmp_path, "tmp_worker_1"))


def test_a_context_in_another_is_refused():
    context = distribute_coordinator._WorkerContext(_Strategy(), None, None, None)
    with context, pytest.raises(ValueError, match="You cannot run distribute coordinator in a"):
        context.__enter__()
    assert distribute_coordinator_context.get_current_worker_context() is None


def _seen(strategy):
    context = distribute_coordinator_context.get_current_worker_context()
    return strategy.configured, context.is_chief, context.num_workers, context.master_target


def test_a_cluster_of_one_worker():
    found = distribute_coordinator.run_distribute_coordinator(
        _seen,
        _Strategy(),
        mode=distribute_coordinator.CoordinatorMode.INDEPENDENT_WORKER,
        cluster_spec={"worker": ["localhost:5000"]},
        task_type="worker",
        task_id=0,
    )
    assert found == (("worker", 0), True, 1, "grpc://localhost:5000")


def test_without_a_cluster_it_trains_and_then_evaluates():
    ran = []
    distribute_coordinator.run_distribute_coordinator(
        lambda _: ran.append("train"), _Strategy(), lambda _: ran.append("evaluate")
    )
    assert ran == ["train", "evaluate"]


def test_several_tasks_are_refused():
    with pytest.raises(tf.errors.UnimplementedError, match="A cluster of 2 tasks"):
        distribute_coordinator.run_distribute_coordinator(
            _seen, _Strategy(), cluster_spec={"worker": ["a:1", "b:2"]}, task_type="worker"
        )


def test_tasks_of_clusters():
    spec = {"chief": ["a:1"], "worker": ["b:2", "c:3"], "evaluator": ["d:4"], "ps": ["e:5"]}
    assert multi_worker_util.is_chief(spec, "chief", 0)
    assert not multi_worker_util.is_chief(spec, "worker", 0)
    assert multi_worker_util.worker_count(spec, "worker") == 3
    assert multi_worker_util.id_in_cluster(spec, "worker", 1) == 2
    assert multi_worker_util.collective_leader(spec, "worker", 1) == "/job:chief/replica:0/task:0"
    with pytest.raises(ValueError, match="There is no id for task_type 'ps'"):
        multi_worker_util.id_in_cluster(spec, "ps", 0)


def test_a_loop_begins_anew_when_its_session_was_aborted(tmp_path):
    with tf.Graph().as_default():
        tf.Variable(0.0)
        supervisor = tf.train.Supervisor(logdir=str(tmp_path))
        calls = []

        def step(session, *args):
            calls.append(args)
            if len(calls) == 1:
                raise tf.errors.AbortedError(None, None, "lost")
            supervisor.request_stop()

        tf.train.basic_train_loop(supervisor, step, args=(1, 2))
    assert calls == [(1, 2), (1, 2)]
