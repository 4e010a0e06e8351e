"""Programs that build one summary each, for TensorFlow and for Stillflow: {name: fn(tf)}."""

import numpy as np

CASES = {}


def case(fn):
    CASES[fn.__name__] = fn
    return fn


def pixels(*shape):
    """Repeatable floats in [-0.5, 0.5), f32[shape]."""
    return (np.arange(np.prod(shape), dtype=np.float32) * 37 % 64 / 64 - 0.5).reshape(shape)


# Names, tags and collections.


@case
def names_are_made_unique(tf):
    tf.summary.scalar("loss", tf.constant(1.5))
    tf.summary.scalar("loss", 2)
    tf.summary.scalar("illegal name:", 3.0)
    with tf.name_scope("scope"):
        tf.summary.scalar("loss", 4.0)
        tf.summary.scalar("/slash", 5.0)
    return tf.summary.merge_all()


@case
def families(tf):
    tf.summary.scalar("x", 1.0, family="fam")
    tf.summary.scalar("x", 2.0, family="fam")
    with tf.name_scope("scope"):
        tf.summary.histogram("y", [1.0], family="a family")
    return tf.summary.merge_all(name="all")


@case
def collections(tf):
    a = tf.summary.scalar("a", 1.0, collections=["mine"])
    tf.summary.scalar("b", 2.0, collections=[])
    tf.summary.merge([a], collections=["merged"], name="m")
    tf.summary.scalar("c", 3.0, collections=["mine", "merged"])
    return tf.summary.merge_all("mine")


@case
def merge_all_of_a_scope(tf):
    tf.summary.scalar("a", 1.0)
    with tf.name_scope("scope"):
        tf.summary.scalar("b", 2.0)
    return tf.summary.merge_all(scope="scope")


# Scalars.


@case
def scalars_of_types(tf):
    for dtype in ("float32", "float64", "float16", "int32", "int64", "uint8"):
        tf.summary.scalar(dtype, tf.constant(7, getattr(tf, dtype)))
    tf.summary.scalar("zero", 0.0)
    tf.summary.scalar("nan", float("nan"))
    tf.summary.scalar("inf", float("inf"))
    return tf.summary.merge_all()


@case
def scalar_of_a_vector(tf):
    return tf.summary.scalar("s", [1.0, 2.0])


@case
def scalar_of_text(tf):
    return tf.summary.scalar("s", "text")


@case
def scalar_of_a_truth(tf):
    return tf.summary.scalar("s", True)


@case
def scalar_without_a_name(tf):
    return tf.summary.scalar(None, 1.0)


# Histograms.


@case
def histogram(tf):
    return tf.summary.histogram("h", pixels(3, 70))


@case
def histogram_of_a_wide_range(tf):
    return tf.summary.histogram(
        "h", [-1e30, -3.5, -1e-13, 0.0, 1e-12, 1e-13, 1.0, 1e19, 1e20, 2e20]
    )


@case
def histogram_of_integers(tf):
    return tf.summary.histogram("h", tf.constant([3, -1, 3, 1000000, 0], tf.int64))


@case
def histogram_of_halves(tf):
    return tf.summary.histogram("h", tf.constant([0.1, -0.2, 7], tf.float16))


@case
def histogram_of_one_value(tf):
    return tf.summary.histogram("h", 0.25)


@case
def histogram_of_nothing(tf):
    return tf.summary.histogram("h", np.zeros([0], np.float32))


@case
def histogram_of_nan(tf):
    return tf.summary.histogram("h", [1.0, np.nan])


@case
def histogram_of_infinity(tf):
    return tf.summary.histogram("h", [1.0, -np.inf])


# Images.


@case
def image_grey(tf):
    return tf.summary.image("i", pixels(2, 5, 4, 1))


@case
def image_not_negative(tf):
    return tf.summary.image("i", abs(pixels(2, 3, 4, 3)), max_outputs=1)


@case
def image_of_four(tf):
    return tf.summary.image("i", pixels(5, 2, 2, 4), max_outputs=4)


@case
def image_of_bytes(tf):
    return tf.summary.image("i", tf.constant((pixels(1, 3, 3, 3) * 255 + 128).astype(np.uint8)))


@case
def image_of_an_array_of_bytes(tf):
    return tf.summary.image("i", (pixels(1, 3, 3, 1) * 255 + 128).astype(np.uint8))


@case
def image_of_doubles(tf):
    return tf.summary.image("i", tf.constant(pixels(1, 4, 4, 1).astype(np.float64) * 3))


@case
def image_of_halves(tf):
    return tf.summary.image("i", tf.constant(pixels(1, 4, 4, 1).astype(np.float16)))


@case
def image_near_zero(tf):
    return tf.summary.image("i", pixels(1, 2, 2, 1) * np.float32(1e-7))


@case
def image_with_bad_pixels(tf):
    bad = pixels(2, 2, 3, 3)
    bad[0, 0, 1, 2], bad[1, 1, 0, 0], bad[1, 0, 0, 1] = np.nan, np.inf, -np.inf
    return tf.summary.image("i", bad)


@case
def image_all_bad(tf):
    return tf.summary.image("i", np.full([1, 2, 2, 1], np.nan, np.float32))


@case
def image_of_none(tf):
    return tf.summary.image("i", np.zeros([0, 4, 4, 1], np.float32))


@case
def image_of_two_channels(tf):
    return tf.summary.image("i", pixels(1, 4, 4, 2))


@case
def image_without_pixels(tf):
    return tf.summary.image("i", np.zeros([1, 0, 4, 1], np.float32))


@case
def image_of_no_outputs(tf):
    return tf.summary.image("i", pixels(1, 4, 4, 1), max_outputs=0)


# Sounds, text, tensors.


@case
def audio_mono(tf):
    return tf.summary.audio("a", pixels(2, 40) * 3, 8000)


@case
def audio_stereo(tf):
    return tf.summary.audio("a", pixels(1, 9, 2), 44100.0, max_outputs=1, family="f")


@case
def audio_of_one_axis(tf):
    return tf.summary.audio("a", pixels(9), 8000)


def audio_at(rate):
    return lambda tf: tf.summary.audio("a", pixels(1, 9), rate)


for rate in (0.2, 1.5, 2.5, 44100.7, 1e10):
    CASES[f"audio_at_{rate:g}_hertz"] = audio_at(rate)


@case
def audio_backwards(tf):
    return tf.summary.audio("a", pixels(1, 9), -1.0)


@case
def text(tf):
    return tf.summary.text("t", tf.constant(["**bold**", "plain"]))


@case
def text_with_an_illegal_name(tf):
    return tf.summary.text("a t", tf.constant("x"))


@case
def text_of_a_number(tf):
    return tf.summary.text("t", tf.constant(1))


@case
def tensor(tf):
    return tf.summary.tensor_summary(
        "t", tf.constant([1, 2, 3]), summary_description="what", display_name="shown", family="f"
    )


@case
def tensors_of_types(tf):
    tf.summary.tensor_summary("truths", tf.constant([[True], [False]]))
    tf.summary.tensor_summary("none", tf.constant([], tf.float64))
    tf.summary.tensor_summary("text", tf.constant("text"))
    return tf.summary.merge_all()


@case
def tensor_with_metadata(tf):
    metadata = tf.SummaryMetadata(summary_description="kept")
    return tf.summary.tensor_summary("t", tf.constant(0.5), summary_metadata=metadata)


# Merging.


@case
def merge_of_nothing(tf):
    return tf.summary.merge([])


@case
def merge_of_a_twice(tf):
    a = tf.summary.scalar("a", 1.0)
    return tf.summary.merge([a, a])


@case
def merge_of_no_summary(tf):
    return tf.summary.merge([tf.summary.scalar("a", 1.0), tf.constant("no summary")])


@case
def merge_with_a_name(tf):
    return tf.summary.merge([tf.summary.scalar("a", 1.0), tf.summary.scalar("b", 1.0)], name="m x")
