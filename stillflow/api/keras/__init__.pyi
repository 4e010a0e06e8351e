from stillflow.api.keras import backend as backend
