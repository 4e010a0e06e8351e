from stillflow.ops.image.cropping import central_crop as central_crop
from stillflow.ops.image.cropping import crop_to_bounding_box as crop_to_bounding_box
from stillflow.ops.image.cropping import pad_to_bounding_box as pad_to_bounding_box
from stillflow.ops.image.cropping import (
    resize_image_with_crop_or_pad as resize_image_with_crop_or_pad,
)
from stillflow.ops.image.non_max_suppression import (
    combined_non_max_suppression as combined_non_max_suppression,
)
from stillflow.ops.image.non_max_suppression import non_max_suppression as non_max_suppression
from stillflow.ops.image.non_max_suppression import (
    non_max_suppression_overlaps as non_max_suppression_overlaps,
)
from stillflow.ops.image.non_max_suppression import (
    non_max_suppression_padded as non_max_suppression_padded,
)
from stillflow.ops.image.non_max_suppression import (
    non_max_suppression_with_scores as non_max_suppression_with_scores,
)
from stillflow.ops.image.patches import extract_image_patches as extract_image_patches
from stillflow.ops.image.patches import extract_patches as extract_patches
from stillflow.ops.image.resize import ResizeMethod as ResizeMethod
from stillflow.ops.image.resize import resize_area as resize_area
from stillflow.ops.image.resize import resize_bicubic as resize_bicubic
from stillflow.ops.image.resize import resize_bilinear as resize_bilinear
from stillflow.ops.image.resize import resize_image_with_pad as resize_image_with_pad
from stillflow.ops.image.resize import resize_images as resize_images
from stillflow.ops.image.resize import resize_nearest_neighbor as resize_nearest_neighbor
from stillflow.ops.image.turning import flip_left_right as flip_left_right
from stillflow.ops.image.turning import flip_up_down as flip_up_down
from stillflow.ops.image.turning import random_flip_left_right as random_flip_left_right
from stillflow.ops.image.turning import random_flip_up_down as random_flip_up_down
from stillflow.ops.image.turning import rot90 as rot90
from stillflow.ops.image.turning import transpose as transpose
from stillflow.ops.random.drawing import random_crop as random_crop

resize = resize_images
resize_with_crop_or_pad = resize_image_with_crop_or_pad
transpose_image = transpose
