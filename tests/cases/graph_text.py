"""A whole GraphDef as text, a line to a node, in order: all of it, so that two can be compared."""

import hashlib
import re

import numpy as np

#: What counts through a process, is an address in it, or is drawn at random.
_OF_THE_PROCESS = r"(?<=CustomGradient-)\w+|(?<=pyfunc_)\d+|(?<=hash_table_)\w{8}(-\w{4}){3}-\w{12}"
#: A longer value is shown by its digest.
MAX_TEXT = 120


def lines(graph_def):
    """`TYPE name input ... ^control ... @device attribute=value ...` for each node of a GraphDef.

    The control inputs are sorted, for their order means nothing and TensorFlow's is a hash's.
    """
    return [line(node) for node in graph_def.node]


def line(node):
    """The line of one NodeDef."""
    inputs = [name for name in node.input if name[0] != "^"]
    controls = sorted(name for name in node.input if name[0] == "^")
    device = ["@" + node.device] if node.device else []
    attributes = [f"{key}={value_text(node.attr[key])}" for key in sorted(node.attr)]
    return " ".join([node.op, node.name, *inputs, *controls, *device, *attributes])


def library_lines(library):
    """{function's name: lines} and, of those with gradients, {"gradients": lines}."""
    functions = {function.signature.name: function_lines(function) for function in library.function}
    pairs = sorted([pair.function_name, pair.gradient_func] for pair in library.gradient)
    return {"functions": functions, "gradients": pairs}


def function_lines(function):
    """The signature, the nodes and the results of a FunctionDef; what describes it is words."""
    signature = function.signature
    arguments = [f"{arg.name}:{arg.type}" for arg in signature.input_arg]
    results = [f"{arg.name}:{arg.type}={function.ret[arg.name]}" for arg in signature.output_arg]
    attributes = [f"{key}={value_text(function.attr[key])}" for key in sorted(function.attr)]
    head = [*arguments, "->", *results, *attributes, f"stateful={signature.is_stateful}"]
    return [" ".join(head), *map(line, function.node_def)]


def value_text(attr):
    """An AttrValue."""
    kind = attr.WhichOneof("value")
    if kind == "list":
        items = [
            plain(field.name, item) for field, items in attr.list.ListFields() for item in items
        ]
        return shortened("[" + ",".join(items) + "]")
    return shortened(plain(kind, getattr(attr, kind))) if kind else "none"


def plain(kind, value):
    if kind == "s":
        return re.sub(_OF_THE_PROCESS, "N", value.decode("latin-1"))
    if kind == "shape":
        return "?" if value.unknown_rank else sizes_text(value)
    if kind == "tensor":
        return tensor_text(value)
    if kind == "func":
        attributes = [f"{key}={value_text(value.attr[key])}" for key in sorted(value.attr)]
        name = re.sub(r"(branch\d|_grad)_\d+", r"\1_N", value.name)  # numbered through a process
        name = re.sub(r"_rewritten(_\d+)?", "_rewritten", name)
        # Of a function without a name of its own, whose name has a hash of what it does.
        name = re.sub(r"(?<=\b(?:body|cond)_)\w{11}(?=_Wrapper\b)", "N", name)
        return f"{numberless(name)}({','.join(attributes)})"
    if kind == "f":
        return repr(float(value))
    return str(int(value)) if isinstance(value, (bool, int)) else str(value)


def numberless(name):
    """A function's name, without the number or the hash that a process gives it."""
    name = re.sub(r"(?<=_make_dataset_)\w{11}$", "", name)
    return re.sub(r"^((?:tf_data_|Dataset_|__inference_).*)_\d+$", r"\1", name)


def sizes_text(shape):
    return "(" + ",".join(str(dim.size) for dim in shape.dim) + ")"


def tensor_text(tensor):
    """A TensorProto: type, shape and values, of many equal ones the first, as protos may."""
    values = [element_text(item) for item in elements(tensor)]
    if len(set(values)) == 1:
        values = values[:1]
    return "{}:{}:{}".format(tensor.dtype, sizes_text(tensor.tensor_shape), ",".join(values))


def elements(tensor):
    """The values that a TensorProto lists: NumPy numbers, or bytes."""
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, NUMPY_TYPES[tensor.dtype])
    values = next((v for f, v in tensor.ListFields() if f.name.endswith("_val")), [])
    if tensor.dtype == 1:
        return np.array(values, np.float32)
    return values


#: By number in types.proto.
NUMPY_TYPES = {
    1: np.float32,
    2: np.float64,
    3: np.int32,
    4: np.uint8,
    5: np.int16,
    6: np.int8,
    8: np.complex64,
    9: np.int64,
    10: np.bool_,
    14: np.uint16,
    17: np.uint16,
    18: np.complex128,
    19: np.float16,
    22: np.uint32,
    23: np.uint64,
}


def element_text(value):
    if isinstance(value, bytes):
        # A Saver that writes in parts names them by chance, and a writer's file has the process.
        text = re.sub(r"_temp_[0-9a-f]{32}", "_temp_", value.decode("latin-1"))
        return re.sub(r"^\.\d+\.\d+$", ".process", text)
    if getattr(value, "dtype", None) == "float32" and abs(value) >= 1:
        return repr(float(str(value)))  # NumPy's own text of large ones depends on its version
    return str(value)


def shortened(text):
    if len(text) <= MAX_TEXT:
        return text
    return "#" + hashlib.sha1(text.encode("utf-8")).hexdigest()[:16]


def digest(text_lines):
    """What stands for a graph's lines where only their equality matters."""
    return hashlib.sha1("\n".join(text_lines).encode("utf-8")).hexdigest()[:12]
