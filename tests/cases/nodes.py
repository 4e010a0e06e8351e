"""Nodes built by op type, whether or not a public function builds them: as GraphDefs spell them."""


def node(tf, type, *inputs, outputs=1, **attributes):
    """The outputs of a new node of `type`; attributes: types, shapes, numbers, text, lists."""
    graph_def = tf.GraphDef()
    added = graph_def.node.add(op=type, name=type)
    added.input.extend(f"x{i}" for i in range(len(inputs)))
    for name, value in attributes.items():
        set_attribute(added.attr[name], value)
    return tf.import_graph_def(
        graph_def,
        {f"x{i}": tensor for i, tensor in enumerate(inputs)},
        [f"{type}:{i}" for i in range(outputs)],
    )


def set_attribute(attr, value):
    """Stores `value` in an AttrValue."""
    if isinstance(value, bool):
        attr.b = value
    elif isinstance(value, int):
        attr.i = value
    elif isinstance(value, float):
        attr.f = value
    elif isinstance(value, str):
        attr.s = value.encode()
    elif isinstance(value, list):
        attr.list.i.extend(value)
    elif hasattr(value, "as_proto"):
        attr.shape.CopyFrom(value.as_proto())
    else:
        attr.type = value.as_datatype_enum
