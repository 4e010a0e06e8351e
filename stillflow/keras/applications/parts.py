"""What keras-applications builds networks of."""

from __future__ import annotations

from types import SimpleNamespace

from stillflow.keras.backend import bias, tensors
from stillflow.keras.engine.input_layer import Input
from stillflow.keras.engine.model import Model
from stillflow.keras.layers.activating import Activation
from stillflow.keras.layers.concatenating import Concatenate, concatenate
from stillflow.keras.layers.cropping import Cropping2D
from stillflow.keras.layers.depthwise import DepthwiseConv2D
from stillflow.keras.layers.elementwise import Add, add
from stillflow.keras.layers.function_layer import Lambda
from stillflow.keras.layers.global_pooling import GlobalAveragePooling2D, GlobalMaxPooling2D
from stillflow.keras.layers.rectifying import ReLU
from stillflow.keras.layers.shaping import Reshape
from stillflow.keras.layers.zero_padding import ZeroPadding2D
from stillflow.keras.utils.files import get_file
from stillflow.keras.utils.kernels import convert_all_kernels_in_model
from stillflow.keras.utils.source_inputs import get_source_inputs
from stillflow.layers.convolutional import Conv2D
from stillflow.layers.core import Dense, Dropout, Flatten
from stillflow.layers.normalization import BatchNormalization
from stillflow.layers.pooling import AveragePooling2D, MaxPooling2D
from stillflow.layers.separable import SeparableConv2D
from stillflow.layers.settings import floatx, image_data_format, set_image_data_format
from stillflow.ops.version2.arrays import name_scope_v2

backend = SimpleNamespace(
    backend=tensors.backend,
    bias_add=bias.bias_add,
    cast=tensors.cast,
    constant=tensors.constant,
    dtype=tensors.dtype,
    floatx=floatx,
    image_data_format=image_data_format,
    int_shape=tensors.int_shape,
    is_keras_tensor=tensors.is_keras_tensor,
    name_scope=name_scope_v2,
    ndim=tensors.ndim,
    set_image_data_format=set_image_data_format,
)
layers = SimpleNamespace(
    Activation=Activation,
    Add=Add,
    AveragePooling2D=AveragePooling2D,
    BatchNormalization=BatchNormalization,
    Concatenate=Concatenate,
    Conv2D=Conv2D,
    Cropping2D=Cropping2D,
    Dense=Dense,
    DepthwiseConv2D=DepthwiseConv2D,
    Dropout=Dropout,
    Flatten=Flatten,
    GlobalAveragePooling2D=GlobalAveragePooling2D,
    GlobalMaxPooling2D=GlobalMaxPooling2D,
    Input=Input,
    Lambda=Lambda,
    MaxPooling2D=MaxPooling2D,
    ReLU=ReLU,
    Reshape=Reshape,
    SeparableConv2D=SeparableConv2D,
    ZeroPadding2D=ZeroPadding2D,
    add=add,
    concatenate=concatenate,
)
models = SimpleNamespace(Model=Model)
utils = SimpleNamespace(
    convert_all_kernels_in_model=convert_all_kernels_in_model,
    get_file=get_file,
    get_source_inputs=get_source_inputs,
)
