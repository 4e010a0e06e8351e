from stillflow.input.datasets.dataset import AUTOTUNE as AUTOTUNE
from stillflow.input.datasets.dataset import from_variant as from_variant
from stillflow.input.datasets.dataset import to_variant as to_variant
from stillflow.input.datasets.experimental.selecting import INFINITE, UNKNOWN
from stillflow.input.datasets.experimental.selecting import cardinality as cardinality
from stillflow.input.datasets.experimental.selecting import get_single_element as get_single_element
from stillflow.input.datasets.iterator import get_structure as get_structure
from stillflow.input.datasets.options import DistributeOptions as DistributeOptions
from stillflow.input.datasets.options import MapVectorizationOptions as MapVectorizationOptions
from stillflow.input.datasets.options import OptimizationOptions as OptimizationOptions
from stillflow.input.datasets.options import StatsOptions as StatsOptions
from stillflow.input.datasets.options import ThreadingOptions as ThreadingOptions

INFINITE_CARDINALITY = INFINITE
UNKNOWN_CARDINALITY = UNKNOWN
