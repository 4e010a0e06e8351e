"""VGG's network of 16 layers."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

VGG16 = function_of("vgg16", "VGG16")
decode_predictions = function_of("vgg16", "decode_predictions")
preprocess_input = function_of("vgg16", "preprocess_input")
