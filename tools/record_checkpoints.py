"""Records checkpoints, their contents and TensorFlow's errors, under TensorFlow 1.15 (Python 3.7).

    python tools/record_checkpoints.py tests/golden/checkpoint

Each bundle is saved at `<folder>/<name>`. `bundles.json` maps each name to its tensors (element
type, shape, and the bytes in hexadecimal), in the order in which they were saved; `damage.json`
says what TensorFlow makes of damaged files; `states.json` holds `checkpoint` files.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from tensorflow.python.ops import io_ops
from tensorflow.python.training import checkpoint_management

tf.compat.v1.logging.set_verbosity("ERROR")


@contextlib.contextmanager
def sandbox():
    """Runs its block in a new folder, which it yields and then removes."""
    origin, folder = os.getcwd(), os.path.realpath(tempfile.mkdtemp())
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(origin)
        shutil.rmtree(folder)


def dtypes():
    numbers = np.arange(6).reshape(2, 3)
    plain = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64"
    plain += " float16 bfloat16 float32 float64 complex64 complex128"
    for dtype in plain.split():
        yield dtype, "", tf.cast(numbers, dtype)
    for dtype in ["qint8", "quint8", "qint16", "quint16", "qint32"]:
        plain = dtype.replace("q", "", 1)
        yield dtype, "", tf.bitcast(tf.constant(numbers, plain), dtype)


def shapes():
    for shape in [(), (0,), (1,), (3, 0, 2), (2, 1, 3), (1,) * 8, (300, 7)]:
        values = np.arange(np.prod(shape, dtype=int)).reshape(shape)
        name = "x".join(map(str, shape)) or "scalar"
        yield name, "", tf.constant(values, tf.float32)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, np.finfo(np.float32).max]
    yield "special", "", tf.constant(special, tf.float32)


def strings():
    yield "scalar", "", tf.constant(b"abc")
    yield "empty", "", tf.constant(b"")
    yield "none", "", tf.zeros([0, 2], tf.string)
    yield "matrix", "", tf.constant([[b"a", b""], [b"\xff\x00z", b"x" * 300]])
    yield "utf8", "", tf.constant("\u7cbe\u5ea6")


def keys():
    names = ["a", "a/b", "a/b/c", "a/b_1", "aa", "B", "Variable", "Variable_1", "Variable_10",
             "Variable_2", "layer/w/Adam", "layer/w/Adam_1", "\u5c42/\u6743\u91cd",
             b"\xff\xfe", b"\x00", b"\x01", "z" * 300, "z" * 299]  # fmt: skip
    names += ["deep/" * n + "w" for n in range(1, 25)]
    for i, name in enumerate(names):
        yield name, "", tf.constant(i)


def slices():
    square = np.arange(48, dtype=np.float32).reshape(6, 8)
    for rows in ["0,2", "2,4"]:
        for columns in ["0,3", "3,5"]:
            (r, n), (c, m) = (map(int, part.split(",")) for part in (rows, columns))
            yield "square", f"6 8 {rows}:{columns}", square[r : r + n, c : c + m]
    yield "bands", "6 8 0,5:-", square[:5]
    yield "bands", "6 8 5,1:-", square[5:]
    long = np.arange(20000, dtype=np.int64).astype(np.int8)
    for start, size in [(0, 63), (63, 1), (64, 8127), (8191, 1), (8192, 11808)]:
        yield "long", f"20000 {start},{size}", long[start : start + size]
    yield "whole", "2 2 0,2:0,2", np.eye(2, dtype=np.float32)
    yield b"odd\x00name\xff", "2 0,1", np.float32([1])
    yield b"odd\x00name\xff", "2 1,1", np.float32([2])


def many():
    """Enough keys that the index needs several blocks."""
    for i in range(9000):
        yield f"layer_{i * i % 9973}/{'w' * (i % 40)}", "", np.float32(i)


def save(prefix, tensors, save_op=io_ops.save_v2):
    """Saves (name, slice, value) triples; returns them, the values as arrays."""
    names, specs, values = ([tensor[i] for tensor in tensors] for i in range(3))
    values = [tf.convert_to_tensor(value) for value in values]
    with tf.compat.v1.Session() as session:
        if save_op is io_ops.save_v2:
            session.run(save_op(prefix, names, specs, values))
        else:
            session.run(save_op(prefix, names, values, specs))
        values = session.run(values)
    return [(names[i], specs[i], value) for i, value in enumerate(values)]


def text(name):
    return name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")


def described(name, spec, value):
    value = np.asarray(value)
    entry = {"name": text(name), "shape": list(value.shape)}
    if spec:
        entry["slice"] = spec
    if value.dtype.kind in "OS":
        entry.update(dtype="string", strings=[element.hex() for element in value.flat])
    else:
        entry.update(dtype=tf.as_dtype(value.dtype).name, bytes=value.tobytes().hex())
    return entry


def record_bundles(folder):
    bundles = {}
    for case in [dtypes, shapes, strings, keys, slices]:
        with tf.Graph().as_default():
            saved = save(os.path.join(folder, case.__name__), list(case()))
        bundles[case.__name__] = [described(*tensor) for tensor in saved]
    for entry in bundles["dtypes"]:  # NumPy has no quantized types
        entry["dtype"] = entry["name"]
    bundles["sharded"] = record_sharded(os.path.join(folder, "sharded"))
    return bundles


def record_sharded(prefix):
    """Variables on three devices, and one that is partitioned over them."""
    with tf.Graph().as_default():
        tf.Variable(tf.range(5), name="first")
        with tf.device("/cpu:1"):
            tf.Variable([[1.5, 2.5]], name="second")
        with tf.device("/cpu:2"):
            tf.Variable(b"text", name="third")
        matrix = tf.range(28.0)
        tf.compat.v1.get_variable(
            "split",
            initializer=tf.reshape(matrix, [7, 4]),
            partitioner=tf.compat.v1.fixed_size_partitioner(3),
        )
        config = tf.compat.v1.ConfigProto(device_count={"CPU": 3})
        with tf.compat.v1.Session(config=config) as session:
            session.run(tf.compat.v1.global_variables_initializer())
            saver = tf.compat.v1.train.Saver(sharded=True)
            saver.save(session, prefix, write_meta_graph=False, write_state=False)
    reader = tf.compat.v1.train.NewCheckpointReader(prefix)
    return [described(n, "", reader.get_tensor(n)) for n in ["first", "second", "third", "split"]]


def first_format():
    """The types that the first format has; it has slices of strings and numbers alike."""
    for name, spec, value in dtypes():
        if name not in ("uint32", "uint64", "bfloat16", "qint16", "quint16"):  # it aborts on these
            yield name, spec, value
    for name, spec, value in shapes():
        if name != "300x7":
            yield "shape/" + name, spec, value
    for name, spec, value in strings():
        yield "string/" + name, spec, value
    yield "negative", "", tf.constant([-1, -(2**31)], tf.int32)
    yield "wide", "", tf.constant([-1, 2**62], tf.int64)
    for name, spec, value in slices():
        if name != "long":
            yield name, spec, value


def record_first_format(folder):
    """A file of the first format, and one of each of two shards."""
    with tf.Graph().as_default():
        saved = save(os.path.join(folder, "first_format"), list(first_format()), io_ops._save)
    entries = [described(*tensor) for tensor in saved]
    for entry in entries:
        if entry["name"].startswith(("q", "quint")):
            entry["dtype"] = entry["name"]
    with tf.Graph().as_default():
        tf.Variable([1.5, 2.5], name="first")
        with tf.device("/cpu:1"):
            tf.Variable(b"text", name="second")
        with tf.compat.v1.Session(
            config=tf.compat.v1.ConfigProto(device_count={"CPU": 2})
        ) as session:
            session.run(tf.compat.v1.global_variables_initializer())
            saver = tf.compat.v1.train.Saver(sharded=True, write_version=1)
            prefix = os.path.join(folder, "first_sharded")
            saver.save(session, prefix, write_meta_graph=False, write_state=False)
    return entries


def record_many():
    with sandbox() as folder:
        with tf.Graph().as_default():
            save(os.path.join(folder, "many"), list(many()))
        contents = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    return {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(contents.items())
    }


def record_damage():
    """What opening, and reading `s` and `w`, give after each of a few edits."""
    with sandbox():
        strings = ("s", "", tf.constant([b"ab", b"cde"]))
        save("d/good", [strings, ("w", "", tf.constant([1.0, 2.0]))])
        index = Path("d/good.index").read_bytes()
        data = Path("d/good.data-00000-of-00001").read_bytes()
        edits = [
            ("index removed", None, data),
            ("index empty", b"", data),
            ("index cut short", index[:-1], data),
            ("index of 20 bytes", index[:20], data),
            ("index longer by a byte", index + b"\0", data),
            ("index: magic", flip(index, len(index) - 1), data),
            ("index: first entry", flip(index, 5), data),
            ("index: handle", flip(index, len(index) - 46), data),
            ("data removed", index, None),
            ("data cut short", index, data[:-1]),
            ("data: number", index, flip(data, len(data) - 1)),
            ("data: string length", index, flip(data, 0)),
            ("data: string length checksum", index, flip(data, 3)),
            ("data: string", index, flip(data, 8)),
        ]
        return [damaged(*edit) for edit in edits]


def damaged(name, index, data):
    put("d/bad.index", index)
    put("d/bad.data-00000-of-00001", data)
    new_reader = tf.compat.v1.train.NewCheckpointReader
    return {
        "edit": name,
        "index": None if index is None else index.hex(),
        "data": None if data is None else data.hex(),
        "open": error_of(lambda: new_reader("d/bad")),
        "s": error_of(lambda: new_reader("d/bad").get_tensor("s")),
        "w": error_of(lambda: new_reader("d/bad").get_tensor("w")),
    }


def flip(content, position):
    content = bytearray(content)
    content[position] ^= 1
    return bytes(content)


def put(path, content):
    if os.path.exists(path):
        os.remove(path)
    if content is not None:
        Path(path).write_bytes(content)


def error_of(call):
    try:
        call()
    except Exception as error:
        return [type(error).__name__, str(error)]
    return None


def record_states():
    odd = ["m/\u6a21\u578b-1", 'm/"quoted" \\ \t\n\x01', "m/a'b"]
    cases = [
        ("model", "model/ckpt-3", ["model/ckpt-1", "model/ckpt-2", "model/ckpt-3"]),
        ("./model/", "./model/ckpt-3", ["./model/ckpt-2"]),
        ("/abs/model", "/abs/model/ckpt-3", ["/abs/model/ckpt-2", "/abs/model/ckpt-3"]),
        ("", "ckpt-3", None),
        ("model", "/abs/ckpt-3", ["ckpt-2"]),
        ("m", odd[0], odd),
        ("m", "m/a", ["m/a"], [1574412345.1234567], 0.1),
        ("m", "m/a", ["m/b", "m/a"], [1e300, 1574412345.0]),
        ("m", "m/a", ["m/b", "m/a"], [1.0]),
    ]
    written = []
    for arguments in cases:
        record = {"arguments": json.loads(json.dumps(arguments))}
        try:
            state = checkpoint_management.generate_checkpoint_state_proto(*arguments)
        except ValueError as error:
            record["error"] = str(error)
        else:
            record["text"] = text_format.MessageToString(state)
        written.append(record)
    return {
        "written": written,
        "relative": [relative_state(*case[:3]) for case in cases[:5]],
        "read": [read_state(content) for content in STATE_TEXTS],
    }


def relative_state(save_dir, path, paths):
    """The file that a Saver with `save_relative_paths` writes; absolute paths are in a sandbox."""
    with sandbox() as folder:
        rebased = [folder + p if os.path.isabs(p) else p for p in [save_dir, path] + (paths or [])]
        os.makedirs(os.path.join(rebased[0], "."), exist_ok=True)
        checkpoint_management.update_checkpoint_state_internal(
            rebased[0], rebased[1], rebased[2:], save_relative_paths=True
        )
        text = Path(rebased[0], "checkpoint").read_text().replace(folder, "")
    return {"arguments": [save_dir, path, paths or []], "text": text}


STATE_TEXTS = [
    'model_checkpoint_path: "a"\n',
    'model_checkpoint_path: "/abs/a"\nall_model_checkpoint_paths: "b"\n',
    "model_checkpoint_path: 'single'",
    'model_checkpoint_path: "in " "two"',
    'model_checkpoint_path: "\\346\\250\\241\\345\\236\\213"',
    'model_checkpoint_path: "\u6a21\u578b"',
    'model_checkpoint_path: "\\x41\\n\\"\\\'"',
    '# a comment\nmodel_checkpoint_path: "a" # more\n',
    'model_checkpoint_path: "a" all_model_checkpoint_timestamps: [1, 2.5] '
    "last_preserved_timestamp: 3e9",
    'all_model_checkpoint_paths: "b"\n',
    "",
    'model_checkpoint_path: "a',
    'unknown_field: 1\nmodel_checkpoint_path: "a"\n',
    'model_checkpoint_path: "a"\nmodel_checkpoint_path: "b"\n',
    "\0\1\2",
    'model_checkpoint_path: "\\377"',
]


def read_state(content):
    record = {"text": content}
    with sandbox():
        os.mkdir("dir")
        Path("dir/checkpoint").write_bytes(content.encode("utf-8"))
        try:
            state = tf.train.get_checkpoint_state("dir")
        except ValueError as error:
            record["error"] = str(error)
            return record
    record["state"] = state and {
        "model_checkpoint_path": state.model_checkpoint_path,
        "all_model_checkpoint_paths": list(state.all_model_checkpoint_paths),
        "all_model_checkpoint_timestamps": list(state.all_model_checkpoint_timestamps),
        "last_preserved_timestamp": state.last_preserved_timestamp,
    }
    return record


def write_json(folder, name, content):
    with open(os.path.join(folder, name), "w") as file:
        json.dump(content, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    golden = os.path.abspath(sys.argv[1])
    os.makedirs(golden, exist_ok=True)
    write_json(golden, "bundles.json", record_bundles(golden))
    write_json(golden, "first_format.json", record_first_format(golden))
    write_json(golden, "many.json", record_many())
    write_json(golden, "damage.json", record_damage())
    write_json(golden, "states.json", record_states())
