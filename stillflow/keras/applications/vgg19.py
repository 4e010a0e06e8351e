"""VGG's network of 19 layers."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

VGG19 = function_of("vgg19", "VGG19")
decode_predictions = function_of("vgg19", "decode_predictions")
preprocess_input = function_of("vgg19", "preprocess_input")
