from stillflow.api.compat.v2.data import experimental as experimental
from stillflow.input.datasets.dataset import DatasetSpec as DatasetSpec
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.options import Options as Options
from stillflow.input.datasets.readers import (
    FixedLengthRecordDatasetV2,
    TextLineDatasetV2,
    TFRecordDatasetV2,
)

Dataset = DatasetV2

FixedLengthRecordDataset = FixedLengthRecordDatasetV2
TFRecordDataset = TFRecordDatasetV2
TextLineDataset = TextLineDatasetV2
