from stillflow.keras.losses.functions import binary_crossentropy as binary_crossentropy
from stillflow.keras.losses.functions import categorical_crossentropy as categorical_crossentropy
from stillflow.keras.losses.functions import hinge as hinge
from stillflow.keras.losses.functions import (
    kullback_leibler_divergence as kullback_leibler_divergence,
)
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
from stillflow.keras.metrics.counts import FalseNegatives as FalseNegatives
from stillflow.keras.metrics.counts import FalsePositives as FalsePositives
from stillflow.keras.metrics.counts import Precision as Precision
from stillflow.keras.metrics.counts import Recall as Recall
from stillflow.keras.metrics.counts import TrueNegatives as TrueNegatives
from stillflow.keras.metrics.counts import TruePositives as TruePositives
from stillflow.keras.metrics.curves import AUC as AUC
from stillflow.keras.metrics.curves import SensitivityAtSpecificity as SensitivityAtSpecificity
from stillflow.keras.metrics.curves import SpecificityAtSensitivity as SpecificityAtSensitivity
from stillflow.keras.metrics.functions import binary_accuracy as binary_accuracy
from stillflow.keras.metrics.functions import categorical_accuracy as categorical_accuracy
from stillflow.keras.metrics.functions import (
    sparse_categorical_accuracy as sparse_categorical_accuracy,
)
from stillflow.keras.metrics.functions import (
    sparse_top_k_categorical_accuracy as sparse_top_k_categorical_accuracy,
)
from stillflow.keras.metrics.functions import (
    top_k_categorical_accuracy as top_k_categorical_accuracy,
)
from stillflow.keras.metrics.mean_iou import MeanIoU as MeanIoU
from stillflow.keras.metrics.means import Mean as Mean
from stillflow.keras.metrics.means import MeanRelativeError as MeanRelativeError
from stillflow.keras.metrics.means import MeanTensor as MeanTensor
from stillflow.keras.metrics.means import RootMeanSquaredError as RootMeanSquaredError
from stillflow.keras.metrics.means import Sum as Sum
from stillflow.keras.metrics.metric import Metric as Metric
from stillflow.keras.metrics.naming import deserialize as deserialize
from stillflow.keras.metrics.naming import get as get
from stillflow.keras.metrics.naming import serialize as serialize
from stillflow.keras.metrics.of_functions import Accuracy as Accuracy
from stillflow.keras.metrics.of_functions import BinaryAccuracy as BinaryAccuracy
from stillflow.keras.metrics.of_functions import BinaryCrossentropy as BinaryCrossentropy
from stillflow.keras.metrics.of_functions import CategoricalAccuracy as CategoricalAccuracy
from stillflow.keras.metrics.of_functions import CategoricalCrossentropy as CategoricalCrossentropy
from stillflow.keras.metrics.of_functions import CategoricalHinge as CategoricalHinge
from stillflow.keras.metrics.of_functions import CosineSimilarity as CosineSimilarity
from stillflow.keras.metrics.of_functions import Hinge as Hinge
from stillflow.keras.metrics.of_functions import KLDivergence as KLDivergence
from stillflow.keras.metrics.of_functions import LogCoshError as LogCoshError
from stillflow.keras.metrics.of_functions import MeanAbsoluteError as MeanAbsoluteError
from stillflow.keras.metrics.of_functions import (
    MeanAbsolutePercentageError as MeanAbsolutePercentageError,
)
from stillflow.keras.metrics.of_functions import MeanSquaredError as MeanSquaredError
from stillflow.keras.metrics.of_functions import (
    MeanSquaredLogarithmicError as MeanSquaredLogarithmicError,
)
from stillflow.keras.metrics.of_functions import Poisson as Poisson
from stillflow.keras.metrics.of_functions import (
    SparseCategoricalAccuracy as SparseCategoricalAccuracy,
)
from stillflow.keras.metrics.of_functions import (
    SparseCategoricalCrossentropy as SparseCategoricalCrossentropy,
)
from stillflow.keras.metrics.of_functions import (
    SparseTopKCategoricalAccuracy as SparseTopKCategoricalAccuracy,
)
from stillflow.keras.metrics.of_functions import SquaredHinge as SquaredHinge
from stillflow.keras.metrics.of_functions import TopKCategoricalAccuracy as TopKCategoricalAccuracy

KLD = kullback_leibler_divergence
MAE = mean_absolute_error
MAPE = mean_absolute_percentage_error
MSE = mean_squared_error
MSLE = mean_squared_logarithmic_error
kld = kullback_leibler_divergence
mae = mean_absolute_error
mape = mean_absolute_percentage_error
mse = mean_squared_error
msle = mean_squared_logarithmic_error
