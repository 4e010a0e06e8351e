"""What tf.import_graph_def is asked to do, under TensorFlow 1.15 (Python 3.7) and Stillflow.

A case is a function of `tf`. It returns what to compare, or fails as TensorFlow fails.
"""

import collections
import contextlib

from google.protobuf import text_format

CASES = collections.OrderedDict()


def case(function):
    """Adds a case under its function's name."""
    CASES[function.__name__] = function
    return function


def parsed(tf, text):
    """A GraphDef of a few nodes, written as text."""
    graph_def = text_format.Parse(text, tf.GraphDef())
    graph_def.versions.producer = 134
    return graph_def


def imported(tf, text, **arguments):
    """Imports the nodes, and returns the default graph as it is then."""
    tf.import_graph_def(parsed(tf, text), **arguments)
    return nodes(tf.get_default_graph())


def nodes(graph):
    """What is compared of each node."""
    return [
        {
            "name": op.name,
            "type": op.type,
            "inputs": [tensor.name for tensor in op.inputs],
            "control_inputs": sorted(other.name for other in op.control_inputs),
            "device": op.device,
            "groups": sorted(group.decode() for group in op.colocation_groups()),
            "outputs": [f"{tensor.dtype.name} {tensor.shape}" for tensor in op.outputs],
        }
        for op in graph.get_operations()
    ]


def names(things):
    return [thing.name for thing in things]


def versions(graph):
    """The VersionDef of `graph`, as its GraphDef says it."""
    said = graph.as_graph_def().versions
    return [said.producer, said.min_consumer, sorted(said.bad_consumers)]


def node(name, op, *inputs, attrs=""):
    """A NodeDef as text."""
    inputs = " ".join(f'input: "{text}"' for text in inputs)
    return f'node {{ name: "{name}" op: "{op}" {inputs} {attrs} }}'


def attr(key, value):
    return f'attr {{ key: "{key}" value {{ {value} }} }}'


def sizes(*dims):
    """A TensorShapeProto as text; None is one of unknown rank."""
    if dims == (None,):
        return "shape { unknown_rank: true }"
    return "shape { " + " ".join(f"dim {{ size: {size} }}" for size in dims) + " }"


FLOAT = attr("dtype", "type: DT_FLOAT")
T_FLOAT = attr("T", "type: DT_FLOAT")
X = node("x", "Placeholder", attrs=FLOAT)
Y = node("y", "Placeholder", attrs=FLOAT)
SUM = node("sum", "Add", "x", "y", attrs=T_FLOAT)
ADDITION = X + Y + SUM
INTEGER = node(
    "x",
    "Const",
    attrs=attr("dtype", "type: DT_INT32")
    + attr("value", "tensor { dtype: DT_INT32 tensor_shape { } int_val: 1 }"),
)


def negative(name, source):
    return node(name, "Neg", source, attrs=T_FLOAT)


# Names ------------------------------------------------------------------------------------------


@case
def default_prefix(tf):
    return imported(tf, ADDITION)


@case
def a_prefix_of_ones_own(tf):
    return imported(tf, ADDITION, name="mine/part")


@case
def no_prefix(tf):
    return imported(tf, ADDITION, name="")


@case
def twice(tf):
    imported(tf, ADDITION)
    return imported(tf, ADDITION)


@case
def twice_with_the_same_prefix(tf):
    imported(tf, X, name="a")
    return imported(tf, X, name="a")


@case
def a_prefix_that_is_a_scope(tf):
    with tf.name_scope("outer"):
        return imported(tf, X, name="inner")


@case
def no_prefix_within_a_scope(tf):
    with tf.name_scope("outer"):
        return imported(tf, X, name="")


@case
def a_prefix_with_a_slash(tf):
    return imported(tf, X, name="a/")


@case
def later_names_are_numbered(tf):
    imported(tf, ADDITION, name="")
    tf.add(1.0, 2.0, name="sum")
    with tf.name_scope("import"):
        tf.no_op(name="a")
    imported(tf, X)
    return nodes(tf.get_default_graph())


@case
def a_scope_named_as_an_imported_one(tf):
    imported(tf, node("layer/x", "NoOp"), name="")
    with tf.name_scope("layer"):
        tf.no_op(name="x")
    return nodes(tf.get_default_graph())


@case
def a_name_that_is_taken(tf):
    tf.placeholder(tf.float32, name="x")
    return imported(tf, X, name="")


@case
def a_name_that_is_a_scope(tf):
    with tf.name_scope("x"):
        tf.no_op(name="inside")
    return imported(tf, X, name="")


@case
def a_name_twice(tf):
    return imported(tf, X + X)


@case
def a_name_in_two_cases(tf):
    return imported(tf, X + node("X", "NoOp"))


@case
def a_name_that_is_not_valid(tf):
    return imported(tf, node("a b", "NoOp"))


@case
def no_name(tf):
    return imported(tf, node("", "NoOp"))


@case
def a_prefix_that_is_not_valid(tf):
    return imported(tf, X, name="a b")


@case
def nothing_at_all(tf):
    return imported(tf, "")


# Inputs -----------------------------------------------------------------------------------------


@case
def any_order(tf):
    return imported(tf, SUM + Y + X)


@case
def a_missing_input(tf):
    return imported(tf, X + SUM)


@case
def a_missing_control_input(tf):
    return imported(tf, node("a", "NoOp", "^b"))


@case
def an_output_that_is_not_there(tf):
    return imported(tf, X + negative("n", "x:1"))


@case
def an_output_by_number(tf):
    return imported(tf, X + negative("n", "x:0"))


@case
def an_output_by_a_negative_number(tf):
    return imported(tf, X + negative("n", "x:-1"))


@case
def an_output_by_a_word(tf):
    return imported(tf, X + negative("n", "x:y"))


@case
def an_input_of_another_type(tf):
    return imported(tf, INTEGER + negative("n", "x"))


@case
def an_input_of_a_type_that_is_fixed(tf):
    return imported(tf, X + node("a", "LogicalNot", "x"))


@case
def too_few_inputs(tf):
    return imported(tf, X + node("a", "Add", "x", attrs=T_FLOAT))


@case
def too_many_inputs(tf):
    return imported(tf, X + node("n", "Neg", "x", "x", attrs=T_FLOAT))


@case
def a_control_input_before_an_input(tf):
    return imported(tf, X + node("n", "Neg", "^x", "x", attrs=T_FLOAT))


@case
def control_inputs(tf):
    return imported(
        tf,
        X + node("a", "NoOp") + node("n", "Neg", "x", "^a", "^x", attrs=T_FLOAT),
    )


@case
def control_inputs_twice(tf):
    return imported(tf, node("a", "NoOp") + node("b", "NoOp", "^a", "^a"))


@case
def within_control_dependencies(tf):
    with tf.control_dependencies([tf.no_op(name="before")]):
        return imported(tf, ADDITION)


@case
def a_cycle(tf):
    return imported(tf, negative("a", "b") + negative("b", "a"))


@case
def a_cycle_of_one(tf):
    return imported(tf, negative("a", "a"))


@case
def a_cycle_of_control_inputs(tf):
    return imported(
        tf,
        node("a", "NoOp", "^b") + node("b", "NoOp", "^a") + node("c", "NoOp", "^b"),
    )


@case
def a_list_of_inputs(tf):
    attrs = T_FLOAT + attr("N", "i: 2")
    return imported(tf, X + Y + node("n", "AddN", "x", "y", attrs=attrs))


@case
def a_list_of_inputs_of_another_length(tf):
    attrs = T_FLOAT + attr("N", "i: 3")
    return imported(tf, X + Y + node("n", "AddN", "x", "y", attrs=attrs))


@case
def an_empty_list_of_inputs(tf):
    return imported(tf, node("n", "AddN", attrs=T_FLOAT + attr("N", "i: 0")))


# Attributes -------------------------------------------------------------------------------------


@case
def an_op_that_nobody_knows(tf):
    return imported(tf, node("a", "Nonsense"))


@case
def an_attribute_that_nobody_knows(tf):
    return imported(tf, node("a", "NoOp", attrs=attr("b", "i: 1")))


@case
def an_attribute_with_an_underscore(tf):
    imported(tf, node("a", "NoOp", attrs=attr("_b", 's: "c"')), name="")
    return repr(tf.get_default_graph().get_operation_by_name("a").get_attr("_b"))


@case
def an_attribute_left_out(tf):
    return imported(tf, node("x", "Placeholder"))


@case
def an_attribute_of_another_kind(tf):
    return imported(tf, node("x", "Placeholder", attrs=attr("dtype", "i: 1")))


@case
def an_attribute_without_a_value(tf):
    return imported(tf, node("x", "Placeholder", attrs=attr("dtype", "")))


@case
def a_list_where_one_is_wanted(tf):
    return imported(
        tf,
        node("x", "Placeholder", attrs=attr("dtype", "list { type: DT_FLOAT }")),
    )


@case
def a_type_that_is_not_allowed(tf):
    return imported(
        tf,
        node("x", "Placeholder", attrs=attr("dtype", "type: DT_STRING"))
        + node("n", "Neg", "x", attrs=attr("T", "type: DT_STRING")),
    )


@case
def a_type_that_is_invalid(tf):
    return imported(tf, node("x", "Placeholder", attrs=attr("dtype", "type: DT_INVALID")))


@case
def a_string_that_is_not_allowed(tf):
    return imported(
        tf,
        X
        + node(
            "p",
            "MaxPool",
            "x",
            attrs=T_FLOAT
            + attr("ksize", "list { i: [1, 1, 1, 1] }")
            + attr("strides", "list { i: [1, 1, 1, 1] }")
            + attr("padding", 's: "BOTH"'),
        ),
    )


@case
def defaults_are_filled_in(tf):
    imported(
        tf,
        X + node("m", "MatMul", "x", "x", attrs=T_FLOAT),
        name="",
    )
    op = tf.get_default_graph().get_operation_by_name("m")
    return [op.get_attr("transpose_a"), op.get_attr("transpose_b"), op.get_attr("T").name]


@case
def a_shape_that_is_unknown(tf):
    return imported(
        tf,
        node("x", "Placeholder", attrs=FLOAT + attr("shape", sizes(None)))
        + node("y", "Placeholder", attrs=FLOAT + attr("shape", sizes(-1, 3))),
    )


@case
def a_shape_that_is_negative(tf):
    return imported(
        tf,
        node("x", "Placeholder", attrs=FLOAT + attr("shape", sizes(-2))),
    )


# Shapes -----------------------------------------------------------------------------------------


def shaped(name, *dims):
    return node(name, "Placeholder", attrs=FLOAT + attr("shape", sizes(*dims)))


def product(*written):
    """a x b; `written` are TensorShapeProtos of `_output_shapes`."""
    shapes = attr("_output_shapes", "list { " + " ".join(written) + " }") if written else ""
    return node("p", "MatMul", "a", "b", attrs=T_FLOAT + shapes)


@case
def shapes_that_follow(tf):
    return imported(tf, shaped("a", 2, 3) + shaped("b", 3, 4) + product())


@case
def shapes_that_do_not_fit(tf):
    return imported(tf, shaped("a", 2, 3) + shaped("b", 5, 4) + product())


@case
def shapes_that_are_written(tf):
    imported(tf, shaped("a", 2, 3) + shaped("b", 3, 4) + product(sizes(2, 4)), name="")
    op = tf.get_default_graph().get_operation_by_name("p")
    return [nodes(tf.get_default_graph()), sorted(op.node_def.attr)]


@case
def shapes_that_are_written_and_say_more(tf):
    return imported(
        tf,
        node(
            "x",
            "Placeholder",
            attrs=FLOAT
            + attr("shape", sizes(None))
            + attr("_output_shapes", "list { " + sizes(2, 3) + " }"),
        ),
    )


@case
def shapes_that_are_written_and_wrong(tf):
    return imported(tf, shaped("a", 2, 3) + shaped("b", 3, 4) + product(sizes(2, 5)))


@case
def more_shapes_than_outputs(tf):
    written = product(sizes(None), sizes(None))
    return imported(tf, shaped("a", 2, 3) + shaped("b", 3, 4) + written)


# What is mapped and what is returned ------------------------------------------------------------


@case
def mapped_inputs(tf):
    mine = tf.placeholder(tf.float32, [3], name="mine")
    return imported(tf, ADDITION, input_map={"x": mine, "y:0": mine})


@case
def a_mapped_value(tf):
    mine = tf.placeholder(tf.float32, [3], name="mine")
    tf.import_graph_def(parsed(tf, ADDITION), input_map={"x": 1.0, "y": mine}, name="i")
    return nodes(tf.get_default_graph())


@case
def a_mapped_value_and_no_prefix(tf):
    return imported(tf, ADDITION, input_map={"x": 1.0}, name="")


@case
def a_mapped_control_input(tf):
    mine = tf.no_op(name="mine")
    return imported(
        tf,
        node("a", "NoOp") + node("b", "NoOp", "^a"),
        input_map={"^a": mine},
    )


@case
def a_mapped_input_that_is_missing(tf):
    mine = tf.placeholder(tf.float32, [3], name="mine")
    return imported(tf, X + SUM, input_map={"y": mine})


@case
def a_mapped_input_of_another_type(tf):
    mine = tf.placeholder(tf.int32, [3], name="mine")
    return imported(tf, ADDITION, input_map={"x": mine})


@case
def a_mapped_input_that_nothing_uses(tf):
    mine = tf.placeholder(tf.float32, [3], name="mine")
    return imported(tf, ADDITION, input_map={"z": mine, "x": mine})


@case
def a_mapped_output_that_nothing_uses(tf):
    mine = tf.placeholder(tf.float32, [3], name="mine")
    return imported(tf, ADDITION, input_map={"sum:0": mine})


@case
def a_mapped_output_that_is_not_there(tf):
    mine = tf.placeholder(tf.float32, [3], name="mine")
    return imported(tf, ADDITION, input_map={"x:1": mine})


@case
def a_mapped_tensor_of_another_graph(tf):
    with tf.Graph().as_default():
        mine = tf.placeholder(tf.float32, [3], name="mine")
    return imported(tf, ADDITION, input_map={"x": mine})


@case
def a_map_that_is_none(tf):
    return imported(tf, ADDITION, input_map=["x"])


@case
def a_map_of_tensors(tf):
    mine = tf.placeholder(tf.float32, [3], name="mine")
    return imported(tf, ADDITION, input_map={mine: mine})


@case
def returned_elements(tf):
    x, s, op = tf.import_graph_def(parsed(tf, ADDITION), return_elements=["x:0", "sum:0", "sum"])
    return [names([x, s, op]), type(op).__name__]


@case
def nothing_returned(tf):
    return [
        tf.import_graph_def(parsed(tf, ADDITION)),
        tf.import_graph_def(parsed(tf, ADDITION), return_elements=[]),
    ]


@case
def a_mapped_input_returned(tf):
    mine = tf.placeholder(tf.float32, [3], name="mine")
    return names(
        tf.import_graph_def(
            parsed(tf, ADDITION), input_map={"x": mine}, return_elements=["x:0", "x", "sum:0"]
        )
    )


@case
def a_missing_element_returned(tf):
    return names(tf.import_graph_def(parsed(tf, ADDITION), return_elements=["z:0"]))


@case
def a_missing_operation_returned(tf):
    return names(tf.import_graph_def(parsed(tf, ADDITION), return_elements=["z"]))


@case
def a_missing_output_returned(tf):
    return names(tf.import_graph_def(parsed(tf, ADDITION), return_elements=["x:1"]))


@case
def elements_that_are_no_strings(tf):
    return tf.import_graph_def(parsed(tf, ADDITION), return_elements=[1])


@case
def elements_in_one_string(tf):
    return names(tf.import_graph_def(parsed(tf, ADDITION), return_elements="x"))


@case
def no_graph_def(tf):
    return tf.import_graph_def("x")


@case
def no_graph_def_but_none(tf):
    return tf.import_graph_def(None)


@case
def a_graph_instead(tf):
    return tf.import_graph_def(tf.Graph())


# Devices and colocation -------------------------------------------------------------------------


def placed(device):
    return f'node {{ name: "a" op: "NoOp" device: "{device}" }}'


BESIDE_A = node("b", "NoOp", attrs=attr("_class", 'list { s: "loc:@a" }'))


@case
def devices(tf):
    return imported(tf, placed("/device:GPU:1"))


@case
def devices_within_a_device(tf):
    with tf.device("/job:worker/device:CPU:0"):
        return imported(tf, placed("/device:GPU:1") + node("b", "NoOp"))


@case
def a_device_by_a_function(tf):
    with tf.device(lambda op: "/device:CPU:1" if op.type == "NoOp" else ""):
        return imported(tf, placed("") + X)


@case
def a_device_that_is_not_valid(tf):
    return imported(tf, placed("nowhere"))


@case
def colocated(tf):
    return imported(tf, BESIDE_A + placed("/device:GPU:1"))


@case
def colocated_with_what_is_missing(tf):
    return imported(tf, BESIDE_A)


@case
def colocated_within_a_device(tf):
    with tf.device("/device:CPU:1"):
        return imported(tf, BESIDE_A + placed(""))


@case
def within_colocation(tf):
    with tf.colocate_with(tf.no_op(name="mine")):
        return imported(tf, placed(""))


# Variables --------------------------------------------------------------------------------------


def a_variable(tf):
    """The GraphDef of a variable and what counts it up."""
    with tf.Graph().as_default() as graph:
        v = tf.Variable([1.0, 2.0], name="v")
        v.assign_add([1.0, 1.0], name="up")
    return graph.as_graph_def()


@case
def a_variable_counts(tf):
    v, up, init = tf.import_graph_def(
        a_variable(tf), return_elements=["v:0", "up:0", "v/Assign"], name="again"
    )
    with tf.Session() as sess:
        sess.run(init)
        values = [sess.run(up).tolist() for _ in range(2)]
        values.append(sess.run("again/v/read:0").tolist())
    return [nodes(tf.get_default_graph()), values, v.dtype.name]


@case
def a_variable_in_place_of_another(tf):
    mine = tf.Variable([5.0, 6.0], name="mine")
    up, init = tf.import_graph_def(
        a_variable(tf), input_map={"v:0": mine._ref()}, return_elements=["up:0", "v/Assign"]
    )
    with tf.Session() as sess:
        sess.run(mine.initializer)
        return [sess.run(up).tolist(), names([t.op for t in up.op.inputs]), names(init.inputs)]


@case
def a_value_in_place_of_a_variable(tf):
    mine = tf.constant([5.0, 6.0], name="mine")
    return names(tf.import_graph_def(a_variable(tf), input_map={"v:0": mine}))


@case
def a_reference_that_is_none(tf):
    return imported(
        tf,
        X + node("a", "Assign", "x", "x", attrs=T_FLOAT),
    )


# Producers and versions -------------------------------------------------------------------------


@case
def an_attribute_that_the_producer_defaults(tf):
    graph_def = parsed(tf, node("a", "NoOp", attrs=attr("b", "i: 1")))
    op_list = tf.MetaGraphDef().meta_info_def.stripped_op_list
    op_list.op.add(name="NoOp").attr.add(name="b", type="int").default_value.i = 1
    tf.import_graph_def(graph_def, producer_op_list=op_list)
    return nodes(tf.get_default_graph())


@case
def an_attribute_that_the_producer_does_not_default(tf):
    graph_def = parsed(tf, node("a", "NoOp", attrs=attr("b", "i: 2")))
    op_list = tf.MetaGraphDef().meta_info_def.stripped_op_list
    op_list.op.add(name="NoOp").attr.add(name="b", type="int").default_value.i = 1
    tf.import_graph_def(graph_def, producer_op_list=op_list)


@case
def a_consumer_that_is_too_old(tf):
    graph_def = parsed(tf, X)
    graph_def.versions.min_consumer = 1000
    tf.import_graph_def(graph_def)


@case
def a_producer_that_is_newer(tf):
    graph_def = parsed(tf, X)
    graph_def.versions.producer = 1000
    tf.import_graph_def(graph_def)
    return nodes(tf.get_default_graph())


@case
def a_consumer_that_is_known_to_be_bad(tf):
    graph_def = parsed(tf, X)
    graph_def.versions.bad_consumers.append(134)
    tf.import_graph_def(graph_def)


@case
def a_node_is_known_afterwards(tf):
    """What fails leaves nothing behind."""
    with contextlib.suppress(ValueError):
        imported(tf, X + node("a", "LogicalNot", "x"), name="")
    return nodes(tf.get_default_graph())


@case
def a_graph_that_is_finalized(tf):
    tf.get_default_graph().finalize()
    return imported(tf, X)


@case
def versions_of_what_is_imported_into_an_empty_graph(tf):
    graph_def = parsed(tf, X)
    graph_def.versions.producer = 100
    graph_def.versions.min_consumer = 3
    tf.import_graph_def(graph_def)
    return versions(tf.get_default_graph())


@case
def versions_of_two_imports(tf):
    older, newer = parsed(tf, X), parsed(tf, Y)
    older.versions.producer = 27
    older.versions.bad_consumers.extend([7, 5])
    newer.versions.producer = 120
    newer.versions.min_consumer = 4
    newer.versions.bad_consumers.append(7)
    tf.import_graph_def(newer)
    tf.import_graph_def(older)
    return versions(tf.get_default_graph())


@case
def versions_of_a_graph_that_has_nodes_of_its_own(tf):
    graph_def = parsed(tf, X)
    graph_def.versions.producer = 100
    tf.constant(1.0)
    tf.import_graph_def(graph_def)
    return versions(tf.get_default_graph())


@case
def a_mapped_name_in_bytes(tf):
    tf.placeholder(tf.float32, [2], name="fed")
    mapped = {b"x:0": tf.get_default_graph().get_tensor_by_name("fed:0")}
    return imported(tf, ADDITION, input_map=mapped)


@case
def an_input_that_is_no_name_of_a_tensor(tf):
    return imported(tf, X + node("a", "Neg", "x:0:0", attrs=T_FLOAT))


@case
def names_below_a_scope_that_are_taken(tf):
    for name in ("s/", "s/", "s/", "s", ""):
        tf.import_graph_def(parsed(tf, ADDITION), name=name)
    return nodes(tf.get_default_graph())
