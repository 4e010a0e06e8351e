"""Programs with ragged tensors, of numbers and of strings."""

from .suite import Suite, internal_module

suite = Suite("ragged")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def parts(*values):
    """The tensors that the values, ragged or not, are made of."""
    found = []
    for value in values:
        if isinstance(value, tuple):
            found += parts(*value)
        elif hasattr(value, "nested_row_splits"):
            found += [value.flat_values, *value.nested_row_splits]
        else:
            found.append(value)
    return found


@story
def constants(tf, run):
    of_lists = [
        tf.ragged.constant([[1, 2], [], [3]]),
        tf.ragged.constant([[[1, 2], [3]], [], [[4, 5, 6]]], name="nested"),
        tf.ragged.constant([[[1, 2], [3, 4]], [[5, 6]]], ragged_rank=1, dtype=tf.float32),
        tf.ragged.constant([[[1, 2]], []], inner_shape=(2,), row_splits_dtype=tf.int32),
        tf.ragged.constant([["a"], [], ["b", "c"]]),
    ]
    run(parts(*of_lists))
    run.note([str(t.shape) for t in of_lists] + [str(t.ragged_rank) for t in of_lists])
    run(
        [
            tf.ragged.constant(3),
            tf.ragged.constant([1, 2]),
            tf.ragged.constant([[1]], ragged_rank=0),
        ]
    )
    refused = []
    for wrong, options in [
        ([1, [2]], {}),
        ([[1], [[]]], {}),
        ([[1]], {"ragged_rank": 2}),
        ([[1]], {"ragged_rank": -1}),
        (3, {"ragged_rank": 1}),
        ([[[1, 2], [3]]], {"ragged_rank": 1}),
    ]:
        try:
            tf.ragged.constant(wrong, **options)
        except ValueError as error:
            refused.append(type(error).__name__)
    run.note(refused)


@story
def partitions(tf, run):
    values, rows = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.int64, [None])
    made = {
        "from_value_rowids": ([0, 2, 2], [0, 2, 1], [0, 1]),
        "from_row_splits": ([0, 1, 1, 3], [0, 2], [1, 3], [0, 2, 1, 3]),
        "from_row_lengths": ([1, 0, 2], [1, 1], [-1, 4]),
        "from_row_starts": ([0, 1], [1, 1], [0, 4]),
        "from_row_limits": ([1, 3], [1, 2]),
    }
    for name, given in made.items():
        ragged = getattr(tf.RaggedTensor, name)(values, rows)
        for of_rows in given:
            run.attempt(parts(ragged), {values: [1, 2, 3], rows: of_rows})
        unchecked = getattr(tf.RaggedTensor, name)(values, rows, validate=False)
        facts = [unchecked.value_rowids(), unchecked.nrows(), unchecked.row_lengths()]
        run(facts, {values: [1, 2, 3], rows: given[0]})
    run(parts(tf.RaggedTensor.from_value_rowids([1.0, 2.0], [0, 3], nrows=5)))
    run(parts(tf.RaggedTensor.from_value_rowids([1.0, 2.0], [0, 3])))
    nested = tf.RaggedTensor.from_nested_row_splits(list(range(5)), [[0, 2, 3], [0, 2, 2, 5]])
    run(parts(nested, nested.nested_row_lengths(), nested.nested_value_rowids()))
    run(parts(nested.bounding_shape(), nested.bounding_shape(axis=1), nested.row_lengths(axis=2)))
    run(parts(nested.row_starts(), nested.row_limits(), nested.with_row_splits_dtype(tf.int32)))
    run(parts(tf.RaggedTensor.from_nested_row_lengths([1, 2, 3], [[2], [1, 2]])))
    run(parts(tf.RaggedTensor.from_nested_value_rowids([1, 2, 3], [[0, 0], [0, 1, 1]])))


@story
def dense_and_sparse(tf, run):
    ragged = tf.ragged.constant([[[1, 2], [3]], [], [[4, 5, 6]]])
    run([ragged.to_tensor(), ragged.to_tensor(default_value=-1, name="filled")])
    sparse = ragged.to_sparse()
    run([sparse.indices, sparse.values, sparse.dense_shape])
    rows = tf.ragged.constant([[[1.0, 2.0]], [], [[3.0, 4.0], [5.0, 6.0]]], ragged_rank=1)
    of_rows = rows.to_sparse()
    run([rows.to_tensor(), of_rows.indices, of_rows.values, of_rows.dense_shape])
    x = tf.constant([[1, 0, 2, 0], [0, 0, 0, 0]])
    run(parts(tf.RaggedTensor.from_tensor(x), tf.RaggedTensor.from_tensor(x, padding=0)))
    run(parts(tf.RaggedTensor.from_tensor(x, lengths=[2, 9])))
    run(parts(tf.RaggedTensor.from_tensor(tf.reshape(x, [2, 2, 2]), ragged_rank=2)))
    places = tf.placeholder(tf.int64, [None, 2])
    of_sparse = tf.RaggedTensor.from_sparse(tf.SparseTensor(places, ["a", "b"], [3, 4]))
    for given in ([[0, 0], [2, 0]], [[0, 0], [0, 1]], [[0, 0], [0, 2]], [[1, 1], [2, 0]]):
        run.attempt(parts(of_sparse), {places: given})


@story
def indexed(tf, run):
    ragged = tf.ragged.constant([[1, 2, 4], [], [3]])
    nested = tf.ragged.constant([[[1, 2], [3]], [[4]]])
    one = tf.constant(1)
    run(parts(ragged[0], ragged[one], nested[0, 1], nested[0, 1, 0]))
    run(parts(ragged[1:], ragged[::2], ragged[...], ragged[tf.newaxis], ragged[:, tf.newaxis]))
    run(parts(ragged[:, :1], ragged[:, -1:], ragged[:, one:], ragged[:, ::2], nested[:, :1]))
    run(parts(nested[:, :, 1:], nested[..., :1], nested[:, ::2, :1]))


@story
def over_values(tf, run):
    ragged = tf.ragged.constant([[1, 2], [], [3]])
    run(parts(tf.ragged.map_flat_values(tf.multiply, ragged, 2)))
    run(parts(tf.ragged.map_flat_values(tf.add, x=ragged, y=ragged)))
    ends = tf.placeholder(tf.int64, [None])
    other = tf.RaggedTensor.from_row_splits([1, 2, 3], ends)
    both = tf.ragged.map_flat_values(tf.add, ragged, other)
    for given in ([0, 2, 2, 3], [0, 1, 3, 3]):
        run.attempt(parts(both), {ends: given})
    run(parts(tf.ragged.range([2, 3, 0], [5, 3, 7], [1, 1, 3]), tf.ragged.range([2, 1])))
    run(parts(tf.ragged.range(5.0, [0.0, 3.0], -1.5, row_splits_dtype=tf.int32, name="r")))
    run.attempt(parts(tf.ragged.range(5, deltas=0)))
    run([tf.ragged.row_splits_to_segment_ids([0, 2, 2, 5])])
    run(
        [
            tf.ragged.segment_ids_to_row_splits([0, 0, 2]),
            tf.ragged.segment_ids_to_row_splits([1], 4),
        ]
    )


WORDS = [["a b", "c d  e"], ["", "f"]]


@story
def split(tf, run):
    ragged = tf.ragged.constant([["a b", "c"], [], ["d e f"]])
    run(parts(*(tf.strings.split(x, result_type="RaggedTensor") for x in ("a b", ["a b", "c"]))))
    run(
        parts(
            tf.strings.split(WORDS, " ", 1, "RaggedTensor"),
            tf.string_split(["a b"], result_type="RaggedTensor"),
        )
    )
    sparse = tf.strings.split(WORDS)
    run([sparse.indices, sparse.values, sparse.dense_shape])
    run(parts(tf.strings.split(ragged, result_type="RaggedTensor")))
    run(parts(*(tf.strings.bytes_split(x) for x in ("abc", ["ab", "", "c"], WORDS, ragged))))


@story
def characters(tf, run):
    ragged = tf.ragged.constant([["aé", "€"], [], [""]])
    for x in ("aé", ["aé", "b"], WORDS, ragged):
        run(parts(tf.strings.unicode_decode(x, "UTF-8"), tf.strings.unicode_split(x, "UTF-8")))
        run(parts(tf.strings.unicode_decode_with_offsets(x, "UTF-8", "ignore")))
        run(parts(tf.strings.unicode_split_with_offsets(x, "UTF-8", name="s")))
    nested = tf.ragged.constant([[[97], [98, 233]], []])
    for codes in ([97, 233], [[97, 233], [98, 99]], [[[97], [98]]], nested, nested.values):
        run(parts(tf.strings.unicode_encode(codes, "UTF-8")))


@story
def n_grams(tf, run):
    nested = tf.ragged.constant([[["a", "b"], ["c"]], []])
    run(parts(tf.strings.ngrams(["a", "b", "c"], 2), tf.strings.ngrams(WORDS, [1, 2], "|")))
    run(parts(tf.strings.ngrams(nested, 2, pad_values="_")))
    run(parts(tf.strings.ngrams(nested.values, 5, " ", ("<", ">"), 1, True, name="n")))
    refused = []
    for options in ({"pad_values": 1}, {"padding_width": 1}, {"ngram_width": 0}):
        try:
            tf.strings.ngrams(["a"], **{"ngram_width": 1, **options})
        except (TypeError, ValueError) as error:
            refused.append(type(error).__name__)
    run.note(refused)


@story
def joined(tf, run):
    a, b = tf.ragged.constant([[1, 2], [3]]), tf.ragged.constant([[4], [5, 6]])
    nested = tf.ragged.constant([[[1, 2], [3]], [[4]]])
    dense = tf.constant([[1, 2], [3, 4]])
    concat = internal_module(tf, "python.ops.ragged.ragged_concat_ops").concat
    run(parts(*(concat([a, b], axis) for axis in (0, 1, -1)), concat([a, dense], 1)))
    run(parts(concat([nested, nested], 2), concat([dense, dense], 0), concat([a], 0)))
    run(parts(*(tf.ragged.stack([a, b], axis) for axis in (0, 1))))
    run(parts(tf.ragged.stack([nested, nested], -1), tf.ragged.stack([dense, dense])))
    run(parts(tf.ragged.stack([a, dense], name="both"), tf.ragged.stack([a])))


@story
def masked(tf, run):
    a, mask = tf.ragged.constant([[1, 2], [3]]), tf.ragged.constant([[True, False], [True]])
    nested = tf.ragged.constant([[[1, 2], [3]], [[4]]])
    cube = tf.reshape(tf.range(8), [2, 2, 2])
    run(parts(tf.ragged.boolean_mask(a, mask), tf.ragged.boolean_mask(a, [True, False])))
    run(parts(tf.ragged.boolean_mask(nested, mask), tf.ragged.boolean_mask(cube[0], [True, False])))
    run(parts(tf.ragged.boolean_mask(cube[0], [[True, False], [True, True]])))
    run(parts(tf.ragged.boolean_mask(cube, cube > 2, name="large")))
    of_values = tf.ragged.constant([[[True, False], [False]], [[True]]])
    run(parts(tf.ragged.boolean_mask(nested, of_values)))


@story
def reduced(tf, run):
    reductions = internal_module(tf, "python.ops.ragged.ragged_math_ops")
    a, nested = tf.ragged.constant([[1, 2], [3]]), tf.ragged.constant([[[1, 2], [3]], [[4]]])
    floats = tf.ragged.constant([[1.0, 2.0], []])
    flags = tf.ragged.constant([[True, False], [True]])
    run(parts(*(reductions.reduce_sum(a, axis) for axis in (0, 1, -1, None, [0, 1]))))
    run(parts(*(reductions.reduce_sum(nested, axis) for axis in (0, 1, 2, [0, 2], []))))
    run(parts(reductions.reduce_max(nested, 2), reductions.reduce_min(nested, -2)))
    run(parts(reductions.reduce_prod(nested, 1), reductions.reduce_mean(floats, 1)))
    run(parts(reductions.reduce_all(flags, 1), reductions.reduce_any(flags, 0)))


@story
def gathered(tf, run):
    gather = internal_module(tf, "python.ops.ragged.ragged_gather_ops").gather
    x = tf.constant([1.0, 2.0, 3.0, 4.0])
    nested = tf.RaggedTensor.from_nested_row_splits(x, [[0, 2, 3], [0, 2, 3, 4]])
    indices = tf.placeholder(tf.int32, [None])
    rows = gather(nested, indices)
    run(parts(gather(nested.values, tf.ragged.constant([[1], [], [0, 2]]))))
    square = tf.reduce_sum(tf.square(rows.flat_values))
    for given in ([1, 0], [0, 0], []):
        run(parts(rows, tf.convert_to_tensor(tf.gradients(square, x)[0])), {indices: given})
    run.attempt(parts(rows), {indices: [2]})
    run(parts(gather(nested.values, [[1], [0]]), gather([1, 2, 3], tf.ragged.constant([[1], [0]]))))


@story
def partitioned(tf, run):
    partition = tf.ragged.stack_dynamic_partitions
    rows = tf.ragged.constant([["a"], ["b", "c"], ["d"]])
    run(parts(partition(["a", "b", "c"], [1, 0, 1], 3), partition("a", 1, 3)))
    run(parts(partition([[1, 2], [3, 4]], [[1, 0], [1, 1]], 2), partition(rows, [1, 0, 1], 2)))
    run(parts(partition(rows, tf.ragged.constant([[0], [1, 0], [1]]), 2, name="named")))
    given = tf.placeholder(tf.int32, [None])
    fed = partition([1.0, 2.0], given, 2)
    for of_values in ([1, 0], [0, 2]):
        run.attempt(parts(fed), {given: of_values})


# Functions of tensors ---------------------------------------------------------------------------


@story
def elements(tf, run):
    rows, wide = tf.ragged.constant([[1.0, 2.5], [], [3.0]]), tf.constant([[1.0], [2.0], [3.0]])
    deep = tf.ragged.constant([[[1, 2], [3]], [], [[4, 5, 6]]])
    inner = tf.ragged.constant([[[1, 2], [3, 4]], [[5, 6]]], ragged_rank=1)
    of_bools, words = rows > 1.5, tf.ragged.constant([["a", "bb"], [], ["c"]])
    run(parts(rows + 1.0, 1.0 - rows, rows * wide, rows / rows, rows // 2.0, -rows, abs(-rows)))
    run(parts(rows**2.0, 2.0**rows, rows % 2.0, rows >= 2.5, rows <= 2.5, rows < wide))
    run(parts(~of_bools, of_bools & of_bools, of_bools | ~of_bools, of_bools ^ of_bools))
    run(
        parts(
            tf.add(deep, [[[10]]]),
            tf.add(deep, [[[10]], [[20]], [[30]]]),
            inner * [10, 100],
            inner + 1,
        )
    )
    run(
        parts(
            tf.add(inner, [[[1, 2]]]), deep + tf.ragged.constant([[[1, 1], [1]], [], [[1, 1, 1]]])
        )
    )
    run(parts(tf.exp(rows), tf.cast(rows, tf.int32), tf.zeros_like(rows), tf.identity(rows)))
    run(parts(tf.clip_by_value(rows, 2.0, 2.6), tf.equal(rows, 3.0), tf.maximum(rows, wide)))
    run(parts(tf.add_n([rows, rows]), tf.one_hot(deep, 3), tf.pow(rows, 2.0), tf.round(rows)))
    run(parts(tf.strings.length(words), tf.strings.join([words, words], "-")))
    run(parts(tf.strings.substr(words, 0, 1), tf.strings.regex_replace(words, "b", "x")))
    run(parts(tf.strings.to_hash_bucket_fast(words, 10), tf.as_string(deep)))
    for wrong in ([1.0, 2.0], [[1.0], [2.0]], tf.ragged.constant([[1.0], [2.0], [3.0]])):
        run.attempt(parts(rows + wrong))
    run.note([refusal(lambda: bool(rows)), refusal(lambda: tf.nn.relu(rows))])
    run.note([refusal(lambda: rows.values + rows), tf.is_tensor(rows)])


@story
def arranged(tf, run):
    rows, deep = (
        tf.ragged.constant([[1, 2], [], [3]]),
        tf.ragged.constant([[[1, 2], [3]], [], [[4]]]),
    )
    run(parts(tf.concat([rows, rows], 0), tf.concat([rows, [[5], [6], [7]]], axis=1)))
    run(parts(tf.stack([rows, rows]), tf.stack([rows, rows], axis=1), tf.expand_dims(rows, 1)))
    run(parts(tf.expand_dims(rows, -1), tf.tile(rows, [2, 1]), tf.tile(deep, [1, 2, 3])))
    run(
        parts(
            tf.where(rows > 1, rows, -rows), tf.where(tf.constant([True, False, True]), rows, -rows)
        )
    )
    run(parts(tf.where(rows > 1), tf.rank(deep), tf.size(deep), tf.size(rows, out_type=tf.int64)))
    run(
        parts(tf.gather(rows, [2, 0]), tf.gather([10, 20, 30, 40], rows), tf.gather(deep, rows - 1))
    )
    run(parts(tf.gather_nd(rows, [[0, 1], [2, 0]]), tf.gather_nd(deep, [[0, 1], [2, 0]])))
    run(parts(tf.gather_nd(deep, [[0, 0, 1]]), tf.gather_nd(deep, [[[0, 1]], [[2, 0]]])))
    run(parts(tf.batch_gather(rows, tf.ragged.constant([[1, 0], [], [0]]))))
    run(parts(tf.squeeze(tf.ragged.constant([[[1]], [[2]]]), 1)))
    run(parts(*tf.dynamic_partition(rows, [0, 1, 0], 2)))
    run.note([refusal(lambda: tf.squeeze(rows)), refusal(lambda: tf.gather(rows, [0], axis=1))])
    run.note([refusal(lambda: tf.gather(rows, rows, batch_dims=1))])
    run.attempt(parts(tf.squeeze(rows, 1)))


@story
def over_axes(tf, run):
    rows, deep = (
        tf.ragged.constant([[1, 2], [], [3]]),
        tf.ragged.constant([[[1, 2], [3]], [], [[4]]]),
    )
    for reduce in (tf.reduce_sum, tf.reduce_prod, tf.reduce_min, tf.reduce_max):
        run(parts(reduce(rows), reduce(rows, 0), reduce(rows, axis=1), reduce(deep, [1, 2])))
        run(parts(reduce(deep, -1), reduce(deep, reduction_indices=1)))
    run(parts(tf.reduce_any(rows > 1, 1), tf.reduce_all(rows > 1, 1)))
    run(
        parts(
            tf.reduce_mean(tf.cast(deep, tf.float32), 2), tf.reduce_mean(tf.cast(rows, tf.float32))
        )
    )
    run(
        parts(
            tf.unsorted_segment_sum(rows, [1, 0, 1], 2), tf.unsorted_segment_max(rows, rows - 1, 3)
        )
    )
    words = tf.ragged.constant([["a", "bb"], [], ["c"]])
    run(parts(tf.strings.reduce_join(words, axis=1, separator="-")))
    run.note([refusal(lambda: tf.reduce_sum(rows, 5))])
    run.note([refusal(lambda: tf.reduce_sum(rows, 1, keepdims=True))])


@story
def values_of_ragged_tensors_and_dense_ones_beside_them(tf, run):
    rows = tf.ragged.constant([[1, 2], [], [3]])
    value = tf.ragged.constant_value([[1, 2], [], [3]], tf.int32)
    run(parts(tf.reduce_sum(value, 1), tf.tile(value, [2, 2]), tf.gather(value, [2, 0])))
    run(parts(tf.squeeze(tf.ragged.constant_value([[[1]], [[2]]]), 1), tf.size(value)))
    run(parts(tf.rank(value), tf.concat([value, rows], axis=0)))
    run(parts(tf.batch_gather(value, tf.ragged.constant([[1], [], [0]]))))
    full = tf.ragged.constant([[1, 2], [4], [3]])
    run(parts(tf.batch_gather(full, [[0, 0], [0, 0], [0, 0]]), tf.batch_gather(full, [2, 0])))
    run(parts(tf.batch_gather([[1, 2], [3, 4]], tf.ragged.constant([[1], [1, 0]]))))
    deep = tf.ragged.constant([[[1, 2], [3]], [], [[4]]])
    run(parts(tf.batch_gather(deep, tf.ragged.constant([[[1], [0, 0]], [], [[]]]))))
    run(parts(tf.gather_nd(rows, tf.zeros([2, 0], tf.int32))))
    run(parts(tf.where([True, False, True], rows, full), tf.where(rows > 1, rows, -rows)))
    words = tf.ragged.constant([["1", "2"], [], ["3"]])
    run(parts(tf.compat.v2.strings.to_number(words)))
    run(parts(tf.compat.v2.strings.to_hash_bucket(words, 10)))
    run.note([str(tf.tile(rows, [2, 1]).shape), str(tf.tile(deep, [2, 1, 3]).shape)])
    run.note(
        [
            refusal(lambda: tf.where(rows > 1, rows, tf.constant([[1, 2]] * 3))),
            refusal(lambda: tf.batch_gather(rows, 0)),
            refusal(lambda: tf.batch_gather([1, 2], tf.ragged.constant([[1], [0]]))),
            refusal(lambda: tf.batch_gather(rows, [[[0]]])),
        ]
    )
    run.attempt(parts(tf.squeeze(tf.ragged.constant([[[[12], [11]]]]), [0, 2])))
    run.attempt(parts(tf.add(tf.ragged.constant([[1, 2], [3]]), tf.ragged.constant([[1], [2]]))))


def refusal(refused):
    try:
        refused()
    except (TypeError, ValueError) as error:
        return type(error).__name__
    return "none"
