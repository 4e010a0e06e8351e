"""Inception-ResNet, version 2."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

InceptionResNetV2 = function_of("inception_resnet_v2", "InceptionResNetV2")
decode_predictions = function_of("inception_resnet_v2", "decode_predictions")
preprocess_input = function_of("inception_resnet_v2", "preprocess_input")
