from stillflow.api.keras.wrappers import scikit_learn as scikit_learn
