"""Programs that take strings apart into characters, words and n-grams, and put them together."""

import numpy as np

from .suite import Suite

suite = Suite("strings_unicode")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def scripts(tf, run):
    codes = [65, 0x3B1, 0x5D0, 0x4E00, 0x1F600, 0x378, 0x10FFFF, 0x110000, -1, 0xD800, 0x16A40]
    run(tf.strings.unicode_script(codes, name="s"))
    run(tf.strings.unicode_script(np.arange(0, 0x20000, 641, dtype=np.int32).reshape(5, -1)))


UTF_8 = [
    *(b"", b"ab", "aé€😀".encode(), b"a\xffb", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\x80a"),
    *(b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82\xe2\x82\xac", b"\0\n\x1f\x20"),
]
OTHERS = {
    "UTF-16-BE": [b"\0a\xd8\x3d\xde\0", b"\xd8\x3d\0a", b"\0a\0", b"\xde\0"],
    "utf-16le": [b"a\0\xff"],
    "UTF-16": [b"\0a", b"\xfe\xff\0a"],
    "UTF-32": [b"\xff\xfe\0\0b\0\0\0"],
    "UTF-32-BE": [b"\0\x11\0\0\0\0\0b"],
    "US-ASCII": [b"a\x80"],
    "latin1": [b"a\xe9"],
    "windows-1252": [b"\x80\xe9"],
    "shift_jis": [b"\x82\xa0a"],
    "euc-jp": [b"\xa4\xa2a"],
}


@story
def decoded(tf, run):
    x = tf.placeholder(tf.string)
    texts = np.array(UTF_8, object)
    for errors in ("replace", "ignore", "strict"):
        decode = tf.raw_ops.UnicodeDecodeWithOffsets
        parts = decode(input=x, input_encoding="UTF-8", errors=errors)
        for text in UTF_8 if errors == "strict" else []:
            run.attempt(list(parts), {x: text})
        if errors != "strict":
            run(list(parts), {x: texts})
    controls = tf.raw_ops.UnicodeDecode(
        input=x, input_encoding="utf8", replace_control_characters=True, replacement_char=63
    )
    run(list(controls), {x: texts[:12].reshape(3, 4)})
    for encoding, given in OTHERS.items():
        parts = tf.raw_ops.UnicodeDecodeWithOffsets(input=x, input_encoding=encoding)
        run(list(parts), {x: np.array(given, object)})
    run.attempt(list(tf.raw_ops.UnicodeDecode(input=x, input_encoding="none")), {x: "a"})


@story
def transcoded(tf, run):
    x = tf.placeholder(tf.string)
    for encoding in ("UTF-8", "UTF-16-BE", "UTF-32-BE"):
        for errors in ("replace", "ignore"):
            made = tf.strings.unicode_transcode(x, "UTF-8", encoding, errors, 63)
            run(made, {x: np.array(UTF_8, object)})
    strict = tf.strings.unicode_transcode(x, "UTF-8", "UTF-8", "strict", name="strict")
    controls = tf.strings.unicode_transcode(
        x, "latin1", "UTF-8", errors="strict", replace_control_characters=True
    )
    for text in (b"ab", b"a\xff", b"\n"):
        run.attempt([strict], {x: text})
        run.attempt([controls], {x: text})
    run.attempt(tf.strings.unicode_transcode(x, "UTF-8", "UTF-8", replacement_char=-1), {x: "a"})


@story
def encoded(tf, run):
    x, splits = tf.placeholder(tf.int32), tf.placeholder(tf.int64)
    codes = [97, 233, 0x1F600, 0xD83D, 0xDE00, 0xD800, 98]
    for encoding in ("UTF-8", "UTF-16-BE", "UTF-32-BE"):
        for errors in ("replace", "ignore", "strict"):
            made = tf.raw_ops.UnicodeEncode(
                input_values=x, input_splits=splits, output_encoding=encoding, errors=errors
            )
            run(made, {x: codes, splits: [0, 2, 2, 5, 7]})
            run.attempt(made, {x: [-1, 97, 0x110000], splits: [0, 3]})


@story
def n_grams(tf, run):
    x, splits = tf.placeholder(tf.string), tf.placeholder(tf.int64)
    for options in (
        {"ngram_widths": [2], "pad_width": 0},
        {"ngram_widths": [3, 1], "pad_width": -1},
        {"ngram_widths": [4], "pad_width": 1},
        {"ngram_widths": [9], "pad_width": 2, "preserve_short_sequences": True},
    ):
        all_options = {
            "separator": "|",
            "left_pad": "<",
            "right_pad": ">",
            "preserve_short_sequences": False,
            **options,
        }
        grams = tf.raw_ops.StringNGrams(data=x, data_splits=splits, **all_options)
        run(list(grams), {x: list("abcdefg"), splits: [0, 3, 4, 7]})
        if not options["pad_width"]:  # else TensorFlow reads what lies before an empty row
            run(list(grams), {x: list("abc"), splits: [0, 2, 2, 3]})
        run(list(grams), {x: np.array([], object), splits: [0, 0]})
        run.attempt(list(grams), {x: ["a"], splits: [0, 2]})
