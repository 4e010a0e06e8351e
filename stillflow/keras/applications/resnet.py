"""ResNets, version 1."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

ResNet101 = function_of("resnet", "ResNet101")
ResNet152 = function_of("resnet", "ResNet152")
ResNet50 = function_of("resnet", "ResNet50")
decode_predictions = function_of("resnet", "decode_predictions")
preprocess_input = function_of("resnet", "preprocess_input")
