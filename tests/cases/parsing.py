"""Examples, records of text, numbers as bytes: what is parsed, and what is refused."""

import random
import zlib

import numpy as np

from .suite import Suite

suite = Suite("parsing")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def try_all(run, op, feeds):
    """Logs what `op` gives for each feed, or how it fails: the class and TensorFlow's sentence."""
    for feed in feeds:
        try:
            run.note(run.session.run(op, feed))
        except Exception as error:
            sentence = str(error).split("\n")[0].split(", value: '")[0].strip()
            run.note(type(error).__name__ + ": " + sentence)


def feature(tf, values):
    """The feature of floats, of ints, or of strings; without a list for None."""
    if values is None:
        return tf.train.Feature()
    first = values[0] if values else 0
    if isinstance(first, float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    if isinstance(first, bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


def features(tf, values):
    return tf.train.Features(feature={key: feature(tf, each) for key, each in values.items()})


def example(tf, **values):
    return tf.train.Example(features=features(tf, values)).SerializeToString()


def sequence(tf, context, **lists):
    message = tf.train.SequenceExample(context=features(tf, context))
    for key, steps in lists.items():
        feature_list = message.feature_lists.feature_list[key]
        feature_list.feature.extend([feature(tf, step) for step in steps])
    return message.SerializeToString()


def tensors(parsed):
    found = []
    for key in sorted(parsed):
        value = parsed[key]
        parts = [value.indices, value.values, value.dense_shape] if is_sparse(value) else [value]
        found += parts
    return found


def is_sparse(value):
    return hasattr(value, "dense_shape")


def kinds(tf):
    return {
        "floats": tf.FixedLenFeature([2], tf.float32),
        "number": tf.FixedLenFeature([], tf.int64, default_value=-7),
        "name": tf.FixedLenFeature([1, 1], tf.string, default_value="none"),
        "some words": tf.VarLenFeature(tf.string),
        "ids": tf.VarLenFeature(tf.int64),
        "steps": tf.FixedLenSequenceFeature([2], tf.int64, allow_missing=True),
        "padded": tf.FixedLenSequenceFeature([], tf.float32, True, default_value=-1.0),
    }


def good(tf):
    """Serialized examples of these kinds."""
    whole = {"floats": [0.5, -2.0], "number": [3], "name": [b"abc"], "some words": [b"x", b""]}
    return [
        example(tf, **whole, ids=[1, -1, 1 << 40], steps=[1, 2, 3, 4], padded=[1.0, 2.0]),
        example(tf, floats=[1.0, 2.0], steps=[300, -5], other=[1]),
        example(tf, floats=[1.0, 2.0], ids=list(range(20)), padded=[0.25] * 5, number=None),
        example(tf, floats=[1.0, 2.0], ids=[1 << i for i in range(60)], name=[b"\xff\0" * 99]),
    ]


def bad(tf):
    """Serialized examples that lack something, or have something else."""
    rest = {"floats": [1.0, 2.0]}
    return [
        example(tf, number=[1]),
        example(tf, floats=[1, 2]),
        example(tf, floats=[1.0]),
        example(tf, floats=[1.0, 2.0, 3.0]),
        example(tf, floats=None),
        example(tf, number=[1, 2], **rest),
        example(tf, name=[3], **rest),
        example(tf, ids=[b"x"], **rest),
        example(tf, steps=[1, 2, 3], **rest),
        example(tf, padded=[1], **rest),
        example(tf, **{"some words": [1.0]}, **rest),
        b"",
        b"no example",
    ]


@story
def single_examples(tf, run):
    serialized = tf.placeholder(tf.string, [])
    parsed = tensors(tf.parse_single_example(serialized, kinds(tf)))
    run.note([str(each.shape) for each in parsed])
    try_all(run, parsed, [{serialized: each} for each in good(tf) + bad(tf)])
    try_all(run, tensors(tf.parse_single_example(serialized, kinds(tf), "named")), [])
    for only in ("name", "ids"):
        one = tf.io.parse_single_example(serialized, {only: kinds(tf)[only]})
        try_all(run, tensors(one), [{serialized: each} for each in good(tf)[:2]])


@story
def batches_of_examples(tf, run):
    serialized = tf.placeholder(tf.string, [None])
    parsed = tensors(tf.parse_example(serialized, kinds(tf)))
    run.note([str(each.shape) for each in parsed])
    whole = good(tf)
    try_all(run, parsed, [{serialized: each} for each in (whole, whole[:1], whole[1:3])])
    try_all(run, parsed, [{serialized: [whole[0], each]} for each in bad(tf)])


@story
def examples_with_names(tf, run):
    serialized, names = tf.placeholder(tf.string), tf.placeholder(tf.string)
    whole = good(tf)
    parsed = tensors(tf.parse_example(serialized, kinds(tf), example_names=names, name="batch"))
    try_all(
        run,
        parsed,
        [
            {serialized: whole[:2], names: ["first", "second"]},
            {serialized: [whole[0], bad(tf)[0]], names: ["first", "second"]},
            {serialized: whole[:2], names: ["first"]},
            {serialized: whole[:2], names: []},
            {serialized: whole[0], names: "first"},
        ],
    )
    one = tensors(tf.parse_single_example(serialized, kinds(tf), example_names=names))
    try_all(run, one, [{serialized: each, names: "only"} for each in whole[:1] + bad(tf)[:1]])


@story
def one_message_after_another(tf, run):
    """Concatenated examples are merged; what is unknown is skipped; lists need not be packed."""
    whole = good(tf)[1]
    unpacked = b"".join(b"\r" + np.float32(x).tobytes() for x in (0.5, 8.0))
    ints = b"\x08\x05\x08\xac\x02"
    parts = [
        (b"floats", b"\x12" + bytes([len(unpacked)]) + unpacked),
        (b"ids", b"\x1a" + bytes([len(ints)]) + ints),
    ]
    entries = b""
    for key, value in parts:
        pair = b"\n" + bytes([len(key)]) + key + b"\x12" + bytes([len(value)]) + value
        entries += b"\n" + bytes([len(pair)]) + pair
    made = b"\n" + bytes([len(entries)]) + entries
    serialized = tf.placeholder(tf.string, [])
    parsed = tensors(tf.parse_single_example(serialized, kinds(tf)))
    others = [b"\x10\x05", b"\x19" + b"x" * 8, b"\x1a\x03abc", b"\x25" + b"x" * 4, b"\x13"]
    texts = [made, whole + made, made + whole, *(made + other for other in others)]
    try_all(run, parsed, [{serialized: each} for each in texts])


@story
def broken_bytes(tf, run):
    """An example of which the rest is cut off, or a byte is another."""
    serialized = tf.placeholder(tf.string, [])
    parsed = tensors(tf.parse_single_example(serialized, {"b": tf.VarLenFeature(tf.string)}))
    whole = example(tf, b=[b"xy", b""])
    feeds = [whole[:size] for size in range(len(whole))]
    rng = random.Random(3)
    for _ in range(40):
        changed = bytearray(whole)
        changed[rng.randrange(len(changed))] = rng.choice([9, 10, 18, 26])
        feeds.append(bytes(changed))
    try_all(run, parsed, [{serialized: each} for each in feeds])


CONTEXT = {"id": [7], "tags": [b"a", b"b"]}


def sequence_kinds(tf):
    context = {
        "id": tf.FixedLenFeature([1], tf.int64),
        "weight": tf.FixedLenFeature([1], tf.float32, default_value=[0.5]),
        "tags": tf.VarLenFeature(tf.string),
    }
    lists = {
        "x": tf.FixedLenSequenceFeature([2], tf.float32),
        "labels": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
        "words": tf.VarLenFeature(tf.string),
        "texts": tf.FixedLenSequenceFeature([1], tf.string, allow_missing=True),
    }
    return context, lists


def good_sequences(tf):
    words = [[b"the"], [], [b"a", b"b"]]
    return [
        sequence(tf, CONTEXT, x=[[1.0, 2.0], [3.0, 4.0]], labels=[[1], [2]], words=[[b"w"]]),
        sequence(tf, {"id": [1], "weight": [2.0]}, x=[], texts=[[b"t"]]),
        sequence(tf, {"id": [-1]}, x=[[5.0, 6.0]], words=[w or None for w in words]),
    ]


def bad_sequences(tf):
    return [
        sequence(tf, {}, x=[]),
        sequence(tf, CONTEXT),
        sequence(tf, {"id": [1, 2]}, x=[]),
        sequence(tf, {"id": [b"x"]}, x=[]),
        sequence(tf, CONTEXT, x=[[1.0]]),
        sequence(tf, CONTEXT, x=[[1, 2]]),
        sequence(tf, CONTEXT, x=[], words=[[1]]),
        sequence(tf, {"id": [1], "tags": [1.0]}, x=[]),
        b"",
        b"no example",
    ]


@story
def single_sequences(tf, run):
    serialized = tf.placeholder(tf.string, [])
    context, lists = tf.parse_single_sequence_example(serialized, *sequence_kinds(tf))
    parsed = tensors(context) + tensors(lists)
    run.note([str(each.shape) for each in parsed])
    try_all(run, parsed, [{serialized: each} for each in good_sequences(tf) + bad_sequences(tf)])
    name = tf.placeholder(tf.string)
    named = tf.io.parse_single_sequence_example(
        serialized, sequence_features=sequence_kinds(tf)[1], example_name=name
    )
    try_all(run, tensors(named[1]), [{serialized: bad_sequences(tf)[1], name: "it"}])


@story
def batches_of_sequences(tf, run):
    serialized, names = tf.placeholder(tf.string, [None]), tf.placeholder(tf.string, [None])
    made = tf.io.parse_sequence_example(serialized, *sequence_kinds(tf), example_names=names)
    parsed = [tensor for each in made for tensor in tensors(each)]
    run.note([str(each.shape) for each in parsed])
    whole = good_sequences(tf)
    three = ["a", "b", "c"]
    feeds = [(whole, three), (whole, []), (whole[:1], ["a"]), (whole[1:], ["a"])]
    feeds += [([whole[0], each], three[:2]) for each in bad_sequences(tf)]
    try_all(run, parsed, [{serialized: some, names: each} for some, each in feeds])


@story
def what_features_must_have(tf, run):
    fixed, sequences = tf.FixedLenFeature, tf.FixedLenSequenceFeature
    for wrong in (
        {},
        {"a": fixed([None], tf.int64)},
        {"a": fixed([2, None], tf.int64)},
        {"a": fixed(None, tf.int64)},
        {"a": fixed([2], None)},
        {"a": tf.VarLenFeature(None)},
        {"a": sequences([], tf.int64)},
        {"a": sequences(None, tf.int64, True)},
        {"a": tf.SparseFeature("", "v", tf.int64, 3)},
        {"a": tf.SparseFeature("i", "", tf.int64, 3)},
        {"a": tf.SparseFeature("i", "v", None, 3)},
        {"a": tf.SparseFeature("i", "i", tf.float32, 3)},
        {"a": 3},
        {"a": fixed([2], tf.int64, default_value=[1, 2, 3])},
        {"a": fixed([], tf.int64, default_value="x")},
    ):
        for parse in (
            lambda wrong: tf.parse_example(["x"], wrong),
            lambda wrong: tf.parse_single_example("x", wrong),
            lambda wrong: tf.io.parse_sequence_example(["x"], wrong),
            lambda wrong: tf.parse_single_sequence_example("x", None, wrong),
        ):
            try:
                parse(wrong)
                run.note("fine")
            except Exception as error:
                run.note(type(error).__name__ + ": " + str(error).split("\n")[0][:60])


LINES = [
    *("1,2.5,x,3,4.25", " 1 , -2e3 ,a b,-3 ,inf", "1,2,,3,4", "1,2,x,3", "1,2,x,3,4,5", "", "\n"),
    *('1,2,"x,""y""",3,4', '"1","2","x","3","4"', '1,2,"x"y,3,4', '1,2,x"y,3,4', '1,2,"x,3,4'),
    *("1,2,x,3,4\n", "1,2,x\r,3,4", "\r\n1,2,x,3,4", "1,2,x,,4", "1,NA,x,3,NA", ",2,x,3,4"),
    *("9999999999,2,x,3,4", "1,2,x,9999999999,4", "1.5,2,x,3,4", "1,two,x,3,4", "1,2,x,3,0x10"),
    *("1,2,x,3,", "1,2,x,3,4,", '1,2,"x\n",3,4', "1,.5,x,-0,1e400", "1,1e,x,3,4", "nan,2,x,3,4"),
]


@story
def csv_lines(tf, run):
    records = tf.placeholder(tf.string)
    defaults = [[1], tf.constant([0.5]), ["none"], tf.zeros([0], tf.int64), [np.float64(9)]]
    columns = tf.decode_csv(records, defaults, na_value="NA")
    try_all(run, columns, [{records: line} for line in LINES])
    try_all(run, columns, [{records: [LINES[:3], LINES[12:15]]}, {records: [[LINES[0]]] * 2}])
    try_all(run, columns, [{records: [LINES[0], LINES[4]]}, {records: np.zeros([0, 3], object)}])
    some = tf.io.decode_csv(records, [[""], [0]], select_cols=[2, 3], use_quote_delim=False)
    try_all(run, some, [{records: line} for line in LINES])
    only = tf.decode_csv(records, [[""]], field_delim="\t", name="only")
    try_all(run, only, [{records: line} for line in ("a\tb", "a", 'a"', '"a\tb"', "")])


@story
def csv_that_is_refused(tf, run):
    records = tf.placeholder(tf.string)
    for given in (
        {"record_defaults": [[0], [0]], "select_cols": [1, 0]},
        {"record_defaults": [[0], [0]], "select_cols": [-1, 0]},
        {"record_defaults": [[0]], "select_cols": [0, 1]},
        {"record_defaults": [[0]], "field_delim": "::"},
        {"record_defaults": [[0, 1]]},
        {"record_defaults": [[[0]]]},
        {"record_defaults": [tf.constant([True])]},
    ):
        try:
            run.note(run.session.run(tf.decode_csv(records, **given), {records: "1,2"}))
        except Exception as error:
            run.note(type(error).__name__ + ": " + str(error).split("\n")[0][:50])


@story
def raw_bytes(tf, run):
    strings = tf.placeholder(tf.string)
    data = bytes(range(200, 232))
    feeds = [data, [data, data], b"", [[data], [data]], ["abc", "abcd"], ["abc", "abc"]]
    feeds.append(np.zeros([0, 2], object))
    for dtype in (
        *(tf.float16, tf.float32, tf.float64, tf.int32, tf.uint16, tf.uint8, tf.int16, tf.int8),
        *(tf.int64, tf.complex64, tf.complex128),
    ):
        for little_endian in (True, False):
            numbers = tf.decode_raw(strings, dtype, little_endian)
            shown = tf.decode_raw(numbers_as_bytes(tf, numbers), tf.uint8)
            try_all(run, shown, [{strings: each} for each in feeds[:1]])
        try_all(run, tf.shape(numbers), [{strings: each} for each in feeds])
    truths = tf.io.decode_raw(strings, tf.bool, name="truths")
    try_all(run, truths, [{strings: b"\0\1"}])


def numbers_as_bytes(tf, numbers):
    """The bytes of numbers, of which some may be none: a serialized tensor ends with them."""
    return tf.strings.substr(tf.serialize_tensor(numbers), -32, 32)


@story
def serialized_tensors(tf, run):
    serialized = tf.placeholder(tf.string)
    for value in (
        *(np.float32(1.5), np.arange(6, dtype=np.int64).reshape(2, 3), np.zeros([0, 2], np.int8)),
        *(np.array([True, False]), np.array([b"a", b""], object), np.float16([1, 2])),
        *(np.complex64([1 + 2j]), np.full([3], 7.0), np.uint16([1, 2, 60000]), np.int32(-1)),
    ):
        there = tf.serialize_tensor(tf.constant(value))
        run.note(run.session.run([there, tf.parse_tensor(there, tf.as_dtype(value.dtype))]))
    parsed = tf.io.parse_tensor(serialized, tf.int64, name="back")
    run.note(str(parsed.shape))
    wrong = [b"\x08\x09\x12\0\x22\x08" + b"\1" * 8, b"\x08\x03\x12\0", b"no tensor", [b"", b""]]
    try_all(run, parsed, [{serialized: each} for each in wrong])


@story
def examples_as_json(tf, run):
    texts = tf.placeholder(tf.string)
    binary = tf.decode_json_example(texts)
    wanted = {"a": tf.VarLenFeature(tf.int64), "b": tf.VarLenFeature(tf.string)}
    parsed = tensors(tf.parse_example(tf.reshape(binary, [-1]), wanted))
    good = (
        '{"features": {"feature": {"a": {"int64List": {"value": [1, "2"]}}, '
        '"b": {"bytes_list": {"value": ["eHk="]}}}}}'
    )
    for text in (good, [good, "{}"], [[good], [good]]):
        run.note(run.session.run([tf.shape(binary), *parsed], {texts: text}))
    for text in ("{", "", '{"other": 1}', '{"features": 3}'):
        try:
            run.session.run(binary, {texts: text})
        except Exception as error:
            run.note(type(error).__name__ + ": " + str(error)[:24])


@story
def compressed_strings(tf, run):
    strings = tf.placeholder(tf.string)
    packed = zlib.compress(b"abc" * 50)
    squeezing = zlib.compressobj(9, zlib.DEFLATED, 31)
    gzipped = squeezing.compress(b"xyz" * 20) + squeezing.flush()
    for kind in ("", "ZLIB", "GZIP"):
        plain = tf.io.decode_compressed(strings, kind)
        feeds = (packed, gzipped, [[packed, packed[:-4]]], packed[:9], packed + b"rest", b"no")
        try_all(run, plain, [{strings: each} for each in feeds])
    try_all(run, tf.decode_compressed(strings, "LZ4", name="other"), [{strings: packed}])


@story
def padded_bytes(tf, run):
    strings, length = tf.placeholder(tf.string), tf.placeholder(tf.int32)
    numbers = tf.raw_ops.DecodePaddedRaw(
        input_bytes=strings, fixed_length=length, out_type=tf.uint8, little_endian=True
    )
    feeds = [("abc", 5), (["abc", "defgh"], 4), ([["a", ""]], 1), ("abc", 0), ("abc", [1])]
    try_all(run, numbers, [{strings: each, length: size} for each, size in feeds])
    words = tf.raw_ops.DecodePaddedRaw(
        input_bytes=strings, fixed_length=4, out_type=tf.int16, little_endian=True, name="words"
    )
    run.note(str(words.shape))
    try_all(run, words, [{strings: ["abcd"]}])
    for size in (3, -2):
        odd = tf.raw_ops.DecodePaddedRaw(
            input_bytes=strings, fixed_length=length, out_type=tf.int16, little_endian=True
        )
        try_all(run, odd, [{strings: ["abcd"], length: size}])


@story
def sparse_features(tf, run):
    """Values and their indices, each a feature."""
    wanted = {
        "one": tf.SparseFeature("i", "v", tf.float32, 10),
        "two": tf.SparseFeature(["i", "j"], "v", tf.float32, [10, 5], already_sorted=True),
    }
    texts = [example(tf, i=[3, 1], j=[0, 4], v=[0.5, -1.0]), example(tf), b""]
    texts[2] = example(tf, i=[9], j=[2], v=[4.0])
    batch, single = tf.placeholder(tf.string, [None]), tf.placeholder(tf.string, [])
    run(tensors(tf.parse_example(batch, wanted)), {batch: texts})
    parsed = tensors(tf.parse_single_example(single, wanted))
    try_all(run, parsed, [{single: text} for text in texts])
