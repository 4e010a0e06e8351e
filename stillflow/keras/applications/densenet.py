"""DenseNets: every layer sees all before it."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

DenseNet121 = function_of("densenet", "DenseNet121")
DenseNet169 = function_of("densenet", "DenseNet169")
DenseNet201 = function_of("densenet", "DenseNet201")
decode_predictions = function_of("densenet", "decode_predictions")
preprocess_input = function_of("densenet", "preprocess_input")
