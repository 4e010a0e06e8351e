"""What few programs do: variables for a run, promises, attributes for a block."""

from .functions import defun
from .suite import Suite, internal_module

suite = Suite("rarities")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def attr_value(tf, **value):
    return tf.AttrValue(**value)


@story
def variables_for_a_run(tf, run):
    raw = tf.raw_ops
    named = raw.TemporaryVariable(shape=[2], dtype=tf.float32, var_name="named")
    grown = tf.assign_add(tf.assign(named, [1.0, 2.0]), [1.0, 2.0])
    last = raw.DestroyTemporaryVariable(ref=grown, var_name="named")
    for _ in range(2):
        run(last)
    other = tf.assign(raw.TemporaryVariable(shape=[2], dtype=tf.int32), [3, 4])
    run(raw.DestroyTemporaryVariable(ref=other, var_name="TemporaryVariable_1"))
    run(tf.identity(other))
    run.attempt(raw.DestroyTemporaryVariable(ref=other, var_name="unknown"))


@story
def promises(tf, run):
    @defun(tf, func_name="Promised")
    def promised():
        return kept + again + more

    v = tf.Variable([1.0, 2.0], name="v")
    kept = tf.guarantee_const(v)
    again, more = tf.identity(kept), kept + v
    y = promised()
    run(tf.global_variables_initializer())
    run([kept, y])
    run.refused(lambda: tf.gradients(kept, v))


@story
def attributes_of_a_block(tf, run):
    graph = tf.get_default_graph()
    for wrong in (5, {"_a": 5}, {5: attr_value(tf, b=True)}):
        run.refused(lambda wrong=wrong: graph._attr_scope(wrong).__enter__())
    with graph._attr_scope({"_a": attr_value(tf, b=True)}):
        tf.constant(1.0, name="outer")
        told = {"_a": None, "_b": lambda node: attr_value(tf, s=node.name.encode())}
        with graph._attr_scope(told):
            tf.constant(1.0, name="inner")
        with graph._attr_scope({"dtype": attr_value(tf, type=3), "_c": lambda node: None}):
            run(tf.constant(1.0, name="own"))
    with graph._attr_scope({"_c": lambda node: 5}):
        run.refused(lambda: tf.constant(1.0, name="refused"))


@story
def gradients_that_pass(tf, run):
    x = tf.constant([1.0, 2.0], name="x")
    run.refused(lambda: tf.grad_pass_through(tf.square)(x))
    with tf.variable_scope("passed", use_resource=True):
        y = tf.grad_pass_through(tf.square)(x * 3.0)
    run([y, tf.gradients(y, x)])

    @tf.custom_gradient
    def makes(x):
        v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
        return x * v, lambda dy, variables: (dy, [dy])

    run.refused(lambda: makes(x))
    with tf.variable_scope("behind_handles", use_resource=True):
        z = makes(x)
        v = tf.global_variables("behind_handles")[0]
        gradients = tf.gradients(z, [x, v])
    run(tf.global_variables_initializer())
    run([z, gradients])


@story
def meta_graphs(tf, run):
    create = internal_module(tf, "python.framework.meta_graph").create_meta_graph_def
    with tf.name_scope("scope"):
        v = tf.Variable(1.0, name="v")
    tf.add_to_collection("mine", v.initial_value)
    meta = create(
        export_scope="scope", exclude_nodes=[v.initial_value.op], strip_default_attrs=True
    )
    run.note(sorted(meta.collection_def))
    run.note(list(meta.collection_def["mine"].node_list.value))
    run.note([node.name for node in meta.graph_def.node])
    run.note(
        [meta.meta_info_def.stripped_default_attrs, len(meta.meta_info_def.stripped_op_list.op)]
    )
    run.note([node.name for node in create(graph_def=tf.GraphDef()).graph_def.node])


@story
def compiled_together(tf, run):
    x = tf.placeholder(tf.float32, [2, 3])
    with tf.contrib.compiler.jit.experimental_jit_scope():
        y = tf.tanh(x) * x
        with tf.xla.experimental.jit_scope(compile_ops=False):
            y = y + 1.0
    with tf.xla.experimental.jit_scope(lambda node: node.op == "Exp", True):
        z = tf.exp(y) - tf.random_uniform([2, 3])
    with tf.name_scope("other"):
        (slope,) = tf.gradients(z, x)
    run(slope, {x: [[1.0, 2.0, 3.0], [0.5, 0.25, 0.125]]})


@story
def cells_compiled(tf, run):
    x = tf.placeholder(tf.float32, [2, 3])
    for stateful in (False, True):
        inner = tf.nn.rnn_cell.GRUCell(2, kernel_initializer=tf.ones_initializer())
        cell = tf.contrib.rnn.CompiledWrapper(inner, compile_stateful=stateful)
        state = cell.zero_state(2, tf.float32)
        with tf.variable_scope("cell", reuse=stateful):
            out, _ = cell(x, state)
        run.note([cell.state_size, cell.output_size])
    run(tf.global_variables_initializer())
    run(out, {x: [[1.0, 2.0, 3.0], [0.5, 0.25, 0.125]]})
