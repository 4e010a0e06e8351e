"""Segment reductions, unique, sets of indices."""

from .arrays import empty, f32, ints, longs, num
from .suite import Suite, lookup

suite = Suite("segment")
case = suite.case

IDS = ints([0, 0, 1, 3])
for name in ["segment_sum", "segment_mean", "segment_max", "segment_min", "segment_prod"]:
    case(name, lambda tf, x, i, n=name: lookup(tf, n)(x, i), f32(4, 2), IDS)
    case(name + "_vector", lambda tf, x, i, n=name: lookup(tf, n)(x, i), f32(4), IDS)
    case(name + "_int", lambda tf, x, i, n=name: lookup(tf, n)(x, i), ints([5, 1, 2, 7]), IDS)
    case(
        name + "_ties",
        lambda tf, x, i, n=name: lookup(tf, n)(x, i),
        num([1, 1, 2, 2]),
        ints([0, 0, 1, 1]),
    )
UNORDERED = ints([2, 0, 2, -1])
for name in ["sum", "mean", "max", "min", "prod", "sqrt_n"]:
    full = "unsorted_segment_" + name
    case(full, lambda tf, x, i, n=full: lookup(tf, n)(x, i, 4), f32(4, 2), UNORDERED)
    case(
        full + "_matrix_ids",
        lambda tf, x, i, n=full: lookup(tf, n)(x, i, 3),
        f32(2, 2, 2),
        ints([[1, 0], [1, 1]]),
    )
case(
    "unsorted_segment_sum_int64",
    lambda tf, x, i: tf.unsorted_segment_sum(x, i, 3),
    ints([1, 2, 3]),
    longs([2, 0, 2]),
)
for name in ["sum", "max", "min", "prod"]:
    full = "unsorted_segment_" + name
    case(
        full + "_of_empty_rows",
        lambda tf, x, n=full: lookup(tf, n)(x, [0, 1], 3),
        empty(2, 0),
        grad=False,
    )
    case(
        full + "_bfloat16",
        lambda tf, x, n=full: tf.cast(
            lookup(tf, n)(tf.cast(x, tf.bfloat16), [0, 2, 0], 4), tf.float32
        ),
        f32(3, 2),
        grad=False,
    )
for name in ["sum", "mean", "sqrt_n"]:
    full = "sparse_segment_" + name
    case(full, lambda tf, x, n=full: lookup(tf, n)(x, [0, 2, 3], [0, 0, 1]), f32(4, 2))
case("unique", lambda tf, x: list(tf.unique(x)), ints([3, 1, 3, 7, 1]))
case("unique_int64", lambda tf, x: list(tf.unique(x, out_idx=tf.int64)), num([2, 1, 2]))
case("unique_with_counts", lambda tf, x: list(tf.unique_with_counts(x)), ints([3, 1, 3]))
case("unique_strings", lambda tf: tf.unique(["b", "a", "b"])[0])
case("setdiff1d", lambda tf, x, y: list(tf.setdiff1d(x, y)), ints([1, 2, 3, 4]), ints([3, 1]))
case("bincount", lambda tf, x: tf.bincount(x), ints([1, 1, 3]))
case(
    "bincount_weights",
    lambda tf, x, w: tf.bincount(x, w, minlength=5),
    ints([1, 1, 3]),
    f32(3),
    grad=False,
)
case("invert_permutation", lambda tf, x: tf.invert_permutation(x), ints([2, 0, 1]))
case("top_k", lambda tf, x: list(tf.nn.top_k(x, 2)), f32(2, 4))
case("top_k_ties", lambda tf, x: list(tf.nn.top_k(x, 3)), num([1, 2, 2, 1, 2]))
case("top_k_unsorted_all", lambda tf, x: list(tf.nn.top_k(x, 2, sorted=True)), ints([[4, 9, 1]]))
case("top_k_default", lambda tf, x: list(tf.nn.top_k(x)), f32(3, 2))
case("top_k_fed", lambda tf, x, k: list(tf.nn.top_k(x, k)), f32(2, 4), ints(3))
case(
    "in_top_k",
    lambda tf, x, t: tf.nn.in_top_k(x, t, 2),
    num([[0.1, 0.3, 0.6], [0.8, 0.1, 0.1], [0.2, 0.3, 0.5]]),
    ints([1, 2, 0]),
)
case(
    "in_top_k_int64", lambda tf, x, t: tf.nn.in_top_k(x, t, 1), num([[1, 5], [5, 1]]), longs([1, 1])
)
case("nth_element", lambda tf, x: tf.contrib.nn.nth_element(x, 1), f32(2, 4))
case("searchsorted", lambda tf, x, v: tf.searchsorted(x, v), num([1, 3, 5]), num([0, 3, 6]))
