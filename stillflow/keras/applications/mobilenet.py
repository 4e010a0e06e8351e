"""MobileNet, version 1."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

MobileNet = function_of("mobilenet", "MobileNet")
decode_predictions = function_of("mobilenet", "decode_predictions")
preprocess_input = function_of("mobilenet", "preprocess_input")
