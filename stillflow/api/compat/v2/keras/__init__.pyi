from stillflow.api.compat.v2 import initializers as initializers
from stillflow.api.compat.v2 import losses as losses
from stillflow.api.compat.v2.keras import callbacks as callbacks
from stillflow.api.compat.v2.keras import layers as layers
from stillflow.api.keras import activations as activations
from stillflow.api.keras import applications as applications
from stillflow.api.keras import backend as backend
from stillflow.api.keras import constraints as constraints
from stillflow.api.keras import datasets as datasets
from stillflow.api.keras import experimental as experimental
from stillflow.api.keras import metrics as metrics
from stillflow.api.keras import mixed_precision as mixed_precision
from stillflow.api.keras import models as models
from stillflow.api.keras import optimizers as optimizers
from stillflow.api.keras import preprocessing as preprocessing
from stillflow.api.keras import regularizers as regularizers
from stillflow.api.keras import utils as utils
from stillflow.keras.engine.input_layer import Input as Input
from stillflow.keras.engine.model import Model as Model
from stillflow.keras.engine.sequential import Sequential as Sequential
from stillflow.keras.saving.versions import KERAS_VERSION

__version__ = KERAS_VERSION
