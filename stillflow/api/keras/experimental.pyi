from stillflow.keras.layers.recurrent.lstm import PeepholeLSTMCell as PeepholeLSTMCell
from stillflow.keras.saving.exports import export_saved_model as export_saved_model
from stillflow.keras.saving.exports import load_from_saved_model as load_from_saved_model
