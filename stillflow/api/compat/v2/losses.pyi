from stillflow.keras.losses.classes import BinaryCrossentropy as BinaryCrossentropy
from stillflow.keras.losses.classes import CategoricalCrossentropy as CategoricalCrossentropy
from stillflow.keras.losses.classes import CategoricalHinge as CategoricalHinge
from stillflow.keras.losses.classes import CosineSimilarity as CosineSimilarity
from stillflow.keras.losses.classes import Hinge as Hinge
from stillflow.keras.losses.classes import Huber as Huber
from stillflow.keras.losses.classes import KLDivergence as KLDivergence
from stillflow.keras.losses.classes import LogCosh as LogCosh
from stillflow.keras.losses.classes import MeanAbsoluteError as MeanAbsoluteError
from stillflow.keras.losses.classes import (
    MeanAbsolutePercentageError as MeanAbsolutePercentageError,
)
from stillflow.keras.losses.classes import MeanSquaredError as MeanSquaredError
from stillflow.keras.losses.classes import (
    MeanSquaredLogarithmicError as MeanSquaredLogarithmicError,
)
from stillflow.keras.losses.classes import Poisson as Poisson
from stillflow.keras.losses.classes import (
    SparseCategoricalCrossentropy as SparseCategoricalCrossentropy,
)
from stillflow.keras.losses.classes import SquaredHinge as SquaredHinge
from stillflow.keras.losses.functions import binary_crossentropy as binary_crossentropy
from stillflow.keras.losses.functions import categorical_crossentropy as categorical_crossentropy
from stillflow.keras.losses.functions import categorical_hinge as categorical_hinge
from stillflow.keras.losses.functions import cosine_proximity
from stillflow.keras.losses.functions import hinge as hinge
from stillflow.keras.losses.functions import (
    kullback_leibler_divergence as kullback_leibler_divergence,
)
from stillflow.keras.losses.functions import logcosh as logcosh
from stillflow.keras.losses.functions import mean_absolute_error as mean_absolute_error
from stillflow.keras.losses.functions import (
    mean_absolute_percentage_error as mean_absolute_percentage_error,
)
from stillflow.keras.losses.functions import mean_squared_error as mean_squared_error
from stillflow.keras.losses.functions import (
    mean_squared_logarithmic_error as mean_squared_logarithmic_error,
)
from stillflow.keras.losses.functions import poisson as poisson
from stillflow.keras.losses.functions import (
    sparse_categorical_crossentropy as sparse_categorical_crossentropy,
)
from stillflow.keras.losses.functions import squared_hinge as squared_hinge
from stillflow.keras.losses.loss import Loss as Loss
from stillflow.keras.losses.naming import deserialize as deserialize
from stillflow.keras.losses.naming import get as get
from stillflow.keras.losses.naming import serialize as serialize
from stillflow.ops.losses.sample_weights import Reduction as Reduction

KLD = kullback_leibler_divergence
MAE = mean_absolute_error
MAPE = mean_absolute_percentage_error
MSE = mean_squared_error
MSLE = mean_squared_logarithmic_error
cosine_similarity = cosine_proximity
kld = kullback_leibler_divergence
mae = mean_absolute_error
mape = mean_absolute_percentage_error
mse = mean_squared_error
msle = mean_squared_logarithmic_error
