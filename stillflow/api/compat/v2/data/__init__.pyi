from stillflow.api.compat.v2.data import experimental as experimental
from stillflow.input.datasets.dataset import DatasetSpec as DatasetSpec
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.options import Options as Options

Dataset = DatasetV2
