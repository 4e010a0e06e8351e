from stillflow.ops.image.colour_ops import hsv_to_rgb as hsv_to_rgb
from stillflow.ops.image.colour_ops import rgb_to_hsv as rgb_to_hsv
from stillflow.ops.image.colours import adjust_brightness as adjust_brightness
from stillflow.ops.image.colours import adjust_contrast as adjust_contrast
from stillflow.ops.image.colours import adjust_gamma as adjust_gamma
from stillflow.ops.image.colours import adjust_hue as adjust_hue
from stillflow.ops.image.colours import adjust_saturation as adjust_saturation
from stillflow.ops.image.colours import convert_image_dtype as convert_image_dtype
from stillflow.ops.image.colours import grayscale_to_rgb as grayscale_to_rgb
from stillflow.ops.image.colours import per_image_standardization as per_image_standardization
from stillflow.ops.image.colours import random_brightness as random_brightness
from stillflow.ops.image.colours import random_contrast as random_contrast
from stillflow.ops.image.colours import random_hue as random_hue
from stillflow.ops.image.colours import random_saturation as random_saturation
from stillflow.ops.image.colours import rgb_to_grayscale as rgb_to_grayscale
from stillflow.ops.image.colours import rgb_to_yiq as rgb_to_yiq
from stillflow.ops.image.colours import rgb_to_yuv as rgb_to_yuv
from stillflow.ops.image.colours import yiq_to_rgb as yiq_to_rgb
from stillflow.ops.image.colours import yuv_to_rgb as yuv_to_rgb
from stillflow.ops.image.crop_and_resize import crop_and_resize_v2
from stillflow.ops.image.cropping import central_crop as central_crop
from stillflow.ops.image.cropping import crop_to_bounding_box as crop_to_bounding_box
from stillflow.ops.image.cropping import pad_to_bounding_box as pad_to_bounding_box
from stillflow.ops.image.cropping import resize_image_with_crop_or_pad
from stillflow.ops.image.decoding import decode_and_crop_jpeg as decode_and_crop_jpeg
from stillflow.ops.image.decoding import decode_bmp as decode_bmp
from stillflow.ops.image.decoding import decode_gif as decode_gif
from stillflow.ops.image.decoding import decode_jpeg as decode_jpeg
from stillflow.ops.image.decoding import decode_png as decode_png
from stillflow.ops.image.decoding import encode_jpeg as encode_jpeg
from stillflow.ops.image.decoding import encode_png as encode_png
from stillflow.ops.image.decoding import extract_jpeg_shape as extract_jpeg_shape
from stillflow.ops.image.distorted_boxes import sample_distorted_bounding_box_v2
from stillflow.ops.image.drawing_boxes import draw_bounding_boxes_v2
from stillflow.ops.image.edges import image_gradients as image_gradients
from stillflow.ops.image.edges import sobel_edges as sobel_edges
from stillflow.ops.image.edges import total_variation as total_variation
from stillflow.ops.image.files import adjust_jpeg_quality as adjust_jpeg_quality
from stillflow.ops.image.files import decode_image as decode_image
from stillflow.ops.image.files import is_jpeg as is_jpeg
from stillflow.ops.image.files import random_jpeg_quality as random_jpeg_quality
from stillflow.ops.image.glimpses import extract_glimpse_v2
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
from stillflow.ops.image.patches import extract_patches as extract_patches
from stillflow.ops.image.resize import ResizeMethodV2, resize_image_with_pad_v2, resize_images_v2
from stillflow.ops.image.similarity import psnr as psnr
from stillflow.ops.image.similarity import ssim as ssim
from stillflow.ops.image.similarity import ssim_multiscale as ssim_multiscale
from stillflow.ops.image.turning import flip_left_right as flip_left_right
from stillflow.ops.image.turning import flip_up_down as flip_up_down
from stillflow.ops.image.turning import random_flip_left_right as random_flip_left_right
from stillflow.ops.image.turning import random_flip_up_down as random_flip_up_down
from stillflow.ops.image.turning import rot90 as rot90
from stillflow.ops.image.turning import transpose as transpose
from stillflow.ops.random.drawing import random_crop as random_crop

ResizeMethod = ResizeMethodV2
crop_and_resize = crop_and_resize_v2
draw_bounding_boxes = draw_bounding_boxes_v2
extract_glimpse = extract_glimpse_v2
resize = resize_images_v2
resize_with_crop_or_pad = resize_image_with_crop_or_pad
resize_with_pad = resize_image_with_pad_v2
sample_distorted_bounding_box = sample_distorted_bounding_box_v2
