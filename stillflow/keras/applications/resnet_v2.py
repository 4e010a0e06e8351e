"""ResNets, version 2."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

ResNet101V2 = function_of("resnet_v2", "ResNet101V2")
ResNet152V2 = function_of("resnet_v2", "ResNet152V2")
ResNet50V2 = function_of("resnet_v2", "ResNet50V2")
decode_predictions = function_of("resnet_v2", "decode_predictions")
preprocess_input = function_of("resnet_v2", "preprocess_input")
