"""NASNets: cells that were found by search."""

from __future__ import annotations

from stillflow.keras.applications.injecting import function_of

NASNetLarge = function_of("nasnet", "NASNetLarge")
NASNetMobile = function_of("nasnet", "NASNetMobile")
decode_predictions = function_of("nasnet", "decode_predictions")
preprocess_input = function_of("nasnet", "preprocess_input")
