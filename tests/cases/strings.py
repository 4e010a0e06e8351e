"""Programs with strings: made, changed, joined and split. Runs and nodes are compared."""

import numpy as np

from .suite import Suite

suite = Suite("strings")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def changed(tf, run):
    words = tf.constant([["Hello", " wörld\n"], ["ÄÖÜ ß", ""]])
    run([tf.strings.lower(words), tf.strings.upper(words, name="up"), tf.strings.strip(words)])
    run([tf.strings.lower(words, "utf-8"), tf.strings.upper(words, encoding="utf-8")])
    run([tf.string_strip(b" \t\v\f\r\nx y "), tf.strings.length(words)])
    run([tf.strings.length("añb", unit="UTF8_CHAR"), tf.strings.length(words, "n", "UTF8_CHAR")])
    run.attempt(tf.strings.lower(words, encoding="latin-1"))


@story
def base_64(tf, run):
    x = tf.placeholder(tf.string)
    raw = np.array([b"", b"a", b"ab", b"abc", b"\xfb\xff\xfe\0"], object)
    bare, padded = tf.encode_base64(x), tf.io.encode_base64(x, pad=True)
    for encoded in (bare, padded):
        run(encoded, {x: raw})
        run(tf.decode_base64(encoded), {x: raw})
    decoded = tf.io.decode_base64(x)
    for wrong in (b"a", b"ab+d", b"abcda", b"ab=", b"a===", b"abc\n", b"abcd\xff"):
        run.attempt(decoded, {x: wrong})


@story
def joined(tf, run):
    x, y = tf.placeholder(tf.string), tf.placeholder(tf.string, [2])
    both = tf.strings.join([x, y, "!"], separator="-")
    run(both, {x: "a", y: ["b", "c"]})
    run(both, {x: ["a", ""], y: ["b", "c"]})
    run.attempt(both, {x: ["a", "b", "c"], y: ["b", "c"]})
    run.note([str(both.shape), str(tf.string_join([x, "a"]).shape)])


@story
def joined_over_axes(tf, run):
    x = tf.constant([[["a", "b"], ["c", "d"]], [["e", "f"], ["g", "h"]]])
    for axis in (0, -1, [0, 1], [1, 0], [2, 0], [], None):
        run(tf.reduce_join(x, axis))
    run(tf.strings.reduce_join(x, [1], keepdims=True, separator=" ", name="spaced"))
    run(tf.reduce_join(x, keep_dims=True, reduction_indices=[0, 2]))
    run(tf.reduce_join(["a", "b"]))
    fed, axes = tf.placeholder(tf.string), tf.placeholder(tf.int32)
    everything, some = tf.reduce_join(fed, separator=","), tf.reduce_join(fed, axes)
    run(everything, {fed: np.array([["a", "b"], ["c", "d"]], object)})
    run(everything, {fed: "a"})
    run(some, {fed: np.zeros((0, 2), object), axes: 0})
    run.attempt(some, {fed: ["a", "b"], axes: 1})
    run.attempt(some, {fed: [["a", "b"]], axes: [1, -1]})


@story
def joined_over_segments(tf, run):
    x, ids = tf.placeholder(tf.string), tf.placeholder(tf.int64)
    joined = tf.strings.unsorted_segment_join(x, ids, 3, separator="+")
    run(joined, {x: ["a", "b", "c", "d"], ids: [2, 0, 2, 0]})
    run(joined, {x: ["", "b", "", "d"], ids: [0, 0, 0, 2]})
    run(joined, {x: [["a", "b"], ["c", "d"]], ids: [0, 0]})
    run(joined, {x: [["a", "b"], ["c", "d"]], ids: [[0, 1], [1, 0]]})
    run.attempt(joined, {x: ["a"], ids: 0})
    run.attempt(joined, {x: ["a"], ids: [[0]]})
    run.attempt(joined, {x: ["a", "b"], ids: [0]})
    run.attempt(joined, {x: ["a"], ids: [3]})
    run.attempt(joined, {x: ["a"], ids: [-1]})


@story
def split_at_bytes(tf, run):
    x, sep = tf.placeholder(tf.string, [None]), tf.placeholder(tf.string, [])
    run(tf.string_split(["hello world", " a  b c", ""]))
    for skip_empty in (True, False):
        parts = tf.string_split(x, sep, skip_empty)
        for ends in (" ", "", ",;", "]^-", "\n"):
            run(parts, {x: ["a b", "a,b;;c", "", ";", "]-^", "\n\n"], sep: ends})
    run.note([str(part.shape) for part in (parts.indices, parts.values, parts.dense_shape)])
    run(tf.string_split(["a,b"], delimiter=",", name="named"))
    run(tf.string_split(tf.constant([], tf.string)))
    unknown = tf.placeholder(tf.string)
    run.attempt(tf.string_split(unknown).values, {unknown: "a"})
    run.attempt(tf.string_split(x, unknown).values, {x: ["a"], unknown: [" "]})


@story
def split_as_python_splits(tf, run):
    x, sep = tf.placeholder(tf.string, [None]), tf.placeholder(tf.string, [])
    texts = ["1<>2<><>3", "  a b \t c ", "", "a", "<>", " ", "a b c d"]
    for most in (-1, -7, 0, 1, 2, 3):
        parts = tf.strings.split(x, sep, most)
        for between in ("", "<>", " "):
            run(parts, {x: texts, sep: between})
    run(tf.strings.split(["a b", "c"], name="plain"))
    run(tf.strings.split(source=["a,b"], sep=","))


NUMBERS = {
    "int8": [0, -5, 127],
    "int64": [2**60, -3],
    "float32": [0.0, -0.0, 1.5, 1e10, 1e-10, np.inf, -np.inf, np.nan],
    "float64": [0.1, 1e300, -2.5],
    "complex64": [1 + 2j, complex(np.nan, -np.inf)],
    "bool": [True, False],
}
FORMATS = [
    {},
    {"precision": 2},
    {"precision": 0, "fill": "#"},
    {"scientific": True},
    {"shortest": True},
    {"width": 8},
    {"width": 8, "fill": "0"},
    {"width": 8, "fill": "+"},
    {"width": 8, "fill": "-"},
    {"width": 0, "fill": " "},
    {"fill": "x"},
    {"fill": "xy"},
    {"scientific": True, "shortest": True},
    {"precision": 3, "shortest": True, "width": 12, "fill": "0"},
]


@story
def numbers_as_strings(tf, run):
    for dtype, values in NUMBERS.items():
        x = tf.placeholder(dtype)
        for options in FORMATS:
            run.attempt(tf.strings.as_string(x, **options), {x: values})
    run(tf.as_string([[1, 2], [3, 4]]))


TEXTS = [
    *("1", " 1 ", "+1", "-1", "1.", ".5e3", ".", "1e", "1e+", "", "  ", "0x10", "-0X1F", "0x"),
    *("inf", "-INF", "Infinity", "NaN ", "+nan", "1 2", "1_0", "1e400", "1e-400", "1f", "1d5"),
    *("16777217", "16777217.0000000001", "1" * 31, "1" * 32, " \t\n\v\f\r1\v", "+ 1", "1\0"),
    *("2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807"),
    *("9223372036854775808", "-9223372036854775808", "-9223372036854775809", "007"),
]


@story
def strings_as_numbers(tf, run):
    x = tf.placeholder(tf.string)
    for dtype in (tf.float32, tf.float64, tf.int32, tf.int64):
        numbers = tf.strings.to_number(x, dtype)
        for text in TEXTS:
            run.attempt(numbers, {x: text})
    run(tf.string_to_number([["1", "2"], ["3", "4"]]))
    run(tf.string_to_number(input="1", out_type=tf.int32, name="n"))


@story
def arranged(tf, run):
    """Ops on arrays that take strings."""
    words, rows = tf.constant(["b", "a", "b"]), tf.constant([["a", "b"], ["c", "d"]])
    run([tf.equal(rows, "a"), tf.not_equal(words, "b"), tf.equal(tf.expand_dims(words, 1), words)])
    run([*tf.unique(words), *tf.unique_with_counts(words), *tf.setdiff1d(words, ["a"])])
    run([tf.where([True, False, True], words, words), tf.gather(rows, [1], axis=1)])
    run([tf.gather_nd(rows, [[1, 0]]), tf.concat([rows, rows], 1), tf.stack([words, words])])
    run([*tf.unstack(rows), *tf.split(words, [1, 2]), tf.tile(words, [2]), tf.transpose(rows)])
    run([tf.pad(words, [[1, 0]]), tf.pad(words, [[0, 1]], constant_values="z")])
    run([tf.pad(words, [[1, 0]], "REFLECT"), tf.reverse(words, [0]), tf.roll(words, 1, 0)])
    run([tf.reshape(rows, [4]), tf.fill([2], "x"), tf.zeros([2], tf.string), tf.zeros_like(words)])
    run([rows[::-1, 0], tf.slice(rows, [0, 1], [2, 1]), tf.broadcast_to(words, [2, 3])])
    run([tf.scatter_nd([[1]], ["a"], [3]), tf.tensor_scatter_update(words, [[1]], ["q"])])
    run([tf.boolean_mask(words, [True, False, True]), tf.one_hot([0, 1], 2, "y", "n")])
    run([*tf.dynamic_partition(words, [0, 1, 0], 2), tf.sparse_to_dense([[0]], [2], ["a"], "z")])
    run([tf.dynamic_stitch([[0], [1, 2]], [["a"], ["b", "c"]]), tf.add(words, "x"), words + "x"])


@story
def unique_along_axes(tf, run):
    x, axis = tf.placeholder(tf.string), tf.placeholder(tf.int64)
    plain = tf.raw_ops.UniqueV2(x=x, axis=axis)
    counted = tf.raw_ops.UniqueWithCountsV2(x=x, axis=axis, out_idx=tf.int64)
    words = [["a", "b", "a"], ["c", "d", "c"], ["a", "b", "a"]]
    for given, at in [(words, [0]), (words, [1]), (words, [-1]), (words[0], []), (words[0], [0])]:
        run([*plain, *counted], {x: given, axis: at})
    for at in ([], [2], [0, 1], 0):
        run.attempt(list(plain), {x: words, axis: at})
    numbers = tf.constant([[1.0, 0.0], [1.0, -0.0], [2.0, 1.0]])
    run(list(tf.raw_ops.UniqueV2(x=numbers, axis=[0])))
