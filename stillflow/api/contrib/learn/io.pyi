from stillflow.learn.feeding import (
    dask_tables,
    feeders,
    files,
    generators,
    numpy_arrays,
    pandas_tables,
)
from stillflow.learn.feeding.dask_tables import HAS_DASK as HAS_DASK
from stillflow.learn.feeding.dask_tables import extract_dask_data as extract_dask_data
from stillflow.learn.feeding.dask_tables import extract_dask_labels as extract_dask_labels
from stillflow.learn.feeding.files import queue_parsed_features as queue_parsed_features
from stillflow.learn.feeding.files import read_batch_examples as read_batch_examples
from stillflow.learn.feeding.files import read_batch_features as read_batch_features
from stillflow.learn.feeding.files import read_batch_record_features as read_batch_record_features
from stillflow.learn.feeding.files import read_keyed_batch_examples as read_keyed_batch_examples
from stillflow.learn.feeding.files import (
    read_keyed_batch_examples_shared_queue as read_keyed_batch_examples_shared_queue,
)
from stillflow.learn.feeding.files import read_keyed_batch_features as read_keyed_batch_features
from stillflow.learn.feeding.files import (
    read_keyed_batch_features_shared_queue as read_keyed_batch_features_shared_queue,
)
from stillflow.learn.feeding.generators import generator_input_fn as generator_input_fn
from stillflow.learn.feeding.numpy_arrays import numpy_input_fn as numpy_input_fn
from stillflow.learn.feeding.pandas_tables import HAS_PANDAS as HAS_PANDAS
from stillflow.learn.feeding.pandas_tables import extract_pandas_data as extract_pandas_data
from stillflow.learn.feeding.pandas_tables import extract_pandas_labels as extract_pandas_labels
from stillflow.learn.feeding.pandas_tables import extract_pandas_matrix as extract_pandas_matrix
from stillflow.learn.feeding.pandas_tables import pandas_input_fn as pandas_input_fn

dask_io = dask_tables
data_feeder = feeders
generator_io = generators
graph_io = files
numpy_io = numpy_arrays
pandas_io = pandas_tables
