from stillflow.input.datasets.dataset import AUTOTUNE as AUTOTUNE
from stillflow.input.datasets.dataset import from_variant as from_variant
from stillflow.input.datasets.dataset import to_variant as to_variant
from stillflow.input.datasets.experimental.batching import (
    dense_to_sparse_batch as dense_to_sparse_batch,
)
from stillflow.input.datasets.experimental.batching import map_and_batch as map_and_batch
from stillflow.input.datasets.experimental.batching import unbatch as unbatch
from stillflow.input.datasets.experimental.csv import make_csv_dataset_v2
from stillflow.input.datasets.experimental.devices import copy_to_device as copy_to_device
from stillflow.input.datasets.experimental.devices import prefetch_to_device as prefetch_to_device
from stillflow.input.datasets.experimental.examples import TFRecordWriter as TFRecordWriter
from stillflow.input.datasets.experimental.examples import (
    parse_example_dataset as parse_example_dataset,
)
from stillflow.input.datasets.experimental.grouping import Reducer as Reducer
from stillflow.input.datasets.experimental.grouping import (
    bucket_by_sequence_length as bucket_by_sequence_length,
)
from stillflow.input.datasets.experimental.grouping import group_by_reducer as group_by_reducer
from stillflow.input.datasets.experimental.grouping import group_by_window as group_by_window
from stillflow.input.datasets.experimental.mixing import (
    choose_from_datasets_v2,
    sample_from_datasets_v2,
)
from stillflow.input.datasets.experimental.mixing import parallel_interleave as parallel_interleave
from stillflow.input.datasets.experimental.optionals import Optional as Optional
from stillflow.input.datasets.experimental.optionals import (
    get_next_as_optional as get_next_as_optional,
)
from stillflow.input.datasets.experimental.readers import CsvDatasetV2, SqlDatasetV2
from stillflow.input.datasets.experimental.resampling import (
    rejection_resample as rejection_resample,
)
from stillflow.input.datasets.experimental.saving import (
    make_saveable_from_iterator as make_saveable_from_iterator,
)
from stillflow.input.datasets.experimental.scanning import enumerate_dataset as enumerate_dataset
from stillflow.input.datasets.experimental.scanning import ignore_errors as ignore_errors
from stillflow.input.datasets.experimental.scanning import scan as scan
from stillflow.input.datasets.experimental.scanning import take_while as take_while
from stillflow.input.datasets.experimental.scanning import unique as unique
from stillflow.input.datasets.experimental.selecting import INFINITE, UNKNOWN
from stillflow.input.datasets.experimental.selecting import cardinality as cardinality
from stillflow.input.datasets.experimental.selecting import get_single_element as get_single_element
from stillflow.input.datasets.experimental.sources import CounterV2, RandomDatasetV2
from stillflow.input.datasets.experimental.sources import shuffle_and_repeat as shuffle_and_repeat
from stillflow.input.datasets.experimental.statistics import StatsAggregator as StatsAggregator
from stillflow.input.datasets.experimental.statistics import (
    bytes_produced_stats as bytes_produced_stats,
)
from stillflow.input.datasets.experimental.statistics import latency_stats as latency_stats
from stillflow.input.datasets.iterator import get_structure as get_structure
from stillflow.input.datasets.options import DistributeOptions as DistributeOptions
from stillflow.input.datasets.options import MapVectorizationOptions as MapVectorizationOptions
from stillflow.input.datasets.options import OptimizationOptions as OptimizationOptions
from stillflow.input.datasets.options import StatsOptions as StatsOptions
from stillflow.input.datasets.options import ThreadingOptions as ThreadingOptions

INFINITE_CARDINALITY = INFINITE
UNKNOWN_CARDINALITY = UNKNOWN

CsvDataset = CsvDatasetV2
RandomDataset = RandomDatasetV2
SqlDataset = SqlDatasetV2
make_csv_dataset = make_csv_dataset_v2
Counter = CounterV2
choose_from_datasets = choose_from_datasets_v2
sample_from_datasets = sample_from_datasets_v2
