from stillflow.eager.accuracies import Accuracy as Accuracy
from stillflow.eager.accuracies import BinaryAccuracy as BinaryAccuracy
from stillflow.eager.accuracies import CategoricalAccuracy as CategoricalAccuracy
from stillflow.eager.accuracies import SparseAccuracy as SparseAccuracy
from stillflow.eager.metrics import Mean as Mean
from stillflow.eager.metrics import Metric as Metric
