"""Pixels brought to a range, and ImageNet's classes by their names."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

decode_predictions = function_of("imagenet_utils", "decode_predictions")
preprocess_input = function_of("imagenet_utils", "preprocess_input")
