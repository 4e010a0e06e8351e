from stillflow.keras.engine.base_layer import Layer as Layer
from stillflow.keras.engine.input_layer import Input as Input
from stillflow.keras.engine.input_layer import InputLayer as InputLayer
from stillflow.layers.input_spec import InputSpec as InputSpec
