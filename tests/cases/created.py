"""Nodes made by `Graph.create_op`."""

from .nodes import set_attribute
from .suite import Suite

suite = Suite("created")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def attributes(tf, **values):
    """AttrValue protos of `values`."""
    node = tf.NodeDef()
    for name in values:
        set_attribute(node.attr[name], values[name])
    return {name: node.attr[name] for name in values}


def create(tf, op_type, *inputs, **options):
    """The new operation; all attributes that are no options of create_op are the node's."""
    known = ("dtypes", "input_types", "name", "op_def", "compute_device")
    given = {key: options.pop(key) for key in known if key in options}
    attrs = attributes(tf, **options) if options else None
    return tf.get_default_graph().create_op(op_type, list(inputs), attrs=attrs, **given)


@story
def of_all_kinds(tf, run):
    x = tf.constant([[1.0, 2.0]], name="x")
    total = create(tf, "Add", x, x, dtypes=[tf.float32], T=tf.float32)
    product = create(tf, "MatMul", x, x, transpose_b=True, name="product")
    three = create(tf, "AddN", x, x, x, N=3)
    fed = create(tf, "Placeholder", dtype=tf.int32, name="fed/")
    run.note([str(op.outputs[0].shape) for op in (total, product, three, fed)])
    run([op.outputs[0] for op in (total, product, three)])
    run(fed.outputs[0], {fed.outputs[0]: 3})


@story
def within_scopes(tf, run):
    x = tf.constant(1.0)
    with tf.name_scope("s"), tf.device("/cpu:0"), tf.control_dependencies([tf.no_op("first")]):
        inner = create(tf, "Identity", x)
        run.note([inner.name, create(tf, "Identity", x).name, create(tf, "Exp", x, name="e").name])
        run.note(create(tf, "Exp", x, name="q/").name)
        create(tf, "NoOp", name="n")
    run.note(tf.get_default_graph().get_operation_by_name("s/n").type)
    run(tf.gradients(inner.outputs[0], x))


@story
def refusals(tf, run):
    x = tf.constant(1.0)
    run.refused(lambda: create(tf, "Add", 1.0, 2.0))
    run.refused(lambda: create(tf, "Add", x, x, input_types=[tf.int32, tf.float32]))
    run.refused(lambda: create(tf, "MatMul", tf.ones([2, 3]), tf.ones([2, 3])))
    run.refused(lambda: create(tf, "Identity", x, name="_q"))
    run.refused(lambda: create(tf, "Identity", x, name="Const/"))


@story
def made_from_others(tf, run):
    x = tf.constant(1.0)
    graph = tf.get_default_graph()
    with graph._original_op(x.op):
        y = tf.exp(x)
    gradient = tf.gradients(y, x)[0]
    run.note([str(op._original_op and op._original_op.name) for op in (x.op, y.op, gradient.op)])


@story
def references(tf, run):
    x, v = tf.constant(1.0, name="x"), tf.Variable(2.0, name="v")
    run.note([repr(x.experimental_ref()), repr(v.experimental_ref())])
    run.note(x.experimental_ref() == x.experimental_ref() != v.experimental_ref())
    run.refused(lambda: x.experimental_ref() == "x")


@story
def references_within_a_set(tf, run):
    x, v = tf.constant(1.0, name="x"), tf.Variable(2.0, name="v")
    kept = {x.experimental_ref(), x.experimental_ref(), v.experimental_ref()}
    run.note(sorted(reference.deref().name for reference in kept))


@story
def attributes_set_afterwards(tf, run):
    x = tf.constant([[1.0, 2.0]], name="x")
    y = tf.reduce_sum(x, axis=1, name="y")
    run.note(run.session.graph is y.graph)
    values = attributes(tf, keep_dims=True, _note="n", _list=[1, 2])
    for name in sorted(values):
        y.op._set_attr(name, values[name])
    run.note([y.op.get_attr(name) for name in sorted(values)])
    run(y)
