from stillflow.api.data import experimental as experimental
from stillflow.input.datasets.dataset import DatasetSpec as DatasetSpec
from stillflow.input.datasets.dataset_v1 import DatasetV1
from stillflow.input.datasets.dataset_v1 import (
    make_initializable_iterator as make_initializable_iterator,
)
from stillflow.input.datasets.dataset_v1 import make_one_shot_iterator as make_one_shot_iterator
from stillflow.input.datasets.iterator import Iterator as Iterator
from stillflow.input.datasets.iterator import get_output_classes as get_output_classes
from stillflow.input.datasets.iterator import get_output_shapes as get_output_shapes
from stillflow.input.datasets.iterator import get_output_types as get_output_types
from stillflow.input.datasets.options import Options as Options
from stillflow.input.datasets.readers import (
    FixedLengthRecordDatasetV1,
    TextLineDatasetV1,
    TFRecordDatasetV1,
)

Dataset = DatasetV1
FixedLengthRecordDataset = FixedLengthRecordDatasetV1
TextLineDataset = TextLineDatasetV1
TFRecordDataset = TFRecordDatasetV1
