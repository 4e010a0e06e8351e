"""Summaries that runs write themselves: what is in the files, and what is built."""

import glob
import os
import shutil
import tempfile

import numpy as np

from .suite import Suite, lookup

suite = Suite("recorded_summaries")


def story(fn):
    """Adds `fn(tf, run, folder)` as a case, under its own name."""

    def told(tf, run):
        folder = tempfile.mkdtemp()
        try:
            with run.session.as_default():
                fn(tf, run, folder)
        finally:
            shutil.rmtree(folder)

    suite.case(fn.__name__, told, grad=False)
    return fn


def events(tf, run, folder):
    """Notes all events of a folder, but for their times."""
    for path in sorted(glob.glob(os.path.join(folder, "*tfevents*"))):
        for event in tf.train.summary_iterator(path):
            event.wall_time = 0
            for value in event.summary.value:  # which are compressed otherwise
                value.image.ClearField("encoded_image_string")
            run.note([event.step, event.SerializeToString()])


def inside(fn):
    """A story told in its folder, so that writers to "." write there."""

    def told(tf, run, folder):
        before = os.getcwd()
        os.chdir(folder)
        try:
            fn(tf, run, folder)
        finally:
            os.chdir(before)

    told.__name__ = fn.__name__
    return story(told)


@inside
def all_kinds(tf, run, folder):
    module = tf.contrib.summary
    step = tf.train.get_or_create_global_step()
    writer = module.create_file_writer(".", max_queue=0)
    described = tf.SummaryMetadata(display_name="shown")
    with writer.as_default(), module.always_record_summaries():
        with tf.name_scope("outer"):
            module.scalar("loss", 2.5, family="group")
        module.scalar("count", tf.constant(3), step=4)
        module.histogram("spread", [1.0, 2.0, 2.5], step=1)
        module.image("drawn", np.full([2, 2, 2, 1], 0.5, np.float32), step=1, max_images=1)
        module.audio("heard", np.zeros([1, 4], np.float32), 8.0, 1, step=1)
        module.generic("plain", tf.constant([[1, 2]]), step=2)
        module.generic("told", "text", metadata=described)
        fed = tf.placeholder(tf.string, [])
        shown = module.graph(fed)
        event = module.import_event(tf.Event(step=9).SerializeToString())
    run([step.initializer, module.summary_writer_initializer_op()])
    run.note([type(item).__name__ for item in module.all_summary_ops()])
    run(step.assign(7))
    for op in module.all_summary_ops():
        run(op)
    run(shown, {fed: tf.GraphDef(node=[tf.NodeDef(name="only")]).SerializeToString()})
    run(event)
    events(tf, run, folder)
    run.refused(lambda: module.graph("text"))
    run.attempt(shown, {fed: b"\xff"})
    with writer.as_default():
        run.attempt(module.import_event(tf.constant(b"\xff")))


@inside
def when_they_are_recorded(tf, run, folder):
    module = tf.contrib.summary
    step = tf.train.get_or_create_global_step()
    run(step.initializer)
    run.note(module.scalar("nowhere", 1.0).type)
    with module.create_file_writer(".", max_queue=0, name="here").as_default():
        module.initialize()
        silent = module.scalar("silent", 1.0)
        with module.never_record_summaries():
            never = module.scalar("never", 1.0)
        with module.record_summaries_every_n_global_steps(2):
            every = module.scalar("every", 1.0)
            run(module.should_record_summaries())
        wanted = tf.placeholder_with_default(True, [])
        with lookup(tf, "compat.v2.summary.record_if")(wanted):
            asked = module.scalar("asked", 1.0)
    for at in range(4):
        run([silent, never, every])
        run(asked, {wanted: at == 2})
        run(step.assign_add(1))
    events(tf, run, folder)


@inside
def in_choices_and_loops(tf, run, folder):
    module = tf.contrib.summary
    step = tf.train.get_or_create_global_step()
    run(step.initializer)
    pred = tf.placeholder(tf.bool, [])
    writer = module.create_file_writer(".", max_queue=0)
    with writer.as_default(), module.always_record_summaries():
        module.initialize()

        def chosen():
            with tf.control_dependencies([module.scalar("chosen", 1.0)]):
                return tf.constant(1)

        either = tf.cond(pred, chosen, lambda: tf.constant(0))

        def body(i):
            with tf.control_dependencies([module.scalar("turn", i, step=tf.to_int64(i))]):
                return i + 1

        turned = tf.while_loop(lambda i: i < 3, body, [tf.constant(0)])
    run(either, {pred: True})
    run(either, {pred: False})
    run(turned)
    events(tf, run, folder)


@inside
def opened_and_closed(tf, run, folder):
    module = tf.contrib.summary
    writer = module.create_file_writer(".", max_queue=5, filename_suffix=".own")
    other = module.create_file_writer(".", name="logdir:.")
    with writer.as_default(), module.always_record_summaries():
        one = module.scalar("one", 1.0, step=1)
    run.attempt(one)
    run(writer.init())
    run(other.init())
    run.note([name.endswith(".own") for name in os.listdir(folder)])
    run(one)
    events(tf, run, folder)
    run(module.flush(other))
    events(tf, run, folder)
    run(one)
    run(writer.close())
    events(tf, run, folder)
    run.attempt(one)
    run.note(type(module.create_file_writer(None)).__name__)
    run.note([module.eval_dir("a"), module.eval_dir("a", "b")])
    run.refused(module.initialize)


@inside
def of_version_2(tf, run, folder):
    module = lookup(tf, "compat.v2.summary")
    writer = module.create_file_writer(".", filename_suffix=".x")
    step = tf.constant(3, tf.int64)
    with writer.as_default():
        run.refused(lambda: module.write("early", 1.0))
        module.experimental.set_step(step)
        with tf.name_scope("outer"), module.experimental.summary_scope("a tag") as (tag, _):
            module.write(tag, [1.0], metadata=tf.SummaryMetadata(display_name="shown"))
        summary = tf.Summary(value=[tf.Summary.Value(tag="raw", simple_value=1.0)])
        raw = module.experimental.write_raw_pb(summary.SerializeToString(), step=5)
        with module.record_if(False):
            run(module.write("never", 1.0))
        run.note(module.experimental.get_step() is step)
        module.experimental.set_step(None)
    run(writer.init())
    run([*tf.summary.all_v2_summary_ops(), raw])
    run(writer.close())
    run(module.write("nowhere", 1.0))
    run.note([name.endswith(".x") for name in os.listdir(folder)])
    for path in glob.glob(os.path.join(folder, "*tfevents*")):
        run.note(sorted(e.summary.value[0].tag for e in tf.train.summary_iterator(path) if e.step))
