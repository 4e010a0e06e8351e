"""Parts of pictures that are drawn at random."""

import numpy as np

from .suite import Suite

suite = Suite("sampled_boxes")
OBJECTS = np.array([[[0.25, 0.125, 0.75, 0.5], [0, 0, 0.25, 0.25]]], np.float32)


def story(function):
    suite.case(function.__name__, function)
    return function


@story
def parts_of_images(tf, run):
    tf.set_random_seed(11)
    size = tf.placeholder(tf.int32, [3])
    for options in (
        {},
        {"min_object_covered": 0.75},
        {"aspect_ratio_range": [0.5, 2.0], "area_range": [0.125, 0.5]},
        {"max_attempts": 1, "min_object_covered": 0.5},
        {"area_range": [1.0, 1.0], "aspect_ratio_range": [0.25, 4.0]},
    ):
        part = tf.image.sample_distorted_bounding_box(size, OBJECTS, seed=5, seed2=6, **options)
        for sizes in ([40, 60, 3], [7, 5, 1], [299, 299, 3]):
            run(part, {size: sizes})
            run(part, {size: sizes})


@story
def parts_without_objects(tf, run):
    none = np.zeros([1, 0, 4], np.float32)
    sample = tf.image.sample_distorted_bounding_box
    run(sample(np.array([30, 50, 3], np.int64), none, 3, 4, use_image_if_no_bounding_boxes=True))
    run.attempt(sample([30, 50, 3], none, seed=3, seed2=4))
    run.attempt(sample([30, 50, 3], OBJECTS * 2, seed=3, seed2=4))
    run.attempt(sample([30, 50, 3], OBJECTS, 3, 4, min_object_covered=-1.0))
    run.attempt(sample([30, 50, 3], OBJECTS, 3, 4, area_range=[0.5, 1.5]))
    run.refused(lambda: sample([30, 50], OBJECTS, 3, 4))


@story
def parts_by_tensorflow_2(tf, run):
    tf.set_random_seed(2)
    part = tf.compat.v2.image.sample_distorted_bounding_box([30, 50, 3], OBJECTS, seed=7)
    run(part)
    run(part)
    raw = tf.raw_ops.SampleDistortedBoundingBox(
        image_size=[30, 50, 3], bounding_boxes=OBJECTS, seed=3, seed2=9, min_object_covered=0.5
    )
    run(list(raw))


@story
def glimpses_with_noise(tf, run):
    """The noise is not TensorFlow's, which differs from run to run."""
    image = np.arange(32, dtype=np.float32).reshape(1, 4, 4, 2)
    for uniform in (True, False):
        glimpse = tf.image.extract_glimpse(
            image, [3, 3], [[-1.0, -1.0]], centered=True, uniform_noise=uniform
        )
        run(glimpse[0, 2:, 2:])
        if uniform:
            run(tf.reduce_all((glimpse >= 0) & (glimpse <= 31)))
    run.refused(
        lambda: tf.raw_ops.ExtractGlimpse(
            input=image, size=[3, 3], offsets=[[0.0, 0.0]], uniform_noise=True, noise="zero"
        )
    )
