"""Pictures brought to another size."""

import numpy as np

from .arrays import f32, f64, ints, num
from .suite import Suite

suite = Suite("resizing")
case = suite.case

SINES = "weights are sines, which NumPy rounds otherwise"
#: Two pictures of 4 by 3 pixels, of two channels.
PICTURES = f32(2, 4, 3, 2)
BYTES = (np.arange(36) * 37 % 256).astype(np.uint8).reshape(1, 3, 4, 3)
ALIGNED = {"align_corners": True}
HALF_PIXELS = {"half_pixel_centers": True}
LARGER, SMALLER, SAME = (6, 7), (2, 2), (4, 3)


def add(id, name, x, size, **options):
    function = "resize_" + name
    case(id, lambda tf, x: getattr(tf.image, function)(x, size, **options), x)


for name in ("bilinear", "nearest_neighbor", "bicubic"):
    for how, options in (("", {}), ("_aligned", ALIGNED), ("_half_pixels", HALF_PIXELS)):
        for kind, size in (("larger", LARGER), ("smaller", SMALLER)):
            add(f"{name}_{kind}{how}", name, PICTURES, size, **options)
        add(f"{name}_to_one{how}", name, PICTURES, (1, 1), **options)
    add(f"{name}_same", name, PICTURES, SAME)
    add(f"{name}_twice", name, PICTURES, (8, 6))
    add(f"{name}_bytes", name, BYTES, (5, 5))
    add(f"{name}_double", name, f64(1, 3, 3, 1), (2, 4))
    case(
        f"{name}_by_a_tensor",
        lambda tf, x, size, name=name: getattr(tf.image, "resize_" + name)(x, size),
        PICTURES,
        ints([3, 5]),
    )
for name in ("bilinear", "nearest_neighbor"):
    add(f"{name}_half", name, PICTURES.astype(np.float16), LARGER)
case(
    "bilinear_half_gradient",
    lambda tf, x, dy: tf.raw_ops.ResizeBilinearGrad(grads=dy, original_image=x),
    PICTURES.astype(np.float16),
    f32(2, 6, 7, 2),
    grad=False,
    rtol=2e-2,
    atol=4e-3,
    why="TensorFlow rounds after each sum",
)
add("bilinear_much_larger", "bilinear", f32(1, 2, 1, 1), (30, 3))
for kind, size in (("larger", LARGER), ("smaller", SMALLER), ("same", SAME)):
    add(f"area_{kind}", "area", PICTURES, size)
    add(f"area_{kind}_aligned", "area", PICTURES, size, align_corners=True)
add("area_bytes", "area", BYTES, (2, 3))
add("area_of_one_row_aligned", "area", PICTURES[:, :1], (2, 2), align_corners=True)

KERNELS = ("lanczos1", "lanczos3", "lanczos5", "gaussian", "box", "triangle", "keyscubic")
for kernel in (*KERNELS, "mitchellcubic"):
    for antialias in (True, False):
        case(
            f"{kernel}{'_antialiased' * antialias}",
            lambda tf, x, kernel=kernel, antialias=antialias: tf.raw_ops.ScaleAndTranslate(
                images=x,
                size=(2, 5),
                scale=(0.5, 1.75),
                translation=(0.0, -0.5),
                kernel_type=kernel,
                antialias=antialias,
            ),
            PICTURES,
            rtol=1e-4,
            atol=1e-5,
            why=SINES,
        )
case(
    "lanczos_of_many",
    lambda tf, x, scale, move: tf.raw_ops.ScaleAndTranslate(
        images=x, size=(3, 2), scale=scale, translation=move
    ),
    f32(1, 30, 2, 1),
    num([0.125, 1]),
    num([0, 0.25]),
    grad=False,
    rtol=1e-4,
    atol=1e-5,
    why=SINES,
)

METHODS = ("BILINEAR", "NEAREST_NEIGHBOR", "BICUBIC", "AREA")
for method in METHODS:
    case(
        f"images_{method.lower()}",
        lambda tf, x, method=method: tf.image.resize_images(
            x, (5, 4), getattr(tf.image.ResizeMethod, method), align_corners=True
        ),
        PICTURES,
        grad=method != "AREA",
    )
case("images_by_name", lambda tf, x: tf.image.resize(x, [2, 5], "bicubic", name="r"), PICTURES)
case("one_image", lambda tf, x: tf.image.resize_images(x, [2, 5]), PICTURES[0])
case("images_of_the_size", lambda tf, x: tf.image.resize_images(x, [4, 3]), PICTURES)
case("bytes_of_the_size", lambda tf, x: tf.image.resize_images(x, [3, 4]), BYTES)
case(
    "images_by_tensors",
    lambda tf, x, h, w: tf.image.resize_images(x, [h, w]),
    PICTURES,
    ints(2),
    ints(4),
)
case(
    "images_as_another",
    lambda tf, x: tf.image.resize_images(x, tf.shape(tf.zeros([1, 5, 4, 1]))[1:3]),
    PICTURES,
)
case(
    "images_that_keep_their_aspect",
    lambda tf, x: tf.image.resize_images(x, [6, 8], preserve_aspect_ratio=True),
    PICTURES,
)
case(
    "image_that_keeps_its_aspect",
    lambda tf, x: tf.image.resize_images(x, [8, 3], 1, preserve_aspect_ratio=True),
    PICTURES[0],
)
for method in (*METHODS, "LANCZOS3", "LANCZOS5", "GAUSSIAN", "MITCHELLCUBIC"):
    for antialias in (False, True):
        case(
            f"v2_{method.lower()}{'_antialiased' * antialias}",
            lambda tf, x, method=method, antialias=antialias: tf.compat.v2.image.resize(
                x,
                (2, 4),
                getattr(tf.compat.v2.image.ResizeMethod, method),
                antialias=antialias,
            ),
            PICTURES,
            grad=method != "AREA",
            rtol=1e-4,
            atol=1e-5,
            why=SINES,
        )
for id, size in (("wide", (4, 9)), ("high", (9, 4)), ("same_aspect", (8, 6))):
    case(
        f"with_pad_{id}",
        lambda tf, x, size=size: tf.image.resize_image_with_pad(x, *size),
        PICTURES,
    )
case("one_with_pad", lambda tf, x: tf.image.resize_image_with_pad(x, 5, 5, 1), PICTURES[0])
case(
    "v2_with_pad",
    lambda tf, x: tf.compat.v2.image.resize_with_pad(x, 5, 5, "nearest"),
    PICTURES[0],
)
case(
    "with_pad_by_tensors",
    lambda tf, x, h, w: tf.image.resize_image_with_pad(x, h, w),
    PICTURES,
    ints(5),
    ints(4),
)
