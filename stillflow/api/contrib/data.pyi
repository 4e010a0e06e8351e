from stillflow.estimator.input_saving import (
    CheckpointInputPipelineHook as CheckpointInputPipelineHook,
)
from stillflow.input.datasets.contrib import Counter as Counter
from stillflow.input.datasets.contrib import RandomDataset as RandomDataset
from stillflow.input.datasets.contrib import Reducer as Reducer
from stillflow.input.datasets.contrib import assert_element_shape as assert_element_shape
from stillflow.input.datasets.contrib import batch_and_drop_remainder as batch_and_drop_remainder
from stillflow.input.datasets.contrib import bucket_by_sequence_length as bucket_by_sequence_length
from stillflow.input.datasets.contrib import choose_from_datasets as choose_from_datasets
from stillflow.input.datasets.contrib import copy_to_device as copy_to_device
from stillflow.input.datasets.contrib import dense_to_sparse_batch as dense_to_sparse_batch
from stillflow.input.datasets.contrib import enumerate_dataset as enumerate_dataset
from stillflow.input.datasets.contrib import get_single_element as get_single_element
from stillflow.input.datasets.contrib import group_by_reducer as group_by_reducer
from stillflow.input.datasets.contrib import group_by_window as group_by_window
from stillflow.input.datasets.contrib import ignore_errors as ignore_errors
from stillflow.input.datasets.contrib import (
    make_saveable_from_iterator as make_saveable_from_iterator,
)
from stillflow.input.datasets.contrib import map_and_batch as map_and_batch
from stillflow.input.datasets.contrib import (
    padded_batch_and_drop_remainder as padded_batch_and_drop_remainder,
)
from stillflow.input.datasets.contrib import parallel_interleave as parallel_interleave
from stillflow.input.datasets.contrib import prefetch_to_device as prefetch_to_device
from stillflow.input.datasets.contrib import reduce_dataset as reduce_dataset
from stillflow.input.datasets.contrib import rejection_resample as rejection_resample
from stillflow.input.datasets.contrib import sample_from_datasets as sample_from_datasets
from stillflow.input.datasets.contrib import scan as scan
from stillflow.input.datasets.contrib import shuffle_and_repeat as shuffle_and_repeat
from stillflow.input.datasets.contrib import sliding_window_batch as sliding_window_batch
from stillflow.input.datasets.contrib import sloppy_interleave as sloppy_interleave
from stillflow.input.datasets.contrib import unbatch as unbatch
from stillflow.input.datasets.contrib import unique as unique
from stillflow.input.datasets.contrib_readers import CsvDataset as CsvDataset
from stillflow.input.datasets.contrib_readers import SqlDataset as SqlDataset
from stillflow.input.datasets.contrib_readers import TFRecordWriter as TFRecordWriter
from stillflow.input.datasets.contrib_readers import (
    make_batched_features_dataset as make_batched_features_dataset,
)
from stillflow.input.datasets.contrib_readers import make_csv_dataset as make_csv_dataset
from stillflow.input.datasets.contrib_readers import parse_example_dataset as parse_example_dataset
from stillflow.input.datasets.contrib_readers import read_batch_features as read_batch_features
from stillflow.input.datasets.dataset import AUTOTUNE as AUTOTUNE
from stillflow.input.datasets.experimental.optionals import Optional as Optional
from stillflow.input.datasets.experimental.optionals import (
    get_next_as_optional as get_next_as_optional,
)
