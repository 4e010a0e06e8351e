from stillflow.ops.image.resize import ResizeMethodV2, resize_image_with_pad_v2, resize_images_v2

ResizeMethod = ResizeMethodV2
resize = resize_images_v2
resize_with_pad = resize_image_with_pad_v2
