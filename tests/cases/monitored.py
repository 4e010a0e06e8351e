"""Monitored sessions, their hooks, Supervisor: what is called, written and raised, in order."""

import contextlib
import os
import shutil
import tempfile
import warnings

from .suite import Suite

suite = Suite("monitored")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@contextlib.contextmanager
def folder():
    path = tempfile.mkdtemp()
    try:
        yield path
    finally:
        shutil.rmtree(path)


def files(path):
    """The names in a folder but for event files, whose names tell the time."""
    return sorted(name for name in os.listdir(path) if "tfevents" not in name)


def events(tf, path):
    """What was recorded: (step, tags or kinds), rates and times left out."""
    found = []
    for name in sorted(os.listdir(path)):
        if "tfevents" not in name:
            continue
        for event in tf.train.summary_iterator(os.path.join(path, name)):
            kind = event.WhichOneof("what")
            if kind == "summary":
                kind = [value.tag for value in event.summary.value]
            elif kind == "session_log":
                kind = f"log {event.session_log.status}"
            found.append([int(event.step), kind])
    return found


def model(tf):
    """A loss, and what makes it smaller and counts steps."""
    w = tf.get_variable("w", [2], initializer=tf.constant_initializer(1.0))
    step = tf.train.get_or_create_global_step()
    loss = tf.reduce_sum(tf.square(w))
    tf.summary.scalar("loss", loss)
    return loss, tf.train.GradientDescentOptimizer(0.25).minimize(loss, global_step=step)


def told(tf, log, name="hook", asks=None):
    """A hook that writes down what it is called with."""

    class Told(tf.train.SessionRunHook):
        def begin(self):
            log.append(f"{name} begin")

        def after_create_session(self, session, coord):
            log.append(f"{name} created {type(coord).__name__} {tf.get_default_graph().finalized}")

        def before_run(self, run_context):
            log.append(f"{name} before {run_context.original_args.feed_dict is not None}")
            return asks and asks(run_context)

        def after_run(self, run_context, run_values):
            log.append(f"{name} after {run_values.results} {run_context.stop_requested}")

        def end(self, session):
            log.append(f"{name} end {type(session).__name__}")

    return Told()


@story
def train_stop_and_resume(tf, run):
    loss, train = model(tf)
    with folder() as path:
        for last in (5, 8):
            hooks = [tf.train.StopAtStepHook(last_step=last)]
            with tf.train.MonitoredTrainingSession(
                checkpoint_dir=path,
                hooks=hooks,
                save_checkpoint_steps=3,
                save_summaries_steps=2,
                log_step_count_steps=4,
            ) as session:
                while not session.should_stop():
                    run.note([float(session.run(loss))])
                    session.run(train)
            run.note([files(path), tf.get_default_graph().finalized])
        run.note(events(tf, path))


@story
def the_calls_of_hooks(tf, run):
    log = []
    loss, train = model(tf)
    hooks = [told(tf, log, "a"), tf.train.FinalOpsHook({"w": loss})]
    with tf.train.SingularMonitoredSession(hooks) as session:
        session.run(train)
        run.note([session.should_stop(), session.raw_session() is not None])
    run.note([*log, float(hooks[1].final_ops_values["w"]), session.should_stop()])


@story
def fetches_and_feeds_of_hooks(tf, run):
    log = []
    x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    z = [x * 2, y + 1]
    asks = lambda context: tf.train.SessionRunArgs({"z": z}, {x: 3.0})
    with tf.train.MonitoredSession(hooks=[told(tf, log, "b", asks)]) as session:
        run.note([float(value) for value in session.run([x, y], {y: 5.0})])
        run.refused(lambda: session.run(x, {x: 1.0, y: 2.0}))
        feeds = tf.train.FeedFnHook(lambda: {x: 1.0})
        run.note([feeds.before_run(None).fetches is None, session.should_stop()])
    run.note([line for line in log if "after" not in line])
    run.refused(session.close)


@story
def steps_of_a_function(tf, run):
    x = tf.placeholder_with_default(2.0, [])
    twice, thrice = x * 2, x * 3

    def step_fn(step_context):
        value = step_context.session.run(twice)
        return float(step_context.run_with_hooks(thrice) + value)

    def stops(step_context):
        step_context.request_stop()

    with tf.train.MonitoredSession() as session:
        run.note([session.run_step_fn(step_fn)])
        run.refused(lambda: session.run_step_fn(stops))
        run.refused(lambda: session.run_step_fn(lambda context: None))


@story
def ends_of_input_and_errors(tf, run):
    log = []
    for error in (tf.errors.OutOfRangeError(None, None, "no more"), StopIteration("enough")):
        with tf.train.MonitoredSession(hooks=[told(tf, log)]):
            raise error
    run.note([log[-1]])

    def fails():
        with tf.train.MonitoredSession(hooks=[told(tf, log)]):
            raise KeyError("mine")

    run.refused(fails)
    run.note([log[-1]])


@story
def a_lost_session(tf, run):
    """An AbortedError: another session, from the last checkpoint, and the same run again."""
    log = []
    _, train = model(tf)
    step = tf.train.get_global_step()

    class Loses(tf.train.SessionRunHook):
        lost = False

        def before_run(self, run_context):
            if run_context.session.run(step) == 3 and not self.lost:
                self.lost = True
                raise tf.errors.AbortedError(None, None, "the task is gone")

    with folder() as path:
        with tf.train.MonitoredTrainingSession(
            checkpoint_dir=path, hooks=[told(tf, log), Loses()], save_checkpoint_steps=2
        ) as session:
            for _ in range(5):
                session.run(train)
            run.note([int(session.run(step))])
        run.note(log)
        run.note(files(path))


@story
def scaffolds(tf, run):
    v = tf.get_variable("v", [], initializer=tf.zeros_initializer())
    local = tf.Variable(3.0, collections=[tf.GraphKeys.LOCAL_VARIABLES], name="local")
    x = tf.placeholder(tf.float32, [])
    given = tf.train.Scaffold(
        init_op=v.assign(x),
        init_feed_dict={x: 7.0},
        init_fn=lambda scaffold, session: run.note([type(scaffold).__name__, session is not None]),
    )
    scaffold = tf.train.Scaffold(copy_from_scaffold=given)
    creator = tf.train.ChiefSessionCreator(scaffold)
    with tf.train.MonitoredSession(creator) as session:
        run.note([float(value) for value in session.run([v, local])])
    for name in ("init_op", "ready_op", "ready_for_local_init_op", "local_init_op"):
        run.note([name, getattr(scaffold, name).name])
    run.note([scaffold.summary_op is None, type(scaffold.saver).__name__])
    collections = ("init_op", "ready_op", "ready_for_local_init_op", "local_init_op", "savers")
    run.note([[key, len(tf.get_collection(key))] for key in collections])


@story
def models_that_are_not_ready(tf, run):
    v = tf.get_variable("v", [], initializer=tf.zeros_initializer())
    ready = tf.report_uninitialized_variables()
    manager = tf.train.SessionManager(ready_op=ready)
    run.refused(lambda: manager.prepare_session(""))
    run.refused(lambda: manager.prepare_session("", init_op=tf.no_op(name="none")))
    waits = tf.train.SessionManager(ready_op=ready, recovery_wait_secs=0.1)
    wait = lambda: waits.wait_for_session("", max_wait_secs=0.01)
    run.refused(wait)
    session = manager.prepare_session("", init_op=v.initializer)
    run.note([float(session.run(v))])
    with folder() as path:
        saver = tf.train.Saver()
        run.refused(
            lambda: manager.prepare_session(
                "", saver=saver, checkpoint_dir=path, checkpoint_filename_with_path=path
            )
        )
        saver.save(session, os.path.join(path, "model"))
        session, is_there = manager.recover_session("", saver, path)
        run.note([is_there, float(session.run(v))])
        session, is_there = manager.recover_session("", saver, os.path.join(path, "none"))
        run.note([is_there])
    run.refused(lambda: tf.train.SessionManager(ready_for_local_init_op=ready))


@story
def what_hooks_refuse(tf, run):
    train = tf.train
    for make in (
        lambda: train.StopAtStepHook(),
        lambda: train.StopAtStepHook(1, 2),
        lambda: train.LoggingTensorHook(["x"]),
        lambda: train.LoggingTensorHook(["x"], every_n_iter=1, every_n_secs=1),
        lambda: train.LoggingTensorHook(["x"], every_n_iter=0),
        lambda: train.CheckpointSaverHook("x", saver="a", scaffold="b", save_secs=1),
        lambda: train.CheckpointSaverHook("x"),
        lambda: train.CheckpointSaverHook("x", save_secs=1, save_steps=1),
        lambda: train.StepCounterHook(every_n_steps=None),
        lambda: train.SummarySaverHook(save_steps=1),
        lambda: train.SecondOrStepTimer(),
        lambda: train.Scaffold(copy_from_scaffold=3),
    ):
        run.refused(make)
    for hook in (train.StopAtStepHook(3), train.StepCounterHook(), train.GlobalStepWaiterHook(3)):
        run.refused(hook.begin)
    timer = train.SecondOrStepTimer(every_steps=3)
    asked = [timer.should_trigger_for_step(2), timer.update_last_triggered_step(2)[1]]
    asked += [timer.should_trigger_for_step(step) for step in (2, 4, 5)]
    run.note([*asked, timer.update_last_triggered_step(6)[1], timer.last_triggered_step()])


@story
def losses_that_are_no_number(tf, run):
    x = tf.placeholder(tf.float32, [])
    hook = tf.train.NanTensorHook(x)
    session = tf.train.MonitoredSession(hooks=[hook])
    run.note([float(session.run(x, {x: 1.0}))])
    run.refused(lambda: session.run(x, {x: float("nan")}))
    session.close()
    hook = tf.train.NanTensorHook(x, fail_on_nan_loss=False)
    with tf.train.MonitoredSession(hooks=[hook]) as session:
        session.run(x, {x: float("nan")})
        run.note([session.should_stop()])
        run.refused(lambda: session.run(x, {x: 1.0}))


@story
def checkpoints_and_listeners(tf, run):
    log = []
    _, train = model(tf)

    class Listens(tf.train.CheckpointSaverListener):
        def begin(self):
            log.append("begin")

        def before_save(self, session, global_step_value):
            log.append(f"before {global_step_value}")

        def after_save(self, session, global_step_value):
            log.append(f"after {global_step_value}")
            return global_step_value == 4

        def end(self, session, global_step_value):
            log.append(f"end {global_step_value}")

    with folder() as path:
        saver = tf.train.Saver(max_to_keep=1)
        hook = tf.train.CheckpointSaverHook(
            path, save_steps=2, saver=saver, checkpoint_basename="own", listeners=[Listens()]
        )
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            while not session.should_stop():
                session.run(train)
        run.note([log, files(path)])


@story
def queues_run_with_the_session(tf, run):
    index = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue()
    with tf.train.MonitoredSession() as session:
        while not session.should_stop():
            run.note([int(session.run(index))])
    run.note([session.graph is None])


@story
def supervised(tf, run):
    loss, train = model(tf)
    with folder() as path:
        supervisor = tf.train.Supervisor(
            logdir=path, save_summaries_secs=0, save_model_secs=0, checkpoint_basename="own"
        )
        with supervisor.managed_session() as session:
            for _ in range(3):
                run.note([float(session.run(loss))])
                session.run(train)
            supervisor.summary_computed(session, session.run(supervisor.summary_op))
            supervisor.saver.save(session, supervisor.save_path, supervisor.global_step)
            run.note([supervisor.should_stop()])
            supervisor.request_stop()
            run.note([supervisor.should_stop(), supervisor.is_chief])
        run.note([files(path), tf.get_default_graph().finalized])
        run.note(events(tf, path))
        with supervisor.managed_session(start_standard_services=False) as session:
            run.note([int(session.run(supervisor.global_step))])
    named = (supervisor.init_op, supervisor.ready_op, supervisor.summary_op)
    run.note([item.name for item in named] + [supervisor.global_step.name])


@story
def a_supervisor_without_a_folder(tf, run):
    model(tf)
    supervisor = tf.train.Supervisor(summary_op=None)

    def fails():
        with supervisor.managed_session() as session:
            supervisor.loop(0.01, lambda: 1 / 0)
            while not supervisor.should_stop():
                session.run(supervisor.global_step)

    run.refused(fails)
    session = supervisor.prepare_or_wait_for_session(start_standard_services=False)
    run.refused(lambda: supervisor.summary_computed(session, b""))
    with tf.Graph().as_default():
        model(tf)
        run.refused(lambda: tf.train.Supervisor(is_chief=False))
    run.note([supervisor.save_path, supervisor.summary_writer])


@story
def trained_by_slim(tf, run):
    slim = tf.contrib.slim
    loss, train = model(tf)
    with tf.control_dependencies([train]):
        train = tf.identity(loss)
    with folder() as path:
        for steps in (3, 5):
            with warnings.catch_warnings():  # its writer is closed twice
                warnings.simplefilter("ignore")
                run.note([float(slim.learning.train(train, path, number_of_steps=steps)) > 0])
            run.note(files(path))
            tf.get_default_graph()._unsafe_unfinalize()
    run.refused(lambda: slim.learning.train(None, None))
    run.refused(lambda: slim.learning.train(train, None, summary_op=loss))
    run.refused(lambda: slim.learning.train(train, None, saver=tf.train.Saver()))
    run.refused(lambda: slim.learning.train(train, None, number_of_steps=0))


@story
def checkpoints_evaluated(tf, run):
    slim = tf.contrib.slim
    with folder() as path:
        with tf.Graph().as_default():
            _, train = model(tf)
            tf.contrib.training.train(
                train, path, hooks=[tf.train.StopAtStepHook(3)], save_summaries_steps=None
            )
        loss, _ = model(tf)
        step = tf.train.get_global_step()
        batches = tf.get_variable(
            "batches", [], initializer=tf.zeros_initializer(), collections=["local_variables"]
        )
        add = batches.assign_add(2.0)
        checkpoint = tf.train.latest_checkpoint(path)
        hooks = [tf.contrib.training.StopAfterNEvalsHook(3)]
        evaluate = tf.contrib.training.evaluate_once
        values = evaluate(checkpoint, eval_ops=add, final_ops=[batches, step, loss], hooks=hooks)
        run.note([float(value) for value in values])
        values = slim.evaluation.evaluate_once(
            "", checkpoint, path, num_evals=2, eval_op=add, final_op=[batches, step]
        )
        run.note([float(value) for value in values])
        evaluate = tf.contrib.training.evaluate_repeatedly
        hooks = [tf.contrib.training.StopAfterNEvalsHook(1)]
        evaluate(path, eval_ops=add, hooks=hooks, max_number_of_evaluations=1)
        run.note(
            [
                evaluate(path, final_ops=batches, timeout=1, eval_interval_secs=0) is None,
                files(path),
            ]
        )
