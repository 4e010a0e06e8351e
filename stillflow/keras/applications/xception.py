"""Xception."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

Xception = function_of("xception", "Xception")
decode_predictions = function_of("xception", "decode_predictions")
preprocess_input = function_of("xception", "preprocess_input")
