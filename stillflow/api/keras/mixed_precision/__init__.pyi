from stillflow.api.keras.mixed_precision import experimental as experimental
