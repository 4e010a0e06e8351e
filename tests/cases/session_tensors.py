"""Tensors that stay in a session between its runs."""

from .suite import Suite, internal_module

suite = Suite("session_tensors")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def _kept(tf, run, value):
    return run.session.run(tf.get_session_handle(value))


@story
def handed_over(tf, run):
    a = tf.constant(10)
    told = tf.get_session_handle(a * 5, name="kept")
    handle, product = run.session.run([told, a * 3])
    run.note([handle.handle, str(handle), int(product)])
    holder, kept = tf.get_session_tensor(handle.handle, tf.int32, name="back")
    run(kept * 10, {holder: handle.handle})
    run.note(int(handle.eval()))
    more = tf.get_session_handle(kept + 1)
    for _ in range(5):
        handle = run.session.run(more, {holder: handle.handle})
    run.note([int(handle.eval()), handle.to_numpy_array().tobytes().hex()])
    again, copy = run.session.run({"a": told, "b": [told]}).values()
    run.note([again.handle, copy[0] is again])


@story
def fed_for_any_tensor(tf, run):
    a, b = tf.constant(10.0), tf.constant(5.0)
    c = tf.multiply(a, b, name="c")
    d = tf.identity(c)
    product, quotient, pair = (
        _kept(tf, run, c),
        _kept(tf, run, a / b),
        _kept(tf, run, tf.ones([2]) * a),
    )
    run(d - a, {c: quotient, a: product})
    run([c, d], {c: quotient})
    run([c, d], {c: 60.0, d: product})
    run(d, {c: pair})
    run.refused(lambda: run.session.run(d, {c: _kept(tf, run, tf.constant(1))}))


@story
def deleted(tf, run):
    kept = [_kept(tf, run, tf.constant(number)) for number in range(3)]
    kept[0].delete()
    run.refused(kept[0].eval)
    run.refused(kept[0].delete)
    raw = kept[1].get_raw_handle()
    run.refused(kept[1].eval)
    holder, deleter = tf.delete_session_tensor(raw)
    run(deleter, {holder: raw})
    run.refused(lambda: run.session.run(deleter, {holder: raw}))
    holder, value = tf.get_session_tensor(raw, tf.float32)
    run.refused(lambda: run.session.run(value, {holder: raw}))
    run.refused(lambda: run.session.run(value, {holder: kept[2]}))
    run.refused(lambda: tf.get_session_handle(3))
    other = tf.Session(graph=run.session.graph)
    run.refused(lambda: other.run(value, {holder: kept[2].handle}))
    module = internal_module(tf, "python.ops.session_ops")
    run.note(isinstance(kept[2], module.TensorHandle))
