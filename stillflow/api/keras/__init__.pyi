from stillflow.api.keras import activations as activations
from stillflow.api.keras import backend as backend
from stillflow.api.keras import constraints as constraints
from stillflow.api.keras import initializers as initializers
from stillflow.api.keras import losses as losses
from stillflow.api.keras import optimizers as optimizers
from stillflow.api.keras import regularizers as regularizers
