from stillflow.keras.layers.recurrent.lstm import PeepholeLSTMCell as PeepholeLSTMCell
from stillflow.keras.optimizers.schedules import CosineDecay as CosineDecay
from stillflow.keras.optimizers.schedules import CosineDecayRestarts as CosineDecayRestarts
from stillflow.keras.optimizers.schedules import LinearCosineDecay as LinearCosineDecay
from stillflow.keras.optimizers.schedules import NoisyLinearCosineDecay as NoisyLinearCosineDecay
from stillflow.keras.saving.exports import export_saved_model as export_saved_model
from stillflow.keras.saving.exports import load_from_saved_model as load_from_saved_model
