from stillflow.ops.image.crop_and_resize import crop_and_resize_v2
from stillflow.ops.image.distorted_boxes import sample_distorted_bounding_box_v2
from stillflow.ops.image.drawing_boxes import draw_bounding_boxes_v2
from stillflow.ops.image.glimpses import extract_glimpse_v2
from stillflow.ops.image.resize import (
    ResizeMethodV2,
    resize_image_with_pad_v2,
    resize_images_v2,
)

ResizeMethod = ResizeMethodV2
crop_and_resize = crop_and_resize_v2
draw_bounding_boxes = draw_bounding_boxes_v2
extract_glimpse = extract_glimpse_v2
resize = resize_images_v2
resize_with_pad = resize_image_with_pad_v2
sample_distorted_bounding_box = sample_distorted_bounding_box_v2
