from stillflow.api.compat.v2.keras import layers as layers
