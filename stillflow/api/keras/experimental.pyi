from stillflow.input.columns.feature_layers import SequenceFeatures as SequenceFeatures
from stillflow.keras.layers.recurrent.lstm import PeepholeLSTMCell as PeepholeLSTMCell
from stillflow.keras.optimizers.schedules import CosineDecay as CosineDecay
from stillflow.keras.optimizers.schedules import CosineDecayRestarts as CosineDecayRestarts
from stillflow.keras.optimizers.schedules import LinearCosineDecay as LinearCosineDecay
from stillflow.keras.optimizers.schedules import NoisyLinearCosineDecay as NoisyLinearCosineDecay
from stillflow.keras.premade.linear import LinearModel as LinearModel
from stillflow.keras.premade.wide_deep import WideDeepModel as WideDeepModel
from stillflow.keras.saving.exports import export_saved_model as export_saved_model
from stillflow.keras.saving.exports import load_from_saved_model as load_from_saved_model
from stillflow.keras.utils.enqueuers import (
    terminate_keras_multiprocessing_pools as terminate_keras_multiprocessing_pools,
)
