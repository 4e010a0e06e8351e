"""Colours, edges and likeness of pictures."""

import numpy as np

from .arrays import dbl, f32, f64, num
from .suite import Suite, lookup

suite = Suite("colours")
case = suite.case

ROUNDING = "sums of many products, which NumPy adds in another order"
#: Pixels of all orders of the three colours, of ties, greys and black.
PIXELS = num(
    [
        [[0.875, 0.5, 0.25], [0.5, 0.875, 0.25], [0.25, 0.875, 0.5], [0.25, 0.5, 0.875]],
        [[0.5, 0.25, 0.875], [0.875, 0.25, 0.5], [0.5, 0.5, 0.5], [0, 0, 0]],
        [[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]],
        [[0.0625, 0, 0], [0, 0, 0.75], [0.75, 0.25, 0.25], [0.125, 0.75, 0.125]],
    ]
)
BYTES = (np.arange(48) * 37 % 256).astype(np.uint8).reshape(4, 4, 3)
LARGE = (f32(1, 16, 15, 2) + 2) / 4


def add(id, name, *inputs, **options):
    """A case of `tf.image`'s function of that name."""
    arguments = options.pop("arguments", {})
    case(id, lambda tf, *xs: getattr(tf.image, name)(*xs, **arguments), *inputs, **options)


for name in ("rgb_to_hsv", "hsv_to_rgb", "rgb_to_yiq", "yiq_to_rgb", "rgb_to_yuv", "yuv_to_rgb"):
    # TensorFlow's sums of one pixel are those of several at once.
    add(name, name, PIXELS)
    add(f"{name}_batch", name, np.stack([PIXELS, PIXELS[::-1]]))
case("rgb_to_hsv_double", lambda tf, x: tf.image.rgb_to_hsv(x), dbl(PIXELS), grad=False)
case("hsv_to_rgb_of_any", lambda tf, x: tf.image.hsv_to_rgb(x), f64(4, 3), grad=False)
case("rgb_to_hsv_of_any", lambda tf, x: tf.image.rgb_to_hsv(x), f32(4, 3))
for id, x in (("", PIXELS), ("_bytes", BYTES)):
    add(f"rgb_to_grayscale{id}", "rgb_to_grayscale", x)
    add(f"grayscale_to_rgb{id}", "grayscale_to_rgb", x[..., :1])
    add(f"per_image_standardization{id}", "per_image_standardization", x)
    for delta in (0.25, -0.5):
        add(f"brightness_{delta}{id}", "adjust_brightness", x, arguments={"delta": delta})
    for delta in (0.25, -0.375, 0.0, 1.0):
        add(f"hue_{delta}{id}", "adjust_hue", x, arguments={"delta": delta})
    for factor in (0.5, 3.0):
        add(f"contrast_{factor}{id}", "adjust_contrast", x, arguments={"contrast_factor": factor})
        add(
            f"saturation_{factor}{id}",
            "adjust_saturation",
            x,
            arguments={"saturation_factor": factor},
        )
    add(f"gamma{id}", "adjust_gamma", x, arguments={"gamma": 0.5, "gain": 2.0})
    add(f"gamma_by_tensor{id}", "adjust_gamma", x, num(2.0))
add("contrast_of_many", "adjust_contrast", f32(2, 5, 3, 2), num(-1.5))
add("standardized_batch", "per_image_standardization", f32(2, 3, 2, 2))
add("standardized_grey", "per_image_standardization", np.ones((3, 2, 1), np.float32))

NUMBERS = num([-0.5, 0, 0.25, 0.5, 1, 2])
TYPES = ("uint8", "uint16", "int16", "int32", "float16", "float32", "float64")
for source in TYPES:
    x = (np.arange(6) * 51).astype(source) if "int" in source else NUMBERS.astype(source)
    for wanted in TYPES:
        for saturate in (False, True):
            if "int" in wanted and "float" in source and not saturate:
                continue  # what does not fit is processors' business
            if (source, wanted) == ("float32", "int32"):
                continue  # constants that NumPy prints otherwise
            if saturate and source[-5:] == "int16" and wanted[-3:] != "t32" and "int" in wanted:
                continue  # TensorFlow clips no such type
            case(
                f"{source}_as_{wanted}{'_saturated' * saturate}",
                lambda tf, x, wanted=wanted, saturate=saturate: tf.image.convert_image_dtype(
                    x, getattr(tf, wanted), saturate, name="converted"
                ),
                x,
                grad=False,
            )


def seeded(function):
    """`function` in a graph whose seed is set."""

    def built(tf, *xs):
        tf.set_random_seed(7)
        return function(tf, *xs)

    return built


for id, x in (("", PIXELS), ("_bytes", BYTES)):
    for name, arguments in (
        ("brightness", (0.25,)),
        ("contrast", (0.5, 1.5)),
        ("hue", (0.25,)),
        ("saturation", (0.5, 1.5)),
    ):
        case(
            f"random_{name}{id}",
            seeded(lambda tf, x, n=name, a=arguments: lookup(tf.image, "random_" + n)(x, *a)),
            x,
            grad=not id and name == "brightness",
        )
case(
    "random_one_after_the_other",
    seeded(
        lambda tf, x: tf.image.random_hue(
            tf.image.random_contrast(tf.image.random_brightness(x, 0.5), 0.25, 2.0), 0.125, seed=3
        )
    ),
    PIXELS,
    grad=False,
)

add("total_variation", "total_variation", f32(3, 4, 2))
add("total_variation_batch", "total_variation", f32(2, 3, 4, 2))
add("image_gradients", "image_gradients", f32(2, 3, 4, 2))
add("sobel_edges", "sobel_edges", f32(2, 3, 4, 2))
add("psnr", "psnr", PIXELS, PIXELS[::-1], arguments={"max_val": 1.0})
add("psnr_bytes", "psnr", BYTES, BYTES[::-1], arguments={"max_val": 255}, grad=False)
add(
    "ssim",
    "ssim",
    LARGE,
    LARGE[:, ::-1],
    arguments={"max_val": 1.0},
    rtol=1e-4,
    atol=1e-5,
    why=ROUNDING,
)
add(
    "ssim_of_bytes",
    "ssim",
    BYTES[None],
    BYTES[None, ::-1],
    arguments={"max_val": 255, "filter_size": 3, "filter_sigma": 1.0},
    grad=False,
    rtol=1e-4,
    atol=1e-5,
    why=ROUNDING,
)
case(
    "ssim_multiscale",
    lambda tf, a, b: tf.image.ssim_multiscale(
        a, b, 1.0, power_factors=(0.25, 0.5, 0.25), filter_size=3
    ),
    LARGE,
    LARGE * 0.75,
    rtol=1e-4,
    atol=1e-5,
    why=ROUNDING,
)
