"""Parts of a graph that never run at the same time."""

from .suite import Suite

suite = Suite("critical_sections")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def _counter(tf, name="v"):
    return tf.get_variable(name, [], initializer=tf.zeros_initializer(), use_resource=True)


def _counting(tf, v, step):
    """Returns the value of `v`, which is `step` more from then on."""

    def count():
        value = v.read_value()
        with tf.control_dependencies([value]), tf.control_dependencies([v.assign_add(step)]):
            return tf.identity(value)

    return count


@story
def counted(tf, run):
    section, v, step = tf.CriticalSection(), _counter(tf), tf.placeholder(tf.float32, [])
    run(v.initializer)
    both = [section.execute(_counting(tf, v, step)) for _ in range(2)]
    total = tf.add_n(both)
    run([total], {step: 2.0})
    run([total], {step: 1.0})
    run(v.read_value())
    run.note([section.name, tf.get_collection("critical_sections")[0] is section])
    run.note([e.op.name for e in tf.get_collection("critical_section_executions")])


@story
def structures(tf, run):
    section, v = tf.CriticalSection(name="own", shared_name="lock"), _counter(tf)
    run(v.initializer)
    out = section.execute(lambda: {"a": v.assign_add(1.0).op, "b": (tf.constant(2), 3.0)}, name="x")
    run(out["b"])
    run(v.read_value())
    run(out["a"])
    again = section.execute(lambda: out["b"][0] + 1)
    run(again)


@story
def in_loops_and_choices(tf, run):
    section, v = tf.CriticalSection(), _counter(tf)
    run(v.initializer)
    body = lambda i, j: (i + 1, section.execute(lambda: j + 1))
    run(tf.while_loop(lambda i, _: i < 7, body, [0, 0]))
    chosen = tf.placeholder(tf.bool, [])
    out = tf.cond(chosen, lambda: section.execute(_counting(tf, v, 3.0)), v.read_value)
    run(out, {chosen: True})
    run(out, {chosen: False})


@story
def refused(tf, run):
    section, other, v = tf.CriticalSection(), tf.CriticalSection(), _counter(tf)
    same = tf.CriticalSection(shared_name="CriticalSection/")
    run.refused(lambda: section.execute(lambda: section.execute(lambda: tf.constant(1))))
    run.refused(lambda: section.execute(lambda: same.execute(lambda: tf.constant(1))))
    section.execute(v.read_value)
    for is_exclusive in (True, False):
        try:
            other.execute(v.read_value, exclusive_resource_access=is_exclusive)
        except ValueError as error:  # which shows objects
            run.note("requested exclusive resource access of this resource" in str(error))
    run.refused(lambda: tf.CriticalSection(name="a", critical_section_def="b"))
    run(v.initializer)
    failing = section.execute(lambda: tf.check_numerics(v.read_value() / 0.0, "none"))
    run.refused(lambda: run.session.run(failing))
    run(section.execute(v.read_value))
