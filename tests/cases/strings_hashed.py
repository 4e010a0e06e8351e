"""Programs that hash strings, and match them with regular expressions."""

import numpy as np

from .suite import Suite

suite = Suite("strings_hashed")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def _texts():
    """Of every length up to 70 and some more, each byte another."""
    lengths = [*range(71), 127, 128, 129, 191, 192, 193, 300, 1024]
    bytes_ = np.arange(2000, dtype=np.uint32) * 2654435761 >> 11
    all_bytes = bytes_.astype(np.uint8).tobytes()
    return np.array([all_bytes[at : at + n] for at, n in enumerate(lengths)], object)


@story
def hashed(tf, run):
    x, many = tf.placeholder(tf.string), 2**63 - 1
    fast = tf.strings.to_hash_bucket_fast(x, many)
    strong = tf.string_to_hash_bucket_strong(x, many, key=[1, 2**62])
    other_key = tf.strings.to_hash_bucket_strong(x, many, [-3, 7], name="other")
    legacy = tf.string_to_hash_bucket(x, many)
    run([fast, strong, other_key, legacy], {x: _texts()})
    few = tf.string_to_hash_bucket_fast([["a", "b"], ["c", ""]], 3)
    run([few, tf.strings.to_hash_bucket(input="a", num_buckets=10)])
    run(fast, {x: "one"})
    run(fast, {x: np.zeros((0, 2), object)})
    run.attempt(tf.strings.to_hash_bucket_strong(x, 5, [1]), {x: "a"})


@story
def fingerprints(tf, run):
    x = tf.placeholder(tf.string)
    method = tf.placeholder(tf.string, [])
    one = tf.fingerprint(x)
    run(one, {x: _texts()})
    run(one, {x: _texts()[:12].reshape(3, 4)})
    run(one, {x: _texts()[:2].reshape(2, 1, 1)})
    run([tf.fingerprint(np.arange(12.0).reshape(2, 3, 2)), tf.fingerprint([1, 2], name="n")])
    named = tf.fingerprint([True], method)
    run(named, {method: "farmhash64"})
    run.attempt(named, {method: "md5"})
    run.attempt(one, {x: "a"})
    run.note([str(t.shape) for t in (one, named, tf.fingerprint(tf.placeholder(tf.int8, [3, 2])))])


TEXTS = ["abcab", "ABC", "a.b\nab", "héllo wörld", b"a\xffb", "", "k\u212a\u017f", "αβγ 12"]


@story
def replaced(tf, run):
    x = tf.placeholder(tf.string)
    for pattern, rewrite in [
        ("a.*b", "<\\0>"),
        ("(a)(b)?", "[\\2\\1\\3]"),
        ("", "-"),
        ("b*", "x"),
        ("|a", "X"),
        ("^a|b$", "\\\\"),
        ("(?m)^a", "\\q"),
        ("[^a]", "a\\"),
        ("(?i)[ks]", "_"),
        ("\\w+", "(\\0)"),
        ("\\p{Greek}+|\\p{Lu}", "G"),
        (".", "é"),
        ("\\b", "|"),
        (b"\\x{f6}|\\Qa.b\\E", b"\xff"),
        ("(?P<n>l)(?U)l*", "\\1"),
    ]:
        everywhere = tf.strings.regex_replace(x, pattern, rewrite)
        once = tf.regex_replace(x, pattern, rewrite, replace_global=False)
        run([everywhere, once], {x: np.array(TEXTS, object)})
    pattern, rewrite = tf.placeholder(tf.string), tf.placeholder(tf.string, [])
    replaced = tf.strings.regex_replace(x, pattern, rewrite, name="both_fed")
    run(replaced, {x: TEXTS[:3], pattern: "[ab]+", rewrite: "x"})
    run.attempt(replaced, {x: TEXTS[:3], pattern: ["[ab]+"], rewrite: "x"})
    run(tf.strings.regex_replace("ab", tf.constant("a"), "b", name="from_constants"))


MATCHED = [
    *("a+", "[a-z.\\n]+", "(?s).*", ".*", "(?i)abc", "\\pL+", "[[:alpha:]]*", "[^[:alpha:]]*"),
    *("a{3}", "(?i:\\w*)", "\\x61\\.b\\nab", "[\\d\\s\\p{Greek}]+", "\\Aabcab\\z", "$^"),
]
REFUSED = [
    *("A[", "(", "a)", "*", "a**", "a*+", "a{2}{3}", "(?=a)", "(?<=a)", "(?P=n)", "(?P<>x)"),
    *("\\1", "\\8", "\\q", "\\", "[z-a]", "[a-\\d]", "\\pX", "\\p{Foo}", "\\p{Greek", "a{1001}"),
    *("a{2,1}", "(a{100}){100}", "(?i", "(?z)", "(?i-)", "{1}", "\\xg", "\\x{110000}", "\\Z"),
    *(
        "\\G",
        "[]",
        "[a",
        "|*",
        "(?i)*",
        "[\\b]",
        "a???",
        "(?>a)",
        "(?#c)",
        "a{,2}??",
        "(?-)",
        "\\é",
    ),
    *("\\p{Lc}", "(?P<a-b>a)", "x*{3}", "[a-[:alpha:]]", "\\E", "(((a{10}){10}){11})"),
]


@story
def matched(tf, run):
    x, pattern = tf.placeholder(tf.string), tf.placeholder(tf.string)
    for text in MATCHED:
        run(tf.strings.regex_full_match(x, text), {x: np.array(TEXTS, object)})
    matched = tf.strings.regex_full_match(x, pattern)
    for text in REFUSED:
        run.attempt(matched, {x: "a", pattern: np.array(text, object)})
    run.attempt(matched, {x: "a", pattern: ["a"]})
    run.attempt(tf.strings.regex_full_match("a", "A[", name="static"))
    run(tf.strings.regex_full_match(["a", "b"], b"a"))
