"""Pictures, and boxes in them."""

import numpy as np

from .arrays import NAN, f32, half, ints, num
from .suite import Suite

suite = Suite("image")
case = suite.case

ULP = "a score is multiplied by exponentials, which NumPy rounds otherwise"
#: Three boxes that overlap, two that do, one alone; the third and the fifth by their other corners.
BOXES = num(
    [
        [0, 0, 1, 1],
        [0, 0.125, 1, 1.125],
        [1, -0.125, 0, 0.875],
        [0, 10, 1, 11],
        [0, 11.125, 1, 10.125],
        [0, 100, 1, 101],
    ]
)
SCORES = num([0.875, 0.75, 0.625, 0.9375, 0.5, 0.25])
MANY = f32(40, 4) * 2
MANY_SCORES = f32(40, at=3)
NOT_NUMBERS = num([0.875, NAN, 0.625, NAN, 0.5, 0.25])
EQUAL = np.tile(num([1, 2, 1.5]), 8)


def of_boxes(tf, name, **options):
    """A function of boxes, scores and the most boxes."""
    function = getattr(tf.image, name)
    return lambda boxes, scores, most: function(boxes, scores, most, **options)


def add(id, name, boxes=BOXES, scores=SCORES, most=3, **options):
    case(
        id,
        lambda tf, b, s, m: of_boxes(tf, name, **options)(b, s, m),
        boxes,
        scores,
        ints(most),
        grad=False,
    )


add("suppressed", "non_max_suppression")
add("suppressed_all", "non_max_suppression", most=30)
add("suppressed_negative_size", "non_max_suppression", most=-1)
add("suppressed_to_none", "non_max_suppression", most=0)
add("suppressed_by_score", "non_max_suppression", most=30, score_threshold=0.625)
add("suppressed_only_equals", "non_max_suppression", most=30, iou_threshold=1.0)
add("suppressed_at_a_touch", "non_max_suppression", most=30, iou_threshold=0.0)
add("suppressed_without_area", "non_max_suppression", boxes=BOXES * 0, most=30, score_threshold=0.0)
add("suppressed_none", "non_max_suppression", boxes=BOXES[:0], scores=SCORES[:0])
add("suppressed_many", "non_max_suppression", MANY, MANY_SCORES, 20, iou_threshold=0.25)
add("suppressed_equals", "non_max_suppression", MANY[:24], EQUAL, 20, iou_threshold=0.25)
add("suppressed_not_a_number", "non_max_suppression", scores=NOT_NUMBERS)
case(
    "suppressed_half",
    lambda tf, b, s: tf.image.non_max_suppression(
        b, s, 3, np.float16(0.5), np.float16(0.25), name="kept"
    ),
    half(BOXES),
    half(SCORES),
    grad=False,
)
add("padded", "non_max_suppression_padded", most=5, pad_to_max_output_size=True)
add("padded_not", "non_max_suppression_padded", most=5)
case(
    "padded_to_a_constant",
    lambda tf, b, s: tf.image.non_max_suppression_padded(b, s, 5, pad_to_max_output_size=True),
    BOXES,
    SCORES,
    grad=False,
)
add("with_scores", "non_max_suppression_with_scores", most=5)
for sigma in (0.5, 1.0):
    case(
        f"softly_{sigma}",
        lambda tf, b, s, sigma=sigma: tf.image.non_max_suppression_with_scores(
            b, s, 6, iou_threshold=1.0, score_threshold=0.125, soft_nms_sigma=sigma
        ),
        BOXES,
        SCORES,
        grad=False,
        rtol=1e-5,
        atol=1e-5,
        why=ULP,
    )
case(
    "softly_padded",
    lambda tf, b, s: tf.raw_ops.NonMaxSuppressionV5(
        boxes=b,
        scores=s,
        max_output_size=5,
        iou_threshold=0.75,
        score_threshold=0.375,
        soft_nms_sigma=0.0,
        pad_to_max_output_size=True,
    ),
    BOXES,
    SCORES,
    grad=False,
)
for version in ("", "V2"):
    case(
        "raw" + version,
        lambda tf, b, s, version=version: getattr(tf.raw_ops, "NonMaxSuppression" + version)(
            boxes=b, scores=s, max_output_size=3, iou_threshold=0.5
        ),
        BOXES,
        SCORES,
        grad=False,
    )
for threshold in (0.25, 1.0, 3.0):
    case(
        f"overlaps_{threshold}",
        lambda tf, o, s, threshold=threshold: tf.image.non_max_suppression_overlaps(
            o, s, 5, threshold, score_threshold=0.375
        ),
        f32(6, 6),
        SCORES,
        grad=False,
    )

PICTURES = np.stack([BOXES, BOXES * 2])[:, :, None] / 64
OF_CLASSES = np.stack([np.stack([SCORES, SCORES[::-1] / 2], axis=1)] * 2)
OF_CLASSES[1] *= 0.75
for name, options in (
    ("combined", {}),
    ("combined_above", {"score_threshold": 0.25, "iou_threshold": 0.25}),
    ("combined_unclipped", {"clip_boxes": False, "score_threshold": 0.25}),
):
    case(
        name,
        lambda tf, b, s, options=options: tf.image.combined_non_max_suppression(
            b, s, 2, 6, **options
        ),
        PICTURES,
        OF_CLASSES,
        grad=False,
    )
# Where the number of classes is not known, TensorFlow fails to say what it pads to.
case(
    "combined_padded_by_class",
    lambda tf, b: tf.image.combined_non_max_suppression(b, OF_CLASSES, 2, 6, pad_per_class=True),
    PICTURES,
    grad=False,
)
case(
    "combined_boxes_of_classes",
    lambda tf, b, s: tf.image.combined_non_max_suppression(b, s, 3, 4, 0.25),
    np.concatenate([PICTURES, PICTURES[:, ::-1] / 2], axis=2),
    OF_CLASSES,
    grad=False,
)


# Resized, mirrored and convolved in one ----------------------------------------------------------

# One picture: of the next TensorFlow takes rows of the one before.
PICTURE, FILTERS = f32(1, 5, 4, 2), f32(3, 2, 2, 3)
FUSED = {"paddings": [[0, 0], [1, 2], [2, 1], [0, 0]], "strides": [1, 1, 2, 1]}


def fused(id, op, **options):
    case(
        id,
        lambda tf, x, w: getattr(tf.raw_ops, op)(input=x, filter=w, **dict(FUSED, **options)),
        PICTURE,
        FILTERS,
        grad=False,
    )


for mode in ("REFLECT", "SYMMETRIC"):
    for padding in ("SAME", "VALID"):
        id = f"mirrored_and_convolved_{mode}_{padding}"
        fused(id, "FusedPadConv2D", mode=mode, padding=padding)
for corners in (False, True):
    fused(
        f"resized_and_convolved_{corners}",
        "FusedResizeAndPadConv2D",
        size=[7, 9],
        mode="REFLECT",
        padding="SAME",
        resize_align_corners=corners,
    )
