"""MobileNet, version 2."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

MobileNetV2 = function_of("mobilenet_v2", "MobileNetV2")
decode_predictions = function_of("mobilenet_v2", "decode_predictions")
preprocess_input = function_of("mobilenet_v2", "preprocess_input")
