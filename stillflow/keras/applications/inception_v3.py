"""Inception, version 3."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

InceptionV3 = function_of("inception_v3", "InceptionV3")
decode_predictions = function_of("inception_v3", "decode_predictions")
preprocess_input = function_of("inception_v3", "preprocess_input")
