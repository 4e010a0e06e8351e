from stillflow.keras.preprocessing.image.from_arrays import NumpyArrayIterator as NumpyArrayIterator
from stillflow.keras.preprocessing.image.from_directory import (
    DirectoryIterator as DirectoryIterator,
)
from stillflow.keras.preprocessing.image.generator import ImageDataGenerator as ImageDataGenerator
from stillflow.keras.preprocessing.image.iterator import Iterator as Iterator
from stillflow.keras.preprocessing.image.pictures import array_to_img as array_to_img
from stillflow.keras.preprocessing.image.pictures import img_to_array as img_to_array
from stillflow.keras.preprocessing.image.pictures import load_img as load_img
from stillflow.keras.preprocessing.image.pictures import save_img as save_img
from stillflow.keras.preprocessing.image.transforms import (
    apply_affine_transform as apply_affine_transform,
)
from stillflow.keras.preprocessing.image.transforms import (
    apply_brightness_shift as apply_brightness_shift,
)
from stillflow.keras.preprocessing.image.transforms import (
    apply_channel_shift as apply_channel_shift,
)
from stillflow.keras.preprocessing.image.transforms import random_brightness as random_brightness
from stillflow.keras.preprocessing.image.transforms import (
    random_channel_shift as random_channel_shift,
)
from stillflow.keras.preprocessing.image.transforms import random_rotation as random_rotation
from stillflow.keras.preprocessing.image.transforms import random_shear as random_shear
from stillflow.keras.preprocessing.image.transforms import random_shift as random_shift
from stillflow.keras.preprocessing.image.transforms import random_zoom as random_zoom
