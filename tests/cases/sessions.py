"""Sessions: what is fed and waited for, which is the default one, threads, memory, errors."""

import threading
import warnings

import numpy as np

from .suite import Suite

suite = Suite("sessions")


def program(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def attempt(run, call):
    """Logs what `call()` returns, or the class of its error."""
    try:
        run.note(call())
    except Exception as error:
        run.log.append({"error": type(error).__name__})


def in_thread(call):
    """What `call()` returns in a thread of its own."""
    results = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    thread.join()
    return results[0]


# A fed placeholder has happened for what waits for it; any other fed op still runs.


@program
def fed_placeholder_waited_for(tf, run):
    p, c = tf.placeholder(tf.int32, []), tf.constant(3)
    run(tf.group(p), {p: 1})
    run(tf.group(p.op, c), {p: 1})
    run(tf.tuple([p, c]), {p: 1})
    with tf.control_dependencies([p]):
        waiting = tf.identity(c)
    run([waiting, p + 1], {p: 1})
    run.attempt(waiting)
    run.attempt(p.op, {p: 1})


@program
def fed_placeholder_and_assertion_waited_for(tf, run):
    p = tf.placeholder(tf.int32, [])
    with tf.control_dependencies([tf.assert_positive(p), p]):
        waiting = tf.constant(3)
    run(waiting, {p: 1})
    run.attempt(waiting, {p: -1})


@program
def fed_identity_waited_for(tf, run):
    p = tf.placeholder(tf.int32, [])
    m = tf.identity(p)
    with tf.control_dependencies([m]):
        waiting = tf.constant(3)
    run.attempt(waiting, {m: 1})
    run(waiting, {m: 1, p: 2})


@program
def fed_default_waited_for(tf, run):
    p = tf.placeholder_with_default(3, [])
    with tf.control_dependencies([p]):
        waiting = tf.constant(4)
    run([waiting, p + 0], {p: 1})
    run(tf.group(p), {p: 2})


@program
def fed_assignment_waited_for(tf, run):
    v = tf.Variable(1)
    assigned = tf.assign(v, 5)
    with tf.control_dependencies([assigned]):
        waiting = tf.constant(7)
    run(v.initializer)
    run(assigned + 1, {assigned: 9})
    run(v)
    run(waiting, {assigned: 9})
    run(v)


@program
def fed_random_number_waited_for(tf, run):
    r = tf.random_uniform([], seed=1)
    with tf.control_dependencies([r]):
        waiting = tf.constant(3)
    run(waiting, {r: 5.0})
    run(r)


# Which session and which graph are the default ones.


@program
def session_entered_twice(tf, run):
    c = tf.constant(1)
    session = tf.Session()

    def twice():
        with session, session:
            return session.run(c)

    attempt(run, twice)


@program
def session_entered_as_default(tf, run):
    c = tf.constant(1)
    session = tf.Session()
    with session.as_default(), session.as_default(), session:
        run.note(c.eval())
    attempt(run, lambda: session.run(c))


@program
def session_entered_after_its_end(tf, run):
    c = tf.constant(1)
    session = tf.Session()
    with session:
        run.note(c.eval())

    def again():
        with session:
            return c.eval()

    attempt(run, again)


@program
def closed_session_called(tf, run):
    with tf.Session() as session:
        call = session.make_callable(tf.constant(1))
        run.note(call())
    attempt(run, call)
    attempt(run, session.close)


def hosts(session):
    """The CPUs of a session, as far as all machines have them alike."""
    devices = [each for each in session.list_devices() if each.device_type == "CPU"]
    assert all(each.incarnation for each in devices)
    return [[each.name, each.memory_limit_bytes] for each in devices]


@program
def devices_of_a_session(tf, run):
    run.note(hosts(run.session))
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as session:
        run.note(hosts(session))
    attempt(run, session.list_devices)


@program
def graph_def_with_shapes(tf, run):
    tf.constant([[1, 2]])
    for infer_shapes in (False, True):
        options = tf.GraphOptions(infer_shapes=infer_shapes)
        with tf.Session(config=tf.ConfigProto(graph_options=options)) as session:
            run.note("_output_shapes" in session.graph_def.node[0].attr)


@program
def interactive_session_beside_another(tf, run):
    def warned(make):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            made = make()
        run.note([str(w.message).split(".")[0] for w in caught if "ession" in str(w.message)])
        return made

    first = warned(tf.InteractiveSession)
    second = warned(tf.InteractiveSession)
    run.note(tf.get_default_session() is second)
    second.close()
    second.close()
    run.note(tf.get_default_session() is first)
    first.close()
    warned(tf.InteractiveSession).close()


# Threads.


@program
def default_graph_and_session_of_a_thread(tf, run):
    graph = tf.Graph()
    with graph.as_default(), tf.Session():
        run.note(in_thread(tf.get_default_session) is None)
        run.note(in_thread(lambda: tf.get_default_graph() is graph))


@program
def scopes_of_a_thread(tf, run):
    graph = tf.get_default_graph()

    def built():
        with graph.as_default():
            c = tf.constant(1, name="c")
            return [c.name, len(c.op.control_inputs), c.device, len(c.op.colocation_groups())]

    with tf.name_scope("a"), tf.device("/cpu:0"), tf.control_dependencies([tf.no_op()]):
        run.note(in_thread(built))
        run.note(built())
    run.note(in_thread(built))


@program
def scopes_of_a_thread_switched_to_local(tf, run):
    graph = tf.get_default_graph()

    def built():
        with graph.as_default():
            c = tf.constant(1, name="c")
            return [c.name, len(c.op.control_inputs), c.device]

    with tf.device("/job:a"):
        graph.switch_to_thread_local()
        with tf.name_scope("a"), tf.device("/cpu:0"), tf.control_dependencies([tf.no_op()]):
            run.note(in_thread(built))
            run.note(built())
    run.note(built())


@program
def name_scope_left_open_by_a_thread(tf, run):
    graph = tf.get_default_graph()

    def built():
        with graph.as_default():
            tf.name_scope("b").__enter__()
            return tf.constant(1, name="c").name

    run.note(in_thread(built))
    run.note(tf.constant(1, name="d").name)


@program
def resource_container(tf, run):
    with tf.container("box"):
        v = tf.Variable(1)
    run.note(v.op.get_attr("container").decode())


# Memory that cannot be had.


@program
def no_memory(tf, run):
    run.attempt(tf.fill([2**20, 2**22], 1.0))
    run.attempt(tf.random_uniform([2**30, 2**14]))
    run.attempt(tf.truncated_normal([2**30, 2**14]))
    run.attempt(tf.range(2**44))
    x, y = tf.placeholder(tf.float32, [None, 1]), tf.placeholder(tf.float32, [1, None])
    feeds = {x: np.zeros([2**18, 1]), y: np.zeros([1, 2**24])}
    run.attempt(x + y, feeds)
    run.attempt(tf.matmul(x, y), feeds)
    run.attempt(tf.get_variable("v", [2**20, 2**22]).initializer)
