"""Damage to messages: in their bytes, and in what they say."""

BIG = [0, -1, 1, 2, 7, -2, 100, 1 << 20, 1 << 31, (1 << 40) + 1, 1 << 62, -(1 << 63), (1 << 63) - 1]
TYPES = [0, 1, 2, 3, 7, 9, 10, 14, 19, 20, 21, 23, 101, 999]
WORDS = [b"", b"x", b"\xff", b"NHWC", b"NCHW", b"SAME", b"loc:@x"]


def of_bytes(random, content):
    """A copy of `content` with flipped bits, bytes that are other ones, missing, or twice."""
    damaged = bytearray(content)
    for _ in range(random.choice([1, 1, 1, 2, 4, 16])):
        kind, at = random.random(), random.randrange(len(damaged))
        if kind < 0.5:
            damaged[at] ^= 1 << random.randrange(8)
        elif kind < 0.7:
            damaged[at] = random.randrange(256)
        elif kind < 0.8:
            del damaged[at : at + random.randrange(1, 20)]
        elif kind < 0.9:
            other = random.randrange(len(damaged))
            damaged[at:at] = damaged[other : other + random.randrange(1, 40)]
        else:
            damaged[at : at + 10] = b"\xff" * 9 + b"\x01"
    return bytes(damaged)


def of_nodes(random, graph_def, op_types):
    """Changes a few nodes: their op types, inputs, or attributes, to what is valid or is not."""
    for _ in range(random.choice([1, 1, 1, 2, 5])):
        node, kind = random.choice(graph_def.node), random.random()
        if kind < 0.12:
            node.op = random.choice(op_types)
        elif kind < 0.25 and node.input:
            node.input[random.randrange(len(node.input))] = random.choice(graph_def.node).name
        elif kind < 0.3:
            node.input.append(random.choice(graph_def.node).name)
        elif kind < 0.35 and node.input:
            del node.input[-1]
        elif node.attr:
            _change(random, node.attr[random.choice(sorted(node.attr))])
    if random.random() < 0.7:  # or else these contradict most changes
        for node in graph_def.node:
            node.attr.pop("_output_shapes", None)


def _change(random, value):
    field = value.WhichOneof("value")
    if field == "i":
        value.i = random.choice(BIG)
    elif field == "type":
        value.type = random.choice(TYPES)
    elif field == "shape":
        _resize(random, value.shape)
    elif field == "tensor":
        if random.random() < 0.3:
            value.tensor.dtype = random.choice(TYPES[:12])
        else:
            _resize(random, value.tensor.tensor_shape)
        if value.tensor.int_val:
            value.tensor.int_val[0] = random.choice([0, -1, 5, 1 << 20, (1 << 31) - 1])
    elif field == "s":
        value.s = random.choice(WORDS)
    elif field == "b":
        value.b = not value.b
    elif field == "f":
        value.f = random.choice([0, -1, 1e30, float("nan")])
    elif field == "list":
        _change_list(random, value.list)


def _resize(random, shape):
    if not shape.dim or random.random() < 0.3:
        shape.dim.add(size=random.choice(BIG))
    else:
        random.choice(shape.dim).size = random.choice(BIG)


def _change_list(random, values):
    if values.i and random.random() < 0.3:
        del values.i[-1]
    elif values.i:
        values.i[random.randrange(len(values.i))] = random.choice(BIG)
    elif values.shape:
        _resize(random, values.shape[0])
    elif values.type:
        values.type.append(random.choice(TYPES))
    else:
        values.i.append(1)
