"""Pictures of wrong ranks and sizes, and arguments that functions of pictures refuse."""

import numpy as np

from .suite import Suite

suite = Suite("picture_errors")
IMAGE = np.zeros([4, 3, 3], np.float32)


def story(function):
    suite.case(function.__name__, function)
    return function


def fails(run, op, feeds):
    """Logs how a run fails: the class and TensorFlow's sentence."""
    try:
        run.session.run(op, feeds)
    except Exception as error:
        run.note(type(error).__name__ + ": " + str(error).split("\n")[0].strip())
    else:
        raise AssertionError("it did not fail")


@story
def refused_while_building(tf, run):
    image = tf.image
    vector, batch = tf.zeros([3]), tf.zeros([2, 4, 3, 3])
    unknown = tf.placeholder(tf.float32)
    for build in (
        lambda: image.resize_images(vector, [2, 2]),
        lambda: image.resize_images(unknown, [2, 2]),
        lambda: image.resize_images(IMAGE, [2, 2, 2]),
        lambda: image.resize_images(IMAGE, 2),
        lambda: image.resize_images(IMAGE, [2, 2], method=7),
        lambda: image.resize_image_with_pad(IMAGE, 0, 2),
        lambda: image.resize_image_with_crop_or_pad(vector, 2, 2),
        lambda: image.crop_to_bounding_box(IMAGE, -1, 0, 2, 2),
        lambda: image.crop_to_bounding_box(IMAGE, 0, 2, 2, 2),
        lambda: image.crop_to_bounding_box(IMAGE, 0, 0, 0, 2),
        lambda: image.pad_to_bounding_box(batch, 0, -1, 5, 5),
        lambda: image.pad_to_bounding_box(batch, 0, 0, 3, 5),
        lambda: image.central_crop(IMAGE, 1.5),
        lambda: image.central_crop(tf.zeros([2, 2, 2, 2, 2]), 0.5),
        lambda: image.flip_left_right(vector),
        lambda: image.flip_up_down(tf.zeros([2, 2, 2, 2, 2])),
        lambda: image.flip_up_down(tf.zeros([0, 2, 3])),
        lambda: image.grayscale_to_rgb(batch),
        lambda: image.random_hue(IMAGE, 0.75),
        lambda: image.random_brightness(IMAGE, -1),
        lambda: image.random_contrast(IMAGE, 2, 1),
        lambda: image.random_saturation(IMAGE, -1, 1),
        lambda: image.adjust_gamma(IMAGE, -1),
        lambda: image.convert_image_dtype(IMAGE, tf.bool),
        lambda: image.total_variation(vector),
        lambda: image.psnr(batch, tf.zeros([2, 4, 4, 3]), 1.0),
        lambda: image.ssim(batch, tf.zeros([3, 4, 3, 3]), 1.0),
        lambda: image.resize_bilinear(vector, [2, 2]),
        lambda: image.resize_bilinear(batch, [2, 2, 2]),
        lambda: image.crop_and_resize(batch, tf.zeros([2, 3]), [0, 1], [2, 2]),
        lambda: image.crop_and_resize(batch, tf.zeros([2, 4]), [0], [2, 2]),
        lambda: image.draw_bounding_boxes(tf.zeros([1, 4, 4, 2]), tf.zeros([1, 1, 4])),
        lambda: image.rgb_to_hsv(tf.zeros([2, 4])),
    ):
        run.refused(build)


@story
def refused_in_a_run(tf, run):
    x, size = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    batch = np.zeros([2, 4, 3, 3], np.float32)
    for name in ("bilinear", "nearest_neighbor", "bicubic", "area"):
        resized = getattr(tf.image, "resize_" + name)(x, size)
        for image, new in (
            (IMAGE, [2, 2]),
            (batch, [2]),
            (batch, 2),
            (batch, [0, 2]),
            (batch[..., :0], [2, 2]),
            (batch[:, :0], [2, 2]),
        ):
            fails(run, resized, {x: image, size: new})
    both = tf.raw_ops.ResizeBilinear(
        images=batch, size=[2, 2], align_corners=True, half_pixel_centers=True
    )
    fails(run, both, {})
    scaled = tf.raw_ops.ScaleAndTranslate(
        images=batch, size=[2, 2], scale=x, translation=[0.0, 0.0], kernel_type="box"
    )
    fails(run, scaled, {x: [0, 1]})
    fails(run, scaled, {x: [1, 1, 1]})
    boxes, indices = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    crops = tf.image.crop_and_resize(x, boxes, indices, size)
    two = np.zeros([2, 4], np.float32)
    for image, box, index, new in (
        (IMAGE, two, [0, 1], [2, 2]),
        (batch, two[0], [0], [2, 2]),
        (batch, two[:, :3], [0, 1], [2, 2]),
        (batch, two, [0], [2, 2]),
        (batch, two, [0, 1], [0, 2]),
        (batch, two, [0, 1], [2]),
    ):
        fails(run, crops, {x: image, boxes: box, indices: index, size: new})
    for changed in (tf.image.adjust_hue(x, 0.5), tf.image.adjust_saturation(x, 0.5)):
        fails(run, changed, {x: IMAGE[0]})
        fails(run, changed, {x: batch[..., :2]})
    fails(run, tf.image.adjust_contrast(x, 0.5), {x: IMAGE[0]})
    fails(run, tf.image.rgb_to_hsv(x), {x: batch[..., :2]})
    fails(
        run, tf.image.crop_to_bounding_box(tf.placeholder_with_default(IMAGE, None), 0, 0, 9, 1), {}
    )
